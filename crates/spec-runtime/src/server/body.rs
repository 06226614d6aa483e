//! Bodies of requests → models.
//!
//! Knows how bodies of each syntax are read and within which limits, and that what does not fit becomes violations; forms in
//! parts are read in `multipart`. Must not know how violations are answered.

use super::multipart::multipart;
use super::problem::Problem;
use crate::charset::{self, CharsetError};
use crate::json::DecodeError;
use crate::stream::{ByteStream, Framing, JsonLines};
use crate::style::{Encoding, from_pairs};
use crate::texts::{coerce, names, resolve, shape};
use crate::validation::{Checker, Violation};
use crate::{Check, validation};
use axum::RequestExt;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::StatusCode;
use percent_encoding::percent_decode_str;
use schemars::JsonSchema;
use serde_json::{Map, Value};
use std::marker::PhantomData;

/// The bodies that an operation takes.
#[derive(Clone, Copy, Debug)]
pub struct Content {
    /// Whether a request without a body is refused.
    pub required: bool,
    /// Media types, and the syntax of each.
    pub media_types: &'static [(&'static str, MediaKind)],
    /// How properties of a form are written, where that is not as usual.
    pub encodings: &'static [Encoding],
}

impl Content {
    /// Bodies of these media types.
    #[must_use]
    pub const fn new(required: bool, media_types: &'static [(&'static str, MediaKind)]) -> Self {
        Content { required, media_types, encodings: &[] }
    }

    /// The same bodies, with properties of forms in styles of their own.
    #[must_use]
    pub const fn written(mut self, encodings: &'static [Encoding]) -> Self {
        self.encodings = encodings;
        self
    }
}

/// What the syntax of a media type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    /// JSON.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
}

/// A body as it came, its media type found to be one that the operation takes.
#[derive(Debug)]
pub struct RawBody {
    pub(crate) kind: MediaKind,
    /// Which of the media types it is.
    pub(crate) index: usize,
    pub(crate) encodings: &'static [Encoding],
    pub(crate) content_type: String,
    /// The body, which has not been read yet, and the limits that layers set.
    pub(crate) request: Request,
}

impl RawBody {
    /// The whole body, within the limit that axum sets (`DefaultBodyLimit`).
    async fn read(&mut self) -> Result<Bytes, Refused> {
        let read = Bytes::from_request(std::mem::take(&mut self.request), &()).await;
        read.map_err(|rejection| unreadable(rejection.status()))
    }

    /// The body piece by piece, within the same limit.
    pub(super) fn limited(&mut self) -> ByteStream {
        std::mem::take(&mut self.request).with_limited_body().into_body().into()
    }

    /// The body as it comes. Of limits, only those of layers hold.
    fn stream(self) -> ByteStream {
        self.request.into_body().into()
    }

    /// Which of the operation's media types a body has; the first where there is none.
    #[must_use]
    pub fn form(body: &Option<RawBody>) -> usize {
        body.as_ref().map_or(0, |body| body.index)
    }
}

/// What a body does not fit: single violations, or the whole request.
#[derive(Debug)]
pub enum Refused {
    /// The body is what it says, but not what the document asks for.
    Violations(Vec<Violation>),
    /// The request can't be looked at.
    Request(Problem),
}

pub(super) fn unreadable(status: StatusCode) -> Refused {
    let detail = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "the body is too large",
        _ => "the body can't be read",
    };
    Refused::Request(Problem::new(status, detail))
}

/// A body that a handler can ask for.
pub trait FromBody: Sized + Send {
    /// Reads the body; there is none where `body` is none.
    fn from_body(body: Option<RawBody>) -> impl Future<Output = Result<Self, Refused>> + Send;
}

fn missing() -> Refused {
    Refused::Violations(vec![Violation::new(vec!["body".into()], "Field required", "missing")])
}

/// The operation takes no body; one that comes is not looked at.
#[derive(Clone, Copy, Debug)]
pub struct NoBody;

