//! Cross-origin requests (Fetch Standard, 3.2): every page may ask, and read all of the answer.
//!
//! Must not know what is asked.

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};

/// Answers the question of a browser whether it may ask (Fetch Standard, 3.2.2); none where it is no such
/// question.
pub(crate) fn preflight(method: &Method, headers: &HeaderMap) -> Option<Response<Bytes>> {
    let asked = headers.get(ACCESS_CONTROL_REQUEST_METHOD)?;
    if method != Method::OPTIONS || !headers.contains_key(ORIGIN) {
        return None;
    }
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let own = response.headers_mut();
    own.insert(ACCESS_CONTROL_ALLOW_METHODS, asked.clone());
    if let Some(names) = headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        own.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    Some(response)
}

/// Lets a page read an answer; what the document declares for that stays as it is.
pub(crate) fn allow(asked: &HeaderMap, answer: &mut HeaderMap) {
    if answer.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
        return;
    }
    let origin = asked.get(ORIGIN).cloned().unwrap_or(HeaderValue::from_static("*"));
    // Names, because `*` does not count where there are credentials.
    let names: Vec<&str> = answer.keys().map(http::HeaderName::as_str).collect();
    let names = HeaderValue::from_str(&names.join(", ")).unwrap_or(HeaderValue::from_static("*"));
    if !names.is_empty() {
        answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, names);
    }
    answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    // Credentials are for pages that are named (Fetch Standard, 3.2.5).
    if asked.contains_key(ORIGIN) {
        answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    answer.append(VARY, HeaderValue::from_static("origin"));
}
