//! The types of bodies that have several forms: enumerations by media type.
//!
//! Client and server both have them. Must not know how a body is read or written.

use super::aliases::is_alias;
use crate::plan::{OperationPlan, Payload, ResponsePlan, RustType, lines};
use crate::printer::Printer;
use crate::rust::{docs, ident};
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::Status;

/// Prints the forms of a request body.
pub(crate) fn print_body_enum(printer: &mut Printer<'_>, operation: &OperationPlan) -> Option<TokenStream> {
    let plan = printer.plan;
    let body = operation.body.as_ref()?;
    let name = ident(body.enumeration.as_deref()?);
    let words = docs(&[format!("The body of `{}`, by its media type.", operation.id)]);
    let variants = body.forms.iter().map(|form| {
        let words: Vec<String> = form.accepted.iter().map(|(name, _)| format!("`{name}`")).collect();
        let words = docs(&[format!("{}.", words.join(", "))]);
        let (variant, ty) = (ident(&form.variant), printer.ty(&form.ty));
        quote!(#words #variant(#ty))
    });
    let variants: Vec<TokenStream> = variants.collect();
    let conversions = body.forms.iter().filter_map(|form| {
        let is_only = body.forms.iter().filter(|other| other.ty == form.ty).count() == 1;
        let is_model = matches!(form.ty, RustType::Model(_)) && !is_alias(plan, &form.ty);
        (is_only && is_model).then(|| {
            let (variant, ty) = (ident(&form.variant), printer.ty(&form.ty));
            quote!(impl From<#ty> for #name { fn from(body: #ty) -> Self { Self::#variant(body) } })
        })
    });
    let conversions: TokenStream = conversions.collect();
    let derived = body_derives(body.streams());
    Some(quote! {
        #words
        #derived
        pub enum #name { #(#variants),* }

        #conversions
    })
}

/// Prints the forms of an answer's body.
pub(crate) fn print_payload_enum(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    response: &ResponsePlan,
) -> Option<TokenStream> {
    let Payload::OneOf(name, variants) = &response.payload else { return None };
    let words = docs(&[format!("The body of an answer of `{}`, by its media type.", operation.id)]);
    let variants = variants.iter().map(|(variant, payload)| {
        let words: Vec<String> = payload.media_types().iter().map(|name| format!("`{name}`")).collect();
        let words = docs(&[format!("{}.", words.join(", "))]);
        let (variant, ty) = (ident(variant), printer.ty(&payload.ty()));
        quote!(#words #variant(#ty))
    });
    let (name, variants) = (ident(name), variants.collect::<Vec<_>>());
    let derived = body_derives(response.payload.streams());
    Some(quote!(#words #derived pub enum #name { #(#variants),* }))
}

/// Prints the derives of a type that holds bodies. Streams can only be read, once.
pub(crate) fn body_derives(streams: bool) -> TokenStream {
    if streams { quote!(#[derive(Debug)]) } else { quote!(#[derive(Clone, Debug, PartialEq)]) }
}

/// Returns the status of a response, and what the document says of it.
pub(crate) fn response_docs(response: &ResponsePlan) -> Vec<String> {
    let status = match response.status {
        Status::Default => "Any other status".to_owned(),
        status => status.to_string(),
    };
    let said = response.description.as_deref().unwrap_or_default().trim();
    if said.is_empty() { vec![format!("{status}.")] } else { lines(&format!("{status}: {said}")) }
}
