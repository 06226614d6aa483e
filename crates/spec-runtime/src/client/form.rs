//! Forms: `multipart/form-data` (RFC 7578) and `application/x-www-form-urlencoded`.
//!
//! Knows how values become parts and pairs. Must not know any particular model, nor where bytes of files come from.

use super::Error;
use super::parameter::pairs_of;
use crate::field::Field;
use crate::file::{File, gathering, marked};
use crate::message::quoted_name;
use crate::style::{Encoding, Style, scalar};
use reqwest::multipart;
use serde::Serialize;
use serde_json::Value;

/// A multipart form that is being filled.
#[derive(Debug, Default)]
pub struct Form {
    form: multipart::Form,
    /// Parts that may yet be given a media type.
    last: Vec<(String, multipart::Part, bool)>,
}

impl Form {
    /// An empty form.
    pub fn new() -> Self {
        Form::default()
    }

    /// Adds a value: a file, a text, several of them, or none.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] when the media type of a file is none.
    pub fn part<E>(mut self, name: &'static str, value: impl Part) -> Result<Self, Error<E>> {
        self.flush();
        let parts = value.parts().map_err(|message| Error::InvalidRequest(format!("`{name}`: {message}")))?;
        self.last = parts.into_iter().map(|(part, is_typed)| (name.to_owned(), part, is_typed)).collect();
        Ok(self)
    }

    /// Adds a value as it stands in JSON: a scalar as its text, anything composed as JSON (OpenAPI 3.1, 4.8.15.1), but files as
    /// files.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] when the value can't be written.
    pub fn json<E>(mut self, name: &'static str, value: &impl Serialize) -> Result<Self, Error<E>> {
        self.flush();
        let (value, files) = gathering(|| serde_json::to_value(value));
        let value = value.map_err(|error| Error::InvalidRequest(format!("`{name}` can't be written: {error}")))?;
        self.last = json_parts(name, value, &files)?;
        Ok(self)
    }

    /// Adds every member of a value: what the document leaves open.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] when the value is no object or can't be written.
    pub fn members<E>(mut self, value: &impl Serialize) -> Result<Self, Error<E>> {
        self.flush();
        let (value, files) = gathering(|| serde_json::to_value(value));
        match value {
            Ok(Value::Object(members)) => {
                for (name, member) in members {
                    self.last.extend(json_parts(&name, member, &files)?);
                }
                Ok(self)
            }
            Ok(_) => Err(Error::InvalidRequest("a form needs an object".to_owned())),
            Err(error) => Err(Error::InvalidRequest(format!("the form can't be written: {error}"))),
        }
    }

    /// Gives what was added last a media type, unless it has one of its own; one that is none is left out.
    #[must_use]
    pub fn typed(mut self, content_type: &'static str) -> Self {
        for (name, part, is_typed) in std::mem::take(&mut self.last) {
            // A part is gone once it refuses a media type, so it is asked of another one first.
            let fits = !is_typed && multipart::Part::text("").mime_str(content_type).is_ok();
            let part = if fits { part.mime_str(content_type) } else { Ok(part) };
            self.form = part.into_iter().fold(self.form, |form, part| form.part(quoted_name(&name), part));
        }
        self
    }

    fn flush(&mut self) {
        let form = std::mem::take(&mut self.form);
        self.form = self.last.drain(..).fold(form, |form, (name, part, _)| form.part(quoted_name(&name), part));
    }

    /// The filled form.
    pub fn finish(mut self) -> multipart::Form {
        self.flush();
        // Without it, names that are not plain would be written as RFC 7578, 5.1 does not have them.
        self.form.percent_encode_noop()
    }
}

/// Parts of a value as it stands in JSON; a list is one part for each item.
fn json_parts<E>(name: &str, value: Value, files: &[File]) -> Result<Vec<(String, multipart::Part, bool)>, Error<E>> {
    let values = match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items,
        other => vec![other],
    };
    let mut parts = Vec::new();
    for value in values {
        if let Some(file) = marked(&value).and_then(|number| files.get(number)) {
            let (part, is_typed) =
                file_part(file.clone()).map_err(|message| Error::InvalidRequest(format!("`{name}`: {message}")))?;
            parts.push((name.to_owned(), part, is_typed));
            continue;
        }
        let composed = value.is_object() || value.is_array();
        let value =
            unmarked(value, files).map_err(|error| Error::InvalidRequest(format!("`{name}` can't be written: {error}")))?;
        let part = multipart::Part::text(scalar(&value));
        parts.push((name.to_owned(), if composed { part.mime_str("application/json")? } else { part }, false));
    }
    Ok(parts)
}

