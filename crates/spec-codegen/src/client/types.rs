//! The types that stand beside a builder: answers by status, forms of bodies, and headers with their reader.

use crate::emit::bodies::{body_derives, print_body_enum, print_payload_enum, response_docs};
use crate::emit::headers::{DeclaredHeaders, header_text, own_headers, print_header_struct};
use crate::plan::{HeadersPlan, OperationPlan, Payload};
use crate::printer::Printer;
use crate::rust::{docs, ident};
use proc_macro2::TokenStream;
use quote::quote;

/// Prints the types of bodies that have several forms, and of headers: they stand beside the builder of an
/// operation.
pub(super) fn print_types(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let mut code = print_body_enum(printer, operation).unwrap_or_default();
    for response in operation.responses() {
        code.extend(print_payload_enum(printer, operation, response));
        if let Some(headers) = own_headers(response) {
            code.extend(print_headers(printer, (operation, response, headers)));
        }
    }
    code
}

/// Prints the headers of an answer, and how they are read.
pub(super) fn print_headers(printer: &mut Printer<'_>, declared: DeclaredHeaders<'_>) -> TokenStream {
    let (operation, response, headers) = declared;
    let mut code = print_header_struct(printer, operation, response, headers);
    code.extend(header_reader(printer, headers));
    code
}

/// Prints enumerations by status, for operations with several bodies.
pub(super) fn print_outcome_enums(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let mut code = TokenStream::new();
    for (outcome, what) in [(&operation.success, "is answered with"), (&operation.error, "is refused with")] {
        let Some(name) = &outcome.enumeration else { continue };
        let words = docs(&[format!("What `{}` {what}, by status.", operation.id)]);
        let variants: Vec<TokenStream> = outcome
            .responses
            .iter()
            .map(|response| {
                let words = docs(&response_docs(response));
                let name = ident(&response.variant);
                let payload = match &response.payload {
                    Payload::Empty => None,
                    payload => {
                        let ty = printer.ty(&payload.ty());
                        Some(quote!((#ty)))
                    }
                };
                quote!(#words #name #payload)
            })
            .collect();
        let name = ident(name);
        let derived = body_derives(outcome.responses.iter().any(|response| response.payload.streams()));
        code.extend(quote!(#words #derived pub enum #name { #(#variants),* }));
    }
    code
}

/// Prints how the headers of an answer are read.
fn header_reader(printer: &mut Printer<'_>, headers: &HeadersPlan) -> TokenStream {
    let name = ident(&headers.name);
    let (map, error) =
        (printer.path("reqwest::header", "HeaderMap"), printer.path("spec_runtime", "DecodeError"));
    let fields = headers.fields.iter().map(|field| {
        let (name, wire) = (ident(&field.name), &field.wire);
        let written = header_text(printer, field);
        if field.assertions.is_empty() {
            let read = printer.path("spec_runtime::codegen::client", "read_header");
            return quote!(#name: #read(headers, #wire, #written)?);
        }
        let (read, more) = (
            printer.path("spec_runtime::codegen::client", "read_header_as"),
            serde_json::Value::from(field.assertions.clone()).to_string(),
        );
        quote!(#name: #read(headers, #wire, #written, #more)?)
    });
    let fields: Vec<TokenStream> = fields.collect();
    let (try_from, result) = (printer.prelude("TryFrom"), printer.prelude("Result"));
    quote! {
        impl #try_from<&#map> for #name {
            type Error = #error;

            fn try_from(headers: &#map) -> #result<Self, #error> {
                Ok(Self { #(#fields),* })
            }
        }
    }
}
