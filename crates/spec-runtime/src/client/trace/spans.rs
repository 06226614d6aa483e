//! Spans and events: what the feature `tracing` tells.
//!
//! A span of a request is open until the body of its answer is there, as far as it is buffered. Whether
//! anybody looks is asked before anything is written. Numbers are `i64`: of others `tracing-opentelemetry`
//! makes texts.

use super::super::Error;
use super::super::browser::Clock;
use super::super::evidence::{Evidence, request_id};
use super::super::interceptor::Reason;
use super::super::operation::CalledOperation;
use super::super::secrets::{is_secret_header, shown};
use super::super::transport::AttemptError;
#[cfg(feature = "opentelemetry")]
use super::telemetry::{Durations, Measured, inject};
use futures_util::TryFutureExt as _;
use http::{HeaderMap, HeaderName, StatusCode, Version};
use reqwest::{Request, Response, Url};
use spec_http::message::known_method;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tracing::field::Empty;
use tracing::instrument::Instrumented;
use tracing::{Instrument as _, Span};

/// The name under which subscribers know all that is told.
const TARGET: &str = "spec_runtime::client";

/// A method that not everybody knows.
const OTHER: &str = "_OTHER";

/// The class of a request that somebody stopped waiting for.
const CANCELLED: &str = "cancelled";

/// The wishes of a client and a call beyond what is always told.
#[derive(Clone, Copy, Default)]
pub(in crate::client) struct Observer<'o> {
    /// The headers that are shown: those of the client, and those of the call.
    pub(in crate::client) headers: [&'o [HeaderName]; 2],
    /// Where durations go.
    #[cfg(feature = "opentelemetry")]
    pub(in crate::client) durations: Option<&'o Durations>,
}

impl Observer<'_> {
    /// Writes the headers that are asked for, in one text; none where there are none. What is secret is left
    /// out.
    fn headers(&self, operation: Option<&CalledOperation>, headers: &HeaderMap) -> Option<String> {
        let names = self.headers.iter().copied().flatten();
        let all = names.flat_map(|name| headers.get_all(name).iter().map(move |value| (name, value)));
        let shown = all.filter(|(name, value)| !is_secret_header(operation, name, value));
        let lines: Vec<String> = shown
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
            .collect();
        (!lines.is_empty()).then(|| lines.join("; "))
    }
}

/// A call that is told of: its span, and the request that is open below it.
pub(in crate::client) struct CallTrace {
    span: Span,
    operation: CalledOperation,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The number of requests so far, whatever each of them was sent for.
    sent: u32,
    open: Option<RequestTrace>,
    /// Where the first request went. No other server is told of the trace.
    #[cfg(feature = "opentelemetry")]
    origin: Option<(String, Option<u16>)>,
}

impl CallTrace {
    /// Opens the span of a call.
    pub(in crate::client) fn begin(operation: &CalledOperation) -> Self {
        let span = tracing::info_span!(
            target: TARGET,
            "http.client.call",
            otel.name = operation.id(),
            otel.kind = "internal",
            otel.status_code = Empty,
            operation.id = operation.id(),
            url.template = operation.path(),
            attempts = Empty,
            http.response.status_code = Empty,
            request.id = Empty,
            error.type = Empty,
        );
        CallTrace { span, operation: *operation, state: Mutex::default() }
    }

    /// Makes the call within its span, and tells how it fails, if it does. No `async` block takes the call
    /// in, which would hold it twice.
    pub(in crate::client) fn follow<T, E>(
        &self,
        call: impl Future<Output = Result<T, Error<E>>>,
    ) -> impl Future<Output = Result<T, Error<E>>> {
        call.instrument(self.span.clone()).inspect_err(|error| self.failed(&error.class()))
    }

