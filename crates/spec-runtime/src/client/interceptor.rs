//! Interceptors: what stands between a call and the transport, and sees every attempt.
//!
//! Anyone can write one, in any crate. Must not know how calls are repeated.

use super::operation::CalledOperation;
use super::secrets::ShownRequest;
use super::transport::{AttemptError, BoxFuture};
use http::{Extensions, StatusCode};
use reqwest::{Request, Response};
use std::fmt;
use std::time::Duration;

/// One attempt of a call, as interceptors see it.
///
/// Credentials are not there yet: they are added behind the last interceptor, to each attempt anew. `Debug`
/// shows nothing that may be secret.
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The operation that is called.
    pub operation: &'a CalledOperation,
    /// Which attempt it is. The first is 1.
    pub number: u32,
    /// The request, which can be changed.
    pub request: Request,
    /// Values that the caller handed over: see
    /// [`Configure::with_extension`](super::Configure::with_extension).
    pub extensions: &'a Extensions,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(
        operation: &'a CalledOperation,
        number: u32,
        request: Request,
        extensions: &'a Extensions,
    ) -> Self {
        Attempt { operation, number, request, extensions }
    }
}

impl fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("operation", self.operation)
            .field("number", &self.number)
            .field("request", &ShownRequest(&self.request))
            .field("extensions", self.extensions)
            .finish()
    }
}

/// The function behind the last interceptor.
pub(super) type Last<'a> =
    dyn Fn(Attempt<'a>) -> BoxFuture<'a, Result<Response, AttemptError>> + Send + Sync + 'a;

/// The rest of the way to the server: the interceptors that come after, and the transport.
pub struct Next<'a> {
    rest: &'a [&'a dyn Interceptor],
    last: &'a Last<'a>,
}

impl<'a> Next<'a> {
    pub(super) fn new(rest: &'a [&'a dyn Interceptor], last: &'a Last<'a>) -> Self {
        Next { rest, last }
    }

    /// Goes on with an attempt, and returns the answer.
    pub fn call(self, attempt: Attempt<'a>) -> BoxFuture<'a, Result<Response, AttemptError>> {
        match self.rest.split_first() {
            Some((first, rest)) => first.call(attempt, Next { rest, last: self.last }),
            None => (self.last)(attempt),
        }
    }
}

/// A step between a call and the transport.
pub trait Interceptor: Send + Sync {
    /// Takes part in an attempt: changes the request, looks at the answer, answers by itself. Whatever the
    /// status is, it comes as an answer.
    fn call<'a>(
        &'a self,
        attempt: Attempt<'a>,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Response, AttemptError>> {
        next.call(attempt)
    }

    /// Learns what happens to a call.
    fn observe(&self, _event: &Event<'_>) {}
}

impl<F> Interceptor for F
where
    F: for<'a> Fn(Attempt<'a>, Next<'a>) -> BoxFuture<'a, Result<Response, AttemptError>> + Send + Sync,
{
    fn call<'a>(
        &'a self,
        attempt: Attempt<'a>,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Response, AttemptError>> {
        self(attempt, next)
    }
}

/// An event in the course of a call.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// It begins.
    Started {
        /// The operation that is called.
        operation: &'a CalledOperation,
    },
    /// It will be tried again.
    Retrying {
        /// The operation that is called.
        operation: &'a CalledOperation,
        /// The number of attempts so far.
        attempts: u32,
        /// The wait before the next attempt.
        wait: Duration,
        /// Why it is tried again.
        reason: Reason<'a>,
    },
    /// It is at its end: there is an answer, whatever its status is, or there will be none.
    Finished {
        /// The operation that is called.
        operation: &'a CalledOperation,
        /// The number of attempts so far.
        attempts: u32,
        /// The time since it began.
        elapsed: Duration,
        /// The outcome.
        outcome: Reason<'a>,
    },
}

/// The outcome of an attempt.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Reason<'a> {
    /// An answer with this status.
    Status(StatusCode),
    /// No answer, or one that broke off.
    Error(&'a AttemptError),
}
