//! What is for requests alone: properties that say `writeOnly` (OpenAPI 3.1, 4.8.24.1).
//!
//! Knows the places where JSON Schema names properties. Must not know operations.

use crate::examples::followed;
use serde_json::Value;

/// The depth to which schemas within each other are looked into, beside the values.
const DEPTH: usize = 16;

/// Returns a value of a schema without the properties that are for requests alone.
pub(crate) fn without(document: &Value, schema: &Value, value: &Value) -> Value {
    let mut value = value.clone();
    remove(document, schema, &mut value, DEPTH);
    value
}

fn remove(document: &Value, schema: &Value, value: &mut Value, depth: usize) {
    let schema_itself = followed(document, schema);
    if depth == 0 {
        return;
    }
    match value {
        Value::Object(members) => {
            let properties = schema_itself.get("properties").and_then(Value::as_object);
            for (name, property) in properties.into_iter().flatten() {
                if is_hidden(document, property) {
                    members.shift_remove(name);
                } else if let Some(member) = members.get_mut(name) {
                    remove(document, property, member, DEPTH);
                }
            }
        }
        Value::Array(items) => {
            if let Some(item) = schema_itself.get("items") {
                items.iter_mut().for_each(|own| remove(document, item, own, DEPTH));
            }
        }
        _ => return,
    }
    for keyword in ["allOf", "oneOf", "anyOf"] {
        for part in schema_itself.get(keyword).and_then(Value::as_array).into_iter().flatten() {
            remove(document, part, value, depth - 1);
        }
    }
}

/// Says whether a property is for requests alone.
pub(crate) fn is_hidden(document: &Value, property: &Value) -> bool {
    is_hidden_within(document, property, DEPTH)
}

fn is_hidden_within(document: &Value, property: &Value, depth: usize) -> bool {
    let says = |schema: &Value| schema.get("writeOnly") == Some(&Value::Bool(true));
    let target = followed(document, property);
    let parts = target.get("allOf").and_then(Value::as_array).into_iter().flatten();
    says(property)
        || says(target)
        || depth > 0 && parts.into_iter().any(|part| is_hidden_within(document, part, depth - 1))
}

#[cfg(test)]
mod tests {
    use super::without;
    use serde_json::json;

    #[test]
    fn what_is_for_requests_is_left_out() {
        let document = json!({"secret": {"type": "string", "writeOnly": true}, "card": {"properties": {
            "cvc": {"$ref": "#/secret"}, "next": {"$ref": "#/card"}, "number": {"type": "string"}
        }}});
        let schema = json!({"type": "array", "items": {"oneOf": [{"$ref": "#/card"}]}});
        let value = json!([{"cvc": "1", "number": "2", "next": {"cvc": "3", "number": "4"}}, 7]);
        let shown = json!([{"number": "2", "next": {"number": "4"}}, 7]);
        assert_eq!(without(&document, &schema, &value), shown);
    }
}
