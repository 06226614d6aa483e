//! Texts → the values that a schema may have meant.
//!
//! A query, a path, a header, a cookie and a form carry texts, and the schema alone tells whether `1` is a
//! number. Knows JSON Schema as far as it names types, items and properties. Must not know where the texts
//! come from.

use crate::numbers::exact;
use crate::sides::target;
use crate::validators::{Finding, Validators};
use serde_json::{Map, Value};
use spec_api::{Api, SchemaId};
use spec_http::style::{Shape, Style, from_pairs, from_text, numbered};
use spec_json_schema::pattern::Matcher;
use std::ptr;

/// The largest number of schemas that one schema is taken apart into; a circle ends much earlier.
const PARTS: usize = 256;

/// The rules for reading texts that may stand for several values. A value is right if it is in one of these
/// ways.
#[derive(Clone, Copy)]
pub(crate) struct How {
    /// True if whatever can be a number or a boolean becomes one, even where a text would do.
    eager: bool,
    /// True if whatever can be JSON of a list or an object is that, even where a text would do.
    json: bool,
}

/// All ways, the likeliest first.
pub(crate) const WAYS: [How; 4] = [
    How { eager: true, json: false },
    How { eager: false, json: false },
    How { eager: true, json: true },
    How { eager: false, json: true },
];

/// A schema together with all that it refers to or is made of: `$ref`, `allOf`, `anyOf`, `oneOf`.
#[derive(Clone)]
pub(crate) struct Parts<'a> {
    root: &'a Value,
    parts: Vec<&'a Value>,
}

impl<'a> Parts<'a> {
    pub(crate) fn new(root: &'a Value, schema: &'a Value) -> Parts<'a> {
        let mut parts = vec![schema];
        let mut next = 0;
        while let Some(schema) = parts.get(next).copied() {
            next += 1;
            let lists =
                ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array());
            for part in target(root, schema).into_iter().chain(lists.flatten()) {
                if parts.len() < PARTS && !parts.iter().any(|known| ptr::eq(*known, part)) {
                    parts.push(part);
                }
            }
        }
        Parts { root, parts }
    }

    fn below(&self, schema: Option<&'a Value>) -> Parts<'a> {
        static ANY: Value = Value::Bool(true);
        Parts::new(self.root, schema.unwrap_or(&ANY))
    }

    /// Returns true if a type is among those that are named; of the words of JSON Schema, `integer` counts as
    /// `number`.
    pub(crate) fn says(&self, name: &str) -> bool {
        self.parts.iter().any(|part| match part.get("type") {
            Some(Value::String(own)) => same(own, name),
            Some(Value::Array(own)) => own.iter().filter_map(Value::as_str).any(|own| same(own, name)),
            _ => {
                let values =
                    part.get("enum").and_then(Value::as_array).into_iter().flatten().chain(part.get("const"));
                values.map(type_of).any(|own| same(own, name))
            }
        })
    }

    fn says_structure(&self, keywords: &[&str]) -> bool {
        self.parts.iter().any(|part| {
            part.get("type").is_none() && keywords.iter().any(|keyword| part.get(keyword).is_some())
        })
    }

    /// Returns the shapes that a text may stand for, the likeliest first.
    pub(crate) fn shapes(&self) -> Vec<Shape> {
        let mut shapes = Vec::new();
        if self.says("array") || self.says_structure(&["items", "prefixItems"]) {
            shapes.push(Shape::Array);
        }
        if self.says("object")
            || self.says_structure(&["properties", "patternProperties", "additionalProperties"])
        {
            shapes.push(Shape::Object);
        }
        if shapes.is_empty() || ["string", "number", "boolean"].into_iter().any(|name| self.says(name)) {
            shapes.push(Shape::Scalar);
        }
        shapes
    }

    /// Returns the names of all properties, each once.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for properties in self.parts.iter().filter_map(|part| part.get("properties")?.as_object()) {
            names.extend(properties.keys().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
        }
        names
    }

    /// Returns true if the schema takes properties that it does not name, as it does where it says nothing of
    /// them.
    pub(crate) fn is_open(&self) -> bool {
        let closes = |part: &Value, keyword| part.get(keyword) == Some(&Value::Bool(false));
        let is_closed =
            |part: &Value| closes(part, "additionalProperties") || closes(part, "unevaluatedProperties");
        !self.parts.iter().any(|part| is_closed(part))
            || self.parts.iter().any(|part| part.get("patternProperties").is_some())
    }

    /// Returns true if some properties must be there.
    pub(crate) fn requires(&self) -> bool {
        self.parts.iter().any(|part| {
            part.get("required").and_then(Value::as_array).is_some_and(|required| !required.is_empty())
        })
    }

    /// Returns the schemas of a property.
    pub(crate) fn property(&self, name: &str) -> Parts<'a> {
        let named = self
            .parts
            .iter()
            .find_map(|part| part.get("properties")?.get(name))
            .or_else(|| self.by_pattern(name));
        self.below(named.or_else(|| self.parts.iter().find_map(|part| part.get("additionalProperties"))))
    }

    /// Returns the schema whose pattern a name has (JSON Schema core, 10.3.2.2).
    fn by_pattern(&self, name: &str) -> Option<&'a Value> {
        let patterns =
            self.parts.iter().filter_map(|part| part.get("patternProperties")?.as_object()).flatten();
        let is_it = |pattern: &str| Matcher::new(pattern).is_some_and(|matcher| matcher.is_in(name));
        patterns.into_iter().find(|(pattern, _)| is_it(pattern)).map(|(_, schema)| schema)
    }

    pub(crate) fn item(&self, index: usize) -> Parts<'a> {
        let in_place = self.parts.iter().find_map(|part| part.get("prefixItems")?.get(index));
        self.below(in_place.or_else(|| self.parts.iter().find_map(|part| part.get("items"))))
    }

    /// Turns the texts of a value into what the schema asks for. A text that is no such thing stays a text,
    /// to be refused as that.
    pub(crate) fn coerce(&self, value: Value, how: How) -> Value {
        let items = |items: Vec<Value>| {
            let item = |(index, item)| self.item(index).coerce(item, how);
            Value::Array(items.into_iter().enumerate().map(item).collect())
        };
        match value {
            Value::String(text) => self.text(text, how),
            Value::Array(list) => items(list),
            Value::Object(members) if self.shapes().contains(&Shape::Array) => match numbered(&members) {
                Some(Value::Array(list)) => items(list),
                _ => self.members(members, how),
            },
            Value::Object(members) => self.members(members, how),
            other => other,
        }
    }

    fn members(&self, members: Map<String, Value>, how: How) -> Value {
        let member = |(name, member): (String, Value)| {
            let property = self.property(&name);
            // A name that comes once may be a list of one.
            let is_list = property.shapes().first() == Some(&Shape::Array) && member.is_string() && !how.json;
            let member = if is_list { Value::from(vec![member]) } else { member };
            (name, property.coerce(member, how))
        };
        Value::Object(members.into_iter().map(member).collect())
    }

    /// Reads a text; inside a list or an object, what is composed stands as JSON.
    fn text(&self, text: String, how: How) -> Value {
        let shapes = self.shapes();
        if how.json || !shapes.contains(&Shape::Scalar) {
            match serde_json::from_str(&text) {
                Ok(list @ Value::Array(_)) if shapes.contains(&Shape::Array) => return list,
                Ok(object @ Value::Object(_)) if shapes.contains(&Shape::Object) => return object,
                _ => {}
            }
        }
        self.scalar(text, how.eager)
    }

    fn scalar(&self, text: String, eager: bool) -> Value {
        scalar(text, eager, |name| self.says(name))
    }
}

