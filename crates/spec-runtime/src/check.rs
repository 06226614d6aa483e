//! Constraints of a value beyond its type.
//!
//! Decoding keeps what it can: a value that the document does not list, or that is out of its bounds.
//! [`Validate::is_valid`] says whether the document takes it. Knows the plain assertions of JSON Schema
//! 2020-12; what is more is left to a validator.

use serde::de::{DeserializeOwned, Deserializer};
use spec_json_schema::pattern::Matcher;
pub use spec_json_schema::pattern::has_length;
use std::collections::HashSet;
use std::fmt::Display;
use std::hash::Hash;
use std::sync::OnceLock;

/// A value that a document describes.
pub trait Validate: DeserializeOwned {
    /// Returns true if the value is valid: bounds, lengths, patterns, listed values.
    fn is_valid(&self) -> bool {
        true
    }

    /// Decodes a value as JSON Schema sees it, where serde sees more or less.
    ///
    /// # Errors
    ///
    /// Fails if the value is not of the type.
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

/// A pattern, in the meaning of ECMA-262 (JSON Schema 2020-12 core, 6.4); made ready when it is first used.
#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    matcher: OnceLock<Option<Matcher>>,
}

impl Pattern {
    /// Makes a pattern as a document writes it.
    pub const fn new(text: &'static str) -> Self {
        Pattern { text, matcher: OnceLock::new() }
    }

    /// Returns true if the pattern is found in the text. One that is no pattern is found in any: generating
    /// the code warned of it.
    pub fn is_in(&self, text: &str) -> bool {
        self.matcher
            .get_or_init(|| Matcher::new(self.text))
            .as_ref()
            .is_none_or(|matcher| matcher.is_in(text))
    }
}

/// Returns true if a pattern is found in a text; see [`Pattern`].
///
/// ```
/// assert!(spec_runtime::is_in!("^[a-z]+$", "text"));
/// ```
#[macro_export]
macro_rules! is_in {
    ($pattern:literal, $text:expr) => {{
        static PATTERN: $crate::check::Pattern = $crate::check::Pattern::new($pattern);
        PATTERN.is_in($text)
    }};
}

/// Returns true if no two items are equal.
pub fn is_unique<T: Eq + Hash>(items: &[T]) -> bool {
    let mut seen = HashSet::with_capacity(items.len());
    items.iter().all(|item| seen.insert(item))
}

/// Returns true if a number is a multiple of another, in decimals: `0.3` is one of `0.1`.
pub fn is_multiple_of(value: impl Display, divisor: impl Display) -> bool {
    let (Some(value), Some(divisor)) =
        (Decimal::read(&value.to_string()), Decimal::read(&divisor.to_string()))
    else {
        return false;
    };
    if value.digits == "0" {
        return true;
    }
    let Ok(shift) = usize::try_from(value.exponent - divisor.exponent) else { return false };
    let Ok(by) = divisor.digits.parse::<u64>() else { return false };
    let digits =
        value.digits.bytes().map(|digit| u128::from(digit - b'0')).chain(std::iter::repeat_n(0, shift));
    by != 0 && digits.fold(0, |rest, digit| (rest * 10 + digit) % u128::from(by)) == 0
}

/// The digits of a number, its sign aside, without zeros at either end, and where its point is.
struct Decimal {
    digits: String,
    exponent: i32,
}

impl Decimal {
    /// Reads a number as `Display` writes it: never with an exponent.
    fn read(text: &str) -> Option<Decimal> {
        let text = text.trim_start_matches('-');
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let all = format!("{whole}{fraction}");
        if !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = all.trim_start_matches('0').trim_end_matches('0');
        let zeros = all.len() - all.trim_end_matches('0').len();
        let exponent = i32::try_from(zeros).ok()? - i32::try_from(fraction.len()).ok()?;
        Some(match digits {
            "" => Decimal { digits: "0".to_owned(), exponent: 0 },
            digits => Decimal { digits: digits.to_owned(), exponent },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiples_are_exact() {
        for (value, divisor) in
            [(0.3, 0.1), (0.0075, 0.0001), (1e300, 0.5), (4.5, 1.5), (0.0, 0.7), (-19.99, 0.01), (3.0, 3.0)]
        {
            assert!(is_multiple_of(value, divisor), "{value} of {divisor}");
        }
        for (value, divisor) in
            [(0.35, 0.1), (0.007_51, 0.0001), (35.0, 1.5), (1.0, 3.0), (0.01, 0.1), (f64::NAN, 1.0)]
        {
            assert!(!is_multiple_of(value, divisor), "{value} of {divisor}");
        }
        assert!(
            is_multiple_of(9_007_199_254_740_993_i64, 3) && !is_multiple_of(9_007_199_254_740_992_i64, 3)
        );
    }

    #[test]
    fn lengths_count_code_points() {
        assert!(has_length("💩é", 2, 2) && !has_length("💩", 2, usize::MAX) && !has_length("abc", 0, 2));
    }

    #[test]
    fn patterns_mean_what_ecma_262_says() {
        static DIGITS: Pattern = Pattern::new(r"^\d+$");
        assert!(DIGITS.is_in("0123") && !DIGITS.is_in("߀") && !DIGITS.is_in("1\n"));
        static LETTERS: Pattern = Pattern::new(r"^\p{Letter}+$");
        assert!(LETTERS.is_in("straße") && !LETTERS.is_in("1"));
        // An escape that Unicode patterns do not have.
        static OLD: Pattern = Pattern::new(r"^[\w\-]+\_$");
        assert!(OLD.is_in("a-b_"));
        static NONE: Pattern = Pattern::new("(");
        assert!(NONE.is_in("anything"));
    }

    #[test]
    fn items_are_unique() {
        assert!(is_unique(&[1, 2]) && !is_unique(&["a", "b", "a"]));
    }
}
