//! The arguments of a request: parameters and body, as a builder takes them.
//!
//! Must not know where an argument stands in a request.

use crate::plan::{OperationPlan, ParameterPlan, RustType, lines};
use crate::printer::Printer;
use crate::rust::{docs, ident};
use proc_macro2::TokenStream;
use quote::quote;

/// A parameter, or the body, as the caller names it.
pub(super) struct Argument {
    pub(super) name: String,
    pub(super) ty: RustType,
    pub(super) required: bool,
    pub(super) docs: Vec<String>,
    pub(super) deprecated: bool,
    pub(super) is_body: bool,
}

impl Argument {
    /// Returns the type of the field that keeps it.
    pub(super) fn full_type(&self) -> RustType {
        if self.required { self.ty.clone() } else { RustType::Option(Box::new(self.ty.clone())) }
    }
}

/// Returns the arguments of an operation: parameters in the order of the document, then the body.
pub(super) fn arguments(operation: &OperationPlan) -> Vec<Argument> {
    let argument = |parameter: &'_ ParameterPlan| Argument {
        name: parameter.name.clone(),
        ty: parameter.ty.clone(),
        required: parameter.required,
        docs: parameter.docs.clone(),
        deprecated: parameter.deprecated,
        is_body: false,
    };
    let mut arguments: Vec<Argument> = operation.parameters.iter().map(argument).collect();
    if let Some(body) = &operation.body {
        arguments.push(Argument {
            name: body.name.clone(),
            ty: body.ty(),
            required: body.required,
            docs: lines(body.description.as_deref().unwrap_or_default()),
            deprecated: false,
            is_body: true,
        });
    }
    arguments
}

/// Prints a setter. What does not convert is said when the request is sent.
pub(super) fn print_setter(printer: &mut Printer<'_>, argument: &Argument) -> TokenStream {
    let name = ident(&argument.name);
    let words = docs(&argument.docs);
    let deprecated = argument.deprecated.then(|| quote!(#[deprecated]));
    let (ty, text) = (printer.ty(&argument.ty), printer.type_text(&argument.ty));
    let try_into = printer.prelude("TryInto");
    let some = (!argument.required).then(|| quote!(.map(Some)));
    let failure = conversion_failure(printer, argument, &text);
    let bound = argument.is_body.then(|| {
        let display = printer.path("std::fmt", "Display");
        quote!(, V::Error: #display)
    });
    quote! {
        #words
        #deprecated
        pub fn #name<V>(mut self, value: V) -> Self
        where
            V: #try_into<#ty> #bound
        {
            self.#name = value.try_into() #some .map_err(#failure);
            self
        }
    }
}

/// Prints what is said of a value that does not convert; of a body, what its own conversion says.
pub(super) fn conversion_failure(printer: &mut Printer<'_>, argument: &Argument, ty: &str) -> TokenStream {
    let text = format!("conversion to `{ty}` for {} failed", argument.name);
    if argument.is_body {
        printer.name("std::fmt", "Display");
        let text = format!("{text}: {{error}}");
        quote!(|error| format!(#text))
    } else {
        quote!(|_| #text.to_string())
    }
}
