//! Builders and defaults of structs: what makes building one read like the document's own example.
//!
//! A builder names only what is set; what is missing is said all at once, before anything is sent.

use super::{Defaulted, default_method};
use crate::plan::{Definition, FieldPlan, Plan, Presence, RustType, StructPlan, TypePlan};
use crate::rust::{Paths, docs, ident, linking, tokens};
use proc_macro2::TokenStream;
use quote::quote;

/// Names of macros that a model's file knows by themselves or imports.
const DERIVED: [&str; 12] = [
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Deserialize",
    "Eq",
    "Hash",
    "JsonSchema",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Serialize",
];

/// The builder of a struct, and the defaults of its fields.
pub(super) fn of(plan: &Plan, ty: &TypePlan, paths: &mut Paths) -> Option<TokenStream> {
    let Definition::Struct(body) = &ty.definition else { return None };
    let own = own_methods(plan, ty, body, paths);
    let builder = builder_struct(plan, ty, body, paths);
    let setters: Vec<TokenStream> = body.fields.iter().map(|field| setter(plan, field, paths)).collect();
    let extra = extra_setter(plan, body, paths);
    let build = build(ty, body, paths);
    let conversion = conversion(ty, body, paths);
    let name = ident(&body.builder);
    Some(quote! {
        #own
        #builder
        impl #name { #(#setters)* #extra #build }
        #conversion
    })
}

/// Whether a builder can fail: some field must be set, and has more than one value.
fn must_be_set(field: &FieldPlan) -> bool {
    match field.presence {
        Presence::Required => field.constant.is_none() || !matches!(field.ty, RustType::Model(_)),
        Presence::RequiredNullable => true,
        Presence::Optional | Presence::OptionalNullable => false,
    }
}

fn own_methods(plan: &Plan, ty: &TypePlan, body: &StructPlan, paths: &mut Paths) -> TokenStream {
    let (name, builder) = (ident(&ty.name), ident(&body.builder));
    let defaulted = body.fields.iter().filter_map(Defaulted::field);
    let defaults: Vec<TokenStream> =
        defaulted.filter_map(|field| default_method(plan, &field, paths)).collect();
    let default = tokens(&paths.prelude("Default"));
    quote! {
        impl #name {
            /// Starts with nothing set.
            pub fn builder() -> #builder {
                #default::default()
            }

            #(#defaults)*
        }
    }
}

