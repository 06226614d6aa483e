//! Compares each document of a folder with itself in other words, and says which have changes or take long:
//! `cargo run -p spec-diff --example itself -- DIR [LARGEST]`, where documents of more bytes are left out.
//!
//! Other words: members and lists that are sets the other way round; references replaced by what they lead
//! to; `allOf` merged, where its parts say nothing of the same.

use serde_json::{Map, Value};
use spec_document::{Diagnostics, Sources};
use std::error::Error;
use std::time::{Duration, Instant};

/// The depth to which references are replaced.
const DEPTH: usize = 4;

/// The number of values that replacing references may make of one document.
const MOST: usize = 400_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments.first().ok_or("give a folder")?;
    let largest: u64 = arguments.get(1).map_or(Ok(u64::MAX), |text| text.parse())?;
    let (mut count, mut slowest, mut replaced, mut merged) = (0, Duration::ZERO, 0, 0);
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let metadata = std::fs::metadata(&path)?;
        if !metadata.is_file() || metadata.len() > largest {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let id = sources.add(path.display().to_string(), text);
        let Some(document) = sources.parse(id, None, &mut diagnostics) else { continue };
        let Some(api) = spec_api::read_as(&document, spec_api::Untyped::Any, &mut diagnostics) else {
            continue;
        };
        let mut turned = api.clone();
        turn(&mut turned.json);
        turned.operations.reverse();
        let mut inlined = api.clone();
        let mut rest = MOST;
        for part in ["paths", "components"] {
            if let Some(value) = inlined.json.get_mut(part) {
                inline(&api.json, value, DEPTH, &mut rest);
            }
        }
        replaced += MOST - rest;
        let mut flat = inlined.clone();
        merge(&mut flat.json, &mut merged);
        for (word, other) in [("turned", &turned), ("inlined", &inlined), ("merged", &flat)] {
            let start = Instant::now();
            let report = spec_diff::compare(&api, other);
            let took = start.elapsed();
            slowest = slowest.max(took);
            if !report.changes.is_empty() || took > Duration::from_secs(2) {
                println!("{} {word}: {} changes in {took:?}", path.display(), report.changes.len());
                for change in report.changes.iter().take(3) {
                    println!("  {} {} {} {:?}", change.id, change.pointer(), change.text, change.evidence);
                }
            }
        }
        count += 1;
    }
    println!(
        "{count} documents, {replaced} values in place of references, {merged} merged, slowest {slowest:?}"
    );
    Ok(())
}

/// Writes the members of all objects, and lists that are sets, the other way round. Nothing is to be the same
/// text.
fn turn(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let turned: Vec<_> = std::mem::take(members).into_iter().rev().collect();
            for (name, mut member) in turned {
                turn(&mut member);
                if let (true, Value::Array(list)) = (name == "required" || name == "enum", &mut member) {
                    list.reverse();
                }
                if name == "description" && member.is_string() {
                    member = Value::from("Other words");
                }
                members.insert(name, member);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(turn),
        _ => {}
    }
}

/// Puts what references to schemas lead to in their place. Where a choice is told by names, references are
/// the names.
fn inline(root: &Value, value: &mut Value, depth: usize, rest: &mut usize) {
    match value {
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str).filter(|_| members.len() == 1);
            let target = target.and_then(|target| target.strip_prefix('#'));
            let target = target.filter(|target| target.starts_with("/components/schemas/"));
            let schema = target.and_then(|target| root.pointer(target)).filter(|_| depth > 0 && *rest > 0);
            if let Some(schema) = schema {
                *rest -= 1;
                *value = schema.clone();
                inline(root, value, depth - 1, rest);
                return;
            }
            let is_choice =
                |key: &str| ["oneOf", "anyOf", "discriminator", "example", "default"].contains(&key);
            let inner = members.iter_mut().filter(|(key, _)| !is_choice(key));
            inner.for_each(|(_, member)| inline(root, member, depth, rest));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| inline(root, item, depth, rest)),
        _ => {}
    }
}

/// Merges `allOf` into the schema that it stands in, where all that is said are names and types.
fn merge(value: &mut Value, count: &mut usize) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(|member| merge(member, count));
            if let Some(merged) = merged(members) {
                *members = merged;
                *count += 1;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| merge(item, count)),
        _ => {}
    }
}

fn merged(members: &Map<String, Value>) -> Option<Map<String, Value>> {
    let parts = members.get("allOf")?.as_array()?;
    let mut own = members.clone();
    own.shift_remove("allOf");
    let mut whole = Map::new();
    for part in parts.iter().map(Value::as_object).chain([Some(&own)]) {
        for (key, value) in part? {
            match (key.as_str(), whole.get_mut(key), value) {
                ("type" | "properties" | "required", None, value) => {
                    whole.insert(key.clone(), value.clone());
                }
                ("type", Some(other), value) if other == value => {}
                ("properties", Some(Value::Object(names)), Value::Object(more)) => {
                    for (name, schema) in more {
                        if names.insert(name.clone(), schema.clone()).is_some() {
                            return None;
                        }
                    }
                }
                ("required", Some(Value::Array(names)), Value::Array(more)) => names.extend(more.clone()),
                ("title" | "description" | "example", ..) => {}
                _ => return None,
            }
        }
    }
    Some(whole)
}
