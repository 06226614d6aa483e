//! The context of the trace in requests, and their durations.

use super::support::{Client, Server, answer, client, closed_port, ok};
use opentelemetry::global::{set_meter_provider, set_text_map_propagator};
use opentelemetry::trace::{SpanKind, Status, TraceContextExt as _, Tracer as _, TracerProvider as _};
use opentelemetry::{Context, Value};
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, HistogramDataPoint, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use spec_runtime::client::{Configure, Retry};
use std::sync::OnceLock;
use std::time::Duration;
use tracing::subscriber::{DefaultGuard, set_default};
use tracing_subscriber::layer::SubscriberExt as _;

const QUICK: Retry = Retry::new().with_waits(Duration::from_millis(20), 2.0, Duration::from_millis(40));

/// The meters of the process: there is one global provider.
static METERS: OnceLock<(SdkMeterProvider, InMemoryMetricExporter)> = OnceLock::new();

fn meters() -> &'static (SdkMeterProvider, InMemoryMetricExporter) {
    METERS.get_or_init(|| {
        let exporter = InMemoryMetricExporter::default();
        let reader =
            PeriodicReader::builder(exporter.clone()).with_interval(Duration::from_secs(3600)).build();
        let provider = SdkMeterProvider::builder().with_reader(reader).build();
        set_meter_provider(provider.clone());
        set_text_map_propagator(TraceContextPropagator::new());
        (provider, exporter)
    })
}

/// Exports the spans of this thread.
fn spans() -> (SdkTracerProvider, InMemorySpanExporter, DefaultGuard) {
    meters();
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("tests"));
    let guard = set_default(tracing_subscriber::registry().with(layer));
    (provider, exporter, guard)
}

fn quick(url: &str) -> Client {
    client(url).with_retry(QUICK)
}

fn value<'a>(span: &'a SpanData, key: &str) -> Option<&'a Value> {
    span.attributes.iter().find(|own| own.key.as_str() == key).map(|own| &own.value)
}

/// Returns trace and parent of a `traceparent` (W3C Trace Context, 3.2).
fn parts(traceparent: &str) -> (&str, &str) {
    let parts: Vec<_> = traceparent.split('-').collect();
    assert!(parts.len() == 4 && parts[0] == "00" && parts[3] == "01", "{traceparent}");
    (parts[1], parts[2])
}

/// A count, a sum, and attributes in the order of their keys.
type Counted = (u64, f64, Vec<(String, String)>);

/// Returns what is counted of the requests to a port.
fn durations(port: u16) -> Vec<Counted> {
    let (provider, exporter) = meters();
    provider.force_flush().unwrap();
    let exported = exporter.get_finished_metrics().unwrap();
    let all = exported.last().unwrap();
    let metric = all
        .scope_metrics()
        .filter(|scope| scope.scope().name() == "spec-runtime")
        .flat_map(|scope| scope.metrics())
        .find(|metric| metric.name() == "http.client.request.duration")
        .unwrap();
    assert_eq!(metric.unit(), "s");
    let AggregatedMetrics::F64(MetricData::Histogram(histogram)) = metric.data() else {
        panic!("{metric:?}")
    };
    let read = |point: &HistogramDataPoint<f64>| {
        assert_eq!(point.bounds().count(), 14);
        let mut attributes: Vec<_> =
            point.attributes().map(|own| (own.key.to_string(), own.value.to_string())).collect();
        attributes.sort();
        (point.count(), point.sum(), attributes)
    };
    let own = ("server.port".to_owned(), port.to_string());
    let mut points: Vec<_> =
        histogram.data_points().map(read).filter(|(_, _, attributes)| attributes.contains(&own)).collect();
    points.sort_by(|one, other| one.2.cmp(&other.2));
    points
}

fn port(url: &str) -> u16 {
    url.rsplit_once(':').unwrap().1.parse().unwrap()
}

