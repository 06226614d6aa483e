//! The answers of an operation: an enumeration by status, and how each becomes a response.

use super::conversions::print_conversions;
use super::names::response_name;
use crate::emit::bodies::{body_derives, print_payload_enum, response_docs};
use crate::emit::headers::{DeclaredHeaders, header_text, own_headers, print_header_struct};
use crate::plan::{HeadersPlan, OperationPlan, Payload, ResponsePlan, RustType, Stream};
use crate::printer::Printer;
use crate::rust::{docs, ident, tokens};
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::{Method, Status};

/// Prints what an operation answers, by status.
pub(super) fn print_response_enum(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let name = ident(&response_name(operation));
    let words = docs(&[format!("What `{}` answers, by status.", operation.id)]);
    let responses = operation.responses();
    let into_response = printer.path("axum::response", "IntoResponse");
    let response_type = printer.path("axum::response", "Response");
    let (variants, arms): (Vec<TokenStream>, Vec<TokenStream>) =
        responses.iter().map(|response| variant_and_arm(printer, response)).unzip();
    let mut types = TokenStream::new();
    for response in &responses {
        types.extend(print_payload_enum(printer, operation, response));
        if let Some(headers) = own_headers(response) {
            types.extend(print_headers(printer, (operation, response, headers)));
        }
    }
    let conversions = print_conversions(printer, operation, &responses);
    let body = if arms.is_empty() { quote!(match self {}) } else { quote!(match self { #(#arms),* }) };
    let derived = body_derives(responses.iter().any(|response| response.payload.streams()));
    quote! {
        #words
        #derived
        pub enum #name { #(#variants),* }

        impl #into_response for #name {
            fn into_response(self) -> #response_type { #body }
        }

        #conversions

        #types
    }
}

/// Prints the headers of an answer, and how they are written.
pub(super) fn print_headers(printer: &mut Printer<'_>, declared: DeclaredHeaders<'_>) -> TokenStream {
    let (operation, response, headers) = declared;
    let mut code = print_header_struct(printer, operation, response, headers);
    code.extend(header_writer(printer, operation, headers));
    code
}

/// Prints the variant of an answer, and the arm that makes a response of it.
fn variant_and_arm(printer: &mut Printer<'_>, response: &ResponsePlan) -> (TokenStream, TokenStream) {
    let (variant, words) = (ident(&response.variant), docs(&response_docs(response)));
    let has_status = !matches!(response.status, Status::Code(_));
    let mut held = Vec::new();
    let mut bound = Vec::new();
    if has_status {
        let status = printer.path("axum::http", "StatusCode");
        held.push(quote!(#status));
        bound.push(quote!(status));
    }
    if response.payload != Payload::Empty {
        held.push(printer.ty(&response.payload.ty()));
        bound.push(quote!(body));
    }
    if let Some(headers) = &response.headers {
        held.push(tokens(&headers.name));
        bound.push(quote!(headers));
    }
    let held = (!held.is_empty()).then(|| quote!((#(#held),*)));
    let bound = (!bound.is_empty()).then(|| quote!((#(#bound),*)));
    let status = match response.status {
        Status::Code(code) => tokens(&code.to_string()),
        _ => quote!(status.as_u16()),
    };
    let answer = answer(&response.payload, &status);
    let answer = if response.headers.is_some() { quote!(headers.write(#answer)) } else { answer };
    (quote!(#words #variant #held), quote!(Self::#variant #bound => #answer))
}

/// Prints the response that a body becomes.
fn answer(payload: &Payload, status: &TokenStream) -> TokenStream {
    match payload {
        Payload::Empty => quote!(server::empty(#status)),
        Payload::Json(_, media_type) => {
            let media_type = if media_type.contains('*') { "application/json" } else { media_type };
            quote!(server::json(#status, #media_type, &body))
        }
        Payload::Text(ty, media_type) => {
            let media_type = if media_type.contains('*') { "text/plain" } else { media_type };
            match ty {
                RustType::String => quote!(server::text(#status, #media_type, body)),
                _ => quote!(server::text_of(#status, #media_type, &body)),
            }
        }
        Payload::Bytes(media_type) => {
            let media_type = if media_type.contains('*') { "application/octet-stream" } else { media_type };
            quote!(server::bytes(#status, #media_type, body))
        }
        Payload::Stream(stream, media_type) => match stream {
            Stream::Bytes => {
                let media_type =
                    if media_type.contains('*') { "application/octet-stream" } else { media_type };
                quote!(server::byte_stream(#status, #media_type, body))
            }
            Stream::Texts => quote!(server::event_texts(#status, body)),
            Stream::Events(_) => quote!(server::events(#status, body)),
            Stream::Lines(_) => quote!(server::json_lines(#status, #media_type, body)),
        },
        Payload::OneOf(name, variants) => {
            let name = ident(name);
            let arms = variants.iter().map(|(variant, payload)| {
                let (variant, answer) = (ident(variant), answer(payload, status));
                quote!(#name::#variant(body) => #answer)
            });
            quote!(match body { #(#arms),* })
        }
    }
}

/// Prints how the headers of an answer are written.
fn header_writer(printer: &mut Printer<'_>, operation: &OperationPlan, headers: &HeadersPlan) -> TokenStream {
    let (name, response) = (ident(&headers.name), printer.path("axum::response", "Response"));
    // Only of a body that is not sent can a service say how long it is (RFC 9110, 8.6).
    let is_said = |field: &&crate::plan::HeaderField| {
        operation.method == Method::Head || !field.wire.eq_ignore_ascii_case("content-length")
    };
    let add = headers.fields.iter().filter(is_said).map(|field| {
        let (name, wire, written) = (ident(&field.name), &field.wire, header_text(printer, field));
        let may_be_null =
            field.required && !field.is_json && matches!(field.ty, RustType::Json | RustType::Option(_));
        let needed = may_be_null.then(|| quote!(.needed(#wire, &self.#name)));
        quote!(#needed .add(#wire, &self.#name, #written))
    });
    let add: Vec<TokenStream> = add.collect();
    quote! {
        impl #name {
            fn write(&self, response: #response) -> #response {
                server::Headers::of(response) #(#add)* .finish()
            }
        }
    }
}
