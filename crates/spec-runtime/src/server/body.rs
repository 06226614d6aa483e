//! Bodies of requests → models.
//!
//! Knows how bodies of each syntax are read and within which limits, and that what does not fit becomes
//! violations; forms in parts are read in `multipart`. Must not know how violations are answered.

use super::multipart::{is_too_large, multipart};
use super::problem::Problem;
use crate::charset::{self, CharsetError};
use crate::encoding::Encoding;
use crate::json::DecodeError;
use crate::stream::{ByteStream, Framing, JsonLines};
use crate::texts::{Field, Schema};
use crate::validation::Checker;
use crate::violation::{Violation, shortened};
use crate::{Validate, validation};
use axum::RequestExt;
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use bytes::Bytes;
use http::{Extensions, HeaderValue, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt as _, Collected, Limited};
use percent_encoding::percent_decode_str;
use schemars::JsonSchema;
use serde_json::Value;
use spec_http::media_type::MediaKind;
use spec_http::style::Style;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The bodies that an operation takes.
#[derive(Clone, Copy, Debug)]
pub struct Content {
    /// True if a request without a body is refused.
    pub required: bool,
    /// Media types, and the syntax of each.
    pub media_types: &'static [(&'static str, MediaKind)],
    /// The encodings of properties of a form, where they are not as usual, with the position of the form's
    /// media type.
    pub encodings: &'static [(usize, Encoding)],
}

impl Content {
    /// Makes the content of an operation that takes these media types.
    #[must_use]
    pub const fn new(required: bool, media_types: &'static [(&'static str, MediaKind)]) -> Self {
        Content { required, media_types, encodings: &[] }
    }

    /// Sets the encodings of properties of forms.
    #[must_use]
    pub const fn written(mut self, encodings: &'static [(usize, Encoding)]) -> Self {
        self.encodings = encodings;
        self
    }
}

/// A body as it came, its media type found to be one that the operation takes.
#[derive(Debug)]
pub struct RawBody {
    pub(crate) kind: MediaKind,
    /// The number of its media type.
    pub(crate) index: usize,
    pub(crate) encodings: &'static [(usize, Encoding)],
    pub(crate) content_type: Option<HeaderValue>,
    /// The body, which has not been read yet.
    pub(crate) body: Body,
    /// The most bytes of it that may be buffered, if there is a limit.
    pub(crate) limit: Option<usize>,
}

/// A body of which nobody knows how long it is.
struct Endless;

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}

/// Returns how much of a body may be buffered, as axum's `DefaultBodyLimit` says it in extensions. axum only
/// tells it by what it makes of a body; so a body without an end is asked for the end that it gets.
pub(super) fn limit(extensions: &mut Extensions) -> Option<usize> {
    let mut request = Request::new(Body::new(Endless));
    std::mem::swap(request.extensions_mut(), extensions);
    let mut request = request.with_limited_body();
    std::mem::swap(request.extensions_mut(), extensions);
    request.body().size_hint().upper().map(|limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

impl RawBody {
    /// Returns the encodings of properties of the form, where the document says so.
    pub(super) fn encodings(&self) -> impl Iterator<Item = &'static Encoding> + use<> {
        let own = self.index;
        self.encodings.iter().filter(move |(index, _)| *index == own).map(|(_, encoding)| encoding)
    }

    /// Returns its media type, as the request gives it.
    pub(super) fn content_type(&self) -> &str {
        self.content_type.as_ref().and_then(|given| given.to_str().ok()).unwrap_or_default()
    }

    /// Returns the whole body, within the limit that axum sets (`DefaultBodyLimit`).
    async fn read(&mut self) -> Result<Bytes, Refused> {
        let body = std::mem::take(&mut self.body);
        let limited = Limited::new(body, self.limit.unwrap_or(usize::MAX));
        let read = limited.collect().await.map(Collected::to_bytes);
        read.map_err(|error| {
            unreadable(if is_too_large(&*error) {
                StatusCode::PAYLOAD_TOO_LARGE
            } else {
                StatusCode::BAD_REQUEST
            })
        })
    }

    /// Returns the body piece by piece, within the same limit.
    pub(super) fn limited(&mut self) -> ByteStream {
        let body = std::mem::take(&mut self.body);
        match self.limit {
            Some(limit) => Body::new(Limited::new(body, limit)).into(),
            None => body.into(),
        }
    }

    /// Returns the body as it comes. Of limits, only those of layers hold.
    fn stream(self) -> ByteStream {
        self.body.into()
    }

    /// Returns which of the operation's media types a body has; the first where there is none.
    #[must_use]
    pub fn form(body: &Option<RawBody>) -> usize {
        body.as_ref().map_or(0, |body| body.index)
    }
}

/// The reason why a body is refused: single violations, or the whole request.
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

/// JSON texts one after another, which are not buffered: each is held against the document when the handler
/// comes to it.
#[derive(Debug)]
pub struct Lines<T>(
    /// The texts.
    pub JsonLines<T>,
);

impl<T: JsonSchema + Validate + Send + 'static> FromBody for Lines<T> {
    async fn from_body(body: Option<RawBody>) -> Result<Self, Refused> {
        let body = body.ok_or_else(missing)?;
        let framing = Framing::of(body.content_type());
        Ok(Lines(JsonLines::received(body.stream(), framing, strictly)))
    }
}

