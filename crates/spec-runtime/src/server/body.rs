//! Bodies of requests → models.
//!
//! Knows how bodies of each syntax are read and within which limits, and that what does not fit becomes violations. Must not know
//! how these are answered.

use super::problem::Problem;
use crate::file::{File, FileContent, Spool, handing, mark};
use crate::json::DecodeError;
use crate::step::Step;
use crate::stream::{ByteStream, Framing, JsonLines, LIMIT, StreamError};
use crate::style::{Encoding, from_pairs};
use crate::texts::{coerce, names, resolve, shape};
use crate::validation::{Checker, Violation};
use crate::{Check, validation};
use axum::RequestExt;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::StatusCode;
use http_body_util::LengthLimitError;
use percent_encoding::percent_decode_str;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::error::Error;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

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
    fn limited(&mut self) -> ByteStream {
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

fn unreadable(status: StatusCode) -> Refused {
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
        match String::from_utf8(body.ok_or_else(missing)?.read().await?.into()) {
            Ok(text) => Ok(Text(text)),
            Err(_) => Err(Refused::Violations(vec![Violation::new(vec!["body".into()], "the body is not UTF-8", "encoding")])),
        }
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
    for encoding in encodings.iter().filter(|encoding| !encoding.is_json) {
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
fn property<'a>(schema: &'a Value, name: &str) -> &'a Value {
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

fn add(object: &mut Map<String, Value>, schema: &Value, name: String, value: Value) {
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
fn place(object: &mut Map<String, Value>, schema: &Value, name: String, value: Value) -> Option<usize> {
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

/// The schema of a property that is a file, or of the files in its list.
fn file_schema<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    fn within<'a>(root: &'a Value, schema: &'a Value, depth: usize) -> Option<&'a Value> {
        let own = resolve(root, schema);
        if depth > 4 {
            return None;
        }
        if own.get("format").is_some_and(|format| format == "binary") {
            return Some(own);
        }
        let parts = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|keyword| own.get(keyword)?.as_array()).flatten();
        own.get("items").into_iter().chain(parts).find_map(|part| within(root, part, depth + 1))
    }
    within(root, schema, 0)
}

/// A multipart form that was read: in the value, a text stands for each file.
#[derive(Default)]
struct Parts {
    object: Map<String, Value>,
    files: Vec<File>,
    /// The name and the number in its list of each file.
    places: Vec<(String, Option<usize>)>,
    violations: Vec<Violation>,
    /// The names of files of which all has been said.
    unfit: HashSet<String>,
}

impl Parts {
    /// Adds a file, and the text that stands for it.
    fn add_file(&mut self, schema: &Value, name: String, file: File, text: Value) {
        let number = place(&mut self.object, schema, name.clone(), text);
        // A second file makes a list of what was one.
        if number == Some(1) {
            self.places.iter_mut().filter(|(known, _)| *known == name).for_each(|(_, number)| *number = Some(0));
        }
        self.places.push((name, number));
        self.files.push(file);
    }

    /// Holds the form against the schema, then puts its files in, and decodes it.
    fn decode<T: DeserializeOwned>(mut self, checker: &Checker) -> Result<T, Vec<Violation>> {
        let mut value = Value::Object(self.object);
        let is_new = |violation: &Violation| match violation.loc.first() {
            Some(Step::Name(name)) => !self.unfit.contains(name),
            _ => true,
        };
        self.violations.extend(checker.violations(&value).into_iter().filter(is_new));
        for (number, (name, place)) in self.places.into_iter().enumerate() {
            let slot = match (value.get_mut(&name), place) {
                (Some(Value::Array(items)), Some(index)) => items.get_mut(index),
                (slot, _) => slot,
            };
            if let Some(slot) = slot {
                *slot = mark(number);
            }
        }
        handing(self.files, || validation::decode(value, self.violations))
    }
}

/// Receives a file, and how many bytes came. Of more than the document allows none are kept.
async fn receive(
    part: &mut multer::Field<'_>,
    pace: &Pace,
    spool: &mut Spool,
    most: Option<u64>,
) -> Result<(FileContent, u64), Refused> {
    let (mut file, mut length) = (spool.file(), 0);
    while let Some(piece) = part.chunk().await.map_err(broken)? {
        pace.moved();
        length += piece.len() as u64;
        if most.is_some_and(|most| length > most) {
            file.clear();
        } else {
            file.write(&piece).await.map_err(unwritable)?;
        }
    }
    Ok((file.finish().await.map_err(unwritable)?, length))
}

/// The memory that a form may yet take.
struct Memory(usize);

impl Memory {
    fn take(&mut self, length: usize) -> Result<(), Refused> {
        self.0 = self.0.checked_sub(length).ok_or_else(|| unreadable(StatusCode::PAYLOAD_TOO_LARGE))?;
        Ok(())
    }
}

/// The text that a file is held against the schema as: as many characters as the file has bytes (OpenAPI 3.1.1, 4.8.14.5), as far
/// as anybody asks.
async fn stand_in(content: &FileContent, own: &Value, length: u64, memory: &mut Memory) -> Result<Value, Refused> {
    let size = |length: u64| usize::try_from(length).unwrap_or(usize::MAX);
    if ["pattern", "enum", "const"].iter().any(|keyword| own.get(keyword).is_some()) {
        // A byte above 127 takes two in a text.
        memory.take(size(content.len().unwrap_or_default()).saturating_mul(2))?;
        let bytes = content.collect().await.map_err(|error| unwritable(std::io::Error::other(error)))?;
        return Ok(bytes.iter().copied().map(char::from).collect::<String>().into());
    }
    let least = own.get("minLength").and_then(Value::as_u64).unwrap_or_default();
    let shown = size(least.min(length));
    memory.take(shown)?;
    Ok("x".repeat(shown).into())
}

/// How far the parser of a form is, since it last gave something back.
#[derive(Default)]
struct Pace {
    /// How often it has asked for more and got nothing since it last got something. Having got something it asks once more before it
    /// looks at it; so only when it has asked twice in vain is there nothing in what it has.
    asked: AtomicUsize,
    /// How many bytes it was given.
    given: AtomicUsize,
}

impl Pace {
    /// The parser has given something back.
    fn moved(&self) {
        self.asked.store(0, Ordering::Relaxed);
        self.given.store(0, Ordering::Relaxed);
    }
}

/// Bytes for a parser that takes all it can get: one piece at a time, when there is nothing in the last one any more.
struct Sips {
    pieces: ByteStream,
    pace: Arc<Pace>,
}

/// After how many bytes between two parts, or before the first one, no more of them are taken: 16 KiB. Names and media types are a
/// hundredth of it.
const BETWEEN: usize = 16 * 1024;

impl Stream for Sips {
    type Item = Result<Bytes, StreamError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.pace.asked.fetch_add(1, Ordering::Relaxed) < 2 {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.pace.given.load(Ordering::Relaxed) > BETWEEN {
            return Poll::Ready(Some(Err(StreamError::TooLarge { limit: BETWEEN })));
        }
        let piece = std::task::ready!(self.pieces.poll_next_unpin(context));
        self.pace.asked.store(0, Ordering::Relaxed);
        let length = piece.as_ref().map_or(0, |piece| piece.as_ref().map_or(0, Bytes::len));
        self.pace.given.fetch_add(length, Ordering::Relaxed);
        Poll::Ready(piece)
    }
}

/// What a part without any content costs of the memory that a form may take, in bytes: its place in the form.
const PART: usize = 256;

/// Reads the parts of a form. Files that are large wait on disk.
async fn multipart(body: &mut RawBody, schema: &Value) -> Result<Parts, Refused> {
    let Ok(boundary) = multer::parse_boundary(&body.content_type) else {
        return Err(Refused::Request(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the multipart form has no boundary")));
    };
    let mut bytes = body.limited();
    // RFC 2046, 5.1.1 has no form without parts; clients write nothing for it.
    let first = loop {
        match bytes.next().await {
            None => return Ok(Parts::default()),
            Some(Ok(piece)) if piece.is_empty() => {}
            Some(piece) => break piece,
        }
    };
    let pace = Arc::new(Pace::default());
    let pieces = ByteStream::new(futures_util::stream::once(async { first }).chain(bytes));
    let mut parts = multer::Multipart::new(Sips { pieces, pace: Arc::clone(&pace) }, boundary);
    let mut read = Parts::default();
    // What the values of a form may take of memory, and what its files may.
    let (mut memory, mut spool) = (Memory(LIMIT), Spool::within(LIMIT));
    while let Some(mut part) = parts.next_field().await.map_err(broken)? {
        pace.moved();
        let Some(name) = part.name().map(plain) else {
            let message = "a part of the form has no name (RFC 7578, 4.2)";
            return Err(Refused::Violations(vec![Violation::new(vec!["body".into()], message, "multipart_invalid")]));
        };
        memory.take(PART + name.len())?;
        let own = property(schema, &name);
        if let Some(own) = file_schema(schema, own) {
            let most = own.get("maxLength").and_then(Value::as_u64);
            let (file_name, content_type) = (part.file_name().map(plain_file_name), part.content_type().map(ToString::to_string));
            memory.take(file_name.as_ref().map_or(0, String::len) + content_type.as_ref().map_or(0, String::len))?;
            let (content, length) = receive(&mut part, &pace, &mut spool, most).await?;
            let text = stand_in(&content, own, length, &mut memory).await?;
            if let Some(most) = most.filter(|most| length > *most) {
                let message = format!("the file has {length} bytes, and may have {most}");
                read.violations.push(Violation::new(vec![name.as_str().into()], message, "string_too_long"));
                read.unfit.insert(name.clone());
            }
            read.add_file(schema, name, File { name: file_name, content_type, content }, text);
        } else {
            let mut content = Vec::new();
            while let Some(piece) = part.chunk().await.map_err(broken)? {
                pace.moved();
                memory.take(piece.len())?;
                content.extend_from_slice(&piece);
            }
            let text = String::from_utf8_lossy(&content).into_owned();
            // What is no text is longer as one.
            memory.take(text.len() - content.len().min(text.len()))?;
            let value = coerce(Value::from(text), schema, own.get("items").unwrap_or(own));
            add(&mut read.object, schema, name, value);
        }
    }
    Ok(read)
}

/// A name of a part without the escapes that stand for what would end it (HTML, 4.10.22.8).
fn plain(name: &str) -> String {
    name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

/// The name of a file, without signs that would end a line wherever it is written.
fn plain_file_name(name: &str) -> String {
    plain(name).replace(['\r', '\n'], " ")
}

/// What is wrong with a form: the way it came, or what it is.
fn broken(error: multer::Error) -> Refused {
    if is_too_large(&error) {
        return unreadable(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match error {
        multer::Error::StreamReadFailed(_) => unreadable(StatusCode::BAD_REQUEST),
        error => {
            let message = format!("the body is no multipart form: {error}");
            Refused::Violations(vec![Violation::new(vec!["body".into()], message, "multipart_invalid")])
        }
    }
}

/// Whether an error is that a body is larger than a layer, or a reader, allows.
pub(super) fn is_too_large(error: &(dyn Error + 'static)) -> bool {
    let mut source = Some(error);
    while let Some(own) = source {
        if own.is::<LengthLimitError>() || matches!(own.downcast_ref(), Some(StreamError::TooLarge { .. })) {
            return true;
        }
        source = own.source();
    }
    false
}

fn unwritable(error: std::io::Error) -> Refused {
    // What the system says may name folders, and stays here.
    drop(error);
    Refused::Request(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "a file of the form can't be kept"))
}
