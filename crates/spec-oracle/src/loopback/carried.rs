//! What parameters and forms can carry, and whether what arrived is what was sent.
//!
//! Knows the words of the document for what [`cells`](crate::cells) judges by the standards.

use crate::cells::{Carried, Place, Style as Written, Way, carried, text};
use crate::check::is_same;
use serde_json::Value;
use spec_api::{Encoding, Header, MediaKind, Parameter, ParameterIn, Style};

/// Returns true if a parameter can carry a value so that it can't be taken for another one.
pub(super) fn by_parameter(parameter: &Parameter, value: &Value) -> bool {
    let place = match parameter.place {
        ParameterIn::Path => Place::Path,
        ParameterIn::Query => Place::Query,
        ParameterIn::Header => Place::Header,
        ParameterIn::Cookie => Place::Cookie,
    };
    let style = if parameter.content.is_some() { Written::Json } else { written(parameter.style) };
    let way =
        Way { place, style, explode: parameter.explode, reserved: parameter.allow_reserved, empty: false };
    // Of what is optional, null is nothing.
    !value.is_null() && carried(way, value) == Carried::Must
}

/// Returns true if a header of an answer can carry a value so that it can't be taken for another one.
pub(super) fn by_header(header: &Header, value: &Value) -> bool {
    let style = if header.is_json { Written::Json } else { Written::Simple };
    let way = Way { place: Place::Header, style, explode: header.explode, reserved: false, empty: false };
    !value.is_null() && carried(way, value) == Carried::Must
}

/// Returns true if a value is a text in the charset that a media type names: one that nobody knows has none.
pub(super) fn by_text(media_type: &str, value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    let parameters = media_type.split(';').skip(1).filter_map(|own| own.split_once('='));
    let mut charsets = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    let Some((_, label)) = charsets.next() else { return true };
    let label = label.trim().trim_matches('"');
    // UTF-16 has all signs, and its encoder in the Encoding Standard is that of UTF-8.
    encoding_rs::Encoding::for_label(label.as_bytes()).is_some_and(|own| !own.encode(text).2)
}

fn written(style: Style) -> Written {
    match style {
        Style::Simple => Written::Simple,
        Style::Label => Written::Label,
        Style::Matrix => Written::Matrix,
        Style::Form => Written::Form,
        Style::SpaceDelimited => Written::Space,
        Style::PipeDelimited => Written::Pipe,
        Style::DeepObject => Written::Deep,
    }
}

/// Says whether a body can carry a value. JSON can; a form has nothing for null, nor for a list without
/// items, and in a style what that can't carry.
pub(super) fn by_body(kind: MediaKind, encoding: impl Fn(&str) -> Option<Encoding>, value: &Value) -> bool {
    match (kind, value) {
        (MediaKind::Form | MediaKind::Multipart, Value::Object(members)) => {
            members.iter().all(|(name, member)| {
                let styled = encoding(name).and_then(|own| own.style);
                // Names of parts stand in headers, for which HTML (4.10.22.8) has only the ends of lines and
                // quotes in other words.
                let is_unheaded = |sign: char| sign.is_ascii_control() && !"\t\r\n".contains(sign);
                match (styled, member) {
                    _ if kind == MediaKind::Multipart && name.contains(is_unheaded) => false,
                    (_, Value::Null) => false,
                    (_, Value::Array(items)) if items.is_empty() || items.iter().any(Value::is_null) => false,
                    (Some((style, explode)), member) => {
                        let way = Way {
                            place: Place::Form,
                            style: written(style),
                            explode,
                            reserved: false,
                            empty: false,
                        };
                        carried(way, member) == Carried::Must
                    }
                    _ => true,
                }
            })
        }
        (MediaKind::Form | MediaKind::Multipart, _) => false,
        _ => true,
    }
}

/// Returns true if a value is the one that was written as text: the same JSON, or what has the same text
/// where the document allows several kinds.
pub(super) fn is_alike(sent: &Value, arrived: &Value) -> bool {
    if is_same(sent, arrived, false) {
        return true;
    }
    match (sent, arrived) {
        (Value::Array(sent), Value::Array(arrived)) => {
            sent.len() == arrived.len()
                && sent.iter().zip(arrived).all(|(sent, arrived)| is_alike(sent, arrived))
        }
        (Value::Object(sent), Value::Object(arrived)) => {
            let member =
                |name: &String, value| arrived.get(name).is_some_and(|arrived| is_alike(value, arrived));
            sent.len() == arrived.len() && sent.iter().all(|(name, value)| member(name, value))
        }
        // A list of one is written like what is in it.
        (Value::Array(items), one) | (one, Value::Array(items)) if items.len() == 1 => {
            is_alike(&items[0], one)
        }
        (Value::Object(_) | Value::Array(_), Value::String(text)) => {
            serde_json::from_str(text).is_ok_and(|arrived: Value| is_same(sent, &arrived, false))
        }
        (sent, arrived) => match (text(sent), text(arrived)) {
            (Some(left), Some(right)) => left == right,
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{by_body, is_alike};
    use serde_json::json;
    use spec_api::{Encoding, MediaKind, Style};

    #[test]
    fn texts_are_alike() {
        assert!(is_alike(&json!({ "a": 1, "b": ["x"] }), &json!({ "a": "1", "b": "x" })));
        assert!(is_alike(&json!({ "a": { "b": null } }), &json!({ "a": "{\"b\":null}" })));
        assert!(!is_alike(&json!([1, 2]), &json!([1])));
        assert!(!is_alike(&json!("a"), &json!("b")));
    }

    #[test]
    fn names_of_parts_hold_no_control_characters() {
        let value = json!({ "a\u{0}b": "c" });
        assert!(by_body(MediaKind::Form, |_| None, &value));
        assert!(!by_body(MediaKind::Multipart, |_| None, &value));
        assert!(by_body(MediaKind::Multipart, |_| None, &json!({ "a\t\"b\n": "c" })));
    }

    #[test]
    fn forms_have_nothing_for_null() {
        let none = |_: &str| None;
        assert!(by_body(MediaKind::Json, none, &json!({ "a": null })));
        assert!(!by_body(MediaKind::Form, none, &json!({ "a": null })));
        assert!(!by_body(MediaKind::Multipart, none, &json!({ "a": [] })));
        assert!(by_body(MediaKind::Form, none, &json!({ "a": [{ "b": null }], "c": "" })));
        let spaced =
            |_: &str| Some(Encoding { content_type: None, style: Some((Style::SpaceDelimited, false)) });
        assert!(by_body(MediaKind::Form, spaced, &json!({ "a": ["b,c"] })));
        assert!(!by_body(MediaKind::Form, spaced, &json!({ "a": ["b c"] })));
    }
}
