//! Whether an answer came back as it was, and where two values differ.
//!
//! Must not know how values are made, nor what the document says of them.

use super::carried::is_alike;
use super::stage::Prepared;
use super::{Answer, Content, Returned, is_its_text};
use crate::check::is_same;
use serde_json::Value;

/// Checks whether what was answered came back: as the right variant, and as it was.
pub(super) fn came_back(
    returned: &Result<Returned, String>,
    prepared: &Prepared,
    answer: &Answer,
) -> Result<(), String> {
    let returned = returned.as_ref().map_err(|error| format!("the client says: {error}"))?;
    let word = |is_error: bool| if is_error { "an error" } else { "success" };
    if returned.is_error != answer.is_error {
        return Err(format!("the client takes {} for {}", prepared.status, word(returned.is_error)));
    }
    if returned.status != prepared.status {
        return Err(format!(
            "the client says that the status is {}, and not {}",
            returned.status, prepared.status
        ));
    }
    if let Some(variant) = returned.variant.filter(|variant| *variant != prepared.variant) {
        return Err(format!("the client takes the answer for {variant}, and not for {}", prepared.variant));
    }
    if returned.form != prepared.form {
        return Err(format!(
            "the client takes the body for that of number {}, and not {}",
            returned.form, prepared.form
        ));
    }
    for ((name, sent), back) in answer.headers.iter().zip(&prepared.headers).zip(&returned.headers) {
        let is_alike = match sent {
            Some(sent) => is_alike(sent, back),
            // The connection adds these by itself.
            None => {
                back.is_null() || ["content-length", "date"].iter().any(|own| name.eq_ignore_ascii_case(own))
            }
        };
        if !is_alike {
            return Err(format!("the header `{name}` was {}, and came back as {back}", text(sent)));
        }
    }
    match (&prepared.body, &returned.body) {
        (None, None) => Ok(()),
        (Some(sent), Some(back)) if is_same(sent, back, false) => Ok(()),
        (Some(sent), Some(back)) if matches!(answer.content, Content::Text(_)) && is_its_text(sent, back) => {
            Ok(())
        }
        (Some(sent), Some(back)) => Err(format!("the answer {}", difference(sent, back, "came back as"))),
        (sent, back) => Err(format!("the answer was {}, and came back as {}", text(sent), text(back))),
    }
}

/// The first place where two values differ.
pub(super) fn difference(sent: &Value, back: &Value, verb: &str) -> String {
    let (mut sent, mut back, mut place) = (sent, back, String::new());
    loop {
        let inner = match (sent, back) {
            (Value::Object(left), Value::Object(right)) if left.len() == right.len() => {
                left.iter().find_map(|(name, left)| {
                    let right = right.get(name).filter(|right| !is_same(left, right, false))?;
                    Some((name.clone(), left, right))
                })
            }
            (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
                let mut pairs = left.iter().zip(right).enumerate();
                pairs
                    .find(|(_, (left, right))| !is_same(left, right, false))
                    .map(|(at, (l, r))| (at.to_string(), l, r))
            }
            _ => None,
        };
        let Some((name, left, right)) = inner else { break };
        place.push_str(&format!("/{name}"));
        (sent, back) = (left, right);
    }
    let at = if place.is_empty() { String::new() } else { format!("at {place} ") };
    format!("{at}was {sent}, and {verb} {back}")
}

pub(super) fn text(value: &Option<Value>) -> String {
    value.as_ref().map_or_else(|| "absent".to_owned(), Value::to_string)
}
