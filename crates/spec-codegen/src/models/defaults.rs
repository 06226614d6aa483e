//! What holds where a field or a parameter is left out: a method that gives its value, or else its default.
//!
//! Knows how a JSON value is written as one of a type; where it can't be, there is no method. Must not know
//! who has the field.

use crate::plan::{
    Decoding, Definition, EnumValues, ExtraPlan, FieldPlan, Plan, Presence, RustType, StructPlan, UNLISTED,
};
use crate::plan::{TypeId, UnionPlan};
use crate::rust::{Paths, docs, ident, tokens};
use chrono::{DateTime, Datelike, NaiveDate};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value};
use std::net::{Ipv4Addr, Ipv6Addr};
use uuid::Uuid;

/// A field that may be left out, or a parameter.
pub(crate) struct Defaulted<'a> {
    /// Its name in Rust.
    pub(crate) name: &'a str,
    /// What comments call it, with its name on the wire.
    pub(crate) words: String,
    /// The type of its value.
    pub(crate) ty: &'a RustType,
    /// Whether it may be null, so that its type is `Field<T>`; otherwise it is `Option<T>`.
    pub(crate) nullable: bool,
    /// What holds where it is left out.
    pub(crate) default: &'a Value,
}

impl<'a> Defaulted<'a> {
    /// A field; none where it must be there, or nothing holds without it.
    pub(crate) fn field(field: &'a FieldPlan) -> Option<Defaulted<'a>> {
        let nullable = match field.presence {
            Presence::Optional => false,
            Presence::OptionalNullable => true,
            Presence::Required | Presence::RequiredNullable => return None,
        };
        let words = format!("The field `{}`", field.wire);
        Some(Defaulted {
            name: &field.name,
            words,
            ty: &field.ty,
            nullable,
            default: field.default.as_ref()?,
        })
    }
}

/// The method for a field; none where its default can't be written.
pub(crate) fn method(plan: &Plan, field: &Defaulted<'_>, paths: &mut Paths) -> Option<TokenStream> {
    let written = literal(plan, field.ty, field.default, paths)?;
    let name = ident(field.name);
    let unboxed = match field.ty {
        RustType::Box(inner) => &**inner,
        other => other,
    };
    let meant = behind_aliases(plan, unboxed);
    let (ty, default, how) = match meant {
        RustType::Bool | RustType::I32 | RustType::I64 | RustType::U32 | RustType::U64 | RustType::F64 => {
            (paths.ty(plan, meant), written, How::Copied)
        }
        RustType::Date | RustType::DateTime | RustType::Uuid | RustType::Ipv4 | RustType::Ipv6 => {
            (paths.ty(plan, meant), written, How::Copied)
        }
        RustType::String => {
            let text = field.default.as_str()?;
            (quote!(&str), quote!(#text), How::Text)
        }
        RustType::Model(id) if is_constant(plan, *id, field.default) => {
            let ty = paths.ty(plan, unboxed);
            (quote!(&#ty), quote!(&#written), How::Borrowed)
        }
        _ => {
            let lock = paths.path("std::sync", "LazyLock");
            let held = paths.ty(plan, unboxed);
            // A default of what is boxed stands in no box.
            let written =
                if unboxed == field.ty { written } else { literal(plan, unboxed, field.default, paths)? };
            let (ty, default) = match meant {
                RustType::Vec(item) => {
                    let item = paths.ty(plan, item);
                    (quote!(&[#item]), quote!(DEFAULT.as_slice()))
                }
                _ => (quote!(&#held), quote!(#lock::force(&DEFAULT))),
            };
            let kept = quote!(static DEFAULT: #lock<#held> = #lock::new(|| #written););
            let how = if matches!(meant, RustType::Vec(_)) || unboxed != field.ty {
                How::Inside(kept)
            } else {
                How::Kept(kept)
            };
            (ty, default, how)
        }
    };
    let option = tokens(&paths.prelude("Option"));
    let (ty, body) = match (field.nullable, how) {
        (false, How::Copied) => (ty, quote!(self.#name.unwrap_or(#default))),
        (false, How::Text) => (ty, quote!(self.#name.as_deref().unwrap_or(#default))),
        (false, How::Borrowed) => (ty, quote!(self.#name.as_ref().unwrap_or(#default))),
        (false, How::Kept(kept)) => (ty, quote!(#kept self.#name.as_ref().unwrap_or(#default))),
        (false, How::Inside(kept)) => (ty, quote!(#kept self.#name.as_deref().unwrap_or(#default))),
        (true, How::Copied) => (quote!(#option<#ty>), quote!(self.#name.value_or(&#default).copied())),
        (true, How::Text | How::Borrowed) => (quote!(#option<#ty>), quote!(self.#name.value_or(#default))),
        (true, How::Kept(kept) | How::Inside(kept)) => {
            (quote!(#option<#ty>), quote!(#kept self.#name.value_or(#default)))
        }
    };
    let or_null = if field.nullable { "; none where it is null" } else { "" };
    let words = docs(&[format!("{}, or its default where it is left out{or_null}.", field.words)]);
    Some(quote! {
        #words
        pub fn #name(&self) -> #ty {
            #body
        }
    })
}

/// How a method gives a value.
enum How {
    /// By copying it.
    Copied,
    /// As a part of the text.
    Text,
    /// By reference; the default is a constant.
    Borrowed,
    /// By reference; the default is kept from when it is first asked for.
    Kept(TokenStream),
    /// The same, of what is in a list or a box.
    Inside(TokenStream),
}

/// Whether a default is a variant without anything in it.
fn is_constant(plan: &Plan, id: TypeId, default: &Value) -> bool {
    match &plan.type_plan(id).definition {
        Definition::Enum(body) => body.variants.iter().any(|variant| variant.wire == *default),
        _ => false,
    }
}

fn behind_aliases<'a>(plan: &'a Plan, mut ty: &'a RustType) -> &'a RustType {
    while let RustType::Model(id) = ty
        && let Definition::Alias(target) = &plan.type_plan(*id).definition
    {
        ty = target;
    }
    ty
}

/// A JSON value as one of a type; none where it is no such value, or nobody can say which.
fn literal(plan: &Plan, ty: &RustType, value: &Value, paths: &mut Paths) -> Option<TokenStream> {
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
                (paths.path("chrono", "NaiveDate"), day.year(), day.month(), day.day());
            let (year, month, day) =
                (tokens(&year.to_string()), tokens(&month.to_string()), tokens(&day.to_string()));
            quote!(#path::from_ymd_opt(#year, #month, #day).unwrap_or_default())
        }
        RustType::DateTime => {
            let moment = DateTime::parse_from_rfc3339(value.as_str()?).ok()?;
            let path = paths.path("chrono", "DateTime");
            let (seconds, nanos) =
                (moment.timestamp().to_string(), moment.timestamp_subsec_nanos().to_string());
            let (seconds, nanos) = (tokens(&seconds), tokens(&nanos));
            quote!(#path::from_timestamp(#seconds, #nanos).unwrap_or_default())
        }
        RustType::Uuid => {
            let bits = Uuid::try_parse(value.as_str()?).ok()?.as_u128();
            let (path, bits) = (paths.path("uuid", "Uuid"), tokens(&format!("{bits:#x}")));
            quote!(#path::from_u128(#bits))
        }
        RustType::Ipv4 => {
            let bits = value.as_str()?.parse::<Ipv4Addr>().ok()?.to_bits();
            let (path, bits) = (paths.path("std::net", "Ipv4Addr"), tokens(&format!("{bits:#x}")));
            quote!(#path::from_bits(#bits))
        }
        RustType::Ipv6 => {
            let bits = value.as_str()?.parse::<Ipv6Addr>().ok()?.to_bits();
            let (path, bits) = (paths.path("std::net", "Ipv6Addr"), tokens(&format!("{bits:#x}")));
            quote!(#path::from_bits(#bits))
        }
        RustType::Json => json(value),
        RustType::Vec(item) => {
            let items = value
                .as_array()?
                .iter()
                .map(|own| literal(plan, item, own, paths))
                .collect::<Option<Vec<_>>>()?;
            let vec = tokens(&paths.prelude("Vec"));
            if items.is_empty() { quote!(#vec::new()) } else { quote!(#vec::from([#(#items),*])) }
        }
        RustType::Tuple(types) => {
            let values = value.as_array().filter(|values| values.len() == types.len())?;
            let items = types
                .iter()
                .zip(values)
                .map(|(ty, own)| literal(plan, ty, own, paths))
                .collect::<Option<Vec<_>>>()?;
            quote!((#(#items),*))
        }
        RustType::Map(item) => map(plan, item, value.as_object()?, paths)?,
        RustType::Option(inner) => match value {
            Value::Null => tokens(&paths.prelude("None")),
            value => {
                let (some, value) = (tokens(&paths.prelude("Some")), literal(plan, inner, value, paths)?);
                quote!(#some(#value))
            }
        },
        RustType::Field(inner) => {
            let path = paths.path("spec_runtime", "Field");
            match value {
                Value::Null => quote!(#path::Null),
                value => {
                    let value = literal(plan, inner, value, paths)?;
                    quote!(#path::Value(#value))
                }
            }
        }
        RustType::Box(inner) => {
            let (path, value) = (tokens(&paths.prelude("Box")), literal(plan, inner, value, paths)?);
            quote!(#path::new(#value))
        }
        RustType::Model(id) => model(plan, *id, value, paths)?,
        RustType::Unit | RustType::Base64 | RustType::File | RustType::Bytes => return None,
        RustType::Extra | RustType::Local(_) | RustType::Stream(_) => return None,
    })
}

/// The integer that a number is (JSON Schema 2020-12 validation, 6.1.1).
fn integer(value: &Value) -> Option<i128> {
    let exact = value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from));
    exact.or_else(|| {
        value
            .as_f64()
            .filter(|number| number.fract() == 0.0 && number.abs() < 9e15)
            .map(|number| number as i128)
    })
}

fn json(value: &Value) -> TokenStream {
    let text = value.to_string();
    quote!(spec_runtime::codegen::models::json(#text))
}

fn map(plan: &Plan, item: &RustType, members: &Map<String, Value>, paths: &mut Paths) -> Option<TokenStream> {
    let path = paths.path("indexmap", "IndexMap");
    if members.is_empty() {
        return Some(quote!(#path::new()));
    }
    let member = |(name, value): (&String, &Value)| {
        let value = literal(plan, item, value, paths)?;
        Some(quote!((#name.to_owned(), #value)))
    };
    let members = members.iter().map(member).collect::<Option<Vec<_>>>()?;
    Some(quote!(#path::from([#(#members),*])))
}

fn model(plan: &Plan, id: TypeId, value: &Value, paths: &mut Paths) -> Option<TokenStream> {
    let ty = plan.type_plan(id);
    let name = tokens(&paths.model(&ty.name));
    Some(match &ty.definition {
        Definition::Alias(target) => literal(plan, target, value, paths)?,
        Definition::Wrapper(inner) => {
            let value = literal(plan, inner, value, paths)?;
            quote!(#name(#value))
        }
        Definition::Opaque(..) => {
            let value = json(value);
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
            let members = structure(plan, body, value.as_object()?, paths)?;
            quote!(#name { #members })
        }
        Definition::Union(union) => {
            let index = variant(plan, union, value)?;
            let own = &union.variants[index];
            let (variant, value) = (ident(&own.name), literal(plan, &own.ty, value, paths)?);
            quote!(#name::#variant(#value))
        }
    })
}

fn structure(
    plan: &Plan,
    body: &StructPlan,
    members: &Map<String, Value>,
    paths: &mut Paths,
) -> Option<TokenStream> {
    let mut rest = members.clone();
    let mut written = TokenStream::new();
    for field in &body.fields {
        let name = ident(&field.name);
        let value = match (rest.shift_remove(&field.wire), field.presence) {
            (Some(Value::Null), Presence::Optional) => return None,
            (Some(value), _) => literal(plan, &field.full_type(), &value, paths)?,
            (None, Presence::Optional) => tokens(&paths.prelude("None")),
            (None, Presence::OptionalNullable) => {
                let path = paths.path("spec_runtime", "Field");
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
                Some(ty) => map(plan, ty, &rest, paths)?,
                None => {
                    let path = paths.path("spec_runtime", "Extra");
                    let members = rest.iter().map(|(name, value)| {
                        let value = json(value);
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

/// The variant that a value is, where its kind or its tag says so.
fn variant(plan: &Plan, union: &UnionPlan, value: &Value) -> Option<usize> {
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
            union.variants.iter().position(|variant| super::emit::json_kind(plan, &variant.ty).0 == kind)
        }
        Decoding::ByTrial => None,
    }
}
