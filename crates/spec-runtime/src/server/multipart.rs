//! Forms in parts (`multipart/form-data`, RFC 7578) → values and files.
//!
//! Knows how parts are read within bounds of memory, whoever sent them, and that a text stands for a file
//! while its form is held against the schema. Must not know models, nor how what does not fit is answered.

use super::body::{RawBody, Refused, form, unreadable};
use super::problem::Problem;
use crate::encoding::Encoding;
use crate::file::{File, FileContent, Spool, placeholder, with_files};
use crate::step::Step;
use crate::stream::{ByteStream, LIMIT, StreamError};
use crate::texts::{Field, Schema};
use crate::validation;
use crate::validation::{Checker, Violation};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::StatusCode;
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;
use serde_json::Value;
use spec_http::media_type::most_exact;
use spec_http::message::plain_name;
use std::collections::HashSet;
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

/// Returns the schema of a property that is a file, or of the files in its list.
fn file_schema<'a>(schema: Schema<'a>) -> Option<&'a Value> {
    schema.find(|own| own.get("format").is_some_and(|format| format == "binary"))
}

/// A multipart form that was read: in the value, a text stands for each file.
#[derive(Default)]
pub(super) struct Parts {
    fields: Vec<(String, Field)>,
    files: Vec<File>,
    /// The name of each file, and which of the fields of its name it is.
    places: Vec<(String, usize)>,
    violations: Vec<Violation>,
    /// The names of files of which all has been said.
    unfit: HashSet<String>,
}

impl Parts {
    /// Adds a file, and the text that stands for it.
    fn add_file(&mut self, name: String, file: File, text: Value) {
        let number = self.fields.iter().filter(|(known, _)| *known == name).count();
        self.places.push((name.clone(), number));
        self.fields.push((name, Field::Typed(text)));
        self.files.push(file);
    }

    /// Holds the form against the schema, then puts its files in, and decodes it.
    pub(super) fn decode<T: DeserializeOwned>(
        mut self,
        checker: &Checker,
        encodings: impl Iterator<Item = &'static Encoding>,
    ) -> Result<T, Vec<Violation>> {
        let mut value = form(self.fields, encodings, Schema::new(checker.schema, checker.schema));
        let is_new = |violation: &Violation| match violation.loc.first() {
            Some(Step::Name(name)) => !self.unfit.contains(name),
            _ => true,
        };
        self.violations.extend(checker.violations(&value).into_iter().filter(is_new));
        for (number, (name, place)) in self.places.into_iter().enumerate() {
            let slot = match (value.get_mut(&name), place) {
                (Some(Value::Array(items)), index) => items.get_mut(index),
                (slot, _) => slot,
            };
            if let Some(slot) = slot {
                *slot = placeholder(number);
            }
        }
        with_files(self.files, || validation::decode(value, self.violations))
    }
}

