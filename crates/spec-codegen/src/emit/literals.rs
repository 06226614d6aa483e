//! JSON values as expressions of a type.
//!
//! Where a value can't be written as one of a type, there is no expression. Must not know what the value is
//! for.

use crate::plan::{
    Decoding, Definition, EnumPlan, EnumValues, ExtraPlan, Plan, Presence, RustType, StructPlan, TypeId,
    UNLISTED, UnionPlan,
};
use crate::printer::Printer;
use crate::rust::{ident, tokens};
use chrono::{DateTime, Datelike, NaiveDate};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value};
use std::net::{Ipv4Addr, Ipv6Addr};
use uuid::Uuid;

/// Prints a JSON value as one of a type; none where it is no such value, or nobody can say which.
pub(super) fn literal(printer: &mut Printer<'_>, ty: &RustType, value: &Value) -> Option<TokenStream> {
    Some(match ty {
        RustType::Json => parsed_json(value),
        RustType::Vec(item) => {
            let items = value
                .as_array()?
                .iter()
                .map(|own| literal(printer, item, own))
                .collect::<Option<Vec<_>>>()?;
            let vec = printer.prelude("Vec");
            if items.is_empty() { quote!(#vec::new()) } else { quote!(#vec::from([#(#items),*])) }
        }
        RustType::Tuple(types) => {
            let values = value.as_array().filter(|values| values.len() == types.len())?;
            let items = types
                .iter()
                .zip(values)
                .map(|(ty, own)| literal(printer, ty, own))
                .collect::<Option<Vec<_>>>()?;
            quote!((#(#items),*))
        }
        RustType::Map(item) => map_literal(printer, item, value.as_object()?)?,
        RustType::Option(inner) => match value {
            Value::Null => printer.prelude("None"),
            value => {
                let (some, value) = (printer.prelude("Some"), literal(printer, inner, value)?);
                quote!(#some(#value))
            }
        },
        RustType::Field(inner) => {
            let path = printer.path("spec_runtime", "Field");
            match value {
                Value::Null => quote!(#path::Null),
                value => {
                    let value = literal(printer, inner, value)?;
                    quote!(#path::Value(#value))
                }
            }
        }
        RustType::Box(inner) => {
            let (path, value) = (printer.prelude("Box"), literal(printer, inner, value)?);
            quote!(#path::new(#value))
        }
        RustType::Model(id) => model_literal(printer, *id, value)?,
        scalar => scalar_literal(printer, scalar, value)?,
    })
}

/// Prints a JSON value as one of a type that holds no other.
fn scalar_literal(printer: &mut Printer<'_>, ty: &RustType, value: &Value) -> Option<TokenStream> {
    Some(match ty {
        RustType::Bool => {
            let value = value.as_bool()?;
            quote!(#value)
        }
        RustType::I32 => tokens(&i32::try_from(integer(value)?).ok()?.to_string()),
        RustType::I64 => tokens(&i64::try_from(integer(value)?).ok()?.to_string()),
        RustType::U32 => tokens(&u32::try_from(integer(value)?).ok()?.to_string()),
        RustType::U64 => tokens(&u64::try_from(integer(value)?).ok()?.to_string()),
        RustType::F64 => {
            let value = value.as_f64()?;
            quote!(#value)
        }
        RustType::String => {
            let text = value.as_str()?;
            quote!(#text.to_owned())
        }
        RustType::Date => {
            let day: NaiveDate = value.as_str()?.parse().ok()?;
            let (path, year, month, day) =
                (printer.path("chrono", "NaiveDate"), day.year(), day.month(), day.day());
            let (year, month, day) =
                (tokens(&year.to_string()), tokens(&month.to_string()), tokens(&day.to_string()));
            quote!(#path::from_ymd_opt(#year, #month, #day).unwrap_or_default())
        }
        RustType::DateTime => {
            let moment = DateTime::parse_from_rfc3339(value.as_str()?).ok()?;
            let path = printer.path("chrono", "DateTime");
            let (seconds, nanos) =
                (moment.timestamp().to_string(), moment.timestamp_subsec_nanos().to_string());
            let (seconds, nanos) = (tokens(&seconds), tokens(&nanos));
            quote!(#path::from_timestamp(#seconds, #nanos).unwrap_or_default())
        }
        RustType::Uuid => {
            let bits = Uuid::try_parse(value.as_str()?).ok()?.as_u128();
            let (path, bits) = (printer.path("uuid", "Uuid"), tokens(&format!("{bits:#x}")));
            quote!(#path::from_u128(#bits))
        }
        RustType::Ipv4 => {
            let bits = value.as_str()?.parse::<Ipv4Addr>().ok()?.to_bits();
            let (path, bits) = (printer.path("std::net", "Ipv4Addr"), tokens(&format!("{bits:#x}")));
            quote!(#path::from_bits(#bits))
        }
        RustType::Ipv6 => {
            let bits = value.as_str()?.parse::<Ipv6Addr>().ok()?.to_bits();
            let (path, bits) = (printer.path("std::net", "Ipv6Addr"), tokens(&format!("{bits:#x}")));
            quote!(#path::from_bits(#bits))
        }
        _ => return None,
    })
}

/// Returns the integer that a number is (JSON Schema 2020-12 validation, 6.1.1).
fn integer(value: &Value) -> Option<i128> {
    let exact = value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from));
    exact.or_else(|| {
        value
            .as_f64()
            .filter(|number| number.fract() == 0.0 && number.abs() < 9e15)
            .map(|number| number as i128)
    })
}

/// Prints a JSON value as JSON that is read when it is needed.
fn parsed_json(value: &Value) -> TokenStream {
    let text = value.to_string();
    quote!(spec_runtime::codegen::models::json(#text))
}

/// Prints the members of an object as a map.
fn map_literal(
    printer: &mut Printer<'_>,
    item: &RustType,
    members: &Map<String, Value>,
) -> Option<TokenStream> {
    let path = printer.path("indexmap", "IndexMap");
    if members.is_empty() {
        return Some(quote!(#path::new()));
    }
    let member = |(name, value): (&String, &Value)| {
        let value = literal(printer, item, value)?;
        Some(quote!((#name.to_owned(), #value)))
    };
    let members = members.iter().map(member).collect::<Option<Vec<_>>>()?;
    Some(quote!(#path::from([#(#members),*])))
}

/// Prints a JSON value as a model.
fn model_literal(printer: &mut Printer<'_>, id: TypeId, value: &Value) -> Option<TokenStream> {
    let plan = printer.plan;
    let ty = plan.type_plan(id);
    let name = printer.model(&ty.name);
    Some(match &ty.definition {
        Definition::Alias(target) => literal(printer, target, value)?,
        Definition::Wrapper(inner) => {
            let value = literal(printer, inner, value)?;
            quote!(#name(#value))
        }
        Definition::Opaque(..) => {
            let value = parsed_json(value);
            quote!(#name(#value))
        }
        Definition::Enum(body) => match body.variants.iter().find(|variant| variant.wire == *value) {
            Some(variant) => {
                let variant = ident(&variant.name);
                quote!(#name::#variant)
            }
            None => {
                let text = value.as_str().filter(|_| body.values == EnumValues::OpenText)?;
                let unlisted = ident(UNLISTED);
                quote!(#name::#unlisted(#text.to_owned()))
            }
        },
        Definition::Struct(body) => {
            let members = struct_literal(printer, body, value.as_object()?)?;
            quote!(#name { #members })
        }
        Definition::Union(union) => {
            let index = variant_of(plan, union, value)?;
            let own = &union.variants[index];
            let (variant, value) = (ident(&own.name), literal(printer, &own.ty, value)?);
            quote!(#name::#variant(#value))
        }
    })
}

/// Prints the members of an object as the fields of a struct.
fn struct_literal(
    printer: &mut Printer<'_>,
    body: &StructPlan,
    members: &Map<String, Value>,
) -> Option<TokenStream> {
    let mut rest = members.clone();
    let mut written = TokenStream::new();
    for field in &body.fields {
        let name = ident(&field.name);
        let value = match (rest.shift_remove(&field.wire), field.presence) {
            (Some(Value::Null), Presence::Optional) => return None,
            (Some(value), _) => literal(printer, &field.full_type(), &value)?,
            (None, Presence::Optional) => printer.prelude("None"),
            (None, Presence::OptionalNullable) => {
                let path = printer.path("spec_runtime", "Field");
                quote!(#path::Absent)
            }
            (None, Presence::Required | Presence::RequiredNullable) => return None,
        };
        written.extend(quote!(#name: #value,));
    }
    match &body.extra {
        None if rest.is_empty() => {}
        None => return None,
        Some(ExtraPlan { name, ty, .. }) => {
            let name = ident(name);
            let value = match ty {
                Some(ty) => map_literal(printer, ty, &rest)?,
                None => {
                    let path = printer.path("spec_runtime", "Extra");
                    let members = rest.iter().map(|(name, value)| {
                        let value = parsed_json(value);
                        quote!((#name, #value))
                    });
                    let members: Vec<TokenStream> = members.collect();
                    if members.is_empty() {
                        quote!(#path::new())
                    } else {
                        quote!(#path::from([#(#members),*]))
                    }
                }
            };
            written.extend(quote!(#name: #value,));
        }
    }
    Some(written)
}

/// Returns the variant that a value is, where its kind or its tag says so.
pub(crate) fn variant_of(plan: &Plan, union: &UnionPlan, value: &Value) -> Option<usize> {
    match &union.decoding {
        Decoding::ByTag(property, mapping) => {
            let tag = value.get(property)?.as_str()?;
            mapping.iter().find(|(own, _)| own == tag).map(|(_, index)| *index)
        }
        Decoding::ByKind => {
            let kind = match value {
                Value::Null => return None,
                Value::Bool(_) => "Boolean",
                Value::Number(_) => "Number",
                Value::String(_) => "String",
                Value::Array(_) => "Array",
                Value::Object(_) => "Object",
            };
            union.variants.iter().position(|variant| json_kind(plan, &variant.ty).0 == kind)
        }
        Decoding::ByTrial => None,
    }
}

/// Returns the kind of JSON of a type, and the word for it.
pub(crate) fn json_kind(plan: &Plan, ty: &RustType) -> (&'static str, &'static str) {
    match ty {
        RustType::Bool => ("Boolean", "a boolean"),
        RustType::I32 | RustType::I64 | RustType::U32 | RustType::U64 => ("Number", "an integer"),
        RustType::F64 => ("Number", "a number"),
        RustType::Vec(_) | RustType::Tuple(_) => ("Array", "a list"),
        RustType::Map(_) => ("Object", "an object"),
        RustType::Box(inner) | RustType::Option(inner) | RustType::Field(inner) => json_kind(plan, inner),
        RustType::Model(id) => match &plan.type_plan(*id).definition {
            Definition::Enum(EnumPlan { values: EnumValues::Integer, .. }) => ("Number", "an integer"),
            Definition::Alias(inner) | Definition::Wrapper(inner) => json_kind(plan, inner),
            Definition::Struct(_) => ("Object", "an object"),
            _ => ("String", "a string"),
        },
        _ => ("String", "a string"),
    }
}
