//! The end of `send`: credentials, the exchange, and how an answer is read by its status.

use crate::plan::{OperationPlan, Outcome, Payload, ResponsePlan, SchemeUse, Stream};
use crate::printer::Printer;
use crate::rust::{ident, tokens};
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::Status;

/// Prints the end of `send`: credentials, hooks, and the answer by its status.
pub(super) fn send_tail(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let plan = printer.plan;
    let id = &operation.id;
    let info = printer.path("spec_runtime::client", "OperationInfo");
    let fetches = |used: &SchemeUse| plan.schemes[used.scheme].token_urls().is_some();
    let alternatives = operation.security.iter().map(|schemes| {
        let schemes = schemes.iter().map(|used| {
            let (constant, scopes) = (ident(&plan.schemes[used.scheme].constant), &used.scopes);
            if fetches(used) && !scopes.is_empty() {
                quote!(#constant.scoped(&[#(#scopes),*]))
            } else {
                quote!(#constant)
            }
        });
        quote!(&[#(#schemes),*])
    });
    let following = printer.path("spec_runtime::codegen::client", "following");
    let declared = operation.redirections().into_iter().map(|code| tokens(&code.to_string()));
    let mut exec = quote!(#following(request, &[#(#declared),*], |request| client.exec(request, &info)));
    let authorize = (!operation.security.is_empty()).then(|| {
        if !operation.security.iter().flatten().any(fetches) {
            return quote!(client.credentials.authorize(&mut request, &[#(#alternatives),*])?;);
        }
        exec = quote!(authorized.send(request, |request| #exec));
        quote! {
            let authorized = client
                .credentials
                .authorize_fetching(&client.client, &client.baseurl, &mut request, &[#(#alternatives),*])
                .await?;
        }
    });
    let arms = status_arms(printer, operation);
    quote! {
        #authorize
        let info = #info { operation_id: #id };
        client.pre(&mut request, &info).await?;
        let result = #exec.await;
        client.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() { #arms }
    }
}

/// Prints an arm for each status, which reads the answer.
fn status_arms(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let error = printer.path("spec_runtime::client", "Error");
    let mut code = TokenStream::new();
    let mut rest = None;
    for (outcome, is_error) in [(&operation.success, false), (&operation.error, true)] {
        for group in alike(outcome) {
            let response = group[0];
            let read = read_payload(printer, &response.payload, &response.media_types);
            let value = match (&outcome.enumeration, is_error) {
                (None, false) => read,
                (None, true) => quote!(Err(#error::ErrorResponse(#read?))),
                (Some(enumeration), _) => {
                    let wrapped = wrapped(printer, enumeration, response, &read);
                    if is_error { quote!(Err(#error::ErrorResponse(#wrapped))) } else { quote!(Ok(#wrapped)) }
                }
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
    let rest = rest.unwrap_or_else(|| quote!(Err(#error::unexpected(response).await)));
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
                quote!(#read.map(|response| #wrap(response, #enumeration::#variant)))
            });
            let first = reads.next();
            let others = reads.enumerate().map(|(index, read)| {
                let index = tokens(&(index + 1).to_string());
                quote!(#index => #read,)
            });
            // By its whole path: a body that is being written has this name.
            let form = quote!(spec_runtime::codegen::client::form);
            return quote!(match #form(&response, &[#(#names),*]) { #(#others)* _ => #first });
        }
    };
    let function = printer.path("spec_runtime::codegen::client", function);
    if matches!(payload, Payload::Empty | Payload::Json(..)) {
        return quote!(#function(response).await);
    }
    quote!(#function(response, &[#(#declared),*]).await)
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
