//! What keywords forbid.
//!
//! Proposes values beyond each keyword, most telling first; whether a keyword is broken, and it alone, a
//! validator says. Must not know where in a value they stand.

use super::edges::long;
use super::{Instead, count, formats, types};
use crate::instances::UNDECLARED;
use crate::pattern;
use crate::random::Filling;
use crate::values::Values;
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// The longest text or list that is made to be longer than a schema allows.
const LONGEST: usize = 5_000;

/// The number of texts that are made of a pattern.
const TEXTS: usize = 40;

/// Proposes what must not stand in the place of a value that a schema takes.
pub(super) fn of(values: &Values, pointer: &str, schema: &Map<String, Value>, here: &Value) -> Vec<Instead> {
    let mut instead: Vec<Instead> = Vec::new();
    match here {
        Value::Object(members) => objects(schema, members, &mut instead),
        Value::Array(items) => lists(values, pointer, schema, items, &mut instead),
        Value::String(text) => texts(schema, text, &mut instead),
        Value::Number(number) => numbers(schema, number, &mut instead),
        Value::Null | Value::Bool(_) => {}
    }
    for keyword in ["const", "enum"].into_iter().filter(|keyword| schema.contains_key(*keyword)) {
        instead.extend(others(here).into_iter().map(|other| (keyword, other)));
    }
    if schema.contains_key("not") {
        let excluded = values.valid(Some(&format!("{pointer}/not")), Filling::Some, 1, &|_| true);
        instead.extend(excluded.ok().map(|value| ("not", value)));
    }
    if schema.contains_key("type") {
        instead.extend(kinds(here, &types(schema)).into_iter().map(|value| ("type", value)));
    }
    for keyword in ["anyOf", "oneOf"].into_iter().filter(|keyword| schema.contains_key(*keyword)) {
        let all = [json!({}), json!("undeclared"), json!([]), json!(1.5), json!(true), Value::Null];
        instead.extend(all.into_iter().map(|value| (keyword, value)));
    }
    instead
}

/// Values of other types, those that are most easily taken for the right one first.
fn kinds(here: &Value, types: &[&str]) -> Vec<Value> {
    let mut all = match here {
        Value::Number(number) => {
            let text = json!(number.to_string());
            let half = json!(number.as_f64().filter(|float| float.abs() < 1e12).unwrap_or(1.0).trunc() + 0.5);
            vec![json!("text"), half, Value::Null, text, json!(true), json!([]), json!({})]
        }
        Value::String(_) => vec![json!(42), Value::Null, json!(true), json!([]), json!({})],
        Value::Bool(_) => vec![json!("yes"), Value::Null, json!(1), json!("true"), json!([])],
        Value::Array(items) => {
            let first = items.first().cloned().filter(|item| !item.is_array());
            vec![json!("text"), Value::Null, first.unwrap_or(json!(1)), json!({})]
        }
        Value::Object(_) => vec![json!("text"), Value::Null, json!([]), json!(1)],
        Value::Null => vec![json!("text"), json!(1), json!([])],
    };
    all.retain(|value| *value != Value::Null || !types.contains(&"null"));
    all
}

/// Other values of the same type.
fn others(here: &Value) -> Vec<Value> {
    match here {
        Value::String(text) => {
            let swapped: String = match text.chars().any(char::is_lowercase) {
                true => text.to_uppercase(),
                false => text.to_lowercase(),
            };
            vec![json!(format!("{text}_undeclared")), json!(UNDECLARED), json!(swapped), json!("")]
        }
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or_default();
            [number.saturating_add(1), number.saturating_sub(1), number.saturating_add(1000), -7919]
                .map(|other| json!(other))
                .to_vec()
        }
        Value::Bool(value) => vec![json!(!value)],
        _ => Vec::new(),
    }
}

