//! The call of an operation: what the runtime needs to know to send it, whoever printed its request.

use super::arguments::arguments;
use super::responses::status_arms;
use crate::plan::{OperationPlan, Outcome, SchemeUse};
use crate::printer::Printer;
use crate::rust::{docs, ident, tokens};
use proc_macro2::TokenStream;
use quote::quote;

/// Prints the method that sends a call and reads the answer.
pub(super) fn print_send(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let words = docs(&[
        format!("Sends a `{}` request to `{}`.", operation.method, operation.path),
        String::new(),
        "# Errors".to_owned(),
        String::new(),
        "What the document declares for errors, and whatever keeps the request from being answered as declared.".to_owned(),
    ]);
    let (success, failure) =
        (outcome_type(printer, &operation.success), outcome_type(printer, &operation.error));
    let (value, error) = (
        printer.path("spec_runtime::client", "ResponseValue"),
        printer.path("spec_runtime::client", "Error"),
    );
    let result = printer.prelude("Result");
    let call = printer.path("spec_runtime::codegen::client", "call");
    quote! {
        #words
        pub async fn send(self) -> #result<#value<#success>, #error<#failure>> {
            #call(self).await
        }
    }
}

/// Prints the traits by which the runtime knows a builder: its options, its operation, how its request is
/// built, and how the answer is read.
pub(super) fn print_call(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    build: &TokenStream,
) -> TokenStream {
    let name = ident(&operation.type_name);
    let (success, failure) =
        (outcome_type(printer, &operation.success), outcome_type(printer, &operation.error));
    let (configure, call, options) = (
        printer.path("spec_runtime::client", "Configure"),
        printer.path("spec_runtime::client", "Call"),
        printer.path("spec_runtime::client", "Options"),
    );
    let (value, error) = (
        printer.path("spec_runtime::client", "ResponseValue"),
        printer.path("spec_runtime::client", "Error"),
    );
    let called = printer.path("spec_runtime::client", "CalledOperation");
    let built = printer.path("spec_runtime::codegen::client", "BuiltCall");
    let answer = printer.path("spec_runtime::codegen::client", "Answer");
    let result = printer.prelude("Result");
    let facts = print_facts(printer, operation);
    let arms = status_arms(printer, operation);
    quote! {
        impl #configure for #name<'_> {
            fn options_mut(&mut self) -> &mut #options {
                &mut self.options
            }
        }

        impl<'a> #call for #name<'a> {
            type Client = &'a Client;
            type Success = #success;
            type Failure = #failure;

            const OPERATION: #called = #facts;

            fn build(self) -> #result<#built<&'a Client>, #error<#failure>> {
                #build
            }

            async fn read(answer: #answer) -> #result<#value<#success>, #error<#failure>> {
                match answer.status().as_u16() { #arms }
            }
        }
    }
}

/// Prints the body of `build` around the statements that make a request.
pub(super) fn print_build(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    request: &TokenStream,
) -> TokenStream {
    let names: Vec<_> = arguments(operation).iter().map(|argument| ident(&argument.name)).collect();
    let error = printer.path("spec_runtime::client", "Error");
    let built = printer.path("spec_runtime::codegen::client", "BuiltCall");
    quote! {
        let Self { client, options, #(#names),* } = self;
        #(let #names = #names.map_err(#error::InvalidRequest)?;)*
        #request
        Ok(#built { client, request, options })
    }
}

/// Prints what the document says of an operation, as far as calls depend on it.
fn print_facts(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let plan = printer.plan;
    let called = printer.path("spec_runtime::client", "CalledOperation");
    let (id, path) = (&operation.id, &operation.path);
    let alternatives = operation.security.iter().map(|schemes| {
        let schemes = schemes.iter().map(|SchemeUse { scheme, scopes }| {
            let scheme = &plan.schemes[*scheme];
            let constant = ident(&scheme.constant);
            if scheme.token_urls().is_some() && !scopes.is_empty() {
                quote!(#constant.scoped(&[#(#scopes),*]))
            } else {
                quote!(#constant)
            }
        });
        quote!(&[#(#schemes),*])
    });
    let security = (!operation.security.is_empty()).then(|| quote!(.security(&[#(#alternatives),*])));
    let declared: Vec<TokenStream> =
        operation.redirections().into_iter().map(|code| tokens(&code.to_string())).collect();
    let redirections = (!declared.is_empty()).then(|| quote!(.redirections(&[#(#declared),*])));
    let is_streamed = operation.success.responses.iter().any(|response| response.payload.streams());
    let streams = is_streamed.then(|| quote!(.streams()));
    let key = operation.idempotency_header().map(|name| quote!(.idempotency_header(#name)));
    quote!(#called::new(#id, #path) #security #redirections #streams #key)
}

/// Prints the type of all answers on one side of success.
fn outcome_type(printer: &mut Printer<'_>, outcome: &Outcome) -> TokenStream {
    match (&outcome.enumeration, outcome.responses.first()) {
        (Some(name), _) => tokens(name),
        (None, Some(response)) => printer.ty(&response.payload.ty()),
        (None, None) => quote!(()),
    }
}
