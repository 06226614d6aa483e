//! Conversions into an answer, for bodies that mean only one.

use super::names::response_name;
use crate::emit::aliases::without_aliases;
use crate::plan::{OperationPlan, Payload, ResponsePlan, RustType};
use crate::printer::Printer;
use crate::rust::ident;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use spec_api::Status;

/// Prints conversions into an answer. A body that only one status has is an answer by itself, and nothing is
/// where only one has none. What is no model says nothing of a failure by itself.
pub(super) fn print_conversions(
    printer: &mut Printer<'_>,
    operation: &OperationPlan,
    responses: &[&ResponsePlan],
) -> TokenStream {
    let plan = printer.plan;
    let name = ident(&response_name(operation));
    let mut code = TokenStream::new();
    let held: Vec<RustType> =
        responses.iter().map(|response| without_aliases(plan, &response.payload.ty())).collect();
    // A model converts as itself and as what may be null; neither must be another answer, too.
    let is_answer = |ty: &RustType| held.iter().filter(|own| *own == ty).count();
    let is_failure =
        |own: &ResponsePlan| matches!(own.status, Status::Code(code) if !(200..300).contains(&code));
    for (response, ty) in responses.iter().zip(&held) {
        let Status::Code(_) = response.status else { continue };
        let inner = match ty {
            RustType::Option(inner) if is_answer(inner) == 0 => Some(&**inner),
            _ => None,
        };
        let is_model = matches!(inner.unwrap_or(ty), RustType::Model(_));
        let others =
            responses.iter().zip(&held).filter(|(other, own)| *own == ty && (is_model || !is_failure(other)));
        if others.count() > 1 || (!is_model && is_failure(response)) {
            continue;
        }
        let is_more = matches!(response.payload, Payload::OneOf(..) | Payload::Stream(..));
        if is_more {
            continue;
        }
        let headers = match &response.headers {
            None => None,
            Some(headers) if headers.is_optional() => Some({
                let default = printer.prelude("Default");
                quote!(#default::default())
            }),
            Some(_) => continue,
        };
        let whole = response.payload.ty();
        for (given, is_inner) in std::iter::once((&whole, false)).chain(inner.map(|inner| (inner, true))) {
            code.extend(print_conversion(printer, &name, response, (given, is_inner), headers.as_ref()));
        }
    }
    code
}

/// Prints the conversion of a type into an answer; the type may be what the body has where it is not null.
fn print_conversion(
    printer: &mut Printer<'_>,
    name: &Ident,
    response: &ResponsePlan,
    (given, is_inner): (&RustType, bool),
    headers: Option<&TokenStream>,
) -> TokenStream {
    let is_empty = response.payload == Payload::Empty;
    let (variant, from) = (ident(&response.variant), printer.prelude("From"));
    let given = printer.ty(given);
    let some = is_inner.then(|| printer.prelude("Some"));
    let body = match (is_empty, some) {
        (true, _) => None,
        (false, Some(some)) => Some(quote!(#some(body))),
        (false, None) => Some(quote!(body)),
    };
    let held: Vec<TokenStream> = body.into_iter().chain(headers.cloned()).collect();
    let held = (!held.is_empty()).then(|| quote!((#(#held),*)));
    let pattern = if is_empty { quote!((): ()) } else { quote!(body: #given) };
    quote! {
        impl #from<#given> for #name {
            fn from(#pattern) -> Self {
                Self::#variant #held
            }
        }
    }
}
