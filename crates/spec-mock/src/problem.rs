//! Problem details (RFC 9457): what is answered where the document declares nothing.
//!
//! Must not know why something failed.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};
use spec_contract::{Part, Violation};

/// The header of an answer that no document declares.
pub(crate) const UNDECLARED: HeaderName = HeaderName::from_static("mock-undeclared");

/// A failure, as a document's own error or problem details tell of it.
#[derive(Clone, Debug)]
pub(crate) struct Problem<'a> {
    pub(crate) status: u16,
    /// A sentence.
    pub(crate) detail: String,
    pub(crate) violations: &'a [Violation],
}

impl Problem<'_> {
    pub(crate) fn new(status: u16, detail: impl Into<String>) -> Problem<'static> {
        Problem { status, detail: detail.into(), violations: &[] }
    }

    /// Returns the name of the status.
    pub(crate) fn title(&self) -> &'static str {
        let status = StatusCode::from_u16(self.status).ok();
        status.and_then(|status| status.canonical_reason()).unwrap_or("Error")
    }

    /// Returns problem details as JSON.
    pub(crate) fn json(&self) -> Value {
        let title = self.title();
        let mut problem =
            json!({"type": "about:blank", "title": title, "status": self.status, "detail": self.detail});
        if !self.violations.is_empty() {
            let errors: Vec<Value> = self.violations.iter().map(error).collect();
            problem["errors"] = errors.into();
        }
        problem
    }

    /// Returns the answer.
    pub(crate) fn response(&self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(self.json().to_string()));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response.headers_mut().insert(UNDECLARED, HeaderValue::from_static("true"));
        response
    }
}

fn error(violation: &Violation) -> Value {
    let mut error =
        json!({"detail": sentence(violation), "pointer": violation.pointer, "in": part(violation.part)});
    if let Some(name) = &violation.name {
        error["name"] = name.as_str().into();
    }
    error
}

/// Returns the word for a part of a message, as documents have it.
pub(crate) fn part(part: Part) -> &'static str {
    match part {
        Part::ContentType => "header",
        other => other.as_str(),
    }
}

/// Returns what is wrong, with the name of what it is about.
pub(crate) fn sentence(violation: &Violation) -> String {
    match &violation.name {
        Some(name) => format!("{name}: {}", violation.message),
        None => violation.message.clone(),
    }
}

/// Returns all that is wrong in one sentence.
pub(crate) fn sentences(violations: &[Violation]) -> String {
    let one = |violation: &Violation| match violation.pointer.as_str() {
        "" => sentence(violation),
        pointer => format!("{}: {}", pointer.trim_start_matches('/').replace('/', "."), violation.message),
    };
    violations.iter().map(one).collect::<Vec<_>>().join("; ")
}
