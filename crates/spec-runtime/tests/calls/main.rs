//! Calls on loopback, against servers that misbehave as they are told: retries, timeouts, options,
//! interceptors, redirections, bodies, and what errors say.

#[cfg(feature = "blocking")]
mod blocking;
mod bodies;
mod errors;
#[cfg(feature = "testing")]
mod faults;
mod in_process;
mod options;
#[cfg(feature = "testing")]
mod recordings;
mod redirections;
mod retries;
mod support;
#[cfg(feature = "opentelemetry")]
mod telemetry;
mod timeouts;
#[cfg(all(feature = "testing", feature = "tracing"))]
mod traces;
