//! JSON values as a person writes them in Rust: with builders, and short where a conversion does the rest.
//!
//! Knows what setters take. Must not know what a value is for. What has no better way is read from JSON.

use crate::emit::aliases::behind_aliases;
use crate::emit::literals::variant_of;
use crate::plan::{Definition, EnumValues, FieldPlan, Plan, RustType, Stream, StructPlan, TypeId, UNLISTED};
use crate::printer::Printer;
use crate::rust::{float, ident, json, tokens};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value};
use std::net::{Ipv4Addr, Ipv6Addr};
use uuid::Uuid;

/// Prints a value as the setter of a parameter takes it: what can be converted.
pub(super) fn argument(printer: &mut Printer<'_>, ty: &RustType, value: &Value) -> Option<TokenStream> {
    if let Some((id, body)) = struct_of(printer.plan, ty) {
        return builder(printer, id, body, value.as_object()?);
    }
    // Every integer is tried that an `i32` can be.
    let is_unsigned = matches!(behind_aliases(printer.plan, ty), RustType::U32 | RustType::U64);
    match value.as_u64().and_then(|value| i32::try_from(value).ok()).filter(|_| is_unsigned) {
        Some(small) => Some(tokens(&small.to_string())),
        None => converted(printer, ty, value),
    }
}

