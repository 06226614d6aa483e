//! Models as our own emitter prints them, without their builders: the kinds of models, and what stands before
//! each.

use super::opaque::print_opaque;
use super::structs::{print_enum, print_struct};
use super::unions::print_union;
use crate::emit::serde::{derive_crates, impl_deserialize, schema_extension};
use crate::plan::{Definition, EnumValues, RustType, TypePlan};
use crate::printer::Printer;
use crate::rust::{docs, ident, tokens};
use proc_macro2::TokenStream;
use quote::quote;

/// Prints a model without its builder.
pub(super) fn print_definition(printer: &mut Printer<'_>, ty: &TypePlan) -> TokenStream {
    match &ty.definition {
        Definition::Struct(body) => print_struct(printer, ty, body),
        Definition::Enum(body) => print_enum(printer, ty, body),
        Definition::Union(union) => print_union(printer, ty, union),
        Definition::Alias(target) => print_alias(printer, ty, target),
        Definition::Wrapper(inner) => print_wrapper(printer, ty, inner),
        Definition::Opaque(schema, models) => print_opaque(printer, ty, schema, models),
    }
}

/// Prints the words and marks that stand before every model.
pub(super) fn model_head(ty: &TypePlan) -> TokenStream {
    let docs = docs(&ty.docs);
    let deprecated = ty.deprecated.then(|| quote!(#[deprecated]));
    quote!(#docs #deprecated)
}

/// Prints the derives of a model, in one order for all.
pub(super) fn derives(printer: &mut Printer<'_>, ty: &TypePlan) -> TokenStream {
    derives_with(printer, ty, true)
}

/// Prints the derives of a model; `serialize` says whether it is written as serde would.
pub(super) fn derives_with(printer: &mut Printer<'_>, ty: &TypePlan, serialize: bool) -> TokenStream {
    let listed = match &ty.definition {
        Definition::Enum(body) => Some(body.values),
        _ => None,
    };
    let is_opaque = matches!(ty.definition, Definition::Opaque(..));
    let mut names = vec![printer.prelude_name("Clone")];
    let mut add = |wanted: bool, name: String| {
        if wanted {
            names.push(name);
        }
    };
    add(true, printer.prelude_name("Debug"));
    add(ty.traits.default, printer.prelude_name("Default"));
    add(true, "PartialEq".to_owned());
    add(ty.traits.eq, printer.prelude_name("Eq"));
    add(ty.traits.hash, "Hash".to_owned());
    let is_ordered = listed.is_some_and(|values| values != EnumValues::Any);
    add(is_ordered, "PartialOrd".to_owned());
    add(is_ordered, "Ord".to_owned());
    let by_table = matches!(ty.definition, Definition::Enum(_) | Definition::Struct(_));
    let (serialize, schema) = (!by_table && serialize, !by_table && !is_opaque);
    if serialize {
        names.push(printer.name("serde", "Serialize"));
    }
    if schema {
        names.push(printer.name("schemars", "JsonSchema"));
    }
    let names = names.iter().map(|name| tokens(name));
    let crates = derive_crates(serialize, schema);
    quote!(#[derive(#(#names),*)] #crates)
}

/// Prints another name for a type.
fn print_alias(printer: &mut Printer<'_>, ty: &TypePlan, target: &RustType) -> TokenStream {
    let builder = place_builder(printer, ty, target);
    let has_parts = ty.place.is_some() && has_parts_by_name(printer, target);
    let (head, name, target) = (model_head(ty), ident(&ty.name), printer.ty(target));
    // An import can't be deprecated.
    if has_parts && !ty.deprecated {
        return quote!(#head pub use #target as #name;);
    }
    quote!(#head pub type #name = #target; #builder)
}

/// Says whether a model has variants to import, or is made by its name: another name of a type does neither.
fn has_parts_by_name(printer: &Printer<'_>, target: &RustType) -> bool {
    let RustType::Model(id) = target else { return false };
    let model = &printer.plan.type_plan(*id).definition;
    matches!(model, Definition::Enum(_) | Definition::Union(_) | Definition::Wrapper(_))
}

/// Prints another name for the builder of a model that several places share.
fn place_builder(printer: &Printer<'_>, ty: &TypePlan, target: &RustType) -> Option<TokenStream> {
    let name = ident(ty.place.as_ref()?.builder.as_deref()?);
    let RustType::Model(id) = target else { return None };
    let Definition::Struct(body) = &printer.plan.type_plan(*id).definition else { return None };
    let builder = ident(&body.builder);
    Some(quote!(pub type #name = #builder;))
}

/// Prints a newtype. JSON has it as what it holds. `transparent` would say so as well, but then the schema
/// has no name to refer back to.
fn print_wrapper(printer: &mut Printer<'_>, ty: &TypePlan, inner: &RustType) -> TokenStream {
    let (head, derives, extend) = (model_head(ty), derives(printer, ty), schema_extension(&ty.assertions));
    let (name, inner) = (ident(&ty.name), printer.ty(inner));
    let from = printer.prelude("From");
    let decode = decode_inner(printer, ty);
    quote! {
        #head #derives
        #extend
        pub struct #name(pub #inner);

        #decode

        impl #from<#inner> for #name {
            fn from(value: #inner) -> Self {
                Self(value)
            }
        }
    }
}

/// Prints how a newtype is decoded: as what it holds.
pub(super) fn decode_inner(printer: &mut Printer<'_>, ty: &TypePlan) -> TokenStream {
    let check = printer.path("spec_runtime", "Validate");
    impl_deserialize(printer, &ty.name, &quote!(#check::decode(deserializer).map(Self)))
}
