//! Values → bodies: JSON, forms (RFC 7578 and the URL Standard, 5), sequences and texts.

use crate::case::{Body, Content};
use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use spec_api::{Additional, Api, Encoding, Kind, MediaKind, MediaType, Operation, SchemaId, Sequence, Style};
use spec_http::message::quoted_name;
use spec_http::style;

/// The signs that a form has as they are; a space is written as `%20`, which every reader takes.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*');

/// What divides the parts of a form. No value that is made has it.
const BOUNDARY: &str = "spec-suite-7d1f3c5a9b";

/// Returns the declared media type that a body is written by.
fn declared<'a>(operation: &'a Operation, body: &Body) -> Option<&'a MediaType> {
    operation.body.as_ref()?.content.iter().find(|media| media.name == body.declared)
}

/// Returns a media type that a range means.
fn concrete(name: &str) -> String {
    match name {
        "*/*" | "application/*" => "application/json".to_owned(),
        "text/*" => "text/plain".to_owned(),
        "image/*" => "image/png".to_owned(),
        other => other.replace("*+", "vnd.spec+").replace('*', "octet-stream"),
    }
}

/// Returns the syntax of a body.
pub(crate) fn kind_of(media: &MediaType) -> MediaKind {
    match media.name.contains('*') {
        true => MediaKind::of(&concrete(&media.name)),
        false => media.kind,
    }
}

/// Writes a body; returns its media type, empty for none, and its bytes.
///
/// # Errors
///
/// Why it can't be written.
pub(super) fn write(api: &Api, operation: &Operation, body: &Body) -> Result<(String, Bytes), String> {
    let media = declared(operation, body);
    let name = concrete(&body.declared);
    let kind = media.map_or_else(|| MediaKind::of(&name), kind_of);
    let name = match kind {
        MediaKind::Multipart if !name.contains("boundary") => format!("{name}; boundary={BOUNDARY}"),
        _ => name,
    };
    let bytes = match &body.content {
        Content::Text(text) => text.clone().into_bytes(),
        Content::Value(value) => match (Sequence::of(&name), kind) {
            (Some(Sequence::Lines), _) => sequence(value, "", "\n"),
            (Some(Sequence::Records), _) => sequence(value, "\u{1e}", "\n"),
            (_, MediaKind::Json) => value.to_string().into_bytes(),
            (_, MediaKind::Form) => form(value, media)?.into_bytes(),
            (_, MediaKind::Multipart) => multipart(api, value, media)?.into_bytes(),
            (_, MediaKind::Text | MediaKind::Bytes) => style::scalar(value).into_bytes(),
        },
    };
    Ok((body.media_type.clone().unwrap_or(name), bytes.into()))
}

fn sequence(value: &Value, before: &str, after: &str) -> Vec<u8> {
    let items = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
    items.iter().map(|item| format!("{before}{item}{after}")).collect::<String>().into_bytes()
}

fn encoding<'a>(media: Option<&'a MediaType>, name: &str) -> Option<&'a Encoding> {
    media?.encoding.get(name)
}

/// Writes a form as pairs.
fn form(value: &Value, media: Option<&MediaType>) -> Result<String, String> {
    let members = value.as_object().ok_or("a form is an object")?;
    let mut pairs = Vec::new();
    for (name, member) in members {
        let own = encoding(media, name);
        // OpenAPI 3.1, 4.8.15.1: without a style, what is composed is JSON.
        let is_json = own.is_some_and(|own| {
            own.style.is_none()
                && own.content_type.as_deref().is_some_and(|name| MediaKind::of(name) == MediaKind::Json)
        });
        if member.is_object() && own.is_none_or(|own| own.style.is_none()) || is_json {
            pairs.push((name.clone(), member.to_string()));
            continue;
        }
        let (style, explode) = own.and_then(|own| own.style).unwrap_or((Style::Form, true));
        let written = style::to_pairs(name, member, style, explode).map_err(|own| own.to_string())?;
        pairs.extend(written);
    }
    let encode = |text: &str| utf8_percent_encode(text, FORM).to_string();
    let pairs: Vec<String> =
        pairs.iter().map(|(name, text)| format!("{}={}", encode(name), encode(text))).collect();
    Ok(pairs.join("&"))
}

/// Writes a form in parts. What is composed is a part of JSON; each item of a list is a part of its own; a
/// file has a file name, without which it is none to most servers (RFC 7578, 4.2).
fn multipart(api: &Api, value: &Value, media: Option<&MediaType>) -> Result<String, String> {
    let members = value.as_object().ok_or("a form is an object")?;
    let mut text = String::new();
    for (name, member) in members {
        let said = encoding(media, name).and_then(|own| own.content_type.as_deref());
        let said = said.and_then(|said| said.split(',').map(str::trim).find(|one| !one.contains('*')));
        let is_said_json = said.is_some_and(|said| MediaKind::of(said) == MediaKind::Json);
        let file = media.and_then(|media| file_of(api, media.schema?, name, 0));
        let file_type = file.map(|schema| said.unwrap_or_else(|| media_type_of(api, schema)));
        let parts = match member {
            Value::Array(items) if !is_said_json => items.iter().collect(),
            other => vec![other],
        };
        for part in parts {
            let is_json = part.is_object() || part.is_array() || is_said_json;
            if part.is_null() && !is_json {
                return Err("null has no text in a form".to_owned());
            }
            let (content, default) = match is_json {
                true => (part.to_string(), Some("application/json")),
                false => (style::scalar(part), file_type),
            };
            text.push_str(&format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\""));
            text.push_str(&quoted_name(name));
            text.push('"');
            let is_of_bytes =
                said.is_some_and(|said| !matches!(MediaKind::of(said), MediaKind::Text | MediaKind::Json));
            if is_of_bytes || file.is_some() && !is_json {
                text.push_str("; filename=\"file\"");
            }
            if let Some(media_type) = said.or(default) {
                text.push_str(&format!("\r\nContent-Type: {media_type}"));
            }
            text.push_str(&format!("\r\n\r\n{content}\r\n"));
        }
    }
    text.push_str(&format!("--{BOUNDARY}--\r\n"));
    Ok(text)
}

/// The depth to which the schemas of a form are followed.
const DEPTH: usize = 8;

/// Returns the schema of a property of a form, or of its items, where that is of files.
fn file_of(api: &Api, form: SchemaId, name: &str, depth: usize) -> Option<SchemaId> {
    let of_value = |id: SchemaId| match &api.schema(api.resolve(id)).kind {
        Kind::Array(Some(items)) => Some(*items).filter(|items| api.is_file(*items)),
        _ => Some(id).filter(|id| api.is_file(*id)),
    };
    match &api.schema(api.resolve(form)).kind {
        Kind::Object(object) => match object.properties.iter().find(|own| own.name == name) {
            Some(property) => of_value(property.schema),
            None => match &object.additional {
                Additional::Allowed(Some(values)) => of_value(*values),
                _ => None,
            },
        },
        Kind::Union { variants, .. } if depth < DEPTH => {
            variants.iter().find_map(|own| file_of(api, *own, name, depth + 1))
        }
        _ => None,
    }
}

/// Returns the media type of files of a schema: the one that it names, or else one that says nothing (RFC
/// 2046, 4.5.1).
fn media_type_of(api: &Api, schema: SchemaId) -> &str {
    api.content_media_type(schema).filter(|own| !own.contains('*')).unwrap_or("application/octet-stream")
}
