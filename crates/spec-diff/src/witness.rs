//! The search for a value that was fine and no longer is.
//!
//! Whatever is found, the validators of both documents have judged. Must not know names of changes.

use crate::form::Place;
use crate::inclusion::Pair;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

/// Looks for a value of the first place that the second refuses; of those the one that it refuses for these
/// keywords, and for as little else as can be. An empty list of keywords takes any.
pub(crate) fn find(pair: Pair<'_>, part: &Place, whole: &Place, keywords: &[&str]) -> Option<Value> {
    let part_judge = pair.part.judge(pair.direction, part);
    let whole_judge = pair.whole.judge(pair.direction, whole);
    let (takes, refuses) = (part_judge.as_ref().as_ref()?, whole_judge.as_ref().as_ref()?);
    let mut best: Option<(usize, Value)> = None;
    let values = pair.part.values(pair.whole, (part, whole));
    for value in values.iter() {
        if is_taken(pair, refuses, value) || !takes.is_valid(value) || is_nothing(pair, value) {
            continue;
        }
        let (meant, others) = reasons(refuses, value, keywords);
        if meant == 0 {
            continue;
        }
        let cost = others;
        let size = value.to_string().len();
        let cost = cost * 1_000_000 + size;
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, value.clone()));
        }
    }
    best.map(|(_, value)| value)
}

/// Counts why a value is refused: for these keywords, and for others.
fn reasons(judge: &Validator, value: &Value, keywords: &[&str]) -> (usize, usize) {
    let is_meant = |error: &ValidationError<'_>| {
        let path = error.schema_path().to_string();
        let is_here = error.instance_path().to_string().is_empty();
        keywords.iter().any(|own| {
            let is_last = is_here && path.ends_with(&format!("/{own}"));
            is_last || (!LEAVES.contains(own) && path.contains(&format!("/{own}/")))
        })
    };
    let (mut meant, mut others) = (0, 0);
    for error in judge.iter_errors(value) {
        if keywords.is_empty() || is_meant(&error) { meant += 1 } else { others += 1 }
    }
    (meant, others)
}

/// Keywords that hold no schemas.
const LEAVES: [&str; 6] = ["required", "type", "format", "pattern", "enum", "const"];

/// Returns whether a value is what a witness has to be: taken by the first, and not by the second.
pub(crate) fn holds(pair: Pair<'_>, part: &Place, whole: &Place, value: &Value) -> bool {
    let judges = (pair.part.judge(pair.direction, part), pair.whole.judge(pair.direction, whole));
    let (takes, refuses) = (judges.0.as_ref().as_ref(), judges.1.as_ref().as_ref());
    !is_nothing(pair, value)
        && takes.is_some_and(|judge| judge.is_valid(value))
        && refuses.is_some_and(|judge| !is_taken(pair, judge, value))
}

/// Returns true if a value is not written at all: a list or an object without items (RFC 6570, 2.3), but in a
/// header.
fn is_nothing(pair: Pair<'_>, value: &Value) -> bool {
    let is_empty = match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    pair.is_text && !pair.is_joined && is_empty
}

/// Returns whether a value is taken, as itself or, where types are not sent, as another value of the same
/// text.
fn is_taken(pair: Pair<'_>, judge: &Validator, value: &Value) -> bool {
    let other = match value {
        _ if !pair.is_text => None,
        Value::Number(_) | Value::Bool(_) => Some(Value::from(value.to_string())),
        Value::String(text) => {
            serde_json::from_str(text).ok().filter(|own: &Value| own.is_number() || own.is_boolean())
        }
        _ => None,
    };
    judge.is_valid(value) || other.is_some_and(|other| judge.is_valid(&other))
}
