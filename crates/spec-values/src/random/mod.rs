//! JSON Schema → JSON values at random, with a seed: the same seed makes the same values.
//!
//! Half of them are meant to be valid, the others have one thing changed; whether they are, a validator says.
//! Patterns are met by what the document itself gives as examples, if by anything. Whole numbers stay within
//! 64 bits. Whoever only wants what is meant to be valid says how much of it there is to be ([`Meant`]), and
//! gets texts that are made of patterns, too.

mod beside;
mod members;
mod mutation;
mod numbers;
mod texts;

use crate::target;
use beside::{Beside, says_anything, says_something};
use fastrand::Rng;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The depth from which values leave out what they can.
const DEPTH: usize = 5;

/// The depth of the deepest.
const DEEPEST: usize = 24;

/// The depths of values that are meant to hold all they can: the first at which they stay small.
const DEPTHS: [usize; 6] = [10, 8, 6, 4, 2, 1];

/// The largest number of values in such a value.
const MOST: usize = 1500;

/// The share of what may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filling {
    /// All of it, as far as values stay small.
    All,
    /// Nothing.
    Least,
    /// Some.
    Some,
}

/// A wish for a value that is meant to be valid.
#[derive(Clone, Copy, Debug)]
pub struct Meant {
    /// The share of what may be left out.
    pub filling: Filling,
    /// Properties that say this keyword are not there: `readOnly` in requests, `writeOnly` in responses.
    pub without: &'static str,
}

/// Makes values for the schemas of one document.
pub struct Random<'a> {
    document: &'a Value,
    rng: Rng,
    meant: Option<Meant>,
    /// The depth from which values leave out what they can.
    depth: usize,
    /// The number of values that there may still be.
    left: usize,
    /// For the next object, what stands beside it.
    beside: Option<Beside<'a>>,
}

impl<'a> Random<'a> {
    /// For a document whose schemas are those of JSON Schema 2020-12.
    #[must_use]
    pub fn new(document: &'a Value, seed: u64) -> Self {
        Random {
            document,
            rng: Rng::with_seed(seed),
            meant: None,
            depth: DEPTH,
            left: usize::MAX,
            beside: None,
        }
    }

    /// A value for a schema of the document that is meant to be valid.
    pub fn meant(&mut self, schema: &'a Value, meant: Meant) -> Value {
        self.meant = Some(meant);
        let mut value = Value::Null;
        for depth in DEPTHS {
            (self.depth, self.left) = (depth, MOST);
            value = self.value(schema, 0);
            if self.left > 0 {
                break;
            }
        }
        (self.meant, self.depth, self.left) = (None, DEPTH, usize::MAX);
        value
    }

    /// A value for the schema at a pointer; half of them have one thing changed.
    pub fn of(&mut self, pointer: &str) -> Value {
        let document = self.document;
        let mut value = document.pointer(pointer).map_or(Value::Null, |schema| self.value(schema, 0));
        if self.rng.bool() {
            self.mutate(&mut value);
        }
        value
    }

