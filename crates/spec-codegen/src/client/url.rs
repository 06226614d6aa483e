//! The URL of a request, with the parameters of the path in it.

use super::parameters::parameter_value;
use crate::emit::styles;
use crate::plan::{Definition, OperationPlan, ParameterPlan, Plan, RustType};
use crate::printer::Printer;
use crate::rust::ident;
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::{ParameterIn, Style};
use spec_http::template::{Template, placeholder};

/// Prints the URL, each parameter of the path written as its style asks.
pub(super) fn url(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let mut template = String::from("{}");
    let mut written = TokenStream::new();
    let mut seen: Vec<&str> = Vec::new();
    let shape = Template::new(&operation.path);
    let mut rest = operation.path.as_str();
    let mut is_in_query = false;
    while let Some((before, name, after)) = placeholder(rest) {
        template.push_str(&before.replace('}', "}}"));
        is_in_query |= before.contains('?');
        rest = after;
        let parameter =
            operation.parameters.iter().find(|own| own.place == ParameterIn::Path && own.wire == name);
        let Some(parameter) = parameter else { continue };
        let argument = ident(&parameter.name);
        template.push_str(&format!("{{{}}}", parameter.name));
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        written.extend(print_path_value(printer, parameter, is_in_query));
        let separators = match parameter.style {
            Style::Simple => shape.separators(name),
            _ => None,
        };
        written.extend(separators.map(|separators| {
            let apart = printer.path("spec_runtime::codegen::client", "apart");
            quote!(let #argument = #apart(&#argument, #separators);)
        }));
    }
    template.push_str(&rest.replace('{', "{{").replace('}', "}}"));
    let base = match &operation.base_url {
        Some(url) => quote!(options.base_url(client.base_url_or(#url))),
        None => quote!(options.base_url(&client.baseurl)),
    };
    quote!(#written let url = format!(#template, #base);)
}

/// Prints how the value of a parameter becomes a text of the path. Of a path that ends in a query, what
/// follows the `?` is written as values of a query are.
fn print_path_value(printer: &mut Printer<'_>, parameter: &ParameterPlan, is_in_query: bool) -> TokenStream {
    let function = if is_in_query { "query_value" } else { "segment" };
    let (argument, wire) = (ident(&parameter.name), &parameter.wire);
    match (parameter.style, &parameter.ty, parameter.is_json) {
        (Style::Simple, RustType::String, false) => {
            let segment = printer.path("spec_runtime::codegen::client", function);
            quote!(let #argument = #segment(#wire, &#argument)?;)
        }
        (Style::Simple, ty, false) if displays(printer.plan, ty) => {
            let segment = printer.path("spec_runtime::codegen::client", function);
            quote!(let #argument = #segment(#wire, &#argument.to_string())?;)
        }
        (style, ..) => {
            let (explode, path) = (parameter.explode, printer.path("spec_runtime::codegen::client", "path"));
            let (style, value) = (
                styles::style(printer, style, "spec_runtime::codegen::client"),
                parameter_value(printer, parameter),
            );
            quote!(let #argument = #path(#wire, #value, #style, #explode)?;)
        }
    }
}

/// Returns whether `Display` writes what the wire has.
fn displays(plan: &Plan, ty: &RustType) -> bool {
    match ty {
        RustType::Bool | RustType::I32 | RustType::I64 | RustType::U32 | RustType::U64 | RustType::F64 => {
            true
        }
        RustType::String | RustType::Date | RustType::Uuid | RustType::Ipv4 | RustType::Ipv6 => true,
        RustType::Model(id) => match &plan.type_plan(*id).definition {
            Definition::Enum(_) => true,
            Definition::Alias(target) => displays(plan, target),
            _ => false,
        },
        _ => false,
    }
}
