//! Prints the value that holds where a field or a parameter is left out: a method that gives its value, or
//! else its default.
//!
//! Must not know who has the field.

use super::aliases::behind_aliases;
use super::literals::literal;
use crate::plan::{Definition, FieldPlan, Plan, Presence, RustType, TypeId};
use crate::printer::Printer;
use crate::rust::{docs, ident};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

/// A field that may be left out, or a parameter.
pub(crate) struct Defaulted<'a> {
    /// Its name in Rust.
    pub(crate) name: &'a str,
    /// Its description in comments, with its name on the wire.
    pub(crate) words: String,
    /// The type of its value.
    pub(crate) ty: &'a RustType,
    /// True if it may be null, so that its type is `Field<T>`; otherwise it is `Option<T>`.
    pub(crate) nullable: bool,
    /// The value that holds where it is left out.
    pub(crate) default: &'a Value,
}

impl<'a> Defaulted<'a> {
    /// Describes a field; none where it must be there, or nothing holds without it.
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

/// Prints the method for a field; none where its default can't be written.
pub(crate) fn print_default_method(printer: &mut Printer<'_>, field: &Defaulted<'_>) -> Option<TokenStream> {
    let written = literal(printer, field.ty, field.default)?;
    let (ty, default, how) = access(printer, field, written)?;
    let name = ident(field.name);
    let option = printer.prelude("Option");
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

/// Decides what a method returns: its type, the default as an expression, and how it gives the value.
fn access(
    printer: &mut Printer<'_>,
    field: &Defaulted<'_>,
    written: TokenStream,
) -> Option<(TokenStream, TokenStream, How)> {
    let plan = printer.plan;
    let unboxed = match field.ty {
        RustType::Box(inner) => &**inner,
        other => other,
    };
    let meant = behind_aliases(plan, unboxed);
    Some(match meant {
        RustType::Bool | RustType::I32 | RustType::I64 | RustType::U32 | RustType::U64 | RustType::F64 => {
            (printer.ty(meant), written, How::Copied)
        }
        RustType::Date | RustType::DateTime | RustType::Uuid | RustType::Ipv4 | RustType::Ipv6 => {
            (printer.ty(meant), written, How::Copied)
        }
        RustType::String => {
            let text = field.default.as_str()?;
            (quote!(&str), quote!(#text), How::Text)
        }
        RustType::Model(id) if is_constant(plan, *id, field.default) => {
            let ty = printer.ty(unboxed);
            (quote!(&#ty), quote!(&#written), How::Borrowed)
        }
        _ => {
            let lock = printer.path("std::sync", "LazyLock");
            let held = printer.ty(unboxed);
            // A default of what is boxed stands in no box.
            let written =
                if unboxed == field.ty { written } else { literal(printer, unboxed, field.default)? };
            let (ty, default) = match meant {
                RustType::Vec(item) => {
                    let item = printer.ty(item);
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
    })
}

/// The way in which a method gives a value.
enum How {
    /// By copying it.
    Copied,
    /// As a part of the text.
    Text,
    /// By reference; the default is a constant.
    Borrowed,
    /// By reference; the default is kept from when it is first asked for.
    Kept(TokenStream),
    /// By reference to what is in a list or a box; the default is kept from when it is first asked for.
    Inside(TokenStream),
}

/// Returns whether a default is a variant without anything in it.
fn is_constant(plan: &Plan, id: TypeId, default: &Value) -> bool {
    match &plan.type_plan(id).definition {
        Definition::Enum(body) => body.variants.iter().any(|variant| variant.wire == *default),
        _ => false,
    }
}