    fn value(&mut self, schema: &'a Value, depth: usize) -> Value {
        let beside = self.beside.take();
        let Value::Object(members) = schema else { return self.anything() };
        self.left = self.left.saturating_sub(1);
        if depth > DEEPEST || self.left == 0 {
            return Value::Null;
        }
        // What stands beside each other holds together: what one part requires, another one may declare.
        let mut beside = self.meant.map(|_| {
            beside.unwrap_or_else(|| {
                let mut beside = Beside::default();
                beside.add(self.document, schema, 0);
                beside
            })
        });
        let said = |keyword: &str| {
            beside.as_ref().and_then(|beside| beside.said(keyword)).or_else(|| members.get(keyword))
        };
        if let Some(only) = said("const") {
            return only.clone();
        }
        if let Some(values) = said("enum").and_then(Value::as_array)
            && let Some(value) = self.rng.choice(values)
        {
            return value.clone();
        }
        let is_pattern = members.contains_key("pattern") && self.meant.is_none();
        let is_given = self.rng.u8(..16) == 0 || (is_pattern && self.rng.u8(..4) > 0);
        if is_given && let Some(value) = self.rng.choice(given(members)) {
            return value.clone();
        }
        let mut parts: Vec<&Value> = Vec::new();
        parts.extend(members.get("$ref").and_then(Value::as_str).and_then(|to| target(self.document, to)));
        parts.extend(members.get("allOf").and_then(Value::as_array).into_iter().flatten());
        let mut tag = None;
        for keyword in ["anyOf", "oneOf"] {
            if let Some(variants) = members.get(keyword).and_then(Value::as_array) {
                // Null ends what would go on without end.
                let null =
                    variants.iter().find(|variant| variant["type"] == "null").filter(|_| depth > self.depth);
                if let Some(variant) = null.or_else(|| self.rng.choice(variants)) {
                    beside.iter_mut().for_each(|beside| beside.add(self.document, variant, 0));
                    parts.push(variant);
                    tag = self.meant.and_then(|_| self.tag(members, variant));
                }
            }
        }
        // Any value would do for a part that says nothing; beside others, it has none of its own.
        parts.retain(|part| self.meant.is_none() || says_anything(self.document, part, 0));
        let mut values: Vec<Value> = Vec::new();
        if parts.is_empty() || says_something(members) {
            self.beside = beside.clone();
            values.push(self.own(members, depth));
        }
        for part in parts {
            self.beside = beside.clone();
            values.push(self.value(part, depth + 1));
        }
        self.beside = None;
        let mut whole = values.into_iter().reduce(together).unwrap_or_default();
        // A tag stands in an object, whatever else its variant takes.
        if let Some((property, text)) = tag {
            let mut members = if let Value::Object(members) = whole { members } else { Map::new() };
            members.insert(property.to_owned(), text.into());
            whole = members.into();
        }
        whole
    }

    /// The property that tells which variant a value is, and what it says of this one (OpenAPI 3.1, 4.8.25):
    /// what it is mapped from, or else the name of its schema.
    fn tag(&mut self, members: &'a Map<String, Value>, variant: &'a Value) -> Option<(&'a str, &'a str)> {
        let discriminator = members.get("discriminator")?;
        let property = discriminator.get("propertyName")?.as_str()?;
        let reference = variant.get("$ref")?.as_str()?;
        let name = reference.rsplit('/').next()?;
        let mapped = discriminator.get("mapping").and_then(Value::as_object).into_iter().flatten();
        let mapped: Vec<&str> =
            mapped.filter(|(_, to)| *to == reference || *to == name).map(|(text, _)| text.as_str()).collect();
        Some((property, self.rng.choice(mapped).unwrap_or(name)))
    }

    /// A value by the keywords of the schema itself, and by what stands beside it.
    fn own(&mut self, schema: &'a Map<String, Value>, depth: usize) -> Value {
        let types = self.beside.as_ref().map(|beside| beside.types.as_slice()).unwrap_or_default();
        let name = match schema.get("type") {
            _ if !types.is_empty() => self.rng.choice(types).copied().unwrap_or_default(),
            Some(Value::String(name)) => name,
            Some(Value::Array(names)) => self.rng.choice(names).and_then(Value::as_str).unwrap_or_default(),
            _ if schema.contains_key("properties") || schema.contains_key("additionalProperties") => "object",
            _ if schema.contains_key("required") && self.meant.is_some() => "object",
            _ if schema.contains_key("items") => "array",
            _ if schema.contains_key("format") || schema.contains_key("pattern") => "string",
            _ if schema.contains_key("minimum") || schema.contains_key("maximum") => "number",
            _ => return self.anything(),
        };
        match name {
            "object" => return self.object(schema, depth),
            "array" | "string" | "integer" | "number" => {}
            "boolean" => return Value::Bool(self.rng.bool()),
            _ => return Value::Null,
        }
        let beside = self.beside.take().unwrap_or_default();
        let said = |keyword: &str| beside.said(keyword).or_else(|| schema.get(keyword));
        let (first, rest) = (said("prefixItems"), said("items").or_else(|| said("unevaluatedItems")));
        let schema =
            if beside.keywords.is_empty() { Cow::Borrowed(schema) } else { Cow::Owned(beside.whole(schema)) };
        match name {
            "array" => self.array(&schema, (first, rest), depth),
            "string" => Value::String(self.string(&schema)),
            "integer" => self.integer(&schema),
            _ => self.number(&schema),
        }
    }
}