fn builder_struct(plan: &Plan, ty: &TypePlan, body: &StructPlan, paths: &mut Paths) -> TokenStream {
    let name = ident(&body.builder);
    // A name may mean a macro as well.
    let kind = if DERIVED.contains(&ty.name.as_str()) { "struct@" } else { "" };
    let text = linking(&format!("Builds a value of [`{kind}{}`].", ty.name));
    let (clone, debug, default) = (paths.prelude("Clone"), paths.prelude("Debug"), paths.prelude("Default"));
    let (clone, debug, default) = (tokens(&clone), tokens(&debug), tokens(&default));
    let fields: Vec<TokenStream> = body
        .fields
        .iter()
        .map(|field| {
            let full = match field.presence {
                Presence::Required | Presence::RequiredNullable => {
                    RustType::Option(Box::new(field.full_type()))
                }
                Presence::Optional | Presence::OptionalNullable => field.full_type(),
            };
            let (name, ty) = (ident(&field.name), paths.ty(plan, &full));
            quote!(#name: #ty)
        })
        .collect();
    let extra = body.extra.as_ref().map(|extra| {
        let (name, ty) = (ident(&extra.name), paths.ty(plan, &extra.full_type()));
        quote!(#name: #ty)
    });
    quote!(#text #[derive(#clone, #debug, #default)] pub struct #name { #(#fields,)* #extra })
}

/// What a setter takes, and how that becomes the value of the field.
fn argument(plan: &Plan, ty: &RustType, paths: &mut Paths) -> (TokenStream, TokenStream) {
    let (into, into_iterator) = (tokens(&paths.prelude("Into")), tokens(&paths.prelude("IntoIterator")));
    match ty {
        RustType::Vec(item) => {
            let item = paths.ty(plan, item);
            (
                quote!(impl #into_iterator<Item = impl #into<#item>>),
                quote!(value.into_iter().map(#into::into).collect()),
            )
        }
        RustType::Map(item) => {
            let (key, item) = (tokens(&paths.prelude("String")), paths.ty(plan, item));
            (
                quote!(impl #into_iterator<Item = (impl #into<#key>, impl #into<#item>)>),
                quote!(value.into_iter().map(|(key, value)| (key.into(), value.into())).collect()),
            )
        }
        RustType::Box(inner) => {
            let (inner, boxed) = (paths.ty(plan, inner), tokens(&paths.prelude("Box")));
            (quote!(impl #into<#inner>), quote!(#boxed::new(value.into())))
        }
        other => {
            let ty = paths.ty(plan, other);
            (quote!(impl #into<#ty>), quote!(value.into()))
        }
    }
}

fn setter(plan: &Plan, field: &FieldPlan, paths: &mut Paths) -> TokenStream {
    let name = ident(&field.name);
    // The first line of the field's words: the rest stands at the field.
    let words = docs(&field.docs[..field.docs.len().min(1)]);
    let deprecated = field.deprecated.then(|| quote!(#[deprecated]));
    let (into, new_box) = (tokens(&paths.prelude("Into")), tokens(&paths.prelude("Box")));
    let (unboxed, is_boxed) = match &field.ty {
        RustType::Box(inner) => (&**inner, true),
        other => (other, false),
    };
    let (argument, value) = match field.presence {
        Presence::Required | Presence::Optional => {
            let (argument, value) = argument(plan, &field.ty, paths);
            (argument, quote!(Some(#value)))
        }
        Presence::RequiredNullable => {
            let (nullable, ty) = (paths.path("spec_runtime", "Nullable"), paths.ty(plan, unboxed));
            let boxed = is_boxed.then(|| quote!(.map(#new_box::new)));
            (quote!(impl #into<#nullable<#ty>>), quote!(Some(value.into().0 #boxed)))
        }
        Presence::OptionalNullable => {
            let ty = paths.ty(plan, &RustType::Field(Box::new(unboxed.clone())));
            let boxed = is_boxed.then(|| quote!(.map(#new_box::new)));
            (quote!(impl #into<#ty>), quote!(value.into() #boxed))
        }
    };
    quote! {
        #words
        #deprecated
        pub fn #name(mut self, value: #argument) -> Self {
            self.#name = #value;
            self
        }
    }
}

fn extra_setter(plan: &Plan, body: &StructPlan, paths: &mut Paths) -> Option<TokenStream> {
    let extra = body.extra.as_ref()?;
    let name = ident(&extra.name);
    let (argument, value) = match extra.ty {
        Some(_) => argument(plan, &extra.full_type(), paths),
        None => {
            let (into, extra) = (tokens(&paths.prelude("Into")), paths.ty(plan, &RustType::Extra));
            (quote!(impl #into<#extra>), quote!(value.into()))
        }
    };
    Some(quote! {
        /// Keys that the document does not name.
        pub fn #name(mut self, value: #argument) -> Self {
            self.#name = #value;
            self
        }
    })
}

fn build(ty: &TypePlan, body: &StructPlan, paths: &mut Paths) -> TokenStream {
    let (name, text) = (ident(&ty.name), &ty.name);
    let needed: Vec<&FieldPlan> = body.fields.iter().filter(|field| must_be_set(field)).collect();
    let values = body.fields.iter().map(|field| {
        let name = ident(&field.name);
        match (&field.constant, field.presence) {
            _ if must_be_set(field) => quote!(#name),
            (Some(_), Presence::Required) => quote!(#name: self.#name.unwrap_or_default()),
            _ => quote!(#name: self.#name),
        }
    });
    let extra = body.extra.as_ref().map(|extra| {
        let name = ident(&extra.name);
        quote!(#name: self.#name,)
    });
    let whole = quote!(#name { #(#values,)* #extra });
    if needed.is_empty() {
        let words = docs(&["The model, with what was set."]);
        return quote!(#words pub fn build(self) -> #name { #whole });
    }
    let names: Vec<_> = needed.iter().map(|field| ident(&field.name)).collect();
    let wires = needed.iter().map(|field| &field.wire);
    let (result, missing) = (tokens(&paths.prelude("Result")), paths.path("spec_runtime", "MissingFields"));
    let pattern = match names.as_slice() {
        [only] => quote!(let Some(#only) = self.#only else),
        _ => quote!(let (#(Some(#names)),*) = (#(self.#names),*) else),
    };
    quote! {
        /// The model, with what was set.
        ///
        /// # Errors
        ///
        /// When a required field was not set: all that are missing.
        pub fn build(self) -> #result<#name, #missing> {
            let missing = [#((#wires, self.#names.is_none())),*];
            #pattern {
                return Err(#missing::new(#text, missing));
            };
            Ok(#whole)
        }
    }
}

/// A builder stands wherever the model is asked for.
fn conversion(ty: &TypePlan, body: &StructPlan, paths: &mut Paths) -> TokenStream {
    let (name, builder) = (ident(&ty.name), ident(&body.builder));
    if !body.fields.iter().any(must_be_set) {
        let from = tokens(&paths.prelude("From"));
        return quote! {
            impl #from<#builder> for #name {
                fn from(builder: #builder) -> Self {
                    builder.build()
                }
            }
        };
    }
    let (try_from, result) = (tokens(&paths.prelude("TryFrom")), tokens(&paths.prelude("Result")));
    let missing = paths.path("spec_runtime", "MissingFields");
    quote! {
        impl #try_from<#builder> for #name {
            type Error = #missing;
            fn try_from(builder: #builder) -> #result<Self, #missing> {
                builder.build()
            }
        }
    }
}
