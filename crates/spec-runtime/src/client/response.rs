//! Answers → values. What does not decode keeps its status, headers and text.
//!
//! JSON shows by itself whether it is what was meant, and many servers call it something else. Of texts,
//! bytes and streams only the media type tells: another one than those that the document declares is an
//! error, lest the page of a login be taken for a file.

use super::error::{Error, RawResponse};
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
use std::convert::Infallible;
use std::fmt::Debug;

/// Returns a JSON body.
///
/// # Errors
///
/// [`Error::InvalidResponse`] when the body is not what the document declares, [`Error::UnexpectedResponse`]
/// when its status has none: a document that declares `2XX` or `default` does not speak of 204.
pub async fn json<T: DeserializeOwned, E>(response: reqwest::Response) -> Result<ResponseValue<T>, Error<E>> {
    let raw = RawResponse::read(response).await?;
    if is_bodiless(raw.status.as_u16()) {
        return Err(Error::UnexpectedResponse(Box::new(raw)));
    }
    match from_slice(&raw.body) {
        Ok(model) => Ok(ResponseValue::new(model, raw.status, raw.headers)),
        Err(error) => Err(Error::InvalidResponse(Box::new(raw), error)),
    }
}

/// Returns the answer, if its media type is one of those that the document declares; nothing said, or that it
/// is some bytes (`application/octet-stream`; RFC 2046, 4.5.1), says nothing else.
async fn declared<E>(
    response: reqwest::Response,
    media_types: &[&str],
) -> Result<reqwest::Response, Error<E>> {
    let given = essence(&response);
    let says_nothing = given.is_empty() || given.eq_ignore_ascii_case("application/octet-stream");
    if says_nothing || most_exact(media_types.iter().copied(), given).is_some() {
        return Ok(response);
    }
    let message = format!("it is {given}, and the document declares {}", media_types.join(" or "));
    Err(undeclared(RawResponse::read(response).await?, message))
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
    response: reqwest::Response,
    media_types: &[&str],
) -> Result<ResponseValue<T>, Error<E>> {
    let response = declared(response, media_types).await?;
    let content_type = content_type(&response).to_owned();
    let raw = RawResponse::read(response).await?;
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
        Ok(value) => Ok(ResponseValue::new(value, raw.status, raw.headers)),
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
pub async fn bytes<E>(
    response: reqwest::Response,
    media_types: &[&str],
) -> Result<ResponseValue<Bytes>, Error<E>> {
    let raw = RawResponse::read(declared(response, media_types).await?).await?;
    Ok(ResponseValue::new(raw.body, raw.status, raw.headers))
}

/// Returns a body that is not buffered. What goes wrong while it comes is said by the stream.
///
/// # Errors
///
/// [`Error::InvalidResponse`] when the body is of another media type.
pub async fn byte_stream<E>(
    response: reqwest::Response,
    media_types: &[&str],
) -> Result<ResponseValue<ByteStream>, Error<E>> {
    Ok(streamed(declared(response, media_types).await?, ByteStream::from))
}

/// Returns server-sent events whose data is JSON.
///
/// # Errors
///
/// [`Error::InvalidResponse`] when the body is of another media type.
pub async fn events<T: DeserializeOwned, E>(
    response: reqwest::Response,
    media_types: &[&str],
) -> Result<ResponseValue<Events<T>>, Error<E>> {
    Ok(streamed(declared(response, media_types).await?, Events::json))
}

/// Returns server-sent events whose data is text.
///
/// # Errors
///
/// [`Error::InvalidResponse`] when the body is of another media type.
pub async fn event_texts<E>(
    response: reqwest::Response,
    media_types: &[&str],
) -> Result<ResponseValue<Events<String>>, Error<E>> {
    Ok(streamed(declared(response, media_types).await?, Events::text))
}

/// Returns JSON texts one after another, framed as the media type of the answer says.
///
/// # Errors
///
/// [`Error::InvalidResponse`] when the body is of another media type.
pub async fn json_lines<T: DeserializeOwned, E>(
    response: reqwest::Response,
    media_types: &[&str],
) -> Result<ResponseValue<JsonLines<T>>, Error<E>> {
    let response = declared(response, media_types).await?;
    let framing = Framing::of(content_type(&response));
    Ok(streamed(response, |response| JsonLines::json(response, framing)))
}

fn streamed<T>(response: reqwest::Response, read: impl FnOnce(reqwest::Response) -> T) -> ResponseValue<T> {
    let (status, headers) = (response.status(), response.headers().clone());
    ResponseValue::new(read(response), status, headers)
}

fn content_type(response: &reqwest::Response) -> &str {
    response
        .headers()
        .get(reqwest::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn essence(response: &reqwest::Response) -> &str {
    media_type::essence(content_type(response))
}

/// Returns nothing: whatever there is of a body is not looked at.
///
/// # Errors
///
/// None; it answers like its siblings.
pub async fn empty<E>(response: reqwest::Response) -> Result<ResponseValue<()>, Error<E>> {
    let (status, headers) = (response.status(), response.headers().clone());
    Ok(ResponseValue::new((), status, headers))
}

/// Returns which of several media types an answer has. Where it says another one, it may yet be JSON; where
/// it says none, it is the first.
pub fn form(response: &reqwest::Response, media_types: &[&str]) -> usize {
    let essence = essence(response);
    let is_json = |name: &&str| {
        let name = media_type::essence(name);
        name.ends_with("/json") || name.ends_with("+json")
    };
    let json = || media_types.iter().position(is_json).filter(|_| !essence.is_empty());
    most_exact(media_types.iter().copied(), essence).or_else(json).unwrap_or_default()
}

/// Returns the same answer with another body: a variant of an enumeration by status.
pub fn wrap<T, U: Debug>(response: ResponseValue<T>, variant: impl FnOnce(T) -> U) -> ResponseValue<U> {
    match response.map::<U, _, Infallible>(variant) {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
