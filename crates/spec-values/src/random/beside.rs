//! What the parts of one schema say together: references, `allOf`, and the variants that were chosen.
//!
//! Knows keywords and which of two bounds is the narrower. Must not know how values are made.

use super::names;
use crate::target;
use serde_json::{Map, Value};

/// The depth to which parts of objects are looked for.
const PARTS: usize = 6;

/// Keywords that say of a value that is no object what it is.
const KEYWORDS: &[&str] = &[
    "prefixItems",
    "items",
    "unevaluatedItems",
    "minItems",
    "maxItems",
    "uniqueItems",
    "const",
    "enum",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];

/// The words of all parts of a schema: those outside first, who know what they refer to.
#[derive(Clone, Default)]
pub(super) struct Beside<'a> {
    /// Types that all of them allow.
    pub(super) types: Vec<&'a str>,
    /// Keywords about values that are no objects.
    pub(super) keywords: Vec<(&'a str, &'a Value)>,
    pub(super) required: Vec<&'a str>,
    pub(super) declared: Vec<(&'a str, &'a Value)>,
}

impl<'a> Beside<'a> {
    pub(super) fn add(&mut self, document: &'a Value, schema: &'a Value, depth: usize) {
        let Value::Object(members) = schema else { return };
        if depth > PARTS {
            return;
        }
        let types: Vec<&str> = schema["type"].as_str().into_iter().chain(names(schema.get("type"))).collect();
        if self.types.is_empty() {
            self.types = types;
        } else if !types.is_empty() {
            let both = self
                .types
                .iter()
                .filter_map(|left| types.iter().find_map(|right| narrower(left, right)))
                .collect::<Vec<_>>();
            // Where there is no type for all, there is no value either.
            self.types = if both.is_empty() { types } else { both };
        }
        let said = KEYWORDS.iter().filter_map(|keyword| members.get_key_value(*keyword));
        self.keywords.extend(said.map(|(keyword, value)| (keyword.as_str(), value)));
        self.required.extend(names(schema.get("required")));
        let declared = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        self.declared.extend(declared.map(|(name, property)| (name.as_str(), property)));
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|to| target(document, to));
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        target.into_iter().chain(parts).for_each(|part| self.add(document, part, depth + 1));
    }

    /// Returns what the first part to say it says of values.
    pub(super) fn said(&self, keyword: &str) -> Option<&'a Value> {
        self.keywords.iter().find(|(name, _)| *name == keyword).map(|(_, value)| *value)
    }

    /// Finds what stands beside a property that several parts declare.
    pub(super) fn of(&self, document: &'a Value, property: &str) -> Option<Beside<'a>> {
        let declared: Vec<&Value> =
            self.declared.iter().filter(|(name, _)| *name == property).map(|(_, schema)| *schema).collect();
        (declared.len() > 1).then(|| {
            let mut beside = Beside::default();
            declared.into_iter().for_each(|schema| beside.add(document, schema, 0));
            beside
        })
    }

    /// A schema with all that stands beside it: of bounds the narrowest, of all else what is said first.
    pub(super) fn whole(&self, schema: &Map<String, Value>) -> Map<String, Value> {
        let mut whole = schema.clone();
        for (keyword, value) in self.keywords.iter().rev() {
            let known = whole.get(*keyword).and_then(Value::as_f64).zip(value.as_f64());
            let is_wider = known.is_some_and(|(known, other)| match keyword.to_ascii_lowercase() {
                name if name.contains("min") => other < known,
                name => name.contains("max") && other > known,
            });
            if !is_wider {
                whole.insert((*keyword).to_owned(), (*value).clone());
            }
        }
        whole
    }
}

/// The type of what is of both types.
fn narrower<'a>(left: &'a str, right: &'a str) -> Option<&'a str> {
    match (left, right) {
        (left, right) if left == right => Some(left),
        ("integer", "number") | ("number", "integer") => Some("integer"),
        _ => None,
    }
}

/// Returns true if a schema says something beside its references and variants.
pub(super) fn says_something(schema: &Map<String, Value>) -> bool {
    ["type", "properties", "required", "additionalProperties", "items"]
        .iter()
        .any(|keyword| schema.contains_key(*keyword))
}

/// Returns true if a schema says anything of values: itself, or where it refers to.
pub(super) fn says_anything(document: &Value, schema: &Value, depth: usize) -> bool {
    let Value::Object(members) = schema else { return *schema == Value::Bool(false) };
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|to| target(document, to));
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    says_something(members)
        || KEYWORDS.iter().chain(&["anyOf", "oneOf"]).any(|keyword| members.contains_key(*keyword))
        || (depth <= PARTS
            && target.into_iter().chain(parts).any(|part| says_anything(document, part, depth + 1)))
}
