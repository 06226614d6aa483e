//! A JSON Schema that stands alone → an OpenAPI document that has it as a component.
//!
//! Knows which keywords of JSON Schema 2020-12 hold schemas, and which hold data that only looks like one.
//! Must not know what becomes of the document.

use serde_json::{Map, Value, json};

/// The name of the component.
pub const ROOT: &str = "Root";

/// Where it stands.
pub const POINTER: &str = "/components/schemas/Root";

/// Keywords that hold a schema.
const ONE: &[&str] = &[
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Keywords that hold a list of schemas.
const LISTS: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];

/// Keywords that hold schemas by name.
const MAPS: &[&str] = &["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"];

/// The component that holds a value of it, as [`VALUE`]: what a schema says beyond a type stands where the
/// type is used.
pub const HOLDER: &str = "/components/schemas/Holder";

/// The property of the holder.
pub const VALUE: &str = "value";

/// The smallest document that has the schema, and uses it.
pub fn document(schema: &Value) -> Value {
    let holder = json!({
        "type": "object",
        "required": [VALUE],
        "properties": { VALUE: { "$ref": format!("#{POINTER}") } },
        "additionalProperties": false,
    });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "A schema", "version": "1" },
        "paths": {},
        "components": { "schemas": { ROOT: component(schema), "Holder": holder } },
    })
}

/// The schema as it says the same within a document: what points to its own root points to where that is now.
///
/// A schema with an `$id` is a resource of its own, whose pointers start at itself. Nothing needs to be moved
/// within one; but as long as no reference names it, it is simpler to do without.
pub fn component(schema: &Value) -> Value {
    let keeps_ids = names_resources(schema);
    moved(schema, &format!("#{POINTER}"), Some(&format!("#{POINTER}")), keeps_ids)
}

/// Returns true if a reference is anything but a pointer.
fn names_resources(schema: &Value) -> bool {
    let Value::Object(members) = schema else { return false };
    let own = ["$ref", "$dynamicRef"].iter().filter_map(|key| members.get(*key)?.as_str());
    let mut found = own.into_iter().any(|reference| reference != "#" && !reference.starts_with("#/"));
    each_schema(members, &mut |_, inner| found |= names_resources(inner));
    found
}

/// `here` is where the schema stands; `base` is where its pointers start, none where they are to be left
/// alone.
fn moved(schema: &Value, here: &str, base: Option<&str>, keeps_ids: bool) -> Value {
    let Value::Object(members) = schema else { return schema.clone() };
    let base = match members.get("$id") {
        Some(_) if keeps_ids => None,
        Some(_) => Some(here),
        None => base,
    };
    let mut result = Map::new();
    for (key, member) in members {
        let value = match (key.as_str(), member) {
            ("$schema", _) => continue,
            ("$id", _) if !keeps_ids => continue,
            ("$ref" | "$dynamicRef", Value::String(reference)) => {
                Value::String(moved_reference(reference, base))
            }
            _ => member.clone(),
        };
        result.insert(key.clone(), value);
    }
    let mut inner: Vec<(Vec<String>, Value)> = Vec::new();
    each_schema(members, &mut |path, schema| {
        let here = path.iter().fold(here.to_owned(), |here, token| format!("{here}/{}", escaped(token)));
        inner.push((path.to_vec(), moved(schema, &here, base, keeps_ids)));
    });
    let mut result = Value::Object(result);
    for (path, schema) in inner {
        let pointer: String =
            path.iter().map(|token| format!("/{}", token.replace('~', "~0").replace('/', "~1"))).collect();
        if let Some(place) = result.pointer_mut(&pointer) {
            *place = schema;
        }
    }
    result
}

fn moved_reference(reference: &str, base: Option<&str>) -> String {
    match (base, reference.strip_prefix('#')) {
        (Some(base), Some(pointer)) if pointer.is_empty() || pointer.starts_with('/') => {
            format!("{base}{pointer}")
        }
        _ => reference.to_owned(),
    }
}

