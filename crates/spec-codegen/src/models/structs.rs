//! Structs and enumerations. How their values are read and written stands in their tables.

use super::definition::{derives, model_head};
use crate::plan::{EnumPlan, EnumValues, FieldPlan, StructPlan, TypePlan, UNLISTED};
use crate::printer::Printer;
use crate::rust::{docs, ident};
use proc_macro2::TokenStream;
use quote::quote;

/// Prints a struct.
pub(super) fn print_struct(printer: &mut Printer<'_>, ty: &TypePlan, body: &StructPlan) -> TokenStream {
    let (head, derives, name) = (model_head(ty), derives(printer, ty), ident(&ty.name));
    let fields: Vec<TokenStream> = body
        .fields
        .iter()
        .map(|field| {
            let attributes = field_attributes(field);
            let (name, ty) = (ident(&field.name), printer.ty(&field.full_type()));
            quote!(#attributes pub #name: #ty)
        })
        .collect();
    let extra = extra_field(printer, body);
    quote!(#head #derives pub struct #name { #(#fields,)* #extra })
}

/// Prints the field that keeps keys which the document does not name.
fn extra_field(printer: &mut Printer<'_>, body: &StructPlan) -> Option<TokenStream> {
    let extra = body.extra.as_ref()?;
    let (name, ty) = (ident(&extra.name), printer.ty(&extra.full_type()));
    Some(quote! {
        /// Keys that the document does not name, as they came.
        pub #name: #ty
    })
}

/// Prints what stands before a field: words and marks. How it is read and written stands in the table.
fn field_attributes(field: &FieldPlan) -> TokenStream {
    let docs = docs(&field.docs);
    let deprecated = field.deprecated.then(|| quote!(#[deprecated]));
    quote!(#docs #deprecated)
}

/// Prints an enumeration.
pub(super) fn print_enum(printer: &mut Printer<'_>, ty: &TypePlan, body: &EnumPlan) -> TokenStream {
    let names: Vec<_> = body.variants.iter().map(|variant| ident(&variant.name)).collect();
    let (head, derives, name) = (model_head(ty), derives(printer, ty), ident(&ty.name));
    // An only one is the default.
    let default = (names.len() == 1).then(|| quote!(#[default]));
    let unlisted = ident(UNLISTED);
    let held = match body.values {
        EnumValues::Text | EnumValues::OpenText => printer.prelude("String"),
        EnumValues::Integer => quote!(i64),
        EnumValues::Any => printer.path("serde_json", "Value"),
    };
    quote! {
        #head #derives
        pub enum #name {
            #(#default #names,)*
            /// A value that the document does not list, as it came.
            #unlisted(#held),
        }
    }
}
