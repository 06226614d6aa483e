//! The room of typify: only this module imports it. typify confirms models; none of its text reaches a file.
//!
//! A model is lowered to a schema of the draft that typify takes, in which nothing is left that it would get
//! wrong: every field required, no constraint, references to models that are named elsewhere. What typify
//! prints of it is held against the plan: the fields or variants, their names on the wire, and the types of
//! values. Presence, order, words and conversions are the plan's alone.

use crate::catch_panic;
use crate::plan::{
    Definition, EnumPlan, ExtraPlan, Plan, RustType, StructPlan, TypeId, TypePlan, VariantPlan,
};
use crate::printer::Printer;
use crate::rust::{self, tokens};
use proc_macro2::TokenStream;
use quote::ToTokens;
use schemars08::schema::Schema;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use syn::visit_mut::VisitMut;
use typify::{TypeSpace, TypeSpaceSettings};

/// Says why typify does not confirm a model.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    /// The words with which it panicked, if it did.
    pub(super) panic: Option<String>,
}

/// Has typify print a struct or an enumeration, and holds that against the plan.
pub(super) fn confirm(printer: &Printer<'_>, ty: &TypePlan) -> Result<(), Refusal> {
    let plan = printer.plan;
    let (schema, models) = lower(plan, ty).ok_or_else(Refusal::default)?;
    let printed = match catch_panic::run(|| render(plan, &ty.name, schema, &models)) {
        Ok(printed) => printed.ok_or_else(Refusal::default)?,
        Err(panic) => return Err(Refusal { panic: Some(panic) }),
    };
    let is_same = match &ty.definition {
        // What is compared is not printed: it imports nothing.
        Definition::Struct(body) => is_same_struct(&mut printer.fresh(), body, printed),
        Definition::Enum(body) => is_same_enum(body, printed),
        _ => None,
    };
    is_same.ok_or_else(Refusal::default)
}

/// Lowers a model to a schema, and returns the models that it refers to.
fn lower(plan: &Plan, ty: &TypePlan) -> Option<(Value, Vec<TypeId>)> {
    let mut models = Vec::new();
    let schema = match &ty.definition {
        Definition::Struct(body) => {
            let mut properties = Map::new();
            for field in &body.fields {
                properties.insert(field.wire.clone(), lower_type(plan, &field.ty, &mut models)?);
            }
            let required: Vec<&String> = properties.keys().collect();
            let mut schema = json!({"type": "object", "required": required, "properties": properties});
            if let Some(ExtraPlan { ty: Some(values), .. }) = &body.extra {
                schema["additionalProperties"] = lower_type(plan, values, &mut models)?;
            }
            schema
        }
        Definition::Enum(EnumPlan { variants, .. }) => {
            // It panics on texts whose names it can't tell apart (0.8.0, "Failed to make unique variant
            // names"): names of variants are plain, and the refining knows their texts.
            let plain: HashSet<String> =
                variants.iter().map(|own| own.name.replace('_', "").to_lowercase()).collect();
            if plain.len() < variants.len() || variants.iter().any(|variant| !variant.wire.is_string()) {
                return None;
            }
            let names: Vec<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
            json!({"type": "string", "enum": names})
        }
        _ => return None,
    };
    models.retain(|id| plan.type_plan(*id).name != ty.name);
    Some((schema, models))
}

/// Lowers a type to a schema; none where typify has no such type.
fn lower_type(plan: &Plan, ty: &RustType, models: &mut Vec<TypeId>) -> Option<Value> {
    if let Some(scalar) = ty.scalar_schema() {
        return Some(scalar);
    }
    Some(match ty {
        RustType::Json => json!({}),
        RustType::Vec(item) => json!({"type": "array", "items": lower_type(plan, item, models)?}),
        RustType::Tuple(items) => {
            let lowered: Vec<Value> =
                items.iter().map(|item| lower_type(plan, item, models)).collect::<Option<_>>()?;
            json!({"type": "array", "items": lowered, "minItems": items.len(), "maxItems": items.len()})
        }
        RustType::Map(item) => {
            json!({"type": "object", "additionalProperties": lower_type(plan, item, models)?})
        }
        RustType::Option(inner) => json!({"oneOf": [lower_type(plan, inner, models)?, {"type": "null"}]}),
        RustType::Model(id) => {
            models.push(*id);
            json!({"$ref": format!("#/definitions/{}", plan.type_plan(*id).name)})
        }
        _ => return None,
    })
}

