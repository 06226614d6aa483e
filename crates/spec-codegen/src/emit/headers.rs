//! The types of an answer's headers.
//!
//! Client and server both have them. Must not know how headers are read or written.

use crate::plan::{HeaderField, HeadersPlan, OperationPlan, ResponsePlan};
use crate::printer::Printer;
use crate::rust::{docs, ident};
use proc_macro2::TokenStream;
use quote::quote;

/// Prints the headers of an answer as a struct.
pub(crate) fn print_header_struct(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    response: &ResponsePlan,
    headers: &HeadersPlan,
) -> TokenStream {
    let words = docs(&[format!("The headers with which `{}` answers: {}.", operation.id, response.status)]);
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
