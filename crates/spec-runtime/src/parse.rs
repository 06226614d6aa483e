//! The error of an enumeration for a text that is none of its values.

use std::fmt;

/// A text that is none of the values of an enumeration.
///
/// The text itself is not kept: it may be a secret that ended up in the wrong place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownValue {
    enumeration: &'static str,
    known: &'static [&'static str],
}

impl UnknownValue {
    /// Makes the error of an enumeration with these values.
    pub const fn new(enumeration: &'static str, known: &'static [&'static str]) -> Self {
        UnknownValue { enumeration, known }
    }

    /// Returns the values that there are.
    pub fn known(&self) -> &'static [&'static str] {
        self.known
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no value of {}; known are {}", self.enumeration, self.known.join(", "))
    }
}

impl std::error::Error for UnknownValue {}
