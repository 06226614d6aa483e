//! Problem details (RFC 9457): what a server answers where the document declares nothing.

use super::declared::Told;
use crate::violation::{Violation, cut, pointer};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Method, StatusCode, Uri};
use serde::Serialize;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Problem details (RFC 9457, section 3). The type is always `about:blank`: the title is that of the status.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    detail: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    errors: Vec<Violation>,
    cause: Option<Cause>,
}

/// The cause of a failure inside the server: an extension of an answer, for whoever logs it, and never sent.
#[derive(Clone, Debug)]
pub struct Cause(Arc<str>);

impl Cause {
    /// Says what an error and its sources say.
    pub fn of(error: &dyn Error) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(own) = source.filter(|_| text.len() < 4096) {
            let more = own.to_string();
            // Many errors repeat their source.
            if !text.ends_with(&more) {
                text.push_str(": ");
                text.push_str(&more);
            }
            source = own.source();
        }
        Cause(text.into())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Serialize)]
struct Body<'a> {
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<BodyError<'a>>,
}

#[derive(Serialize)]
struct BodyError<'a> {
    detail: &'a str,
    pointer: String,
    /// None of what is said of the request as a whole.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    part: Option<&'a crate::validation::Step>,
}

impl BodyError<'_> {
    fn of(violation: &Violation) -> BodyError<'_> {
        let (part, rest) =
            violation.loc.split_first().map_or((None, &[][..]), |(part, rest)| (Some(part), rest));
        BodyError { detail: &violation.msg, pointer: pointer(rest), part }
    }
}

impl Problem {
    /// Makes a problem with a sentence for people.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Problem { status, detail: detail.into(), headers: Vec::new(), errors: Vec::new(), cause: None }
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Adds what went wrong: for the log, not for the caller.
    #[must_use]
    pub fn with_cause(mut self, cause: Cause) -> Self {
        self.cause = Some(cause);
        self
    }

    pub(crate) fn with_violations(mut self, violations: Vec<Violation>) -> Self {
        self.errors = violations;
        self
    }

    pub(super) fn violations(&self) -> &[Violation] {
        &self.errors
    }

    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// Returns the status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let errors = self.errors.iter().map(BodyError::of).collect();
        let body = Body {
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            errors,
        };
        let text = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (self.status, [(CONTENT_TYPE, "application/problem+json")], text).into_response();
        response.headers_mut().extend(self.headers.clone());
        if let Some(cause) = self.cause.clone() {
            response.extensions_mut().insert(cause);
        }
        // Until an operation says how it declares the status.
        response.extensions_mut().insert(Told(self));
        response
    }
}

/// Answers 404, for paths that the document does not have. `OPTIONS *` is about the server as a whole, and
/// says no more than that it is there (RFC 9110, 9.3.7).
pub async fn not_found(request: Request) -> Response {
    if request.method() == Method::OPTIONS && request.uri().path() == "*" {
        return StatusCode::NO_CONTENT.into_response();
    }
    let detail = format!("there is nothing at {}", path(request.uri()));
    Problem::new(StatusCode::NOT_FOUND, detail).into_response()
}

/// Returns as much of a path as an answer repeats.
fn path(uri: &Uri) -> String {
    cut(uri.path().to_owned(), 256)
}

/// Answers 405, for methods that the document does not have on a path.
/// `OPTIONS` is answered with what is allowed there, which axum adds (RFC 9110, 9.3.7).
pub async fn method_not_allowed(method: Method, uri: Uri) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    let problem = Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("{} is not allowed at {}", cut(method.to_string(), 32), path(&uri)),
    );
    problem.into_response()
}
