//! Answers → values. What does not decode keeps its status, headers and text.

use super::error::{Error, RawResponse};
use crate::json::{DecodeError, from_slice};
use crate::message::{is_bodiless, most_exact};
use crate::stream::{ByteStream, Events, Framing, JsonLines};
use bytes::Bytes;
use progenitor_client::ResponseValue;
use serde::de::value::{Error as ValueError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use std::convert::Infallible;
use std::fmt::Debug;

/// A JSON body.
///
/// # Errors
///
/// [`Error::InvalidResponse`] when the body is not what the document declares, [`Error::UnexpectedResponse`] when its status has
/// none: a document that declares `2XX` or `default` does not speak of 204.
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

/// A text, or what has a text of its own: a date, say.
///
/// # Errors
///
/// [`Error::InvalidResponse`] when the body is not UTF-8, or is not the text of such a value.
pub async fn text<T: DeserializeOwned, E>(response: reqwest::Response) -> Result<ResponseValue<T>, Error<E>> {
    let raw = RawResponse::read(response).await?;
    let wrong = |message: String, is_syntax| DecodeError { pointer: String::new(), message, is_syntax };
    let read = std::str::from_utf8(&raw.body).map_err(|error| wrong(error.to_string(), true)).and_then(|text| {
        let value: StrDeserializer<'_, ValueError> = text.into_deserializer();
        T::deserialize(value).map_err(|error| wrong(error.to_string(), false))
    });
    match read {
        Ok(value) => Ok(ResponseValue::new(value, raw.status, raw.headers)),
        Err(error) => Err(Error::InvalidResponse(Box::new(raw), error)),
    }
}

/// Bytes.
///
/// # Errors
///
/// [`Error::Communication`] when they can't be read to the end.
pub async fn bytes<E>(response: reqwest::Response) -> Result<ResponseValue<Bytes>, Error<E>> {
    let raw = RawResponse::read(response).await?;
    Ok(ResponseValue::new(raw.body, raw.status, raw.headers))
}

/// A body that is not buffered. What goes wrong while it comes is said by the stream.
///
/// # Errors
///
/// None; it answers like its siblings.
pub async fn byte_stream<E>(response: reqwest::Response) -> Result<ResponseValue<ByteStream>, Error<E>> {
    Ok(streamed(response, ByteStream::from))
}

/// Server-sent events whose data is JSON.
///
/// # Errors
///
/// None; it answers like its siblings.
pub async fn events<T: DeserializeOwned, E>(response: reqwest::Response) -> Result<ResponseValue<Events<T>>, Error<E>> {
    Ok(streamed(response, Events::json))
}

/// Server-sent events whose data is text.
///
/// # Errors
///
/// None; it answers like its siblings.
pub async fn event_texts<E>(response: reqwest::Response) -> Result<ResponseValue<Events<String>>, Error<E>> {
    Ok(streamed(response, Events::text))
}

/// JSON texts one after another, framed as the media type of the answer says.
///
/// # Errors
///
/// None; it answers like its siblings.
pub async fn json_lines<T: DeserializeOwned, E>(response: reqwest::Response) -> Result<ResponseValue<JsonLines<T>>, Error<E>> {
    let framing = Framing::of(content_type(&response));
    Ok(streamed(response, |response| JsonLines::json(response, framing)))
}

fn streamed<T>(response: reqwest::Response, read: impl FnOnce(reqwest::Response) -> T) -> ResponseValue<T> {
    let (status, headers) = (response.status(), response.headers().clone());
    ResponseValue::new(read(response), status, headers)
}

fn content_type(response: &reqwest::Response) -> &str {
    response.headers().get(reqwest::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// No body: whatever there is of one is not looked at.
///
/// # Errors
///
/// None; it answers like its siblings.
pub async fn empty<E>(response: reqwest::Response) -> Result<ResponseValue<()>, Error<E>> {
    let (status, headers) = (response.status(), response.headers().clone());
    Ok(ResponseValue::new((), status, headers))
}

/// Which of several media types an answer has; the first where it says none of them.
pub fn form(response: &reqwest::Response, media_types: &[&str]) -> usize {
    let essence = content_type(response).split([';', ',']).next().unwrap_or_default().trim();
    most_exact(media_types.iter().copied(), essence).unwrap_or_default()
}

/// The same answer with another body: a variant of an enumeration by status.
pub fn wrap<T, U: Debug>(response: ResponseValue<T>, variant: impl FnOnce(T) -> U) -> ResponseValue<U> {
    match response.map::<U, _, Infallible>(variant) {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
