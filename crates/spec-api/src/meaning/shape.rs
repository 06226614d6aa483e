//! What a schema says itself, as a text, with the schemas that it is made of.
//!
//! Knows every field of a schema, and which of them is for people only. Must not know other schemas beyond
//! what a place says of the schema that stands there.

use crate::{Additional, Api, Kind, Object, Property, Schema, SchemaId};
use serde_json::{Map, Value, json};
use spec_document::Pointer;

/// The largest number of values that a piece of JSON Schema is compared by, references written out.
const MOST: usize = 10_000;

/// Keywords that only people read.
const WORDS: [&str; 6] = ["title", "description", "example", "examples", "deprecated", "$comment"];

/// The meaning of a schema without its parts. Of two schemas with the same text, parts are in the same order.
#[derive(Default)]
pub(super) struct Shape {
    pub(super) text: String,
    pub(super) parts: Vec<SchemaId>,
}

/// Returns what a schema says itself, null, default and direction aside.
pub(super) fn of(api: &Api, id: SchemaId) -> Shape {
    let schema = api.schema(id);
    let mut parts = Vec::new();
    let said = match &schema.kind {
        // It leads to itself.
        Kind::Reference(_) => json!(["circle", id.0]),
        Kind::Any => json!("any"),
        Kind::Never => json!("never"),
        Kind::Boolean => json!("boolean"),
        Kind::Integer(format) => json!(["integer", format]),
        Kind::Number(format) => json!(["number", format]),
        Kind::String(format) => json!(["string", format]),
        Kind::Enum(values) => json!(["enum", values, names(schema)]),
        Kind::Array(items) => {
            parts.extend(items);
            json!(["array", items.map(|items| place(api, items))])
        }
        Kind::Tuple(items) => {
            parts.extend(items);
            json!(["tuple", items.iter().map(|item| place(api, *item)).collect::<Vec<_>>()])
        }
        Kind::Object(object) => of_object(api, object, &mut parts),
        Kind::Union { variants, exclusive, discriminator } => {
            parts.extend(variants);
            let titled = |id: &SchemaId| json!([place(api, *id), api.schema(api.resolve(*id)).title]);
            let variants: Vec<Value> = variants.iter().map(titled).collect();
            let by = discriminator.as_ref().map(|by| (&by.property, &by.mapping));
            json!(["union", exclusive, variants, by])
        }
        Kind::Opaque => json!(["opaque", whole(api, api.json_schema(id))]),
    };
    let assertions: Map<String, Value> =
        schema.assertions.iter().map(|(keyword, value)| (keyword.clone(), whole(api, value))).collect();
    let mut text = String::new();
    write(&json!([said, assertions]), &mut text);
    Shape { text, parts: parts.into_iter().map(|id| api.resolve(id)).collect() }
}

/// Returns the names that values have.
fn names(schema: &Schema) -> Vec<(&Value, &String)> {
    schema.value_names.iter().map(|(value, name)| (value, name)).collect()
}

fn of_object(api: &Api, object: &Object, parts: &mut Vec<SchemaId>) -> Value {
    // Objects are written in this order.
    parts.extend(object.properties.iter().map(|property| property.schema));
    let properties: Vec<Value> =
        object.properties.iter().map(|property| of_property(api, property)).collect();
    let additional = match &object.additional {
        Additional::Unsaid => json!("unsaid"),
        Additional::Refused => json!("refused"),
        Additional::Allowed(None) => json!("any"),
        Additional::Allowed(Some(values)) => {
            parts.push(*values);
            json!([place(api, *values)])
        }
    };
    json!(["object", properties, additional])
}

/// Returns what is said of a property beside the values that it has.
fn of_property(api: &Api, property: &Property) -> Value {
    let (own, meant) = (api.schema(property.schema), api.schema(api.resolve(property.schema)));
    json!([
        property.name,
        property.required,
        place(api, property.schema),
        own.default.as_ref().or(meant.default.as_ref()),
        own.read_only || meant.read_only,
        own.write_only || meant.write_only,
        own.deprecated || meant.deprecated,
    ])
}

/// Returns what is said of whatever stands in a place: whether null does, and the name that is pinned there.
fn place(api: &Api, id: SchemaId) -> Value {
    json!([api.is_nullable(id), api.schema(id).pinned_name])
}

/// Returns a piece of JSON Schema without words, and with what it refers to in place of references; as it is
/// where that has no end, or is too long to be compared.
fn whole(api: &Api, value: &Value) -> Value {
    let mut left = MOST;
    written_out(api, value, 0, &mut left).unwrap_or_else(|| value.clone())
}

fn written_out(api: &Api, value: &Value, depth: usize, left: &mut usize) -> Option<Value> {
    *left = left.checked_sub(1)?;
    match value {
        Value::Array(items) => items.iter().map(|item| written_out(api, item, depth, left)).collect(),
        Value::Object(members) => {
            let mut out = Map::new();
            for (key, member) in members {
                let target = match member {
                    Value::String(reference) if key == "$ref" && !crate::is_metaschema(reference) => {
                        let pointer = Pointer::from_fragment(reference).filter(|_| depth < 16)?;
                        Some(api.json.pointer(pointer.as_str())?)
                    }
                    _ => None,
                };
                let said = match target {
                    Some(target) if members.len() == 1 => return written_out(api, target, depth + 1, left),
                    Some(target) => written_out(api, target, depth + 1, left)?,
                    // Properties may be called so.
                    None if (WORDS.contains(&key.as_str()) || key.starts_with("x-"))
                        && !member.is_object() =>
                    {
                        continue;
                    }
                    None => written_out(api, member, depth, left)?,
                };
                out.insert(key.clone(), said);
            }
            Some(Value::Object(out))
        }
        other => Some(other.clone()),
    }
}

/// Writes a value with the members of objects in the order of their names.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            out.push('{');
            for (name, member) in members {
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write(member, out);
                out.push(',');
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}