#[tokio::test]
async fn each_attempt_has_its_own_place_in_one_trace() {
    let (_provider, exporter, guard) = spans();
    let server = Server::scripted(vec![answer(503, "", ""), answer(503, "", ""), ok("done")]).await;
    quick(&server.url).get::<0>().text().await.unwrap();
    drop(guard);

    let exported = exporter.get_finished_spans().unwrap();
    let (calls, requests): (Vec<_>, Vec<_>) =
        exported.iter().partition(|span| span.span_kind == SpanKind::Internal);
    assert_eq!((calls.len(), requests.len()), (1, 3));
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    for (index, (seen, span)) in seen.iter().zip(&requests).enumerate() {
        let (trace, parent) = parts(seen.header("traceparent").unwrap());
        assert_eq!(trace, calls[0].span_context.trace_id().to_string());
        assert_eq!(parent, span.span_context.span_id().to_string());
        assert_eq!(span.parent_span_id, calls[0].span_context.span_id());
        assert_eq!((span.name.as_ref(), &span.span_kind), ("GET /things", &SpanKind::Client));
        assert_eq!(matches!(span.status, Status::Error { .. }), index < 2, "{span:?}");
        let resent = (index > 0).then_some(Value::I64(index as i64));
        assert_eq!(value(span, "http.request.resend_count"), resent.as_ref());
        let status = if index < 2 { 503 } else { 200 };
        assert_eq!(value(span, "http.response.status_code"), Some(&Value::I64(status)));
        assert_eq!(value(span, "server.port"), Some(&Value::I64(port(&server.url).into())));
    }
    assert!(seen[0].header("traceparent") != seen[1].header("traceparent"));

    let counted = durations(port(&server.url));
    let outcomes: Vec<_> = counted
        .iter()
        .map(|(count, sum, attributes)| {
            assert!(*sum > 0.0 && *sum < 10.0, "seconds: {sum}");
            let texts: Vec<_> = attributes.iter().map(|(key, value)| format!("{key}={value}")).collect();
            (*count, texts.join(" "))
        })
        .collect();
    let port = port(&server.url);
    let rest = format!(
        "network.protocol.version=1.1 server.address=127.0.0.1 server.port={port} url.template=/things"
    );
    let (method, status) = ("http.request.method=GET", "http.response.status_code");
    let expected = [
        (2, format!("error.type=503 {method} {status}=503 {rest}")),
        (1, format!("{method} {status}=200 {rest}")),
    ];
    assert_eq!(outcomes, expected);
}

#[tokio::test]
async fn what_is_not_answered_is_measured_too() {
    meters();
    let port = closed_port().await;
    quick(&format!("http://127.0.0.1:{port}")).with_attempts(1).get::<0>().send().await.unwrap_err();
    let counted = durations(port);
    assert_eq!((counted.len(), counted[0].0), (1, 1));
    assert!(counted[0].2.contains(&("error.type".to_owned(), "not_connected".to_owned())), "{counted:?}");
}

#[tokio::test]
async fn a_context_of_the_caller_wins() {
    let (_provider, _, _guard) = spans();
    let server = Server::scripted(vec![answer(503, "", ""), ok("")]).await;
    let own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    quick(&server.url).get::<0>().with_header("traceparent", own).text().await.unwrap();
    for seen in server.seen() {
        assert_eq!(seen.head.matches("traceparent").count(), 1, "{}", seen.head);
        assert_eq!((seen.header("traceparent"), seen.header("tracestate")), (Some(own), None));
    }
}

#[tokio::test]
async fn other_servers_are_not_told_of_the_trace() {
    let (_provider, _, _guard) = spans();
    let other = Server::scripted(vec![ok("done")]).await;
    let moved = answer(307, &format!("location: {}/done\r\n", other.url), "");
    let again = answer(307, "location: /again\r\n", "");
    let server = Server::scripted(vec![again, moved]).await;
    quick(&server.url).get::<0>().text().await.unwrap();
    let told: Vec<_> = server.seen().iter().map(|seen| seen.header("traceparent").is_some()).collect();
    assert_eq!((told, other.seen()[0].header("traceparent")), (vec![true, true], None));
}

#[tokio::test]
async fn requests_for_tokens_are_a_part_of_the_trace() {
    let (_provider, exporter, guard) = spans();
    let token = r#"{"access_token": "fresh-token"}"#;
    let server = Server::scripted(vec![ok(token), ok("done")]).await;
    quick(&server.url).with_tokens("/token").get::<3>().text().await.unwrap();
    drop(guard);
    let seen = server.seen();
    let contexts: Vec<_> = seen.iter().map(|seen| parts(seen.header("traceparent").unwrap())).collect();
    assert!(contexts[0].0 == contexts[1].0 && contexts[0].1 != contexts[1].1, "{contexts:?}");
    let names: Vec<_> = exporter.get_finished_spans().unwrap().into_iter().map(|span| span.name).collect();
    assert_eq!(names, ["POST", "GET /things", "guarded"]);
}

/// Spans of `tracing` may be filtered out, or never have been listened to.
#[tokio::test]
async fn a_span_that_opentelemetry_itself_has_opened_goes_on() {
    meters();
    let provider = SdkTracerProvider::builder().build();
    let span = provider.tracer("tests").start("own");
    let context = Context::current_with_span(span);
    let id = context.span().span_context().trace_id().to_string();
    let server = Server::scripted(vec![ok("")]).await;
    let call = quick(&server.url);
    opentelemetry::trace::FutureExt::with_context(call.get::<0>().text(), context).await.unwrap();
    assert_eq!(parts(server.seen()[0].header("traceparent").unwrap()).0, id);
}