/// The same value with the texts of files inside it, which JSON has no place for.
fn unmarked(value: Value, files: &[File]) -> Result<Value, serde_json::Error> {
    if let Some(file) = marked(&value).and_then(|number| files.get(number)) {
        return serde_json::to_value(file);
    }
    Ok(match value {
        Value::Array(items) => items.into_iter().map(|item| unmarked(item, files)).collect::<Result<_, _>>()?,
        Value::Object(members) => {
            let member = |(name, member)| Ok((name, unmarked(member, files)?));
            Value::Object(members.into_iter().map(member).collect::<Result<_, serde_json::Error>>()?)
        }
        other => other,
    })
}

/// The part of a file, and whether it has a media type of its own.
fn file_part(file: File) -> Result<(multipart::Part, bool), String> {
    let part = match file.content.len() {
        Some(length) => multipart::Part::stream_with_length(file.content.stream(), length),
        None => multipart::Part::stream(file.content.stream()),
    };
    // A part without a name is no file to most servers (RFC 7578, 4.2).
    let mut part = part.file_name(file.name.map_or_else(|| "file".to_owned(), |name| quoted_name(&name)));
    let is_typed = file.content_type.is_some();
    // A part without a media type is plain text (RFC 7578, 4.4); a file is bytes unless something else is said (OpenAPI 3.1,
    // 4.8.15.1).
    let content_type = file.content_type.as_deref().unwrap_or("application/octet-stream");
    part = part.mime_str(content_type).map_err(|_| "the media type of the file is none".to_owned())?;
    Ok((part, is_typed))
}

/// What can be a part of a multipart form, or several.
pub trait Part {
    /// The parts, each with whether it has a media type of its own.
    ///
    /// # Errors
    ///
    /// A sentence, when one can't be written.
    fn parts(self) -> Result<Vec<(multipart::Part, bool)>, String>;
}

impl Part for File {
    fn parts(self) -> Result<Vec<(multipart::Part, bool)>, String> {
        Ok(vec![file_part(self)?])
    }
}

impl Part for String {
    fn parts(self) -> Result<Vec<(multipart::Part, bool)>, String> {
        Ok(vec![(multipart::Part::text(self), false)])
    }
}

impl<T: Part> Part for Vec<T> {
    fn parts(self) -> Result<Vec<(multipart::Part, bool)>, String> {
        let parts: Result<Vec<_>, _> = self.into_iter().map(Part::parts).collect();
        Ok(parts?.into_iter().flatten().collect())
    }
}

impl<T: Part> Part for Option<T> {
    fn parts(self) -> Result<Vec<(multipart::Part, bool)>, String> {
        self.map_or_else(|| Ok(Vec::new()), Part::parts)
    }
}

impl<T: Part> Part for Field<T> {
    fn parts(self) -> Result<Vec<(multipart::Part, bool)>, String> {
        self.into_value().parts()
    }
}

/// The pairs of a form. Without an encoding of their own, lists repeat their name, and what is composed any deeper stands as JSON
/// (OpenAPI 3.1, 4.8.15.1).
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the body is no object or can't be written.
pub fn urlencoded<E>(body: &impl Serialize, encodings: &[Encoding]) -> Result<Vec<(String, String)>, Error<E>> {
    match serde_json::to_value(body) {
        Ok(Value::Object(members)) => {
            let form = |(name, value): (&String, &Value)| {
                let own = encodings.iter().find(|encoding| encoding.name == name);
                let is_json = own.map_or(value.is_object(), |own| own.is_json);
                match value {
                    Value::Null => Ok(Vec::new()),
                    value if is_json => Ok(vec![(name.clone(), value.to_string())]),
                    value => {
                        let (style, explode) = own.map_or((Style::Form, true), |own| (own.style, own.explode));
                        pairs_of(name, value, style, explode)
                    }
                }
            };
            let pairs: Result<Vec<_>, _> = members.iter().map(form).collect();
            Ok(pairs?.into_iter().flatten().collect())
        }
        Ok(_) => Err(Error::InvalidRequest("a form needs an object".to_owned())),
        Err(error) => Err(Error::InvalidRequest(format!("the form can't be written: {error}"))),
    }
}
