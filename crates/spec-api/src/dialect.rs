//! Schemas of OpenAPI 3.0 → JSON Schema 2020-12, and texts that are base64 in one way of saying so.
//!
//! Knows the differences between the two (OpenAPI 3.0.3, 4.7.24) and nothing else. It works on JSON, so that
//! validators see what the document says and not what we understood.

use crate::model::{Schema, Version};
use serde_json::{Map, Value, json};

/// How far references are followed to see whether null is among the values.
const MAX_HOPS: usize = 8;

/// The document with every schema in the dialect of 2020-12. Pointers stay what they are.
pub(crate) fn to_2020_12(document: Value, version: Version, schemas: &[Schema]) -> Value {
    if version != Version::V3_0 {
        let mut document = document;
        for pointer in schemas.iter().filter_map(Schema::pointer) {
            if let Some(Value::Object(schema)) = document.pointer_mut(pointer) {
                upgrade_bounds(schema);
                say_byte(schema);
            }
        }
        return document;
    }
    let mut upgraded = document.clone();
    for pointer in schemas.iter().filter_map(Schema::pointer) {
        if let Some(Value::Object(schema)) = upgraded.pointer_mut(pointer) {
            upgrade(schema, &document);
        }
    }
    upgraded
}

fn upgrade(schema: &mut Map<String, Value>, document: &Value) {
    // 4.7.23: what stands beside `$ref` is ignored; in 2020-12 it would count.
    if schema.contains_key("$ref") {
        schema.retain(|key, _| key == "$ref");
        return;
    }
    upgrade_bounds(schema);
    say_byte(schema);
    if schema.shift_remove("nullable") == Some(Value::Bool(true)) {
        add_null(schema, document);
    }
}

/// Whether an encoding of contents is base64 (JSON Schema 2020-12 validation, 8.3; RFC 4648, 4).
pub(crate) fn is_base64(encoding: &str) -> bool {
    encoding.eq_ignore_ascii_case("base64")
}

/// What JSON Schema calls an encoding, OpenAPI 3.0 calls a format (3.0.3, 4.4), which can be checked.
fn say_byte(schema: &mut Map<String, Value>) {
    let encoding = schema.get("contentEncoding").and_then(Value::as_str);
    if encoding.is_some_and(is_base64) && !schema.contains_key("format") {
        schema.insert("format".to_owned(), "byte".into());
    }
}

/// Adds null to the values of a schema. Nothing inside of it moves, so that pointers stay what they are:
/// instead of one `anyOf` around everything, each keyword that refuses null is told to take it.
fn add_null(schema: &mut Map<String, Value>, document: &Value) {
    if let Some(reference) = schema.shift_remove("$ref") {
        schema.clear();
        schema.insert("anyOf".to_owned(), json!([{"$ref": reference}, {"type": "null"}]));
        return;
    }
    match schema.get_mut("type") {
        Some(name @ Value::String(_)) if name != "null" => *name = json!([name, "null"]),
        Some(Value::Array(names)) if !names.contains(&json!("null")) => names.push(json!("null")),
        _ => {}
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    for keyword in ["anyOf", "oneOf"] {
        if let Some(Value::Array(variants)) = schema.get_mut(keyword)
            // With `oneOf`, a second one would refuse it again.
            && !variants.iter().any(|variant| takes_null(variant, document, MAX_HOPS))
        {
            variants.push(json!({"type": "null"}));
        }
    }
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        if !takes_null(part, document, MAX_HOPS)
            && let Value::Object(part) = part
        {
            add_null(part, document);
        }
    }
}

/// Whether null is among the values of a schema, in either dialect.
fn takes_null(schema: &Value, document: &Value, hops: usize) -> bool {
    let Value::Object(schema) = schema else { return *schema != Value::Bool(false) };
    if let Some(reference) = schema.get("$ref") {
        let pointer = reference.as_str().and_then(spec_document::Pointer::from_fragment);
        let target = pointer.and_then(|pointer| document.pointer(pointer.as_str()));
        return hops > 0 && target.is_some_and(|target| takes_null(target, document, hops - 1));
    }
    if schema.get("nullable") == Some(&Value::Bool(true)) {
        return true;
    }
    let list = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
    let takes = |variant: &Value| hops > 0 && takes_null(variant, document, hops - 1);
    let by_type = match schema.get("type") {
        None => true,
        Some(Value::Array(names)) => names.contains(&json!("null")),
        Some(name) => name == "null",
    };
    by_type
        && list("enum").is_none_or(|values| values.contains(&Value::Null))
        && list("anyOf").is_none_or(|variants| variants.iter().any(takes))
        && list("oneOf").is_none_or(|variants| variants.iter().any(takes))
        && list("allOf").is_none_or(|parts| parts.iter().all(takes))
}

/// `exclusiveMinimum: true` beside `minimum` becomes a bound of its own, and so for the maximum.
pub(crate) fn upgrade_bounds(schema: &mut Map<String, Value>) {
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        match schema.get(exclusive) {
            Some(Value::Bool(true)) => {
                if let Some(value) = schema.shift_remove(bound) {
                    schema.insert(exclusive.to_owned(), value);
                } else {
                    schema.shift_remove(exclusive);
                }
            }
            Some(Value::Bool(false)) => {
                schema.shift_remove(exclusive);
            }
            _ => {}
        }
    }
}