/// Lines each of which is held against what the document says of it beyond its type, which a type `C`
/// around it knows.
#[derive(Debug)]
pub struct CheckedLines<C, T>(
    /// The texts.
    pub JsonLines<T>,
    /// The type that knows more of them.
    pub PhantomData<fn() -> C>,
);

impl<C: JsonSchema + Validate + Into<T> + 'static, T: Send + 'static> FromBody for CheckedLines<C, T> {
    async fn from_body(body: Option<RawBody>) -> Result<Self, Refused> {
        let body = body.ok_or_else(missing)?;
        let framing = Framing::of(body.content_type());
        let lines = JsonLines::received(body.stream(), framing, |text| strictly::<C>(text).map(Into::into));
        Ok(CheckedLines(lines, PhantomData))
    }
}

/// Decodes a text that must be all that the document asks for; the error has the place of the first
/// violation.
fn strictly<T: JsonSchema + Validate + 'static>(text: &[u8]) -> Result<T, DecodeError> {
    validation::from_slice(text).map_err(|violations: Vec<Violation>| {
        let mut violations = violations.into_iter().map(shortened);
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
        text(&mut body.ok_or_else(missing)?).await.map(Text)
    }
}

async fn text(body: &mut RawBody) -> Result<String, Refused> {
    let bytes = body.read().await?;
    charset::decode(body.content_type(), &bytes).map_err(|error| match &error {
        // RFC 9110, 15.5.16.
        CharsetError::Unknown(_) => {
            Refused::Request(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error.message()))
        }
        CharsetError::Malformed(_) => {
            Refused::Violations(vec![Violation::new(vec!["body".into()], error.message(), "encoding")])
        }
    })
}

/// A model: from JSON, from a form, or from a text.
#[derive(Clone, Debug)]
pub struct Payload<T>(
    /// The model.
    pub T,
);

impl<T: JsonSchema + Validate + Send + 'static> FromBody for Payload<T> {
    async fn from_body(body: Option<RawBody>) -> Result<Self, Refused> {
        let mut body = body.ok_or_else(missing)?;
        let encodings = body.encodings();
        let decoded = match body.kind {
            MediaKind::Json => {
                let bytes = body.read().await?;
                decoded(bytes.len(), move || validation::from_slice(&bytes)).await?
            }
            MediaKind::Form => {
                let bytes = body.read().await?;
                let length = bytes.len();
                let read = move || {
                    let checker = Checker::of_requests::<T>();
                    validation::from_value(form(
                        pairs(&bytes),
                        encodings,
                        Schema::new(checker.schema, checker.schema),
                    ))
                };
                decoded(length, read).await?
            }
            MediaKind::Multipart => {
                let checker = Checker::of_requests::<T>();
                let parts = multipart(&mut body, Schema::new(checker.schema, checker.schema)).await?;
                decoded(LARGE, move || parts.decode(&checker, encodings)).await?
            }
            MediaKind::Text | MediaKind::Bytes => {
                let text = text(&mut body).await?;
                let length = text.len();
                let read = move || {
                    let checker = Checker::of_requests::<T>();
                    let schema = Schema::new(checker.schema, checker.schema);
                    validation::from_value(schema.of_one(&text).unwrap_or(Value::String(text)))
                };
                decoded(length, read).await?
            }
        };
        decoded.map(Payload).map_err(|mut violations: Vec<Violation>| {
            violations.iter_mut().for_each(|violation| violation.loc.insert(0, "body".into()));
            Refused::Violations(violations)
        })
    }
}

