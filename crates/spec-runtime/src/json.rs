//! JSON → models, with the place of what does not fit.
//!
//! Decoding here is tolerant: what the document does not list, or bounds, or name, is kept where there is a
//! place for it. Must not know HTTP.

use crate::numbers;
use crate::reading::whole;
use crate::step::Step;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;
use std::fmt;

/// Why a JSON text or value is not the model that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeError {
    /// Where, as a JSON pointer (RFC 6901); empty for the whole.
    pub pointer: String,
    /// The fault.
    pub message: String,
    /// True if the text is no JSON at all.
    pub is_syntax: bool,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => f.write_str(&self.message),
            pointer => write!(f, "at {pointer}: {}", self.message),
        }
    }
}

impl std::error::Error for DecodeError {}

/// The message of `serde_json` for a number that no reader can hold.
pub(crate) const OUT_OF_RANGE: &str = "number out of range";

/// Returns a text without the mark of the order of bytes that may stand before it (RFC 8259, 8.1).
pub(crate) fn unmarked(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// Decodes a JSON text. A mark of the order of bytes before it is passed over (RFC 8259, 8.1).
///
/// The text goes straight into the model. Only where that fails is it looked at as a value, for what JSON
/// Schema allows and serde does not, and for the place of the error.
///
/// # Errors
///
/// Returns the first fault, with its place.
pub fn from_slice<T: DeserializeOwned>(text: &[u8]) -> Result<T, DecodeError> {
    let text = unmarked(text);
    match serde_json::from_slice(text) {
        Ok(model) => Ok(model),
        Err(error) if error.is_data() => {
            let exact = numbers::exact(text);
            match serde_json::from_slice(exact.as_deref().unwrap_or(text)) {
                Ok(value) => from_value(value),
                Err(error) => Err(syntax(&error)),
            }
        }
        Err(error) => Err(syntax(&error)),
    }
}

/// Decodes a JSON value.
///
/// # Errors
///
/// Returns the first fault, with its place.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, DecodeError> {
    decode(value).map_err(|(steps, message)| {
        let token = |step: &Step| format!("/{}", step.to_string().replace('~', "~0").replace('/', "~1"));
        DecodeError { pointer: steps.iter().map(token).collect(), message, is_syntax: false }
    })
}

/// Decodes a JSON value, or says where it does not fit, and why.
pub(crate) fn decode<T: DeserializeOwned>(mut value: Value) -> Result<T, (Vec<Step>, String)> {
    whole_numbers(&mut value);
    serde_path_to_error::deserialize(value).map_err(|error| {
        let step = |segment: &Segment| match segment {
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Map { key } => Some(Step::Name(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        };
        (error.path().iter().filter_map(step).collect(), error.into_inner().to_string())
    })
}

/// Returns the model that a value is, if it is one; else [`decode`] says why not.
#[cfg(feature = "server")]
pub(crate) fn decoded<T: DeserializeOwned>(value: &mut Value) -> Option<T> {
    whole_numbers(value);
    T::deserialize(&*value).ok()
}

fn syntax(error: &serde_json::Error) -> DecodeError {
    let message = error.to_string();
    // A number that is too large is JSON all the same (RFC 8259, 6).
    let is_syntax = !message.starts_with(OUT_OF_RANGE);
    DecodeError { pointer: String::new(), message, is_syntax }
}

/// Writes numbers without a fraction as integers, as long as they are exact as such: not all that is decoded
/// is a model.
fn whole_numbers(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Some(whole) = number.as_f64().and_then(whole) {
                *number = whole.into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(members) => members.values_mut().for_each(whole_numbers),
        _ => {}
    }
}
