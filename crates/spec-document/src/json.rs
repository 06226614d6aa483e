//! JSON text to tree.
//!
//! Knows the JSON grammar (RFC 8259), through `jsonc-parser` with all extensions switched off.
//! Must not be lenient: a document that only we can read is of no use to others.

use std::ops::Range;

use indexmap::map::Entry;
use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::location::Location;
use crate::node::{MAX_DEPTH, Member, Node, Number, Object, Value};
use crate::source::SourceId;
use crate::syntax::{duplicate_key, number_too_large, too_deep};

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Parses a JSON text; `None` after a syntax error, of which the first is reported.
pub(crate) fn parse(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    let parsed = check_characters(source, text).and_then(|()| {
        parse_to_ast(text, &CollectOptions::default(), &STRICT)
            .map_err(|error| syntax_error(source, text, &error))?
            .value
            .ok_or_else(|| invalid(source, 0..0, "the text is empty", "a document is an object in braces"))
    });
    match parsed {
        Ok(value) => Some(Converter { source, diagnostics }.convert(value)),
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            None
        }
    }
}

fn invalid(source: SourceId, span: Range<usize>, message: impl Into<String>, help: &str) -> Diagnostic {
    Diagnostic::error(Code::InvalidJson, Location::span(source, span), message).help(help)
}

/// Reports what `jsonc-parser` would let pass: nesting (its own limit is higher), control characters in
/// strings (RFC 8259 section 7) and unusual white space (section 2).
///
/// The control characters come before the grammar for a reason: a string without its closing quote swallows
/// the text up to the next quote, and only its line break tells where it began.
fn check_characters(source: SourceId, text: &str) -> Result<(), Diagnostic> {
    let mut depth = 0_usize;
    let mut bytes = text.bytes().enumerate();
    while let Some((offset, byte)) = bytes.next() {
        match byte {
            b'"' => check_string(source, offset, &mut bytes)?,
            b'[' | b'{' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(too_deep(source, offset..offset + 1));
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            // Comments and single quotes are errors of the grammar, which ends there.
            b'/' | b'\'' => return Ok(()),
            b'\t' | b'\n' | b'\r' | b' '..0x7f => {}
            _ => {
                // `offset` is the first byte of a character: all before it were taken as whole.
                let character = text[offset..].chars().next().unwrap_or_default();
                let span = offset..offset + character.len_utf8();
                let message = format!("the character U+{:04X} stands outside of a string", character as u32);
                let help = "replace it by a space, or put the text around it in double quotes";
                return Err(invalid(source, span, message, help));
            }
        }
    }
    Ok(())
}

/// Consumes the rest of the string that begins at `start`. Reports control characters in it.
fn check_string(
    source: SourceId,
    start: usize,
    bytes: &mut impl Iterator<Item = (usize, u8)>,
) -> Result<(), Diagnostic> {
    while let Some((offset, byte)) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => drop(bytes.next()),
            b'\n' | b'\r' => {
                let message = "the string does not end on its line";
                let help = "close it with a double quote, and write a line break in it as \\n";
                return Err(invalid(source, start..offset, message, help));
            }
            0..0x20 => {
                let message = format!("the control character U+{byte:04X} stands in a string");
                let help = "control characters in strings are written as escapes, such as \\t or \\u0000";
                return Err(invalid(source, offset..offset + 1, message, help));
            }
            _ => {}
        }
    }
    Ok(())
}

fn syntax_error(source: SourceId, text: &str, error: &ParseError) -> Diagnostic {
    let span = error.range().start..error.range().end;
    if is_leading_zero(text, span.start) {
        let message = "the number has a leading zero";
        return invalid(source, span, message, "remove the zero, or use a string");
    }
    invalid(source, span, lower_first(&error.kind().to_string()), help(error.kind()))
}

/// Returns whether an error is about a number such as `01`, which the parser takes for two numbers without a
/// comma between them.
fn is_leading_zero(text: &str, offset: usize) -> bool {
    let bytes = text.as_bytes();
    bytes[..offset].ends_with(b"0") && bytes.get(offset).is_some_and(u8::is_ascii_digit)
}

/// Returns what to do about an error of the grammar.
fn help(kind: &ParseErrorKind) -> &'static str {
    use ParseErrorKind::{
        CommentsNotAllowed, ExpectedColonAfterObjectKey, ExpectedComma, ExpectedStringObjectProperty,
        MultipleRootJsonValues, SingleQuotedStringsNotAllowed, String, TrailingCommasNotAllowed,
        UnexpectedToken, UnexpectedWord, UnterminatedArray, UnterminatedObject,
    };
    match kind {
        CommentsNotAllowed => "JSON has no comments; remove it or use YAML",
        ExpectedColonAfterObjectKey => "write a colon between the key and its value",
        ExpectedComma => "write a comma between the two values",
        ExpectedStringObjectProperty => "put the key in double quotes",
        MultipleRootJsonValues => "remove what follows the first value",
        SingleQuotedStringsNotAllowed => "use double quotes",
        String(_) => "the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hexadecimal digits",
        TrailingCommasNotAllowed => "remove the comma",
        UnexpectedToken | UnexpectedWord => {
            "put strings in double quotes; the words of JSON are true, false and null"
        }
        UnterminatedArray => "close it with ]",
        UnterminatedObject => "close it with }",
        _ => "compare the text before this place with the grammar of RFC 8259",
    }
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().into_iter().flat_map(char::to_lowercase).chain(characters).collect()
}

/// Makes nodes of what `jsonc-parser` has read.
struct Converter<'a> {
    source: SourceId,
    diagnostics: &'a mut Diagnostics,
}

impl Converter<'_> {
    /// Converts a value with all that is in it, recursively: `check_characters` has limited the depth.
    fn convert(&mut self, value: ast::Value<'_>) -> Node {
        let span = span(&value);
        let value = match value {
            ast::Value::NullKeyword(_) => Value::Null,
            ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
            ast::Value::StringLit(literal) => Value::String(literal.value.into_owned()),
            ast::Value::NumberLit(literal) => match Number::new(literal.value) {
                Some(number) => Value::Number(number),
                None => {
                    self.diagnostics.push(number_too_large(self.source, span.clone()));
                    Value::Null
                }
            },
            ast::Value::Array(array) => {
                Value::Array(array.elements.into_iter().map(|element| self.convert(element)).collect())
            }
            ast::Value::Object(object) => Value::Object(self.object(object)),
        };
        Node::new(value, span)
    }

    fn object(&mut self, object: ast::Object<'_>) -> Object {
        let mut members = indexmap::IndexMap::with_capacity(object.properties.len());
        for property in object.properties {
            let key_span = span(&property.name);
            let node = self.convert(property.value);
            match members.entry(property.name.into_string()) {
                Entry::Vacant(entry) => {
                    entry.insert(Member { key_span, node });
                }
                Entry::Occupied(entry) => {
                    let first = entry.get().key_span.clone();
                    self.diagnostics.push(duplicate_key(self.source, entry.key(), key_span, first));
                }
            }
        }
        Object(members)
    }
}

fn span(part: &impl Ranged) -> Range<usize> {
    part.start()..part.end()
}
