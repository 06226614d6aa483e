//! Forms: `multipart/form-data` (RFC 7578) and `application/x-www-form-urlencoded`.

use super::Error;
use crate::field::Field;
use crate::file::File;
use crate::style::{Style, scalar, to_pairs};
use reqwest::multipart;
use serde::Serialize;
use serde_json::Value;

/// A multipart form that is being filled.
#[derive(Debug, Default)]
pub struct Form {
    form: multipart::Form,
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
        for part in value.parts().map_err(|message| Error::InvalidRequest(format!("`{name}`: {message}")))? {
            self.form = self.form.part(name, part);
        }
        Ok(self)
    }

    /// Adds a value as it stands in JSON: a scalar as its text, anything composed as JSON (OpenAPI 3.1, 4.8.15.1).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] when the value can't be written.
    pub fn json<E>(mut self, name: &'static str, value: &impl Serialize) -> Result<Self, Error<E>> {
        let value = serde_json::to_value(value).map_err(|e| Error::InvalidRequest(format!("`{name}` can't be written: {e}")))?;
        let parts = match value {
            Value::Null => Vec::new(),
            Value::Array(items) => items,
            other => vec![other],
        };
        for part in parts {
            let composed = part.is_object() || part.is_array();
            let mut part = multipart::Part::text(scalar(&part));
            if composed {
                part = part.mime_str("application/json")?;
            }
            self.form = self.form.part(name, part);
        }
        Ok(self)
    }

    /// The filled form.
    pub fn finish(self) -> multipart::Form {
        self.form
    }
}

/// What can be a part of a multipart form, or several.
pub trait Part {
    /// The parts.
    ///
    /// # Errors
    ///
    /// A sentence, when one can't be written.
    fn parts(self) -> Result<Vec<multipart::Part>, String>;
}

impl Part for File {
    fn parts(self) -> Result<Vec<multipart::Part>, String> {
        let mut part = multipart::Part::bytes(self.content);
        // A part without a name is no file to most servers (RFC 7578, 4.2).
        part = part.file_name(self.name.unwrap_or_else(|| "file".to_owned()));
        if let Some(content_type) = self.content_type {
            part = part.mime_str(&content_type).map_err(|_| "the media type of the file is none".to_owned())?;
        }
        Ok(vec![part])
    }
}

impl Part for String {
    fn parts(self) -> Result<Vec<multipart::Part>, String> {
        Ok(vec![multipart::Part::text(self)])
    }
}

impl<T: Part> Part for Vec<T> {
    fn parts(self) -> Result<Vec<multipart::Part>, String> {
        let parts: Result<Vec<_>, _> = self.into_iter().map(Part::parts).collect();
        Ok(parts?.into_iter().flatten().collect())
    }
}

impl<T: Part> Part for Option<T> {
    fn parts(self) -> Result<Vec<multipart::Part>, String> {
        self.map_or_else(|| Ok(Vec::new()), Part::parts)
    }
}

impl<T: Part> Part for Field<T> {
    fn parts(self) -> Result<Vec<multipart::Part>, String> {
        self.into_value().parts()
    }
}

/// The pairs of a form: lists repeat their name, what is composed any deeper stands as JSON.
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the body is no object or can't be written.
pub fn urlencoded<E>(body: &impl Serialize) -> Result<Vec<(String, String)>, Error<E>> {
    match serde_json::to_value(body) {
        Ok(Value::Object(members)) => {
            let form = |(name, value): (&String, &Value)| match value {
                Value::Object(_) => vec![(name.clone(), value.to_string())],
                other => to_pairs(name, other, Style::Form, true),
            };
            Ok(members.iter().flat_map(form).collect())
        }
        Ok(_) => Err(Error::InvalidRequest("a form needs an object".to_owned())),
        Err(error) => Err(Error::InvalidRequest(format!("the form can't be written: {error}"))),
    }
}
