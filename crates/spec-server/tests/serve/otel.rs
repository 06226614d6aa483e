//! The trace of the caller.

use crate::support::{builder, start};
use axum::Router;
use axum::routing::get;
use opentelemetry::Value;
use opentelemetry::global::set_text_map_propagator;
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::layer::SubscriberExt as _;

#[tokio::test]
async fn the_trace_of_the_caller_goes_on() {
    set_text_map_propagator(TraceContextPropagator::new());
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let tracer = provider.tracer("tests");
    let subscriber = tracing_subscriber::registry().with(tracing_opentelemetry::layer().with_tracer(tracer));
    let _guard = tracing::subscriber::set_default(subscriber);
    let trace = || async { Span::current().context().span().span_context().trace_id().to_string() };
    let server = start(builder(), Router::new().route("/", get(trace))).await;
    let id = "0af7651916cd43dd8448eb211c80319c";
    let get = |more: &str| format!("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{more}\r\n");
    let answer = server.raw(get(&format!("traceparent: 00-{id}-b7ad6b7169203331-01\r\n"))).await;
    assert!(answer.ends_with(id), "{answer}");
    let answer = server.raw(get("traceparent: nonsense\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && !answer.ends_with(id), "{answer}");
    server.stop().await;
    let exported = exporter.get_finished_spans().unwrap();
    let attributes: Vec<_> = exported.iter().flat_map(|span| &span.attributes).collect();
    let is_number = |name: &str| {
        let mut own = attributes.iter().filter(|own| own.key.as_str() == name).peekable();
        own.peek().is_some() && own.all(|own| matches!(own.value, Value::I64(_)))
    };
    for name in ["http.response.status_code", "client.port"] {
        assert!(is_number(name), "{name} in {attributes:?}");
    }
}
