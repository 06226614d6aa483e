//! The types of an answer's headers.
//!
//! Client and server both have them. Must not know how headers are read or written.

use crate::markdown::in_one_line;
use crate::plan::{HeaderField, HeadersPlan, OperationPlan, ResponsePlan};
use crate::printer::Printer;
use crate::rust::{docs, ident};
use proc_macro2::TokenStream;
use quote::quote;
use spec_document::Pointer;
use std::collections::HashSet;

/// Headers of an answer, and where they are declared.
pub(crate) type DeclaredHeaders<'a> = (&'a OperationPlan, &'a ResponsePlan, &'a HeadersPlan);

/// Returns the headers that operations can share, each once.
pub(crate) fn shared_headers<'a>(
    operations: impl Iterator<Item = &'a OperationPlan>,
) -> Vec<DeclaredHeaders<'a>> {
    let mut shared: Vec<DeclaredHeaders<'a>> = Vec::new();
    for operation in operations {
        for response in operation.responses() {
            let headers = response.headers.as_ref().filter(|headers| headers.component.is_some());
            shared.extend(headers.map(|headers| (operation, response, headers)));
        }
    }
    let mut names = HashSet::new();
    shared.retain(|(.., headers)| names.insert(headers.name.as_str()));
    shared
}

/// Returns the headers of an answer, unless operations can share them.
pub(crate) fn own_headers(response: &ResponsePlan) -> Option<&HeadersPlan> {
    response.headers.as_ref().filter(|headers| headers.component.is_none())
}

/// Prints the headers of an answer as a struct.
pub(crate) fn print_header_struct(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    response: &ResponsePlan,
    headers: &HeadersPlan,
) -> TokenStream {
    let words = match headers.component.as_ref().and_then(Pointer::last) {
        Some(key) => format!("The headers of every answer that is `{}`.", in_one_line(&key)),
        None => format!("The headers with which `{}` answers: {}.", operation.id, response.status),
    };
    let words = docs(&[words]);
    let name = ident(&headers.name);
    let fields = headers.fields.iter().map(|field| {
        let words = docs(&field.docs);
        let (name, ty) = (ident(&field.name), printer.ty(&field.full_type()));
        quote!(#words pub #name: #ty)
    });
    let fields: Vec<TokenStream> = fields.collect();
    let default = headers.is_optional().then(|| {
        let default = printer.prelude("Default");
        quote!(#default,)
    });
    quote!(#words #[derive(Clone, Debug, #default PartialEq)] pub struct #name { #(#fields),* })
}

/// Prints how the text of a header is written.
pub(crate) fn header_text(printer: &mut Printer<'_>, field: &HeaderField) -> TokenStream {
    let name = printer.path("spec_runtime::codegen", "HeaderText");
    match (field.is_json, field.explode) {
        (true, _) if field.required => quote!(#name::RequiredJson),
        (true, _) => quote!(#name::Json),
        (false, true) => quote!(#name::Exploded),
        (false, false) => quote!(#name::Simple),
    }
}
