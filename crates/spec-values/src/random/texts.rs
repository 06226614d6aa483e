//! Texts at random: by format, by pattern, by length.
//!
//! Knows what each format looks like. Must not know where a text stands.

use super::{Random, bound, given};
use crate::pattern;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use fastrand::Rng;
use serde_json::{Map, Value, json};
use spec_json_schema::format::is_format;

/// The number of times that a text is made of a pattern, until its length fits too.
const TEXTS: usize = 40;

/// Characters that texts are made of: plain ones, those that JSON escapes, and some of more than one byte.
pub(super) const CHARACTERS: &[char] = &[
    'a',
    'b',
    'Z',
    '0',
    '9',
    ' ',
    '-',
    '_',
    '.',
    '/',
    '~',
    '%',
    '"',
    '\\',
    '\n',
    '\t',
    '\u{0}',
    '\u{7f}',
    'é',
    'ß',
    'Ω',
    '漢',
    '\u{301}',
    '\u{2028}',
    '😀',
    '\u{10ffff}',
];

impl<'a> Random<'a> {
    pub(super) fn string(&mut self, schema: &Map<String, Value>) -> String {
        if let Some(text) = self.meant.and_then(|_| self.of_pattern(schema)) {
            return text;
        }
        let rng = &mut self.rng;
        match schema.get("format").and_then(Value::as_str).unwrap_or_default() {
            "date-time" => {
                let fraction = match rng.u8(..4) {
                    0 => format!(".{}", rng.u32(..1_000_000_000)),
                    1 => format!(".{:03}", rng.u32(..1000)),
                    _ => String::new(),
                };
                let zone = match rng.u8(..4) {
                    0 => format!(
                        "{}{:02}:{:02}",
                        rng.choice(["+", "-"]).unwrap_or("+"),
                        rng.u8(..24),
                        rng.u8(..60)
                    ),
                    1 => "+00:00".to_owned(),
                    _ => "Z".to_owned(),
                };
                format!("{}T{}{fraction}{zone}", date(rng), time(rng))
            }
            "date" => date(rng),
            "time" => format!("{}Z", time(rng)),
            "duration" => format!("P{}DT{}H{}M", rng.u8(..40), rng.u8(..30), rng.u8(..70)),
            "uuid" => {
                let text = uuid::Uuid::from_u128(rng.u128(..)).to_string();
                if rng.u8(..4) == 0 { text.to_uppercase() } else { text }
            }
            "email" => format!("user{}@example{}.com", rng.u16(..), rng.u8(..)),
            "uri" | "url" | "uri-reference" | "iri" => {
                format!("https://example{}.com/a/{}?b=%20{}#c", rng.u8(..), rng.u16(..), rng.u8(..))
            }
            "hostname" => format!("host-{}.example.com", rng.u16(..)),
            "ipv4" => std::net::Ipv4Addr::from(rng.u32(..)).to_string(),
            "ipv6" => std::net::Ipv6Addr::from(rng.u128(..)).to_string(),
            "decimal" => {
                let sign = rng.choice(["", "-", "+"]).unwrap_or_default();
                let fraction = if rng.bool() { format!(".{:02}", rng.u8(..100)) } else { String::new() };
                format!("{sign}{}{fraction}", rng.u32(..))
            }
            "base64url" => {
                let bytes: Vec<u8> = (0..rng.usize(..12)).map(|_| rng.u8(..)).collect();
                if rng.bool() { URL_SAFE.encode(bytes) } else { URL_SAFE_NO_PAD.encode(bytes) }
            }
            // OpenAPI 3.0.3, 4.4.
            "byte" if self.meant.is_some() => STANDARD.encode(self.text(0, 12)),
            _ => {
                let least = bound(schema, "minLength").unwrap_or(0).min(4096);
                let most = bound(schema, "maxLength").unwrap_or(usize::MAX).min(4096);
                match self.rng.u8(..8) {
                    0 if most < 4096 => self.text(most, most),
                    1 => self.text(least, least),
                    _ => self.text(least, most.min(least + 12)),
                }
            }
        }
    }

    /// A text of the pattern that a schema has: made of it, or given as an example.
    fn of_pattern(&mut self, schema: &Map<String, Value>) -> Option<String> {
        let pattern = schema.get("pattern")?.as_str()?;
        let least = bound(schema, "minLength").unwrap_or(0);
        let most = bound(schema, "maxLength").unwrap_or(usize::MAX);
        let fits = |text: &String| (least..=most).contains(&text.chars().count());
        let is_byte = schema.get("format").is_some_and(|format| format == "byte");
        let made = (0..TEXTS).find_map(|_| {
            let text = pattern::text(pattern, &mut self.rng).filter(fits)?;
            (!is_byte || is_format("byte", &text)).then_some(text)
        });
        // Of what a pattern leaves open, few texts are base64; of those that are, many may match.
        let encoded = |made: &mut Self| {
            let validator = jsonschema::validator_for(&json!({ "pattern": pattern })).ok()?;
            let mut texts = (0..TEXTS).map(|length| STANDARD.encode(made.text(1, length)));
            texts.find(|text| fits(text) && validator.is_valid(&json!(text)))
        };
        let made = made.or_else(|| if is_byte { encoded(self) } else { None });
        made.or_else(|| self.rng.choice(given(schema)).and_then(Value::as_str).map(str::to_owned))
    }

    pub(super) fn text(&mut self, least: usize, most: usize) -> String {
        let length = self.rng.usize(least..=most.max(least));
        let plain = self.rng.bool();
        let character = |_| match plain {
            true => self.rng.alphanumeric(),
            false => self.rng.choice(CHARACTERS).copied().unwrap_or('a'),
        };
        (0..length).map(character).collect()
    }
}

fn date(rng: &mut Rng) -> String {
    let year = if rng.u8(..8) == 0 { rng.u16(1..=9999) } else { rng.u16(1970..2100) };
    format!("{year:04}-{:02}-{:02}", rng.u8(1..=12), rng.u8(1..=29))
}

fn time(rng: &mut Rng) -> String {
    format!("{:02}:{:02}:{:02}", rng.u8(..24), rng.u8(..60), rng.u8(..60))
}
