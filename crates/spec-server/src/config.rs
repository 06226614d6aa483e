//! What can be set of a server, and what holds where nothing is.
//!
//! Knows names, units and defaults. Must not know how a limit is kept.

#[cfg(feature = "metrics")]
use crate::metrics::Metrics;
#[cfg(feature = "tls")]
use crate::tls::Tls;
use futures_util::future::BoxFuture;
use spec_runtime::server::RoutedOperation;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tower_http::cors::CorsLayer;

/// Says whether the service is ready, and if not, why: for the log.
pub(crate) type ReadyCheck = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Operations of a router, and the path that it is nested below.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nested {
    pub(crate) below: &'static str,
    pub(crate) operations: &'static [RoutedOperation],
}

/// All settings.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) header_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) body_timeout: Duration,
    pub(crate) stall_timeout: Duration,
    pub(crate) handler_timeout: Duration,
    pub(crate) header_bytes: usize,
    pub(crate) header_count: usize,
    pub(crate) body_bytes: usize,
    pub(crate) body_bytes_of: HashMap<&'static str, usize>,
    pub(crate) connections: usize,
    pub(crate) in_flight: usize,
    pub(crate) streams: u32,
    pub(crate) retry_after: Duration,
    pub(crate) drain_delay: Duration,
    pub(crate) drain_timeout: Duration,
    pub(crate) health_path: Option<String>,
    pub(crate) ready_path: Option<String>,
    pub(crate) ready_check: Option<ReadyCheck>,
    pub(crate) operations: Vec<Nested>,
    pub(crate) cors: Option<CorsLayer>,
    pub(crate) compression: bool,
    pub(crate) decompression: bool,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Tls>,
    #[cfg(feature = "metrics")]
    pub(crate) metrics: Option<Metrics>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            body_timeout: Duration::from_secs(60),
            stall_timeout: Duration::from_secs(20),
            handler_timeout: Duration::from_secs(30),
            header_bytes: 32 * 1024,
            header_count: 100,
            body_bytes: 2 * 1024 * 1024,
            body_bytes_of: HashMap::new(),
            connections: 2_000,
            in_flight: 500,
            streams: 100,
            retry_after: Duration::from_secs(5),
            drain_delay: Duration::ZERO,
            drain_timeout: Duration::from_secs(25),
            health_path: Some("/health".to_owned()),
            ready_path: Some("/ready".to_owned()),
            ready_check: None,
            operations: Vec::new(),
            cors: None,
            compression: true,
            decompression: true,
            #[cfg(feature = "tls")]
            tls: None,
            #[cfg(feature = "metrics")]
            metrics: None,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("header_timeout", &self.header_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("body_timeout", &self.body_timeout)
            .field("stall_timeout", &self.stall_timeout)
            .field("handler_timeout", &self.handler_timeout)
            .field("body_bytes", &self.body_bytes)
            .field("connections", &self.connections)
            .field("in_flight", &self.in_flight)
            .field("drain_timeout", &self.drain_timeout)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// Says which setting can't be kept, and what to do.
    pub(crate) fn fault(&self) -> Option<String> {
        let paths = [("health_path", &self.health_path), ("ready_path", &self.ready_path)];
        let crooked = paths.iter().find_map(|(name, path)| {
            let path = path.as_ref().filter(|path| !path.starts_with('/'))?;
            Some(format!("`{name}` is `{path}`: begin it with a slash"))
        });
        let below = self.operations.iter().find(|nested| {
            !nested.below.is_empty() && (!nested.below.starts_with('/') || nested.below.ends_with('/'))
        });
        let below = below.map(|nested| {
            format!("operations are below `{}`: begin it with a slash, and end it without one", nested.below)
        });
        let counts = [
            ("connections", self.connections),
            ("in_flight", self.in_flight),
            ("streams", self.streams as usize),
            ("header_count", self.header_count),
            ("header_bytes", self.header_bytes),
        ];
        let none = counts.iter().find(|(_, count)| *count == 0);
        let none = none.map(|(name, _)| format!("`{name}` is 0, so nothing could be served: give it more"));
        // More than a semaphore can count.
        let many = counts.iter().find(|(_, count)| *count > usize::MAX >> 4);
        let many = many.map(|(name, count)| format!("`{name}` is {count}: give it less"));
        crooked.or(below).or(none).or(many)
    }
}
