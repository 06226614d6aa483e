//! The end of `send`: credentials, the exchange, and how an answer is read by its status.

use crate::plan::{OperationPlan, Outcome, Payload, ResponsePlan, Stream};
use crate::printer::Printer;
use crate::rust::{ident, tokens};
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::Status;

/// Prints an arm for each status, which reads the answer.
pub(super) fn status_arms(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let mut code = TokenStream::new();
    let mut rest = None;
    for (outcome, is_error) in [(&operation.success, false), (&operation.error, true)] {
        for group in alike(outcome) {
            let response = group[0];
            let read = read_payload(printer, &response.payload, &response.media_types);
            let read = match &outcome.enumeration {
                None => quote!(#read?),
                Some(enumeration) => wrapped(printer, enumeration, response, &read),
            };
            let value = if is_error {
                let failed = printer.path("spec_runtime::codegen::client", "failed");
                quote!(Err(#failed(#read)))
            } else {
                let succeeded = printer.path("spec_runtime::codegen::client", "succeeded");
                quote!(Ok(#succeeded(#read)))
            };
            if group.iter().any(|response| response.status == Status::Default) {
                rest = Some(value);
                continue;
            }
            let patterns = group.iter().map(|response| match response.status {
                Status::Range(hundreds) => {
                    let (first, last) = (tokens(&format!("{hundreds}00")), tokens(&format!("{hundreds}99")));
                    quote!(#first..=#last)
                }
                Status::Code(code) => tokens(&code.to_string()),
                Status::Default => quote!(_),
            });
            code.extend(quote!(#(#patterns)|* => #value,));
        }
    }
    let rest = rest.unwrap_or_else(|| {
        let unexpected = printer.path("spec_runtime::codegen::client", "unexpected");
        quote!(Err(#unexpected(answer).await))
    });
    quote!(#code _ => #rest,)
}

/// Groups answers that are read alike, and stand in one arm, unless an enumeration tells them apart.
fn alike(outcome: &Outcome) -> Vec<Vec<&ResponsePlan>> {
    let mut groups: Vec<Vec<&ResponsePlan>> = Vec::new();
    for response in &outcome.responses {
        let alike = |group: &&mut Vec<&ResponsePlan>| {
            outcome.enumeration.is_none()
                && group[0].payload == response.payload
                && response.status != Status::Default
        };
        match groups.last_mut().filter(alike) {
            Some(group) => group.push(response),
            None => groups.push(vec![response]),
        }
    }
    groups
}

/// Prints how an answer's body is read, as an expression of `Result<ResponseValue<…>, Error<…>>`.
fn read_payload(printer: &mut Printer<'_>, payload: &Payload, declared: &[String]) -> TokenStream {
    let function = match payload {
        Payload::Empty => "empty",
        Payload::Json(..) => "json",
        Payload::Text(..) => "text",
        Payload::Bytes(_) => "bytes",
        Payload::Stream(Stream::Bytes, _) => "byte_stream",
        Payload::Stream(Stream::Texts, _) => "event_texts",
        Payload::Stream(Stream::Events(_), _) => "events",
        Payload::Stream(Stream::Lines(_), _) => "json_lines",
        Payload::OneOf(enumeration, variants) => {
            let wrap = printer.path("spec_runtime::codegen::client", "wrap");
            let enumeration = ident(enumeration);
            let names = payload.media_types();
            let mut reads = variants.iter().map(|(variant, payload)| {
                let (variant, read) = (ident(variant), read_payload(printer, payload, declared));
                quote!(#read.map(|decoded| #wrap(decoded, #enumeration::#variant)))
            });
            let first = reads.next();
            let others = reads.enumerate().map(|(index, read)| {
                let index = tokens(&(index + 1).to_string());
                quote!(#index => #read,)
            });
            // By its whole path: a body that is being written has this name.
            let form = quote!(spec_runtime::codegen::client::form);
            return quote!(match #form(&answer, &[#(#names),*]) { #(#others)* _ => #first });
        }
    };
    let function = printer.path("spec_runtime::codegen::client", function);
    if matches!(payload, Payload::Empty | Payload::Json(..)) {
        return quote!(#function(answer).await);
    }
    quote!(#function(answer, &[#(#declared),*]).await)
}

/// Prints an answer as the variant of its status.
fn wrapped(
    printer: &mut Printer<'_>,
    enumeration: &str,
    response: &ResponsePlan,
    read: &TokenStream,
) -> TokenStream {
    let (enumeration, variant) = (ident(enumeration), ident(&response.variant));
    let wrap = printer.path("spec_runtime::codegen::client", "wrap");
    match response.payload {
        Payload::Empty => quote!(#wrap(#read?, |()| #enumeration::#variant)),
        Payload::OneOf(..) => quote!(#wrap((#read)?, #enumeration::#variant)),
        _ => quote!(#wrap(#read?, #enumeration::#variant)),
    }
}
