//! Answers → values. What does not decode keeps its status, headers and text.
//!
//! JSON shows by itself whether it is what was meant, and many servers call it something else. Of texts,
//! bytes and streams only the media type tells: another one than those that the document declares is an
//! error, lest the page of a login be taken for a file.

use super::answer::Answer;
use super::error::{Error, ErrorResponse, RawResponse};
use crate::charset;
use crate::json::{DecodeError, from_slice};
use crate::stream::{ByteStream, Events, Framing, JsonLines};
use bytes::Bytes;
use progenitor_client::ResponseValue;
use serde::de::value::{Error as ValueError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde_json::Value;
use spec_http::media_type::{self, most_exact};
use spec_http::message::is_bodiless;

/// An answer as it was read, and as it came.
#[derive(Debug)]
pub struct Decoded<T> {
    value: T,
    raw: RawResponse,
}

/// Returns a JSON body.
///
/// # Errors
///
/// [`Error::InvalidResponse`] when the body is not what the document declares, [`Error::UnexpectedResponse`]
/// when its status has none: a document that declares `2XX` or `default` does not speak of 204.
pub async fn json<T: DeserializeOwned, E>(answer: Answer) -> Result<Decoded<T>, Error<E>> {
    let raw = answer.into_raw().await?;
    if is_bodiless(raw.status.as_u16()) {
        return Err(Error::UnexpectedResponse(Box::new(raw)));
    }
    match from_slice(&raw.body) {
        Ok(model) => Ok(Decoded { value: model, raw }),
        Err(error) => Err(Error::InvalidResponse(Box::new(raw), error)),
    }
}

/// Returns the answer, if its media type is one of those that the document declares; nothing said, or that it
/// is some bytes (`application/octet-stream`; RFC 2046, 4.5.1), says nothing else.
async fn declared<E>(answer: Answer, media_types: &[&str]) -> Result<Answer, Error<E>> {
    let given = essence(&answer);
    let says_nothing = given.is_empty() || given.eq_ignore_ascii_case("application/octet-stream");
    if says_nothing || most_exact(media_types.iter().copied(), given).is_some() {
        return Ok(answer);
    }
    let message = format!("it is {given}, and the document declares {}", media_types.join(" or "));
    Err(undeclared(answer.into_raw().await?, message))
}

fn undeclared<E>(raw: RawResponse, message: String) -> Error<E> {
    Error::InvalidResponse(Box::new(raw), DecodeError { pointer: String::new(), message, is_syntax: true })
}

/// Returns a text of one of these media types, in the charset that the answer names; or what has a text of
/// its own: a date, say.
///
/// # Errors
///
/// [`Error::InvalidResponse`] when the body is of another media type, not in its charset, or not the text of
/// such a value.
pub async fn text<T: DeserializeOwned, E>(
    answer: Answer,
    media_types: &[&str],
) -> Result<Decoded<T>, Error<E>> {
    let answer = declared(answer, media_types).await?;
    let content_type = answer.content_type().to_owned();
    let raw = answer.into_raw().await?;
    let text = match charset::decode(&content_type, &raw.body) {
        Ok(text) => text,
        Err(error) => return Err(undeclared(raw, error.message())),
    };
    let value: StrDeserializer<'_, ValueError> = text.as_str().into_deserializer();
    let read = T::deserialize(value).or_else(|error| match serde_json::from_str::<Value>(&text) {
        // What a number or a boolean is as a text.
        Ok(value @ (Value::Number(_) | Value::Bool(_))) if text.trim() == text => {
            T::deserialize(value).map_err(|_| error)
        }
        _ => Err(error),
    });
    match read {
        Ok(value) => Ok(Decoded { value, raw }),
        Err(error) => {
            let error = DecodeError { pointer: String::new(), message: error.to_string(), is_syntax: false };
            Err(Error::InvalidResponse(Box::new(raw), error))
        }
    }
}

/// Returns the bytes of a body of one of these media types.
///
/// # Errors
///
/// [`Error::Communication`] when they can't be read to the end, [`Error::InvalidResponse`] when they are of
/// another media type.
pub async fn bytes<E>(answer: Answer, media_types: &[&str]) -> Result<Decoded<Bytes>, Error<E>> {
    let raw = declared(answer, media_types).await?.into_raw().await?;
    Ok(Decoded { value: raw.body.clone(), raw })
}

/// Returns a body that is not buffered. What goes wrong while it comes is said by the stream.
///
/// # Errors
///
/// [`Error::InvalidResponse`] when the body is of another media type.
pub async fn byte_stream<E>(answer: Answer, media_types: &[&str]) -> Result<Decoded<ByteStream>, Error<E>> {
    Ok(streamed(declared(answer, media_types).await?, true, |body| body))
}

/// Returns server-sent events whose data is JSON.
///
/// # Errors
///
/// [`Error::InvalidResponse`] when the body is of another media type.
pub async fn events<T: DeserializeOwned, E>(
    answer: Answer,
    media_types: &[&str],
) -> Result<Decoded<Events<T>>, Error<E>> {
    Ok(streamed(declared(answer, media_types).await?, false, Events::json))
}

/// Returns server-sent events whose data is text.
///
/// # Errors
///
/// [`Error::InvalidResponse`] when the body is of another media type.
pub async fn event_texts<E>(
    answer: Answer,
    media_types: &[&str],
) -> Result<Decoded<Events<String>>, Error<E>> {
    Ok(streamed(declared(answer, media_types).await?, false, Events::text))
}

/// Returns JSON texts one after another, framed as the media type of the answer says.
///
/// # Errors
///
/// [`Error::InvalidResponse`] when the body is of another media type.
pub async fn json_lines<T: DeserializeOwned, E>(
    answer: Answer,
    media_types: &[&str],
) -> Result<Decoded<JsonLines<T>>, Error<E>> {
    let answer = declared(answer, media_types).await?;
    let framing = Framing::of(answer.content_type());
    Ok(streamed(answer, false, |body| JsonLines::json(body, framing)))
}

/// Makes a value of a body that is not buffered; `is_steady` says that a piece is due at any time.
fn streamed<T>(answer: Answer, is_steady: bool, read: impl FnOnce(ByteStream) -> T) -> Decoded<T> {
    let (status, headers) = (answer.status, answer.headers.clone());
    let evidence = (*answer.evidence).clone();
    let value = read(answer.into_stream(is_steady));
    Decoded { value, raw: RawResponse { status, headers, body: Bytes::new(), evidence } }
}

fn essence(answer: &Answer) -> &str {
    media_type::essence(answer.content_type())
}

/// Returns nothing: whatever there is of a body is not looked at.
///
/// # Errors
///
/// None; it answers like its siblings.
pub async fn empty<E>(answer: Answer) -> Result<Decoded<()>, Error<E>> {
    Ok(streamed(answer, true, drop))
}

/// Returns which of several media types an answer has. Where it says another one, it may yet be JSON; where
/// it says none, it is the first.
pub fn form(answer: &Answer, media_types: &[&str]) -> usize {
    let essence = essence(answer);
    let is_json = |name: &&str| {
        let name = media_type::essence(name);
        name.ends_with("/json") || name.ends_with("+json")
    };
    let json = || media_types.iter().position(is_json).filter(|_| !essence.is_empty());
    most_exact(media_types.iter().copied(), essence).or_else(json).unwrap_or_default()
}

/// Returns the same answer with another body: a variant of an enumeration by status.
pub fn wrap<T, U>(decoded: Decoded<T>, variant: impl FnOnce(T) -> U) -> Decoded<U> {
    Decoded { value: variant(decoded.value), raw: decoded.raw }
}

/// Returns an answer of success.
pub fn succeeded<T>(decoded: Decoded<T>) -> ResponseValue<T> {
    ResponseValue::new(decoded.value, decoded.raw.status, decoded.raw.headers)
}

/// Returns an error that the document declares.
pub fn failed<E>(decoded: Decoded<E>) -> Error<E> {
    Error::ErrorResponse(ErrorResponse::new(decoded.value, decoded.raw))
}

/// Returns the error of an answer whose status the document does not declare.
pub async fn unexpected<E>(answer: Answer) -> Error<E> {
    match answer.into_raw().await {
        Ok(raw) => Error::UnexpectedResponse(Box::new(raw)),
        Err(error) => error,
    }
}
