//! Schemas of OpenAPI 3.0 → JSON Schema 2020-12, and texts that are base64 in one way of saying so.
//!
//! Knows the differences between the two (OpenAPI 3.0.3, 4.7.24); those of null stand in `schema/null.rs`. It
//! works on JSON, so that validators see what the document says. Must not know what we understood of it.

use crate::model::{Schema, Version};
use crate::schema::null::{self, Targets};
use crate::schema::table::SchemaTable;
use serde_json::{Map, Value};

/// Writes every schema of a document in the dialect of 2020-12. Pointers stay what they are.
pub(crate) fn to_2020_12(document: Value, version: Version, table: &SchemaTable) -> Value {
    let mut document = document;
    if version != Version::V3_0 {
        for pointer in table.iter().filter_map(Schema::pointer) {
            if let Some(Value::Object(schema)) = document.pointer_mut(pointer) {
                upgrade_bounds(schema);
                add_byte_format(schema);
                name_once(schema);
            }
        }
        return document;
    }
    let targets = Targets::of(&document);
    for pointer in table.iter().filter_map(Schema::pointer) {
        if let Some(Value::Object(schema)) = document.pointer_mut(pointer) {
            upgrade(schema, &targets);
        }
    }
    document
}

fn upgrade(schema: &mut Map<String, Value>, targets: &Targets) {
    // 4.7.23: what stands beside `$ref` is ignored; in 2020-12 it would count.
    if schema.contains_key("$ref") {
        schema.retain(|key, _| key == "$ref");
        return;
    }
    upgrade_bounds(schema);
    add_byte_format(schema);
    name_once(schema);
    if schema.shift_remove("nullable") == Some(Value::Bool(true)) {
        null::add_to_json(schema, targets);
    }
}

/// Returns whether an encoding of contents is base64 (JSON Schema 2020-12 validation, 8.3; RFC 4648, 4).
pub(crate) fn is_base64(encoding: &str) -> bool {
    encoding.eq_ignore_ascii_case("base64")
}

/// Adds the format `byte` where JSON Schema has an encoding (OpenAPI 3.0.3, 4.4): a format can be checked.
fn add_byte_format(schema: &mut Map<String, Value>) {
    let encoding = schema.get("contentEncoding").and_then(Value::as_str);
    if encoding.is_some_and(is_base64) && !schema.contains_key("format") {
        schema.insert("format".to_owned(), "byte".into());
    }
}

/// Names each property once that must be there, as JSON Schema asks for (JSON Schema 2020-12 validation,
/// 6.5.3): validators count on it.
fn name_once(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(names)) = schema.get_mut("required") {
        let mut known = Vec::with_capacity(names.len());
        names.retain(|name| {
            let is_new = !known.contains(name);
            known.extend(is_new.then(|| name.clone()));
            is_new
        });
    }
}

/// Writes `exclusiveMinimum: true` beside `minimum` as a bound of its own, and so for the maximum.
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
