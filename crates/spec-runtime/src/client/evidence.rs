//! What is known of a call when it has come to its end.
//!
//! It can be shown: there is no key, no token and no query in it. Must not know how calls are made.

use super::secrets::shown;
use http::{HeaderMap, Method, StatusCode};
use reqwest::Url;
use std::fmt;
use std::time::Duration;

/// Headers in which servers name a request, the most usual first.
const REQUEST_IDS: [&str; 4] = ["x-request-id", "request-id", "x-amzn-requestid", "cf-ray"];

/// Returns the name that a server gives to a request in its answer.
pub(super) fn request_id(headers: &HeaderMap) -> Option<&str> {
    REQUEST_IDS.iter().find_map(|name| headers.get(*name)?.to_str().ok())
}

/// The facts of a call that has come to its end. Nothing in it is secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Evidence {
    /// The `operationId`.
    pub operation: &'static str,
    /// The path template.
    pub path: &'static str,
    /// The method.
    pub method: Method,
    /// Where it was sent, without user, password, query and fragment.
    pub url: String,
    /// The number of attempts.
    pub attempts: u32,
    /// The time from its beginning to its end, waits included.
    pub elapsed: Duration,
    /// The status of the last answer, where there was one.
    pub status: Option<StatusCode>,
    /// The name that the server gave to the last request (`x-request-id` and the like).
    pub request_id: Option<String>,
    /// The time that the last answer tells the caller to wait before the next attempt.
    pub retry_after: Option<Duration>,
    /// True if one of the attempts may have reached the server. False means that nothing has happened there.
    pub may_have_been_sent: bool,
    /// The idempotency key that was sent, the same with each attempt.
    pub idempotency_key: Option<String>,
}

impl Evidence {
    pub(super) fn new(operation: &'static str, path: &'static str, request: &reqwest::Request) -> Self {
        Evidence::of(operation, path, request.method().clone(), request.url())
    }

    /// Makes what is known of an answer that no call was given.
    pub(super) fn of_answer(url: &Url) -> Self {
        Evidence::of("", "", Method::GET, url)
    }

    fn of(operation: &'static str, path: &'static str, method: Method, url: &Url) -> Self {
        Evidence {
            operation,
            path,
            method,
            url: shown(url),
            attempts: 0,
            elapsed: Duration::ZERO,
            status: None,
            request_id: None,
            retry_after: None,
            may_have_been_sent: false,
            idempotency_key: None,
        }
    }

    /// Keeps what an answer says of itself.
    pub(super) fn note_answer(&mut self, status: StatusCode, headers: &HeaderMap) {
        self.status = Some(status);
        self.request_id = request_id(headers).map(str::to_owned);
        self.may_have_been_sent = true;
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Shows how much was done: `after 3 attempts in 4.1 s (request id abc)`.
pub(super) struct Effort<'a>(pub(super) &'a Evidence);

impl fmt::Display for Effort<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Evidence { attempts, elapsed, request_id, .. } = self.0;
        let plural = if *attempts == 1 { "" } else { "s" };
        write!(f, "after {attempts} attempt{plural} in {:.1} s", elapsed.as_secs_f64())?;
        request_id.iter().try_for_each(|id| write!(f, " (request id {id})"))
    }
}
