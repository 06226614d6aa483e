//! Typed responses → answers.

use super::problem::{Cause, Problem};
use crate::charset;
use crate::headers::{HeaderText, write_header};
use crate::stream::{ByteStream, Events, Framing, JsonLines};
use axum::body::{Body, HttpBody};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use spec_http::message::{is_bodiless, is_framing};
use spec_http::style;

fn with(status: u16, content_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// The length of an answer in JSON, in bytes, up to which its text is not moved while it is written.
const USUAL: usize = 1024;

/// Makes a response with a JSON body.
pub fn json(status: u16, content_type: &'static str, body: &impl Serialize) -> Response {
    let mut text = Vec::with_capacity(USUAL);
    match serde_json::to_writer(&mut text, body) {
        Ok(()) => with(status, content_type, text),
        Err(error) => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer can't be written as JSON")
            .with_cause(Cause::of(&error))
            .into_response(),
    }
}

/// Makes a response with a text, in the charset that its media type names; 500 where that has not all of its
/// signs.
pub fn text(status: u16, content_type: &'static str, body: String) -> Response {
    match charset::encode(content_type, body) {
        Ok(bytes) => with(status, content_type, bytes),
        Err(_) => {
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer can't be written in its charset")
                .into_response()
        }
    }
}

/// Makes a response with the text of a value that has one: a date, say, a number, or one of several words.
pub fn text_of(status: u16, content_type: &'static str, body: &impl Serialize) -> Response {
    match serde_json::to_value(body).ok().as_ref().and_then(style::scalar_text) {
        Some(written) => text(status, content_type, written),
        None => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer can't be written as a text")
            .into_response(),
    }
}

/// Makes a response with bytes.
pub fn bytes(status: u16, content_type: &'static str, body: Bytes) -> Response {
    with(status, content_type, body)
}

/// Makes a response with a body that is not buffered.
pub fn byte_stream(status: u16, content_type: &'static str, body: ByteStream) -> Response {
    with(status, content_type, body)
}

/// Makes a response with server-sent events whose data is JSON.
pub fn events<T: Serialize + 'static>(status: u16, body: Events<T>) -> Response {
    event_stream(status, body.into_json())
}

/// Makes a response with server-sent events whose data is text.
pub fn event_texts(status: u16, body: Events<String>) -> Response {
    event_stream(status, body.into_text())
}

fn event_stream(status: u16, body: ByteStream) -> Response {
    let mut response = with(status, "text/event-stream", body);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// Makes a response with JSON texts one after another, framed as the media type says.
pub fn json_lines<T: Serialize + 'static>(
    status: u16,
    content_type: &'static str,
    body: JsonLines<T>,
) -> Response {
    with(status, content_type, body.into_bytes(Framing::of(content_type)))
}

/// Makes a response without a body.
pub fn empty(status: u16) -> Response {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

/// An answer that headers are being added to.
#[derive(Debug)]
pub struct Headers {
    response: Response,
    unwritable: Option<&'static str>,
}

impl Headers {
    /// Begins with a response, to add headers to it.
    #[must_use]
    pub fn of(response: Response) -> Self {
        Headers { response, unwritable: None }
    }

    /// Adds a header; a value that is absent adds none, nor does what tells this message from the next one:
    /// the connection says that by itself (RFC 9112, 6 and 9.6), but for the length of a body that is not
    /// sent (RFC 9110, 9.3.2).
    #[must_use]
    pub fn add(mut self, name: &'static str, value: &impl Serialize, text: HeaderText) -> Self {
        let is_unsent = || self.response.body().size_hint().exact() == Some(0);
        let is_length = || name.eq_ignore_ascii_case(CONTENT_LENGTH.as_str());
        if is_framing(name) && !(is_length() && is_unsent()) {
            return self;
        }
        if !write_header(self.response.headers_mut(), name, value, text) {
            self.unwritable = Some(name);
        }
        self
    }

    /// Refuses null as the value of a header that must be there.
    #[must_use]
    pub fn needed(mut self, name: &'static str, value: &impl Serialize) -> Self {
        if !serde_json::to_value(value).is_ok_and(|value| !value.is_null()) {
            self.unwritable = Some(name);
        }
        self
    }

    /// Returns the answer; 500 where a header can't have the text that it was given.
    #[must_use]
    pub fn finish(self) -> Response {
        match self.unwritable {
            None => self.response,
            Some(name) => {
                let detail = format!("the header `{name}` can't be written");
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail).into_response()
            }
        }
    }
}

/// Takes the body of an answer away where HTTP allows none, and the headers that speak of one (RFC 9110,
/// 6.4.1 and 8.6).
pub(super) fn without_body(mut response: Response) -> Response {
    if is_bodiless(response.status().as_u16()) {
        *response.body_mut() = Body::empty();
        [CONTENT_TYPE, CONTENT_LENGTH, TRANSFER_ENCODING]
            .iter()
            .for_each(|name| drop(response.headers_mut().remove(name)));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_sign_that_a_charset_lacks_is_no_answer() {
        assert_eq!(text(200, "text/plain; charset=iso-8859-1", "ü".to_owned()).status(), 200);
        assert_eq!(text(200, "text/plain; charset=iso-8859-1", "☃".to_owned()).status(), 500);
    }
}
