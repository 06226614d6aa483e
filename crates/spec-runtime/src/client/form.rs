//! Forms: `multipart/form-data` (RFC 7578) and `application/x-www-form-urlencoded`.
//!
//! Knows how values become parts and pairs. Must not know any particular model, nor where bytes of files come
//! from.

use super::Error;
use super::parameter::{pairs_of, unwritable};
use crate::encoding::Encoding;
use crate::file::{File, collect_files, placeholder_number};
use reqwest::multipart::{Form, Part};
use serde::Serialize;
use serde_json::{Map, Value};
use spec_http::message::quoted_name;
use spec_http::style::{Style, Unwritable, item_text};

/// The members of a form, and its files, which placeholders stand for.
type Members = (Map<String, Value>, Vec<File>);

fn members<E>(body: &impl Serialize) -> Result<Members, Error<E>> {
    let (value, files) = collect_files(|| serde_json::to_value(body));
    match value {
        Ok(Value::Object(members)) => Ok((members, files)),
        Ok(_) => Err(Error::InvalidRequest("a form needs an object".to_owned())),
        Err(error) => Err(Error::InvalidRequest(format!("the form can't be written: {error}"))),
    }
}

/// Returns true if a list or an object has no items: a form has no field for it then.
fn is_nothing(value: &Value) -> bool {
    matches!(value, Value::Array(items) if items.is_empty())
        || matches!(value, Value::Object(members) if members.is_empty())
}

/// Returns the encoding of a property, where the document says so.
fn encoding<'a>(encodings: &'a [Encoding], name: &str) -> Option<&'a Encoding> {
    encodings.iter().find(|encoding| encoding.name == name)
}

/// Returns a form in parts: a list is one part for each item, a file is a file, and what is composed any
/// deeper stands as JSON (OpenAPI 3.1, 4.8.15.1), but for properties that have a style (4.8.15.2).
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the body is no object, or something in it can't be written: null, say,
/// which no form has.
pub fn multipart<E>(body: &impl Serialize, encodings: &[Encoding]) -> Result<Form, Error<E>> {
    let (members, files) = members(body)?;
    let mut form = empty_form();
    for (name, value) in members {
        let own = encoding(encodings, &name);
        if is_nothing(&value) && (value.is_array() || own.is_some_and(|own| own.style.is_some())) {
            return Err(unwritable(&name, Unwritable::Empty));
        }
        if let Some((style, explode)) = own.and_then(|own| own.style) {
            for (key, text) in pairs_of(&name, &value, style, explode)? {
                form = form.part(part_name(&key)?, Part::text(text));
            }
            continue;
        }
        let values = match value {
            Value::Array(items) => items,
            other => vec![other],
        };
        for value in values {
            let file = placeholder_number(&value).and_then(|number| files.get(number));
            let part = match file {
                Some(file) => file_part(file.clone(), own)
                    .map_err(|message| Error::InvalidRequest(format!("`{name}`: {message}")))?,
                None => {
                    let value = with_texts_of_files(value, &files).map_err(|error| {
                        Error::InvalidRequest(format!("`{name}` can't be written: {error}"))
                    })?;
                    value_part(&value, own).map_err(|why| unwritable(&name, why))?
                }
            };
            form = form.part(part_name(&name)?, part);
        }
    }
    Ok(form)
}

/// Makes a form without parts, whose names are written as RFC 7578, 5.1 has them.
#[cfg(not(target_arch = "wasm32"))]
fn empty_form() -> Form {
    Form::new().percent_encode_noop()
}

/// Makes a form without parts, whose names a browser writes.
#[cfg(target_arch = "wasm32")]
fn empty_form() -> Form {
    Form::new()
}

/// Why a name can't stand in the header of a part.
const CONTROL: &str = "its name holds a control character, which no header has";

/// Returns a name as it stands in the header of its part; none where no header can hold it (RFC 9110, 5.5).
fn headed(name: &str) -> Option<String> {
    let name = quoted_name(name);
    name.chars().all(|sign| !sign.is_ascii_control() || sign == '\t').then_some(name)
}

fn part_name<E>(name: &str) -> Result<String, Error<E>> {
    headed(name).ok_or_else(|| Error::InvalidRequest(format!("{name:?} can't be written: {CONTROL}")))
}

/// Returns the media type that the document names for a property, the first of several. Ranges name none.
fn first_type(encoding: Option<&Encoding>) -> Option<&'static str> {
    encoding?.content_type?.split(',').map(str::trim).find(|own| !own.contains('*'))
}

