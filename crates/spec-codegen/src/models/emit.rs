//! Our own emitter of models: one fragment of output, one function.

use super::check;
use crate::plan::{
    Decoding, Definition, EnumPlan, EnumValues, FieldPlan, Naming, Plan, RustType, StructPlan, TypeId,
    TypePlan, UNLISTED, UnionPlan, UnionVariant,
};
use crate::rust::{Paths, docs, ident, json, json_with, tokens};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value};

/// A model, without its builder.
pub(super) fn definition(plan: &Plan, ty: &TypePlan, paths: &mut Paths) -> TokenStream {
    match &ty.definition {
        Definition::Struct(body) => structure(plan, ty, body, paths),
        Definition::Enum(body) => enumeration(ty, body, paths),
        Definition::Union(union) => self::union(plan, ty, union, paths),
        Definition::Alias(target) => alias(plan, ty, target, paths),
        Definition::Wrapper(inner) => wrapper(plan, ty, inner, paths),
        Definition::Opaque(schema, models) => opaque(plan, ty, schema, models, paths),
    }
}

/// Words and marks that stand before every model.
pub(super) fn head(ty: &TypePlan) -> TokenStream {
    let docs = docs(&ty.docs);
    let deprecated = ty.deprecated.then(|| quote!(#[deprecated]));
    quote!(#docs #deprecated)
}

/// The derives of a model, in one order for all.
pub(super) fn derives(ty: &TypePlan, paths: &mut Paths) -> TokenStream {
    derives_with(ty, true, paths)
}

/// The same; `serialize` says whether it is written as serde would.
fn derives_with(ty: &TypePlan, serialize: bool, paths: &mut Paths) -> TokenStream {
    let listed = match &ty.definition {
        Definition::Enum(body) => Some(body.values),
        _ => None,
    };
    let is_opaque = matches!(ty.definition, Definition::Opaque(..));
    let mut names = vec![paths.prelude("Clone")];
    let mut add = |wanted: bool, name: String| {
        if wanted {
            names.push(name);
        }
    };
    add(true, paths.prelude("Debug"));
    add(ty.traits.default, paths.prelude("Default"));
    add(true, "PartialEq".to_owned());
    add(ty.traits.eq, paths.prelude("Eq"));
    add(ty.traits.hash, "Hash".to_owned());
    let is_ordered = listed.is_some_and(|values| values != EnumValues::Any);
    add(is_ordered, "PartialOrd".to_owned());
    add(is_ordered, "Ord".to_owned());
    let by_table = matches!(ty.definition, Definition::Enum(_) | Definition::Struct(_));
    if !by_table {
        if serialize {
            add(true, paths.name("serde", "Serialize"));
        }
        add(!is_opaque, paths.name("schemars", "JsonSchema"));
    }
    let names = names.iter().map(|name| tokens(name));
    quote!(#[derive(#(#names),*)])
}

/// What JSON Schema says beyond the type.
pub(crate) fn extend(assertions: &Map<String, Value>) -> Option<TokenStream> {
    if assertions.is_empty() {
        return None;
    }
    let entries = assertions.iter().map(|(keyword, value)| {
        let value = json(value);
        quote!(#keyword = #value)
    });
    Some(quote!(#[schemars(extend(#(#entries),*))]))
}

fn structure(plan: &Plan, ty: &TypePlan, body: &StructPlan, paths: &mut Paths) -> TokenStream {
    let (head, derives, name) = (head(ty), derives(ty, paths), ident(&ty.name));
    let fields: Vec<TokenStream> = body
        .fields
        .iter()
        .map(|field| {
            let attributes = field_attributes(field);
            let (name, ty) = (ident(&field.name), paths.ty(plan, &field.full_type()));
            quote!(#attributes pub #name: #ty)
        })
        .collect();
    let extra = extra_field(plan, body, paths);
    quote!(#head #derives pub struct #name { #(#fields,)* #extra })
}

/// The field that keeps keys which the document does not name.
pub(super) fn extra_field(plan: &Plan, body: &StructPlan, paths: &mut Paths) -> Option<TokenStream> {
    let extra = body.extra.as_ref()?;
    let (name, ty) = (ident(&extra.name), paths.ty(plan, &extra.full_type()));
    Some(quote! {
        /// Keys that the document does not name, as they came.
        pub #name: #ty
    })
}

/// What stands before a field: words and marks. How it is read and written stands in the table.
pub(super) fn field_attributes(field: &FieldPlan) -> TokenStream {
    let docs = docs(&field.docs);
    let deprecated = field.deprecated.then(|| quote!(#[deprecated]));
    quote!(#docs #deprecated)
}

fn enumeration(ty: &TypePlan, body: &EnumPlan, paths: &mut Paths) -> TokenStream {
    let names: Vec<_> = body.variants.iter().map(|variant| ident(&variant.name)).collect();
    enumeration_of(ty, body, &names, paths)
}

/// An enumeration with variants of these names.
pub(super) fn enumeration_of(
    ty: &TypePlan,
    body: &EnumPlan,
    names: &[proc_macro2::Ident],
    paths: &mut Paths,
) -> TokenStream {
    let (head, derives, name) = (head(ty), derives(ty, paths), ident(&ty.name));
    // An only one is the default.
    let default = (names.len() == 1).then(|| quote!(#[default]));
    let unlisted = ident(UNLISTED);
    let held = match body.values {
        EnumValues::Text | EnumValues::OpenText => tokens(&paths.prelude("String")),
        EnumValues::Integer => quote!(i64),
        EnumValues::Any => paths.path("serde_json", "Value"),
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

fn union(plan: &Plan, ty: &TypePlan, union: &UnionPlan, paths: &mut Paths) -> TokenStream {
    let tagged = match &union.decoding {
        Decoding::ByTag(property, mapping) => Some((property.as_str(), mapping.as_slice())),
        Decoding::ByKind | Decoding::ByTrial => None,
    };
    let serialize =
        tagged.and_then(|(property, mapping)| tags_written(plan, ty, union, property, mapping, paths));
    let (head, derives) = (head(ty), derives_with(ty, serialize.is_none(), paths));
    let (name, extend_type) = (ident(&ty.name), extend(&ty.assertions));
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
            let (name, extend, ty) = (ident(&variant.name), extend(&assertions), paths.ty(plan, &variant.ty));
            quote!(#extend #name(#ty),)
        })
        .collect();
    let unlisted = tagged.map(|_| {
        let (unlisted, value) = (ident(UNLISTED), paths.path("serde_json", "Value"));
        quote! {
            /// An object of a variant that the document does not list, as it came.
            #[schemars(skip)]
            #unlisted(#value),
        }
    });
    let decode = match tagged {
        Some((property, mapping)) => by_tag(plan, ty, union, property, mapping, paths),
        None if matches!(union.decoding, Decoding::ByKind) => by_kind(plan, ty, union, paths),
        None => by_trial(plan, ty, union, paths),
    };
    let conversions = union_conversions(plan, ty, union, paths);
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

/// The tags of a variant, the one that is written first.
fn tags_of(mapping: &[(String, usize)], index: usize) -> Vec<&String> {
    mapping.iter().filter(|(_, own)| *own == index).map(|(tag, _)| tag).collect()
}

/// `impl Serialize` of a union with variants that do not name their tag; none where each does.
fn tags_written(
    plan: &Plan,
    ty: &TypePlan,
    union: &UnionPlan,
    property: &str,
    mapping: &[(String, usize)],
    paths: &mut Paths,
) -> Option<TokenStream> {
    let is_unnamed = |variant: &UnionVariant| variant.naming(plan, property) == Naming::Unnamed;
    if !union.variants.iter().any(is_unnamed) {
        return None;
    }
    let (serialize, serializer) = (paths.path("serde", "Serialize"), paths.path("serde", "Serializer"));
    let result = tokens(&paths.prelude("Result"));
    let arms = union.variants.iter().enumerate().map(|(index, variant)| {
        let (name, tags) = (ident(&variant.name), tags_of(mapping, index));
        match is_unnamed(variant) && !tags.is_empty() {
            true => quote!(Self::#name(value) => spec_runtime::codegen::models::tagged(serializer, #property, &[#(#tags),*], value)),
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

/// `impl Deserialize`, of which `deserializer` is what is read from.
pub(crate) fn deserialize(name: &str, body: &TokenStream, paths: &mut Paths) -> TokenStream {
    let name = ident(name);
    let (deserialize, deserializer) =
        (paths.path("serde", "Deserialize"), paths.path("serde", "Deserializer"));
    let result = tokens(&paths.prelude("Result"));
    quote! {
        impl<'de> #deserialize<'de> for #name {
            fn deserialize<D: #deserializer<'de>>(deserializer: D) -> #result<Self, D::Error> {
                #body
            }
        }
    }
}

/// One look at the kind of the value, one decoding.
fn by_kind(plan: &Plan, ty: &TypePlan, union: &UnionPlan, paths: &mut Paths) -> TokenStream {
    let (of_union, kind) = (
        paths.path("spec_runtime::codegen::models", "ByKind"),
        paths.path("spec_runtime::codegen::models", "Kind"),
    );
    let (check, deserializer) = (paths.path("spec_runtime", "Check"), paths.path("serde", "Deserializer"));
    let (option, result) = (tokens(&paths.prelude("Option")), tokens(&paths.prelude("Result")));
    let (mut arms, mut words) = (Vec::new(), Vec::new());
    for variant in &union.variants {
        let (kind_name, word) = json_kind(plan, &variant.ty);
        let (name, kind_name) = (ident(&variant.name), ident(kind_name));
        words.push(word);
        arms.push(quote!(#kind::#kind_name => #check::decode(value).map(Self::#name)));
    }
    let (name, expected) = (ident(&ty.name), words.join(" or "));
    let rest = (union.variants.len() < 5).then(|| quote!(_ => return None,));
    let decode = deserialize(&ty.name, &quote!(spec_runtime::codegen::models::by_kind(deserializer)), paths);
    quote! {
        #decode

        impl #of_union for #name {
            const EXPECTED: &'static str = #expected;

            fn of_kind<'de, D: #deserializer<'de>>(kind: #kind, value: D) -> #option<#result<Self, D::Error>> {
                Some(match kind { #(#arms,)* #rest })
            }
        }
    }
}

/// The kind of JSON of a type, and the word for it.
pub(super) fn json_kind(plan: &Plan, ty: &RustType) -> (&'static str, &'static str) {
    match ty {
        RustType::Bool => ("Boolean", "a boolean"),
        RustType::I32 | RustType::I64 | RustType::U32 | RustType::U64 => ("Number", "an integer"),
        RustType::F64 => ("Number", "a number"),
        RustType::Vec(_) | RustType::Tuple(_) => ("Array", "a list"),
        RustType::Map(_) => ("Object", "an object"),
        RustType::Box(inner) | RustType::Option(inner) | RustType::Field(inner) => json_kind(plan, inner),
        RustType::Model(id) => match &plan.type_plan(*id).definition {
            Definition::Enum(EnumPlan { values: EnumValues::Integer, .. }) => ("Number", "an integer"),
            Definition::Alias(inner) | Definition::Wrapper(inner) => json_kind(plan, inner),
            Definition::Struct(_) => ("Object", "an object"),
            _ => ("String", "a string"),
        },
        _ => ("String", "a string"),
    }
}

/// One look at the tag, one decoding.
fn by_tag(
    plan: &Plan,
    ty: &TypePlan,
    union: &UnionPlan,
    property: &str,
    mapping: &[(String, usize)],
    paths: &mut Paths,
) -> TokenStream {
    let (of_union, deserializer) =
        (paths.path("spec_runtime::codegen::models", "ByTag"), paths.path("serde", "Deserializer"));
    let check = paths.path("spec_runtime", "Check");
    let (option, result) = (tokens(&paths.prelude("Option")), tokens(&paths.prelude("Result")));
    let arms = union.variants.iter().enumerate().filter_map(|(index, variant)| {
        let (name, tags) = (ident(&variant.name), tags_of(mapping, index));
        let first = *tags.first()?;
        Some(match variant.naming(plan, property) {
            Naming::Unnamed => quote! {
                #(#tags)|* => #check::decode(value).map(|value| Self::#name(spec_runtime::codegen::models::untagged(value, #property, #first)))
            },
            _ => quote!(#(#tags)|* => #check::decode(value).map(Self::#name)),
        })
    });
    let arms: Vec<TokenStream> = arms.collect();
    let known = mapping.iter().map(|(tag, _)| tag);
    let name = ident(&ty.name);
    let decode = deserialize(&ty.name, &quote!(spec_runtime::codegen::models::by_tag(deserializer)), paths);
    let (unlisted, value) = (ident(UNLISTED), paths.path("serde_json", "Value"));
    let without = union.may_lack_tag(plan, property).then(|| {
        let may_lack = |variant: &&UnionVariant| variant.naming(plan, property) == Naming::Optional;
        let variants: Vec<&UnionVariant> = union.variants.iter().filter(may_lack).collect();
        let (untagged, trials) =
            (paths.path("spec_runtime::codegen::models", "Untagged"), trials(plan, &variants, paths));
        quote! {
            fn without_tag<E: serde::de::Error>(value: #untagged<Self>) -> #option<#result<Self, E>> {
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

fn by_trial(plan: &Plan, ty: &TypePlan, union: &UnionPlan, paths: &mut Paths) -> TokenStream {
    let variants: Vec<&UnionVariant> = union.variants.iter().collect();
    let (untagged, trials) =
        (paths.path("spec_runtime::codegen::models", "Untagged"), trials(plan, &variants, paths));
    deserialize(&ty.name, &quote!(#untagged::read(deserializer)? #trials), paths)
}

/// One variant after the other.
fn trials(plan: &Plan, variants: &[&UnionVariant], paths: &mut Paths) -> TokenStream {
    // Lists first: what is tried twice at every level of a list takes forever.
    let is_list =
        |variant: &&UnionVariant| matches!(meaning(plan, &variant.ty), RustType::Vec(_) | RustType::Tuple(_));
    let (lists, others): (Vec<&UnionVariant>, Vec<&UnionVariant>) =
        variants.iter().copied().partition(is_list);
    let tries: Vec<TokenStream> = lists
        .into_iter()
        .chain(others)
        .map(|variant| {
            let name = ident(&variant.name);
            let fits = check::of_variant(plan, variant, paths);
            quote!(.or(Self::#name, #fits))
        })
        .collect();
    let texts: Vec<String> = variants.iter().map(|variant| paths.type_text(plan, &variant.ty)).collect();
    let expected = texts.join(" or ");
    quote!(#(#tries)* .decode(#expected))
}

/// Every variant whose type is its alone can be had from a value.
fn union_conversions(plan: &Plan, ty: &TypePlan, union: &UnionPlan, paths: &mut Paths) -> TokenStream {
    let name = ident(&ty.name);
    let from = tokens(&paths.prelude("From"));
    let resolved: Vec<RustType> = union.variants.iter().map(|variant| meaning(plan, &variant.ty)).collect();
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
            let boxed = tokens(&paths.prelude("Box"));
            quote!(#boxed::new(value))
        } else {
            quote!(value)
        };
        let inner = paths.ty(plan, inner);
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

/// The type behind aliases.
fn meaning(plan: &Plan, ty: &RustType) -> RustType {
    match ty {
        RustType::Model(id) => match &plan.type_plan(*id).definition {
            Definition::Alias(target) => meaning(plan, target),
            _ => ty.clone(),
        },
        RustType::Box(inner) => meaning(plan, inner),
        RustType::Vec(inner) => RustType::Vec(Box::new(meaning(plan, inner))),
        RustType::Tuple(items) => RustType::Tuple(items.iter().map(|item| meaning(plan, item)).collect()),
        RustType::Map(inner) => RustType::Map(Box::new(meaning(plan, inner))),
        RustType::Option(inner) => RustType::Option(Box::new(meaning(plan, inner))),
        other => other.clone(),
    }
}

fn alias(plan: &Plan, ty: &TypePlan, target: &RustType, paths: &mut Paths) -> TokenStream {
    let (head, name, target) = (head(ty), ident(&ty.name), paths.ty(plan, target));
    quote!(#head pub type #name = #target;)
}

/// JSON has newtypes as what they hold. `transparent` would say so as well, but then the schema has no name
/// to refer back to.
fn wrapper(plan: &Plan, ty: &TypePlan, inner: &RustType, paths: &mut Paths) -> TokenStream {
    let (head, derives, extend) = (head(ty), derives(ty, paths), extend(&ty.assertions));
    let (name, inner) = (ident(&ty.name), paths.ty(plan, inner));
    let from = tokens(&paths.prelude("From"));
    let decode = decode_inner(ty, paths);
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

/// A newtype is decoded as what it holds.
fn decode_inner(ty: &TypePlan, paths: &mut Paths) -> TokenStream {
    let check = paths.path("spec_runtime", "Check");
    deserialize(&ty.name, &quote!(#check::decode(deserializer).map(Self)), paths)
}

/// JSON as it is, with the schema of the document.
fn opaque(plan: &Plan, ty: &TypePlan, schema: &Value, models: &[TypeId], paths: &mut Paths) -> TokenStream {
    let (head, derives) = (head(ty), derives(ty, paths));
    let (name, text) = (ident(&ty.name), &ty.name);
    let value = paths.path("serde_json", "Value");
    let json_schema = paths.path("schemars", "JsonSchema");
    let (schema_type, generator) =
        (paths.path("schemars", "Schema"), paths.path("schemars", "SchemaGenerator"));
    let cow = paths.path("std::borrow", "Cow");
    let from = tokens(&paths.prelude("From"));
    let decode = decode_inner(ty, paths);
    let argument = if models.is_empty() { quote!(_) } else { quote!(generator) };
    // schemars knows what refers to what only of the references that it gave out itself.
    let references: Vec<(String, proc_macro2::Ident)> = models
        .iter()
        .enumerate()
        .map(|(index, id)| {
            (crate::plan::definition(&plan.type_plan(*id).name), ident(&format!("model_{index}")))
        })
        .collect();
    let models = models.iter().zip(&references).map(|(id, (_, variable))| {
        let model = ident(&plan.type_plan(*id).name);
        quote!(let #variable = generator.subschema_for::<#model>();)
    });
    let schema = match schema {
        Value::Object(_) => json_with(schema, &references),
        _ => quote!({}),
    };
    quote! {
        #head #derives
        #[serde(transparent)]
        pub struct #name(pub #value);

        #decode

        impl #json_schema for #name {
            fn schema_name() -> #cow<'static, str> {
                #text.into()
            }

            fn json_schema(#argument: &mut #generator) -> #schema_type {
                #(#models)*
                schemars::json_schema!(#schema)
            }
        }

        impl #from<#value> for #name {
            fn from(value: #value) -> Self {
                Self(value)
            }
        }
    }
}
