//! One exchange: the request, the service, the answer.
//!
//! Knows when each message is judged, and what becomes of it then. Must not know what is wrong with one.

use crate::counters::Event;
use crate::gathered::{Extent, Gathered};
use crate::guard::{Mode, Settings, Unknown};
use crate::held::Held;
use crate::message::{Exchange, Found, Message, is_wrong};
use crate::report::{Finding, POINTER, Report, cut};
use crate::service::boxed;
use crate::watched::Watched;
use crate::{header, problem};
use axum::BoxError;
use axum::body::Body;
use bytes::Bytes;
use http::header::{CONNECTION, EXPECT, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body::Body as HttpBody;
use spec_contract::{Head, Judgement, Part, Reading, Side, Violation};
use spec_http::message::known_method;
use std::borrow::Cow;
use std::sync::Arc;
use tower::Service;

/// An extension of an answer that passes unjudged, because it is none of the service's: that of a layer
/// within the guard, say.
#[derive(Clone, Copy, Debug)]
pub struct Unjudged;

/// Lets an exchange pass, as the settings say.
pub(crate) async fn run<S, R>(
    settings: Arc<Settings>,
    mut inner: S,
    request: Request<Body>,
) -> Result<Response<Body>, S::Error>
where
    S: Service<Request<Body>, Response = Response<R>>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    let (parts, body) = request.into_parts();
    let Head { judgement, payload } =
        settings.head(&parts.method, &parts.uri, &judged_headers(&parts.headers));
    let Judgement { operation, violations } = judgement;
    let (Some(payload), Some(operation)) = (payload, operation) else {
        return match unknown(&settings, &parts, &violations) {
            Some(refusal) => Ok(refusal),
            None => inner.call(Request::from_parts(parts, body)).await.map(boxed),
        };
    };
    let mode = settings.mode_of(&operation);
    if mode == Mode::Off {
        return inner.call(Request::from_parts(parts, body)).await.map(boxed);
    }
    let method = known_method(parts.method.as_str());
    let is_kept = mode == Mode::Enforce || settings.header.is_some();
    let found = is_kept.then(Arc::default);
    let path = path(&settings, &parts).map(Arc::from);
    let exchange = Exchange { settings, operation: operation.into(), method, path, mode, found };
    let is_conditional =
        [IF_NONE_MATCH, IF_MODIFIED_SINCE].iter().any(|name| parts.headers.contains_key(name));
    let body = if exchange.settings.requests {
        let side = Side::Request;
        let message = Message { exchange: exchange.clone(), side, status: None, violations, payload };
        match requested(message, &parts, body).await {
            Ok(body) => body,
            Err(refusal) => return Ok(*refusal),
        }
    } else {
        body
    };
    let response = inner.call(Request::from_parts(parts, body)).await.map(boxed)?;
    Ok(answered(&exchange, response, is_conditional).await)
}

/// Returns the path of a request, if sinks may be told.
fn path(settings: &Settings, parts: &Parts) -> Option<String> {
    settings.messages.then(|| cut(parts.uri.path(), POINTER))
}

/// Returns the headers without those that are for one connection only (RFC 9110, 7.6.1).
fn judged_headers(headers: &HeaderMap) -> Cow<'_, HeaderMap> {
    let lines = headers.get_all(CONNECTION).iter().filter_map(|line| line.to_str().ok());
    let names =
        lines.flat_map(|line| line.split(',')).filter_map(|name| name.trim().parse::<HeaderName>().ok());
    let named: Vec<HeaderName> = names.filter(|name| headers.contains_key(name)).collect();
    if named.is_empty() {
        return Cow::Borrowed(headers);
    }
    let mut rest = headers.clone();
    named.iter().for_each(|name| drop(rest.remove(name)));
    Cow::Owned(rest)
}

/// Looks at a request to no operation; returns what it is answered with, if it must not pass.
fn unknown(settings: &Settings, parts: &Parts, violations: &[Violation]) -> Option<Response<Body>> {
    settings.counters.count(Event::Unknown);
    let is_refused = settings.unknown == Unknown::Refuse && settings.mode == Mode::Enforce;
    if settings.unknown != Unknown::Pass {
        // What the violation says repeats the method, which may be anything.
        let findings: Vec<Finding> = violations.iter().map(|own| Finding::of(own, false)).collect();
        let method = known_method(parts.method.as_str());
        let path = path(settings, parts);
        let report = Report {
            operation: None,
            method,
            path: path.as_deref(),
            side: Side::Request,
            status: None,
            is_refused,
            findings: &findings,
        };
        settings.sinks.iter().for_each(|sink| sink.take(&report));
    }
    if !is_refused {
        return None;
    }
    settings.counters.count(Event::Refused);
    Some(problem::unknown(&settings.allowed(&parts.uri)))
}

/// Looks at a request; returns the body that the service gets.
///
/// # Errors
///
/// Returns what is answered in place of the service.
async fn requested(mut message: Message, parts: &Parts, body: Body) -> Result<Body, Box<Response<Body>>> {
    message.count(Event::Request);
    if message.exchange.mode == Mode::Observe {
        return Ok(Watched::around(message, &parts.headers, body));
    }
    // A body that is waited for, or that nobody may send, is not asked for (RFC 9110, 10.1.1).
    let is_early = parts.headers.contains_key(EXPECT)
        || message.violations.iter().any(|violation| violation.part == Part::Security)
        || message.payload.reading() == Reading::Items;
    if is_early && is_wrong(&message.violations) {
        return Err(refused(&message, &message.violations));
    }
    if message.payload.reading() == Reading::Items && !body.is_end_stream() {
        return Ok(Held::around(message, body));
    }
    let (found, body) = judged(&message, body).await;
    message.violations.extend(found);
    if is_wrong(&message.violations) {
        return Err(refused(&message, &message.violations));
    }
    message.tell(Vec::new());
    Ok(body)
}

