//! The parameters of an operation: the struct that its method takes, and the table by which they are read.

use super::names::parameters_name;
use crate::emit::defaults::{Defaulted, print_default_method};
use crate::emit::serde::{derive_crates, schema_extension};
use crate::emit::styles::style;
use crate::plan::{OperationPlan, ParameterPlan, RustType};
use crate::printer::Printer;
use crate::rust::{docs, ident, tokens};
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::{ParameterIn, Style};
use spec_http::template::placeholders;

/// Prints the parameters of an operation as one model.
pub(super) fn print_parameters_struct(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
) -> Option<TokenStream> {
    if operation.parameters.is_empty() {
        return None;
    }
    let words = docs(&[format!("The parameters of `{}`.", operation.id)]);
    let name = ident(&parameters_name(operation));
    let fields: Vec<TokenStream> = operation
        .parameters
        .iter()
        .map(|parameter| {
            let words = docs(&parameter.docs);
            let extend = schema_extension(&parameter.assertions);
            let full = if parameter.required {
                parameter.ty.clone()
            } else {
                RustType::Option(Box::new(parameter.ty.clone()))
            };
            let (name, ty) = (ident(&parameter.name), printer.ty(&full));
            quote!(#words #extend pub #name: #ty)
        })
        .collect();
    let (deserialize, json_schema) =
        (printer.path("serde", "Deserialize"), printer.path("schemars", "JsonSchema"));
    let defaulted = operation.parameters.iter().filter_map(|parameter| {
        let words = format!("The parameter `{}`", parameter.wire);
        let default = parameter.default.as_ref()?;
        print_default_method(
            printer,
            &Defaulted { name: &parameter.name, words, ty: &parameter.ty, nullable: false, default },
        )
    });
    let defaults: Vec<TokenStream> = defaulted.collect();
    let own = (!defaults.is_empty()).then(|| quote!(impl #name { #(#defaults)* }));
    let crates = derive_crates(true, true);
    let derives = quote!(#[derive(Clone, Debug, PartialEq, #deserialize, #json_schema)] #crates);
    // A field that may be null is not required otherwise.
    let required = operation.parameters.iter().filter(|parameter| parameter.required);
    let is_nullable = required.clone().any(|parameter| matches!(parameter.ty, RustType::Option(_)));
    let names: Vec<&str> = required.map(|parameter| parameter.name.as_str()).collect();
    let required = is_nullable.then(|| quote!(#[schemars(extend("required" = [#(#names),*]))]));
    Some(quote!(#words #derives #required pub struct #name { #(#fields),* } #own))
}

/// Prints what is said of a parameter in the table by which it is read.
pub(super) fn parameter_entry(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    parameter: &ParameterPlan,
) -> TokenStream {
    let (ty, place) = (
        printer.path("spec_runtime::codegen::server", "Parameter"),
        printer.path("spec_runtime::codegen::server", "ParameterIn"),
    );
    let (wire, key) = (&parameter.wire, &parameter.name);
    let (place, default) = match parameter.place {
        ParameterIn::Path => {
            let index =
                placeholders(&operation.path).position(|name| name == parameter.wire).unwrap_or_default();
            let index = tokens(&index.to_string());
            (quote!(#place::Path(#index)), (Style::Simple, false))
        }
        ParameterIn::Query => (quote!(#place::Query), (Style::Form, true)),
        ParameterIn::Header => (quote!(#place::Header), (Style::Simple, false)),
        ParameterIn::Cookie => (quote!(#place::Cookie), (Style::Form, true)),
    };
    let styled = ((parameter.style, parameter.explode) != default).then(|| {
        let style = style(printer, parameter.style, "spec_runtime::codegen::server");
        let explode = parameter.explode;
        quote!(.styled(#style, #explode))
    });
    let json = parameter.is_json.then(|| quote!(.json()));
    let empty = parameter.allow_empty.then(|| quote!(.may_be_empty()));
    quote!(#ty::new(#place, #wire, #key) #styled #json #empty)
}