    fn failed(&self, class: &str) {
        self.span.record("error.type", class);
        self.span.record("otel.status_code", "ERROR");
        let _entered = self.span.enter();
        tracing::debug!(target: TARGET, { error.type = class }, "the call failed");
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the span of a request, and closes that of the one before it: a redirection, say.
    pub(in crate::client) fn request(&self, observer: Observer<'_>, request: &mut Request) -> InRequest {
        let mut state = self.state();
        state.open = None;
        let trace = RequestTrace::begin(observer, Some(&self.operation), state.sent, request);
        state.sent = state.sent.saturating_add(1);
        #[cfg(feature = "opentelemetry")]
        {
            let origin = origin(request.url());
            if *state.origin.get_or_insert_with(|| origin.clone()) == origin {
                inject(&trace.span, request.headers_mut());
            }
        }
        let inside = trace.inside();
        state.open = Some(trace);
        inside
    }

    /// Tells the head of an answer, or why there is none.
    pub(in crate::client) fn answered(
        &self,
        observer: Observer<'_>,
        answered: &Result<Response, AttemptError>,
    ) {
        if let Some(open) = &mut self.state().open {
            open.told(observer, Some(&self.operation), answered);
        }
    }

    /// Closes the span of the request that an attempt ended with.
    pub(in crate::client) fn tried(&self, outcome: Reason<'_>) {
        let open = self.state().open.take();
        if let (Some(mut open), Reason::Error(error)) = (open, outcome) {
            open.failed(error);
        }
    }

    /// Tells that a call will be tried again.
    pub(in crate::client) fn retrying(&self, attempts: u32, wait: Duration, reason: Reason<'_>) {
        let attempts = i64::from(attempts);
        tracing::debug!(target: TARGET, attempts, ?wait, why = %Why(reason), "retrying");
    }

    /// Tells what is known of a call that has come to its end.
    pub(in crate::client) fn ended(&self, evidence: &Evidence) {
        self.span.record("attempts", i64::from(evidence.attempts));
        if let Some(status) = evidence.status {
            self.span.record("http.response.status_code", i64::from(status.as_u16()));
        }
        if let Some(id) = &evidence.request_id {
            self.span.record("request.id", id.as_str());
        }
    }
}

/// A request that is told of. It is closed when it is dropped.
pub(in crate::client) struct RequestTrace {
    span: Span,
    begun: Clock,
    status: Option<StatusCode>,
    error: Option<&'static str>,
    #[cfg(feature = "opentelemetry")]
    measured: Option<Measured>,
}

impl RequestTrace {
    /// Opens the span of a request for a token.
    pub(in crate::client) fn of_token(observer: Observer<'_>, request: &mut Request) -> Self {
        let trace = RequestTrace::begin(observer, None, 0, request);
        #[cfg(feature = "opentelemetry")]
        inject(&trace.span, request.headers_mut());
        trace
    }

    fn begin(
        observer: Observer<'_>,
        operation: Option<&CalledOperation>,
        earlier: u32,
        request: &Request,
    ) -> Self {
        let (method, url) = (known_method(request.method().as_str()), request.url());
        let template = operation.map(CalledOperation::path);
        let span = tracing::info_span!(
            target: TARGET,
            "http.client.request",
            otel.name = name(method, template),
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = method,
            http.request.method_original = (method == OTHER).then(|| request.method().as_str()),
            http.request.resend_count = (earlier > 0).then_some(i64::from(earlier)),
            http.request.headers = observer.headers(operation, request.headers()),
            http.response.status_code = Empty,
            http.response.headers = Empty,
            url.full = shown(url),
            url.template = template,
            server.address = address(url),
            server.port = url.port_or_known_default().map(i64::from),
            network.protocol.version = Empty,
            request.id = Empty,
            error.type = Empty,
        );
        span.in_scope(|| tracing::debug!(target: TARGET, "sending"));
        RequestTrace {
            span,
            begun: Clock::now(),
            status: None,
            error: None,
            #[cfg(feature = "opentelemetry")]
            measured: observer.durations.map(|durations| {
                durations.measure(method, template, address(url), url.port_or_known_default())
            }),
        }
    }

    /// Returns its span, for what is done in it.
    pub(in crate::client) fn inside(&self) -> InRequest {
        InRequest(self.span.clone())
    }

