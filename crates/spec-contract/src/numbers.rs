//! Numbers that no type of integers holds: read so that they are on the same side of every bound as their
//! text.
//!
//! A number of more digits than 64 bits have is rounded when it is read, maybe to the very bound that it goes
//! beyond. Must not know schemas.

use serde_json::{Error, Value};

/// Reads JSON.
///
/// # Errors
///
/// Why it is no JSON.
pub(crate) fn json(bytes: &[u8]) -> Result<Value, Error> {
    let value: Value = serde_json::from_slice(bytes)?;
    // Nearly all bodies have none, so that looking at their text is not worth it.
    if !has_large(&value) {
        return Ok(value);
    }
    Ok(std::str::from_utf8(bytes)
        .ok()
        .and_then(|text| serde_json::from_str(&widened(text)).ok())
        .unwrap_or(value))
}

/// Returns a number that is on the same side of every bound of integers as its text.
pub(crate) fn exact(text: &str, number: Value) -> Value {
    match number.as_f64().filter(|_| number.is_f64() && is_integer(text)) {
        Some(rounded) if is_beyond(text, rounded) => away(rounded).into(),
        _ => number,
    }
}

fn has_large(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64() && number.as_f64().is_some_and(|own| own.abs() >= 9.2e18),
        Value::Array(items) => items.iter().any(has_large),
        Value::Object(members) => members.values().any(has_large),
        _ => false,
    }
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Says whether an integer is farther from 0 than the number that it was rounded to.
fn is_beyond(text: &str, rounded: f64) -> bool {
    let digits = text.trim_start_matches('-').trim_start_matches('0');
    // All digits of a number of this size are written.
    let rounded = format!("{:.0}", rounded.abs());
    (digits.len(), digits) > (rounded.len(), rounded.as_str())
}

/// Returns the next number that is farther from 0.
fn away(number: f64) -> f64 {
    if number < 0.0 { number.next_down() } else { number.next_up() }
}

/// Writes JSON with those integers farther from 0 that 64 bits do not hold.
fn widened(text: &str) -> String {
    let (mut wide, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(start) = rest.find(|own: char| own == '"' || own == '-' || own.is_ascii_digit()) {
        let (before, own) = rest.split_at(start);
        wide.push_str(before);
        let end = match own.starts_with('"') {
            true => end_of_string(own),
            false => own
                .find(|own: char| !(own.is_ascii_alphanumeric() || "+-.".contains(own)))
                .unwrap_or(own.len()),
        };
        let (token, after) = own.split_at(end);
        let is_large = is_integer(token) && token.parse::<i64>().is_err() && token.parse::<u64>().is_err();
        let is_rounded = |number: &f64| is_large && number.is_finite() && is_beyond(token, *number);
        match token.parse::<f64>().ok().filter(is_rounded) {
            Some(number) => wide.push_str(&format!("{:e}", away(number))),
            None => wide.push_str(token),
        }
        rest = after;
    }
    wide.push_str(rest);
    wide
}

/// Returns the length of the string that a text begins with.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::json;
    use serde_json::json as value;

    #[test]
    fn what_goes_beyond_a_bound_is_beyond_it() {
        let text = concat!(
            r#"{"a \"-99999999999999999999": [-9223372036854775809, 1.5e3], "#,
            r#""b": -9223372036854775808, "c": 18446744073709551616}"#
        );
        let read = json(text.as_bytes()).expect("JSON");
        let below = (i64::MIN as f64).next_down();
        assert_eq!(read["a \"-99999999999999999999"], value!([below, 1500.0]));
        assert_eq!((&read["b"], &read["c"]), (&value!(i64::MIN), &value!(18_446_744_073_709_551_616.0)));
        assert_eq!(json(b"100000000000000000000").expect("JSON"), value!(1e20));
        assert_eq!(json(b"100000000000000000001").expect("JSON"), value!(1e20_f64.next_up()));
        assert_eq!(json(b"[1, 2.5]").expect("JSON"), value!([1, 2.5]));
        assert!(json(b"[1,").is_err());
    }
}
