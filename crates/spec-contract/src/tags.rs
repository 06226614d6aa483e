//! Discriminators, as schemas for validators.
//!
//! JSON Schema does not know `discriminator` (OpenAPI 3.1, 4.8.25): a message that names its variant is one
//! of that variant, whatever others its properties would fit, and one that names none that is there is
//! nobody's. Documents leave that to the discriminator, and declare the property as any text.
//!
//! Knows unions and their tags. Must not know HTTP.

use serde_json::{Value, json};
use spec_api::{Api, Discriminator, Kind, SchemaId};
use std::borrow::Cow;
use std::collections::HashSet;

/// Returns the document, in which each variant of a union that is told by a property asks for its own values
/// of that property, and for the property where the variant does not name it. Pointers stay what they are.
pub(crate) fn told(api: &Api) -> Cow<'_, Value> {
    let mut document = Cow::Borrowed(&api.json);
    let mut done = HashSet::new();
    for (_, schema) in api.schemas() {
        let Kind::Union { variants, discriminator: Some(discriminator), .. } = &schema.kind else { continue };
        let Some(place) = schema.pointer() else { continue };
        // Schemas without names can't be told by one (OpenAPI 3.1, 4.8.25).
        if discriminator.mapping.is_empty() {
            continue;
        }
        let asked: Option<Vec<Asked>> =
            (0..variants.len()).map(|index| asked(api, variants[index], discriminator, index)).collect();
        for (variant, asked) in variants.iter().zip(asked.unwrap_or_default()) {
            let part = match asked {
                Asked::Enough => continue,
                Asked::Values(tags) => json!({"properties": {&discriminator.property: {"enum": tags}}}),
                Asked::Property(tags) => {
                    let property = &discriminator.property;
                    json!({"properties": {property: {"enum": tags}}, "required": [property]})
                }
            };
            // What stands elsewhere may be a variant of another union, too.
            let own = api.schema(*variant).pointer().filter(|pointer| is_within(pointer, place));
            let Some(pointer) = own.filter(|pointer| done.insert(pointer.to_string())) else { continue };
            if let Some(Value::Object(variant)) = document.to_mut().pointer_mut(pointer)
                && let Value::Array(parts) = variant.entry("allOf").or_insert_with(|| json!([]))
            {
                parts.push(part);
            }
        }
    }
    document
}

/// The demand of a discriminator on a variant, beyond the variant's own schema.
enum Asked<'a> {
    /// Nothing.
    Enough,
    /// These values of the property.
    Values(Vec<&'a str>),
    /// The property, with one of these values.
    Property(Vec<&'a str>),
}

/// Returns what is asked of a variant; none where that is no object, whose properties could be looked at, or
/// the property no text.
fn asked<'a>(
    api: &Api,
    variant: SchemaId,
    discriminator: &'a Discriminator,
    index: usize,
) -> Option<Asked<'a>> {
    let Kind::Object(object) = &api.schema(api.resolve(variant)).kind else { return None };
    let own = discriminator.mapping.iter().filter(|(_, own)| *own == index).map(|(tag, _)| tag.as_str());
    let tags: Vec<&str> = own.collect();
    let Some(named) = object.properties.iter().find(|own| own.name == discriminator.property) else {
        return Some(Asked::Property(tags));
    };
    match &api.schema(api.resolve(named.schema)).kind {
        Kind::String(_) => Some(Asked::Values(tags)),
        Kind::Enum(values)
            if values.iter().all(|value| value.as_str().is_some_and(|text| tags.contains(&text))) =>
        {
            Some(Asked::Enough)
        }
        Kind::Enum(values) if values.iter().all(Value::is_string) => Some(Asked::Values(tags)),
        _ => None,
    }
}

fn is_within(pointer: &str, place: &str) -> bool {
    pointer.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
}
