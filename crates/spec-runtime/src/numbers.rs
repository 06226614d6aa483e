//! Numbers of JSON texts, as exactly as they are written.
//!
//! `1e18` is an integer (JSON Schema 2020-12 core, 6.3) that fits 64 bits; a reader that takes it for a
//! floating-point number can't tell it from its neighbours any more. So where a text does not decode, such
//! numbers are written as integers first. Must not know who reads them.

/// The largest integer of which a floating-point number knows that it is no other one: 2⁵³ − 1.
pub(crate) const EXACT: f64 = 9_007_199_254_740_991.0;

/// Returns the text with its large integers written as such; none where there are none that are not.
pub(crate) fn exact(text: &[u8]) -> Option<Vec<u8>> {
    let mut written = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => at = after_text(text, at + 1),
            b'-' | b'0'..=b'9' => {
                let rest = &text[at..];
                let is_of_number =
                    |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
                let length = rest.iter().position(|byte| !is_of_number(byte)).unwrap_or(rest.len());
                if let Some(integer) = std::str::from_utf8(&rest[..length]).ok().and_then(integer) {
                    written.extend_from_slice(&text[from..at]);
                    written.extend_from_slice(integer.as_bytes());
                    from = at + length;
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    (from > 0).then(|| {
        written.extend_from_slice(&text[from..]);
        written
    })
}

/// Returns where a text goes on after its closing quotes.
fn after_text(text: &[u8], mut at: usize) -> usize {
    loop {
        match text.get(at) {
            Some(b'\\') => at += 2,
            Some(b'"') => return at + 1,
            Some(_) => at += 1,
            None => return text.len(),
        }
    }
}

/// Returns the digits of a number with a fraction or an exponent that is an integer of 64 bits, and too large
/// to be told exactly by a floating-point number.
pub(crate) fn integer(number: &str) -> Option<String> {
    if !number.contains(['.', 'e', 'E']) {
        return None;
    }
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (number, 0),
    };
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Without a point: so many digits are to be added, or, where that is negative, must be zeros.
    let fraction = fraction.trim_end_matches('0');
    let shift = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let shifted = match usize::try_from(shift) {
        Ok(zeros) if digits.len() + zeros.min(64) <= 20 => format!("{digits}{}", "0".repeat(zeros)),
        Ok(_) => return None,
        Err(_) => {
            let cut = digits.len().checked_sub(usize::try_from(shift.unsigned_abs()).ok()?)?;
            let (kept, zeros) = digits.split_at(cut);
            zeros.bytes().all(|byte| byte == b'0').then(|| kept.to_owned())?
        }
    };
    let written = format!("{sign}{shifted}");
    let is_large = written.parse::<i64>().map_or_else(
        |_| written.parse::<u64>().is_ok(),
        // Smaller ones are told exactly.
        |value| value.unsigned_abs() > EXACT as u64,
    );
    is_large.then_some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_integers_are_integers_however_they_are_written() {
        let written = |text: &str| exact(text.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap());
        for (text, expected) in [
            ("1e18", "1000000000000000000"),
            ("-9.223372036854775808E+18", "-9223372036854775808"),
            ("18446744073709551615.00", "18446744073709551615"),
            ("9007199254740993.0", "9007199254740993"),
            ("900719925474099300e-2", "9007199254740993"),
        ] {
            assert_eq!(written(text).as_deref(), Some(expected));
        }
        let text = r#"{"1e18 \" 2e18": ["3e18\\", 4e18, 1.0, 5.5], "a": 6e18}"#;
        let expected =
            r#"{"1e18 \" 2e18": ["3e18\\", 4000000000000000000, 1.0, 5.5], "a": 6000000000000000000}"#;
        assert_eq!(written(text).as_deref(), Some(expected));
    }

    #[test]
    fn all_else_stays_as_it_is() {
        for text in [
            "1.0",
            "1e3",
            "1e19999999999999999999",
            "1e400",
            "1e20",
            "1.5",
            "0e99999999",
            "1e",
            "-",
            "--1e18",
            "\"1e18",
            "1e-18",
        ] {
            assert_eq!(exact(text.as_bytes()), None, "{text}");
        }
        // Texts of parameters are asked for too, whatever a request says.
        for text in [". 😀 éa%_😀ßa1e18", "12345678901234567é.0", "", "e18", ".e18", "1e18 ", "１e18"]
        {
            assert_eq!(integer(text), None, "{text}");
        }
        assert_eq!(exact(b"\"\\"), None);
        assert_eq!(exact(b"12345678901234567890"), None);
    }
}
