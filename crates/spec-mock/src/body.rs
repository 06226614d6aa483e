//! Values → bytes of a media type.
//!
//! Knows the syntax of media types. Must not know where a value comes from, nor whether it is right.

use crate::xml;
use serde_json::Value;
use spec_api::{MediaKind, MediaType, Sequence};
use spec_http::media_type::essence;
use spec_http::message::quoted_name;
use spec_http::style::scalar;

/// What divides the parts of a form. It stands in none of them, because everything that is written is text
/// that was made or read here, and is looked at.
const BOUNDARY: &str = "spec-mock-boundary";

/// A body, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) content_type: String,
    pub(crate) bytes: Vec<u8>,
}

/// A value that has no text: a list or an object where the media type is plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Composed;

/// Writes a value in a media type of this name, which the declared one stands for.
pub(crate) fn write(media: &MediaType, name: &str, value: &Value) -> Result<Written, Composed> {
    let mut content_type = name.to_owned();
    let bytes = if let Some(sequence) = Sequence::of(name) {
        pieces(media, sequence, value)
    } else {
        match kind(media, name) {
            MediaKind::Json => value.to_string().into_bytes(),
            MediaKind::Form => form(value).into_bytes(),
            MediaKind::Multipart => {
                content_type = format!("{}; boundary={BOUNDARY}", essence(name));
                multipart(value).into_bytes()
            }
            MediaKind::Text if is_xml(name) => match value {
                Value::String(text) => text.clone().into_bytes(),
                other => xml::write(other).into_bytes(),
            },
            // JSON is YAML (YAML 1.2, 1.3).
            MediaKind::Text if essence(name).to_ascii_lowercase().ends_with("yaml") => {
                value.to_string().into_bytes()
            }
            MediaKind::Text => match value {
                Value::Array(_) | Value::Object(_) => return Err(Composed),
                other => scalar(other).into_bytes(),
            },
            MediaKind::Bytes => scalar(value).into_bytes(),
        }
    };
    Ok(Written { content_type, bytes })
}

/// Returns the syntax of a body: of a range, that of the media type that is sent.
fn kind(media: &MediaType, name: &str) -> MediaKind {
    match media.name.contains('*') {
        true => MediaKind::of(name),
        false => media.kind,
    }
}

fn is_xml(name: &str) -> bool {
    let name = essence(name).to_ascii_lowercase();
    name.ends_with("/xml") || name.ends_with("+xml")
}

/// Writes a sequence: each item of a list is a piece, and anything else is the only one.
fn pieces(media: &MediaType, sequence: Sequence, value: &Value) -> Vec<u8> {
    let items = match value {
        Value::Array(items) if !media.is_item => items.as_slice(),
        other => std::slice::from_ref(other),
    };
    let piece = |item: &Value| match sequence {
        Sequence::Events => event(item),
        Sequence::Lines => format!("{item}\n"),
        Sequence::Records => format!("\u{1e}{item}\n"),
    };
    items.iter().map(piece).collect::<String>().into_bytes()
}

/// Writes an event (HTML Living Standard, 9.2): an object with the names of its fields is the event itself,
/// and anything else its data.
fn event(item: &Value) -> String {
    const FIELDS: [&str; 4] = ["event", "id", "retry", "data"];
    let fields = item.as_object().filter(|fields| {
        fields.contains_key("data") && fields.keys().all(|name| FIELDS.contains(&name.as_str()))
    });
    let lines = |name: &str, value: &Value| {
        let text = scalar(value);
        let lines = text.split('\n').map(|line| format!("{name}: {}\n", line.trim_end_matches('\r')));
        lines.collect::<String>()
    };
    let text = match fields {
        Some(fields) => FIELDS.iter().filter_map(|name| Some(lines(name, fields.get(*name)?))).collect(),
        None => lines("data", item),
    };
    format!("{text}\n")
}

/// Writes a form: a name for each property, and one for each item of a list (OpenAPI 3.1, 4.8.15).
fn form(value: &Value) -> String {
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let pairs = fields(value).into_iter().map(|(name, text)| format!("{}={}", encode(name), encode(&text)));
    pairs.collect::<Vec<_>>().join("&")
}

fn multipart(value: &Value) -> String {
    let part = |(name, text): (&str, String)| {
        let name = quoted_name(name);
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    };
    format!("{}--{BOUNDARY}--\r\n", fields(value).into_iter().map(part).collect::<String>())
}

fn fields(value: &Value) -> Vec<(&str, String)> {
    let mut fields = Vec::new();
    for (name, member) in value.as_object().into_iter().flatten() {
        match member {
            Value::Null => {}
            Value::Array(items) => fields.extend(items.iter().map(|item| (name.as_str(), scalar(item)))),
            other => fields.push((name.as_str(), scalar(other))),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::{event, form};
    use serde_json::json;

    #[test]
    fn events_have_fields_or_data() {
        assert_eq!(event(&json!({"data": {"a": 1}, "event": "x"})), "event: x\ndata: {\"a\":1}\n\n");
        assert_eq!(event(&json!({"a": 1})), "data: {\"a\":1}\n\n");
        assert_eq!(event(&json!("a\nb")), "data: a\ndata: b\n\n");
    }

    #[test]
    fn forms_repeat_names() {
        assert_eq!(form(&json!({"a b": [1, "x&"], "n": null})), "a%20b=1&a%20b=x%26");
    }
}
