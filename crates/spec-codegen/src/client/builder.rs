//! The builder of a request, as our own emitter prints it: in the style of progenitor's builders.

use super::arguments::{arguments, print_setter};
use super::parameters::late_parameters;
use super::request::request;
use super::responses::send_tail;
use super::url::url;
use crate::plan::{BodyPlan, OperationPlan, Outcome};
use crate::printer::Printer;
use crate::rust::{docs, ident, linking, tokens};
use proc_macro2::TokenStream;
use quote::quote;

/// Prints the method of the client that begins a request.
pub(super) fn print_method(operation: &OperationPlan) -> TokenStream {
    let mut lines = operation.docs.clone();
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(format!("Sends a `{}` request to `{}`.", operation.method, operation.path));
    let words = docs(&lines);
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated]));
    let (name, builder) = (ident(&operation.name), ident(&operation.type_name));
    quote! {
        #words
        #deprecated
        pub fn #name(&self) -> builder::#builder<'_> {
            builder::#builder::new(self)
        }
    }
}

/// Prints the builder of a request.
pub(super) fn print_builder(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let name = ident(&operation.type_name);
    let head = builder_head(operation);
    let arguments = arguments(operation);
    let types: Vec<TokenStream> =
        arguments.iter().map(|argument| printer.ty(&argument.full_type())).collect();
    let (result, string) = (printer.prelude("Result"), printer.prelude("String"));
    let names: Vec<_> = arguments.iter().map(|argument| ident(&argument.name)).collect();
    let initial = arguments.iter().map(|argument| {
        let name = &argument.name;
        let missing = format!("{name} was not initialized");
        if argument.required { quote!(Err(#missing.to_string())) } else { quote!(Ok(None)) }
    });
    let setters: Vec<TokenStream> =
        arguments.iter().map(|argument| print_setter(printer, argument)).collect();
    let send = send(printer, operation);
    quote! {
        #head
        pub struct #name<'a> {
            client: &'a Client,
            #(#names: #result<#types, #string>,)*
        }

        impl<'a> #name<'a> {
            pub fn new(client: &'a Client) -> Self {
                Self { client, #(#names: #initial,)* }
            }

            #(#setters)*

            #send
        }
    }
}

/// Prints the words and derives of a builder.
pub(super) fn builder_head(operation: &OperationPlan) -> TokenStream {
    let words = linking(&format!("Builder for [`Client::{}`].", operation.name));
    // Streams can only be sent once.
    let streams = operation.body.as_ref().is_some_and(BodyPlan::streams);
    let derived = if streams { quote!(#[derive(Debug)]) } else { quote!(#[derive(Clone, Debug)]) };
    quote!(#words #derived)
}

/// Prints the method that sends a request and reads the answer.
fn send(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let signature = send_signature(printer, operation);
    let names: Vec<_> = arguments(operation).iter().map(|argument| ident(&argument.name)).collect();
    let error = printer.path("spec_runtime::client", "Error");
    let url = url(printer, operation);
    let request = request(printer, operation);
    let late = late_parameters(printer, operation);
    let tail = send_tail(printer, operation);
    quote! {
        #signature {
            let Self { client, #(#names),* } = self;
            #(let #names = #names.map_err(#error::InvalidRequest)?;)*
            #url
            #request
            #late
            #tail
        }
    }
}

/// Prints the head of `send`.
pub(super) fn send_signature(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
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
    quote!(#words pub async fn send(self) -> #result<#value<#success>, #error<#failure>>)
}

/// Prints the type of all answers on one side of success.
fn outcome_type(printer: &mut Printer<'_>, outcome: &Outcome) -> TokenStream {
    match (&outcome.enumeration, outcome.responses.first()) {
        (Some(name), _) => tokens(name),
        (None, Some(response)) => printer.ty(&response.payload.ty()),
        (None, None) => quote!(()),
    }
}
