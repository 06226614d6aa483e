//! The headers that a document declares for an answer → their fields.
//!
//! Knows the style of headers (OpenAPI 3.1, 4.8.21). Must not know bodies.

use crate::examples;
use crate::prepared::Prepared;
use crate::sample::{Sampler, Way};
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;
use spec_api::{Header, Operation, Response};
use spec_contract::{Kind, Part};
use spec_http::message::is_framing;
use spec_http::style::{Style, to_text};
use spec_values::random::Filling;

/// Writes the declared headers of an answer, each with a value that its schema takes; where there is none, a
/// header that may be missing is.
pub(crate) fn of(
    prepared: &Prepared,
    operation: &Operation,
    status: u16,
    response: &Response,
    seed: Option<u64>,
) -> HeaderMap {
    let mut headers = HeaderMap::new();
    // OpenAPI 3.1, 4.8.17.1: Content-Type is not for a document to declare here.
    let declared = response
        .headers
        .iter()
        .filter(|own| !is_framing(&own.name) && !own.name.eq_ignore_ascii_case(CONTENT_TYPE.as_str()));
    for header in declared {
        let Ok(name) = HeaderName::try_from(header.name.as_str()) else { continue };
        let fits = |value: &Value| {
            field(header, value).is_some_and(|field| is_right(prepared, operation, status, &name, &field))
        };
        if let Some(field) = value(prepared, header, seed, &fits).and_then(|value| field(header, &value)) {
            headers.insert(name, field);
        }
    }
    headers
}

/// Returns the value of a header: an example, or else what its schema says, or what is made by a seed.
fn value(
    prepared: &Prepared,
    header: &Header,
    seed: Option<u64>,
    fits: &dyn Fn(&Value) -> bool,
) -> Option<Value> {
    let document = &prepared.api().json;
    let pointer = prepared.api().schema(header.schema).pointer();
    let made = |seed| {
        let made = prepared.values().ok()?.valid(pointer, Filling::Some, seed, fits).ok()?;
        Some(prepared.friendly(made, fits))
    };
    if let Some(value) = seed.and_then(made) {
        return Some(value);
    }
    let examples = examples::of(document, &header.location).into_iter().map(|example| example.value);
    let sample = pointer.and_then(|pointer| Sampler::new(document, Way::Examples).at(pointer).ok());
    // A schema that says nothing takes a text.
    let sample = sample.map(|value| if value.is_null() { "string".into() } else { value });
    examples.chain(sample).find(|value| fits(value)).or_else(|| made(0))
}

/// Writes a value as a field; none where a field can't hold it.
pub(crate) fn field(header: &Header, value: &Value) -> Option<HeaderValue> {
    let text = match header.is_json {
        true => value.to_string(),
        false => to_text(&header.name, value, Style::Simple, header.explode, str::to_owned).ok()??,
    };
    HeaderValue::from_str(&text).ok().filter(|field| field.to_str().is_ok())
}

/// Says whether a field is what the document declares.
pub(crate) fn is_right(
    prepared: &Prepared,
    operation: &Operation,
    status: u16,
    name: &HeaderName,
    field: &HeaderValue,
) -> bool {
    let mut response = http::Response::new("");
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response.headers_mut().insert(name, field.clone());
    let violations = prepared.contract.response(&operation.id, &response).violations;
    let is_own = |own: &str| own.eq_ignore_ascii_case(name.as_str());
    !violations.iter().any(|violation| {
        violation.part == Part::Header
            && violation.kind != Kind::Unchecked
            && violation.name.as_deref().is_some_and(is_own)
    })
}
