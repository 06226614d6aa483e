//! Deprecation, sunset and stability: how what is to go says so.
//!
//! Knows the extensions `x-sunset` and `x-stability-level`, as oasdiff reads them. Must not know a clock:
//! today is told.

use serde_json::Value;

/// Days, and what is asked of those who take something away.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    /// Today, as `2026-11-25`. Where it is not said, no day of sunset has come.
    pub today: Option<String>,
}

/// The day on which a place goes, as its document says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sunset {
    Missing,
    Invalid(String),
    Day(String),
}

impl Sunset {
    pub(crate) fn read(value: Option<&Value>) -> Sunset {
        match value {
            None => Sunset::Missing,
            Some(Value::String(text)) => match day(text) {
                Some(day) => Sunset::Day(day),
                None => Sunset::Invalid(text.clone()),
            },
            Some(other) => Sunset::Invalid(other.to_string()),
        }
    }
}

impl Calendar {
    /// Returns true if a day is still to come.
    pub(crate) fn is_ahead(&self, day: &str) -> bool {
        self.today.as_deref().is_none_or(|today| day > today)
    }

    /// Returns true if a day is known to be over.
    pub(crate) fn is_over(&self, day: &str) -> bool {
        self.today.as_deref().is_some_and(|today| day < today)
    }
}

/// Returns the day of a date (RFC 3339, 5.6, with or without a time).
fn day(text: &str) -> Option<String> {
    let is_date = spec_json_schema::format::is_format("date", text);
    let is_time = spec_json_schema::format::is_format("date-time", text);
    (is_date || is_time).then(|| text.get(..10).map(str::to_owned)).flatten()
}

/// The levels of stability, the least first.
pub(crate) const STABILITY: [&str; 4] = ["draft", "alpha", "beta", "stable"];

/// Returns the level of stability; none where the word is not known. What says nothing is stable.
pub(crate) fn stability(value: Option<&Value>) -> Option<usize> {
    match value {
        None => Some(3),
        Some(value) => STABILITY.iter().position(|own| value == own),
    }
}
