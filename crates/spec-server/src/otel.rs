//! The trace of a caller, continued.
//!
//! Knows which headers have it. Must not know where spans are sent.

use http::HeaderMap;
use opentelemetry::global::get_text_map_propagator;
use opentelemetry::propagation::Extractor;
use opentelemetry::trace::TraceContextExt as _;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Headers, as a propagator reads them.
struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}

/// Makes a span the child of the one that the headers name, if the global propagator finds one.
pub(crate) fn continue_trace(span: &Span, headers: &HeaderMap) {
    let parent = get_text_map_propagator(|propagator| propagator.extract(&Headers(headers)));
    if parent.span().span_context().is_valid() {
        // It fails where no layer of OpenTelemetry is there, and then there is no trace to continue.
        let _ = span.set_parent(parent);
    }
}
