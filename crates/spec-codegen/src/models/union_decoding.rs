//! Prints how unions are decoded: by kind, by tag, or by trial.
//!
//! Must not know how they are written.

use super::unions::tags_of;
use crate::emit::aliases::without_aliases_or_boxes;
use crate::emit::check::variant_check;
use crate::emit::literals::json_kind;
use crate::emit::serde::impl_deserialize;
use crate::plan::{Naming, RustType, TypePlan, UNLISTED, UnionPlan, UnionVariant};
use crate::printer::Printer;
use crate::rust::ident;
use proc_macro2::TokenStream;
use quote::quote;

/// Prints the decoding by kind: one look at the kind of the value, and one decoding.
pub(super) fn print_by_kind(printer: &mut Printer<'_>, ty: &TypePlan, union: &UnionPlan) -> TokenStream {
    let plan = printer.plan;
    let (of_union, kind) = (
        printer.path("spec_runtime::codegen::models", "ByKind"),
        printer.path("spec_runtime::codegen::models", "Kind"),
    );
    let (check, deserializer) =
        (printer.path("spec_runtime", "Validate"), printer.path("serde", "Deserializer"));
    let (option, result) = (printer.prelude("Option"), printer.prelude("Result"));
    let (mut arms, mut words) = (Vec::new(), Vec::new());
    for variant in &union.variants {
        let (kind_name, word) = json_kind(plan, &variant.ty);
        let (name, kind_name) = (ident(&variant.name), ident(kind_name));
        words.push(word);
        arms.push(quote!(#kind::#kind_name => #check::decode(value).map(Self::#name)));
    }
    let (name, expected) = (ident(&ty.name), words.join(" or "));
    let rest = (union.variants.len() < 5).then(|| quote!(_ => return None,));
    let decode =
        impl_deserialize(printer, &ty.name, &quote!(spec_runtime::codegen::models::by_kind(deserializer)));
    quote! {
        #decode

        impl #of_union for #name {
            const EXPECTED: &'static str = #expected;

            fn of_kind<'de, D: #deserializer<'de>>(
                kind: #kind, value: D
            ) -> #option<#result<Self, D::Error>> {
                Some(match kind { #(#arms,)* #rest })
            }
        }
    }
}

/// Prints the decoding by tag: one look at the tag, and one decoding.
pub(super) fn print_by_tag(
    printer: &mut Printer<'_>,
    ty: &TypePlan,
    union: &UnionPlan,
    property: &str,
    mapping: &[(String, usize)],
) -> TokenStream {
    let plan = printer.plan;
    let (of_union, deserializer) =
        (printer.path("spec_runtime::codegen::models", "ByTag"), printer.path("serde", "Deserializer"));
    let check = printer.path("spec_runtime", "Validate");
    let (option, result) = (printer.prelude("Option"), printer.prelude("Result"));
    let arms = union.variants.iter().enumerate().filter_map(|(index, variant)| {
        let (name, tags) = (ident(&variant.name), tags_of(mapping, index));
        let first = *tags.first()?;
        Some(match variant.naming(plan, property) {
            Naming::Unnamed => quote! {
                #(#tags)|* => #check::decode(value).map(|value| Self::#name(
                    spec_runtime::codegen::models::untagged(value, #property, #first)
                ))
            },
            _ => quote!(#(#tags)|* => #check::decode(value).map(Self::#name)),
        })
    });
    let arms: Vec<TokenStream> = arms.collect();
    let known = mapping.iter().map(|(tag, _)| tag);
    let name = ident(&ty.name);
    let decode =
        impl_deserialize(printer, &ty.name, &quote!(spec_runtime::codegen::models::by_tag(deserializer)));
    let (unlisted, value) = (ident(UNLISTED), printer.path("serde_json", "Value"));
    let without = union.may_lack_tag(plan, property).then(|| {
        let may_lack = |variant: &&UnionVariant| variant.naming(plan, property) == Naming::Optional;
        let variants: Vec<&UnionVariant> = union.variants.iter().filter(may_lack).collect();
        let (untagged, trials) =
            (printer.path("spec_runtime::codegen::models", "Untagged"), trials(printer, &variants));
        let error = printer.whole_path("serde::de", "Error");
        quote! {
            fn without_tag<E: #error>(value: #untagged<Self>) -> #option<#result<Self, E>> {
                Some(value #trials)
            }
        }
    });
    quote! {
        #decode

        impl #of_union for #name {
            const TAG: &'static str = #property;
            const KNOWN: &'static [&'static str] = &[#(#known),*];

            fn of_tag<'de, D: #deserializer<'de>>(tag: &str, value: D) -> #option<#result<Self, D::Error>> {
                Some(match tag { #(#arms,)* _ => return None })
            }

            fn unlisted(value: #value) -> Self {
                Self::#unlisted(value)
            }

            #without
        }
    }
}

/// Prints the decoding by trial.
pub(super) fn print_by_trial(printer: &mut Printer<'_>, ty: &TypePlan, union: &UnionPlan) -> TokenStream {
    let variants: Vec<&UnionVariant> = union.variants.iter().collect();
    let (untagged, trials) =
        (printer.path("spec_runtime::codegen::models", "Untagged"), trials(printer, &variants));
    impl_deserialize(printer, &ty.name, &quote!(#untagged::read(deserializer)? #trials))
}

/// Prints the trials of variants, one after the other.
fn trials(printer: &mut Printer<'_>, variants: &[&UnionVariant]) -> TokenStream {
    let plan = printer.plan;
    // Lists first: what is tried twice at every level of a list takes forever.
    let is_list = |variant: &&UnionVariant| {
        matches!(without_aliases_or_boxes(plan, &variant.ty), RustType::Vec(_) | RustType::Tuple(_))
    };
    let (lists, others): (Vec<&UnionVariant>, Vec<&UnionVariant>) =
        variants.iter().copied().partition(is_list);
    let tries: Vec<TokenStream> = lists
        .into_iter()
        .chain(others)
        .map(|variant| {
            let name = ident(&variant.name);
            let fits = variant_check(printer, variant);
            quote!(.or(Self::#name, #fits))
        })
        .collect();
    let texts: Vec<String> = variants.iter().map(|variant| printer.type_text(&variant.ty)).collect();
    let expected = texts.join(" or ");
    quote!(#(#tries)* .decode(#expected))
}