/// Prints a value as a body; `is_whole` where nothing converts it.
pub(super) fn body(
    printer: &mut Printer<'_>,
    ty: &RustType,
    value: &Value,
    is_whole: bool,
) -> Option<TokenStream> {
    let text = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Some(match ty {
        RustType::Stream(Stream::Lines(item)) => {
            let lines = printer.path("spec_runtime::stream", "JsonLines");
            let items = value.as_array()?.iter().map(|own| whole(printer, item, own));
            let items = items.collect::<Option<Vec<_>>>()?;
            let items = list(printer, &items);
            quote!(#lines::from(#items))
        }
        RustType::Stream(Stream::Bytes) if is_whole => {
            let (bytes, text) = (printer.path("spec_runtime::stream", "ByteStream"), text());
            quote!(#bytes::from(#text))
        }
        RustType::Bytes if is_whole => {
            let (bytes, text) = (printer.path("bytes", "Bytes"), text());
            quote!(#bytes::from(#text))
        }
        RustType::Stream(Stream::Bytes) | RustType::Bytes => {
            let text = text();
            quote!(#text)
        }
        RustType::Stream(_) => return None,
        ty if is_whole => whole(printer, ty, value)?,
        ty => argument(printer, ty, value)?,
    })
}

/// Returns the struct that a type is.
fn struct_of<'p>(plan: &'p Plan, ty: &'p RustType) -> Option<(TypeId, &'p StructPlan)> {
    let RustType::Model(id) = behind_aliases(plan, ty) else { return None };
    match &plan.type_plan(*id).definition {
        Definition::Struct(body) => Some((*id, body)),
        _ => None,
    }
}

/// Prints a builder with what an object has; none where it has not what it must.
fn builder(
    printer: &mut Printer<'_>,
    id: TypeId,
    body: &StructPlan,
    members: &Map<String, Value>,
) -> Option<TokenStream> {
    let name = printer.model(&printer.plan.type_plan(id).name);
    let mut calls = TokenStream::new();
    let mut rest = members.clone();
    for field in &body.fields {
        let value = rest.shift_remove(&field.wire);
        let is_constant = field.constant.is_some() && value.is_none();
        let printed = value.and_then(|value| setter(printer, field, &value));
        match printed {
            Some(printed) => {
                let name = ident(&field.name);
                calls.extend(quote!(.#name(#printed)));
            }
            None if field.is_required() && !is_constant => return None,
            None => {}
        }
    }
    if let Some(extra) = body.extra.as_ref().filter(|_| !rest.is_empty()) {
        let name = ident(&extra.name);
        let printed = match &extra.ty {
            Some(ty) => pairs(printer, ty, &rest)?,
            None => {
                let members = rest.iter().map(|(key, value)| {
                    let value = parsed(printer, value);
                    quote!((#key, #value))
                });
                let members: Vec<TokenStream> = members.collect();
                quote!([#(#members),*])
            }
        };
        calls.extend(quote!(.#name(#printed)));
    }
    Some(quote!(#name::builder() #calls))
}

/// Prints a value as the setter of a field takes it.
fn setter(printer: &mut Printer<'_>, field: &FieldPlan, value: &Value) -> Option<TokenStream> {
    let plan = printer.plan;
    let unboxed = match &field.ty {
        RustType::Box(inner) => inner,
        other => other,
    };
    if field.is_nullable() {
        return match (value, behind_aliases(plan, unboxed)) {
            (Value::Null, _) if field.is_required() => {
                let (option, ty) = (printer.prelude("Option"), printer.ty(unboxed));
                Some(quote!(#option::<#ty>::None))
            }
            (Value::Null, _) => {
                let path = printer.path("spec_runtime", "Field");
                Some(quote!(#path::Null))
            }
            (_, RustType::Vec(item)) => items(printer, item, value.as_array()?),
            (_, RustType::Map(item)) => pairs(printer, item, value.as_object()?),
            _ => converted(printer, unboxed, value),
        };
    }
    match &field.ty {
        RustType::Vec(item) => items(printer, item, value.as_array()?),
        RustType::Map(item) => pairs(printer, item, value.as_object()?),
        ty if value.is_null() && *behind_aliases(plan, ty) != RustType::Json => None,
        _ => converted(printer, unboxed, value),
    }
}

/// Prints items for whoever takes anything that iterates, or an array.
fn items(printer: &mut Printer<'_>, item: &RustType, values: &[Value]) -> Option<TokenStream> {
    if values.is_empty() {
        let (vec, ty) = (printer.prelude("Vec"), printer.ty(item));
        return Some(quote!(#vec::<#ty>::new()));
    }
    let values = values.iter().map(|value| converted(printer, item, value)).collect::<Option<Vec<_>>>()?;
    Some(quote!([#(#values),*]))
}

/// Prints a list. What may fail is no part of a macro, because nobody lays out what stands in one.
fn list(printer: &Printer<'_>, items: &[TokenStream]) -> TokenStream {
    if items.iter().any(|item| item.to_string().contains('?')) {
        let vec = printer.prelude("Vec");
        return quote!(#vec::from([#(#items),*]));
    }
    quote!(vec![#(#items),*])
}

/// Prints keys with values, for whoever takes anything that iterates, or an array.
fn pairs(printer: &mut Printer<'_>, item: &RustType, members: &Map<String, Value>) -> Option<TokenStream> {
    if members.is_empty() {
        let (map, string, ty) =
            (printer.path("indexmap", "IndexMap"), printer.prelude("String"), printer.ty(item));
        return Some(quote!(#map::<#string, #ty>::new()));
    }
    let member = |(key, value): (&String, &Value)| {
        let value = converted(printer, item, value)?;
        Some(quote!((#key, #value)))
    };
    let members = members.iter().map(member).collect::<Option<Vec<_>>>()?;
    Some(quote!([#(#members),*]))
}

/// Prints a value for whoever converts it: a text needs not be owned.
fn converted(printer: &mut Printer<'_>, ty: &RustType, value: &Value) -> Option<TokenStream> {
    match behind_aliases(printer.plan, ty) {
        RustType::String => {
            let text = value.as_str()?;
            Some(quote!(#text))
        }
        _ => whole(printer, ty, value),
    }
}

/// Prints a value as one of a type, with nothing left to convert; none where it is no value of it.
fn whole(printer: &mut Printer<'_>, ty: &RustType, value: &Value) -> Option<TokenStream> {
    Some(match ty {
        RustType::Option(_) | RustType::Field(_) if value.is_null() => match ty {
            RustType::Option(inner) => {
                let (option, ty) = (printer.prelude("Option"), printer.ty(inner));
                quote!(#option::<#ty>::None)
            }
            _ => {
                let field = printer.path("spec_runtime", "Field");
                quote!(#field::Null)
            }
        },
        RustType::Option(inner) => {
            let (some, value) = (printer.prelude("Some"), whole(printer, inner, value)?);
            quote!(#some(#value))
        }
        RustType::Field(inner) => {
            let (field, value) = (printer.path("spec_runtime", "Field"), whole(printer, inner, value)?);
            quote!(#field::Value(#value))
        }
        RustType::Box(inner) => {
            let (path, value) = (printer.prelude("Box"), whole(printer, inner, value)?);
            quote!(#path::new(#value))
        }
        RustType::Vec(item) => {
            let values = value.as_array()?;
            if values.is_empty() {
                return items(printer, item, values);
            }
            let values = values.iter().map(|own| whole(printer, item, own)).collect::<Option<Vec<_>>>()?;
            list(printer, &values)
        }
        RustType::Tuple(types) => {
            let values = value.as_array().filter(|values| values.len() == types.len())?;
            let values = types.iter().zip(values).map(|(ty, own)| whole(printer, ty, own));
            let values = values.collect::<Option<Vec<_>>>()?;
            quote!((#(#values),*))
        }
        RustType::Map(item) => {
            let members = value.as_object()?;
            if members.is_empty() {
                return pairs(printer, item, members);
            }
            let path = printer.path("indexmap", "IndexMap");
            let member = |(key, value): (&String, &Value)| {
                let value = whole(printer, item, value)?;
                Some(quote!((#key.to_owned(), #value)))
            };
            let members = members.iter().map(member).collect::<Option<Vec<_>>>()?;
            quote!(#path::from([#(#members),*]))
        }
        RustType::Json => parsed(printer, value),
        RustType::File => {
            let (file, text) = (printer.path("spec_runtime", "File"), value.as_str()?);
            quote!(#file::new(#text).named("file"))
        }
        RustType::Model(id) => return model(printer, *id, ty, value),
        scalar => match simple(scalar, value)? {
            Some(printed) => printed,
            None if is_parsed(scalar, value) => {
                let (ty, text) = (printer.ty(scalar), value.as_str()?);
                quote!(#text.parse::<#ty>()?)
            }
            None => from_json(printer, ty, value),
        },
    })
}

/// Prints a value of a type that has a literal, or something close to one; an inner `None` where it has none,
/// and none at all where the value is not of the type.
fn simple(ty: &RustType, value: &Value) -> Option<Option<TokenStream>> {
    let integer = || value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from));
    Some(Some(match ty {
        RustType::Bool => {
            let value = value.as_bool()?;
            quote!(#value)
        }
        RustType::I32 => tokens(&i32::try_from(integer()?).ok()?.to_string()),
        RustType::I64 => {
            let value = i64::try_from(integer()?).ok()?;
            let ending = if i32::try_from(value).is_ok() { "" } else { "_i64" };
            tokens(&format!("{value}{ending}"))
        }
        // Without a type, a literal of unknown type is an `i32`, which does not convert.
        RustType::U32 => tokens(&format!("{}_u32", u32::try_from(integer()?).ok()?)),
        RustType::U64 => tokens(&format!("{}_u64", u64::try_from(integer()?).ok()?)),
        RustType::F64 => float(value.as_f64()?),
        RustType::String => {
            let text = value.as_str()?;
            quote!(#text.to_owned())
        }
        _ => return Some(None),
    }))
}

/// Says whether a value is a text that a type is parsed from, with an error that `?` takes; those of chrono
/// are no such errors without its feature `std`.
fn is_parsed(ty: &RustType, value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    match ty {
        RustType::Uuid => text.parse::<Uuid>().is_ok(),
        RustType::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
        RustType::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
        _ => false,
    }
}

/// Prints a value as a model.
fn model(printer: &mut Printer<'_>, id: TypeId, ty: &RustType, value: &Value) -> Option<TokenStream> {
    let plan = printer.plan;
    let about = plan.type_plan(id);
    Some(match &about.definition {
        Definition::Alias(target) => whole(printer, target, value)?,
        Definition::Wrapper(inner) => {
            let (name, value) = (printer.model(&about.name), whole(printer, inner, value)?);
            quote!(#name(#value))
        }
        Definition::Opaque(..) => {
            let (name, value) = (printer.model(&about.name), parsed(printer, value));
            quote!(#name(#value))
        }
        Definition::Enum(body) => {
            let variant = body.variants.iter().find(|variant| variant.wire == *value);
            let name = printer.model(&about.name);
            match variant {
                Some(variant) => {
                    let variant = ident(&variant.name);
                    quote!(#name::#variant)
                }
                None => {
                    let text = value.as_str().filter(|_| body.values == EnumValues::OpenText)?;
                    let unlisted = ident(UNLISTED);
                    quote!(#name::#unlisted(#text.to_owned()))
                }
            }
        }
        Definition::Struct(body) => {
            let built = builder(printer, id, body, value.as_object()?)?;
            let fails = body.fields.iter().any(FieldPlan::must_be_set).then(|| quote!(?));
            quote!(#built.build() #fails)
        }
        Definition::Union(union) => match variant_of(plan, union, value) {
            Some(index) => {
                let own = &union.variants[index];
                let (name, variant) = (printer.model(&about.name), ident(&own.name));
                match whole(printer, &own.ty, value) {
                    Some(value) => quote!(#name::#variant(#value)),
                    None => from_json(printer, ty, value),
                }
            }
            None => from_json(printer, ty, value),
        },
    })
}

/// Prints JSON.
fn parsed(printer: &mut Printer<'_>, value: &Value) -> TokenStream {
    let (path, value) = (printer.path("serde_json", "json"), json(value));
    quote!(#path!(#value))
}

/// Prints a value that is read from JSON.
fn from_json(printer: &mut Printer<'_>, ty: &RustType, value: &Value) -> TokenStream {
    let (from, ty, value) =
        (printer.path("serde_json", "from_value"), printer.ty(ty), parsed(printer, value));
    quote!(#from::<#ty>(#value)?)
}