/// Has typify print a schema.
fn render(plan: &Plan, name: &str, schema: Value, models: &[TypeId]) -> Option<TokenStream> {
    let mut settings = TypeSpaceSettings::default();
    settings.with_map_type("::indexmap::IndexMap");
    let mut definitions: Vec<(String, Schema)> = Vec::new();
    for id in models {
        let model = &plan.type_plan(*id).name;
        if !definitions.iter().any(|(known, _)| known == model) {
            settings.with_replacement(model, model, std::iter::empty());
            definitions.push((model.clone(), Schema::Bool(true)));
        }
    }
    definitions.push((name.to_owned(), serde_json::from_value(schema).ok()?));
    let mut space = TypeSpace::new(&settings);
    space.add_ref_types(definitions).ok()?;
    rust::declaration(space.to_stream(), name)
}

/// Holds a struct that typify printed against the plan: each field by its name on the wire, with the type of
/// its value.
fn is_same_struct(printer: &mut Printer<'_>, body: &StructPlan, printed: TokenStream) -> Option<()> {
    let mut printed: syn::ItemStruct = syn::parse2(printed).ok()?;
    ShortPaths { printer }.visit_item_struct_mut(&mut printed);
    let syn::Fields::Named(declared) = &printed.fields else { return None };
    for field in &body.fields {
        let is_own = |declared: &&syn::Field| wire_name(declared).as_ref() == Some(&field.wire);
        is_same_type(&declared.named.iter().find(is_own)?.ty, &printer.type_text(&field.ty))?;
    }
    let is_described = body.extra.as_ref().is_some_and(|extra| extra.ty.is_some());
    (declared.named.len() == body.fields.len() + usize::from(is_described)).then_some(())
}

/// Returns the name that serde uses: what `rename` says, or the field's own.
fn wire_name(field: &syn::Field) -> Option<String> {
    renamed(&field.attrs).or_else(|| Some(field.ident.as_ref()?.to_string()))
}

/// Returns the name that `#[serde(rename = …)]` says.
fn renamed(attributes: &[syn::Attribute]) -> Option<String> {
    let mut name = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = Some(meta.value()?.parse::<syn::LitStr>()?.value());
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<syn::Lit>()?;
            }
            Ok(())
        });
    }
    name
}

/// Holds a type that typify printed against the plan.
fn is_same_type(printed: &syn::Type, planned: &str) -> Option<()> {
    // Two signs in a row may be one for the parser: `>>`.
    let plain = |code: TokenStream| code.to_string().replace(' ', "");
    (plain(printed.to_token_stream()) == plain(tokens(planned))).then_some(())
}

/// Holds an enumeration that typify printed against the plan: its variants, in their order.
fn is_same_enum(body: &EnumPlan, printed: TokenStream) -> Option<()> {
    let printed: syn::ItemEnum = syn::parse2(printed).ok()?;
    let is_same = |(variant, own): (&VariantPlan, &syn::Variant)| {
        let wire = renamed(&own.attrs).unwrap_or_else(|| own.ident.to_string());
        own.ident == variant.name && variant.name == wire
    };
    let mut pairs = body.variants.iter().zip(&printed.variants);
    (printed.variants.len() == body.variants.len() && pairs.all(is_same)).then_some(())
}

/// Shortens paths: typify writes them whole; here they are as short as the file allows.
struct ShortPaths<'a, 'p> {
    printer: &'a mut Printer<'p>,
}

impl VisitMut for ShortPaths<'_, '_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        syn::visit_mut::visit_path_mut(self, path);
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (short, kept) = match names.as_slice() {
            ["std", "string" | "vec" | "option" | "boxed" | "result", name] => {
                (self.printer.prelude_name(name), 1)
            }
            ["serde_json", name @ "Value"] | ["uuid", name @ "Uuid"] | ["indexmap", name @ "IndexMap"] => {
                (self.printer.name(names[0], name), 1)
            }
            ["chrono", "DateTime"] => (self.printer.name("chrono", "DateTime"), 1),
            ["chrono", "offset", "Utc"] => (self.printer.name("chrono", "Utc"), 1),
            ["chrono", "naive", "NaiveDate"] => (self.printer.name("chrono", "NaiveDate"), 1),
            ["std", "fmt", _] => (self.printer.name("std", "fmt"), 2),
            _ => return,
        };
        let Ok(mut replaced) = syn::parse2::<syn::Path>(tokens(&short)) else { return };
        let tail: Vec<syn::PathSegment> =
            path.segments.iter().skip(path.segments.len() - kept).cloned().collect();
        if kept == 2 {
            replaced.segments.push(tail[1].clone());
        } else if let (Some(last), Some(own)) = (replaced.segments.last_mut(), tail.first()) {
            last.arguments = own.arguments.clone();
        }
        *path = replaced;
    }
}
