//! JSON text to tree.
//!
//! Knows the JSON grammar (RFC 8259), through `jsonc-parser` with all extensions switched off.
//! Must not be lenient: a document that only we can read is of no use to others.

use std::ops::Range;

use indexmap::map::Entry;
use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::MAX_DEPTH;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location};
use crate::node::{Member, Node, Number, Object, Value};
use crate::source::SourceId;

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
    let mut fail = |code, span, message: String, help: &str| {
        let location = Location::span(source, span);
        diagnostics.push(Diagnostic::error(code, location, message).help(help));
        None
    };
    if let Err(problem) = check_characters(text) {
        return fail(problem.code, problem.span, problem.message, problem.help);
    }
    match parse_to_ast(text, &CollectOptions::default(), &STRICT) {
        Ok(parsed) => match parsed.value {
            Some(value) => Some(Converter { source, diagnostics }.convert(value)),
            None => {
                fail(Code::InvalidJson, 0..0, "the text is empty".into(), "a document is an object in braces")
            }
        },
        Err(error) => {
            let span = error.range().start..error.range().end;
            if is_leading_zero(text, span.start) {
                let message = "the number has a leading zero".into();
                return fail(Code::InvalidJson, span, message, "remove the zero, or use a string");
            }
            let message = lower_first(&error.kind().to_string());
            fail(Code::InvalidJson, span, message, help(error.kind()))
        }
    }
}

struct Problem {
    code: Code,
    span: Range<usize>,
    message: String,
    help: &'static str,
}

/// Finds what `jsonc-parser` would let pass: nesting (its own limit is higher), control
/// characters in strings (RFC 8259 section 7) and unusual white space (section 2).
///
/// The control characters come before the grammar for a reason: a string without its closing
/// quote swallows the text up to the next quote, and only its line break tells where it began.
fn check_characters(text: &str) -> Result<(), Problem> {
    let mut depth = 0_usize;
    let mut string = None;
    let mut bytes = text.bytes().enumerate();
    while let Some((offset, byte)) = bytes.next() {
        if let Some(start) = string {
            match byte {
                b'"' => string = None,
                b'\\' => drop(bytes.next()),
                b'\n' | b'\r' => {
                    return Err(Problem {
                        code: Code::InvalidJson,
                        span: start..offset,
                        message: "the string does not end on its line".into(),
                        help: "close it with a double quote, and write a line break in it as \\n",
                    });
                }
                0..0x20 => {
                    return Err(Problem {
                        code: Code::InvalidJson,
                        span: offset..offset + 1,
                        message: format!("the control character U+{byte:04X} stands in a string"),
                        help: "control characters in strings are written as escapes, such as \\t or \\u0000",
                    });
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => string = Some(offset),
            b'[' | b'{' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(Problem {
                        code: Code::LimitExceeded,
                        span: offset..offset + 1,
                        message: format!("the text nests deeper than {MAX_DEPTH} levels"),
                        help: "move inner values to a place of their own and refer to them",
                    });
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            // Comments and single quotes are errors of the grammar, which ends there.
            b'/' | b'\'' => return Ok(()),
            b'\t' | b'\n' | b'\r' | b' '..0x7f => {}
            _ => {
                // `offset` is the first byte of a character: all before it were taken as whole.
                let character = text[offset..].chars().next().unwrap_or_default();
                return Err(Problem {
                    code: Code::InvalidJson,
                    span: offset..offset + character.len_utf8(),
                    message: format!("the character U+{:04X} stands outside of a string", character as u32),
                    help: "replace it by a space, or put the text around it in double quotes",
                });
            }
        }
    }
    Ok(())
}

/// The parser takes `01` for two numbers and misses a comma between them.
fn is_leading_zero(text: &str, offset: usize) -> bool {
    let bytes = text.as_bytes();
    bytes[..offset].ends_with(b"0") && bytes.get(offset).is_some_and(u8::is_ascii_digit)
}

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

struct Converter<'a> {
    source: SourceId,
    diagnostics: &'a mut Diagnostics,
}

impl Converter<'_> {
    /// Recursive, since `check_characters` has limited the depth.
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

/// The diagnostic for a key that is there again; the first one counts.
pub(crate) fn duplicate_key(
    source: SourceId,
    key: &str,
    second: Range<usize>,
    first: Range<usize>,
) -> Diagnostic {
    let message = format!("the object has the key \"{key}\" twice");
    Diagnostic::error(Code::DuplicateKey, Location::span(source, second), message)
        .related(Location::span(source, first), "first here")
        .help("keep one of them, or give one another name")
}

/// The diagnostic for a number that [`Number`] refuses.
pub(crate) fn number_too_large(source: SourceId, span: Range<usize>) -> Diagnostic {
    let message = "the number is beyond what a 64-bit floating-point number can hold";
    Diagnostic::error(Code::InvalidValue, Location::span(source, span), message)
        .help("numbers reach to about 1.8e308; write a longer one as a string")
}
