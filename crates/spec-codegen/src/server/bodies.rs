//! Prints how the body of a request is read: its forms, and the types that hold what the document says beyond
//! them.

use super::names::checked_body_name;
use crate::emit::check::print_newtype_check;
use crate::emit::serde::{derive_crates, impl_deserialize, schema_extension};
use crate::emit::styles::encoding;
use crate::plan::{BodyForm, BodyPlan, OperationPlan, RustType, Stream};
use crate::printer::Printer;
use crate::rust::{docs, ident, tokens};
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::MediaKind;

/// Prints the table of the media types that a body may have, and of how properties of its forms are written.
pub(super) fn content(printer: &mut Printer<'_>, body: &BodyPlan) -> TokenStream {
    let (content, kind) = (
        printer.path("spec_runtime::codegen::server", "Content"),
        printer.path("spec_runtime::codegen::server", "MediaKind"),
    );
    let required = body.required;
    let media_types: Vec<TokenStream> = body
        .forms
        .iter()
        .flat_map(|form| &form.accepted)
        .map(|(name, syntax)| {
            let syntax = match syntax {
                MediaKind::Json => quote!(#kind::Json),
                MediaKind::Form => quote!(#kind::Form),
                MediaKind::Multipart => quote!(#kind::Multipart),
                MediaKind::Text => quote!(#kind::Text),
                MediaKind::Bytes => quote!(#kind::Bytes),
            };
            quote!((#name, #syntax))
        })
        .collect();
    let mut encodings: Vec<TokenStream> = Vec::new();
    let mut first = 0;
    for form in &body.forms {
        for (index, (_, kind)) in form.accepted.iter().enumerate() {
            let index = tokens(&(first + index).to_string());
            if matches!(kind, MediaKind::Form | MediaKind::Multipart) {
                let own = form
                    .encodings
                    .iter()
                    .filter_map(|own| encoding(printer, own, "spec_runtime::codegen::server"));
                encodings.extend(own.map(|own| quote!((#index, #own))));
            }
        }
        first += form.accepted.len();
    }
    let encodings = (!encodings.is_empty()).then(|| quote!(.written(&[#(#encodings),*])));
    quote!(Some(#content::new(#required, &[#(#media_types),*]) #encodings))
}

/// Prints the type of a body with what the document says of it beyond its type.
pub(super) fn print_checked_body(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    body: &BodyForm,
) -> Option<TokenStream> {
    let name = ident(&checked_body_name(operation, body)?);
    let extend = schema_extension(&body.assertions);
    let (what, inner, is_item) = match &body.ty {
        RustType::Stream(Stream::Lines(item)) => ("An item of the body", &**item, true),
        ty => ("The body", ty, false),
    };
    let words =
        docs(&[format!("{what} of `{}`, with what the document says of it beyond its type.", operation.id)]);
    let ty = printer.ty(inner);
    let conversion = is_item.then(|| {
        let from = printer.prelude("From");
        quote! {
            impl #from<#name> for #ty {
                fn from(item: #name) -> Self {
                    item.0
                }
            }
        }
    });
    let (serialize, json_schema) =
        (printer.path("serde", "Serialize"), printer.path("schemars", "JsonSchema"));
    let crates = derive_crates(true, true);
    let decoded = printer.path("spec_runtime", "Validate");
    let decode =
        impl_deserialize(printer, &name.to_string(), &quote!(#decoded::decode(deserializer).map(Self)));
    let check = print_newtype_check(printer, &name.to_string(), inner, &body.assertions);
    Some(quote! {
        #words
        #[derive(#serialize, #json_schema)]
        #crates
        #[serde(transparent)]
        #extend
        pub struct #name(#ty);

        #decode

        #check

        #conversion
    })
}

/// The way of a body out of a request, and into the method.
pub(super) struct BodyPattern {
    /// The pattern that takes the body from what was received.
    pub(super) pattern: TokenStream,
    /// The argument of the method.
    pub(super) argument: Option<TokenStream>,
    /// The type that it is received as, where the compiler can't find it out by itself.
    pub(super) ty: Option<TokenStream>,
}

/// Decides how the body of an operation comes out of a request.
pub(super) fn body_pattern(printer: &mut Printer<'_>, operation: &OperationPlan) -> BodyPattern {
    let Some(body) = &operation.body else {
        let none = printer.path("spec_runtime::codegen::server", "NoBody");
        return BodyPattern { pattern: quote!(#none), argument: None, ty: None };
    };
    let Some(form) = body.only() else {
        return BodyPattern { pattern: quote!(body), argument: Some(quote!(, body)), ty: None };
    };
    let (wrapper, generic, inner) = extractor(printer, operation, form);
    if body.required {
        // An item is held against a type that appears nowhere else.
        let is_item = matches!(form.ty, RustType::Stream(_)) && !form.assertions.is_empty();
        let ty = is_item.then(|| quote!(#wrapper #generic));
        return BodyPattern { pattern: quote!(#wrapper(#inner)), argument: Some(quote!(, body)), ty };
    }
    BodyPattern {
        pattern: quote!(body),
        argument: Some(quote!(, body.map(|#wrapper(#inner)| body))),
        ty: Some(quote!(Option<#wrapper #generic>)),
    }
}

/// Returns the extractor of a form of a body: its name, what is generic about it, and the pattern of what it
/// holds.
fn extractor(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    form: &BodyForm,
) -> (TokenStream, Option<TokenStream>, TokenStream) {
    if let (RustType::Stream(Stream::Lines(_)), Some(checked)) =
        (&form.ty, checked_body_name(operation, form))
    {
        let (wrapper, checked) =
            (printer.path("spec_runtime::codegen::server", "CheckedLines"), ident(&checked));
        return (wrapper, Some(quote!(<#checked, _>)), quote!(body, ..));
    }
    let (name, generic) = match (form.kind, &form.ty) {
        (_, RustType::Stream(Stream::Lines(_))) => ("Lines", Some(quote!(<_>))),
        (_, RustType::Stream(_)) | (MediaKind::Bytes, _) => ("Streaming", None),
        (MediaKind::Text, RustType::String) if form.assertions.is_empty() => ("Text", None),
        (MediaKind::Json | MediaKind::Form | MediaKind::Multipart | MediaKind::Text, _) => {
            ("Payload", Some(quote!(<_>)))
        }
    };
    let inner = match checked_body_name(operation, form) {
        Some(name) => {
            let name = ident(&name);
            quote!(#name(body))
        }
        None => quote!(body),
    };
    (printer.path("spec_runtime::codegen::server", name), generic, inner)
}

/// Prints how a body of several forms is read: by its media type.
pub(super) fn print_body_reader(printer: &mut Printer<'_>, operation: &OperationPlan) -> Option<TokenStream> {
    let body = operation.body.as_ref()?;
    let name = ident(body.enumeration.as_deref()?);
    let (trait_name, raw) = (
        printer.path("spec_runtime::codegen::server", "FromBody"),
        printer.path("spec_runtime::codegen::server", "RawBody"),
    );
    let refused = printer.path("spec_runtime::codegen::server", "Refused");
    let mut first = 0;
    let mut arms = Vec::new();
    for form in &body.forms {
        let (wrapper, generic, inner) = extractor(printer, operation, form);
        let variant = ident(&form.variant);
        let indices = (first..first + form.accepted.len()).map(|index| tokens(&index.to_string()));
        let pattern = if arms.len() + 1 == body.forms.len() { quote!(_) } else { quote!(#(#indices)|*) };
        first += form.accepted.len();
        arms.push(quote! {
            #pattern => {
                let #wrapper(#inner) = <#wrapper #generic>::from_body(body).await?;
                Ok(Self::#variant(body))
            }
        });
    }
    let (result, option) = (printer.prelude("Result"), printer.prelude("Option"));
    Some(quote! {
        impl #trait_name for #name {
            async fn from_body(body: #option<#raw>) -> #result<Self, #refused> {
                match #raw::form(&body) { #(#arms),* }
            }
        }
    })
}
