//! `impl Validate` of models: what each of their fields and variants is asked for.
//!
//! Enumerations have it from their macro.

use crate::emit::check::{Asked, Place, Validator, all_of, impl_check, value_check};
use crate::plan::{Decoding, Definition, ExtraPlan, Presence, StructPlan, TypePlan, UNLISTED, UnionPlan};
use crate::printer::Printer;
use crate::rust::ident;
use proc_macro2::TokenStream;
use quote::quote;

/// Prints `impl Validate` of a model; enumerations have it from their macro.
pub(super) fn print_check(printer: &mut Printer<'_>, ty: &TypePlan) -> Option<TokenStream> {
    let is_listed = matches!(ty.definition, Definition::Enum(_) | Definition::Alias(_));
    if is_listed {
        return None;
    }
    let body = if ty.traits.checked { model_check(printer, ty) } else { Ok(None) };
    Some(impl_check(printer, &ty.name, body))
}

/// Prints what a model asks of its values.
fn model_check(printer: &mut Printer<'_>, ty: &TypePlan) -> Asked {
    match &ty.definition {
        Definition::Struct(body) => struct_check(printer, ty, body),
        Definition::Union(union) => union_check(printer, ty, union),
        Definition::Wrapper(inner) => value_check(printer, inner, &ty.assertions, &Place::of_self(quote!(0))),
        Definition::Enum(_) | Definition::Alias(_) => Ok(None),
        Definition::Opaque(..) => Err(Validator),
    }
}

/// Prints what a struct asks of its fields.
fn struct_check(printer: &mut Printer<'_>, ty: &TypePlan, body: &StructPlan) -> Asked {
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
            expressions.extend(value_check(printer, &field.full_type(), &field.assertions, &place)?);
            continue;
        }
        let asked = value_check(printer, &field.ty, &field.assertions, &Place::bound())?;
        expressions.extend(asked.map(|asked| match field.presence {
            Presence::OptionalNullable => quote!(self.#name.value().is_none_or(|value| #asked)),
            _ => quote!(self.#name.as_ref().is_none_or(|value| #asked)),
        }));
    }
    if let Some(ExtraPlan { name, ty: Some(ty), assertions }) = &body.extra {
        let name = ident(name);
        let asked = value_check(printer, ty, assertions, &Place::bound())?;
        expressions.extend(asked.map(|asked| quote!(self.#name.values().all(|value| #asked))));
    }
    Ok(all_of(expressions))
}

/// Prints what a union asks of its variants.
fn union_check(printer: &mut Printer<'_>, ty: &TypePlan, union: &UnionPlan) -> Asked {
    let plan = printer.plan;
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
        arms.push(match value_check(printer, &variant.ty, &variant.assertions, &Place::bound())? {
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