/// Answers a bad request.
fn refused(message: &Message, violations: &[Violation]) -> Box<Response<Body>> {
    let exchange = &message.exchange;
    let findings = message.refuse(violations);
    let answer = problem::request(&exchange.settings.contract, &exchange.operation, violations);
    Box::new(told(exchange, answer, &findings, &[]))
}

/// Looks at an answer; returns what the caller gets.
async fn answered(exchange: &Exchange, response: Response<Body>, is_conditional: bool) -> Response<Body> {
    let settings = &exchange.settings;
    let Found { findings: found, refused } = exchange.take();
    if let Some(violations) = refused {
        let answer = problem::request(&settings.contract, &exchange.operation, &violations);
        return told(exchange, answer, &found, &[]);
    }
    let status = response.status();
    // Another protocol follows, or the caller has what the answer would be.
    let is_none = status.is_informational()
        || (status == StatusCode::NOT_MODIFIED && is_conditional)
        || response.extensions().get::<Unjudged>().is_some();
    if !settings.responses || is_none {
        return told(exchange, response, &found, &[]);
    }
    settings.counters.count(Event::Response);
    let Head { judgement, payload } =
        settings.contract.response_head(&exchange.operation, status, response.headers());
    let violations = judgement.violations;
    let Some(payload) = payload else {
        // There is nothing that the body could be held against.
        let is_refused = exchange.mode == Mode::Enforce && is_wrong(&violations);
        let findings = exchange.tell(Side::Response, Some(status), &violations, is_refused);
        let response = if is_refused { replaced(exchange, &response, &findings) } else { response };
        return told(exchange, response, &found, &findings);
    };
    let (side, exchange) = (Side::Response, exchange.clone());
    let mut message = Message { exchange, side, status: Some(status), violations, payload };
    let is_enforced = message.exchange.mode == Mode::Enforce;
    let (parts, body) = response.into_parts();
    let is_stream = message.payload.reading() == Reading::Items && !body.is_end_stream();
    if !is_enforced && (message.exchange.settings.header.is_none() || is_stream) {
        let exchange = message.exchange.clone();
        let findings: Vec<Finding> = if is_stream { message.tell(Vec::new()) } else { Vec::new() };
        let body = Watched::around(message, &parts.headers, body);
        return told(&exchange, Response::from_parts(parts, body), &found, &findings);
    }
    if is_stream && !is_wrong(&message.violations) {
        let exchange = message.exchange.clone();
        let body = Held::around(message, body);
        return told(&exchange, Response::from_parts(parts, body), &found, &[]);
    }
    let (body_violations, body) = match is_stream {
        true => (Vec::new(), body),
        false => judged(&message, body).await,
    };
    message.violations.extend(body_violations);
    let response = Response::from_parts(parts, body);
    if is_enforced && is_wrong(&message.violations) {
        let findings = message.refuse(&message.violations);
        let answer = replaced(&message.exchange, &response, &findings);
        return told(&message.exchange, answer, &found, &findings);
    }
    let findings = message.tell(Vec::new());
    told(&message.exchange, response, &found, &findings)
}

/// Answers in place of a bad answer, of which nothing is told unless messages are.
fn replaced(exchange: &Exchange, response: &Response<Body>, findings: &[Finding]) -> Response<Body> {
    let settings = &exchange.settings;
    let told = if settings.messages { findings } else { &[] };
    problem::response(&settings.contract, &exchange.operation, response.status(), response.headers(), told)
}

/// Adds the header that tells what was found, where one is asked for.
fn told(
    exchange: &Exchange,
    mut response: Response<Body>,
    request: &[Finding],
    answer: &[Finding],
) -> Response<Body> {
    if let Some(name) = &exchange.settings.header
        && let Some(value) = header::value(request, answer)
    {
        response.headers_mut().insert(name.clone(), value);
    }
    response
}

/// Judges a body that is no sequence before it passes, as far as the limit allows.
async fn judged(message: &Message, body: Body) -> (Vec<Violation>, Body) {
    let payload = &message.payload;
    if body.is_end_stream() {
        return (payload.check(&[]), body);
    }
    if payload.reading() == Reading::FirstByte {
        let (without, with) = (payload.check(&[]), payload.check(&[0]));
        if without.is_empty() && with.is_empty() {
            return (with, body);
        }
        let is_there = body.size_hint().lower() > 0;
        if is_there {
            return (with, body);
        }
        let (gathered, extent) = Gathered::first_byte(body).await;
        let found = match extent {
            Extent::TooLong => with,
            Extent::Whole => without,
            Extent::Broken => Vec::new(),
        };
        return (found, gathered.into_body());
    }
    let (gathered, extent) = Gathered::whole(body, message.limit()).await;
    let found = match extent {
        Extent::Whole => payload.check(&gathered.bytes()),
        Extent::TooLong => {
            message.count(Event::BeyondLimit);
            Vec::new()
        }
        Extent::Broken => {
            message.count(Event::Unfinished);
            Vec::new()
        }
    };
    (found, gathered.into_body())
}