/// Lists what a document gives as examples, and what holds where nothing is said.
fn given(schema: &Map<String, Value>) -> Vec<&Value> {
    let listed = schema.get("examples").and_then(Value::as_array).into_iter().flatten();
    listed.chain(schema.get("example")).chain(schema.get("default")).collect()
}

/// Objects are put together; of anything else, the latter says more.
fn together(left: Value, right: Value) -> Value {
    match (left, right) {
        (Value::Object(mut both), Value::Object(right)) => {
            for (name, value) in right {
                let value = match both.get_mut(&name) {
                    Some(known) => together(known.take(), value),
                    None => value,
                };
                both.insert(name, value);
            }
            Value::Object(both)
        }
        (_, right) => right,
    }
}

fn names(list: Option<&Value>) -> impl Iterator<Item = &str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn bound(schema: &Map<String, Value>, keyword: &str) -> Option<usize> {
    schema.get(keyword).and_then(Value::as_u64).and_then(|bound| usize::try_from(bound).ok())
}

#[cfg(test)]
mod tests {
    use super::{Filling, Meant, Random};
    use serde_json::{Map, Value, json};

    fn document() -> Value {
        json!({ "a": {
            "type": "object",
            "required": ["id", "next"],
            "properties": {
                "id": { "type": "integer", "minimum": 3, "maximum": 9 },
                "at": { "type": "string", "format": "date-time" },
                "next": { "anyOf": [{ "$ref": "#/a" }, { "type": "null" }] },
                "list": {
                    "type": "array", "minItems": 2, "uniqueItems": true, "items": { "enum": [1, 2, "é"] },
                },
                "code": { "type": "string", "pattern": "^[a-z]{3}-\\d$", "examples": ["abc-1"] },
                "map": { "additionalProperties": { "type": "number", "exclusiveMinimum": 0 } },
            },
        }})
    }

    #[test]
    fn a_seed_makes_the_same_values() {
        let document = document();
        let values = |seed| {
            let mut random = Random::new(&document, seed);
            (0..50).map(|_| random.of("/a")).collect::<Vec<_>>()
        };
        assert_eq!(values(1), values(1));
        assert_ne!(values(1), values(2));
    }

    #[test]
    fn what_is_meant_to_be_valid_is_as_full_as_it_is_asked_for() {
        let document = json!({ "a": {
            "type": "object",
            "required": ["code"],
            "properties": {
                "code": { "type": "string", "pattern": "^[a-z]{3}-\\d$" },
                "made": { "type": "string", "readOnly": true },
                "secret": { "type": "string", "writeOnly": true },
                "next": { "$ref": "#/a" },
                "free": { "oneOf": [{ "$ref": "#/c" }], "discriminator": { "propertyName": "t" } },
                "kind": {
                    "oneOf": [{ "$ref": "#/b" }],
                    "discriminator": { "propertyName": "t", "mapping": { "x": "#/b" } },
                },
            },
        }, "b": { "type": "object", "properties": { "t": { "type": "string" } } }, "c": {} });
        let mut random = Random::new(&document, 5);
        let mut of = |filling, without| random.meant(&document["a"], Meant { filling, without });
        let least = of(Filling::Least, "readOnly");
        assert_eq!(least.as_object().map(Map::len), Some(1), "{least}");
        assert!(least["code"].as_str().is_some_and(|text| text.len() == 5), "{least}");
        let all = of(Filling::All, "readOnly");
        let names = |value: &Value| {
            value.as_object().map(|members| members.keys().cloned().collect::<Vec<_>>().join(" "))
        };
        assert_eq!(names(&all).as_deref(), Some("code secret next free kind"), "{all}");
        assert_eq!([&all["free"]["t"], &all["kind"]["t"]], ["c", "x"]);
        assert!(of(Filling::All, "writeOnly").get("secret").is_none());
    }

