//! JSON values as they stand in `json!`, and numbers as literals.
//!
//! Knows how deep `json!` recurses. Must not know what a value is for.

use super::tokens;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use serde_json::{Number, Value};

/// Prints a JSON value as it stands in `json!`.
pub(crate) fn json(value: &Value) -> TokenStream {
    json_with(value, &[])
}

/// Prints a JSON value as it stands in `json!`, with variables for references. An object is written in braces
/// however long it is: macros ask for that.
pub(crate) fn json_with(value: &Value, references: &[(String, Ident)]) -> TokenStream {
    print(value, references, value.is_object())
}

/// Prints a JSON value; `in_braces` keeps an object from becoming a text, however long it is.
fn print(value: &Value, references: &[(String, Ident)], in_braces: bool) -> TokenStream {
    match value {
        Value::Null => quote!(null),
        Value::Bool(value) => quote!(#value),
        Value::String(text) => quote!(#text),
        Value::Number(number) => tokens(&number_text(number)),
        _ if !in_braces && is_long(value) => {
            let text = value.to_string();
            quote!(spec_runtime::codegen::models::json(#text))
        }
        Value::Array(items) => {
            let items = items.iter().map(|item| print(item, references, false));
            quote!([#(#items),*])
        }
        Value::Object(members) => {
            let reference = members.get("$ref").filter(|_| members.len() == 1);
            if let Some((_, variable)) =
                references.iter().find(|(target, _)| reference.is_some_and(|own| own == target))
            {
                return quote!(#variable);
            }
            let members = members.iter().map(|(key, member)| {
                let member = print(member, references, false);
                quote!(#key: #member)
            });
            quote!({#(#members),*})
        }
    }
}

/// Returns whether a value is too much for `json!`, which goes from one item to the next, and into each, as
/// deep as the compiler goes (128 steps). What refers to something is written out all the same: the reference
/// may be a variable.
pub(crate) fn is_long(value: &Value) -> bool {
    const MOST: usize = 48;
    steps(value) > MOST && !refers(value)
}

/// Estimates how deep `json!` recurses for a value.
fn steps(value: &Value) -> usize {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| index + 1 + steps(item)).max().unwrap_or(0)
        }
        Value::Object(members) => {
            let depth = |(index, member)| 4 * (index + 1) + steps(member);
            members.values().enumerate().map(depth).max().unwrap_or(0)
        }
        _ => 0,
    }
}

/// Returns whether a reference stands anywhere in a value.
fn refers(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(refers),
        Value::Object(members) => members.contains_key("$ref") || members.values().any(refers),
        _ => false,
    }
}

/// Prints a number as a literal, with the type of integers that are no `i32`.
pub(crate) fn number_text(number: &Number) -> String {
    match (number.as_i64(), number.as_u64()) {
        (Some(small), _) if i32::try_from(small).is_ok() => number.to_string(),
        (Some(_), _) => format!("{number}_i64"),
        (None, Some(_)) => format!("{number}_u64"),
        (None, None) => number.to_string(),
    }
}
