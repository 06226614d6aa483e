//! Handlers: what takes a request apart and hands it to the trait.

use super::bodies::{BodyPattern, body_pattern, content};
use super::errors::errors_constant;
use super::interface::Interface;
use super::parameters::parameter_entry;
use crate::plan::{OperationPlan, PrincipalPlan};
use crate::printer::Printer;
use crate::rust::{ident, tokens};
use proc_macro2::TokenStream;
use quote::quote;

/// Prints the function that takes a request apart and hands it to the trait.
pub(super) fn print_handler(
    printer: &mut Printer<'_>,
    interface: &Interface<'_>,
    operation: &OperationPlan,
) -> TokenStream {
    let plan = printer.plan;
    let trait_name = interface.trait_name();
    let name = ident(&operation.name);
    let operation_type = printer.path("spec_runtime::codegen::server", "Operation");
    let security = operation.security.iter().map(|schemes| {
        let schemes = schemes.iter().map(|used| ident(&plan.schemes[used.scheme].constant));
        quote!(&[#(#schemes),*])
    });
    let parameters: Vec<TokenStream> =
        operation.parameters.iter().map(|own| parameter_entry(printer, operation, own)).collect();
    let content = operation.body.as_ref().map(|body| content(printer, body));
    let mut fields = Vec::new();
    fields.extend((!operation.security.is_empty()).then(|| quote!(security: &[#(#security),*])));
    fields.extend(operation.template.as_ref().map(|template| quote!(template: Some(#template))));
    fields.extend((!parameters.is_empty()).then(|| quote!(parameters: &[#(#parameters),*])));
    fields.extend(content.map(|content| quote!(content: #content)));
    fields.extend((operation.errors.invalid != 400).then(|| {
        let invalid = tokens(&operation.errors.invalid.to_string());
        quote!(invalid: #invalid)
    }));
    fields.extend(errors_constant(plan, operation).map(|errors| quote!(errors: #errors)));
    let (parameters_pattern, parameters_argument) = if operation.parameters.is_empty() {
        let none = printer.path("spec_runtime::codegen::server", "NoParameters");
        (quote!(#none {}), None)
    } else {
        (quote!(parameters), Some(quote!(, parameters)))
    };
    let BodyPattern { pattern: body_pattern, argument: body_argument, ty: body_type } =
        body_pattern(printer, operation);
    let arc = printer.path("std::sync", "Arc");
    let (state, request) = (printer.path("axum::extract", "State"), printer.path("axum::extract", "Request"));
    let response = printer.path("axum::response", "Response");
    let given = |types: TokenStream| body_type.map(|body| quote!(::<#types, #body>));
    let received = match operation.principal() {
        PrincipalPlan::None => {
            let types = given(quote!(_));
            quote!(receive #types (request))
        }
        PrincipalPlan::Optional => {
            let types = given(quote!(_, _));
            quote!(receive_optional #types (&*api, request))
        }
        PrincipalPlan::Required => {
            let types = given(quote!(_, _));
            quote!(receive_authenticated #types (&*api, request))
        }
    };
    let id = &operation.id;
    let arguments = quote!(context #parameters_argument #body_argument);
    // By the name of the trait: pointers have methods, too, and so has `Authenticate`.
    quote! {
        pub async fn #name<A: #trait_name>(#state(api): #state<#arc<A>>, request: #request) -> #response {
            const OPERATION: #operation_type = #operation_type { #(#fields,)* ..#operation_type::new(#id) };
            match OPERATION.#received.await {
                Ok((context, #parameters_pattern, #body_pattern)) => {
                    OPERATION.reply(#trait_name::#name(&*api, #arguments).await)
                }
                Err(rejection) => rejection,
            }
        }
    }
}
