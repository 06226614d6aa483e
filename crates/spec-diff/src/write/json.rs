//! For programs: JSON.
//!
//! Must not know who reads it.

use super::position;
use crate::report::{Change, Direction, Evidence, Report};
use serde_json::{Map, Value, json};
use spec_document::{Location, Sources};

/// Writes a report as JSON: `breaking`, `changes`, and `advice`.
///
/// The `evidence` of a change is a `witness`, a `proof` in words, or `unknown`. Errors that oasdiff does not
/// take for errors, or has no name for, are `beyond`.
#[must_use]
pub fn json(report: &Report, sources: &Sources) -> Value {
    let changes: Vec<Value> = report.changes.iter().map(|own| change(own, sources)).collect();
    let advice = &report.advice;
    json!({
        "breaking": report.is_breaking(),
        "advice": {
            "api": advice.api.to_string(),
            "crates": advice.crates.to_string(),
            "base": advice.versions.0,
            "revision": advice.versions.1,
            "followed": advice.is_followed(),
        },
        "changes": changes,
    })
}

fn change(change: &Change, sources: &Sources) -> Value {
    let mut object = Map::new();
    object.insert("id".to_owned(), json!(change.id));
    object.insert("level".to_owned(), json!(change.level.to_string()));
    object.insert("pointer".to_owned(), json!(change.pointer()));
    if let Some(direction) = change.direction {
        let word = if direction == Direction::Request { "request" } else { "response" };
        object.insert("direction".to_owned(), json!(word));
    }
    if change.is_beyond() {
        object.insert("beyond".to_owned(), json!(true));
    }
    object.insert("operations".to_owned(), json!(change.operations));
    object.insert("text".to_owned(), json!(change.text));
    for (key, location) in [("base", &change.base), ("revision", &change.revision)] {
        if let Some(location) = location {
            object.insert(key.to_owned(), place(location, sources));
        }
    }
    let (word, value) = match &change.evidence {
        Evidence::Witness(value) => ("witness", value.clone()),
        Evidence::Stated(reason) => ("proof", json!(reason)),
        Evidence::Compatible => ("proof", json!("every value that was fine still is")),
        Evidence::Unknown => ("unknown", json!(true)),
    };
    object.insert("evidence".to_owned(), json!({ word: value }));
    if let Some(request) = &change.request {
        let headers: Map<String, Value> =
            request.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let (method, path, body) = (&request.method, &request.path, &request.body);
        let request = json!({ "method": method, "path": path, "headers": headers, "body": body });
        object.insert("request".to_owned(), request);
    }
    Value::Object(object)
}

fn place(location: &Location, sources: &Sources) -> Value {
    let (file, line, column) = position(sources, location);
    let pointer = location.as_pointer().map_or("", |pointer| pointer.as_str());
    json!({ "file": file, "line": line, "column": column, "pointer": pointer })
}