/// Reads a text that stands for a scalar, of a schema that names these types.
fn scalar(text: String, eager: bool, says: impl Fn(&str) -> bool) -> Value {
    if !eager && says("string") {
        return Value::String(text);
    }
    // JSON's own grammar, so that `+1`, `0x1` and ` 1` stay texts.
    let is_bare = !text.starts_with(char::is_whitespace) && !text.ends_with(char::is_whitespace);
    match serde_json::from_str(&text) {
        Ok(number @ Value::Number(_)) if is_bare && says("number") => exact(&text, number),
        Ok(boolean @ Value::Bool(_)) if is_bare && says("boolean") => boolean,
        _ => Value::String(text),
    }
}

/// The ways in which a schema lets its values stand as texts, found once for all messages.
#[derive(Clone, Debug)]
pub(crate) struct Spelling {
    schema: SchemaId,
    /// The shapes that a text may stand for, the likeliest first.
    pub(crate) shapes: Vec<Shape>,
    /// The types of scalars that are named.
    types: Vec<&'static str>,
    /// The names of all properties.
    pub(crate) properties: Vec<String>,
    /// True if the schema takes properties that it does not name.
    pub(crate) is_open: bool,
    /// True if some properties must be there.
    pub(crate) requires: bool,
}

impl Spelling {
    pub(crate) fn of(api: &Api, schema: SchemaId) -> Spelling {
        let parts = Parts::new(&api.json, api.json_schema(schema));
        Spelling {
            schema,
            shapes: parts.shapes(),
            types: ["string", "number", "boolean"].into_iter().filter(|name| parts.says(name)).collect(),
            properties: parts.names(),
            is_open: parts.is_open(),
            requires: parts.requires(),
        }
    }

