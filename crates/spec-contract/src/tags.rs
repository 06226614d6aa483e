//! What a discriminator says, for validators.
//!
//! JSON Schema does not know `discriminator` (OpenAPI 3.1, 4.8.25): a message that names its variant is one of that variant,
//! whatever others its properties would fit, and one that names none that is there is nobody's. Documents leave that to the
//! discriminator, and declare the property as any text.
//!
//! Knows unions and their tags. Must not know HTTP.

use serde_json::{Value, json};
use spec_api::{Api, Discriminator, Kind, SchemaId};
use std::borrow::Cow;
use std::collections::HashSet;

/// The document, in which each variant of a union that is told by a property asks for its own values of that property. Pointers
/// stay what they are.
pub(crate) fn told(api: &Api) -> Cow<'_, Value> {
    let mut document = Cow::Borrowed(&api.json);
    let mut done = HashSet::new();
    for (_, schema) in api.schemas() {
        let Kind::Union { variants, discriminator: Some(discriminator), .. } = &schema.kind else { continue };
        if !variants.iter().all(|variant| asks(api, *variant, &discriminator.property)) {
            continue;
        }
        let Some(place) = schema.pointer() else { continue };
        for (index, variant) in variants.iter().enumerate() {
            // What stands elsewhere may be a variant of another union, too.
            let own = api.schema(*variant).pointer().filter(|pointer| is_within(pointer, place));
            let Some(pointer) = own.filter(|pointer| done.insert(pointer.to_string())) else { continue };
            let own = own_tags(discriminator, index);
            if let Some(Value::Object(variant)) = document.to_mut().pointer_mut(pointer) {
                let parts = variant.entry("allOf").or_insert_with(|| json!([]));
                if let Value::Array(parts) = parts {
                    parts.push(json!({"properties": {&discriminator.property: {"enum": own}}}));
                }
            }
        }
    }
    document
}

fn is_within(pointer: &str, place: &str) -> bool {
    pointer.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a variant is an object that has to have the property: without it, only its other properties can tell.
fn asks(api: &Api, variant: SchemaId, property: &str) -> bool {
    match &api.schema(api.resolve(variant)).kind {
        Kind::Object(object) => {
            object.properties.iter().any(|own| own.name == property && own.required && is_text(api, own.schema))
        }
        _ => false,
    }
}

/// Whether a schema has texts only, as tags are.
fn is_text(api: &Api, schema: SchemaId) -> bool {
    match &api.schema(api.resolve(schema)).kind {
        Kind::String(_) => true,
        Kind::Enum(values) => values.iter().all(Value::is_string),
        _ => false,
    }
}

fn own_tags(discriminator: &Discriminator, index: usize) -> Vec<&str> {
    discriminator.mapping.iter().filter(|(_, own)| *own == index).map(|(tag, _)| tag.as_str()).collect()
}
