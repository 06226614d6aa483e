//! What parameters and forms can carry, and whether what arrived is what was sent.
//!
//! Knows what is lost where a value becomes text: OpenAPI says of most of it that it is not defined (3.1, 4.8.12.3 and 4.8.12.4).

use crate::check::is_same;
use serde_json::Value;
use spec_api::{Encoding, Header, MediaKind, Parameter, ParameterIn, Style};

/// Whether a parameter can carry a value so that it comes back: nothing of it is null or empty where that can't be told from
/// nothing, no sign in it separates, and a path or a header can hold it.
pub(super) fn by_parameter(parameter: &Parameter, value: &Value) -> bool {
    if parameter.content.is_some() {
        return !value.is_null() && is_plain(parameter, &value.to_string());
    }
    if parameter.style == Style::DeepObject && (value.is_array() || value.is_object()) {
        return by_brackets(value);
    }
    let is_pairs = matches!(parameter.place, ParameterIn::Query | ParameterIn::Cookie);
    let is_spread = is_pairs && parameter.explode && parameter.style == Style::Form;
    // What is composed in what is composed stands as JSON.
    let item = |value: &Value| !value.is_null() && is_item(parameter, &text(value).unwrap_or_else(|| value.to_string()));
    let member = |value: &Value| match value {
        Value::Array(items) if is_spread => !items.is_empty() && items.iter().all(item),
        other => item(other),
    };
    match value {
        Value::Array(items) => !items.is_empty() && items.iter().all(item),
        Value::Object(members) => {
            // The name of a cookie is a token (RFC 6265, 4.1.1).
            let is_token =
                |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
            let is_name = |name: &String| {
                let is_cookie = is_spread && parameter.place == ParameterIn::Cookie;
                is_item(parameter, name) && !name.is_empty() && !name.contains('=') && (!is_cookie || is_token(name))
            };
            !members.is_empty() && members.iter().all(|(name, value)| is_name(name) && member(value))
        }
        other => text(other).is_some_and(|text| is_plain(parameter, &text)),
    }
}

/// Whether names in brackets can carry a value.
fn by_brackets(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty() && items.iter().all(by_brackets),
        Value::Object(members) => {
            let is_name = |name: &String| !name.is_empty() && !name.contains(['[', ']']);
            !members.is_empty() && members.iter().all(|(name, value)| is_name(name) && by_brackets(value))
        }
        _ => true,
    }
}

/// The same for a header of an answer.
pub(super) fn by_header(header: &Header, value: &Value) -> bool {
    // RFC 9110, 5.5.
    let is_plain = |text: &str| text.trim() == text && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    let is_item =
        |value: &Value| text(value).is_some_and(|text| is_plain(&text) && !text.is_empty() && !text.contains([',', '=']));
    match value {
        Value::Null => false,
        _ if header.is_json => is_plain(&value.to_string()),
        Value::Array(items) => !items.is_empty() && items.iter().all(is_item),
        Value::Object(members) => {
            let is_name = |name: &String| is_item(&Value::from(name.as_str()));
            !members.is_empty() && members.iter().all(|(name, value)| is_name(name) && is_item(value))
        }
        other => text(other).is_some_and(|text| is_plain(&text)),
    }
}

/// The text of a value that is one text.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn is_plain(parameter: &Parameter, text: &str) -> bool {
    match parameter.place {
        // RFC 3986, 5.2.4.
        ParameterIn::Path => !matches!(text, "" | "." | ".."),
        // RFC 9110, 5.5.
        ParameterIn::Header => text.trim() == text && text.bytes().all(|byte| (0x20..0x7f).contains(&byte)),
        ParameterIn::Query | ParameterIn::Cookie => true,
    }
}

