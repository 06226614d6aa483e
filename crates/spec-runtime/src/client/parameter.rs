//! Parameters in the styles that progenitor does not write.

use super::Error;
use crate::charset;
use http::header::{COOKIE, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Request;
use serde::Serialize;
use serde_json::Value;
use spec_http::style::{self, Style, Unwritable, to_joined, to_pairs, to_text};

/// Unreserved characters stay (RFC 3986, 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where a dot separates.
const LABEL: &AsciiSet = &SEGMENT.add(b'.');

fn value_of<E>(name: &str, value: &impl Serialize) -> Result<Value, Error<E>> {
    serde_json::to_value(value)
        .map_err(|error| Error::InvalidRequest(format!("`{name}` can't be written: {error}")))
}

/// Returns a path parameter that is one plain text: all but unreserved signs are encoded, so that none of
/// them is taken for a part of the path template (RFC 6570, 3.2.2).
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the text would make another path: see [`path`].
pub fn segment<E>(name: &str, text: &str) -> Result<String, Error<E>> {
    whole_segment(name, utf8_percent_encode(text, SEGMENT).to_string())
}

/// Returns a path parameter in the query that a path ends in (`/pets?name={name}`).
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the text is empty: a path has something in each of its places.
pub fn query_value<E>(name: &str, text: &str) -> Result<String, Error<E>> {
    match text {
        "" => Err(Error::InvalidRequest(format!("`{name}` can't be empty in a path"))),
        text => Ok(utf8_percent_encode(text, SEGMENT).to_string()),
    }
}

/// Encodes in a value, as it stands in a path, what separates it from other values of its segment: the dot of
/// `/{name}.{ending}` (RFC 3986, 2.3: it means the same).
#[must_use]
pub fn apart(value: &str, separators: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut rest = value.chars();
    while let Some(character) = rest.next() {
        text.push(character);
        if character == '%' {
            text.extend(rest.by_ref().take(2));
        } else if is_unreserved(character) && separators.contains(character) {
            text.pop();
            text.push_str(&format!("%{:02X}", u32::from(character)));
        }
    }
    text
}

fn is_unreserved(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._~".contains(character)
}

/// Refuses what a URL does not keep as a segment: nothing, and the dots that mean this folder and the one
/// above, in whatever way they are written (RFC 3986, 5.2.4; the URL Standard counts `%2e` as a dot).
fn whole_segment<E>(name: &str, segment: String) -> Result<String, Error<E>> {
    match segment.to_ascii_lowercase().replace("%2e", ".").as_str() {
        "" | "." | ".." => {
            Err(Error::InvalidRequest(format!("`{name}` can't be empty, `.` or `..` in a path")))
        }
        _ => Ok(segment),
    }
}

/// Returns the error of a parameter, or a property of a form, that can't be written.
pub(super) fn unwritable<E>(name: &str, why: Unwritable) -> Error<E> {
    Error::InvalidRequest(format!("`{name}` can't be written: {why}"))
}

/// Returns the pairs of a value, if it would come back from them.
pub(super) fn pairs_of<E>(
    name: &str,
    value: &Value,
    style: Style,
    explode: bool,
) -> Result<Vec<(String, String)>, Error<E>> {
    to_pairs(name, value, style, explode).map_err(|why| unwritable(name, why))
}

/// Refuses a required parameter that has nothing to be written: null, or a list or an object without items,
/// is as if it was left out (RFC 6570, 3.2.1).
///
/// # Errors
///
/// [`Error::InvalidRequest`] when nothing of the value can be written.
pub fn needed<'a, T: Serialize, E>(name: &str, value: &'a T) -> Result<&'a T, Error<E>> {
    let is_nothing = match value_of(name, value)? {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    match is_nothing {
        true => Err(Error::InvalidRequest(format!(
            "`{name}` must be given, and what is empty or null is not written"
        ))),
        false => Ok(value),
    }
}

/// Returns a path parameter.
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the value can't be written, or would make another path: a URL does not keep
/// a segment that is empty, `.` or `..`.
pub fn path<E>(name: &str, value: &impl Serialize, style: Style, explode: bool) -> Result<String, Error<E>> {
    let encoded = if style == Style::Label { LABEL } else { SEGMENT };
    let encode = |text: &str| utf8_percent_encode(text, encoded).to_string();
    let text = to_text(name, &value_of(name, value)?, style, explode, encode)
        .map_err(|why| unwritable(name, why))?;
    whole_segment(name, text.unwrap_or_default())
}

/// Returns a query parameter, as pairs.
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the value can't be written.
pub fn query<E>(
    name: &str,
    value: &impl Serialize,
    style: Style,
    explode: bool,
) -> Result<Vec<(String, String)>, Error<E>> {
    pairs_of(name, &value_of(name, value)?, style, explode)
}

/// Characters that stay as they are where reserved characters are allowed: all of them, but for those that
/// would end the value (RFC 3986, 3.4, and the forms of the URL Standard).
const RESERVED: &AsciiSet = &SEGMENT
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';');

/// The same where commas separate items.
const RESERVED_ITEM: &AsciiSet = &RESERVED.add(b',');

