//! The request of an operation, up to what can only be added once it is built.

use super::parameters::query;
use crate::emit::styles::encoding;
use crate::plan::{BodyForm, OperationPlan, Payload, RustType, Stream};
use crate::printer::Printer;
use crate::rust::ident;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use spec_api::{MediaKind, ParameterIn};
use spec_http::media_type::charset;

/// Prints the request, up to what can only be added once it is built; `is_changed` says that there is more.
pub(super) fn request(printer: &mut Printer<'_>, operation: &OperationPlan, is_changed: bool) -> TokenStream {
    let mutable = is_changed.then(|| quote!(mut));
    let method = ident(operation.method.key());
    let call = match operation.method.key() {
        "options" | "trace" => {
            let constant = ident(&operation.method.to_string());
            let reqwest = printer.krate("reqwest");
            quote!(request(#reqwest::Method::#constant, url))
        }
        _ => quote!(#method(url)),
    };
    let accept = accept(operation).map(|accept| {
        let (name, value) =
            (printer.path("reqwest::header", "ACCEPT"), printer.path("reqwest::header", "HeaderValue"));
        quote!(.header(#name, #value::from_static(#accept)))
    });
    let queries: Vec<TokenStream> = operation
        .parameters
        .iter()
        .filter(|own| own.place == ParameterIn::Query)
        .map(|own| query(printer, own))
        .collect();
    let Some(body) = &operation.body else {
        return quote!(let #mutable request = client.client.#call #accept #(#queries)* .build()?;);
    };
    let name = ident(&body.name);
    if let (Some(only), true) = (body.only(), body.required) {
        let written = write_body(printer, &name, only, &body.forms);
        return quote!(let #mutable request = client.client.#call #accept #written #(#queries)* .build()?;);
    }
    let write = match body.only() {
        Some(only) => {
            let written = write_body(printer, &name, only, &body.forms);
            quote!(request = request #written;)
        }
        None => {
            let enumeration = ident(body.enumeration.as_deref().unwrap_or_default());
            let arms = body.forms.iter().map(|own| {
                let (variant, written) = (ident(&own.variant), write_body(printer, &name, own, &body.forms));
                quote!(#enumeration::#variant(#name) => request #written,)
            });
            quote!(request = match #name { #(#arms)* };)
        }
    };
    let write = if body.required { write } else { quote!(if let Some(#name) = #name { #write }) };
    quote! {
        let mut request = client.client.#call #accept #(#queries)*;
        #write
        let #mutable request = request.build()?;
    }
}

/// Returns what a client says it takes: the media types of all answers; where a range can only be JSON, that
/// before the range.
pub(super) fn accept(operation: &OperationPlan) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for response in operation.success.responses.iter().chain(&operation.error.responses) {
        let is_range = |own: &Payload| matches!(own, Payload::Json(_, name) if is_wide_range(name));
        let json = response.payload.forms().into_iter().any(is_range).then_some("application/json");
        for name in json.into_iter().chain(response.payload.media_types()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    (!names.is_empty()).then(|| names.join(", "))
}

/// Prints the call that puts one of the forms of a body into a request.
fn write_body(printer: &mut Printer<'_>, name: &Ident, form: &BodyForm, forms: &[BodyForm]) -> TokenStream {
    // Of a range the caller says which media type it is; some servers need one all the same.
    let media_type = match form.media_type.as_str() {
        range if is_wide_range(range) => Some("application/octet-stream"),
        range if range.contains('*') => None,
        media_type => Some(media_type),
    };
    let typed = |printer: &mut Printer<'_>, call: TokenStream| {
        let Some(media_type) = media_type else { return call };
        let (content_type, value) =
            (printer.path("reqwest::header", "CONTENT_TYPE"), printer.path("reqwest::header", "HeaderValue"));
        quote!(.header(#content_type, #value::from_static(#media_type)) #call)
    };
    let is_lines = matches!(form.ty, RustType::Stream(Stream::Lines(_)));
    let framing = is_lines.then(|| printer.path("spec_runtime::stream", "Framing"));
    if let Some(framing) = framing {
        let media_type = &form.media_type;
        return typed(printer, quote!(.body(#name.into_bytes(#framing::of(#media_type)))));
    }
    // JSON without a name of its own goes as plain JSON, unless that is another form.
    let plain = "application/json";
    let is_plain = form.media_type == plain
        || (is_wide_range(&form.media_type) && forms.iter().all(|own| own.media_type != plain));
    match form.kind {
        MediaKind::Json if is_plain => quote!(.json(&#name)),
        MediaKind::Json => typed(printer, quote!(.json(&#name))),
        MediaKind::Form | MediaKind::Multipart => {
            let (write, call) = if form.kind == MediaKind::Form {
                ("urlencoded", "form")
            } else {
                ("multipart", "multipart")
            };
            let (write, call) = (printer.path("spec_runtime::codegen::client", write), ident(call));
            let encodings: Vec<_> = form
                .encodings
                .iter()
                .filter_map(|own| encoding(printer, own, "spec_runtime::codegen::client"))
                .collect();
            let by = (form.kind == MediaKind::Form).then(|| quote!(&));
            quote!(.#call(#by #write(&#name, &[#(#encodings),*])?))
        }
        MediaKind::Text => {
            let mut body = quote!(#name);
            if form.ty != RustType::String {
                let text_of = printer.path("spec_runtime::codegen::client", "text_of");
                body = quote!(#text_of(&#body)?);
            }
            if charset(&form.media_type).is_some_and(|charset| !charset.eq_ignore_ascii_case("utf-8")) {
                let (encoded, media_type) =
                    (printer.path("spec_runtime::codegen::client", "encoded"), &form.media_type);
                body = quote!(#encoded(#media_type, #body)?);
            }
            typed(printer, quote!(.body(#body)))
        }
        MediaKind::Bytes => typed(printer, quote!(.body(#name))),
    }
}

/// Returns whether a media type is a range in which plain JSON is, too.
fn is_wide_range(media_type: &str) -> bool {
    matches!(media_type, "*/*" | "application/*")
}
