//! What is told of calls while they are made, by the semantic conventions of OpenTelemetry for HTTP clients.
//!
//! With `tracing`: a span for each call, one for each request below it, and events of what happens to them.
//! With `opentelemetry`: the context of the trace in each request, and its duration. No body is told, no
//! query, no user and password, and no header but those that somebody asks for. Must not know how calls are
//! made.

#[cfg(not(feature = "tracing"))]
mod off;
#[cfg(feature = "tracing")]
mod spans;
#[cfg(feature = "opentelemetry")]
mod telemetry;

#[cfg(not(feature = "tracing"))]
pub(super) use off::{CallTrace, Observer, RequestTrace};
#[cfg(feature = "tracing")]
pub(super) use spans::{CallTrace, Observer, RequestTrace};
#[cfg(feature = "opentelemetry")]
pub(super) use telemetry::Durations;
