//! What a document asks for beyond types, as code: plain assertions as comparisons, and what is more left to
//! a validator.
//!
//! Knows which assertions `spec_runtime::check` can say. Must not know where a schema came from.

use crate::plan::{
    Decoding, Definition, EnumValues, ExtraPlan, Plan, Presence, RustType, StructPlan, TypePlan, UNLISTED,
    UnionPlan, UnionVariant,
};
use crate::rust::{Paths, ident, tokens};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value};

/// Only a validator can say.
struct Validator;

/// What a value is asked for: an expression, or nothing.
type Asked = Result<Option<TokenStream>, Validator>;

/// Keywords that say nothing of JSON values.
const REMARKS: [&str; 4] = ["contentEncoding", "contentMediaType", "contentSchema", "$comment"];

/// Formats that validators know.
const FORMATS: [&str; 20] = [
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

/// `impl Check` of a model; enumerations have it from their macro.
pub(super) fn of(plan: &Plan, ty: &TypePlan, paths: &mut Paths) -> Option<TokenStream> {
    let is_listed = matches!(ty.definition, Definition::Enum(_) | Definition::Alias(_));
    if is_listed {
        return None;
    }
    let body = if ty.traits.checked { asked(plan, ty, paths) } else { Ok(None) };
    Some(implementation(&ty.name, body, paths))
}

/// `impl Check` of a type around another, with assertions of its own.
pub(crate) fn around(
    plan: &Plan,
    name: &str,
    inner: &RustType,
    assertions: &Map<String, Value>,
    paths: &mut Paths,
) -> TokenStream {
    let body = value(plan, inner, assertions, &Place::of_self(quote!(0)), paths);
    implementation(name, body, paths)
}

/// Where a value is.
struct Place {
    /// `&self.name`, or `value`.
    reference: TokenStream,
    /// `self.name`, or `*value`.
    own: TokenStream,
    /// `self.name`, or `value`: what methods are called on.
    receiver: TokenStream,
}

impl Place {
    fn of_self(field: TokenStream) -> Place {
        Place { reference: quote!(&self.#field), own: quote!(self.#field), receiver: quote!(self.#field) }
    }

    /// The argument of a closure, and what an arm binds.
    fn bound() -> Place {
        Place { reference: quote!(value), own: quote!(*value), receiver: quote!(value) }
    }
}

/// What a union asks of one of its variants beyond the type, as a function; a validator is not asked for one
/// alone.
pub(super) fn of_variant(plan: &Plan, variant: &UnionVariant, paths: &mut Paths) -> TokenStream {
    let mut expressions = Vec::new();
    for (keyword, bound) in &variant.assertions {
        let one = Map::from_iter([(keyword.clone(), bound.clone())]);
        expressions.extend(value(plan, &variant.ty, &one, &Place::bound(), paths).ok().flatten());
    }
    match all(expressions) {
        Some(asked) => quote!(|value| #asked),
        None => quote!(|_| true),
    }
}

fn implementation(name: &str, body: Asked, paths: &mut Paths) -> TokenStream {
    let (name, check) = (ident(name), paths.path("spec_runtime", "Check"));
    let body = match body {
        Ok(None) => return quote!(impl #check for #name {}),
        Ok(Some(expression)) => expression,
        Err(Validator) => quote!(spec_runtime::validation::fits(self)),
    };
    quote! {
        impl #check for #name {
            fn fits(&self) -> bool {
                #body
            }
        }
    }
}

fn asked(plan: &Plan, ty: &TypePlan, paths: &mut Paths) -> Asked {
    match &ty.definition {
        Definition::Struct(body) => structure(plan, ty, body, paths),
        Definition::Union(union) => self::union(plan, ty, union, paths),
        Definition::Wrapper(inner) => value(plan, inner, &ty.assertions, &Place::of_self(quote!(0)), paths),
        Definition::Enum(_) | Definition::Alias(_) => Ok(None),
        Definition::Opaque(..) => Err(Validator),
    }
}

fn all(expressions: Vec<TokenStream>) -> Option<TokenStream> {
    (!expressions.is_empty()).then(|| quote!(#(#expressions)&&*))
}

fn structure(plan: &Plan, ty: &TypePlan, body: &StructPlan, paths: &mut Paths) -> Asked {
    // Names that an object does not take are refused where it is decoded; what describes them stands at their
    // field.
    if ty.assertions.keys().any(|keyword| keyword != "additionalProperties") {
        return Err(Validator);
    }
    let mut expressions = Vec::new();
    for field in &body.fields {
        let name = ident(&field.name);
        let place = Place::of_self(quote!(#name));
        if field.presence == Presence::Required || field.assertions.is_empty() {
            expressions.extend(value(plan, &field.full_type(), &field.assertions, &place, paths)?);
            continue;
        }
        let asked = value(plan, &field.ty, &field.assertions, &Place::bound(), paths)?;
        expressions.extend(asked.map(|asked| match field.presence {
            Presence::OptionalNullable => quote!(self.#name.value().is_none_or(|value| #asked)),
            _ => quote!(self.#name.as_ref().is_none_or(|value| #asked)),
        }));
    }
    if let Some(ExtraPlan { name, ty: Some(ty), assertions }) = &body.extra {
        let name = ident(name);
        let asked = value(plan, ty, assertions, &Place::bound(), paths)?;
        expressions.extend(asked.map(|asked| quote!(self.#name.values().all(|value| #asked))));
    }
    Ok(all(expressions))
}

fn union(plan: &Plan, ty: &TypePlan, union: &UnionPlan, paths: &mut Paths) -> Asked {
    let is_tried = match &union.decoding {
        Decoding::ByKind => false,
        Decoding::ByTag(property, _) => union.may_lack_tag(plan, property),
        Decoding::ByTrial => true,
    };
    if !ty.assertions.is_empty() || (union.exclusive && is_tried) {
        return Err(Validator);
    }
    let mut arms = Vec::new();
    for variant in &union.variants {
        let name = ident(&variant.name);
        arms.push(match value(plan, &variant.ty, &variant.assertions, &Place::bound(), paths)? {
            Some(asked) => quote!(Self::#name(value) => #asked),
            None => quote!(Self::#name(_) => true),
        });
    }
    if matches!(union.decoding, Decoding::ByTag(..)) {
        let unlisted = ident(UNLISTED);
        arms.push(quote!(Self::#unlisted(_) => false));
    }
    Ok(Some(quote!(match self { #(#arms),* })))
}

/// What is asked of a value beyond its type.
fn value(
    plan: &Plan,
    ty: &RustType,
    assertions: &Map<String, Value>,
    place: &Place,
    paths: &mut Paths,
) -> Asked {
    let Place { reference, receiver, .. } = place;
    let ty = behind_aliases(plan, ty);
    if assertions.is_empty() {
        let check = paths.path("spec_runtime", "Check");
        return Ok(is_checked(plan, ty).then(|| quote!(#check::fits(#reference))));
    }
    let mut expressions = Vec::new();
    for (keyword, bound) in assertions {
        if !REMARKS.contains(&keyword.as_str()) {
            expressions.extend(assertion(plan, ty, keyword, bound, assertions, place)?);
        }
    }
    let within = match ty {
        RustType::Vec(item) => Some((item, "items", quote!(iter()))),
        RustType::Map(item) => Some((item, "additionalProperties", quote!(values()))),
        _ => None,
    };
    if let Some((item, keyword, each)) = within {
        let of_each = nested(plan, item, assertions.get(keyword))?;
        let asked = value(plan, item, &of_each, &Place::bound(), paths)?;
        expressions.extend(asked.map(|asked| quote!(#receiver.#each.all(|value| #asked))));
    }
    if let RustType::Tuple(items) = ty {
        for (index, item) in items.iter().enumerate() {
            let own = assertions.get("prefixItems").and_then(|described| described.get(index));
            let of_item = nested(plan, item, own)?;
            let index = tokens(&index.to_string());
            let place = Place {
                reference: quote!(&#receiver.#index),
                own: quote!(#receiver.#index),
                receiver: quote!(#receiver.#index),
            };
            expressions.extend(value(plan, item, &of_item, &place, paths)?);
        }
    }
    Ok(all(expressions))
}

fn behind_aliases<'a>(plan: &'a Plan, mut ty: &'a RustType) -> &'a RustType {
    while let RustType::Model(id) = ty
        && let Definition::Alias(target) = &plan.type_plan(*id).definition
    {
        ty = target;
    }
    ty
}

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

/// What one keyword asks of a value.
fn assertion(
    plan: &Plan,
    ty: &RustType,
    keyword: &str,
    bound: &Value,
    all: &Map<String, Value>,
    place: &Place,
) -> Asked {
    let Place { reference, own, receiver } = place;
    Ok(match (ty, keyword) {
        // The type says so itself.
        (RustType::I32 | RustType::I64 | RustType::U32 | RustType::U64, _) if says(ty, keyword, bound) => {
            None
        }
        (RustType::I32 | RustType::I64 | RustType::U32 | RustType::U64 | RustType::F64, "format") => None,
        (RustType::I32 | RustType::I64 | RustType::U32 | RustType::U64 | RustType::F64, _) => {
            Some(number(ty, keyword, bound, place)?)
        }
        (RustType::String, "minLength") => {
            let (least, most) = (size(bound)?, all.get("maxLength").map_or(Ok(quote!(usize::MAX)), size)?);
            Some(quote!(spec_runtime::codegen::models::has_length(#reference, #least, #most)))
        }
        (RustType::String, "maxLength") => {
            let most = size(bound)?;
            (!all.contains_key("minLength"))
                .then(|| quote!(spec_runtime::codegen::models::has_length(#reference, 0, #most)))
        }
        (RustType::String, "pattern") => {
            let text = bound.as_str().unwrap_or_default();
            Some(quote!(spec_runtime::is_in!(#text, #reference)))
        }
        (RustType::String, "format") => {
            let format = bound.as_str().filter(|format| FORMATS.contains(format));
            format.map(|format| quote!(spec_runtime::validation::is_format(#format, #reference)))
        }
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
        (RustType::Vec(item), "uniqueItems") if is_told_apart(plan, item) => {
            Some(quote!(spec_runtime::codegen::models::is_unique(#reference)))
        }
        // Seen to with the items.
        (RustType::Vec(_), "items")
        | (RustType::Tuple(_), "prefixItems")
        | (RustType::Map(_), "additionalProperties") => None,
        _ => return Err(Validator),
    })
}

/// Whether two values are one for Rust just where they are for JSON: moments and identities can be written in
/// several ways.
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

fn size(bound: &Value) -> Result<TokenStream, Validator> {
    let size =
        bound.as_u64().or_else(|| bound.as_f64().filter(|size| size.fract() == 0.0).map(|size| size as u64));
    size.map(|size| tokens(&size.to_string())).ok_or(Validator)
}

/// Whether no integer of a type is beyond a bound.
fn says(ty: &RustType, keyword: &str, bound: &Value) -> bool {
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

/// What a keyword asks of a number.
fn number(ty: &RustType, keyword: &str, bound: &Value, place: &Place) -> Result<TokenStream, Validator> {
    let Place { reference, own, .. } = place;
    let literal = |bound: &Value| -> Result<TokenStream, Validator> {
        let fits = match ty {
            RustType::I32 => bound.as_i64().is_some_and(|bound| i32::try_from(bound).is_ok()),
            RustType::I64 => bound.is_i64(),
            RustType::U32 => bound.as_u64().is_some_and(|bound| u32::try_from(bound).is_ok()),
            RustType::U64 => bound.is_u64(),
            _ => return Ok(tokens(&format!("{:?}", bound.as_f64().ok_or(Validator)?))),
        };
        fits.then(|| tokens(&bound.to_string())).ok_or(Validator)
    };
    // Integers with a bound that is none are compared as the numbers they are.
    let compare = |sign: TokenStream| match (literal(bound), bound.as_f64()) {
        (Ok(literal), _) => Ok(quote!(#own #sign #literal)),
        (Err(_), Some(bound)) if bound.abs() < 9e15 => {
            let bound = tokens(&format!("{bound:?}"));
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
                let step = tokens(&format!("{:?}", bound.as_f64().ok_or(Validator)?));
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

/// What the schema of items or values asks for beyond their type; a validator says it where that is not plain
/// to see.
fn nested(plan: &Plan, ty: &RustType, schema: Option<&Value>) -> Result<Map<String, Value>, Validator> {
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
