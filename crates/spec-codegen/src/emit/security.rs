//! The security schemes that operations ask for, as constants.

use crate::plan::{OperationPlan, Plan, SchemePlan, lines};
use crate::printer::Printer;
use crate::rust::{docs, ident};
use proc_macro2::TokenStream;
use quote::quote;
use spec_api::{ParameterIn, Scheme};
use std::collections::HashSet;

/// Prints a constant for each scheme; `module` is where `SecurityScheme` is found.
pub(crate) fn print_scheme_constants<'a>(
    printer: &mut Printer<'_>,
    schemes: impl Iterator<Item = &'a SchemePlan>,
    module: &str,
) -> TokenStream {
    let mut code = TokenStream::new();
    for scheme in schemes {
        let (name, wire) = (ident(&scheme.constant), &scheme.wire);
        let ty = printer.path(module, "SecurityScheme");
        let value = match &scheme.scheme {
            Scheme::ApiKey { place: ParameterIn::Query, name } => quote!(#ty::query(#wire, #name)),
            Scheme::ApiKey { place: ParameterIn::Cookie, name } => quote!(#ty::cookie(#wire, #name)),
            Scheme::ApiKey { name, .. } => quote!(#ty::header(#wire, #name)),
            other => match other.authorization() {
                Some(kind) => quote!(#ty::authorization(#wire, #kind)),
                None => quote!(#ty::connection(#wire)),
            },
        };
        let words = docs(&lines(scheme.description.as_deref().unwrap_or_default()));
        code.extend(quote!(#words const #name: #ty = #value;));
    }
    code
}

/// Returns the schemes that operations ask for, in the order of the document.
pub(crate) fn schemes_of<'a>(
    plan: &'a Plan,
    operations: impl Iterator<Item = &'a OperationPlan>,
) -> impl Iterator<Item = &'a SchemePlan> {
    let used = operations.flat_map(|own| own.security.iter().flatten());
    let used: HashSet<usize> = used.map(|used| used.scheme).collect();
    plan.schemes.iter().enumerate().filter(move |(index, _)| used.contains(index)).map(|(_, scheme)| scheme)
}
