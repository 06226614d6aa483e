//! The builder of a request, as our own emitter prints it: in the style of progenitor's builders.

use super::arguments::{arguments, print_setter};
use super::called::{print_build, print_call, print_send};
use super::parameters::late_parameters;
use super::request::request;
use super::url::url;
use crate::plan::{BodyPlan, OperationPlan};
use crate::printer::Printer;
use crate::rust::{docs, ident, linking};
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
    let build = build(printer, operation);
    let send = print_send(printer, operation);
    let call = print_call(printer, operation, &build);
    let (default, options) = (printer.prelude("Default"), printer.path("spec_runtime::client", "Options"));
    quote! {
        #head
        pub struct #name<'a> {
            client: &'a Client,
            options: #options,
            #(#names: #result<#types, #string>,)*
        }

        impl<'a> #name<'a> {
            pub fn new(client: &'a Client) -> Self {
                Self { client, options: #default::default(), #(#names: #initial,)* }
            }

            #(#setters)*

            #send
        }

        #call
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

/// Prints what builds the request.
fn build(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let url = url(printer, operation);
    let late = late_parameters(printer, operation);
    let request = request(printer, operation, !late.is_empty());
    print_build(printer, operation, &quote!(#url #request #late))
}