    /// Tells the head of an answer to a request for a token, or why there is none.
    pub(in crate::client) fn answered(
        &mut self,
        observer: Observer<'_>,
        answered: &Result<Response, AttemptError>,
    ) {
        self.told(observer, None, answered);
    }

    fn told(
        &mut self,
        observer: Observer<'_>,
        operation: Option<&CalledOperation>,
        answered: &Result<Response, AttemptError>,
    ) {
        let response = match answered {
            Ok(response) => response,
            Err(error) => return self.failed(error),
        };
        let (status, version) = (response.status(), protocol(response.version()));
        self.status = Some(status);
        #[cfg(feature = "opentelemetry")]
        if let Some(measured) = &mut self.measured {
            measured.answered(status, version);
        }
        if self.span.is_disabled() {
            return;
        }
        self.span.record("http.response.status_code", i64::from(status.as_u16()));
        self.span.record("network.protocol.version", version);
        self.span.record("request.id", request_id(response.headers()));
        self.span.record("http.response.headers", observer.headers(operation, response.headers()));
    }

    /// Tells why there is no answer, or why it broke off.
    pub(in crate::client) fn failed(&mut self, error: &AttemptError) {
        if self.error.is_some() {
            return;
        }
        let class = error.class();
        self.error = Some(class);
        let _entered = self.span.enter();
        tracing::debug!(target: TARGET, { error.type = class, %error }, "no answer");
    }

    /// Returns the class of its error, if it has one: that of what went wrong, or the status.
    fn class(&self) -> Option<&str> {
        match (self.error, &self.status) {
            (Some(class), _) => Some(class),
            (None, Some(status)) => (status.as_u16() >= 400).then_some(status.as_str()),
            (None, None) => Some(CANCELLED),
        }
    }
}

impl Drop for RequestTrace {
    fn drop(&mut self) {
        let duration = self.begun.elapsed();
        #[cfg(feature = "opentelemetry")]
        if let Some(measured) = self.measured.take() {
            measured.end(duration, self.class());
        }
        if let Some(class) = self.class() {
            self.span.record("error.type", class);
            self.span.record("otel.status_code", "ERROR");
        }
        let _entered = self.span.enter();
        let milliseconds = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        match (self.status, self.error) {
            (Some(status), None) => tracing::debug!(
                target: TARGET,
                { http.response.status_code = i64::from(status.as_u16()), milliseconds },
                "answered"
            ),
            (None, None) => tracing::debug!(target: TARGET, milliseconds, "nobody waits any longer"),
            (_, Some(_)) => {}
        }
    }
}

/// The span of a request, for what is done in it.
pub(in crate::client) struct InRequest(Span);

impl InRequest {
    /// Does something in the span.
    pub(in crate::client) fn around<F: Future>(self, future: F) -> Instrumented<F> {
        future.instrument(self.0)
    }
}

/// A reason, as it is read.
struct Why<'a>(Reason<'a>);

impl fmt::Display for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Reason::Status(status) => write!(f, "{status}"),
            Reason::Error(error) => write!(f, "{error}"),
        }
    }
}

/// Names a span, in few words however many requests there are: method and template.
fn name(method: &'static str, template: Option<&str>) -> String {
    let method = if method == OTHER { "HTTP" } else { method };
    template.map_or_else(|| method.to_owned(), |template| format!("{method} {template}"))
}

fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "0.9",
        Version::HTTP_10 => "1.0",
        Version::HTTP_2 => "2",
        Version::HTTP_3 => "3",
        _ => "1.1",
    }
}

/// Returns the host of a URL; an address of IPv6 without its brackets.
fn address(url: &Url) -> Option<&str> {
    url.host_str().map(|host| host.trim_start_matches('[').trim_end_matches(']'))
}

/// Returns host and port, by which servers are told apart.
#[cfg(feature = "opentelemetry")]
fn origin(url: &Url) -> (String, Option<u16>) {
    (url.host_str().unwrap_or_default().to_owned(), url.port_or_known_default())
}
