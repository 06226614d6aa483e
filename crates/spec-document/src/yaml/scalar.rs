//! The meaning of scalars and their tags: the core schema (YAML 1.2.2 section 10.3.2).
//!
//! Knows the text of a scalar. Must not know where it stands, but for its bytes.

use std::ops::Range;

use saphyr_parser::{ScalarStyle, Tag};

use super::report::Report;
use crate::code::Code;
use crate::node::{Number, Value};
use crate::syntax::number_too_large;

/// A scalar as the parser gives it.
pub(super) struct Scalar<'a> {
    pub(super) text: &'a str,
    pub(super) style: ScalarStyle,
    pub(super) tag: Option<&'a Tag>,
}

/// The value of a text in the core schema.
enum Resolved {
    Value(Value),
    String,
    TooLarge,
    NotFinite,
}

impl Scalar<'_> {
    /// Returns whether the scalar is the merge key of YAML 1.1.
    pub(super) fn is_merge_key(&self) -> bool {
        self.text == "<<" && self.style == ScalarStyle::Plain && self.tag.is_none()
    }

    /// Returns the bytes of the scalar: the parser's span, without the line breaks after a block scalar. A
    /// value that is not written at all has the span of its `:` or `-`, or of what comes next.
    pub(super) fn span(&self, text: &str, span: Range<usize>) -> Range<usize> {
        let written = &text[span.clone()];
        if self.text.is_empty() && self.style == ScalarStyle::Plain && !written.starts_with(['&', '!']) {
            let place = if matches!(written, ":" | "-" | "?") { span.end } else { span.start };
            return place..place;
        }
        span.start..span.start + written.trim_end().len()
    }

    /// Returns the value; reports one that JSON can't express, or that its tag contradicts.
    pub(super) fn value(&self, span: &Range<usize>, report: &mut Report<'_>) -> Value {
        match self.resolve_tagged(span, report) {
            Resolved::Value(value) => value,
            Resolved::String => Value::String(self.text.to_owned()),
            Resolved::TooLarge => {
                report.diagnostics.push(number_too_large(report.source, span.clone()));
                Value::Null
            }
            Resolved::NotFinite => {
                report.error(
                    Code::InvalidValue,
                    span.clone(),
                    "infinity and NaN are not values of JSON",
                    "write a number, or put the word in quotes for a string",
                );
                Value::Null
            }
        }
    }

    /// Resolves the text as its tag and its quotes want it.
    fn resolve_tagged(&self, span: &Range<usize>, report: &mut Report<'_>) -> Resolved {
        match self.tag.map(tag_name).as_deref() {
            None if self.style == ScalarStyle::Plain => resolve(self.text),
            None | Some("!!str" | "!") => Resolved::String,
            Some(tag @ ("!!null" | "!!bool" | "!!int" | "!!float")) => {
                let resolved = resolve(self.text);
                if !has_tag(&resolved, tag) {
                    let message = format!("the value is not what its tag {tag} says");
                    report.error(
                        Code::InvalidValue,
                        span.clone(),
                        message,
                        "change the value or remove the tag",
                    );
                }
                resolved
            }
            Some(tag) => {
                unsupported_tag(tag, span, report);
                Resolved::String
            }
        }
    }
}

/// Reports a tag of a collection, unless it is the one that such collections have anyway.
pub(super) fn check_collection_tag(
    tag: Option<&Tag>,
    expected: &str,
    span: &Range<usize>,
    report: &mut Report<'_>,
) {
    if let Some(name) = tag.map(tag_name)
        && name != expected
        && name != "!"
    {
        unsupported_tag(&name, span, report);
    }
}

fn unsupported_tag(tag: &str, span: &Range<usize>, report: &mut Report<'_>) {
    let message = format!("the tag \"{tag}\" is not supported here");
    let help = "scalars can have the tags !!str, !!int, !!float, !!bool and !!null; remove others";
    report.error(Code::Unsupported, span.clone(), message, help);
}

/// Returns the name of a tag of the core schema as `!!str`, of any other in full (`!local`, `tag:...`).
fn tag_name(tag: &Tag) -> String {
    let full = format!("{}{}", tag.handle, tag.suffix);
    match full.strip_prefix("tag:yaml.org,2002:") {
        Some(name) => format!("!!{name}"),
        None => full,
    }
}

/// Returns whether a value is of the type that a tag other than `!!str` names.
fn has_tag(resolved: &Resolved, tag: &str) -> bool {
    match resolved {
        Resolved::Value(Value::Null) => tag == "!!null",
        Resolved::Value(Value::Bool(_)) => tag == "!!bool",
        Resolved::Value(Value::Number(number)) => {
            tag == "!!float" || tag == "!!int" && !number.as_str().contains(['.', 'e'])
        }
        Resolved::TooLarge | Resolved::NotFinite => true,
        Resolved::Value(_) | Resolved::String => false,
    }
}

/// Resolves a plain scalar in the core schema (YAML 1.2.2 section 10.3.2).
fn resolve(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Value(Value::Null),
        "true" | "True" | "TRUE" => return Resolved::Value(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Resolved::Value(Value::Bool(false)),
        ".nan" | ".NaN" | ".NAN" => return Resolved::NotFinite,
        _ => {}
    }
    let radix = |digits: &str, radix| {
        if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
            return Resolved::String;
        }
        match u128::from_str_radix(digits, radix) {
            Ok(value) => number(value.to_string()),
            Err(_) => Resolved::TooLarge,
        }
    };
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    let (minus, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Resolved::NotFinite;
    }
    match decimal_to_json(unsigned) {
        Some(json) => number(format!("{minus}{json}")),
        None => Resolved::String,
    }
}

fn number(json: String) -> Resolved {
    Number::new(json).map_or(Resolved::TooLarge, |number| Resolved::Value(Value::Number(number)))
}

/// Returns the JSON form of `[0-9]+` and `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`,
/// which may have leading zeros or lack digits on one side of the point.
fn decimal_to_json(text: &str) -> Option<String> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            if unsigned.is_empty() || !digits(unsigned) {
                return None;
            }
            (mantissa, Some(exponent))
        }
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let mut json = match whole.trim_start_matches('0') {
        "" => "0".to_owned(),
        whole => whole.to_owned(),
    };
    if !fraction.is_empty() {
        json.push('.');
        json.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        json.push('e');
        json.push_str(exponent);
    }
    Some(json)
}
