//! Single keywords of JSON Schema as comparisons.
//!
//! Knows which keywords `spec_runtime::check` can say, and which a type says itself. Must not know the schema
//! around a keyword.

use super::check::{Asked, Place, Validator};
use crate::plan::{Definition, EnumValues, Plan, RustType};
use crate::printer::Printer;
use crate::rust::{float, tokens};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value};

/// The formats that validators know.
const FORMATS: [&str; 21] = [
    "base64url",
    "byte",
    "json-pointer",
    "relative-json-pointer",
    "date-time",
    "date",
    "time",
    "duration",
    "email",
    "idn-email",
    "hostname",
    "uri",
    "uri-reference",
    "iri",
    "iri-reference",
    "uri-template",
    "uuid",
    "ipv4",
    "ipv6",
    "regex",
    "decimal",
];

/// Prints what one keyword asks of a value; `all` has the keywords beside it.
pub(super) fn keyword_check(
    printer: &mut Printer<'_>,
    ty: &RustType,
    (keyword, bound): (&str, &Value),
    all: &Map<String, Value>,
    place: &Place,
) -> Asked {
    let Place { reference, own, receiver } = place;
    Ok(match (ty, keyword) {
        // The type says so itself.
        (RustType::I32 | RustType::I64 | RustType::U32 | RustType::U64, _)
            if is_said_by(ty, keyword, bound) =>
        {
            None
        }
        (RustType::I32 | RustType::I64 | RustType::U32 | RustType::U64 | RustType::F64, "format") => None,
        (RustType::I32 | RustType::I64 | RustType::U32 | RustType::U64 | RustType::F64, _) => {
            Some(number_check(ty, keyword, bound, place)?)
        }
        (RustType::String, _) => string_check(printer, (keyword, bound), all, reference)?,
        (RustType::Bool, "enum") => {
            let listed = bound.as_array().ok_or(Validator)?;
            let [Value::Bool(only)] = listed.as_slice() else { return Err(Validator) };
            Some(quote!(#own == #only))
        }
        (
            RustType::DateTime | RustType::Date | RustType::Uuid | RustType::Ipv4 | RustType::Ipv6,
            "format",
        ) => None,
        (RustType::Base64 | RustType::File | RustType::Bytes, "format") => None,
        (RustType::Vec(_), "minItems") | (RustType::Map(_), "minProperties")
            if bound.as_f64() == Some(0.0) =>
        {
            None
        }
        (RustType::Vec(_), "minItems") | (RustType::Map(_), "minProperties") => {
            let least = size(bound)?;
            Some(quote!(#receiver.len() >= #least))
        }
        (RustType::Vec(_), "maxItems") | (RustType::Map(_), "maxProperties") => {
            let most = size(bound)?;
            Some(quote!(#receiver.len() <= #most))
        }
        (RustType::Vec(_), "uniqueItems") if *bound == Value::Bool(false) => None,
        (RustType::Vec(item), "uniqueItems") if is_told_apart(printer.plan, item) => {
            Some(quote!(spec_runtime::codegen::models::is_unique(#reference)))
        }
        // Seen to with the items.
        (RustType::Vec(_), "items")
        | (RustType::Tuple(_), "prefixItems")
        | (RustType::Map(_), "additionalProperties") => None,
        _ => return Err(Validator),
    })
}

/// Prints what a keyword asks of a text.
fn string_check(
    printer: &mut Printer<'_>,
    (keyword, bound): (&str, &Value),
    all: &Map<String, Value>,
    reference: &TokenStream,
) -> Asked {
    Ok(match keyword {
        "minLength" => {
            let (least, most) = (size(bound)?, all.get("maxLength").map_or(Ok(quote!(usize::MAX)), size)?);
            Some(quote!(spec_runtime::codegen::models::has_length(#reference, #least, #most)))
        }
        "maxLength" => {
            let most = size(bound)?;
            (!all.contains_key("minLength"))
                .then(|| quote!(spec_runtime::codegen::models::has_length(#reference, 0, #most)))
        }
        "pattern" => {
            let text = bound.as_str().unwrap_or_default();
            Some(quote!(spec_runtime::is_in!(#text, #reference)))
        }
        "format" => {
            let format = bound.as_str().filter(|format| FORMATS.contains(format));
            format.map(|format| {
                let is_format = printer.whole_path("spec_runtime::validation", "is_format");
                quote!(#is_format(#format, #reference))
            })
        }
        _ => return Err(Validator),
    })
}

/// Returns whether two values are one for Rust just where they are for JSON: moments and identities can be
/// written in several ways.
fn is_told_apart(plan: &Plan, ty: &RustType) -> bool {
    match ty {
        RustType::Bool | RustType::I32 | RustType::I64 | RustType::U32 | RustType::U64 | RustType::String => {
            true
        }
        RustType::Model(id) => match &plan.type_plan(*id).definition {
            Definition::Enum(body) => body.values != EnumValues::Any,
            Definition::Alias(target) => is_told_apart(plan, target),
            _ => false,
        },
        _ => false,
    }
}

/// Prints the number of a length or a count.
fn size(bound: &Value) -> Result<TokenStream, Validator> {
    let size =
        bound.as_u64().or_else(|| bound.as_f64().filter(|size| size.fract() == 0.0).map(|size| size as u64));
    size.map(|size| tokens(&size.to_string())).ok_or(Validator)
}

/// Returns whether no integer of a type is beyond a bound.
fn is_said_by(ty: &RustType, keyword: &str, bound: &Value) -> bool {
    let (least, most): (i128, i128) = match ty {
        RustType::I32 => (i32::MIN.into(), i32::MAX.into()),
        RustType::U32 => (u32::MIN.into(), u32::MAX.into()),
        RustType::U64 => (u64::MIN.into(), u64::MAX.into()),
        _ => (i64::MIN.into(), i64::MAX.into()),
    };
    let exact = bound.as_i64().map(i128::from).or_else(|| bound.as_u64().map(i128::from));
    match (keyword, exact, bound.as_f64()) {
        ("minimum", Some(bound), _) => bound <= least,
        ("maximum", Some(bound), _) => bound >= most,
        ("exclusiveMinimum", Some(bound), _) => bound < least,
        ("exclusiveMaximum", Some(bound), _) => bound > most,
        // Beyond 64 bits.
        ("minimum", None, Some(bound)) => bound < -1.9e19,
        ("maximum", None, Some(bound)) => bound > 1.9e19,
        _ => false,
    }
}

/// Prints what a keyword asks of a number.
fn number_check(
    ty: &RustType,
    keyword: &str,
    bound: &Value,
    place: &Place,
) -> Result<TokenStream, Validator> {
    let Place { reference, own, .. } = place;
    let literal = |bound: &Value| -> Result<TokenStream, Validator> {
        let fits = match ty {
            RustType::I32 => bound.as_i64().is_some_and(|bound| i32::try_from(bound).is_ok()),
            RustType::I64 => bound.is_i64(),
            RustType::U32 => bound.as_u64().is_some_and(|bound| u32::try_from(bound).is_ok()),
            RustType::U64 => bound.is_u64(),
            _ => return Ok(float(bound.as_f64().ok_or(Validator)?)),
        };
        fits.then(|| tokens(&bound.to_string())).ok_or(Validator)
    };
    // Integers with a bound that is none are compared as the numbers they are.
    let compare = |sign: TokenStream| match (literal(bound), bound.as_f64()) {
        (Ok(literal), _) => Ok(quote!(#own #sign #literal)),
        (Err(_), Some(bound)) if bound.abs() < 9e15 => {
            let bound = float(bound);
            Ok(quote!((#own as f64) #sign #bound))
        }
        _ => Err(Validator),
    };
    match keyword {
        "minimum" => compare(quote!(>=)),
        "maximum" => compare(quote!(<=)),
        "exclusiveMinimum" => compare(quote!(>)),
        "exclusiveMaximum" => compare(quote!(<)),
        "multipleOf" => match literal(bound) {
            Ok(step) if *ty != RustType::F64 => Ok(quote!(#own % #step == 0)),
            _ => {
                let step = float(bound.as_f64().ok_or(Validator)?);
                Ok(quote!(spec_runtime::codegen::models::is_multiple_of(#reference, #step)))
            }
        },
        "enum" => {
            let listed =
                bound.as_array().ok_or(Validator)?.iter().map(literal).collect::<Result<Vec<_>, _>>()?;
            Ok(quote!([#(#listed),*].contains(#reference)))
        }
        _ => Err(Validator),
    }
}
