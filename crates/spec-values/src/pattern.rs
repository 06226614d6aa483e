//! Regular expressions → texts that match them, at random.
//!
//! Knows expressions in the syntax of the `regex` crate, as `spec-json-schema` writes them anew; of what it
//! lacks, no text is made. Whether a text matches, a validator says: anchors and look-around are not looked
//! at.

use fastrand::Rng;
use regex_syntax::hir::{Class, Hir, HirKind};

/// The largest numbers of times that something comes again that may do so without end.
const REPEATED: [u32; 4] = [1, 3, 12, 40];

/// Returns a text that may match; none where the expression is one of those that nothing is made of. The same
/// state of `rng` gives the same text.
#[must_use]
pub fn text(pattern: &str, rng: &mut Rng) -> Option<String> {
    let parsed = regex_syntax::parse(&spec_json_schema::pattern::shape(pattern)?).ok()?;
    let most = rng.choice(REPEATED).unwrap_or(1);
    let mut bytes = Vec::new();
    append(&parsed, most, rng, &mut bytes)?;
    String::from_utf8(bytes).ok()
}

fn append(expression: &Hir, most: u32, rng: &mut Rng, text: &mut Vec<u8>) -> Option<()> {
    match expression.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.extend_from_slice(&literal.0),
        HirKind::Class(class) => {
            let mut buffer = [0; 4];
            text.extend_from_slice(character(class, rng)?.encode_utf8(&mut buffer).as_bytes());
        }
        HirKind::Repetition(repetition) => {
            let least = repetition.min;
            let largest = repetition.max.unwrap_or(u32::MAX).min(least.saturating_add(most));
            for _ in 0..rng.u32(least..=largest) {
                append(&repetition.sub, most, rng, text)?;
            }
        }
        HirKind::Capture(capture) => append(&capture.sub, most, rng, text)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| append(part, most, rng, text))?,
        HirKind::Alternation(parts) => append(rng.choice(parts)?, most, rng, text)?,
    }
    Some(())
}

/// A character of a class: one that can be seen, where there is one.
fn character(class: &Class, rng: &mut Rng) -> Option<char> {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Unicode(class) => {
            class.iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
        Class::Bytes(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
    };
    let within = |least: u32, most: u32| {
        let cut = ranges.iter().map(move |(start, end)| (*start.max(&least), *end.min(&most)));
        cut.filter(|(start, end)| start <= end).collect::<Vec<_>>()
    };
    let visible = within(0x20, 0x7e);
    let ranges = if visible.is_empty() { within(0, 0x10_ffff) } else { visible };
    let (start, end) = *rng.choice(&ranges)?;
    char::from_u32(rng.u32(start..=end))
}

#[cfg(test)]
mod tests {
    use super::text;
    use fastrand::Rng;
    use serde_json::json;

    #[test]
    fn texts_match() {
        let mut rng = Rng::with_seed(3);
        for pattern in [
            "^[a-z]{3}-\\d+$",
            "^(?:PENDING|DONE)\\/[^/]*$",
            "^\\+[1-9]\\d{1,14}$",
            "é|\\p{L}",
            "^\\w+@\\w+(\\.\\w{2,3})+$",
            "^$",
            "a.c",
            "\\u0041{2}[\\cJ]",
        ] {
            let validator = jsonschema::validator_for(&json!({ "pattern": pattern })).expect("a pattern");
            for _ in 0..50 {
                let text = text(pattern, &mut rng).expect("a text");
                assert!(validator.is_valid(&json!(text)), "{text:?} of {pattern}");
            }
        }
    }

    /// Look-around is for a validator to say.
    #[test]
    fn some_texts_match() {
        let (mut rng, pattern) = (Rng::with_seed(3), "^(?!\\d)(?=\\w)[^-]+\\b");
        let validator = jsonschema::validator_for(&json!({ "pattern": pattern })).expect("a pattern");
        assert!((0..50).any(|_| validator.is_valid(&json!(text(pattern, &mut rng).expect("a text")))));
    }

    #[test]
    fn what_can_not_be_read_is_none() {
        assert_eq!(text("a(?=b)b", &mut Rng::with_seed(1)), None);
        assert_eq!(text("(", &mut Rng::with_seed(1)), None);
    }
}
