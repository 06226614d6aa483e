//! Answers of the guard itself: problem details (RFC 9457), or the shape that the document declares for its
//! errors.
//!
//! Knows which status says what is wrong. Must not repeat what it keeps from callers.

use crate::report::{Finding, MOST};
use axum::body::Body;
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};
use spec_api::{Operation, Scheme, Status};
use spec_contract::{Contract, Kind, Part, Violation};

/// Answers a request that is not what the document says.
pub(crate) fn request(contract: &Contract, operation: &str, violations: &[Violation]) -> Response<Body> {
    let operation = contract.api().operations.iter().find(|own| own.id == operation);
    let has = |part: Part| violations.iter().any(|violation| violation.part == part);
    let is_declared = |code: u16| {
        let mut responses = operation.into_iter().flat_map(|own| &own.responses);
        responses.any(|response| response.status == Status::Code(code))
    };
    let status = match () {
        () if has(Part::Security) => StatusCode::UNAUTHORIZED,
        () if has(Part::ContentType) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        () if is_declared(422) => StatusCode::UNPROCESSABLE_ENTITY,
        () => StatusCode::BAD_REQUEST,
    };
    let told = violations.iter().filter(|violation| violation.kind != Kind::Unchecked).take(MOST);
    let findings: Vec<Finding> = told.map(|violation| Finding::of(violation, true)).collect();
    let detail = match status {
        StatusCode::UNAUTHORIZED => "credentials are missing",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "the body has another media type than the document asks for",
        _ => "the request is not what the document says",
    };
    let mut response = declared(contract, operation, status, detail, &findings);
    if status == StatusCode::UNAUTHORIZED {
        for challenge in operation.into_iter().flat_map(|own| challenges(contract, own)) {
            response.headers_mut().append(WWW_AUTHENTICATE, challenge);
        }
    }
    response
}

/// Answers in place of an answer that is not what the document says. One that tells of a failure keeps its
/// status, and when to ask again.
pub(crate) fn response(
    contract: &Contract,
    operation: &str,
    status: StatusCode,
    headers: &HeaderMap,
    findings: &[Finding],
) -> Response<Body> {
    let operation = contract.api().operations.iter().find(|own| own.id == operation);
    let is_failure = status.is_server_error();
    let status = if is_failure { status } else { StatusCode::INTERNAL_SERVER_ERROR };
    let detail = "the service did not answer what the document says";
    let mut response = declared(contract, operation, status, detail, findings);
    if let Some(again) = headers.get(RETRY_AFTER).filter(|_| is_failure) {
        response.headers_mut().insert(RETRY_AFTER, again.clone());
    }
    response
}

/// Answers a request to no operation.
pub(crate) fn unknown(allowed: &[&str]) -> Response<Body> {
    if allowed.is_empty() {
        return plain(StatusCode::NOT_FOUND, "the path is none of those in the document", &[]);
    }
    let detail = "the document does not have this method for the path";
    let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, detail, &[]);
    if let Ok(allowed) = HeaderValue::from_str(&allowed.join(", ")) {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}

/// Returns problem details (RFC 9457, 3).
pub(crate) fn plain(status: StatusCode, detail: &str, findings: &[Finding]) -> Response<Body> {
    answer(status, "application/problem+json", &details(status, detail, findings)).map(Body::from)
}

/// Returns problem details, in the shape that the operation declares for the status where it is one of those
/// that are known here. The contract says so.
fn declared(
    contract: &Contract,
    operation: Option<&Operation>,
    status: StatusCode,
    detail: &str,
    findings: &[Finding],
) -> Response<Body> {
    let problem = details(status, detail, findings);
    let list = json!({ "detail": list(detail, findings) });
    let shapes =
        [("application/problem+json", &problem), ("application/json", &list), ("application/json", &problem)];
    let fits = |answer: &Response<String>| {
        operation.is_some_and(|operation| contract.response(&operation.id, answer).is_ok())
    };
    let mut answers = shapes.into_iter().map(|(media_type, body)| answer(status, media_type, body));
    match answers.find(fits) {
        Some(answer) => answer.map(Body::from),
        None => plain(status, detail, findings),
    }
}

fn answer(status: StatusCode, media_type: &'static str, body: &Value) -> Response<String> {
    let mut response = Response::new(body.to_string());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

fn details(status: StatusCode, detail: &str, findings: &[Finding]) -> Value {
    let title = status.canonical_reason().unwrap_or("Error");
    let mut body = json!({ "title": title, "status": status.as_u16(), "detail": detail });
    if !findings.is_empty() {
        body["errors"] = findings.iter().map(error).collect();
    }
    body
}

/// One of the errors of problem details, as generated servers write it.
fn error(finding: &Finding) -> Value {
    let name = finding.name.as_deref().map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1")));
    let pointer = format!("{}{}", name.unwrap_or_default(), finding.pointer);
    json!({ "detail": sentence(finding), "pointer": pointer, "in": part(finding.part) })
}

/// The list that many frameworks answer with: `{loc, msg, type}`.
fn list(detail: &str, findings: &[Finding]) -> Value {
    if findings.is_empty() {
        return json!([{ "loc": [], "msg": detail, "type": "error" }]);
    }
    let one = |finding: &Finding| {
        let mut place: Vec<Value> = vec![part(finding.part).into()];
        place.extend(finding.name.clone().map(Value::from));
        let tokens = finding.pointer.split('/').skip(1);
        place.extend(tokens.map(|token| match token.parse::<u64>() {
            Ok(index) => index.into(),
            Err(_) => token.replace("~1", "/").replace("~0", "~").into(),
        }));
        json!({ "loc": place, "msg": sentence(finding), "type": finding.keyword() })
    };
    findings.iter().map(one).collect()
}

/// Returns the word for a part of a message as a place in it.
pub(crate) fn part(part: Part) -> &'static str {
    match part {
        Part::ContentType => "header",
        other => other.as_str(),
    }
}

pub(crate) fn sentence(finding: &Finding) -> String {
    let own = || match finding.kind {
        Kind::Invalid => format!("the value does not keep `{}`", finding.keyword()),
        Kind::Undeclared => "it is not declared".to_owned(),
        kind => format!("it is {kind}"),
    };
    finding.message.clone().unwrap_or_else(own)
}

/// Returns a challenge for each scheme that an operation takes (RFC 9110, 11.6.1). Keys have none that is
/// registered.
fn challenges(contract: &Contract, operation: &Operation) -> Vec<HeaderValue> {
    let names = operation.security.iter().flat_map(|requirement| &requirement.schemes);
    let mut challenges = Vec::new();
    for scheme in names.filter_map(|(name, _)| contract.api().security_schemes.get(name)) {
        let challenge = match &scheme.scheme {
            Scheme::ApiKey { .. } => "ApiKey".to_owned(),
            other => match other.authorization() {
                Some("Basic") => "Basic realm=\"api\", charset=\"UTF-8\"".to_owned(),
                Some(name) => name.to_owned(),
                None => continue,
            },
        };
        let challenge = HeaderValue::from_str(&challenge);
        challenges.extend(challenge.ok().filter(|own| !challenges.contains(own)));
    }
    challenges
}
