//! `oracle pairs`: every two assertion keywords of JSON Schema in one schema, generated models against the
//! `jsonschema` crate.
//!
//! Knows the keywords and makes a document of them; `document` holds its models against it.

use crate::{document, harness};
use serde_json::{Map, Value, json};
use spec_oracle::cells::refusal;
use std::path::PathBuf;

/// The number of instances of each schema, beside the values that all of them see.
const INSTANCES: u64 = 40;

/// The options of the command.
pub struct Options {
    /// Only pairs in whose names this stands.
    pub only: Option<String>,
    /// The seed of random instances.
    pub seed: u64,
    /// Disagreements that are known.
    pub known: Option<PathBuf>,
    /// The folder to work in.
    pub keep: Option<PathBuf>,
}

/// A keyword, and what it is about.
struct Keyword {
    name: &'static str,
    kind: Option<&'static str>,
}

/// The keywords by the kind of value that they assert something of; none where that is any (JSON Schema
/// 2020-12, validation, 6, and core, 10 and 11).
const KEYWORDS: &[(Option<&str>, &[&str])] = &[
    (None, &["type", "enum", "const", "allOf", "anyOf", "oneOf", "not", "if"]),
    (Some("integer"), &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    (Some("string"), &["minLength", "maxLength", "pattern", "format"]),
    (
        Some("array"),
        &[
            "minItems",
            "maxItems",
            "uniqueItems",
            "contains",
            "minContains",
            "maxContains",
            "items",
            "prefixItems",
            "unevaluatedItems",
        ],
    ),
    (
        Some("object"),
        &[
            "properties",
            "required",
            "additionalProperties",
            "patternProperties",
            "propertyNames",
            "minProperties",
            "maxProperties",
            "dependentRequired",
            "dependentSchemas",
            "unevaluatedProperties",
        ],
    ),
];

/// Holds the models of all pairs against their schemas; the text of the report, and whether all is well.
///
/// # Errors
///
/// When something other than a pair can't be read, written, started or compiled.
pub fn run(options: &Options) -> Result<(String, bool), String> {
    let folder = options.keep.clone().unwrap_or_else(|| harness::target().join("oracle").join("pairs"));
    let (mut taken, mut refused) = (Map::new(), Vec::new());
    for (name, schema) in pairs() {
        if options.only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        match refusal(&document_of([(name.clone(), schema.clone())].into_iter().collect()).to_string()) {
            Some((why, _)) => refused.push(format!("  {name}: {why}\n")),
            None => drop(taken.insert(name, schema)),
        }
    }
    let (count, path) = (taken.len() as u64, folder.join("pairs.json"));
    harness::write(&path, &document_of(taken).to_string())?;
    let asked = document::Options {
        document: path,
        instances: count * INSTANCES,
        values: values(),
        seed: options.seed,
        known: options.known.clone(),
        keep: Some(folder),
    };
    let (mut text, is_well) = document::run(&asked)?;
    if !refused.is_empty() {
        text.push_str(&format!("\nrefused by the generator: {}\n{}", refused.len(), refused.concat()));
    }
    Ok((text, is_well))
}

fn document_of(schemas: Map<String, Value>) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Pairs", "version": "1.0.0" },
        "paths": {},
        "components": { "schemas": schemas },
    })
}

/// Every two keywords, by name. Of two that are about any kind of value, there are a number and an object.
fn pairs() -> Vec<(String, Value)> {
    let keywords: Vec<Keyword> = KEYWORDS
        .iter()
        .flat_map(|(kind, names)| names.iter().map(|name| Keyword { name, kind: *kind }))
        .collect();
    let mut pairs = Vec::new();
    for (number, left) in keywords.iter().enumerate() {
        for right in &keywords[number + 1..] {
            let kinds: Vec<&str> = match (left.kind, right.kind) {
                (None, None) => vec!["integer", "object"],
                (Some(kind), None) | (None, Some(kind)) => vec![kind],
                (Some(left), Some(right)) if left == right => vec![left],
                (Some(_), Some(_)) => vec![""],
            };
            for kind in kinds {
                let kind_of = |own: &Keyword| own.kind.unwrap_or(kind);
                let mut schema = Map::new();
                let types =
                    if kind.is_empty() { json!([kind_of(left), kind_of(right)]) } else { json!(kind) };
                schema.insert("type".to_owned(), types);
                schema.extend(said(left.name, kind_of(left)));
                for (key, value) in said(right.name, kind_of(right)) {
                    // What one needs to mean anything, the other may say.
                    schema.entry(key).or_insert(value);
                }
                if left.name == "type" {
                    schema.insert("type".to_owned(), json!([kind_of(right), "null"]));
                }
                let suffix = if left.kind.is_none() && right.kind.is_none() {
                    format!("-{kind}")
                } else {
                    String::new()
                };
                pairs.push((format!("{}-{}{suffix}", left.name, right.name), Value::Object(schema)));
            }
        }
    }
    pairs
}

