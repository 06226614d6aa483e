//! Parameters in the styles that progenitor does not write.

use super::Error;
use crate::style::{Style, to_pairs, to_text};
use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

/// Unreserved characters stay (RFC 3986, 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn value_of<E>(name: &str, value: &impl Serialize) -> Result<Value, Error<E>> {
    serde_json::to_value(value).map_err(|error| Error::InvalidRequest(format!("`{name}` can't be written: {error}")))
}

/// A path parameter.
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the value can't be written.
pub fn path<E>(name: &str, value: &impl Serialize, style: Style, explode: bool) -> Result<String, Error<E>> {
    let encode = |text: &str| utf8_percent_encode(text, SEGMENT).to_string();
    Ok(to_text(name, &value_of(name, value)?, style, explode, encode))
}

/// A query parameter, as pairs.
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the value can't be written.
pub fn query<E>(name: &str, value: &impl Serialize, style: Style, explode: bool) -> Result<Vec<(String, String)>, Error<E>> {
    Ok(to_pairs(name, &value_of(name, value)?, style, explode))
}

/// A header parameter.
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the value can't be written into a header.
pub fn header<E>(name: &str, value: &impl Serialize, explode: bool) -> Result<HeaderValue, Error<E>> {
    let text = to_text(name, &value_of(name, value)?, Style::Simple, explode, str::to_owned);
    HeaderValue::from_str(&text).map_err(|_| Error::InvalidRequest(format!("`{name}` can't be written into a header")))
}

/// Cookie parameters, as one header. None where there is nothing to send.
///
/// # Errors
///
/// [`Error::InvalidRequest`] when a value can't be written into a header.
pub fn cookies<E>(parameters: &[(&str, Option<Value>, bool)]) -> Result<Option<HeaderValue>, Error<E>> {
    let mut texts = Vec::new();
    for (name, value, explode) in parameters {
        let pairs = to_pairs(name, value.as_ref().unwrap_or(&Value::Null), Style::Form, *explode);
        texts.extend(pairs.iter().map(|(key, text)| format!("{key}={}", utf8_percent_encode(text, SEGMENT))));
    }
    if texts.is_empty() {
        return Ok(None);
    }
    let value = HeaderValue::from_str(&texts.join("; "));
    value.map(Some).map_err(|_| Error::InvalidRequest("the cookies can't be written into a header".to_owned()))
}
