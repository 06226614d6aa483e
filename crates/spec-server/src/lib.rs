//! Serves routers of axum, such as generated ones, as services are expected to be served.
//!
//! Every limit is there from the beginning: of times, sizes and counts. SIGTERM and SIGINT let requests in
//! flight end. `/health` and `/ready` answer those who run the service. Bodies may be compressed both ways.
//! Panics are answers. What the router does not answer is answered as problem details (RFC 9457).
//!
//! ```no_run
//! use axum::{Router, routing};
//! use spec_server::Server;
//! use std::net::{Ipv4Addr, SocketAddr};
//! use std::time::Duration;
//!
//! # async fn example() -> std::io::Result<()> {
//! let router = Router::new().route("/hello", routing::get(|| async { "hello" }));
//! let server = Server::builder()
//!     .listen(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 8080)))
//!     .handler_timeout(Duration::from_secs(5))
//!     .bind()
//!     .await?;
//! server.run(router).await?; // until SIGTERM
//! # Ok(())
//! # }
//! ```
//!
//! Of a generated server, give it `router(service)`, and `operations()` to [`Builder::operations`]: spans,
//! logs, metrics and layers then know the `operationId` of each request.
//!
//! # What comes in what order
//!
//! From the outside: the id and the span of a request; CORS; compression; `/health` and `/ready`; the limit
//! of requests in flight; that of the body; decompression; the layers of the router, and the handler. So a
//! layer of yours, given to `Router::layer`, finds [`RequestId`], [`OperationId`] and axum's `MatchedPath`
//! and `ConnectInfo` in the extensions of a request, and sees bodies that are decoded and bounded.
//!
//! # Logs
//!
//! Everything is told to `tracing`. Each request has a span with the fields of the semantic conventions of
//! OpenTelemetry for HTTP servers, and one event of level INFO when its answer has been sent. An answer of
//! 5xx is an event of level ERROR with the id of the request and its cause: what a panic said, or the error
//! that became a `Failure`. Queries, headers and bodies are never logged.
//!
//! # Features
//!
//! * `tls`: HTTPS by rustls (`Tls`).
//! * `metrics`: durations of requests for Prometheus (`Metrics`).
//! * `otel`: the span of a request is the child of the one that its headers name (W3C Trace Context), by the
//!   propagator that is set in `opentelemetry::global`. Where spans go, your subscriber says.

mod activity;
mod body;
mod config;
mod connection;
mod layer;
#[cfg(feature = "metrics")]
mod metrics;
mod observe;
#[cfg(feature = "otel")]
mod otel;
mod request;
mod server;
#[cfg(feature = "tls")]
mod tls;

pub use layer::{Only, OnlyService, only};
#[cfg(feature = "metrics")]
pub use metrics::Metrics;
pub use request::RequestId;
pub use server::{Builder, Server, Stopped};
pub use spec_runtime::server::{OperationId, RoutedOperation};
#[cfg(feature = "tls")]
pub use tls::Tls;
#[cfg(feature = "tls")]
pub use tokio_rustls::rustls;
pub use tower_http::cors;