    #[test]
    fn objects_of_which_nothing_is_said_have_members() {
        let document = json!({ "a": { "type": "object" } });
        let mut random = Random::new(&document, 5);
        let mut of = |filling| random.meant(&document["a"], Meant { filling, without: "readOnly" });
        assert_eq!(of(Filling::All).as_object().map(Map::len), Some(1));
        assert_eq!(of(Filling::Least), json!({}));
    }

    #[test]
    fn parts_that_stand_beside_each_other_make_one_value() {
        let document = json!({
            "text": { "type": "string", "maxLength": 30 },
            "base": {
                "type": "object",
                "required": ["kind", "id"],
                "properties": {
                    "kind": { "type": "string" }, "id": { "type": "integer" }, "of": { "$ref": "#/outer" },
                },
            },
            "outer": { "type": "object", "required": ["a"], "properties": { "a": { "type": "boolean" } } },
            "nothing": { "description": "It says nothing." },
            "values": {
                "type": "object",
                "required": ["described", "narrow", "either", "number", "list", "refined"],
                "properties": {
                    "described": { "allOf": [
                        { "$ref": "#/text" }, { "description": "A name." }, { "$ref": "#/nothing" },
                    ] },
                    "narrow": { "allOf": [{ "$ref": "#/text" }, { "minLength": 3, "maxLength": 4 }] },
                    "either": {
                        "type": "object",
                        "properties": { "a": { "type": "string" }, "b": { "type": "string" } },
                        "anyOf": [{ "required": ["a"] }, { "required": ["b"] }],
                    },
                    "list": { "allOf": [
                        { "type": "array", "items": { "$ref": "#/text" } }, { "minItems": 2, "maxItems": 2 },
                    ] },
                    "number": { "allOf": [
                        { "type": "number", "minimum": 1 }, { "type": "integer" }, { "maximum": 3 },
                    ] },
                    "refined": {
                        "type": "object",
                        "required": ["of"],
                        "properties": {
                            "kind": { "enum": ["refined"] },
                            "of": {
                                "type": "object", "properties": { "b": { "type": "integer" } },
                                "required": ["b"],
                            },
                        },
                        "allOf": [{ "$ref": "#/base" }],
                    },
                },
            },
        });
        let text = document["values"].to_string().replace("#/", "#/$defs/");
        let mut whole: Value = serde_json::from_str(&text).expect("JSON");
        whole["$defs"] = serde_json::from_str(&document.to_string().replace("#/", "#/$defs/")).expect("JSON");
        let validator = jsonschema::validator_for(&whole).expect("a validator");
        let mut random = Random::new(&document, 3);
        for filling in [Filling::All, Filling::Least, Filling::Some].repeat(40) {
            let value = random.meant(&document["values"], Meant { filling, without: "readOnly" });
            let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?} in {value}");
        }
    }

    #[test]
    fn there_are_enough_of_both_kinds() {
        let document = document();
        let moved = document["a"].to_string().replace("#/a", "#/$defs/a");
        let validator = jsonschema::validator_for(&json!({ "$ref": "#/$defs/a", "$defs": {
            "a": serde_json::from_str::<Value>(&moved).expect("JSON"),
        }}));
        let validator = validator.expect("a validator");
        let mut random = Random::new(&document, 7);
        let valid = (0..1000).filter(|_| validator.is_valid(&random.of("/a"))).count();
        assert!((300..800).contains(&valid), "{valid}");
    }
}
