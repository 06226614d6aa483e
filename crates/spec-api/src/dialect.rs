//! Schemas of OpenAPI 3.0 → JSON Schema 2020-12.
//!
//! Knows the differences between the two (OpenAPI 3.0.3, 4.7.24) and nothing else. It works on JSON, so that validators see
//! what the document says and not what we understood.

use crate::model::{Schema, Version};
use serde_json::{Map, Value};

/// The document with every schema in the dialect of 2020-12. Pointers stay what they are.
pub(crate) fn to_2020_12(mut document: Value, version: Version, schemas: &[Schema]) -> Value {
    if version == Version::V3_0 {
        for pointer in schemas.iter().filter_map(Schema::pointer) {
            if let Some(Value::Object(schema)) = document.pointer_mut(pointer) {
                upgrade(schema);
            }
        }
    }
    document
}

fn upgrade(schema: &mut Map<String, Value>) {
    // 4.7.23: what stands beside `$ref` is ignored; in 2020-12 it would count.
    if schema.contains_key("$ref") {
        schema.retain(|key, _| key == "$ref");
        return;
    }
    upgrade_bounds(schema);
    if schema.remove("nullable") == Some(Value::Bool(true)) {
        if let Some(Value::String(name)) = schema.get("type").cloned() {
            schema.insert("type".to_owned(), Value::from(vec![name, "null".to_owned()]));
        }
        if let Some(Value::Array(values)) = schema.get_mut("enum")
            && !values.contains(&Value::Null)
        {
            values.push(Value::Null);
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(Value::Array(variants)) = schema.get_mut(keyword) {
                variants.push(serde_json::json!({"type": "null"}));
            }
        }
        if let Some(parts) = schema.remove("allOf") {
            let whole = serde_json::json!([{"allOf": parts}, {"type": "null"}]);
            schema.insert("anyOf".to_owned(), whole);
        }
    }
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
