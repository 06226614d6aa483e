//! Parameters outside of the path, as a request has them: in the query, in headers, and in cookies.

use crate::emit::styles::style;
use crate::plan::{Definition, OperationPlan, ParameterPlan, Plan, RustType};
use crate::printer::Printer;
use crate::rust::ident;
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::{ParameterIn, Style};

/// Prints the call that adds a parameter to the query, unless it is added [late](late_parameters).
pub(super) fn query(printer: &mut Printer<'_>, parameter: &ParameterPlan) -> TokenStream {
    let plan = printer.plan;
    let (wire, argument) = (&parameter.wire, ident(&parameter.name));
    let plain = match &parameter.ty {
        RustType::Vec(item) => !parameter.required && parameter.explode && is_scalar(plan, item),
        ty => is_scalar(plan, ty),
    };
    if parameter.style == Style::Form && !parameter.is_json && !parameter.allow_reserved && plain {
        let query = printer.path("spec_runtime::codegen::client", "QueryParam");
        return quote!(.query(&#query::new(#wire, &#argument)));
    }
    if parameter.allow_reserved || is_joined(parameter) {
        return TokenStream::new();
    }
    let (style, explode) =
        (style(printer, parameter.style, "spec_runtime::codegen::client"), parameter.explode);
    let (value, query) =
        (parameter_value(printer, parameter), printer.path("spec_runtime::codegen::client", "query"));
    quote!(.query(&#query(#wire, #value, #style, #explode)?))
}

/// Prints the value of a parameter, by reference.
pub(super) fn parameter_value(printer: &mut Printer<'_>, parameter: &ParameterPlan) -> TokenStream {
    let plan = printer.plan;
    let (argument, wire) = (ident(&parameter.name), &parameter.wire);
    if parameter.is_json {
        let as_json = printer.path("spec_runtime::codegen::client", "as_json");
        return match parameter.required {
            true => quote!(&#as_json(#wire, Some(&#argument))?),
            false => quote!(&#as_json(#wire, #argument.as_ref())?),
        };
    }
    let may_be_nothing = match parameter.place {
        ParameterIn::Query | ParameterIn::Cookie => !is_scalar(plan, &parameter.ty),
        // A list without items is a header without text.
        ParameterIn::Header => matches!(parameter.ty, RustType::Option(_) | RustType::Json),
        ParameterIn::Path => false,
    };
    if parameter.required && may_be_nothing {
        let needed = printer.path("spec_runtime::codegen::client", "needed");
        return quote!(#needed(#wire, &#argument)?);
    }
    quote!(&#argument)
}

/// Returns whether a value is one text.
fn is_scalar(plan: &Plan, ty: &RustType) -> bool {
    match ty {
        RustType::Model(id) => matches!(plan.type_plan(*id).definition, Definition::Enum(_)),
        RustType::Vec(_) | RustType::Tuple(_) | RustType::Map(_) | RustType::Json | RustType::Option(_) => {
            false
        }
        _ => true,
    }
}

/// Returns whether the items of a query parameter, if it is a list or an object, stand in one text with
/// commas between them.
fn is_joined(parameter: &ParameterPlan) -> bool {
    let is_query = parameter.place == ParameterIn::Query && parameter.style == Style::Form;
    is_query && !parameter.explode && !parameter.is_json && !parameter.allow_reserved
}

/// Prints what is added to a request once it is built: headers, cookies, and queries with characters that are
/// not encoded.
pub(super) fn late_parameters(printer: &mut Printer<'_>, operation: &OperationPlan) -> TokenStream {
    let plan = printer.plan;
    let mut code = TokenStream::new();
    for parameter in &operation.parameters {
        if parameter.place == ParameterIn::Query && parameter.allow_reserved {
            let (wire, explode, style) = (
                &parameter.wire,
                parameter.explode,
                style(printer, parameter.style, "spec_runtime::codegen::client"),
            );
            let (value, function) = (
                parameter_value(printer, parameter),
                printer.path("spec_runtime::codegen::client", "reserved_query"),
            );
            code.extend(quote!(#function(&mut request, #wire, #value, #style, #explode)?;));
        }
        let is_late = is_joined(parameter) && !is_scalar(plan, &parameter.ty);
        if is_late {
            let (wire, value, function) = (
                &parameter.wire,
                parameter_value(printer, parameter),
                printer.path("spec_runtime::codegen::client", "joined_query"),
            );
            code.extend(quote!(#function(&mut request, #wire, #value)?;));
        }
        let function = match parameter.place {
            ParameterIn::Header => printer.path("spec_runtime::codegen::client", "header"),
            ParameterIn::Cookie => printer.path("spec_runtime::codegen::client", "cookie"),
            ParameterIn::Path | ParameterIn::Query => continue,
        };
        let (wire, explode) = (&parameter.wire, parameter.explode);
        let value = parameter_value(printer, parameter);
        code.extend(quote!(#function(&mut request, #wire, #value, #explode)?;));
    }
    code
}
