//! The call of an operation: what the runtime needs to know to send it, whoever printed its request.

use super::arguments::arguments;
use super::responses::status_arms;
use crate::plan::{OperationPlan, Outcome, SchemeUse};
use crate::printer::Printer;
use crate::rust::{docs, ident, tokens};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, quote};
use spec_api::{Backoff, Calling, Retries};
use std::time::Duration;

/// Prints the method that sends a call and reads the answer.
pub(super) fn print_send(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let words = docs(&[
        format!("Sends a `{}` request to `{}`.", operation.method, operation.path),
        String::new(),
        "# Errors".to_owned(),
        String::new(),
        "What the document declares for errors, and whatever keeps the request from being answered as \
         declared."
            .to_owned(),
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
    let said = print_calling(printer, &operation.calling);
    quote!(#called::new(#id, #path) #security #redirections #streams #key #said)
}

/// Prints what extensions say of calls.
fn print_calling(printer: &mut Printer<'_>, calling: &Calling) -> TokenStream {
    let Calling { retries, timeout, idempotent } = calling;
    let rules = retries.as_ref().map(|retries| {
        let retry = printer.whole_path("spec_runtime::client", "Retry");
        let rules = match retries {
            Retries::Never => quote!(never()),
            Retries::Backoff(backoff) => print_backoff(backoff),
        };
        quote!(.retry(#retry::#rules))
    });
    let timeout = timeout.map(|timeout| {
        let timeout = duration(timeout);
        quote!(.timeout(#timeout))
    });
    let idempotent = idempotent.map(|idempotent| quote!(.idempotent(#idempotent)));
    quote!(#rules #timeout #idempotent)
}

/// Prints rules of retries: those of the runtime, but for what the document says. Where the document says how
/// long a call is tried, that is its limit, and not how often.
fn print_backoff(backoff: &Backoff) -> TokenStream {
    let Backoff { first_wait, longest_wait, within, factor, statuses, connection_errors } = backoff;
    let within = within.map(|time| {
        let time = duration(time);
        quote!(.with_attempts(u32::MAX).with_within(#time))
    });
    let waits = [
        first_wait.map(|wait| ("with_first_wait", duration(wait))),
        factor.map(|factor| ("with_factor", Literal::f64_unsuffixed(factor).into_token_stream())),
        longest_wait.map(|wait| ("with_longest_wait", duration(wait))),
    ];
    let waits = waits.into_iter().flatten().map(|(setter, value)| {
        let setter = ident(setter);
        quote!(.#setter(#value))
    });
    let statuses = statuses.as_ref().map(|ranges| {
        let number = |code: &u16| tokens(&code.to_string());
        let ranges = ranges.iter().map(|(from, to)| (number(from), number(to)));
        let ranges = ranges.map(|(from, to)| quote!((#from, #to)));
        quote!(.with_statuses(&[#(#ranges),*]))
    });
    let errors = connection_errors.map(|again| quote!(.with_unanswered(#again).with_unsent(#again)));
    quote!(new() #within #(#waits)* #statuses #errors)
}

/// Prints a time to the millisecond.
fn duration(time: Duration) -> TokenStream {
    let milliseconds = tokens(&time.as_millis().min(u64::MAX.into()).to_string());
    quote!(::std::time::Duration::from_millis(#milliseconds))
}

/// Prints the type of all answers on one side of success.
pub(super) fn outcome_type(printer: &mut Printer<'_>, outcome: &Outcome) -> TokenStream {
    match (&outcome.enumeration, outcome.responses.first()) {
        (Some(name), _) => tokens(name),
        (None, Some(response)) => printer.ty(&response.payload.ty()),
        (None, None) => quote!(()),
    }
}
