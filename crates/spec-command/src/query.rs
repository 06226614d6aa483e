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
            // RFC 6901, section 3: no other sign is escaped.
            if text.split('~').skip(1).any(|rest| !rest.starts_with(['0', '1'])) {
                let message = format!("--query: {text:?} is no JSON pointer: there is a ~ before no 0 or 1");
                return Err(Failure::usage(message).help("write ~0 for ~, and ~1 for / in a name"));
            }
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

    /// Returns all that is there: one value at most of a pointer.
    pub(crate) fn find(&self, value: &Value) -> Vec<Value> {
        match self {
            Query::Pointer(pointer) => value.pointer(pointer).cloned().into_iter().collect(),
            Query::Path(path) => path.query(value).all().into_iter().cloned().collect(),
        }
    }
}