/// A keyword with a value, and with what it needs beside it to mean anything; `kind` is what values are of.
fn said(keyword: &str, kind: &str) -> Map<String, Value> {
    let some = part(kind);
    let value = match keyword {
        "type" => json!(kind),
        "enum" => json!(of_kind(kind)),
        "const" => of_kind(kind).remove(1),
        "allOf" => json!([some[0], some[1]]),
        "anyOf" => json!([some[0], some[2]]),
        "oneOf" => json!([some[1], some[2]]),
        "not" => some[2].clone(),
        "if" => {
            let whole = json!({ "if": some[0], "then": some[1], "else": some[2] });
            return whole.as_object().cloned().unwrap_or_default();
        }
        "minimum" => json!(2),
        "maximum" => json!(7),
        "exclusiveMinimum" => json!(1),
        "exclusiveMaximum" => json!(8),
        "multipleOf" => json!(2),
        "minLength" => json!(2),
        "maxLength" => json!(4),
        "pattern" => json!("^[a-c]*$"),
        "format" => json!("date"),
        "minItems" => json!(2),
        "maxItems" => json!(3),
        "uniqueItems" => json!(true),
        "contains" => json!({ "const": 1 }),
        "minContains" | "maxContains" => {
            let whole = json!({ "contains": { "const": 1 }, keyword: 2 });
            return whole.as_object().cloned().unwrap_or_default();
        }
        "items" => json!({ "type": "integer" }),
        "prefixItems" => json!([{ "type": "integer" }, { "type": "string" }]),
        "unevaluatedItems" | "unevaluatedProperties" | "additionalProperties" => json!(false),
        "properties" => json!({ "a": { "type": "integer" }, "b": { "type": "string" } }),
        "required" => json!(["a"]),
        "patternProperties" => json!({ "^[ab]$": { "type": "integer" } }),
        "propertyNames" => json!({ "maxLength": 1 }),
        "minProperties" => json!(1),
        "maxProperties" => json!(2),
        "dependentRequired" => json!({ "a": ["b"] }),
        "dependentSchemas" => json!({ "a": { "required": ["c"] } }),
        _ => Value::Null,
    };
    Map::from_iter([(keyword.to_owned(), value)])
}

/// Three schemas of a kind.
fn part(kind: &str) -> [Value; 3] {
    match kind {
        "integer" => [json!({ "minimum": 1 }), json!({ "maximum": 9 }), json!({ "multipleOf": 3 })],
        "string" => [json!({ "minLength": 1 }), json!({ "maxLength": 9 }), json!({ "pattern": "^b" })],
        "array" => {
            [json!({ "minItems": 1 }), json!({ "maxItems": 4 }), json!({ "contains": { "const": 2 } })]
        }
        _ => [json!({ "minProperties": 1 }), json!({ "maxProperties": 4 }), json!({ "required": ["c"] })],
    }
}

/// Values of a kind.
fn of_kind(kind: &str) -> Vec<Value> {
    let values = match kind {
        "integer" => json!([1, 4, 6, 11]),
        "string" => json!(["a", "bc", "2024-02-29", "abcabc"]),
        "array" => json!([[1], [1, 1], [1, "a"], [2, 3]]),
        _ => json!([{ "a": 1 }, { "a": 1, "b": "x" }, { "c": 1 }, {}]),
    };
    values.as_array().cloned().unwrap_or_default()
}

/// Values that every schema sees.
fn values() -> Vec<Value> {
    let mut values = Vec::new();
    values.extend((-1..=12).map(Value::from));
    values.extend([json!(2.5), json!(4.0), json!(null), json!(true)]);
    values.extend(
        ["", "a", "b", "ab", "bc", "abc", "abcd", "abcabc", "xyz", "ü", "2024-02-29", "2024-02-30"]
            .map(Value::from),
    );
    values.extend([
        json!([]),
        json!([1]),
        json!([1, 1]),
        json!([1, 2]),
        json!([1, 1, 1]),
        json!([1, "a"]),
        json!(["a", 1]),
    ]);
    values.extend([
        json!([1, 2, 3, 4]),
        json!([2, 2]),
        json!([null]),
        json!([1, "a", 3]),
        json!([1, 1.0]),
        json!(["a"]),
    ]);
    values.extend([
        json!({}),
        json!({ "a": 1 }),
        json!({ "a": "x" }),
        json!({ "b": "x" }),
        json!({ "b": 1 }),
        json!({ "c": 1 }),
    ]);
    values.extend([
        json!({ "a": 1, "b": "x" }),
        json!({ "a": 1, "b": 2 }),
        json!({ "a": 1, "c": 2 }),
        json!({ "long": 1 }),
    ]);
    values.extend([
        json!({ "a": 1, "b": "x", "c": null }),
        json!({ "a": null }),
        json!({ "a": 1, "b": 1, "c": 1, "d": 1, "e": 1 }),
    ]);
    values
}

#[cfg(test)]
mod tests {
    use super::{KEYWORDS, pairs, values};
    use std::collections::HashSet;

    #[test]
    fn every_two_keywords_meet() {
        let count: usize = KEYWORDS.iter().map(|(_, names)| names.len()).sum();
        let pairs = pairs();
        let names: HashSet<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.len() == pairs.len() && pairs.len() >= count * (count - 1) / 2, "{}", pairs.len());
        for (name, schema) in &pairs {
            let validator =
                jsonschema::draft202012::new(schema).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(values().iter().any(|value| !validator.is_valid(value)), "{name}");
        }
    }
}
