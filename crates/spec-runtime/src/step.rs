//! The way to a place in a JSON value, step by step. Knows no schema, and nothing of why a place is pointed
//! out.

use serde::Serialize;
use std::fmt;

/// One step of the way to a place in a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum Step {
    /// The part of a request, or a property of an object.
    Name(String),
    /// A position in a list.
    Index(usize),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Name(name) => f.write_str(name),
            Step::Index(index) => write!(f, "{index}"),
        }
    }
}

impl From<&str> for Step {
    fn from(name: &str) -> Self {
        Step::Name(name.to_owned())
    }
}