impl FromBody for NoBody {
    async fn from_body(_: Option<RawBody>) -> Result<Self, Refused> {
        Ok(NoBody)
    }
}

/// A body that may be left out.
impl<B: FromBody> FromBody for Option<B> {
    async fn from_body(body: Option<RawBody>) -> Result<Self, Refused> {
        match body {
            Some(body) => B::from_body(Some(body)).await.map(Some),
            None => Ok(None),
        }
    }
}

/// Bytes that are not buffered: the handler reads them, and what goes wrong with them is for it to answer.
#[derive(Debug)]
pub struct Streaming(
    /// The bytes.
    pub ByteStream,
);

impl FromBody for Streaming {
    async fn from_body(body: Option<RawBody>) -> Result<Self, Refused> {
        Ok(Streaming(body.ok_or_else(missing)?.stream()))
    }
}

/// JSON texts one after another, which are not buffered: each is held against the document when the handler comes to it.
#[derive(Debug)]
pub struct Lines<T>(
    /// The texts.
    pub JsonLines<T>,
);

impl<T: JsonSchema + Check + Send + 'static> FromBody for Lines<T> {
    async fn from_body(body: Option<RawBody>) -> Result<Self, Refused> {
        let body = body.ok_or_else(missing)?;
        let framing = Framing::of(&body.content_type);
        Ok(Lines(JsonLines::received(body.stream(), framing, strictly)))
    }
}

/// The same, each of which is held against what the document says of it beyond its type, which a type `C` around it knows.
#[derive(Debug)]
pub struct CheckedLines<C, T>(
    /// The texts.
    pub JsonLines<T>,
    /// What knows more of them.
    pub PhantomData<fn() -> C>,
);

impl<C: JsonSchema + Check + Into<T> + 'static, T: Send + 'static> FromBody for CheckedLines<C, T> {
    async fn from_body(body: Option<RawBody>) -> Result<Self, Refused> {
        let body = body.ok_or_else(missing)?;
        let framing = Framing::of(&body.content_type);
        let lines = JsonLines::received(body.stream(), framing, |text| strictly::<C>(text).map(Into::into));
        Ok(CheckedLines(lines, PhantomData))
    }
}

/// Decodes a text that must be all that the document asks for; the error has the place of the first violation.
fn strictly<T: JsonSchema + Check + 'static>(text: &[u8]) -> Result<T, DecodeError> {
    validation::from_slice(text).map_err(|violations: Vec<Violation>| {
        let mut violations = violations.into_iter();
        let first = violations.next();
        let pointer = first.as_ref().map(Violation::pointer).unwrap_or_default();
        let others = violations.map(|other| other.to_string());
        let message = first.map(|first| first.msg).into_iter().chain(others).collect::<Vec<_>>().join("; ");
        DecodeError { pointer, message, is_syntax: false }
    })
}

/// A text.
#[derive(Clone, Debug)]
pub struct Text(
    /// The text.
    pub String,
);

impl FromBody for Text {
    async fn from_body(body: Option<RawBody>) -> Result<Self, Refused> {
        let mut body = body.ok_or_else(missing)?;
        let bytes = body.read().await?;
        charset::decode(&body.content_type, &bytes).map(Text).map_err(|error| match &error {
            // RFC 9110, 15.5.16.
            CharsetError::Unknown(_) => Refused::Request(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error.message())),
            CharsetError::Malformed(_) => {
                Refused::Violations(vec![Violation::new(vec!["body".into()], error.message(), "encoding")])
            }
        })
    }
}

/// A model: from JSON, or from a form.
#[derive(Clone, Debug)]
pub struct Payload<T>(
    /// The model.
    pub T,
);

