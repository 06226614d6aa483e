//! The part of an answer that a user asks for: a JSON pointer (RFC 6901) or a JSONPath (RFC 9535).
//!
//! Must not know answers.

use crate::failure::Failure;
use serde_json::Value;
use serde_json_path::JsonPath;

/// A part of an answer.
pub(crate) enum Query {
    /// One place.
    Pointer(String),
    /// Whatever fits.
    Path(Box<JsonPath>),
}

impl Query {
    /// Reads a query: a pointer begins with a slash, a path with `$`.
    pub(crate) fn read(text: &str) -> Result<Query, Failure> {
        if text.starts_with('/') {
            return Ok(Query::Pointer(text.to_owned()));
        }
        if !text.starts_with('$') {
            let message = format!("--query: {text:?} is neither a JSON pointer nor a JSONPath");
            return Err(Failure::usage(message).help("write /items/0/name, or $.items[*].name"));
        }
        match JsonPath::parse(text) {
            Ok(path) => Ok(Query::Path(Box::new(path))),
            Err(error) => Err(Failure::usage(format!("--query: {text:?} is no JSONPath: {error}"))),
        }
    }

    /// Returns what is there: one value of a pointer, a list of a path.
    pub(crate) fn find(&self, value: &Value) -> Result<Value, Failure> {
        match self {
            Query::Pointer(pointer) => value
                .pointer(pointer)
                .cloned()
                .ok_or_else(|| Failure::usage(format!("--query: the answer has nothing at {pointer}"))),
            Query::Path(path) => Ok(path.query(value).all().into_iter().cloned().collect()),
        }
    }
}