    /// Finds what is wrong with a value. If any way to read its texts is valid, nothing is, and else the
    /// first is what it was meant to be.
    pub(crate) fn findings(
        &self,
        api: &Api,
        validators: &Validators<'_>,
        read: Read,
        secret: bool,
    ) -> Vec<Finding> {
        let Some(pointer) = api.schema(self.schema).pointer() else { return Vec::new() };
        let texts = match read {
            Read::Texts(texts) => texts,
            Read::Typed(value) => return validators.findings(pointer, &value, secret),
        };
        // Only lists and objects hold what other schemas tell of.
        let parts =
            (self.shapes != [Shape::Scalar]).then(|| Parts::new(&api.json, api.json_schema(self.schema)));
        let mut first = None;
        for value in texts {
            for how in WAYS {
                let value = match (&parts, value.clone()) {
                    (Some(parts), value) => parts.coerce(value, how),
                    (None, Value::String(text)) => scalar(text, how.eager, |name| self.types.contains(&name)),
                    (None, value) => value,
                };
                if validators.fits(pointer, &value) {
                    return Vec::new();
                }
                first.get_or_insert(value);
            }
        }
        first.map(|value| validators.findings(pointer, &value, secret)).unwrap_or_default()
    }
}

fn same(own: &str, name: &str) -> bool {
    own == name || (own == "integer" && name == "number")
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A value as read.
pub(crate) enum Read {
    /// Texts, in the ways that the value can be taken apart, the likeliest first.
    Texts(Vec<Value>),
    /// The value itself, because its syntax has types of its own.
    Typed(Value),
}

/// Reads the text of a path segment or a header in all shapes that the schema allows; none where the style
/// does not.
pub(crate) fn read_text(
    name: &str,
    text: &str,
    style: Style,
    explode: bool,
    shapes: &[Shape],
    decode: impl Fn(&str) -> String,
) -> Vec<Value> {
    let delimiter = match style {
        Style::Label if explode => '.',
        Style::Matrix if explode => ';',
        _ => ',',
    };
    // The signs in front of the first item are no items.
    let items = match style {
        Style::Label | Style::Matrix => text.get(1..).unwrap_or_default(),
        _ => text,
    };
    let read = |shape| {
        let is_whole = shape != Shape::Object
            || style == Style::Matrix && explode
            || is_object(items, delimiter, explode);
        is_whole.then(|| from_text(name, text, style, explode, shape, &decode)).flatten()
    };
    shapes.iter().copied().filter_map(read).collect()
}

/// Reads what pairs say of one name in all shapes that the schema allows; none where they say nothing of it.
pub(crate) fn read_pairs(
    name: &str,
    pairs: &[(String, String)],
    style: Style,
    explode: bool,
    shapes: &[Shape],
    is_member: impl Fn(&str) -> bool,
) -> Vec<Value> {
    let delimiter = match style {
        Style::SpaceDelimited => ' ',
        Style::PipeDelimited => '|',
        _ => ',',
    };
    let own = || pairs.iter().rfind(|(key, _)| key == name);
    let read = |shape| {
        let by_parts = shape == Shape::Object && !explode && style != Style::DeepObject;
        let is_whole = !by_parts || own().is_none_or(|(_, text)| is_object(text, delimiter, false));
        is_whole.then(|| from_pairs(name, pairs, style, explode, shape, &is_member)).flatten()
    };
    shapes.iter().copied().filter_map(read).collect()
}

/// Returns true if a text has a value for each name: `a=1,b=2` exploded, and else `a,1,b,2`.
fn is_object(text: &str, delimiter: char, explode: bool) -> bool {
    match explode {
        true => text.is_empty() || text.split(delimiter).all(|part| part.contains('=')),
        false if text.is_empty() => true,
        false => text.split(delimiter).count().is_multiple_of(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_become_what_the_schema_says() {
        let root = json!({"n": {"type": ["integer", "null"]}});
        for (schema, text, value) in [
            (json!({"type": "integer"}), "7", json!(7)),
            (json!({"type": "integer"}), "+7", json!("+7")),
            (json!({"type": "integer"}), "-9223372036854775808", json!(i64::MIN)),
            (json!({"type": "integer"}), "-9223372036854775809", json!((i64::MIN as f64).next_down())),
            (json!({"type": "integer"}), " 7", json!(" 7")),
            (json!({"type": "integer"}), "null", json!("null")),
            (json!({"type": "string"}), "7", json!("7")),
            (json!({"type": "boolean"}), "true", json!(true)),
            (json!({"type": "boolean"}), "True", json!("True")),
            (json!({"enum": [1, 2]}), "2", json!(2)),
            (json!({"$ref": "#/n"}), "7", json!(7)),
            (json!({"anyOf": [{"$ref": "#/n"}, {"type": "boolean"}]}), "false", json!(false)),
            (json!(true), "7", json!("7")),
        ] {
            let parts = Parts::new(&root, &schema);
            assert_eq!(parts.coerce(json!(text), WAYS[0]), value, "{text} for {schema}");
        }
    }

    #[test]
    fn circles_end() {
        let root = json!({"a": {"anyOf": [{"$ref": "#/a"}, {"type": "array", "items": {"$ref": "#/a"}}]}});
        let parts = Parts::new(&root, &root["a"]);
        assert_eq!(parts.shapes(), [Shape::Array]);
    }
}
