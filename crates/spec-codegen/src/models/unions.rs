//! Unions: their variants, how they are written, and conversions into them.

use super::definition::{derives_with, model_head};
use super::union_decoding::{print_by_kind, print_by_tag, print_by_trial};
use crate::emit::aliases::without_aliases_or_boxes;
use crate::emit::serde::schema_extension;
use crate::plan::{Decoding, Naming, RustType, TypePlan, UNLISTED, UnionPlan, UnionVariant};
use crate::printer::Printer;
use crate::rust::ident;
use proc_macro2::TokenStream;
use quote::quote;

/// Prints a union.
pub(super) fn print_union(printer: &mut Printer<'_>, ty: &TypePlan, union: &UnionPlan) -> TokenStream {
    let plan = printer.plan;
    let tagged = match &union.decoding {
        Decoding::ByTag(property, mapping) => Some((property.as_str(), mapping.as_slice())),
        Decoding::ByKind | Decoding::ByTrial => None,
    };
    let serialize =
        tagged.and_then(|(property, mapping)| print_tagged_serialize(printer, ty, union, property, mapping));
    let (head, derives) = (model_head(ty), derives_with(printer, ty, serialize.is_none()));
    let (name, extend_type) = (ident(&ty.name), schema_extension(&ty.assertions));
    let one_of =
        union.exclusive.then(|| quote!(#[schemars(transform = spec_runtime::codegen::models::one_of)]));
    let variants: Vec<TokenStream> = union
        .variants
        .iter()
        .enumerate()
        .map(|(index, variant)| {
            let mut assertions = variant.assertions.clone();
            if let Some((property, mapping)) = tagged {
                // The tag says which variant it is, whatever else the value would fit.
                let tags = serde_json::json!({ property: {"enum": tags_of(mapping, index)} });
                assertions.insert("properties".to_owned(), tags);
                if variant.naming(plan, property) != Naming::Optional {
                    assertions.insert("required".to_owned(), serde_json::json!([property]));
                }
            }
            let (name, extend, ty) =
                (ident(&variant.name), schema_extension(&assertions), printer.ty(&variant.ty));
            quote!(#extend #name(#ty),)
        })
        .collect();
    let unlisted = tagged.map(|_| {
        let (unlisted, value) = (ident(UNLISTED), printer.path("serde_json", "Value"));
        quote! {
            /// An object of a variant that the document does not list, as it came.
            #[schemars(skip)]
            #unlisted(#value),
        }
    });
    let decode = match tagged {
        Some((property, mapping)) => print_by_tag(printer, ty, union, property, mapping),
        None if matches!(union.decoding, Decoding::ByKind) => print_by_kind(printer, ty, union),
        None => print_by_trial(printer, ty, union),
    };
    let conversions = union_conversions(printer, ty, union);
    let untagged = serialize.is_none().then(|| quote!(#[serde(untagged)]));
    let untagged = untagged.unwrap_or_else(|| quote!(#[schemars(untagged)]));
    quote! {
        #head #derives
        #untagged
        #one_of #extend_type
        pub enum #name { #(#variants)* #unlisted }

        #serialize
        #decode
        #conversions
    }
}

/// Returns the tags of a variant, first the one that is written first.
pub(super) fn tags_of(mapping: &[(String, usize)], index: usize) -> Vec<&String> {
    mapping.iter().filter(|(_, own)| *own == index).map(|(tag, _)| tag).collect()
}

/// Prints `impl Serialize` of a union with variants that do not name their tag; none where each does.
fn print_tagged_serialize(
    printer: &mut Printer<'_>,
    ty: &TypePlan,
    union: &UnionPlan,
    property: &str,
    mapping: &[(String, usize)],
) -> Option<TokenStream> {
    let plan = printer.plan;
    let is_unnamed = |variant: &UnionVariant| variant.naming(plan, property) == Naming::Unnamed;
    if !union.variants.iter().any(is_unnamed) {
        return None;
    }
    let (serialize, serializer) = (printer.path("serde", "Serialize"), printer.path("serde", "Serializer"));
    let result = printer.prelude("Result");
    let arms = union.variants.iter().enumerate().map(|(index, variant)| {
        let (name, tags) = (ident(&variant.name), tags_of(mapping, index));
        match is_unnamed(variant) && !tags.is_empty() {
            true => quote! {
                Self::#name(value) =>
                    spec_runtime::codegen::models::tagged(serializer, #property, &[#(#tags),*], value)
            },
            false => quote!(Self::#name(value) => #serialize::serialize(value, serializer)),
        }
    });
    let arms: Vec<TokenStream> = arms.collect();
    let (name, unlisted) = (ident(&ty.name), ident(UNLISTED));
    Some(quote! {
        impl #serialize for #name {
            fn serialize<S: #serializer>(&self, serializer: S) -> #result<S::Ok, S::Error> {
                match self {
                    #(#arms,)*
                    Self::#unlisted(value) => #serialize::serialize(value, serializer),
                }
            }
        }
    })
}

/// Prints conversions into the variants whose type no other variant has.
fn union_conversions(printer: &mut Printer<'_>, ty: &TypePlan, union: &UnionPlan) -> TokenStream {
    let plan = printer.plan;
    let name = ident(&ty.name);
    let from = printer.prelude("From");
    let resolved: Vec<RustType> =
        union.variants.iter().map(|variant| without_aliases_or_boxes(plan, &variant.ty)).collect();
    let mut code = TokenStream::new();
    for (variant, own) in union.variants.iter().zip(&resolved) {
        if resolved.iter().filter(|other| *other == own).count() > 1 {
            continue;
        }
        let variant_name = ident(&variant.name);
        let inner = match &variant.ty {
            RustType::Box(inner) => &**inner,
            other => other,
        };
        let value = if matches!(variant.ty, RustType::Box(_)) {
            let boxed = printer.prelude("Box");
            quote!(#boxed::new(value))
        } else {
            quote!(value)
        };
        let inner = printer.ty(inner);
        code.extend(quote! {
            impl #from<#inner> for #name {
                fn from(value: #inner) -> Self {
                    Self::#variant_name(#value)
                }
            }
        });
        if *own == RustType::String {
            code.extend(quote! {
                impl #from<&str> for #name {
                    fn from(value: &str) -> Self {
                        Self::#variant_name(value.to_owned())
                    }
                }
            });
        }
    }
    code
}