/// Adds a query parameter whose reserved characters go out as they are (`allowReserved`).
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the value can't be written.
pub fn reserved_query<E>(
    request: &mut Request,
    name: &str,
    value: &impl Serialize,
    style: Style,
    explode: bool,
) -> Result<(), Error<E>> {
    let encode = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
    let value = value_of(name, value)?;
    if style == Style::Form && !explode && (value.is_array() || value.is_object()) {
        let item = |text: &str| utf8_percent_encode(text, RESERVED_ITEM).to_string();
        let text = to_joined(&value, item).map_err(|why| unwritable(name, why))?;
        append(request, text.map(|text| (encode(name), text)).into_iter());
        return Ok(());
    }
    let pairs = pairs_of(name, &value, style, explode)?;
    append(request, pairs.iter().map(|(key, text)| (encode(key), encode(text))));
    Ok(())
}

/// Adds a list or an object to the query whose items stand in one text, with commas between them: those are
/// told from commas in items by their encoding (RFC 6570, 3.2.8).
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the value can't be written.
pub fn joined_query<E>(request: &mut Request, name: &str, value: &impl Serialize) -> Result<(), Error<E>> {
    let encode = |text: &str| utf8_percent_encode(text, SEGMENT).to_string();
    let text = to_joined(&value_of(name, value)?, encode).map_err(|why| unwritable(name, why))?;
    append(request, text.map(|text| (encode(name), text)).into_iter());
    Ok(())
}

/// Adds pairs to the query that are encoded already.
fn append(request: &mut Request, pairs: impl Iterator<Item = (String, String)>) {
    let mut query = request.url().query().unwrap_or_default().to_owned();
    for (key, text) in pairs {
        let separator = if query.is_empty() { "" } else { "&" };
        query.push_str(&format!("{separator}{key}={text}"));
    }
    if !query.is_empty() {
        request.url_mut().set_query(Some(&query));
    }
}

/// Adds a header parameter to a request; a value that is absent adds none.
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the value can't be written into a header.
pub fn header<E>(
    request: &mut Request,
    name: &'static str,
    value: &impl Serialize,
    explode: bool,
) -> Result<(), Error<E>> {
    let text = to_text(name, &value_of(name, value)?, Style::Simple, explode, str::to_owned);
    let Some(text) = text.map_err(|why| unwritable(name, why))? else { return Ok(()) };
    // What stands at the ends of a header is not kept (RFC 9110, 5.5).
    if text.trim() != text {
        return Err(unwritable(name, Unwritable::Space));
    }
    let unusable = || Error::InvalidRequest(format!("`{name}` can't be written into a header"));
    let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable())?;
    request.headers_mut().insert(key, HeaderValue::from_str(&text).map_err(|_| unusable())?);
    Ok(())
}

/// Adds a cookie parameter to a request; a value that is absent adds none.
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the value can't be written into a header.
pub fn cookie<E>(
    request: &mut Request,
    name: &'static str,
    value: &impl Serialize,
    explode: bool,
) -> Result<(), Error<E>> {
    let pairs = pairs_of(name, &value_of(name, value)?, Style::Form, explode)?;
    for (key, text) in pairs {
        // RFC 6265, 4.1.1: what a name may be, and RFC 9110, 5.6.2: what a token is.
        let is_token =
            key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
        if !is_token || key.is_empty() {
            return Err(Error::InvalidRequest(format!(
                "`{name}` can't be written: {key:?} can't be the name of a cookie"
            )));
        }
        let own = format!("{key}={}", utf8_percent_encode(&text, SEGMENT));
        let all = match request.headers().get(COOKIE).and_then(|before| before.to_str().ok()) {
            Some(before) => format!("{before}; {own}"),
            None => own,
        };
        let unusable = |_| Error::InvalidRequest(format!("`{name}` can't be written into a cookie"));
        request.headers_mut().insert(COOKIE, HeaderValue::from_str(&all).map_err(unusable)?);
    }
    Ok(())
}

/// Returns the text of a body that has one: a date, say, a number, or one of several words.
///
/// # Errors
///
/// [`Error::InvalidRequest`] when it has none.
pub fn text_of<E>(body: &impl Serialize) -> Result<String, Error<E>> {
    let text = style::scalar_text(&value_of("body", body)?);
    text.ok_or_else(|| Error::InvalidRequest("the body can't be written as a text".to_owned()))
}

/// Returns a text in the charset that its media type names.
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the charset has not all of its signs.
pub fn encoded<E>(media_type: &str, text: String) -> Result<Vec<u8>, Error<E>> {
    charset::encode(media_type, text)
        .map_err(|error| Error::InvalidRequest(format!("the body: {}", error.message())))
}

/// Returns a parameter that the document describes with `content`: its value as JSON, null as well; nothing
/// where it is left out.
///
/// # Errors
///
/// [`Error::InvalidRequest`] when the value can't be written.
pub fn as_json<E>(name: &str, value: Option<&impl Serialize>) -> Result<Option<String>, Error<E>> {
    value.map(|value| value_of(name, value).map(|value| value.to_string())).transpose()
}
