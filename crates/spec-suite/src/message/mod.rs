//! Cases → requests, in the styles and media types that the document declares.
//!
//! Credentials are not among what is written: they are added when a request leaves. Must not know what a
//! case is for.

mod body;

pub(crate) use body::kind_of;

use crate::case::{Argument, Case, Place};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use spec_api::{Api, MediaKind, Operation, Parameter, Style};
use spec_document::Location;
use spec_http::style;
use spec_http::template::placeholder;

/// The signs that stand as they are in any part of a URI (RFC 3986, 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Encodes a text for any part of a URI.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// Returns the pointer of a place in the document; empty where it has none.
pub(crate) fn pointer_of(location: &Location) -> String {
    match &location.place {
        spec_document::Place::Pointer { pointer, .. } => pointer.as_str().to_owned(),
        _ => String::new(),
    }
}

/// Writes a case as a request to the path that the document has.
///
/// # Errors
///
/// Why it can't be written so that it is read as what is meant.
pub(crate) fn write(api: &Api, operation: &Operation, case: &Case) -> Result<Request<Bytes>, String> {
    let method = case.method.clone().unwrap_or_else(|| operation.method.to_string());
    let method = Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?;
    let target = target(operation, case)?;
    let mut headers = HeaderMap::new();
    let mut cookies = Vec::new();
    for argument in &case.arguments {
        let Some(parameter) = declared(operation, argument) else { continue };
        match argument.place {
            Place::Header => {
                if let Some(text) = header_text(parameter, &argument.value)? {
                    headers.append(name(&parameter.name)?, text);
                }
            }
            Place::Cookie => cookies.extend(pairs(parameter, &argument.value)?),
            Place::Path | Place::Query => {}
        }
    }
    if !cookies.is_empty() {
        let line = cookies.iter().map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>().join("; ");
        headers.insert(COOKIE, HeaderValue::from_str(&line).map_err(|error| error.to_string())?);
    }
    for (own, text) in &case.headers {
        headers.insert(name(own)?, HeaderValue::from_str(text).map_err(|error| error.to_string())?);
    }
    let mut bytes = Bytes::new();
    if let Some(body) = &case.body {
        let (media_type, written) = body::write(api, operation, body)?;
        if !media_type.is_empty() {
            headers
                .insert(CONTENT_TYPE, HeaderValue::from_str(&media_type).map_err(|error| error.to_string())?);
        }
        bytes = written;
    }
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .body(bytes)
        .map_err(|error| format!("it is no request: {error}"))?;
    *request.headers_mut() = headers;
    Ok(request)
}

/// Returns the parameter that an argument is for.
pub(crate) fn declared<'a>(operation: &'a Operation, argument: &Argument) -> Option<&'a Parameter> {
    let mut all = operation.parameters.iter();
    all.find(|own| Place::from(own.place) == argument.place && own.name == argument.name)
}

fn name(text: &str) -> Result<HeaderName, String> {
    HeaderName::from_bytes(text.as_bytes()).map_err(|error| error.to_string())
}

/// Returns path and query.
fn target(operation: &Operation, case: &Case) -> Result<String, String> {
    let template = operation.path.split_once('#').map_or(operation.path.as_str(), |(template, _)| template);
    let mut path = String::new();
    let mut rest = template;
    while let Some((before, name, after)) = placeholder(rest) {
        path.push_str(before);
        let argument = case.arguments.iter().find(|own| own.place == Place::Path && own.name == name);
        let argument = argument.ok_or_else(|| format!("the path parameter `{name}` has no value"))?;
        let parameter = declared(operation, argument).ok_or_else(|| format!("`{name}` is not declared"))?;
        let text = match &parameter.content {
            Some(media_type) => Some(encode(&content_text(media_type, &argument.value))),
            None => {
                let (style, explode) = (parameter.style, parameter.explode);
                let written = style::to_text(&parameter.name, &argument.value, style, explode, encode);
                written.map_err(|own| own.to_string())?
            }
        };
        let text = text.filter(|text| !text.is_empty()).ok_or("a path has no empty segments")?;
        path.push_str(&text);
        rest = after;
    }
    path.push_str(rest);
    // RFC 3986, 5.2.4: clients and servers take them away.
    if path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err("a path has no segments of dots".to_owned());
    }
    let mut query = Vec::new();
    for argument in case.arguments.iter().filter(|own| own.place == Place::Query) {
        let Some(parameter) = declared(operation, argument) else { continue };
        query.extend(pairs(parameter, &argument.value)?);
    }
    for (index, (name, text)) in query.iter().enumerate() {
        path.push(if index == 0 && !template.contains('?') { '?' } else { '&' });
        path.push_str(&format!("{name}={text}"));
    }
    Ok(path)
}

/// Returns the pairs that a query or a cookie has for a parameter, encoded.
fn pairs(parameter: &Parameter, value: &Value) -> Result<Vec<(String, String)>, String> {
    let own = |text: String| vec![(encode(&parameter.name), text)];
    if let Some(media_type) = &parameter.content {
        return Ok(own(encode(&content_text(media_type, value))));
    }
    let is_joined = parameter.style == Style::Form
        && !parameter.explode
        && (value.is_array() || value.as_object().is_some());
    if is_joined {
        let text = style::to_joined(value, encode).map_err(|own| own.to_string())?;
        return Ok(text.map(own).unwrap_or_default());
    }
    let pairs = style::to_pairs(&parameter.name, value, parameter.style, parameter.explode);
    let pairs = pairs.map_err(|own| own.to_string())?;
    Ok(pairs.iter().map(|(name, text)| (encode(name), encode(text))).collect())
}

/// Returns the text of a parameter that is written with `content`.
fn content_text(media_type: &str, value: &Value) -> String {
    match (MediaKind::of(media_type), value) {
        (MediaKind::Json, value) => value.to_string(),
        (_, value) => style::scalar(value),
    }
}

fn header_text(parameter: &Parameter, value: &Value) -> Result<Option<HeaderValue>, String> {
    let text = match &parameter.content {
        Some(media_type) => Some(content_text(media_type, value)),
        None => {
            let written =
                style::to_text(&parameter.name, value, Style::Simple, parameter.explode, str::to_owned);
            written.map_err(|own| own.to_string())?
        }
    };
    // What is beyond ASCII, services read in ways of their own (RFC 9110, 5.5).
    let header =
        |text: String| HeaderValue::from_str(&text).map_err(|_| "a header is a line of ASCII".to_owned());
    text.map(header).transpose()
}