/// From how many bytes on a body is decoded where that stops no other request.
const LARGE: usize = 64 * 1024;

/// Decodes a body of this length; one that is large on a thread that may be busy.
async fn decoded<T: Send + 'static>(
    length: usize,
    decode: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refused> {
    if length < LARGE {
        return Ok(decode());
    }
    let failed =
        |_| Refused::Request(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the body can't be decoded"));
    tokio::task::spawn_blocking(decode).await.map_err(failed)
}

/// Returns the pairs of a form (WHATWG URL, 5.1).
fn pairs(bytes: &[u8]) -> Vec<(String, Field)> {
    let text = String::from_utf8_lossy(bytes).replace('+', " ");
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), Field::Text(decode(value)))
    };
    text.split('&').filter(|pair| !pair.is_empty()).map(pair).collect()
}

/// Returns the object that the fields of a form are: those of properties with a style of their own are read
/// in it, and what is said to be JSON as that.
pub(super) fn form(
    mut fields: Vec<(String, Field)>,
    encodings: impl Iterator<Item = &'static Encoding>,
    schema: Schema<'_>,
) -> Value {
    let mut read: Vec<(String, Vec<Field>)> = Vec::new();
    let encodings: Vec<&'static Encoding> = encodings.collect();
    let spread =
        |own: &Encoding| own.style.is_some_and(|(style, explode)| style != Style::DeepObject && explode);
    let owns = |own: &Encoding, key: &str| {
        let is_deep = own.style.is_some_and(|(style, _)| style == Style::DeepObject);
        key == own.name
            || (is_deep && key.strip_prefix(own.name).is_some_and(|rest| rest.starts_with('[')))
            || (spread(own) && schema.property(own.name).names(key))
    };
    for encoding in &encodings {
        let name = encoding.name;
        if encoding.is_json {
            for (_, field) in fields.iter_mut().filter(|(key, _)| key == name) {
                if let Field::Text(text) = field
                    && let Ok(value) = serde_json::from_str(text)
                {
                    *field = Field::Typed(value);
                }
            }
        }
        let Some((style, explode)) = encoding.style else { continue };
        let own = schema.property(name);
        // Whatever nothing else owns may be of an object that takes names of all sorts.
        let is_free = |key: &str| !schema.names(key) && !encodings.iter().any(|other| owns(other, key));
        let text = |(key, field): &(String, Field)| match field {
            Field::Text(text) if owns(encoding, key) || (spread(encoding) && is_free(key)) => {
                Some((key.clone(), text.clone()))
            }
            _ => None,
        };
        let pairs: Vec<(String, String)> = fields.iter().filter_map(text).collect();
        let value = own.of_pairs(name, &pairs, style, explode, is_free);
        let members = value.as_ref().and_then(Value::as_object).filter(|_| spread(encoding));
        fields.retain(|(key, _)| {
            !owns(encoding, key) && !members.is_some_and(|members| members.contains_key(key))
        });
        read.extend(value.map(|value| (name.to_owned(), vec![Field::Typed(value)])));
    }
    for (name, field) in fields {
        match read.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => known.push(field),
            None => read.push((name, vec![field])),
        }
    }
    schema.form(&read)
}
