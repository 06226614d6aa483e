//! Every generated model against the schema of its document: both take the same values, and what is taken
//! comes back as it was.

use serde_json::Value;
use spec_api::Api;
use spec_codegen::workspace;
use spec_contract::{Side, sides};
use spec_document::{Diagnostics, Sources};
use spec_goldens::{DOCUMENTS, MODELS, Model};
use spec_oracle::check::{Answer, Judgement, Schemas, Subject};
use spec_oracle::instances::Instances;
use std::collections::BTreeMap;
use std::path::Path;

/// How many values a model is held against at the least, and how many of them must be valid.
const FLOOR: (usize, usize) = (12, 1);

/// Where models are known not to be what their document says: document, model, what is said of a value, and
/// the reason.
const DISAGREEMENTS: &[(&str, &str, &str, &str)] = &[
    ("keywords", "Holder", "{\"exactly\":-1}", FORMAT),
    ("unions-by-trial", "NumberOrOne", "comes back as 9.223372036854776e+18: 9223372036854775807", DOUBLE),
];

/// OpenAPI 3.1, 4.4: JSON Schema has no formats of numbers; of an integer that says it is unsigned nothing
/// else is taken.
const FORMAT: &str = "`uint64` bounds the values that are taken";

/// RFC 8259, 6: numbers beyond 2^53 are not the same everywhere.
const DOUBLE: &str =
    "a `number` is a double, which does not have all digits of an integer that only fits it as a number";

#[test]
fn models_are_what_documents_say() {
    let mut wrong: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    let (mut all, mut all_valid, mut few) = (0, 0, Vec::new());
    for (name, path) in DOCUMENTS {
        let api = api(path);
        // What must be there depends on the direction in which a value goes.
        let of = |side| sides::of(&api, side).unwrap_or_else(|| sides::shared(&api).into_owned());
        // JSON Schema does not know of discriminators; the contract adds what they say.
        let shared = sides::shared(&api);
        let (requests, responses) = (of(Side::Request), of(Side::Response));
        let all_of = |json| (Schemas::new(json).expect("a registry"), Instances::new(json));
        let (requests, responses, any) = (all_of(&requests), all_of(&responses), all_of(&shared));
        for model in MODELS.iter().filter(|model| model.document == *name) {
            let (schemas, instances) = match model.side {
                "request" => &requests,
                "response" => &responses,
                _ => &any,
            };
            let found = check(model, schemas, instances, is_ordered(&shared));
            all += found.count;
            all_valid += found.valid;
            let is_proof = found.count >= FLOOR.0 && found.valid >= FLOOR.1;
            if !is_proof {
                few.push(format!(
                    "{name} {}: {} values, {} of them valid",
                    model.name, found.count, found.valid
                ));
            }
            if !found.wrong.is_empty() {
                wrong.insert((model.document, model.name), found.wrong);
            }
        }
    }
    println!(
        "{} documents, {} models, {all} values, {all_valid} of them valid",
        DOCUMENTS.len(),
        MODELS.len()
    );
    assert!(few.is_empty(), "too few to prove anything: {few:#?}");
    for (document, model, said, reason) in DISAGREEMENTS {
        let lines = wrong.remove(&(*document, *model)).unwrap_or_default();
        let (known, others): (Vec<String>, Vec<String>) =
            lines.into_iter().partition(|line| line.contains(said));
        assert!(!known.is_empty(), "{document} {model} no longer disagrees, take it off the list: {reason}");
        if !others.is_empty() {
            wrong.insert((document, model), others);
        }
    }
    let messages: Vec<String> =
        wrong.iter().map(|((document, model), lines)| report(document, model, lines)).collect();
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
fn is_ordered(document: &Value) -> bool {
    !document.to_string().contains("\"allOf\"")
}

fn check(model: &Model, schemas: &Schemas<'_>, instances: &Instances<'_>, ordered: bool) -> Found {
    let decode = |value: &Value| match (model.strict)(&serde_json::to_vec(value).expect("JSON")) {
        Ok(again) => Answer::Taken(again),
        Err(error) => Answer::Refused(error),
    };
    let (pointer, is_alias, schema) = (model.pointer, model.is_alias, (model.schema)());
    let subject = Subject { pointer, is_alias, schema, decode: &decode, is_strict: true };
    let check = schemas.check(subject, ordered).expect("validators");
    let mut found = Found { count: 0, valid: 0, wrong: Vec::new() };
    for value in instances.of(model.pointer) {
        let judgement = check.value(&value, &mut |_, message| found.wrong.push(message));
        found.count += usize::from(judgement != Judgement::Null);
        found.valid += usize::from(judgement == Judgement::Valid);
    }
    found
}

fn api(path: &str) -> Api {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let document = workspace::read(Path::new(path), &mut sources, &mut diagnostics).expect("a document");
    spec_api::read(&document, &mut diagnostics).expect("an Api")
}
