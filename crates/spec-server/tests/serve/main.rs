//! The server, over sockets: as it is attacked, as it is used, and as it ends.

#[cfg(unix)]
mod ends;
mod generated;
mod limits;
#[cfg(feature = "metrics")]
mod metrics;
#[cfg(feature = "otel")]
mod otel;
mod overload;
mod support;
#[cfg(feature = "tls")]
mod tls;
mod uses;
