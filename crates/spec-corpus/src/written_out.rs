//! Documents as bundlers write them: every reference to a schema is replaced by what it leads to.
//!
//! Knows where in a document schemas refer to each other. Must not know what becomes of them.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Where the schemas stand that have names.
const SCHEMAS: &str = "#/components/schemas/";

/// Keys whose values are data, and no part of the document.
const DATA: [&str; 6] = ["example", "examples", "default", "enum", "const", "mapping"];

/// Keys whose members have names that mean nothing.
const NAMED: [&str; 5] = ["properties", "patternProperties", "dependentSchemas", "$defs", "schemas"];

/// What may stand beside a reference that is written out: of what it leads to, it says the same.
const BESIDE: [&str; 10] = [
    "$ref",
    "summary",
    "title",
    "description",
    "deprecated",
    "default",
    "example",
    "examples",
    "readOnly",
    "writeOnly",
];

/// A document without references to schemas, as far as that goes.
#[derive(Debug)]
pub struct WrittenOut {
    /// The document.
    pub document: Value,
    /// How many references were written out.
    pub written: usize,
    /// How many were left: in circles, where a discriminator tells schemas apart by their names, and where
    /// the document would become too large.
    pub left: usize,
}

/// Writes the references to schemas out, until `most` values were added.
pub fn written_out(document: &Value, most: usize) -> WrittenOut {
    let none = Map::new();
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object).unwrap_or(&none);
    let is_3_0 = document["openapi"].as_str().is_some_and(|version| version.starts_with("3.0"));
    let mut writer = Writer { schemas, kept: kept(schemas), is_3_0, most, written: 0, left: 0 };
    let document = writer.value(document, false);
    WrittenOut { document, written: writer.written, left: writer.left }
}

struct Writer<'a> {
    schemas: &'a Map<String, Value>,
    /// Schemas that are only ever referred to.
    kept: BTreeSet<String>,
    is_3_0: bool,
    /// The number of values that may still be added.
    most: usize,
    written: usize,
    left: usize,
}

impl Writer<'_> {
    /// Writes a value out; `is_named` says whether its keys are names.
    fn value(&mut self, value: &Value, is_named: bool) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| self.value(item, false)).collect(),
            Value::Object(members) => {
                if !is_named && let Some(target) = members.get("$ref").and_then(Value::as_str) {
                    return self.reference(target, members);
                }
                let mut out = Map::new();
                for (key, member) in members {
                    let is_data = !is_named && DATA.contains(&key.as_str());
                    // A tag means a schema by its name.
                    let is_told =
                        members.contains_key("discriminator") && ["oneOf", "anyOf"].contains(&key.as_str());
                    let member = if is_data || (is_told && !is_named) {
                        member.clone()
                    } else {
                        self.value(member, !is_named && NAMED.contains(&key.as_str()))
                    };
                    out.insert(key.clone(), member);
                }
                Value::Object(out)
            }
            other => other.clone(),
        }
    }

    /// Writes a reference out, if it leads to a schema and nothing beside it changes what that means.
    fn reference(&mut self, target: &str, members: &Map<String, Value>) -> Value {
        let same = || Value::Object(members.clone());
        let Some(name) = named(target) else { return same() };
        let Some(schema) = self.schemas.get(&name) else { return same() };
        let is_plain = self.is_3_0 || members.keys().all(|key| BESIDE.contains(&key.as_str()));
        let size = size(schema);
        if self.kept.contains(&name) || !is_plain || !schema.is_object() || size > self.most {
            self.left += 1;
            return same();
        }
        self.most -= size;
        self.written += 1;
        let mut schema = self.value(schema, false);
        if let Value::Object(out) = &mut schema
            && !self.is_3_0
        {
            let words = members.iter().filter(|(key, _)| *key != "$ref");
            out.extend(words.map(|(key, value)| (key.clone(), value.clone())));
        }
        schema
    }
}

/// Returns the name that a reference means.
fn named(reference: &str) -> Option<String> {
    let name = reference.strip_prefix(SCHEMAS).filter(|name| !name.contains('/'))?;
    let name = percent_encoding::percent_decode_str(name).decode_utf8().ok()?;
    Some(name.replace("~1", "/").replace("~0", "~"))
}

/// Counts the values in a value.
pub fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// Finds the schemas that can't be written out: those in circles, and those of which a discriminator knows
/// the names of others.
fn kept(schemas: &Map<String, Value>) -> BTreeSet<String> {
    let held: BTreeMap<&String, BTreeSet<String>> = schemas
        .iter()
        .map(|(name, schema)| {
            let mut found = BTreeSet::new();
            references(schema, false, &mut found);
            (name, found)
        })
        .collect();
    let is_circular = |start: &String| {
        let (mut seen, mut todo) = (BTreeSet::new(), vec![start]);
        while let Some(name) = todo.pop() {
            for next in held.get(name).into_iter().flatten() {
                if next == start {
                    return true;
                }
                if seen.insert(next) {
                    todo.push(next);
                }
            }
        }
        false
    };
    let is_kept =
        |(name, schema): &(&String, &Value)| schema.get("discriminator").is_some() || is_circular(name);
    schemas.iter().filter(is_kept).map(|(name, _)| name.clone()).collect()
}

/// Collects the schemas that a value refers to; `is_named` says whether its keys are names.
fn references(value: &Value, is_named: bool, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, false, found)),
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(target) if key == "$ref" && !is_named => found.extend(named(target)),
                    _ if !is_named && DATA.contains(&key.as_str()) => {}
                    _ => references(member, !is_named && NAMED.contains(&key.as_str()), found),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::written_out;
    use serde_json::json;

    #[test]
    fn references_become_what_they_lead_to() {
        let document = json!({
            "openapi": "3.1.0",
            "paths": {"/a": {"schema": {"$ref": "#/components/schemas/A", "description": "Here."}}},
            "components": {"schemas": {
                "A": {
                    "description": "There.",
                    "properties": {"b": {"$ref": "#/components/schemas/B"}, "$ref": {"type": "string"}},
                },
                "B": {
                    "items": {"$ref": "#/components/schemas/Circle"},
                    "example": {"$ref": "#/components/schemas/A"},
                },
                "Circle": {"not": {"$ref": "#/components/schemas/Circle"}},
                "Told": {
                    "discriminator": {"propertyName": "a"}, "oneOf": [{"$ref": "#/components/schemas/A"}],
                },
            }},
        });
        let b = json!({
            "items": {"$ref": "#/components/schemas/Circle"},
            "example": {"$ref": "#/components/schemas/A"},
        });
        let found = written_out(&document, 1000);
        assert_eq!(
            found.document["paths"]["/a"]["schema"],
            json!({"description": "Here.", "properties": {"b": b, "$ref": {"type": "string"}}})
        );
        let schemas = &found.document["components"]["schemas"];
        assert_eq!(schemas["Told"], document["components"]["schemas"]["Told"]);
        assert_eq!(schemas["Circle"], document["components"]["schemas"]["Circle"]);
        assert_eq!((found.written, found.left), (3, 4));
        assert_eq!(written_out(&document, 0).document, document);
    }
}
