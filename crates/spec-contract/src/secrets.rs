//! Values that no message may repeat: `format: password` (OpenAPI 3.1, 4.4) and `writeOnly` properties.
//!
//! Knows where schemas say so. Must not know values.

use serde_json::Value;
use spec_document::Pointer;
use std::collections::HashSet;

/// The places of schemas whose values are secret, with all that is in them.
#[derive(Debug, Default)]
pub(crate) struct Secrets(HashSet<String>);

impl Secrets {
    /// Finds the secret schemas of a document. What only looks like a schema does no harm.
    pub(crate) fn of(document: &Value) -> Secrets {
        let mut secrets = Secrets::default();
        secrets.walk(document, &mut String::new(), document);
        secrets
    }

    fn walk(&mut self, value: &Value, place: &mut String, document: &Value) {
        let length = place.len();
        match value {
            Value::Object(members) => {
                let says = |(name, value): (&String, &Value)| {
                    name == "format" && value == "password"
                        || name == "writeOnly" && *value == Value::Bool(true)
                };
                if members.iter().any(says) {
                    self.add(value, place, document);
                }
                for (name, member) in members {
                    place.push('/');
                    place.push_str(&name.replace('~', "~0").replace('/', "~1"));
                    self.walk(member, place, document);
                    place.truncate(length);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    place.push_str(&format!("/{index}"));
                    self.walk(item, place, document);
                    place.truncate(length);
                }
            }
            _ => {}
        }
    }

    /// Adds a schema, what it refers to, and what it is a part of by `allOf`, `anyOf` or `oneOf`: all of them
    /// judge the same value.
    fn add(&mut self, schema: &Value, place: &str, document: &Value) {
        if !self.0.insert(place.to_owned()) {
            return;
        }
        let target = schema.get("$ref").and_then(Value::as_str).and_then(Pointer::from_fragment);
        if let Some(pointer) = target
            && let Some(schema) = document.pointer(pointer.as_str())
        {
            self.add(schema, pointer.as_str(), document);
        }
        let whole = ["/allOf/", "/anyOf/", "/oneOf/"].iter().find_map(|keyword| {
            let (whole, index) = place.rsplit_once(keyword)?;
            index.bytes().all(|byte| byte.is_ascii_digit()).then_some(whole)
        });
        if let Some(whole) = whole
            && let Some(schema) = document.pointer(whole)
        {
            self.add(schema, whole, document);
        }
    }

    /// Says whether a keyword is about a secret value.
    pub(crate) fn has(&self, keyword: &str) -> bool {
        !self.0.is_empty() && keyword.match_indices('/').any(|(end, _)| self.0.contains(&keyword[..end]))
    }
}

#[cfg(test)]
mod tests {
    use super::Secrets;
    use serde_json::json;

    #[test]
    fn what_is_in_a_secret_is_one() {
        let secrets = Secrets::of(&json!({"user": {"properties": {
            "name": {"maxLength": 3},
            "pin": {"anyOf": [{"format": "password"}, {"type": "null"}]},
            "card": {"writeOnly": true, "$ref": "#/card"},
        }}, "card": {"properties": {"cvc": {"maxLength": 3}}}}));
        for keyword in [
            "/user/properties/pin/anyOf",
            "/user/properties/pin/anyOf/0/format",
            "/card/properties/cvc/maxLength",
        ] {
            assert!(secrets.has(keyword), "{keyword}");
        }
        for keyword in ["/user/properties/name/maxLength", "/user/required", ""] {
            assert!(!secrets.has(keyword), "{keyword}");
        }
    }
}