/// Receives a file, and how many bytes came. Of more than the document allows none are kept.
async fn receive(
    part: &mut multer::Field<'_>,
    progress: &ParserProgress,
    spool: &mut Spool,
    most: Option<u64>,
) -> Result<(FileContent, u64), Refused> {
    let (mut file, mut length) = (spool.file(), 0);
    while let Some(piece) = part.chunk().await.map_err(broken)? {
        progress.moved();
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

/// Returns the text that a file is held against the schema as: as many characters as the file has bytes
/// (OpenAPI 3.1.1, 4.8.14.5), as far as anybody asks.
async fn stand_in(
    content: &FileContent,
    own: &Value,
    length: u64,
    memory: &mut Memory,
) -> Result<Value, Refused> {
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

/// The progress of the parser of a form, since it last gave something back.
#[derive(Default)]
struct ParserProgress {
    /// Number of times it has asked for more and got nothing since it last got something. Having got
    /// something it asks once more before it looks at it; so only when it has asked twice in vain is there
    /// nothing in what it has.
    asked: AtomicUsize,
    /// Number of bytes it was given.
    given: AtomicUsize,
}

impl ParserProgress {
    /// Notes that the parser has given something back.
    fn moved(&self) {
        self.asked.store(0, Ordering::Relaxed);
        self.given.store(0, Ordering::Relaxed);
    }
}

/// Bytes for a parser that takes all it can get: one piece at a time, when there is nothing in the last one
/// any more.
struct MeteredBody {
    pieces: ByteStream,
    progress: Arc<ParserProgress>,
}

/// After how many bytes between two parts, or before the first one, no more of them are taken: 16 KiB. Names
/// and media types are a hundredth of it.
const BETWEEN: usize = 16 * 1024;

impl Stream for MeteredBody {
    type Item = Result<Bytes, StreamError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.progress.asked.fetch_add(1, Ordering::Relaxed) < 2 {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.progress.given.load(Ordering::Relaxed) > BETWEEN {
            return Poll::Ready(Some(Err(StreamError::TooLarge { limit: BETWEEN })));
        }
        let piece = std::task::ready!(self.pieces.poll_next_unpin(context));
        self.progress.asked.store(0, Ordering::Relaxed);
        let length = piece.as_ref().map_or(0, |piece| piece.as_ref().map_or(0, Bytes::len));
        self.progress.given.fetch_add(length, Ordering::Relaxed);
        Poll::Ready(piece)
    }
}

/// The memory that a part without any content takes of what a form may take, in bytes: its place in the form.
const PART: usize = 256;

/// Reads the parts of a form. Files that are large wait on disk.
pub(super) async fn multipart(body: &mut RawBody, schema: Schema<'_>) -> Result<Parts, Refused> {
    let Ok(boundary) = multer::parse_boundary(body.content_type()) else {
        return Err(Refused::Request(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the multipart form has no boundary",
        )));
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
    let progress = Arc::new(ParserProgress::default());
    let pieces = ByteStream::new(futures_util::stream::once(async { first }).chain(bytes));
    let mut parts = multer::Multipart::new(MeteredBody { pieces, progress: Arc::clone(&progress) }, boundary);
    let mut read = Parts::default();
    // What the values of a form may take of memory, and what its files may.
    let (mut memory, mut spool) = (Memory(LIMIT), Spool::within(LIMIT));
    while let Some(mut part) = parts.next_field().await.map_err(broken)? {
        progress.moved();
        let Some(name) = part.name().map(plain_name) else {
            let message = "a part of the form has no name (RFC 7578, 4.2)";
            return Err(Refused::Violations(vec![Violation::new(
                vec!["body".into()],
                message,
                "multipart_invalid",
            )]));
        };
        memory.take(PART + name.len())?;
        read.violations.extend(undeclared(
            body.encodings(),
            &name,
            part.content_type().map(|own| own.essence_str()),
        ));
        if let Some(own) = file_schema(schema.property(&name)) {
            let most = own.get("maxLength").and_then(Value::as_u64);
            let (file_name, content_type) =
                (part.file_name().map(plain_file_name), part.content_type().map(ToString::to_string));
            memory.take(
                file_name.as_ref().map_or(0, String::len) + content_type.as_ref().map_or(0, String::len),
            )?;
            let (content, length) = receive(&mut part, &progress, &mut spool, most).await?;
            let text = stand_in(&content, own, length, &mut memory).await?;
            if let Some(most) = most.filter(|most| length > *most) {
                let message = format!("the file has {length} bytes, and may have {most}");
                read.violations.push(Violation::new(vec![name.as_str().into()], message, "string_too_long"));
                read.unfit.insert(name.clone());
            }
            read.add_file(name, File { name: file_name, content_type, content }, text);
        } else {
            read.fields.push((name, field(&mut part, &progress, &mut memory).await?));
        }
    }
    Ok(read)
}

/// Reads a part that is no file: JSON where its media type says so, and else a text.
async fn field(
    part: &mut multer::Field<'_>,
    progress: &ParserProgress,
    memory: &mut Memory,
) -> Result<Field, Refused> {
    let content_type = part.content_type().map(|own| own.essence_str().to_owned());
    let mut content = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(broken)? {
        progress.moved();
        memory.take(piece.len())?;
        content.extend_from_slice(&piece);
    }
    let text = String::from_utf8_lossy(&content).into_owned();
    // What is no text is longer as one.
    memory.take(text.len() - content.len().min(text.len()))?;
    let is_json = content_type.is_some_and(|own| {
        most_exact(["application/json", "application/*+json"].into_iter(), &own).is_some()
    });
    let value = if is_json { serde_json::from_str(&text).ok() } else { None };
    Ok(value.map_or(Field::Text(text), Field::Part))
}

/// Returns what is wrong with the media type of a part, where the part says it and the document says what it
/// may be (OpenAPI 3.1, 4.8.15).
fn undeclared(
    mut encodings: impl Iterator<Item = &'static Encoding>,
    name: &str,
    given: Option<&str>,
) -> Option<Violation> {
    let given = given?;
    let declared = encodings.find(|encoding| encoding.name == name)?.content_type?;
    if most_exact(declared.split(','), given).is_some() {
        return None;
    }
    let message = format!(
        "the part is of the media type {given}, and must be of {}",
        declared.replace(", ", ",").replace(',', " or ")
    );
    Some(Violation::new(vec![name.into()], message, "media_type"))
}

/// Returns the name of a file, without signs that would end a line wherever it is written.
fn plain_file_name(name: &str) -> String {
    plain_name(name).replace(['\r', '\n'], " ")
}

/// Returns what is wrong with a form: the way it came, or what it is.
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

/// Returns true if an error is that a body is larger than a layer, or a reader, allows.
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