/// Calls back for each schema directly within one, with the keys and indices that lead there.
pub fn each_schema(members: &Map<String, Value>, call: &mut dyn FnMut(&[String], &Value)) {
    for (key, member) in members {
        let keyword = key.as_str();
        match member {
            schema if ONE.contains(&keyword) && (schema.is_object() || schema.is_boolean()) => {
                call(std::slice::from_ref(key), schema)
            }
            Value::Array(list) if LISTS.contains(&keyword) => {
                for (index, schema) in list.iter().enumerate() {
                    call(&[key.clone(), index.to_string()], schema);
                }
            }
            Value::Object(named) if MAPS.contains(&keyword) => {
                for (name, schema) in named {
                    call(&[key.clone(), name.clone()], schema);
                }
            }
            _ => {}
        }
    }
}

/// A token of a JSON pointer within a URI (RFC 6901, 6).
fn escaped(token: &str) -> String {
    let mut text = String::new();
    for byte in token.replace('~', "~0").replace('/', "~1").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'$' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(byte))
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{component, document};
    use serde_json::json;

    #[test]
    fn pointers_start_where_the_schema_stands_now() {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": "#",
            "$defs": { "a/b": { "items": { "$ref": "#/$defs/a~1b" } }, "c": { "$anchor": "c" } },
            "anyOf": [
                { "$ref": "#/properties/a%25" },
                { "$dynamicRef": "#/$defs/c" },
                { "$dynamicRef": "#c" },
            ],
            "not": false,
        });
        let moved = json!({
            "$ref": "#/components/schemas/Root",
            "$defs": {
                "a/b": { "items": { "$ref": "#/components/schemas/Root/$defs/a~1b" } },
                "c": { "$anchor": "c" },
            },
            "anyOf": [
                { "$ref": "#/components/schemas/Root/properties/a%25" },
                { "$dynamicRef": "#/components/schemas/Root/$defs/c" },
                { "$dynamicRef": "#c" },
            ],
            "not": false,
        });
        assert_eq!(document(&schema)["components"]["schemas"]["Root"], moved);
        assert_eq!(component(&json!(true)), json!(true));
    }

    #[test]
    fn data_and_names_are_no_references() {
        let schema = json!({
            "properties": { "$ref": { "type": "string" }, "$schema": true, "$id": { "$ref": "#" } },
            "enum": [{ "$ref": "#" }],
            "const": { "$ref": "#", "$schema": "x" },
            "default": { "items": { "$ref": "#" } },
            "examples": [{ "$ref": "#" }],
        });
        let mut moved = schema.clone();
        moved["properties"]["$id"]["$ref"] = json!("#/components/schemas/Root");
        assert_eq!(component(&schema), moved);
    }

    #[test]
    fn pointers_start_at_the_nearest_id() {
        let schema = json!({
            "$id": "http://localhost/root",
            "properties": { "a b": { "$id": "inner", "$ref": "#/$defs/x", "$defs": { "x": {} } } },
            "$ref": "#/$defs/y",
        });
        let moved = json!({
            "properties": { "a b": {
                "$ref": "#/components/schemas/Root/properties/a%20b/$defs/x", "$defs": { "x": {} },
            } },
            "$ref": "#/components/schemas/Root/$defs/y",
        });
        assert_eq!(component(&schema), moved);
    }

    #[test]
    fn resources_that_are_named_are_left_as_they_are() {
        let schema = json!({
            "$id": "http://localhost/root", "$ref": "inner",
            "$defs": { "x": { "$id": "inner", "$ref": "#" } },
        });
        assert_eq!(component(&schema), schema);
        let anchored =
            json!({ "$ref": "#x", "$defs": { "x": { "$anchor": "x", "items": { "$ref": "#" } } } });
        assert_eq!(component(&anchored)["$defs"]["x"]["items"]["$ref"], "#/components/schemas/Root");
        assert_eq!(component(&anchored)["$ref"], "#x");
    }
}
