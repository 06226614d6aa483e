//! Failures of handlers: what callers are told of an error, and what stays for the log.
//!
//! Knows what each error of others means for an answer. Must not know which answers a document declares.

use super::multipart::is_too_large;
use super::problem::{Cause, Problem};
use crate::stream::StreamError;
use axum::response::{IntoResponse, Response};
use http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// An error of a service: what callers are told of it. `?` makes a [`Failure`] of it.
///
/// ```
/// use axum::http::StatusCode;
/// use spec_runtime::server::{Failure, ServiceError};
/// use std::fmt;
///
/// #[derive(Debug)]
/// enum StoreError {
///     NoPet(i64),
///     Broken(std::io::Error),
/// }
/// # impl fmt::Display for StoreError {
/// #     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
/// #         match self {
/// #             StoreError::NoPet(id) => write!(f, "there is no pet {id}"),
/// #             StoreError::Broken(error) => write!(f, "the store is broken: {error}"),
/// #         }
/// #     }
/// # }
/// # impl std::error::Error for StoreError {}
///
/// impl ServiceError for StoreError {
///     fn status(&self) -> StatusCode {
///         match self {
///             // The caller is told what `Display` says.
///             StoreError::NoPet(_) => StatusCode::NOT_FOUND,
///             // The log is told, and not the caller.
///             StoreError::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
///         }
///     }
/// }
///
/// fn name(id: i64) -> Result<String, Failure> {
///     Err(StoreError::NoPet(id))?
/// }
/// assert_eq!(name(7).unwrap_err().to_string(), "404 Not Found: there is no pet 7");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what callers are told of it",
    label = "write `impl ServiceError for {Self}`, or make a 500 of it: `.map_err(Failure::internal)?`"
)]
pub trait ServiceError: Error {
    /// Returns the status of the answer: 500, unless it is said otherwise.
    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    /// Returns the sentence that callers read: the error's own, unless the server failed. Then it is one that
    /// tells nothing of the inside, and the error is for the log only.
    fn detail(&self) -> Cow<'_, str> {
        let status = self.status();
        if status.is_server_error() { sentence(status).into() } else { self.to_string().into() }
    }

    /// Returns when callers may try again; with 429 and 503, say (`Retry-After`).
    fn retry_after(&self) -> Option<Duration> {
        None
    }

    /// Returns more headers of the answer.
    fn headers(&self) -> HeaderMap {
        HeaderMap::new()
    }
}

/// Returns what callers are told where the server failed.
fn sentence(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_IMPLEMENTED => "this is not implemented",
        StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => "a service behind this one failed to answer",
        StatusCode::SERVICE_UNAVAILABLE => "the service is not available at the moment",
        _ => "the server failed to answer",
    }
}

/// An answer that a handler gives beside those of its operation's type: a status with a sentence, in the
/// shape that the document declares for that status, or else as problem details (RFC 9457).
#[derive(Debug)]
pub struct Failure(Problem);

impl Failure {
    /// Makes a failure with a status of the handler's choice.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Problem::new(status, detail).into()
    }

    /// Makes a 500 of any error. What the error says stays on the server: it is for the log ([`Cause`]), not
    /// for the caller.
    ///
    /// ```
    /// use spec_runtime::server::Failure;
    ///
    /// fn sum(texts: &[&str]) -> Result<f64, Failure> {
    ///     texts.iter().map(|text| text.parse::<f64>().map_err(Failure::internal)).sum()
    /// }
    /// assert_eq!(sum(&["no number"]).unwrap_err().status(), 500);
    /// ```
    pub fn internal(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Problem::new(status, sentence(status)).with_cause(Cause::of(&*error.into())).into()
    }

    /// Makes the failure of an operation that is not implemented yet: 501.
    pub fn not_implemented(operation: &str) -> Self {
        Failure::new(StatusCode::NOT_IMPLEMENTED, format!("the operation `{operation}` is not implemented"))
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(self, name: HeaderName, value: HeaderValue) -> Self {
        Failure(self.0.with_header(name, value))
    }

    /// Returns the status of the answer.
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Failure(problem)
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        failure.0
    }
}

impl<E: ServiceError> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut problem = Problem::new(error.status(), error.detail()).with_cause(Cause::of(&error));
        for (name, value) in &error.headers() {
            problem = problem.with_header(name.clone(), value.clone());
        }
        if let Some(after) = error.retry_after() {
            // In whole seconds, and never too early (RFC 9110, 10.2.3).
            let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
            problem = problem.with_header(RETRY_AFTER, seconds.into());
        }
        Failure(problem)
    }
}

impl From<Box<dyn Error + Send + Sync>> for Failure {
    fn from(error: Box<dyn Error + Send + Sync>) -> Self {
        Failure::internal(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.status(), self.0.detail())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// Takes a stream for the request's body: 413 where something is too large, else 400. The error of another
/// stream is none of the caller's, and wants [`Failure::internal`].
impl ServiceError for StreamError {
    fn status(&self) -> StatusCode {
        match self {
            StreamError::Body(source) if is_too_large(&**source) => StatusCode::PAYLOAD_TOO_LARGE,
            StreamError::TooLarge { .. } | StreamError::TooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            StreamError::Body(_) | StreamError::Undecodable { .. } => StatusCode::BAD_REQUEST,
        }
    }

    /// Tells nothing of a connection.
    fn detail(&self) -> Cow<'_, str> {
        match self {
            StreamError::Body(source) if is_too_large(&**source) => "the body is too large".into(),
            StreamError::Body(_) => "the body can't be read".into(),
            _ => self.to_string().into(),
        }
    }
}

/// A service behind this one did not answer as its document says: 502.
#[cfg(feature = "client")]
impl<E: fmt::Debug> ServiceError for crate::client::Error<E> {
    fn status(&self) -> StatusCode {
        StatusCode::BAD_GATEWAY
    }
}

/// Says of errors of others that they are inside the server, and none of the caller's: 500.
macro_rules! inside {
    ($($error:ty),* $(,)?) => {
        $(impl ServiceError for $error {})*
    };
}

inside! {
    axum::Error,
    chrono::ParseError,
    crate::DecodeError,
    crate::MissingFields,
    crate::UnknownValue,
    fmt::Error,
    http::Error,
    http::header::InvalidHeaderName,
    http::header::InvalidHeaderValue,
    http::uri::InvalidUri,
    serde_json::Error,
    std::array::TryFromSliceError,
    std::char::ParseCharError,
    std::convert::Infallible,
    std::env::VarError,
    std::io::Error,
    std::net::AddrParseError,
    std::num::ParseFloatError,
    std::num::ParseIntError,
    std::num::TryFromIntError,
    std::str::ParseBoolError,
    std::str::Utf8Error,
    std::string::FromUtf8Error,
    std::time::SystemTimeError,
    tokio::sync::AcquireError,
    tokio::sync::oneshot::error::RecvError,
    tokio::task::JoinError,
    uuid::Error,
}