/// Returns the part of a value that is no file.
fn value_part(value: &Value, encoding: Option<&Encoding>) -> Result<Part, Unwritable> {
    let is_json = encoding.is_some_and(|own| own.is_json);
    let composed = value.is_object() || value.is_array();
    let text = if is_json { value.to_string() } else { item_text(value)? };
    let content_type = first_type(encoding).or(composed.then_some("application/json"));
    let Some(content_type) = content_type else { return Ok(Part::text(text)) };
    // A part is gone once it refuses a media type, so one is made anew.
    Ok(Part::text(text.clone()).mime_str(content_type).unwrap_or_else(|_| Part::text(text)))
}

/// Returns the same value with the texts of files inside it, which JSON has no place for.
fn with_texts_of_files(value: Value, files: &[File]) -> Result<Value, serde_json::Error> {
    if let Some(file) = placeholder_number(&value).and_then(|number| files.get(number)) {
        return serde_json::to_value(file);
    }
    Ok(match value {
        Value::Array(items) => {
            items.into_iter().map(|item| with_texts_of_files(item, files)).collect::<Result<_, _>>()?
        }
        Value::Object(members) => {
            let member = |(name, member)| Ok((name, with_texts_of_files(member, files)?));
            Value::Object(members.into_iter().map(member).collect::<Result<_, serde_json::Error>>()?)
        }
        other => other,
    })
}

/// Returns the part of a file, of the media type that the caller gives it, or the first that the document
/// names, or else of one that says nothing (RFC 7578, 4.4; OpenAPI 3.1, 4.8.15.1).
fn file_part(file: File, encoding: Option<&Encoding>) -> Result<Part, String> {
    let part = content_part(&file)?;
    // A part without a name is no file to most servers (RFC 7578, 4.2).
    let name =
        file.name.as_deref().map_or(Some("file".to_owned()), headed).ok_or_else(|| CONTROL.to_owned())?;
    let part = part.file_name(name);
    let content_type =
        file.content_type.as_deref().or(first_type(encoding)).unwrap_or("application/octet-stream");
    part.mime_str(content_type).map_err(|_| format!("{content_type:?} is no media type"))
}

/// Returns the part of what a file holds.
#[cfg(not(target_arch = "wasm32"))]
#[allow(clippy::unnecessary_wraps, reason = "a browser does not send every file")]
fn content_part(file: &File) -> Result<Part, String> {
    Ok(match file.content.len() {
        Some(length) => Part::stream_with_length(file.content.stream(), length),
        None => Part::stream(file.content.stream()),
    })
}

/// Returns the part of what a file holds: a browser sends none that is not in memory.
#[cfg(target_arch = "wasm32")]
fn content_part(file: &File) -> Result<Part, String> {
    let bytes = file.content.bytes().ok_or("a browser sends files that are in memory alone")?;
    Ok(Part::bytes(bytes.to_vec()))
}

/// Returns the pairs of a form. Without an encoding of their own, lists repeat their name, and what is
/// composed any deeper stands as JSON (OpenAPI 3.1, 4.8.15.1).
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the body is no object, or something in it can't be written: null, say,
/// which no form has.
pub fn urlencoded<E>(
    body: &impl Serialize,
    encodings: &[Encoding],
) -> Result<Vec<(String, String)>, Error<E>> {
    let (members, files) = members(body)?;
    let mut pairs = Vec::new();
    for (name, value) in members {
        let own = encoding(encodings, &name);
        let value = with_texts_of_files(value, &files)
            .map_err(|error| Error::InvalidRequest(format!("`{name}` can't be written: {error}")))?;
        let style = own.and_then(|own| own.style);
        let is_json = value.is_object() || own.is_some_and(|own| own.is_json);
        match style {
            _ if value.is_null() => return Err(unwritable(&name, Unwritable::Null)),
            _ if is_nothing(&value) && (style.is_some() || !is_json) => {
                return Err(unwritable(&name, Unwritable::Empty));
            }
            Some((style, explode)) => pairs.extend(pairs_of(&name, &value, style, explode)?),
            None if is_json => pairs.push((name, value.to_string())),
            None => pairs.extend(pairs_of(&name, &value, Style::Form, true)?),
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::headed;

    #[test]
    fn names_of_parts_stand_in_headers() {
        assert_eq!(headed("a\t\"b\"\r\né").as_deref(), Some("a\t%22b%22%0D%0Aé"));
        assert_eq!([headed("a\0"), headed("\u{7f}"), headed("\u{1b}[1m")], [None, None, None]);
    }
}