impl<T: JsonSchema + Check + Send + 'static> FromBody for Payload<T> {
    async fn from_body(body: Option<RawBody>) -> Result<Self, Refused> {
        let mut body = body.ok_or_else(missing)?;
        let decoded = match body.kind {
            MediaKind::Json => validation::from_slice(&body.read().await?),
            MediaKind::Form => {
                let bytes = body.read().await?;
                validation::from_value(form(&bytes, body.encodings, &Checker::of::<T>().schema))
            }
            MediaKind::Multipart => {
                let checker = Checker::of::<T>();
                multipart(&mut body, &checker.schema).await?.decode(&checker)
            }
            MediaKind::Text | MediaKind::Bytes => {
                validation::from_value(Value::from(String::from_utf8_lossy(&body.read().await?).into_owned()))
            }
        };
        decoded.map(Payload).map_err(|mut violations: Vec<Violation>| {
            violations.iter_mut().for_each(|violation| violation.loc.insert(0, "body".into()));
            Refused::Violations(violations)
        })
    }
}

/// The pairs of a form; a name whose schema is a list, or that comes more than once, makes a list.
fn form(bytes: &[u8], encodings: &[Encoding], schema: &Value) -> Value {
    let text = String::from_utf8_lossy(bytes).replace('+', " ");
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    });
    let mut pairs: Vec<(String, String)> = pairs.collect();
    let mut object = Map::new();
    for encoding in encodings.iter().filter(|encoding| !encoding.is_json && encoding.media_types.is_empty()) {
        let own = property(schema, encoding.name);
        let nested = names(schema, own, 0);
        let (name, style, explode) = (encoding.name, encoding.style, encoding.explode);
        if let Some(value) = from_pairs(name, &pairs, style, explode, shape(schema, own), &nested) {
            object.insert(encoding.name.to_owned(), coerce(value, schema, own));
        }
        pairs.retain(|(key, _)| !encoding.owns(key, &nested));
    }
    for (name, text) in pairs {
        let own = property(schema, &name);
        let value = coerce(Value::from(text), schema, own.get("items").unwrap_or(own));
        add(&mut object, schema, name, value);
    }
    Value::Object(object)
}

/// What a schema says of one of its properties, wherever it stands.
pub(super) fn property<'a>(schema: &'a Value, name: &str) -> &'a Value {
    const ANY: &Value = &Value::Bool(true);
    found(schema, schema, name, 0).map_or(ANY, |own| resolve(schema, own))
}

fn found<'a>(root: &'a Value, schema: &'a Value, name: &str, depth: usize) -> Option<&'a Value> {
    if depth > 8 {
        return None;
    }
    let schema = resolve(root, schema);
    let own = schema.get("properties").and_then(|properties| properties.get(name));
    own.or_else(|| {
        let mut parts = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten();
        let in_part = parts.find_map(|part| found(root, part, name, depth + 1));
        in_part.or_else(|| schema.get("additionalProperties").filter(|own| own.is_object()))
    })
}

pub(super) fn add(object: &mut Map<String, Value>, schema: &Value, name: String, value: Value) {
    let own = property(schema, &name);
    let value = match value {
        // What is composed stands as JSON (OpenAPI 3.1, 4.8.15.1).
        Value::String(text) if is(own, "object") || (is(own, "array") && text.starts_with('[')) => {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        other => other,
    };
    match object.get(&name) {
        None if value.is_array() => drop(object.insert(name, value)),
        _ => drop(place(object, schema, name, value)),
    }
}

/// Puts a value where it belongs, as it is; its number, where that is in a list.
pub(super) fn place(object: &mut Map<String, Value>, schema: &Value, name: String, value: Value) -> Option<usize> {
    match object.get_mut(&name) {
        Some(Value::Array(items)) => {
            items.push(value);
            Some(items.len() - 1)
        }
        Some(first) => {
            *first = Value::from(vec![first.take(), value]);
            Some(1)
        }
        None if is(property(schema, &name), "array") => {
            object.insert(name, Value::from(vec![value]));
            Some(0)
        }
        None => {
            object.insert(name, value);
            None
        }
    }
}

fn is(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(name)) => name == kind,
        Some(Value::Array(names)) => names.iter().any(|name| name == kind),
        _ => false,
    }
}