fn numbers(schema: &Map<String, Value>, number: &serde_json::Number, instead: &mut Vec<Instead>) {
    let is_whole = types(schema).contains(&"integer") || number.as_f64().is_none_or(|own| own.fract() == 0.0);
    let bound = |keyword: &str| schema.get(keyword).filter(|bound| bound.is_number());
    for (keyword, step) in [("minimum", -1), ("maximum", 1)] {
        let Some(bound) = bound(keyword) else { continue };
        match (bound.as_i64(), bound.as_f64().unwrap_or_default()) {
            (Some(whole), _) if is_whole => {
                instead.push((keyword, json!(whole.saturating_add(step))));
                instead.push((keyword, json!(whole.saturating_add(1000 * step))));
            }
            (_, float) if is_whole => {
                let beyond = if step < 0 { float.floor() - 1.0 } else { float.ceil() + 1.0 };
                instead.push((keyword, json!(beyond as i64)));
            }
            (_, float) => {
                instead.push((keyword, json!(float + f64::from(step as i32) * 0.25)));
                instead.push((keyword, json!(float + f64::from(step as i32) * 1000.0)));
            }
        }
    }
    for keyword in ["exclusiveMinimum", "exclusiveMaximum"] {
        instead.extend(bound(keyword).map(|bound| (keyword, bound.clone())));
    }
    if let Some(step) = bound("multipleOf") {
        let own = number.as_f64().unwrap_or_default();
        match step.as_i64() {
            Some(_) if is_whole => {
                instead.extend([1.0, -1.0].map(|off| ("multipleOf", json!((own + off) as i64))))
            }
            _ => {
                let half = step.as_f64().unwrap_or_default() / 2.0;
                instead.extend([half, -half].map(|off| ("multipleOf", json!(own + off))));
            }
        }
    }
    match schema.get("format").and_then(Value::as_str) {
        Some("int32") => {
            instead.extend([i64::from(i32::MAX) + 1, i64::from(i32::MIN) - 1].map(|n| ("format", json!(n))))
        }
        Some("int64") => instead.push(("format", json!(u64::MAX))),
        Some("uint32" | "uint64") => instead.push(("format", json!(-1))),
        _ => {}
    }
}

fn texts(schema: &Map<String, Value>, text: &str, instead: &mut Vec<Instead>) {
    let (least, most) = (count(schema, "minLength"), count(schema, "maxLength"));
    let pattern = schema.get("pattern").and_then(Value::as_str);
    let mut rng = Rng::with_seed(1);
    let mut made: Vec<String> = pattern
        .iter()
        .flat_map(|pattern| (0..TEXTS).filter_map(|_| pattern::text(pattern, &mut rng)).collect::<Vec<_>>())
        .collect();
    made.sort_by_key(|text| (text.chars().count(), text.clone()));
    let first = |count: usize| text.chars().take(count).collect::<String>();
    if let Some(least) = least.filter(|least| (1..=LONGEST).contains(least)) {
        instead.push(("minLength", json!(first(least - 1))));
        instead.push(("minLength", json!("a".repeat(least - 1))));
        instead.push(("minLength", json!("")));
        let shorter = made.iter().find(|text| text.chars().count() < least);
        instead.extend(shorter.map(|text| ("minLength", json!(text))));
    }
    if let Some(most) = most.filter(|most| *most <= LONGEST) {
        let last = text.chars().last().unwrap_or('a');
        let longer: String = text.chars().chain(std::iter::repeat(last)).take(most + 1).collect();
        instead.push(("maxLength", json!(longer)));
        instead.push(("maxLength", json!("a".repeat(most + 1))));
        let longest = made.iter().find(|text| text.chars().count() > most);
        instead.extend(longest.map(|text| ("maxLength", json!(text))));
    }
    if pattern.is_some() {
        let length = text.chars().count();
        let swapped: String = text
            .chars()
            .map(|own| if own.is_uppercase() { own.to_ascii_lowercase() } else { own.to_ascii_uppercase() })
            .collect();
        let own = [
            format!("{}!", first(length.saturating_sub(1))),
            format!("{text}!"),
            format!("!{text}"),
            swapped,
            format!("{text}\n"),
            format!(" {text}"),
            first(length.saturating_sub(1)),
            "é".repeat(length),
            "!".repeat(length.max(1)),
            String::new(),
        ];
        instead.extend(own.map(|text| ("pattern", json!(text))));
    }
    if let Some(format) = schema.get("format").and_then(Value::as_str) {
        instead.extend(formats::texts(format).iter().map(|text| ("format", json!(text))));
    }
}

