//! A request → its answer: what surrounds every answer, whatever it says.
//!
//! Knows wishes, faults, delays and cross-origin requests. Must not know documents: what is answered, others
//! say.

use crate::faults::{self, Fault, Reset};
use crate::mock::Mock;
use crate::prefer::{self, Read};
use crate::problem::Problem;
use crate::respond;
use crate::{cors, seed, state};
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt as _, Limited};

/// Answers a request.
pub(crate) async fn answer(mock: &Mock, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let asked = parts.headers.clone();
    if let Some(preflight) = cors::preflight(&parts.method, &asked).filter(|_| mock.settings.cors) {
        return finish(mock, &asked, preflight, false);
    }
    let read = match prefer::read(&parts.headers, parts.uri.query()) {
        Ok(read) => read,
        Err(wrong) => return finish(mock, &asked, Problem::new(422, wrong.join("; ")).response(), false),
    };
    // Drawn in the order in which requests arrive, however long their bodies take; what administers the mock
    // draws nothing.
    let fault = if state::is_administration(mock, parts.uri.path()) { None } else { drawn(mock, &read) };
    let Ok(body) = Limited::new(body, mock.settings.body_limit).collect().await else {
        let detail = format!("the body is longer than {} bytes, or broke off", mock.settings.body_limit);
        return finish(mock, &asked, Problem::new(413, detail).response(), false);
    };
    let mut request = Request::from_parts(parts, body.to_bytes());
    if let Some(response) = state::administer(mock, &request) {
        return finish(mock, &asked, response, false);
    }
    if let Some(delay) = read.wishes.delay.or(mock.settings.delay) {
        tokio::time::sleep(delay).await;
    }
    if fault == Some(Fault::Reset) {
        return faults::reset();
    }
    if let Some(uri) = without_wishes(request.uri(), read.query.as_deref()) {
        *request.uri_mut() = uri;
    }
    let response = match fault {
        Some(Fault::Status(status)) => respond::failing(mock, request, status),
        _ => respond::respond(mock, request, &read),
    };
    finish(mock, &asked, response, fault == Some(Fault::Truncate))
}

/// Returns what goes wrong with a request, as the seed has it.
fn drawn(mock: &Mock, read: &Read) -> Option<Fault> {
    let (fault, rate) = read.wishes.fault.or(mock.settings.fault)?;
    let seed = read.wishes.seed.unwrap_or(mock.settings.seed);
    seed::happens(seed::mix(seed, mock.draw()), rate).then_some(fault)
}

/// Returns a URI with another query; none where it would be no URI.
fn without_wishes(uri: &Uri, query: Option<&str>) -> Option<Uri> {
    match query {
        Some(query) => format!("{}?{query}", uri.path()),
        None => uri.path().to_owned(),
    }
    .parse()
    .ok()
}

/// Adds what every answer has.
fn finish(
    mock: &Mock,
    asked: &http::HeaderMap,
    mut response: Response<Bytes>,
    truncate: bool,
) -> Response<Body> {
    if mock.settings.cors {
        cors::allow(asked, response.headers_mut());
    }
    if !truncate {
        return response.map(Body::from);
    }
    faults::truncated(response)
}

/// Says whether the connection is to be reset in place of an answer.
pub(crate) fn is_reset(response: &Response<Body>) -> bool {
    response.extensions().get::<Reset>().is_some()
}

/// Returns a field of an answer that a text stands in.
pub(crate) fn text_field(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(text).ok()
}
