//! One way to mean a schema: which kind of value it is, and what a text is as that.
//!
//! Knows what tells ways apart, and the schemas of items and properties. Must not know where a text comes
//! from, nor which of several ways is taken.

use super::{Read, Schema};
use serde_json::Value;
use spec_http::style::{Shape, scalar};
use spec_json_schema::pattern::Matcher;

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Array,
    Object,
    Integer,
    Number,
    Boolean,
    /// Of which the schema says no type: a text stays one.
    Any,
    String,
    Null,
}

/// All kinds that a schema can name, the one that says most of a text first.
pub(super) const KINDS: [(Kind, &str); 7] = [
    (Kind::Array, "array"),
    (Kind::Object, "object"),
    (Kind::Integer, "integer"),
    (Kind::Number, "number"),
    (Kind::Boolean, "boolean"),
    (Kind::String, "string"),
    (Kind::Null, "null"),
];

impl Kind {
    pub(super) fn shape(self) -> Shape {
        match self {
            Kind::Array => Shape::Array,
            Kind::Object => Shape::Object,
            _ => Shape::Scalar,
        }
    }

    pub(super) fn holds(self, value: &Value) -> bool {
        match self {
            Kind::Array => value.is_array(),
            Kind::Object => value.is_object(),
            // JSON Schema core, 6.3.1: 1.0 is an integer.
            Kind::Integer => {
                value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
            }
            Kind::Number => value.is_number(),
            Kind::Boolean => value.is_boolean(),
            Kind::Any => true,
            Kind::String => value.is_string(),
            Kind::Null => value.is_null(),
        }
    }
}

/// One way to mean a schema: what the value is, and all schemas that hold for it.
#[derive(Clone, Debug)]
pub(super) struct Way<'a> {
    pub(super) kind: Kind,
    pub(super) parts: Vec<&'a Value>,
}

impl<'a> Way<'a> {
    pub(super) fn scalar(&self, text: &str) -> Read {
        let mut lists = self.parts.iter().filter_map(|part| listed(part));
        if let Some(mut values) = lists.next() {
            let found =
                values.find(|value| self.kind.holds(value) && !value.is_null() && scalar(value) == text);
            if let Some(value) = found {
                return (value.clone(), true);
            }
            return (self.plain(text).0, false);
        }
        self.plain(text)
    }

    fn plain(&self, text: &str) -> Read {
        let as_text = || Value::from(text);
        match self.kind {
            Kind::String => (as_text(), true),
            Kind::Integer | Kind::Number | Kind::Boolean => {
                if let Some(number) = digits(text).filter(|_| self.kind != Kind::Boolean) {
                    return (number.into(), true);
                }
                // An integer is exact, however it is written.
                let exact = crate::numbers::integer(text);
                match serde_json::from_str::<Value>(exact.as_deref().unwrap_or(text)) {
                    // JSON's own grammar, so that `+1`, `0x1` and ` 1` stay texts.
                    Ok(value) if text.trim() == text && self.kind.holds(&value) => (value, true),
                    Ok(value @ Value::Number(_)) if text.trim() == text && self.kind == Kind::Integer => {
                        (value, false)
                    }
                    _ => (as_text(), false),
                }
            }
            _ => (as_text(), false),
        }
    }

    pub(super) fn item(&self, schema: Schema<'a>, index: usize) -> Schema<'a> {
        let parts = || self.parts.iter();
        let in_place = parts().find_map(|part| part.get("prefixItems")?.get(index));
        schema.at(in_place.or_else(|| parts().find_map(|part| part.get("items"))))
    }

    /// Returns true if a list is an item of a list of lists, and not that list: nothing in it is a list, as
    /// its items are.
    #[cfg(feature = "server")]
    pub(super) fn is_item(&self, schema: Schema<'a>, list: &[Value]) -> bool {
        let is_list = |index| self.item(schema, index).ways().iter().any(|way| way.kind == Kind::Array);
        is_list(0) && !list.iter().any(Value::is_array)
    }

    pub(super) fn property(&self, schema: Schema<'a>, name: &str) -> Schema<'a> {
        let parts = || self.parts.iter();
        let named =
            parts().find_map(|part| part.get("properties")?.get(name)).or_else(|| self.by_pattern(name));
        schema.at(named.or_else(|| parts().find_map(|part| part.get("additionalProperties"))))
    }

    /// Finds the schema of the properties of whose names one has the name (JSON Schema core, 10.3.2.2).
    fn by_pattern(&self, name: &str) -> Option<&'a Value> {
        let mut patterns =
            self.parts.iter().filter_map(|part| part.get("patternProperties")?.as_object()).flatten();
        let is_it = |pattern: &str| Matcher::new(pattern).is_some_and(|matcher| matcher.is_in(name));
        patterns.find(|(pattern, _)| is_it(pattern)).map(|(_, schema)| schema)
    }

    pub(super) fn names(&self, name: &str) -> bool {
        let is_named =
            |part: &&Value| part.get("properties").is_some_and(|properties| properties.get(name).is_some());
        self.parts.iter().any(is_named) || self.by_pattern(name).is_some()
    }

    pub(super) fn required(&self) -> impl Iterator<Item = &'a str> {
        let lists = self.parts.iter().filter_map(|part| part.get("required")?.as_array());
        lists.flatten().filter_map(Value::as_str)
    }

    /// Returns true if properties are allowed that no schema names.
    pub(super) fn is_open(&self) -> bool {
        let closes = |part: &Value, keyword| part.get(keyword) == Some(&Value::Bool(false));
        !self
            .parts
            .iter()
            .any(|part| closes(part, "additionalProperties") || closes(part, "unevaluatedProperties"))
    }
}

/// Returns the number that a text is, of the digits alone that JSON has for it.
pub(crate) fn digits(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_plain)
}

/// Returns the types that a schema names, or those of the values that it lists.
pub(super) fn types(schema: &Value) -> Option<Vec<&str>> {
    match schema.get("type") {
        Some(Value::String(name)) => return Some(vec![name]),
        Some(Value::Array(names)) => return Some(names.iter().filter_map(Value::as_str).collect()),
        _ => {}
    }
    let values: Vec<&Value> = listed(schema)?.collect();
    let names = KINDS.iter().filter(|(kind, _)| values.iter().any(|value| kind.holds(value)));
    Some(names.map(|(_, name)| *name).collect())
}

/// Returns the values that a schema lists.
fn listed(schema: &Value) -> Option<impl Iterator<Item = &Value>> {
    let (constant, list) = (schema.get("const"), schema.get("enum").and_then(Value::as_array));
    (constant.is_some() || list.is_some()).then(|| constant.into_iter().chain(list.into_iter().flatten()))
}
