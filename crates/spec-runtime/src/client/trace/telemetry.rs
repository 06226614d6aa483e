//! The context of a trace in requests, and their durations: what the feature `opentelemetry` adds.
//!
//! Knows the interface of OpenTelemetry. Must not know what stands behind it: which headers carry the
//! context, the global propagator says. That of W3C Trace Context, `TraceContextPropagator`, is in
//! `opentelemetry_sdk`, which applications depend on and libraries do not; none is written here, so that an
//! application chooses.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use opentelemetry::global::{get_text_map_propagator, meter};
use opentelemetry::metrics::Histogram;
use opentelemetry::propagation::Injector;
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry::{Context, KeyValue};
use std::sync::OnceLock;
use std::time::Duration;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The header of the trace context (W3C Trace Context, 3.2).
const TRACEPARENT: &str = "traceparent";

/// The bounds of the buckets, in seconds, that the semantic conventions advise for durations of requests.
const BOUNDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The durations of a client's requests. The global provider of meters is asked when the first one begins.
#[derive(Debug, Default)]
pub(in crate::client) struct Durations(OnceLock<Histogram<f64>>);

impl Durations {
    fn histogram(&self) -> Histogram<f64> {
        let make = || {
            meter(env!("CARGO_PKG_NAME"))
                .f64_histogram("http.client.request.duration")
                .with_unit("s")
                .with_description("Duration of HTTP client requests.")
                .with_boundaries(BOUNDS.to_vec())
                .build()
        };
        self.0.get_or_init(make).clone()
    }

    /// Begins to measure a request.
    pub(super) fn measure(
        &self,
        method: &'static str,
        template: Option<&'static str>,
        address: Option<&str>,
        port: Option<u16>,
    ) -> Measured {
        let mut attributes = Vec::with_capacity(7);
        attributes.push(KeyValue::new("http.request.method", method));
        attributes.extend(template.map(|template| KeyValue::new("url.template", template)));
        attributes.extend(address.map(|address| KeyValue::new("server.address", address.to_owned())));
        attributes.extend(port.map(|port| KeyValue::new("server.port", i64::from(port))));
        Measured { histogram: self.histogram(), attributes }
    }
}

/// A request whose duration is measured.
pub(super) struct Measured {
    histogram: Histogram<f64>,
    attributes: Vec<KeyValue>,
}

impl Measured {
    /// Adds what the head of an answer says.
    pub(super) fn answered(&mut self, status: StatusCode, version: &'static str) {
        self.attributes.push(KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
        self.attributes.push(KeyValue::new("network.protocol.version", version));
    }

    /// Records the duration of a request that is at its end, with the class of its error.
    pub(super) fn end(mut self, duration: Duration, error: Option<&str>) {
        self.attributes.extend(error.map(|class| KeyValue::new("error.type", class.to_owned())));
        self.histogram.record(duration.as_secs_f64(), &self.attributes);
    }
}

/// Headers, as a propagator writes them. What the caller has set stays.
struct Headers<'a>(&'a mut HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            self.0.entry(name).or_insert(value);
        }
    }
}

/// Writes the context of a span into headers, by the global propagator. The span that the caller has opened
/// by OpenTelemetry itself stands in for one that nobody looks at. A `traceparent` of the caller wins.
pub(super) fn inject(span: &Span, headers: &mut HeaderMap) {
    if headers.contains_key(TRACEPARENT) {
        return;
    }
    let own = span.context();
    let context = if own.span().span_context().is_valid() { own } else { Context::current() };
    get_text_map_propagator(|propagator| propagator.inject_context(&context, &mut Headers(headers)));
}
