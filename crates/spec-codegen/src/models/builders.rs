//! Builders and defaults of structs: what makes building one read like the document's own example.
//!
//! A builder names only what is set; what is missing is said all at once, before anything is sent.

use crate::emit::defaults::{Defaulted, print_default_method};
use crate::plan::{Definition, FieldPlan, Presence, RustType, StructPlan, TypePlan};
use crate::printer::Printer;
use crate::rust::{docs, ident, linking, tokens};
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

/// Prints the builder of a struct, and the defaults of its fields.
pub(super) fn print_builder(printer: &mut Printer<'_>, ty: &TypePlan) -> Option<TokenStream> {
    let Definition::Struct(body) = &ty.definition else { return None };
    let own = own_methods(printer, ty, body);
    let builder = builder_struct(printer, ty, body);
    let setters: Vec<TokenStream> = body.fields.iter().map(|field| setter(printer, field)).collect();
    let extra = extra_setter(printer, body);
    let build = build(printer, ty, body);
    let conversion = conversion(printer, ty, body);
    let name = ident(&body.builder);
    Some(quote! {
        #own
        #builder
        impl #name { #(#setters)* #extra #build }
        #conversion
    })
}

/// Prints the methods of the model: how to begin a builder, and the defaults of its fields.
fn own_methods(printer: &mut Printer<'_>, ty: &TypePlan, body: &StructPlan) -> TokenStream {
    let (name, builder) = (ident(&ty.name), ident(&body.builder));
    let defaulted = body.fields.iter().filter_map(Defaulted::field);
    let defaults: Vec<TokenStream> =
        defaulted.filter_map(|field| print_default_method(printer, &field)).collect();
    let default = printer.prelude("Default");
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

/// Prints the struct that keeps what was set.
fn builder_struct(printer: &mut Printer<'_>, ty: &TypePlan, body: &StructPlan) -> TokenStream {
    let name = ident(&body.builder);
    // A name may mean a macro as well.
    let kind = if DERIVED.contains(&ty.name.as_str()) { "struct@" } else { "" };
    let text = linking(&format!("Builds a value of [`{kind}{}`].", ty.name));
    let (clone, debug, default) =
        (printer.prelude_name("Clone"), printer.prelude_name("Debug"), printer.prelude_name("Default"));
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
            let (name, ty) = (ident(&field.name), printer.ty(&full));
            quote!(#name: #ty)
        })
        .collect();
    let extra = body.extra.as_ref().map(|extra| {
        let (name, ty) = (ident(&extra.name), printer.ty(&extra.full_type()));
        quote!(#name: #ty)
    });
    quote!(#text #[derive(#clone, #debug, #default)] pub struct #name { #(#fields,)* #extra })
}

/// Prints what a setter takes, and how that becomes the value of the field.
fn argument(printer: &mut Printer<'_>, ty: &RustType) -> (TokenStream, TokenStream) {
    let (into, into_iterator) = (printer.prelude("Into"), printer.prelude("IntoIterator"));
    match ty {
        RustType::Vec(item) => {
            let item = printer.ty(item);
            (
                quote!(impl #into_iterator<Item = impl #into<#item>>),
                quote!(value.into_iter().map(#into::into).collect()),
            )
        }
        RustType::Map(item) => {
            let (key, item) = (printer.prelude("String"), printer.ty(item));
            (
                quote!(impl #into_iterator<Item = (impl #into<#key>, impl #into<#item>)>),
                quote!(value.into_iter().map(|(key, value)| (key.into(), value.into())).collect()),
            )
        }
        RustType::Box(inner) => {
            let (inner, boxed) = (printer.ty(inner), printer.prelude("Box"));
            (quote!(impl #into<#inner>), quote!(#boxed::new(value.into())))
        }
        other => {
            let ty = printer.ty(other);
            (quote!(impl #into<#ty>), quote!(value.into()))
        }
    }
}

/// Prints the setter of a field.
fn setter(printer: &mut Printer<'_>, field: &FieldPlan) -> TokenStream {
    let name = ident(&field.name);
    // The first line of the field's words: the rest stands at the field.
    let words = docs(&field.docs[..field.docs.len().min(1)]);
    let deprecated = field.deprecated.then(|| quote!(#[deprecated]));
    let (into, new_box) = (printer.prelude("Into"), printer.prelude("Box"));
    let (unboxed, is_boxed) = match &field.ty {
        RustType::Box(inner) => (&**inner, true),
        other => (other, false),
    };
    let (argument, value) = match field.presence {
        Presence::Required | Presence::Optional => {
            let (argument, value) = argument(printer, &field.ty);
            (argument, quote!(Some(#value)))
        }
        Presence::RequiredNullable => {
            let (nullable, ty) = (printer.path("spec_runtime", "Nullable"), printer.ty(unboxed));
            let boxed = is_boxed.then(|| quote!(.map(#new_box::new)));
            (quote!(impl #into<#nullable<#ty>>), quote!(Some(value.into().0 #boxed)))
        }
        Presence::OptionalNullable => {
            let ty = printer.ty(&RustType::Field(Box::new(unboxed.clone())));
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

/// Prints the setter of keys that the document does not name.
fn extra_setter(printer: &mut Printer<'_>, body: &StructPlan) -> Option<TokenStream> {
    let extra = body.extra.as_ref()?;
    let name = ident(&extra.name);
    let (argument, value) = match extra.ty {
        Some(_) => argument(printer, &extra.full_type()),
        None => {
            let (into, extra) = (printer.prelude("Into"), printer.ty(&RustType::Extra));
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

/// Prints the method that makes a model of what was set.
fn build(printer: &mut Printer<'_>, ty: &TypePlan, body: &StructPlan) -> TokenStream {
    let (name, text) = (ident(&ty.name), &ty.name);
    let needed: Vec<&FieldPlan> = body.fields.iter().filter(|field| field.must_be_set()).collect();
    let values = body.fields.iter().map(|field| {
        let name = ident(&field.name);
        match (&field.constant, field.presence) {
            _ if field.must_be_set() => quote!(#name),
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
    let (result, missing) = (printer.prelude("Result"), printer.path("spec_runtime", "MissingFields"));
    let pattern = match names.as_slice() {
        [only] => quote!(let Some(#only) = self.#only else),
        _ => quote!(let (#(Some(#names)),*) = (#(self.#names),*) else),
    };
    quote! {
        /// Builds the model of what was set.
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

/// Prints the conversion by which a builder stands wherever the model is asked for.
fn conversion(printer: &mut Printer<'_>, ty: &TypePlan, body: &StructPlan) -> TokenStream {
    let (name, builder) = (ident(&ty.name), ident(&body.builder));
    if !body.fields.iter().any(FieldPlan::must_be_set) {
        let from = printer.prelude("From");
        return quote! {
            impl #from<#builder> for #name {
                fn from(builder: #builder) -> Self {
                    builder.build()
                }
            }
        };
    }
    let (try_from, result) = (printer.prelude("TryFrom"), printer.prelude("Result"));
    let missing = printer.path("spec_runtime", "MissingFields");
    quote! {
        impl #try_from<#builder> for #name {
            type Error = #missing;
            fn try_from(builder: #builder) -> #result<Self, #missing> {
                builder.build()
            }
        }
    }
}
