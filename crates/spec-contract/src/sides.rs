//! The document as each side of an exchange has to keep it.
//!
//! OpenAPI 3.1, 4.8.24.1 with JSON Schema Validation 2020-12, 9.4 (OpenAPI 3.0.3, 4.7.24): a property that is
//! `readOnly` is not for requests and one that is `writeOnly` not for responses, and `required` counts only
//! on the side that a property is for.
//!
//! Knows the places where JSON Schema names properties. Must not know HTTP.

use crate::judgement::Side;
use crate::tags;
use serde_json::Value;
use spec_api::Api;
use spec_document::Pointer;
use std::borrow::Cow;

/// Number of steps that references and `allOf` are followed.
const DEPTH: usize = 16;

/// Returns the document for both sides, where they are alike, and with what discriminators say. Pointers stay
/// what they are.
pub fn shared(api: &Api) -> Cow<'_, Value> {
    tags::told(api)
}

/// Returns the document without what this side is not asked for; none where that changes nothing.
pub fn of(api: &Api, side: Side) -> Option<Value> {
    let keyword = match side {
        Side::Request => "readOnly",
        Side::Response => "writeOnly",
    };
    let hides = |schema: &spec_api::Schema| match side {
        Side::Request => schema.read_only,
        Side::Response => schema.write_only,
    };
    if !api.schemas().any(|(_, schema)| hides(schema)) {
        return None;
    }
    let mut document = shared(api).into_owned();
    for pointer in api.schemas().filter_map(|(_, schema)| schema.pointer()) {
        let Some(schema) = api.json.pointer(pointer).filter(|own| requires(own, DEPTH)) else { continue };
        let mut names = Vec::new();
        hidden(&api.json, schema, keyword, DEPTH, &mut names);
        if !names.is_empty()
            && let Some(schema) = document.pointer_mut(pointer)
        {
            release(schema, &names, DEPTH);
        }
    }
    Some(document)
}

/// Says whether a schema requires properties, here or in a part of an `allOf` that stands here.
fn requires(schema: &Value, depth: usize) -> bool {
    let parts = || schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    schema.get("required").is_some() || (depth > 0 && parts().any(|part| requires(part, depth - 1)))
}

/// Returns the properties of a schema that the keyword stands on.
fn hidden<'a>(root: &'a Value, schema: &'a Value, keyword: &str, depth: usize, names: &mut Vec<&'a str>) {
    if depth == 0 {
        return;
    }
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if says(root, property, keyword, DEPTH) {
            names.push(name);
        }
    }
    for part in parts(root, schema) {
        hidden(root, part, keyword, depth - 1, names);
    }
}

fn says(root: &Value, schema: &Value, keyword: &str, depth: usize) -> bool {
    let own = schema.get(keyword).and_then(Value::as_bool) == Some(true);
    own || (depth > 0 && parts(root, schema).any(|part| says(root, part, keyword, depth - 1)))
}

/// Returns the schemas that hold along with this one.
fn parts<'a>(root: &'a Value, schema: &'a Value) -> impl Iterator<Item = &'a Value> {
    let all = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    target(root, schema).into_iter().chain(all)
}

/// Returns the schema that the `$ref` of a schema leads to.
pub(crate) fn target<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    root.pointer(Pointer::from_fragment(schema.get("$ref")?.as_str()?)?.as_str())
}

/// Removes these properties from `required`, here or in a part of an `allOf` that stands here.
fn release(schema: &mut Value, names: &[&str], depth: usize) {
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| !name.as_str().is_some_and(|name| names.contains(&name)));
    }
    if let (Some(Value::Array(parts)), true) = (schema.get_mut("allOf"), depth > 0) {
        for part in parts {
            release(part, names, depth - 1);
        }
    }
}
