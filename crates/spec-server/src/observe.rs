//! Spans, logs and durations of requests.
//!
//! Knows the semantic conventions of OpenTelemetry for HTTP servers. Must not change an answer, but for a
//! body that panics: that one breaks off.

use crate::activity::Keeping;
use crate::config::Config;
use crate::request::RequestId;
use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::response::Response;
use bytes::Bytes;
use http::header::USER_AGENT;
use http::{StatusCode, Version};
use http_body::{Body as HttpBody, Frame, SizeHint};
use spec_http::message::known_method;
use spec_runtime::server::{Cause, OperationId};
use std::future::Future;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument as _, Span, instrument::Instrumented};

/// The labels of a request.
#[derive(Clone, Debug)]
pub(crate) struct Labels {
    pub(crate) method: &'static str,
    pub(crate) route: String,
    pub(crate) operation: &'static str,
}

impl Labels {
    fn of(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>();
        Labels {
            method: known_method(request.method().as_str()),
            route: route.map(|route| route.as_str().to_owned()).unwrap_or_default(),
            operation: request.extensions().get::<OperationId>().map_or("", |operation| operation.0),
        }
    }

    /// Names a span: the operation, or method and route.
    fn name(&self) -> String {
        match (self.operation, self.route.as_str()) {
            ("", "") => self.method.to_owned(),
            ("", route) => format!("{} {route}", self.method),
            (operation, _) => operation.to_owned(),
        }
    }
}

/// A request that is looked at.
pub(crate) struct Watch {
    span: Span,
    id: RequestId,
    begun: Instant,
    status: Option<StatusCode>,
    #[cfg(feature = "metrics")]
    metrics: Option<(crate::metrics::Metrics, Labels)>,
}

impl Watch {
    /// Begins a span.
    pub(crate) fn begin(config: &Config, request: &Request, id: &RequestId) -> Self {
        let labels = Labels::of(request);
        let path: String = request.uri().path().chars().take(1024).collect();
        let client = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
        let span = tracing::info_span!(
            "http.server.request",
            otel.name = labels.name(),
            otel.kind = "server",
            otel.status_code = Empty,
            operation.id = (!labels.operation.is_empty()).then_some(labels.operation),
            request.id = id.as_str(),
            http.request.method = labels.method,
            http.route = (!labels.route.is_empty()).then_some(labels.route.as_str()),
            http.response.status_code = Empty,
            error.type = Empty,
            url.path = path,
            url.scheme = scheme(config, request),
            network.protocol.version = version(request.version()),
            client.address = client.map(|client| client.0.ip().to_string()),
            client.port = client.map(|client| i64::from(client.0.port())),
            user_agent.original = agent,
        );
        #[cfg(feature = "otel")]
        crate::otel::continue_trace(&span, request.headers());
        #[cfg(feature = "metrics")]
        let metrics = config.metrics.clone().map(|metrics| {
            metrics.begin();
            (metrics, labels)
        });
        Watch {
            span,
            id: id.clone(),
            begun: Instant::now(),
            status: None,
            #[cfg(feature = "metrics")]
            metrics,
        }
    }

    /// Does something in the span.
    pub(crate) fn follow<F: Future>(&self, future: F) -> Instrumented<F> {
        future.instrument(self.span.clone())
    }

    /// Says how a request is answered; it ends when the answer has been sent.
    pub(crate) fn end(mut self, response: Response) -> Response {
        let status = response.status();
        self.status = Some(status);
        self.span.record("http.response.status_code", code(status));
        if status.is_server_error() {
            self.span.record("error.type", status.as_str());
            self.span.record("otel.status_code", "ERROR");
            let cause = response.extensions().get::<Cause>().map(ToString::to_string);
            let _entered = self.span.enter();
            tracing::error!(
                request.id = self.id.as_str(),
                http.response.status_code = code(status),
                cause,
                "the server failed to answer"
            );
        } else if let Some(cause) = response.extensions().get::<Cause>() {
            let _entered = self.span.enter();
            tracing::debug!(
                request.id = self.id.as_str(),
                http.response.status_code = code(status),
                %cause,
                "refused"
            );
        }
        let (id, span) = (self.id.clone(), self.span.clone());
        response.map(|body| Keeping::around(Body::new(Told { body, id, span }), self))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let duration = self.begun.elapsed();
        #[cfg(feature = "metrics")]
        if let Some((metrics, labels)) = &self.metrics {
            metrics.end(labels, self.status, duration);
        }
        let _entered = self.span.enter();
        let milliseconds = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        match self.status {
            Some(status) => tracing::info!(
                request.id = self.id.as_str(),
                http.response.status_code = code(status),
                milliseconds,
                "answered"
            ),
            None => tracing::info!(request.id = self.id.as_str(), milliseconds, "the caller left"),
        }
    }
}

/// Returns a status as a number that `tracing-opentelemetry` keeps one: it makes texts of unsigned ones.
fn code(status: StatusCode) -> i64 {
    status.as_u16().into()
}

fn scheme(config: &Config, request: &Request) -> String {
    #[cfg(feature = "tls")]
    let is_tls = config.tls.is_some();
    #[cfg(not(feature = "tls"))]
    let is_tls = {
        let _ = config;
        false
    };
    let given = request.uri().scheme_str().map(str::to_owned);
    given.unwrap_or_else(|| if is_tls { "https" } else { "http" }.to_owned())
}

fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_2 => "2",
        Version::HTTP_10 => "1.0",
        _ => "1.1",
    }
}

/// A body whose end is told to the log, if it is no good one.
struct Told {
    body: Body,
    id: RequestId,
    span: Span,
}

impl HttpBody for Told {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Told { body, id, span } = &mut *self;
        let _entered = span.enter();
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(body).poll_frame(cx)));
        let polled = polled.unwrap_or_else(|panic| {
            let why = format!("the body panicked: {}", said(&*panic));
            Poll::Ready(Some(Err(axum::Error::new(why))))
        });
        if let Poll::Ready(Some(Err(error))) = &polled {
            let cause = Cause::of(error);
            tracing::error!(request.id = id.as_str(), %cause, "the answer breaks off");
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Says what a panic said.
pub(crate) fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
