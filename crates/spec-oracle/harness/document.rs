//! Asks the models of a document about instances: `document JOB FROM` writes a line of JSON for each model
//! from the given one on. The job is `{"documents": […], "share": …, "seed": …, "values": […], "known":
//! [{"model": …, "text": …}]}`, where the documents are paths: of one whose schemas are those of JSON Schema
//! 2020-12, of the same as requests and as responses have to keep it.
//!
//! Whoever runs it starts it again behind a model that ends it.

#![allow(warnings)]

mod rows;

use serde_json::{Value, json};
use spec_oracle::check::{Answer, Judgement, Oracle, Schemas, Subject};
use spec_oracle::instances::Instances;
use spec_oracle::random::Random;
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::panic::{catch_unwind, set_hook};

/// The largest number of disagreements of a model that are shown.
const SHOWN: usize = 3;

/// The largest number of characters of each.
const WIDTH: usize = 600;

/// A model: its name, the place of its schema, whether it is an alias, which of the documents says what must
/// be there, the schema of its type, and how it is read and written.
type Row = (&'static str, &'static str, bool, usize, fn() -> Value, fn(&[u8]) -> Result<Value, String>);

fn decode(row: &Row, value: &Value) -> Answer {
    let again = || row.5(&serde_json::to_vec(value).map_err(|error| error.to_string())?);
    match catch_unwind(again) {
        Ok(Ok(again)) => Answer::Taken(again),
        Ok(Err(error)) => Answer::Refused(error),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            Answer::Broken(text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default())
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [job, from] = arguments.as_slice() else { return Err("usage: document JOB FROM".into()) };
    let job: Value = serde_json::from_slice(&std::fs::read(job)?)?;
    let mut documents: Vec<Value> = Vec::new();
    for path in job["documents"].as_array().into_iter().flatten() {
        documents.push(serde_json::from_slice(&std::fs::read(path.as_str().ok_or("no document")?)?)?);
    }
    let schemas = documents.iter().map(Schemas::new).collect::<Result<Vec<_>, _>>()?;
    set_hook(Box::new(|_| {}));
    for (index, row) in rows::all().enumerate().skip(from.parse()?) {
        let answer = ask(row, index, &job, &documents[row.3], &schemas[row.3])?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn ask(
    row: &Row,
    index: usize,
    job: &Value,
    document: &Value,
    schemas: &Schemas<'_>,
) -> Result<Value, Box<dyn Error>> {
    let (name, pointer, is_alias, _, schema, _) = *row;
    let decode = |value: &Value| decode(row, value);
    let subject = Subject { pointer, is_alias, schema: schema(), decode: &decode, is_strict: true };
    // Examples have their keys in an order of their own.
    let check = schemas.check(subject, false)?;
    let known: Vec<(usize, &str)> = job["known"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
        .filter(|(_, entry)| entry["model"] == name)
        .filter_map(|(index, entry)| Some((index, entry["text"].as_str()?)))
        .collect();
    let (mut count, mut valid) = (0, 0);
    let mut wrong = BTreeMap::from(Oracle::ALL.map(|oracle| (oracle, 0)));
    let (mut shown, mut unknown) = (Vec::new(), 0);
    let mut met: BTreeMap<usize, usize> = BTreeMap::new();
    let mut one = |value: &Value| {
        let judgement = check.value(value, &mut |oracle, message| {
            *wrong.entry(oracle).or_default() += 1;
            match known.iter().find(|(_, text)| message.contains(text)) {
                Some((entry, _)) => *met.entry(*entry).or_default() += 1,
                None => {
                    unknown += 1;
                    if shown.len() < SHOWN {
                        shown.push(format!("{oracle}: {}", message.chars().take(WIDTH).collect::<String>()));
                    }
                }
            }
        });
        count += usize::from(judgement != Judgement::Null);
        valid += usize::from(judgement == Judgement::Valid);
    };
    job["values"].as_array().into_iter().flatten().for_each(&mut one);
    // What is made by rule comes first; where there is more of it than half of the share, some of all of it.
    let share = job["share"].as_u64().unwrap_or_default();
    let first = Instances::new(document).of(pointer);
    let step = (first.len() as u64).div_ceil((share / 2).max(1)).max(1) as usize;
    first.iter().step_by(step).for_each(&mut one);
    let seed = job["seed"].as_u64().unwrap_or_default().wrapping_add(index as u64);
    let mut random = Random::new(document, seed);
    for _ in first.len().div_ceil(step) as u64..share {
        one(&random.of(pointer));
    }
    Ok(json!({
        "model": name,
        "instances": count,
        "valid": valid,
        "wrong": Oracle::ALL.map(|oracle| wrong[&oracle]),
        "unknown": unknown,
        "shown": shown,
        "known": met.into_iter().collect::<Vec<_>>(),
    }))
}
