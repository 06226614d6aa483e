//! Texts → JSON, as a schema asks: parameters, headers and fields of forms are all texts at first.
//!
//! Knows JSON Schema as far as it says types. Must not know where a text comes from.

use crate::style::Shape;
use serde_json::Value;

/// Follows `$ref` within the schema of one model.
pub(crate) fn resolve<'a>(root: &'a Value, mut schema: &'a Value) -> &'a Value {
    for _ in 0..32 {
        let Some(pointer) = schema.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#')) else { break };
        let Some(target) = root.pointer(pointer) else { break };
        schema = target;
    }
    schema
}

/// The types that a schema allows, as far as they are said.
fn types<'a>(root: &'a Value, schema: &'a Value, depth: usize) -> Vec<&'a str> {
    let schema = resolve(root, schema);
    let mut names: Vec<&str> = match schema.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    for value in schema.get("enum").and_then(Value::as_array).into_iter().flatten().chain(schema.get("const")) {
        names.push(match value {
            Value::Number(_) => "number",
            Value::Bool(_) => "boolean",
            _ => "string",
        });
    }
    if depth < 8 {
        for keyword in ["anyOf", "oneOf", "allOf"] {
            for part in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                names.extend(types(root, part, depth + 1));
            }
        }
    }
    names
}

/// What a text is to become.
pub(crate) fn shape(root: &Value, schema: &Value) -> Shape {
    let names = types(root, schema, 0);
    if names.contains(&"array") {
        Shape::Array
    } else if names.contains(&"object") {
        Shape::Object
    } else {
        Shape::Scalar
    }
}

/// The properties that an object may have, wherever the schema names them.
#[cfg(feature = "server")]
pub(crate) fn names(root: &Value, schema: &Value, depth: usize) -> Vec<String> {
    if depth > 8 {
        return Vec::new();
    }
    let schema = resolve(root, schema);
    let own = schema.get("properties").and_then(Value::as_object).into_iter().flat_map(|members| members.keys().cloned());
    let parts = ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten();
    own.chain(parts.flat_map(|part| names(root, part, depth + 1))).collect()
}

/// Turns texts into what the schema asks for. A text that is no such thing stays a text, and is refused as that.
pub(crate) fn coerce(value: Value, root: &Value, schema: &Value) -> Value {
    let schema = resolve(root, schema);
    let alternatives = ["anyOf", "oneOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten();
    match value {
        Value::String(text) => scalar(text, &types(root, schema, 0)),
        Value::Array(items) => {
            let said =
                |keyword| schema.get(keyword).or_else(|| alternatives.clone().find_map(|part| resolve(root, part).get(keyword)));
            let (first, rest, any) = (said("prefixItems"), said("items"), Value::Bool(true));
            let own = |index| first.and_then(|first| first.get(index)).or(rest).unwrap_or(&any);
            Value::Array(items.into_iter().enumerate().map(|(index, item)| coerce(item, root, own(index))).collect())
        }
        Value::Object(members) => {
            let any = Value::Bool(true);
            let property = |name: &str| {
                let in_part = |part: &'_ Value| -> Option<Value> {
                    let part = resolve(root, part);
                    part.get("properties").and_then(|p| p.get(name)).or_else(|| part.get("additionalProperties")).cloned()
                };
                in_part(schema).or_else(|| alternatives.clone().find_map(in_part)).unwrap_or_else(|| any.clone())
            };
            Value::Object(
                members.into_iter().map(|(name, member)| (name.clone(), coerce(member, root, &property(&name)))).collect(),
            )
        }
        other => other,
    }
}

fn scalar(text: String, types: &[&str]) -> Value {
    if types.contains(&"integer") || types.contains(&"number") {
        // JSON's own grammar, so that `+1`, `0x1` and ` 1` stay texts.
        if let Ok(number @ Value::Number(_)) = serde_json::from_str::<Value>(&text)
            && !text.starts_with(char::is_whitespace)
            && !text.ends_with(char::is_whitespace)
        {
            return number;
        }
    }
    if types.contains(&"boolean") {
        match text.as_str() {
            "true" => return Value::Bool(true),
            "false" => return Value::Bool(false),
            _ => {}
        }
    }
    Value::String(text)
}
