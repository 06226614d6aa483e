//! JSON → models, with the place of what does not fit.
//!
//! Decoding here is tolerant: what the document does not list, or bounds, or name, is kept where there is a place for it. Must
//! not know HTTP.

use crate::reading::whole;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;
use std::fmt;

/// Why a JSON text or value is not the model that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// Where, as a JSON pointer (RFC 6901); empty for the whole.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// Whether the text is no JSON at all.
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

/// Decodes a JSON text.
///
/// The text goes straight into the model. Only where that fails is it looked at as a value, for what JSON Schema allows and
/// serde does not, and for the place of the error.
///
/// # Errors
///
/// What does not fit first, and where.
pub fn from_slice<T: DeserializeOwned>(text: &[u8]) -> Result<T, DecodeError> {
    match serde_json::from_slice(text) {
        Ok(model) => Ok(model),
        Err(error) if error.is_data() => match serde_json::from_slice(text) {
            Ok(value) => from_value(value),
            Err(error) => Err(syntax(&error)),
        },
        Err(error) => Err(syntax(&error)),
    }
}

/// Decodes a JSON value.
///
/// # Errors
///
/// What does not fit first, and where.
pub fn from_value<T: DeserializeOwned>(mut value: Value) -> Result<T, DecodeError> {
    whole_numbers(&mut value);
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut pointer = String::new();
        for segment in error.path() {
            let token = match segment {
                Segment::Seq { index } => index.to_string(),
                Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
                Segment::Enum { .. } | Segment::Unknown => continue,
            };
            pointer.push('/');
            pointer.push_str(&token);
        }
        DecodeError { pointer, message: error.into_inner().to_string(), is_syntax: false }
    })
}

fn syntax(error: &serde_json::Error) -> DecodeError {
    DecodeError { pointer: String::new(), message: error.to_string(), is_syntax: true }
}

/// Writes numbers without a fraction as integers, as long as they are exact as such: not all that is decoded is a model.
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
