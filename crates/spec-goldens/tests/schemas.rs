//! Every generated model against the schema of its document: both take the same values, and what is taken comes back as it
//! was.

mod instances;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use instances::Instances;
use jsonschema::{Draft, Registry, Validator};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use spec_api::Api;
use spec_document::{Diagnostics, Sources};
use spec_goldens::{DOCUMENTS, MODELS, Model};
use std::collections::BTreeMap;

/// The name of a document among the resources of its validators.
const URN: &str = "urn:openapi:document";

/// What stands in a fragment as it is, of what pointers are made of.
const FRAGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'~');

/// How many values a model is held against at the least, and how many of them must be valid.
const FLOOR: (usize, usize) = (12, 1);

/// Where models are known not to be what their document says: document, model, what is said of a value, and the reason.
const DISAGREEMENTS: &[(&str, &str, &str, &str)] = &[
    ("unions-by-tag", "Mapped", "must be one of", TAG),
    ("unions-by-tag", "Implied", "must be one of", TAG),
    ("unions-by-tag", "Holder", "must be one of", TAG),
];

/// OpenAPI 3.1, 4.8.25: the discriminator tells which schema a value is; JSON Schema does not know of it.
const TAG: &str = "a tag that nobody knows fits a variant for JSON Schema, and none for OpenAPI";

#[test]
fn models_are_what_documents_say() {
    let mut wrong: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    let (mut all, mut all_valid, mut few) = (0, 0, Vec::new());
    for (name, text) in DOCUMENTS {
        let api = api(name, text);
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(URN, Draft::Draft202012.create_resource_ref(&api.json))
            .and_then(|builder| builder.prepare())
            .expect("a registry");
        let instances = Instances::new(&api.json);
        for model in MODELS.iter().filter(|model| model.document == *name) {
            let found = check(model, &registry, &instances, is_ordered(text));
            all += found.count;
            all_valid += found.valid;
            let is_proof = found.count >= FLOOR.0 && found.valid >= FLOOR.1;
            if !is_proof {
                few.push(format!("{name} {}: {} values, {} of them valid", model.name, found.count, found.valid));
            }
            if !found.wrong.is_empty() {
                wrong.insert((model.document, model.name), found.wrong);
            }
        }
    }
    println!("{} documents, {} models, {all} values, {all_valid} of them valid", DOCUMENTS.len(), MODELS.len());
    assert!(few.is_empty(), "too few to prove anything: {few:#?}");
    for (document, model, said, reason) in DISAGREEMENTS {
        let lines = wrong.remove(&(*document, *model)).unwrap_or_default();
        let (known, others): (Vec<String>, Vec<String>) = lines.into_iter().partition(|line| line.contains(said));
        assert!(!known.is_empty(), "{document} {model} no longer disagrees, take it off the list: {reason}");
        if !others.is_empty() {
            wrong.insert((document, model), others);
        }
    }
    let messages: Vec<String> = wrong.iter().map(|((document, model), lines)| report(document, model, lines)).collect();
    assert!(messages.is_empty(), "{}", messages.join("\n"));
}

fn report(document: &str, model: &str, lines: &[String]) -> String {
    let shown = lines.iter().take(4).map(|line| format!("\n  {line}")).collect::<String>();
    format!("{document} {model}: {} values{shown}", lines.len())
}

struct Found {
    count: usize,
    valid: usize,
    wrong: Vec<String>,
}

/// Whether values are made in the order of the document: what is put together of several parts is not.
fn is_ordered(document: &str) -> bool {
    !document.contains("allOf")
}

fn check(model: &Model, registry: &Registry<'_>, instances: &Instances<'_>, ordered: bool) -> Found {
    let fragment = utf8_percent_encode(model.pointer, FRAGMENT);
    let of_document = validator(&json!({ "$ref": format!("{URN}#{fragment}") }), Some(registry));
    let of_model = validator(&(model.schema)(), None);
    let mut found = Found { count: 0, valid: 0, wrong: Vec::new() };
    for value in instances.of(model.pointer) {
        // A model is what its schema is null aside: null stands where the model is used.
        if value.is_null() && of_document.is_valid(&value) {
            continue;
        }
        found.count += 1;
        let (by_document, by_model) = (of_document.is_valid(&value), of_model.is_valid(&value));
        // An alias says less than its document does; what is missing stands where it is used.
        if by_document != by_model && !(model.is_alias && by_model) {
            let words = if by_document { "is refused" } else { "is taken" };
            found.wrong.push(format!("{words} by the schema of the model: {value}"));
        }
        if !by_document {
            continue;
        }
        found.valid += 1;
        match (model.again)(value.clone()) {
            Ok(again) if is_same(&value, &again, ordered) => {}
            Ok(again) => found.wrong.push(format!("comes back as {again}: {value}")),
            Err(error) => found.wrong.push(format!("is not decoded, {error}: {value}")),
        }
    }
    found
}

fn validator(schema: &Value, registry: Option<&Registry<'_>>) -> Validator {
    let mut options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    // OpenAPI 3.0.3, 4.4: `byte` is base64.
    options = options.should_ignore_unknown_formats(true).with_format("byte", |text: &str| STANDARD.decode(text).is_ok());
    if let Some(registry) = registry {
        options = options.with_registry(registry);
    }
    options.build(schema).unwrap_or_else(|error| panic!("{error} in {schema}"))
}

fn api(name: &str, text: &str) -> Api {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add(name, text);
    let document = sources.parse(source, None, &mut diagnostics).expect("a document");
    spec_api::read(&document, &mut diagnostics).expect("an Api")
}

/// The same JSON: keys in the same order, numbers and moments by value. A key that no document names may be lost.
fn is_same(value: &Value, again: &Value, ordered: bool) -> bool {
    match (value, again) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_same(left, right, ordered))
        }
        (Value::Object(left), Value::Object(right)) => {
            let in_order = !ordered || left.iter().zip(right).all(|((key, _), (other, _))| key == other);
            let member = |key: &String, left: &Value| right.get(key).is_some_and(|right| is_same(left, right, ordered));
            left.len() == right.len() && in_order && left.iter().all(|(key, left)| member(key, left))
        }
        (Value::String(left), Value::String(right)) => {
            left == right
                || moment(left).is_some_and(|at| Some(at) == moment(right))
                || (uuid::Uuid::try_parse(left).is_ok() && left.eq_ignore_ascii_case(right))
        }
        (left, right) => left == right,
    }
}

fn moment(text: &str) -> Option<chrono::DateTime<chrono::FixedOffset>> {
    chrono::DateTime::parse_from_rfc3339(text).ok()
}