fn lists(
    values: &Values,
    pointer: &str,
    schema: &Map<String, Value>,
    items: &[Value],
    instead: &mut Vec<Instead>,
) {
    if let Some(least) = count(schema, "minItems").filter(|least| *least > 0) {
        instead.push(("minItems", Value::from(&items[..items.len().min(least - 1)])));
        instead.push(("minItems", json!([])));
    }
    if let Some(most) = count(schema, "maxItems").filter(|most| *most <= LONGEST) {
        instead.extend(long(values, pointer, schema, items, most + 1).map(|list| ("maxItems", list)));
    }
    if schema.get("uniqueItems") == Some(&json!(true)) {
        let one = items.first().cloned().or_else(|| {
            let part = format!("{pointer}/items");
            let part = schema.contains_key("items").then_some(part.as_str());
            values.valid(part, Filling::Some, 1, &|_| true).ok()
        });
        if let Some(item) = one {
            instead.push(("uniqueItems", [items, std::slice::from_ref(&item)].concat().into()));
            instead.push(("uniqueItems", json!([item, item])));
        }
    }
    if schema.contains_key("contains") {
        instead.extend([json!([]), json!([null])].map(|list| ("contains", list)));
    }
    if schema.get("items") == Some(&json!(false)) {
        instead.push(("items", [items, &[json!(UNDECLARED)]].concat().into()));
    }
}

fn objects(schema: &Map<String, Value>, members: &Map<String, Value>, instead: &mut Vec<Instead>) {
    let without = |name: &str| {
        let mut fewer = members.clone();
        fewer.shift_remove(name);
        Value::Object(fewer)
    };
    let with = |name: &str, value: Value| {
        let mut more = members.clone();
        more.insert(name.to_owned(), value);
        Value::Object(more)
    };
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    for name in required.filter_map(Value::as_str) {
        instead.push(("required", without(name)));
    }
    let dependent = schema.get("dependentRequired").and_then(Value::as_object).into_iter().flatten();
    for name in
        dependent.flat_map(|(_, names)| names.as_array().into_iter().flatten()).filter_map(Value::as_str)
    {
        instead.push(("dependentRequired", without(name)));
    }
    for keyword in ["additionalProperties", "unevaluatedProperties"] {
        if schema.get(keyword) == Some(&Value::Bool(false)) {
            instead.push((keyword, with(UNDECLARED, json!("value"))));
        }
    }
    if schema.contains_key("propertyNames") {
        let value = members.values().next().cloned().unwrap_or_default();
        instead.extend(
            ["", "undeclared!", "UNDECLARED", " "].map(|name| ("propertyNames", with(name, value.clone()))),
        );
    }
    if let Some(least) = count(schema, "minProperties").filter(|least| *least > 0) {
        let fewer: Map<String, Value> =
            members.iter().take(least - 1).map(|(name, value)| (name.clone(), value.clone())).collect();
        instead.push(("minProperties", fewer.into()));
    }
    if let Some(most) = count(schema, "maxProperties").filter(|most| *most <= LONGEST) {
        let mut more = members.clone();
        let value = members.values().next().cloned().unwrap_or(json!("value"));
        (members.len()..=most).for_each(|number| _ = more.insert(format!("key{number}"), value.clone()));
        instead.push(("maxProperties", more.into()));
    }
}
