//! Texts of a format that a schema rules out itself: what stands beside the format then shows what people
//! mean, a text.
//!
//! Knows which characters and lengths texts of a format have. Must not know whether a text is of it;
//! validators do.

use crate::SchemaId;
use crate::model::{Api, Kind, Schema};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use serde_json::{Map, Value};
use spec_document::{Code, Diagnostic, Diagnostics, Pointer};

/// A format, as what all of its texts have in common.
struct Format {
    name: &'static str,
    /// Returns true if they can have a character.
    has: fn(char) -> bool,
    /// Their shortest and their longest length.
    length: (usize, usize),
    /// The number that their length is a multiple of.
    step: usize,
}

/// RFC 4648, 4; RFC 3339, 5.6; RFC 9562, 4.
const FORMATS: [Format; 4] = [
    Format {
        name: "byte",
        has: |own| own.is_ascii_alphanumeric() || "+/=".contains(own),
        length: (0, usize::MAX),
        step: 4,
    },
    Format { name: "date", has: |own| own.is_ascii_digit() || own == '-', length: (10, 10), step: 1 },
    Format {
        name: "date-time",
        has: |own| own.is_ascii_digit() || "-+:. TtZz".contains(own),
        length: (20, usize::MAX),
        step: 1,
    },
    Format { name: "uuid", has: |own| own.is_ascii_hexdigit() || own == '-', length: (36, 36), step: 1 },
];

/// Removes formats that no text has which the rest of the schema takes.
pub(crate) fn settle(api: &mut Api, diagnostics: &mut Diagnostics) {
    let contradicted: Vec<(SchemaId, Pointer)> = api
        .schemas()
        .filter_map(|(id, schema)| {
            // Most schemas have nothing beside their format, and need no look at the document.
            if !may_contradict(schema) {
                return None;
            }
            let pointer = Pointer::parse(schema.pointer()?)?;
            let own = api.json.pointer(pointer.as_str())?;
            let format =
                FORMATS.iter().find(|format| own.get("format").is_some_and(|name| name == format.name))?;
            let is_possible = match &schema.kind {
                Kind::String(_) => format.can_meet(&schema.assertions),
                Kind::Enum(values) => values.iter().filter_map(Value::as_str).any(|text| format.can_be(text)),
                _ => true,
            };
            (!is_possible).then_some((id, pointer))
        })
        .collect();
    for (id, pointer) in contradicted {
        let schema = &mut api.schemas[id.0 as usize];
        let location = spec_document::Location::pointer(schema.location.source, pointer.join("format"));
        let message =
            "no text of this format can be what the schema asks for beside it; the format is ignored";
        let help = "remove the format, or correct the pattern, the lengths or the values";
        diagnostics.push(Diagnostic::warning(Code::SchemaConflict, location, message).help(help));
        if matches!(schema.kind, Kind::String(_)) {
            schema.kind = Kind::String(None);
        }
        if let Some(Value::Object(own)) = api.json.pointer_mut(pointer.as_str()) {
            own.shift_remove("format");
        }
    }
}

/// Returns whether something stands in a schema that can rule out texts of a format.
fn may_contradict(schema: &Schema) -> bool {
    match &schema.kind {
        Kind::String(_) => {
            ["pattern", "minLength", "maxLength"].iter().any(|own| schema.assertions.contains_key(*own))
        }
        Kind::Enum(_) => true,
        _ => false,
    }
}

impl Format {
    /// Returns whether texts of the format can have a length from one to another.
    fn has_length(&self, least: usize, most: usize) -> bool {
        let (least, most) = (least.max(self.length.0), most.min(self.length.1));
        least.checked_next_multiple_of(self.step).is_some_and(|first| first <= most)
    }

    fn can_be(&self, text: &str) -> bool {
        let length = text.chars().count();
        text.chars().all(|character| (self.has)(character)) && self.has_length(length, length)
    }

    fn can_meet(&self, assertions: &Map<String, Value>) -> bool {
        let bound = |keyword: &str| {
            assertions.get(keyword).and_then(Value::as_u64).and_then(|bound| usize::try_from(bound).ok())
        };
        let (least, most) = (bound("minLength").unwrap_or(0), bound("maxLength").unwrap_or(usize::MAX));
        let pattern = assertions.get("pattern").and_then(Value::as_str);
        // What can't be read, such as a look ahead, rules nothing out.
        let Some(pattern) = pattern.and_then(parsed) else { return self.has_length(least, most) };
        let own = pattern.properties();
        let is_whole =
            own.look_set_prefix().contains(Look::Start) && own.look_set_suffix().contains(Look::End);
        // In characters of ASCII, bytes count as characters.
        let longest = own.maximum_len().filter(|_| is_whole).unwrap_or(usize::MAX);
        let shortest = own.minimum_len().unwrap_or(0);
        self.allows(&pattern) && self.has_length(least.max(shortest), most.min(longest))
    }

    /// Returns whether an expression can be met by characters of the format.
    fn allows(&self, expression: &Hir) -> bool {
        match expression.kind() {
            HirKind::Empty | HirKind::Look(_) => true,
            HirKind::Literal(literal) => literal.0.iter().all(|byte| (self.has)(char::from(*byte))),
            HirKind::Class(class) => (' '..='~').any(|own| (self.has)(own) && is_in(class, own)),
            HirKind::Repetition(repetition) => repetition.min == 0 || self.allows(&repetition.sub),
            HirKind::Capture(capture) => self.allows(&capture.sub),
            HirKind::Concat(parts) => parts.iter().all(|part| self.allows(part)),
            HirKind::Alternation(parts) => parts.iter().any(|part| self.allows(part)),
        }
    }
}

fn parsed(pattern: &str) -> Option<Hir> {
    let parse =
        |unicode: bool| ParserBuilder::new().unicode(unicode).utf8(unicode).build().parse(pattern).ok();
    parse(false).or_else(|| parse(true))
}

fn is_in(class: &Class, character: char) -> bool {
    match class {
        Class::Unicode(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&character)),
        Class::Bytes(class) => {
            class.iter().any(|range| (range.start()..=range.end()).contains(&(character as u8)))
        }
    }
}