/// An item of a list, or a name or member of an object.
fn is_item(parameter: &Parameter, text: &str) -> bool {
    let separator = match (parameter.place, parameter.style) {
        // In a path, what separates is told by its encoding.
        (ParameterIn::Path, _) | (_, Style::DeepObject) => None,
        (ParameterIn::Header, _) => Some(','),
        _ if parameter.explode => None,
        (_, Style::SpaceDelimited) => Some(' '),
        (_, Style::PipeDelimited) => Some('|'),
        _ => Some(','),
    };
    let stands_alone = parameter.explode && matches!(parameter.place, ParameterIn::Query | ParameterIn::Cookie);
    let is_alike = parameter.style == Style::DeepObject || stands_alone;
    is_plain(parameter, text) && separator.is_none_or(|own| !text.contains(own)) && (is_alike || !text.is_empty())
}

/// Whether a body can carry a value. JSON can; a form has nothing for null, nor for a list without items, and what separates the
/// items of a list can't stand in them.
pub(super) fn by_body(kind: MediaKind, encoding: impl Fn(&str) -> Option<Encoding>, value: &Value) -> bool {
    match (kind, value) {
        (MediaKind::Form | MediaKind::Multipart, Value::Object(members)) => members.iter().all(|(name, member)| {
            let style = encoding(name).and_then(|own| own.style);
            let is_whole = |item: &Value| style.is_none_or(|(style, explode)| explode || is_undivided(style, item));
            match member {
                Value::Null => false,
                Value::Array(_) | Value::Object(_) if style.is_some_and(|(style, _)| style == Style::DeepObject) => {
                    by_brackets(member)
                }
                Value::Array(items) => !items.is_empty() && items.iter().all(|item| !item.is_null() && is_whole(item)),
                Value::Object(members) if style.is_some() => {
                    !members.is_empty() && members.iter().all(|(name, own)| is_whole(&name.as_str().into()) && is_whole(own))
                }
                _ => true,
            }
        }),
        (MediaKind::Form | MediaKind::Multipart, _) => false,
        _ => true,
    }
}

/// Whether an item has nothing in it that separates items.
fn is_undivided(style: Style, item: &Value) -> bool {
    let separator = match style {
        Style::SpaceDelimited => ' ',
        Style::PipeDelimited => '|',
        _ => ',',
    };
    text(item).is_some_and(|text| !text.is_empty() && !text.contains(separator))
}

/// Whether a value is the one that was written as text: the same JSON, or what has the same text where the document allows
/// several kinds.
pub(super) fn is_alike(sent: &Value, arrived: &Value) -> bool {
    if is_same(sent, arrived, false) {
        return true;
    }
    match (sent, arrived) {
        (Value::Array(sent), Value::Array(arrived)) => {
            sent.len() == arrived.len() && sent.iter().zip(arrived).all(|(sent, arrived)| is_alike(sent, arrived))
        }
        (Value::Object(sent), Value::Object(arrived)) => {
            let member = |name: &String, value| arrived.get(name).is_some_and(|arrived| is_alike(value, arrived));
            sent.len() == arrived.len() && sent.iter().all(|(name, value)| member(name, value))
        }
        // A list of one is written like what is in it.
        (Value::Array(items), one) | (one, Value::Array(items)) if items.len() == 1 => is_alike(&items[0], one),
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
    fn forms_have_nothing_for_null() {
        let none = |_: &str| None;
        assert!(by_body(MediaKind::Json, none, &json!({ "a": null })));
        assert!(!by_body(MediaKind::Form, none, &json!({ "a": null })));
        assert!(!by_body(MediaKind::Multipart, none, &json!({ "a": [] })));
        assert!(by_body(MediaKind::Form, none, &json!({ "a": [{ "b": null }], "c": "" })));
        let spaced = |_: &str| Some(Encoding { content_type: None, style: Some((Style::SpaceDelimited, false)) });
        assert!(by_body(MediaKind::Form, spaced, &json!({ "a": ["b,c"] })));
        assert!(!by_body(MediaKind::Form, spaced, &json!({ "a": ["b c"] })));
    }
}
