//! Prints the constraints of a value beyond its type: comparisons where the type has them, and what is more
//! left to a validator.
//!
//! Must not know where a schema came from, nor which type has the value.

use super::aliases::behind_aliases;
use super::keywords::keyword_check;
use crate::plan::{Plan, RustType, UnionVariant};
use crate::printer::Printer;
use crate::rust::{ident, tokens};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value};

/// Says that only a validator can tell whether a value is what it must be.
pub(crate) struct Validator;

/// The constraints of a value: an expression, nothing, or more than comparisons say.
pub(crate) type Asked = Result<Option<TokenStream>, Validator>;

/// Where a value is.
pub(crate) struct Place {
    /// `&self.name`, or `value`.
    pub(super) reference: TokenStream,
    /// `self.name`, or `*value`.
    pub(super) own: TokenStream,
    /// `self.name`, or `value`: what methods are called on.
    pub(super) receiver: TokenStream,
}

impl Place {
    /// Names a field of `self`.
    pub(crate) fn of_self(field: TokenStream) -> Place {
        Place { reference: quote!(&self.#field), own: quote!(self.#field), receiver: quote!(self.#field) }
    }

    /// Names the argument of a closure, or what an arm binds.
    pub(crate) fn bound() -> Place {
        Place { reference: quote!(value), own: quote!(*value), receiver: quote!(value) }
    }
}

/// Prints `impl Validate` of a type around another, with assertions of its own.
pub(crate) fn print_newtype_check(
    printer: &mut Printer<'_>,
    name: &str,
    inner: &RustType,
    assertions: &Map<String, Value>,
) -> TokenStream {
    let body = value_check(printer, inner, assertions, &Place::of_self(quote!(0)));
    impl_check(printer, name, body)
}

/// Prints what a union asks of one of its variants beyond the type, as a function; a validator is not asked
/// for one alone.
pub(crate) fn variant_check(printer: &mut Printer<'_>, variant: &UnionVariant) -> TokenStream {
    let mut expressions = Vec::new();
    for (keyword, bound) in &variant.assertions {
        let one = Map::from_iter([(keyword.clone(), bound.clone())]);
        expressions.extend(value_check(printer, &variant.ty, &one, &Place::bound()).ok().flatten());
    }
    match all_of(expressions) {
        Some(asked) => quote!(|value| #asked),
        None => quote!(|_| true),
    }
}

/// Prints `impl Validate` of a type, for what it is asked for.
pub(crate) fn impl_check(printer: &mut Printer<'_>, name: &str, body: Asked) -> TokenStream {
    let (name, check) = (ident(name), printer.path("spec_runtime", "Validate"));
    let body = match body {
        Ok(None) => return quote!(impl #check for #name {}),
        Ok(Some(expression)) => expression,
        Err(Validator) => {
            let is_valid = printer.whole_path("spec_runtime::validation", "is_valid");
            quote!(#is_valid(self))
        }
    };
    quote! {
        impl #check for #name {
            fn is_valid(&self) -> bool {
                #body
            }
        }
    }
}

/// Joins expressions, all of which must be true.
pub(crate) fn all_of(expressions: Vec<TokenStream>) -> Option<TokenStream> {
    (!expressions.is_empty()).then(|| quote!(#(#expressions)&&*))
}

/// Prints what is asked of a value beyond its type.
pub(crate) fn value_check(
    printer: &mut Printer<'_>,
    ty: &RustType,
    assertions: &Map<String, Value>,
    place: &Place,
) -> Asked {
    let plan = printer.plan;
    let Place { reference, receiver, .. } = place;
    let ty = behind_aliases(plan, ty);
    if assertions.is_empty() {
        let check = printer.path("spec_runtime", "Validate");
        return Ok(is_checked(plan, ty).then(|| quote!(#check::is_valid(#reference))));
    }
    let mut expressions = Vec::new();
    for (keyword, bound) in assertions {
        if !ANNOTATIONS.contains(&keyword.as_str()) {
            expressions.extend(keyword_check(printer, ty, (keyword, bound), assertions, place)?);
        }
    }
    let within = match ty {
        RustType::Vec(item) => Some((item, "items", quote!(iter()))),
        RustType::Map(item) => Some((item, "additionalProperties", quote!(values()))),
        _ => None,
    };
    if let Some((item, keyword, each)) = within {
        let of_each = nested_assertions(plan, item, assertions.get(keyword))?;
        let asked = value_check(printer, item, &of_each, &Place::bound())?;
        expressions.extend(asked.map(|asked| quote!(#receiver.#each.all(|value| #asked))));
    }
    if let RustType::Tuple(items) = ty {
        for (index, item) in items.iter().enumerate() {
            let own = assertions.get("prefixItems").and_then(|described| described.get(index));
            let of_item = nested_assertions(plan, item, own)?;
            let index = tokens(&index.to_string());
            let place = Place {
                reference: quote!(&#receiver.#index),
                own: quote!(#receiver.#index),
                receiver: quote!(#receiver.#index),
            };
            expressions.extend(value_check(printer, item, &of_item, &place)?);
        }
    }
    Ok(all_of(expressions))
}

/// Returns whether anything is asked of values of a type beyond the type.
fn is_checked(plan: &Plan, ty: &RustType) -> bool {
    match ty {
        RustType::Vec(inner)
        | RustType::Map(inner)
        | RustType::Option(inner)
        | RustType::Field(inner)
        | RustType::Box(inner) => is_checked(plan, inner),
        RustType::Tuple(items) => items.iter().any(|item| is_checked(plan, item)),
        RustType::Model(id) => plan.type_plan(*id).traits.checked,
        _ => false,
    }
}

/// Keywords that say nothing of JSON values.
const ANNOTATIONS: [&str; 4] = ["contentEncoding", "contentMediaType", "contentSchema", "$comment"];

/// Returns what the schema of items or values asks for beyond their type; a validator says it where that is
/// not plain to see.
fn nested_assertions(
    plan: &Plan,
    ty: &RustType,
    schema: Option<&Value>,
) -> Result<Map<String, Value>, Validator> {
    let Some(schema) = schema else { return Ok(Map::new()) };
    let mut assertions = schema.as_object().ok_or(Validator)?.clone();
    let ty = behind_aliases(plan, ty);
    if let (RustType::Model(_), [(key, _)]) = (ty, assertions.iter().collect::<Vec<_>>().as_slice())
        && *key == "$ref"
    {
        // The model says the rest.
        return Ok(Map::new());
    }
    let kind = match ty {
        RustType::Vec(_) | RustType::Tuple(_) => "array",
        RustType::Map(_) => "object",
        RustType::Bool => "boolean",
        RustType::I32 | RustType::I64 | RustType::U32 | RustType::U64 => "integer",
        RustType::F64 => "number",
        RustType::String | RustType::DateTime | RustType::Date | RustType::Uuid => "string",
        RustType::Ipv4 | RustType::Ipv6 | RustType::Base64 => "string",
        _ => return Err(Validator),
    };
    if assertions.shift_remove("type") != Some(Value::from(kind)) {
        return Err(Validator);
    }
    if matches!(ty, RustType::Tuple(_)) {
        assertions.retain(|keyword, _| !["items", "minItems", "maxItems"].contains(&keyword.as_str()));
    }
    assertions
        .retain(|keyword, _| !["default", "readOnly", "writeOnly", "nullable"].contains(&keyword.as_str()));
    Ok(assertions)
}
