//! The function of a command: hands each argument to the builder of its operation, in the type that it takes.

use super::RUNNER;
use crate::plan::{BodyForm, CommandPlan, OperationPlan, Payload, RustType, Stream};
use crate::printer::Printer;
use crate::rust::ident;
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::MediaKind;

/// Prints the function; of an operation that answers with pages, also that which goes through all of them.
pub(super) fn print_function(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    command: &CommandPlan,
    client: &str,
) -> TokenStream {
    let client_type = printer.path(client, "Client");
    let (arguments, prepared, failure) = (
        printer.path(RUNNER, "Arguments"),
        printer.path(RUNNER, "Prepared"),
        printer.path(RUNNER, "Failure"),
    );
    let result = printer.prelude("Result");
    let begin = ident(&operation.name);
    let parameters: TokenStream = operation
        .parameters
        .iter()
        .zip(&command.parameters)
        .map(|(parameter, argument)| {
            let (name, flag, ty) = (ident(&parameter.name), &argument.flag, printer.ty(&parameter.ty));
            match parameter.required {
                true => quote!(let call = call.#name(arguments.required::<#ty>(#flag)?);),
                false => quote! {
                    let call = arguments.set(call, #flag, |call, value: #ty| call.#name(value))?;
                },
            }
        })
        .collect();
    let body = print_forms(printer, operation, client);
    let make = ident(if streams(operation) { "streaming" } else { "new" });
    let unused = ident(if parameters.is_empty() && body.is_none() { "_" } else { "arguments" });
    let unused = if unused == "_" { quote!(_) } else { quote!(#unused) };
    let call = quote! {
        let call = client.#begin();
        #parameters
        #body
    };
    if operation.pagination.is_none() {
        return quote! {
            fn run<'c>(client: &'c #client_type, #unused: &#arguments) -> #result<#prepared<'c>, #failure> {
                #call
                Ok(#prepared::#make(call))
            }
        };
    }
    let builder = printer.whole_path(&format!("{client}::builder"), &operation.type_name);
    let (items, items_of) = (printer.path(RUNNER, "Items"), printer.path(RUNNER, "items_of_pages"));
    quote! {
        fn call<'c>(client: &'c #client_type, #unused: &#arguments) -> #result<#builder<'c>, #failure> {
            #call
            Ok(call)
        }

        fn run<'c>(client: &'c #client_type, arguments: &#arguments) -> #result<#prepared<'c>, #failure> {
            Ok(#prepared::#make(call(client, arguments)?))
        }

        fn pages<'c>(client: &'c #client_type, arguments: &#arguments) -> #result<#items<'c>, #failure> {
            Ok(#items_of(call(client, arguments)?))
        }
    }
}

/// Says whether the answer comes piece by piece, whatever its status is.
fn streams(operation: &OperationPlan) -> bool {
    operation.success.enumeration.is_none()
        && operation.success.responses.iter().any(|own| matches!(own.payload, Payload::Stream(..)))
}

/// Prints what hands the body over, in the form that was chosen.
fn print_forms(printer: &mut Printer<'_>, operation: &OperationPlan, client: &str) -> Option<TokenStream> {
    let body = operation.body.as_ref()?;
    let name = ident(&body.name);
    let arms = body.forms.iter().enumerate().map(|(number, form)| {
        let value = print_value(printer, form);
        let number = proc_macro2::Literal::usize_unsuffixed(number);
        match &body.enumeration {
            Some(enumeration) => {
                let (forms, variant) = (printer.path(client, enumeration), ident(&form.variant));
                // Bytes become the stream that the variant holds.
                let into = matches!(form.ty, RustType::Stream(Stream::Bytes)).then(|| quote!(.into()));
                quote!(Some(#number) => call.#name(#forms::#variant(#value #into)),)
            }
            None => quote!(Some(#number) => call.#name(#value),),
        }
    });
    let arms: TokenStream = arms.collect();
    Some(quote!(let call = match arguments.form()? { #arms _ => call };))
}

/// Prints the value of a body of one form.
fn print_value(printer: &mut Printer<'_>, form: &BodyForm) -> TokenStream {
    match (&form.ty, form.kind) {
        (RustType::Stream(Stream::Lines(item)), _) => {
            let item = printer.ty(item);
            quote!(arguments.lines::<#item>()?)
        }
        (RustType::Stream(_) | RustType::Bytes, _) => quote!(arguments.bytes()?),
        (ty, MediaKind::Text | MediaKind::Bytes) => {
            let ty = printer.ty(ty);
            quote!(arguments.text::<#ty>()?)
        }
        (ty, MediaKind::Json | MediaKind::Form | MediaKind::Multipart) => {
            let ty = printer.ty(ty);
            quote!(arguments.value::<#ty>()?)
        }
    }
}
