//! Prints what serde and schemars ask for beside a type: how it is decoded, and what its schema says beyond
//! it.

use crate::printer::Printer;
use crate::rust::{ident, json};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value};

/// Prints `impl Deserialize`, in whose body `deserializer` is what is read from.
pub(crate) fn impl_deserialize(printer: &mut Printer<'_>, name: &str, body: &TokenStream) -> TokenStream {
    let name = ident(name);
    let (deserialize, deserializer) =
        (printer.path("serde", "Deserialize"), printer.path("serde", "Deserializer"));
    let result = printer.prelude("Result");
    quote! {
        impl<'de> #deserialize<'de> for #name {
            fn deserialize<D: #deserializer<'de>>(deserializer: D) -> #result<Self, D::Error> {
                #body
            }
        }
    }
}

/// Prints where the derives of serde and schemars find their crates; only a crate that has one of them
/// among its derives may say where it is.
pub(crate) fn derive_crates(serde: bool, schemars: bool) -> TokenStream {
    let serde = serde.then(|| quote!(#[serde(crate = "spec_runtime::codegen::serde")]));
    let schemars = schemars.then(|| quote!(#[schemars(crate = "spec_runtime::codegen::schemars")]));
    quote!(#serde #schemars)
}

/// Prints the attribute with what a JSON Schema says beyond the type.
pub(crate) fn schema_extension(assertions: &Map<String, Value>) -> Option<TokenStream> {
    if assertions.is_empty() {
        return None;
    }
    let entries = assertions.iter().map(|(keyword, value)| {
        let value = json(value);
        quote!(#keyword = #value)
    });
    Some(quote!(#[schemars(extend(#(#entries),*))]))
}
