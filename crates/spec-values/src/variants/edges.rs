//! The edges of what keywords allow.
//!
//! Proposes values, most telling first; whether they are valid, a validator says. Must not know where in a
//! value they stand.

use super::{Instead, count, formats, types};
use crate::pattern;
use crate::random::Filling;
use crate::values::Values;
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// The longest text or list that is made to be as long as a schema allows.
const LONGEST: usize = 5_000;

/// The number of texts that are made of a pattern.
const TEXTS: usize = 40;

/// Proposes what may stand in the place of a value that a schema takes.
pub(super) fn of(values: &Values, pointer: &str, schema: &Map<String, Value>, here: &Value) -> Vec<Instead> {
    let mut instead: Vec<Instead> = Vec::new();
    for value in schema.get("enum").and_then(Value::as_array).into_iter().flatten() {
        instead.push(("enum", value.clone()));
    }
    numbers(schema, here, &mut instead);
    if here.is_string() {
        texts(schema, &mut instead);
    }
    match here {
        Value::Bool(value) => instead.push(("type", json!(!value))),
        Value::Array(items) => lists(values, pointer, schema, items, &mut instead),
        Value::Object(members) => objects(schema, members, &mut instead),
        _ => {}
    }
    let types = types(schema);
    if types.contains(&"null") {
        instead.push(("type", Value::Null));
    }
    if here.is_null() && types.len() > 1 {
        let made = values.valid(Some(pointer), Filling::All, 1, &|value| !value.is_null());
        instead.extend(made.ok().map(|value| ("type", value)));
    }
    instead
}

fn numbers(schema: &Map<String, Value>, here: &Value, instead: &mut Vec<Instead>) {
    if !here.is_number() {
        return;
    }
    let is_whole = types(schema).contains(&"integer") || here.is_i64() || here.is_u64();
    let bound = |keyword: &str| schema.get(keyword).filter(|bound| bound.is_number());
    for keyword in ["minimum", "maximum"] {
        instead.extend(bound(keyword).map(|bound| (keyword, bound.clone())));
    }
    for (keyword, step) in [("exclusiveMinimum", 1.0), ("exclusiveMaximum", -1.0)] {
        if let Some(bound) = bound(keyword) {
            match bound.as_i64() {
                Some(whole) if is_whole => instead.push((keyword, json!(whole.saturating_add(step as i64)))),
                _ => instead.push((keyword, json!(bound.as_f64().unwrap_or_default() + step / 4.0))),
            }
        }
    }
    if let Some(step) = bound("multipleOf") {
        instead.extend([0, 1, 2].map(|times| match step.as_i64() {
            Some(step) => ("multipleOf", json!(step.saturating_mul(times))),
            None => ("multipleOf", json!(step.as_f64().unwrap_or_default() * times as f64)),
        }));
    }
    match schema.get("format").and_then(Value::as_str) {
        Some("int32") => instead.extend([i32::MAX, i32::MIN].map(|bound| ("format", json!(bound)))),
        Some("int64") => instead.extend([i64::MAX, i64::MIN].map(|bound| ("format", json!(bound)))),
        _ => {}
    }
    instead.extend([json!(0), json!(1), json!(-1)].map(|number| ("type", number)));
    if !is_whole {
        instead.push(("type", json!(0.5)));
    }
}

