//! Our own emitter of models: one fragment of output, one function.

use crate::plan::{
    Decoding, Definition, FieldPlan, Plan, Presence, RustType, StructPlan, TypeId, TypePlan, UnionPlan, UnionVariant, VariantPlan,
};
use crate::rust::{Paths, docs, ident, json, tokens};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value};

/// A model, without its builder.
pub(super) fn definition(plan: &Plan, ty: &TypePlan, paths: &mut Paths) -> TokenStream {
    match &ty.definition {
        Definition::Struct(body) => structure(plan, ty, body, paths),
        Definition::Enum(variants) => enumeration(ty, variants, paths),
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
    let is_enum = matches!(ty.definition, Definition::Enum(_));
    let is_opaque = matches!(ty.definition, Definition::Opaque(..));
    let by_hand = matches!(&ty.definition, Definition::Union(union) if !matches!(union.decoding, Decoding::ByKind));
    let mut names = vec![paths.prelude("Clone")];
    let mut add = |wanted: bool, name: String| {
        if wanted {
            names.push(name);
        }
    };
    add(is_enum, paths.prelude("Copy"));
    add(true, paths.prelude("Debug"));
    add(ty.traits.default, paths.prelude("Default"));
    add(true, "PartialEq".to_owned());
    add(ty.traits.eq, paths.prelude("Eq"));
    add(ty.traits.hash, "Hash".to_owned());
    add(is_enum, "PartialOrd".to_owned());
    add(is_enum, "Ord".to_owned());
    add(true, paths.name("serde", "Serialize"));
    if !by_hand {
        add(true, paths.name("serde", "Deserialize"));
    }
    if !is_opaque {
        add(true, paths.name("schemars", "JsonSchema"));
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
    let (head, derives, extend) = (head(ty), derives(ty, paths), extend(&ty.assertions));
    let name = ident(&ty.name);
    let fields: Vec<TokenStream> = body
        .fields
        .iter()
        .map(|field| {
            let attributes = field_attributes(plan, field, paths);
            let (name, ty) = (ident(&field.name), paths.ty(plan, &field.full_type()));
            quote!(#attributes pub #name: #ty)
        })
        .collect();
    let extra = extra_field(plan, body, paths);
    quote!(#head #derives #extend pub struct #name { #(#fields,)* #extra })
}

/// The field that keeps keys which the document does not name.
pub(super) fn extra_field(plan: &Plan, body: &StructPlan, paths: &mut Paths) -> Option<TokenStream> {
    let (name, ty) = body.extra.as_ref()?;
    let (name, ty) = (ident(name), paths.ty(plan, &RustType::Map(Box::new(ty.clone()))));
    Some(quote! {
        /// Keys that the document does not name, as they came.
        #[serde(flatten)]
        pub #name: #ty
    })
}

/// Everything that stands before a field: words, marks, and how it is read and written.
pub(super) fn field_attributes(plan: &Plan, field: &FieldPlan, paths: &mut Paths) -> TokenStream {
    let docs = docs(&field.docs);
    let deprecated = field.deprecated.then(|| quote!(#[deprecated]));
    let mut serde: Vec<TokenStream> = Vec::new();
    if field.wire != field.name {
        let wire = &field.wire;
        serde.push(quote!(rename = #wire));
    }
    let mut with = None;
    match field.presence {
        Presence::Required => {}
        Presence::RequiredNullable => {
            let nullable = paths.name("spec_runtime", "Nullable");
            with = Some(format!("{nullable}<{}>", paths.type_text(plan, &field.ty)));
            serde.push(quote!(deserialize_with = "spec_runtime::nullable"));
        }
        Presence::Optional => {
            with = Some(paths.type_text(plan, &field.ty));
            let is_none = format!("{}::is_none", paths.prelude("Option"));
            serde.push(quote!(default, deserialize_with = "spec_runtime::present", skip_serializing_if = #is_none));
        }
        Presence::OptionalNullable => {
            let is_absent = format!("{}::is_absent", paths.name("spec_runtime", "Field"));
            serde.push(quote!(default, skip_serializing_if = #is_absent));
        }
    }
    let serde = (!serde.is_empty()).then(|| quote!(#[serde(#(#serde),*)]));
    let with = with.map(|with| quote!(#[schemars(with = #with)]));
    let extend = extend(&field.assertions);
    quote!(#docs #deprecated #serde #with #extend)
}

fn enumeration(ty: &TypePlan, variants: &[VariantPlan], paths: &mut Paths) -> TokenStream {
    let (head, derives) = (head(ty), derives(ty, paths));
    let name = ident(&ty.name);
    let declared = variants.iter().map(|variant| {
        let (attributes, name) = (variant_attributes(variant, variants), ident(&variant.name));
        quote!(#attributes #name)
    });
    let display = variants.iter().map(|variant| {
        let (name, wire) = (ident(&variant.name), &variant.wire);
        quote!(Self::#name => f.write_str(#wire))
    });
    let conversions = enumeration_conversions(ty, variants, paths);
    let (fmt, from_str) = (paths.name("std", "fmt"), conversions.from_str);
    let (fmt, others) = (tokens(&fmt), conversions.others);
    quote! {
        #head #derives
        pub enum #name { #(#declared),* }

        impl #fmt::Display for #name {
            fn fmt(&self, f: &mut #fmt::Formatter<'_>) -> #fmt::Result {
                match *self { #(#display),* }
            }
        }

        #from_str
        #others
    }
}

/// How a variant is written; an only one is the default.
pub(super) fn variant_attributes(variant: &VariantPlan, all: &[VariantPlan]) -> TokenStream {
    let wire = &variant.wire;
    let rename = (variant.name != variant.wire).then(|| quote!(#[serde(rename = #wire)]));
    let default = (all.len() == 1).then(|| quote!(#[default]));
    quote!(#rename #default)
}

pub(super) struct Conversions {
    pub(super) from_str: TokenStream,
    pub(super) others: TokenStream,
}

/// Texts to an enumeration. The error lists what there is.
pub(super) fn enumeration_conversions(ty: &TypePlan, variants: &[VariantPlan], paths: &mut Paths) -> Conversions {
    let (name, text) = (ident(&ty.name), &ty.name);
    let parsed = variants.iter().map(|variant| {
        let (name, wire) = (ident(&variant.name), &variant.wire);
        quote!(#wire => Ok(Self::#name))
    });
    let known = variants.iter().map(|variant| &variant.wire);
    let from_str = paths.path("std::str", "FromStr");
    let unknown = paths.path("spec_runtime", "UnknownValue");
    let (string, try_from, result) = (paths.prelude("String"), paths.prelude("TryFrom"), paths.prelude("Result"));
    let (string, try_from, result) = (tokens(&string), tokens(&try_from), tokens(&result));
    Conversions {
        from_str: quote! {
            impl #from_str for #name {
                type Err = #unknown;
                fn from_str(value: &str) -> #result<Self, #unknown> {
                    match value {
                        #(#parsed,)*
                        _ => Err(#unknown::new(#text, &[#(#known),*])),
                    }
                }
            }
        },
        others: quote! {
            impl #try_from<&str> for #name {
                type Error = #unknown;
                fn try_from(value: &str) -> #result<Self, #unknown> {
                    value.parse()
                }
            }

            impl #try_from<#string> for #name {
                type Error = #unknown;
                fn try_from(value: #string) -> #result<Self, #unknown> {
                    value.parse()
                }
            }
        },
    }
}

fn union(plan: &Plan, ty: &TypePlan, union: &UnionPlan, paths: &mut Paths) -> TokenStream {
    let (head, derives, extend_type) = (head(ty), derives(ty, paths), extend(&ty.assertions));
    let name = ident(&ty.name);
    let one_of = union.exclusive.then(|| quote!(#[schemars(transform = spec_runtime::one_of)]));
    let variants: Vec<TokenStream> = union
        .variants
        .iter()
        .map(|variant| {
            let (name, extend) = (ident(&variant.name), extend(&variant.assertions));
            let ty = paths.ty(plan, &variant.ty);
            quote!(#extend #name(#ty))
        })
        .collect();
    let decode = match &union.decoding {
        Decoding::ByKind => None,
        Decoding::ByTag(property, mapping) => Some(by_tag(ty, union, property, mapping, paths)),
        Decoding::ByTrial => Some(by_trial(plan, ty, union, paths)),
    };
    let conversions = union_conversions(plan, ty, union, paths);
    quote! {
        #head #derives
        #[serde(untagged)]
        #one_of #extend_type
        pub enum #name { #(#variants),* }

        #decode
        #conversions
    }
}

fn deserialize(ty: &TypePlan, body: &TokenStream, paths: &mut Paths) -> TokenStream {
    let name = ident(&ty.name);
    let (deserialize, deserializer) = (paths.path("serde", "Deserialize"), paths.path("serde", "Deserializer"));
    let result = tokens(&paths.prelude("Result"));
    quote! {
        impl<'de> #deserialize<'de> for #name {
            fn deserialize<D: #deserializer<'de>>(deserializer: D) -> #result<Self, D::Error> {
                #body
            }
        }
    }
}

/// One look at the tag, one decoding.
fn by_tag(ty: &TypePlan, union: &UnionPlan, property: &str, mapping: &[(String, usize)], paths: &mut Paths) -> TokenStream {
    let arms = union.variants.iter().enumerate().filter_map(|(index, variant)| {
        let tags: Vec<&String> = mapping.iter().filter(|(_, mapped)| *mapped == index).map(|(tag, _)| tag).collect();
        let name = ident(&variant.name);
        (!tags.is_empty()).then(|| quote!(#(#tags)|* => tagged.decode().map(Self::#name)))
    });
    let known = mapping.iter().map(|(tag, _)| tag);
    let tagged = paths.path("spec_runtime", "Tagged");
    let body = quote! {
        let tagged = #tagged::read(#property, deserializer)?;
        match tagged.tag() {
            #(#arms,)*
            _ => Err(tagged.unknown(&[#(#known),*])),
        }
    };
    deserialize(ty, &body, paths)
}

fn by_trial(plan: &Plan, ty: &TypePlan, union: &UnionPlan, paths: &mut Paths) -> TokenStream {
    // Lists first: serde takes one for a struct as well, and what is tried twice at every level of a list takes forever.
    let is_list = |variant: &&UnionVariant| matches!(meaning(plan, &variant.ty), RustType::Vec(_));
    let (lists, others): (Vec<_>, Vec<_>) = union.variants.iter().partition(is_list);
    let tries = lists.into_iter().chain(others).map(|variant| {
        let name = ident(&variant.name);
        quote!(.or(Self::#name))
    });
    let texts: Vec<String> = union.variants.iter().map(|variant| paths.type_text(plan, &variant.ty)).collect();
    let expected = texts.join(" or ");
    let untagged = paths.path("spec_runtime", "Untagged");
    deserialize(ty, &quote!(#untagged::read(deserializer)? #(#tries)* .decode(#expected)), paths)
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
        RustType::Map(inner) => RustType::Map(Box::new(meaning(plan, inner))),
        RustType::Option(inner) => RustType::Option(Box::new(meaning(plan, inner))),
        other => other.clone(),
    }
}

fn alias(plan: &Plan, ty: &TypePlan, target: &RustType, paths: &mut Paths) -> TokenStream {
    let (head, name, target) = (head(ty), ident(&ty.name), paths.ty(plan, target));
    quote!(#head pub type #name = #target;)
}

/// JSON has newtypes as what they hold. `transparent` would say so as well, but then the schema has no name to refer back to.
fn wrapper(plan: &Plan, ty: &TypePlan, inner: &RustType, paths: &mut Paths) -> TokenStream {
    let (head, derives, extend) = (head(ty), derives(ty, paths), extend(&ty.assertions));
    let (name, inner) = (ident(&ty.name), paths.ty(plan, inner));
    let from = tokens(&paths.prelude("From"));
    quote! {
        #head #derives
        #extend
        pub struct #name(pub #inner);

        impl #from<#inner> for #name {
            fn from(value: #inner) -> Self {
                Self(value)
            }
        }
    }
}

/// JSON as it is, with the schema of the document.
fn opaque(plan: &Plan, ty: &TypePlan, schema: &Value, models: &[TypeId], paths: &mut Paths) -> TokenStream {
    let (head, derives) = (head(ty), derives(ty, paths));
    let (name, text) = (ident(&ty.name), &ty.name);
    let value = paths.path("serde_json", "Value");
    let json_schema = paths.path("schemars", "JsonSchema");
    let (schema_type, generator) = (paths.path("schemars", "Schema"), paths.path("schemars", "SchemaGenerator"));
    let cow = paths.path("std::borrow", "Cow");
    let from = tokens(&paths.prelude("From"));
    let argument = if models.is_empty() { quote!(_) } else { quote!(generator) };
    let models = models.iter().map(|id| {
        let model = ident(&plan.type_plan(*id).name);
        quote!(generator.subschema_for::<#model>();)
    });
    let schema = match schema {
        Value::Object(_) => json(schema),
        _ => quote!({}),
    };
    quote! {
        #head #derives
        #[serde(transparent)]
        pub struct #name(pub #value);

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
