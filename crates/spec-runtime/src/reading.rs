//! The mode in which models are read: strictly, as servers do, or as it comes, as clients do.
//!
//! serde carries no context of its own; what all decoding on a thread has to know is kept here.

use crate::numbers::EXACT;
use serde::de::{DeserializeSeed, Deserializer, Error, Visitor};
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

/// The mode in which models are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Keeps whatever can be kept.
    Tolerant,
    /// Names must be unique in their object (RFC 8259, 4) and be taken by it; moments and identities must be
    /// written as their format says.
    Strict,
    /// As strictly, and what only requests have must be there (OpenAPI 3.1, 4.8.24.1; JSON Schema 2020-12
    /// validation, 9.4).
    Request,
}

thread_local! {
    static READING: Cell<Reading> = const { Cell::new(Reading::Tolerant) };
    static UNNAMED: Cell<usize> = const { Cell::new(0) };
    static TRIALS: Cell<(usize, usize, usize)> = const { Cell::new((0, 0, 0)) };
}

/// The largest number of trials of variants within one value, and of values that these trials may look at
/// together. Unions of unions that differ only far inside would take forever.
const MOST_TRIALS: usize = 20_000;
const MOST_VALUES: usize = 20_000_000;

/// A variant that is being tried, until it is dropped.
pub(crate) struct Trial;

impl Drop for Trial {
    fn drop(&mut self) {
        let (depth, count, values) = TRIALS.get();
        TRIALS.set((depth - 1, count, values));
    }
}

/// Begins to try a variant on so many values; none where there were too many before.
pub(crate) fn trial(size: usize) -> Option<Trial> {
    let (depth, count, values) = TRIALS.get();
    let (count, values) = if depth == 0 { (0, 0) } else { (count, values) };
    (count < MOST_TRIALS && values < MOST_VALUES).then(|| {
        TRIALS.set((depth + 1, count + 1, values.saturating_add(size)));
        Trial
    })
}

/// Returns true if this thread reads strictly.
pub(crate) fn is_strict() -> bool {
    READING.get() != Reading::Tolerant
}

/// Returns true if this thread reads a request.
pub(crate) fn is_request() -> bool {
    READING.get() == Reading::Request
}

/// Returns the strict mode for what this thread reads.
pub(crate) fn strictly() -> Reading {
    if is_request() { Reading::Request } else { Reading::Strict }
}

/// Reads in this way.
pub(crate) fn reading<T>(how: Reading, read: impl FnOnce() -> T) -> T {
    struct Before(Reading);
    impl Drop for Before {
        fn drop(&mut self) {
            READING.set(self.0);
        }
    }
    let _before = Before(READING.replace(how));
    read()
}

/// Notes keys that the model which is being decoded does not name.
pub(crate) fn note_unnamed(count: usize) {
    UNNAMED.set(UNNAMED.get() + count);
}

/// Decodes a value, and counts its keys that the models do not name.
pub(crate) fn counting_unnamed<T>(decode: impl FnOnce() -> T) -> (T, usize) {
    let before = UNNAMED.replace(0);
    let decoded = decode();
    (decoded, UNNAMED.replace(before))
}

/// Returns the integer that a number without a fraction is (JSON Schema 2020-12 validation, 6.1.1), as long
/// as it is exact as one.
pub(crate) fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// A name, borrowed from the text where that is possible.
pub(crate) struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }

    fn visit_string<E: Error>(self, name: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name))
    }
}
