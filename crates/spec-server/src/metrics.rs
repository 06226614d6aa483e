//! Metrics of requests, as Prometheus reads them.
//!
//! Knows names and labels. Must not know who serves the page.

use crate::observe::Labels;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use metrics::{gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// `http.server.request.duration` of the semantic conventions, in the spelling of Prometheus.
const DURATION: &str = "http_server_request_duration_seconds";

/// `http.server.active_requests`.
const ACTIVE: &str = "http_server_active_requests";

/// Seconds, as the semantic conventions of OpenTelemetry advise.
const BUCKETS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The time after which what was measured is put in order, whether it is asked for or not.
const UPKEEP: Duration = Duration::from_secs(5);

/// Durations of requests by operation, route, method and status, as a page for Prometheus.
///
/// The page is called `/metrics`, and stands on a listener of its own or on that of the service.
#[derive(Clone)]
pub struct Metrics {
    recorder: Arc<PrometheusRecorder>,
    handle: PrometheusHandle,
    pub(crate) own_listener: Option<SocketAddr>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("own_listener", &self.own_listener).finish_non_exhaustive()
    }
}

impl Metrics {
    /// Shows the page at `/metrics` of an address that only Prometheus can reach. This is the one to take.
    #[must_use]
    pub fn on(address: SocketAddr) -> Self {
        Metrics::new(Some(address))
    }

    /// Shows the page at `/metrics` of the service itself, to everyone who can reach it.
    #[must_use]
    pub fn beside_the_service() -> Self {
        Metrics::new(None)
    }

    fn new(own_listener: Option<SocketAddr>) -> Self {
        let builder = PrometheusBuilder::new();
        // There are buckets, which is all that it asks for.
        let builder = builder.set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BUCKETS);
        let recorder = builder.unwrap_or_else(|_| PrometheusBuilder::new()).build_recorder();
        let handle = recorder.handle();
        Metrics { recorder: Arc::new(recorder), handle, own_listener }
    }

    /// Makes the macros of the crate `metrics` record here, so that metrics of your own stand on the same
    /// page.
    ///
    /// # Errors
    ///
    /// When something records them already.
    pub fn install(&self) -> Result<(), metrics::SetRecorderError<Arc<PrometheusRecorder>>> {
        metrics::set_global_recorder(self.recorder.clone())
    }

    /// Returns the page, in the format of Prometheus.
    #[must_use]
    pub fn render(&self) -> String {
        self.handle.render()
    }

    /// Returns the page if this is its path, and it stands beside the service.
    pub(crate) fn page(&self, path: &str) -> Option<Response> {
        (self.own_listener.is_none() && path == "/metrics").then(|| self.answer())
    }

    pub(crate) fn answer(&self) -> Response {
        ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], self.render()).into_response()
    }

    /// Keeps what was measured in order; never ends.
    pub(crate) async fn keep_up(self) {
        loop {
            tokio::time::sleep(UPKEEP).await;
            self.handle.run_upkeep();
        }
    }

    pub(crate) fn begin(&self) {
        with_local_recorder(&self.recorder, || gauge!(ACTIVE).increment(1));
    }

    /// Notes how long a request took; one whose caller left has no status.
    pub(crate) fn end(&self, labels: &Labels, status: Option<StatusCode>, duration: Duration) {
        let status = status.map(|status| status.as_str().to_owned()).unwrap_or_default();
        with_local_recorder(&self.recorder, || {
            gauge!(ACTIVE).decrement(1);
            histogram!(
                DURATION,
                "http_request_method" => labels.method,
                "http_response_status_code" => status,
                "http_route" => labels.route.clone(),
                "operation_id" => labels.operation,
            )
            .record(duration);
        });
    }
}
