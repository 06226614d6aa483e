//! What reports claim of random schemas, held against validators that were made for this alone.

use fastrand::Rng;
use serde_json::{Value, json};
use spec_api::{Api, Untyped};
use spec_diff::{Evidence, Level};
use spec_document::{Diagnostics, Renderer, Sources};
use spec_json_schema::validator;

/// The number of pairs that are tried.
const PAIRS: usize = 500;

fn api(schema: &Value) -> Api {
    let text = json!({
        "openapi": "3.1.0",
        "info": { "title": "Random", "version": "1.0.0" },
        "paths": { "/": { "post": {
            "requestBody": { "content": { "application/json": { "schema": schema } } },
            "responses": { "200": {
                "description": "",
                "content": { "application/json": { "schema": schema } }
            } }
        } } }
    });
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = sources.add("random.json", text.to_string());
    let document = sources.parse(id, None, &mut diagnostics).expect("a document");
    let api = spec_api::read_as(&document, Untyped::Any, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{}", Renderer::new(&sources).render_all(&diagnostics));
    api.expect("an API")
}

/// Returns a schema with a few keywords.
fn schema(rng: &mut Rng, depth: usize) -> Value {
    let kinds = if depth == 0 { 5 } else { 9 };
    match rng.usize(0..kinds) {
        0 => json!({ "type": "integer", "minimum": rng.i32(0..4), "maximum": rng.i32(4..8) }),
        1 => json!({ "type": "number", "multipleOf": rng.i32(1..4) }),
        2 => json!({ "type": "string", "minLength": rng.i32(0..3), "maxLength": rng.i32(3..6) }),
        3 => {
            let values: Vec<_> = (0..rng.usize(1..4)).map(|_| rng.choice(["a", "b", "c", "d"])).collect();
            json!({ "enum": values })
        }
        4 => json!({ "type": rng.choice([json!("boolean"), json!(["string", "null"]), json!("string")]) }),
        5 => {
            let mut list =
                json!({ "type": "array", "items": schema(rng, depth - 1), "minItems": rng.i32(0..3) });
            if rng.bool() {
                list["uniqueItems"] = json!(true);
            }
            list
        }
        6 => {
            let keyword = if rng.bool() { "anyOf" } else { "oneOf" };
            json!({ keyword: [schema(rng, depth - 1), schema(rng, depth - 1)] })
        }
        7 => json!({ "allOf": [schema(rng, depth - 1), schema(rng, depth - 1)] }),
        _ => {
            let mut object = json!({ "type": "object", "properties": {}, "required": [] });
            for name in ["a", "b", "c"] {
                if rng.bool() {
                    object["properties"][name] = schema(rng, depth - 1);
                }
                if rng.u8(0..3) == 0 {
                    object["required"].as_array_mut().expect("a list").push(json!(name));
                }
            }
            if rng.u8(0..4) == 0 {
                object["additionalProperties"] = json!(false);
            }
            object
        }
    }
}

/// Returns a schema that differs from another one somewhere, or is another one.
fn changed(rng: &mut Rng, own: &Value, depth: usize) -> Value {
    let mut other = own.clone();
    match &mut other {
        Value::Object(members) if depth > 0 && rng.u8(0..4) > 0 => {
            let keys: Vec<String> = members.keys().cloned().collect();
            let Some(key) = rng.choice(keys) else { return schema(rng, depth) };
            match &mut members[&key] {
                Value::Number(number) => members[&key] = json!((number.as_i64().unwrap_or(1) + 1).max(1)),
                Value::Array(list) if !list.is_empty() && list[0].is_object() => {
                    let index = rng.usize(0..list.len());
                    list[index] = changed(rng, &list[index], depth - 1);
                }
                Value::Object(inner) if key == "properties" && !inner.is_empty() => {
                    let names: Vec<String> = inner.keys().cloned().collect();
                    let name = rng.choice(names).unwrap_or_default();
                    inner[&name] = changed(rng, &inner[&name], depth - 1);
                }
                Value::Object(_) if key == "items" => {
                    members[&key] = changed(rng, &members[&key].clone(), depth - 1)
                }
                _ => {
                    members.shift_remove(&key);
                }
            }
            other
        }
        _ => schema(rng, depth),
    }
}

fn judge(schema: &Value) -> jsonschema::Validator {
    let (judge, _) = validator::validator(schema).expect("a validator");
    judge
}

fn is_valid(schema: &Value, value: &Value) -> bool {
    judge(schema).is_valid(value)
}

/// Values that schemas like these may take.
fn pool() -> Vec<Value> {
    let scalars =
        [json!(0), json!(1), json!(3), json!(5), json!(7), json!(1.5), json!("a"), json!("b"), json!("c")];
    let more = [json!(""), json!("aaaa"), json!("aaaaaa"), json!(true), Value::Null, json!([]), json!({})];
    let scalars: Vec<Value> = scalars.into_iter().chain(more).collect();
    let mut all = scalars.clone();
    for value in &scalars {
        all.extend([json!([value]), json!([value, value]), json!({ "a": value }), json!({ "b": value })]);
        all.extend([json!({ "a": value, "b": value }), json!({ "a": value, "b": "a", "c": value })]);
        all.extend([json!({ "a": "a", "b": value }), json!({ "a": [value] }), json!({ "c": value })]);
    }
    all
}

#[test]
fn no_witness_fails_its_own_check() {
    let mut rng = Rng::with_seed(11);
    let mut held = 0;
    for _ in 0..PAIRS {
        let one = schema(&mut rng, 3);
        let two = changed(&mut rng, &one, 3);
        let report = spec_diff::compare(&api(&one), &api(&two));
        for change in &report.changes {
            let Evidence::Witness(value) = &change.evidence else {
                assert!(change.level < Level::Error, "{} has no witness", change.id);
                continue;
            };
            // Of the whole body: its place is the root.
            if !change.id.contains("-body-") {
                continue;
            }
            held += 1;
            let (takes, refuses) = if change.id.contains("request") { (&one, &two) } else { (&two, &one) };
            assert!(is_valid(takes, value), "{} {value} was never fine: {takes}", change.id);
            assert!(!is_valid(refuses, value), "{} {value} still is fine: {refuses}", change.id);
        }
    }
    assert!(held > 100, "only {held} were held");
}

#[test]
fn what_is_said_to_be_compatible_is() {
    let (mut rng, pool) = (Rng::with_seed(12), pool());
    let (mut quiet, mut lost) = (0, 0);
    for _ in 0..PAIRS {
        let one = schema(&mut rng, 2);
        let two = changed(&mut rng, &one, 2);
        let report = spec_diff::compare(&api(&one), &api(&two));
        let is_quiet = |word: &str| {
            report.changes.iter().all(|change| change.level == Level::Info || !change.id.contains(word))
        };
        let fits = |schema: &Value| {
            let judge = judge(schema);
            pool.iter().map(|value| judge.is_valid(value)).collect::<Vec<bool>>()
        };
        let (old, new) = (fits(&one), fits(&two));
        for (word, part, whole) in [("request", &old, &new), ("response", &new, &old)] {
            if !is_quiet(word) {
                continue;
            }
            quiet += 1;
            let first = (0..pool.len()).find(|index| part[*index] && !whole[*index]);
            // Names that a document does not declare are taken not to be sent.
            let is_declared =
                |value: &Value| names(value).iter().all(|name| declares(&one, name) == declares(&two, name));
            if let Some(value) = first.map(|index| &pool[index]).filter(|value| is_declared(value)) {
                lost += 1;
                println!("{word}: {value}\n  {one}\n  {two}\n  {:?}", report.changes);
            }
        }
    }
    assert!(quiet > 100, "only {quiet} were quiet");
    assert_eq!(lost, 0, "breaks that were not seen");
}

fn names(value: &Value) -> Vec<String> {
    value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

/// Returns true if a schema has a property of a name, anywhere.
fn declares(schema: &Value, name: &str) -> bool {
    match schema {
        Value::Object(members) => members
            .iter()
            .any(|(key, value)| (key == "properties" && value.get(name).is_some()) || declares(value, name)),
        Value::Array(items) => items.iter().any(|item| declares(item, name)),
        _ => false,
    }
}