fn texts(schema: &Map<String, Value>, instead: &mut Vec<Instead>) {
    let (least, most) = (count(schema, "minLength").unwrap_or(0), count(schema, "maxLength"));
    let fits = |text: &str| {
        let length = text.chars().count();
        length >= least && most.is_none_or(|most| length <= most)
    };
    if let Some(format) = schema.get("format").and_then(Value::as_str) {
        instead.extend(formats::texts(format).iter().map(|text| ("format", json!(text))));
    }
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
        let mut rng = Rng::with_seed(1);
        let mut made: Vec<String> = (0..TEXTS).filter_map(|_| pattern::text(pattern, &mut rng)).collect();
        made.retain(|text| fits(text));
        made.sort_by_key(|text| (text.chars().count(), text.clone()));
        let (shortest, longest) = (made.first().cloned(), made.last().cloned());
        let keyword = |limit: Option<usize>, text: &String, keyword: &'static str| {
            if limit == Some(text.chars().count()) { keyword } else { "pattern" }
        };
        instead.extend(longest.map(|text| (keyword(most, &text, "maxLength"), json!(text))));
        instead.extend(shortest.map(|text| (keyword(Some(least), &text, "minLength"), json!(text))));
        return;
    }
    for (keyword, length) in [("maxLength", most), ("minLength", count(schema, "minLength"))] {
        if let Some(length) = length.filter(|length| *length <= LONGEST) {
            instead.push((keyword, json!("a".repeat(length))));
            instead.push((keyword, json!("é".repeat(length))));
        }
    }
    if schema.contains_key("enum") || schema.contains_key("format") {
        return;
    }
    for text in ["Zoë 漢字 😀", "", " ", "O'Brien \"quoted\" <b>&amp;</b> 100%", "0"] {
        instead.push(("type", json!(text)));
    }
}

fn lists(
    values: &Values,
    pointer: &str,
    schema: &Map<String, Value>,
    items: &[Value],
    instead: &mut Vec<Instead>,
) {
    for keyword in ["minItems", "maxItems"] {
        if let Some(length) = count(schema, keyword).filter(|length| *length <= LONGEST) {
            instead.extend(long(values, pointer, schema, items, length).map(|list| (keyword, list)));
        }
    }
    instead.push(("type", json!([])));
    instead.extend(items.first().map(|item| ("type", json!([item]))));
    // What may come twice comes twice.
    if let Some(item) = items.first().filter(|_| schema.get("uniqueItems") != Some(&json!(true))) {
        instead.push(("uniqueItems", json!([item, item])));
    }
}

/// Makes a list of a length: of the items that are there, and of others.
pub(super) fn long(
    values: &Values,
    pointer: &str,
    schema: &Map<String, Value>,
    items: &[Value],
    length: usize,
) -> Option<Value> {
    let is_unique = schema.get("uniqueItems") == Some(&json!(true));
    let part = format!("{pointer}/items");
    let part = schema.contains_key("items").then_some(part.as_str());
    let mut list: Vec<Value> = items.iter().take(length).cloned().collect();
    let mut seed = 0;
    while list.len() < length && seed < 8 * length as u64 + 64 {
        let made = if is_unique || list.is_empty() {
            let is_new = |value: &Value| !is_unique || !list.contains(value);
            values.valid(part, Filling::Some, seed, &is_new).ok()
        } else {
            list.first().cloned()
        };
        seed += 1;
        list.push(made?);
    }
    Some(list.into())
}

fn objects(schema: &Map<String, Value>, members: &Map<String, Value>, instead: &mut Vec<Instead>) {
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let without = |gone: &dyn Fn(&str) -> bool| {
        let left = members.iter().filter(|(name, _)| !gone(name));
        Value::Object(left.map(|(name, value)| (name.clone(), value.clone())).collect())
    };
    let optional: Vec<&String> = members.keys().filter(|name| !required.contains(&name.as_str())).collect();
    for name in &optional {
        instead.push(("required", without(&|own| own == name.as_str())));
    }
    if optional.len() > 1 {
        instead.push(("required", without(&|own| !required.contains(&own))));
        for name in &optional {
            instead.push(("required", without(&|own| own != name.as_str() && !required.contains(&own))));
        }
    }
    if members.is_empty() || required.is_empty() {
        instead.push(("type", json!({})));
    }
    if schema.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false))
        && let Some(value) = members.values().next()
    {
        let mut more = members.clone();
        more.insert("added".to_owned(), value.clone());
        instead.push(("additionalProperties", more.into()));
    }
}
