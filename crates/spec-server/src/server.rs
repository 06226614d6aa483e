//! The server: what is set of it, where it listens, and how it ends.
//!
//! Knows signals and the order of shutting down. Must not know how a limit is kept.

use crate::config::{Config, Nested};
use crate::connection::{Connections, Phase};
#[cfg(feature = "metrics")]
use crate::metrics::Metrics;
use crate::request::{Shared, around};
#[cfg(feature = "tls")]
use crate::tls::Tls;
use axum::Router;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use spec_runtime::server::RoutedOperation;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower_http::cors::CorsLayer;

/// The settings of a server. Every setting has a default that is safe to serve the internet with.
#[derive(Default)]
#[must_use = "a builder listens to nobody until `bind` is called"]
pub struct Builder {
    config: Config,
    addresses: Vec<SocketAddr>,
    listeners: Vec<std::net::TcpListener>,
    shutdown: Option<BoxFuture<'static, ()>>,
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("config", &self.config).field("addresses", &self.addresses).finish()
    }
}

/// Where to listen.
impl Builder {
    /// Adds an address to listen at; port 0 takes a free one. Call it again for more addresses.
    pub fn listen(mut self, address: impl Into<SocketAddr>) -> Self {
        self.addresses.push(address.into());
        self
    }

    /// Adds a socket that somebody else opened, such as systemd.
    pub fn listener(mut self, listener: std::net::TcpListener) -> Self {
        self.listeners.push(listener);
        self
    }

    /// Speaks TLS at all addresses.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.config.tls = Some(tls);
        self
    }
}

/// Sets how long things may take.
impl Builder {
    /// Sets how long the head of a request may take, from its first byte to its last one; on a new connection
    /// from the beginning, with the handshake of TLS. Then the connection is closed. Default: 10 seconds.
    ///
    /// Heads of HTTP/2 have until `idle_timeout`.
    pub fn header_timeout(mut self, timeout: Duration) -> Self {
        self.config.header_timeout = timeout;
        self
    }

    /// Sets how long a connection may wait for its next request. It should be longer than that of a load
    /// balancer before the service. Default: 75 seconds.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.config.idle_timeout = timeout;
        self
    }

    /// Sets how long the body of a request may take, from when it is first asked for. Then the answer is 408,
    /// unless there is another one already. Default: 60 seconds.
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.config.body_timeout = timeout;
        self
    }

    /// Sets how long a body may bring nothing (408), and how long a caller may take nothing of an answer (the
    /// connection is closed). HTTP/2 is asked for a sign of life as often. Default: 20 seconds.
    pub fn stall_timeout(mut self, timeout: Duration) -> Self {
        self.config.stall_timeout = timeout;
        self
    }

    /// Sets how long a handler may take until its answer begins, from when the last piece of the body came.
    /// Then it is dropped, and the answer is 503: 504 is for gateways (RFC 9110, 15.6.5). There is no
    /// `Retry-After`, because the handler may have done half of its work. Bodies of answers, such as streams,
    /// may take longer. Default: 30 seconds.
    pub fn handler_timeout(mut self, timeout: Duration) -> Self {
        self.config.handler_timeout = timeout;
        self
    }
}

/// Sets how large and how many things may be.
impl Builder {
    /// Sets how many bytes the head of a request may have, the path included: else 431. Default: 32 KiB.
    pub fn header_bytes(mut self, bytes: usize) -> Self {
        self.config.header_bytes = bytes;
        self
    }

    /// Sets how many headers a request may have: else 431. Default: 100.
    pub fn header_count(mut self, count: usize) -> Self {
        self.config.header_count = count;
        self
    }

    /// Sets how many bytes the body of a request may have, as it comes and as it is decoded: else 413.
    /// It stands in for the `DefaultBodyLimit` of axum, which a layer of a route may still set lower.
    /// Default: 2 MiB.
    pub fn body_bytes(mut self, bytes: usize) -> Self {
        self.config.body_bytes = bytes;
        self
    }

    /// Sets the same for one operation, by its `operationId`. [`operations`](Builder::operations) must be
    /// set.
    pub fn body_bytes_of(mut self, operation_id: &'static str, bytes: usize) -> Self {
        self.config.body_bytes_of.insert(operation_id, bytes);
        self
    }

    /// Sets how many connections there may be. A few more are answered 503 with `Retry-After` and closed;
    /// with TLS, and if there are many, they are closed at once. Default: 2,000. The system must allow as
    /// many files (`ulimit -n`).
    pub fn connections(mut self, count: usize) -> Self {
        self.config.connections = count;
        self
    }

    /// Sets how many requests may be in flight, from the end of the head to the end of the answer. More are
    /// answered 503 with `Retry-After`. Together with `body_bytes` this bounds memory. Default: 500.
    pub fn in_flight(mut self, count: usize) -> Self {
        self.config.in_flight = count;
        self
    }

    /// Sets how many requests may be in flight on one connection of HTTP/2. Default: 100.
    pub fn streams(mut self, count: u32) -> Self {
        self.config.streams = count;
        self
    }

    /// Sets what `Retry-After` says, in whole seconds, and at least one. Default: 5 seconds.
    pub fn retry_after(mut self, duration: Duration) -> Self {
        self.config.retry_after = duration;
        self
    }
}

/// Sets how the server ends, and what it says of itself.
impl Builder {
    /// Ends the server when a future does, instead of at SIGTERM or SIGINT.
    pub fn shutdown(mut self, when: impl Future<Output = ()> + Send + 'static) -> Self {
        self.shutdown = Some(when.boxed());
        self
    }

    /// Sets how long the server still takes connections after it was told to end, while `/ready` says no
    /// already: until load balancers have noticed. Default: 0.
    pub fn drain_delay(mut self, delay: Duration) -> Self {
        self.config.drain_delay = delay;
        self
    }

    /// Sets how long requests in flight have until they are cut off, once no more are taken. A second signal
    /// cuts them off at once. Default: 25 seconds, because Kubernetes kills after 30.
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.config.drain_timeout = timeout;
        self
    }

    /// Sets the path that answers 200 as long as the server lives, or none. The server answers it before the
    /// router, and even when it is overloaded. Default: `/health`.
    pub fn health_path(mut self, path: Option<&str>) -> Self {
        self.config.health_path = path.map(str::to_owned);
        self
    }

    /// Sets the path that answers 200 as long as the service can take requests, and else 503, or none.
    /// Default: `/ready`.
    pub fn ready_path(mut self, path: Option<&str>) -> Self {
        self.config.ready_path = path.map(str::to_owned);
        self
    }

    /// Sets what says whether the service can take requests: whether a database answers, say. The reason goes
    /// to the log, not to the caller. It has 5 seconds. Default: it always can, until it shuts down.
    pub fn ready_check<F, R>(mut self, check: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.config.ready_check = Some(Arc::new(move || check().boxed()));
        self
    }
}

/// Sets what is done with requests and answers.
impl Builder {
    /// Says which operations the router has: `operations()` of a generated server. Then spans and metrics are
    /// named by `operationId`, and layers find an [`OperationId`](crate::OperationId) in the extensions of a
    /// request.
    pub fn operations(self, operations: &'static [RoutedOperation]) -> Self {
        self.operations_below("", operations)
    }

    /// Says the same of a router that is nested below a path, such as `/v1`. Call it again for more routers.
    pub fn operations_below(mut self, below: &'static str, operations: &'static [RoutedOperation]) -> Self {
        self.config.operations.push(Nested { below, operations });
        self
    }

    /// Answers other origins by the rules of a layer of tower-http. Default: nothing is said to them.
    pub fn cors(mut self, cors: CorsLayer) -> Self {
        self.config.cors = Some(cors);
        self
    }

    /// Sets whether answers are compressed for callers that ask for it (gzip, zstd). Streams of events and
    /// lines, images, and what is short never are. Default: they are.
    pub fn compression(mut self, is_on: bool) -> Self {
        self.config.compression = is_on;
        self
    }

    /// Sets whether bodies of requests may be compressed (gzip, zstd). Switch it off if handlers decode
    /// bodies themselves. Default: they may.
    pub fn decompression(mut self, is_on: bool) -> Self {
        self.config.decompression = is_on;
        self
    }

    /// Measures requests, for Prometheus.
    #[cfg(feature = "metrics")]
    pub fn metrics(mut self, metrics: Metrics) -> Self {
        self.config.metrics = Some(metrics);
        self
    }
}

impl Builder {
    /// Begins to listen. Connections wait until [`Server::run`] is called.
    ///
    /// # Errors
    ///
    /// When an address can't be had, none is given, or a setting can't be kept.
    pub async fn bind(self) -> io::Result<Server> {
        let invalid = |message: String| io::Error::new(io::ErrorKind::InvalidInput, message);
        if let Some(fault) = self.config.fault() {
            return Err(invalid(fault));
        }
        if self.addresses.is_empty() && self.listeners.is_empty() {
            return Err(invalid("the server has no address: call `listen`".to_owned()));
        }
        let mut listeners = Vec::new();
        for address in self.addresses {
            listeners.push(bound(address).await?);
        }
        for listener in self.listeners {
            listener.set_nonblocking(true)?;
            listeners.push(TcpListener::from_std(listener)?);
        }
        #[cfg(feature = "metrics")]
        let metrics_listener = match self.config.metrics.as_ref().and_then(|metrics| metrics.own_listener) {
            Some(address) => Some(bound(address).await?),
            None => None,
        };
        Ok(Server {
            config: self.config,
            listeners,
            #[cfg(feature = "metrics")]
            metrics_listener,
            shutdown: self.shutdown,
        })
    }
}

/// Listens at an address; an error names it.
async fn bound(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| io::Error::new(error.kind(), format!("can't listen at {address}: {error}")))
}

/// The end of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stopped {
    /// The number of connections that were cut off, because the time for draining was over.
    pub cut_off: usize,
}

/// A server that listens.
#[must_use = "a server answers nobody until `run` is called"]
pub struct Server {
    config: Config,
    listeners: Vec<TcpListener>,
    #[cfg(feature = "metrics")]
    metrics_listener: Option<TcpListener>,
    shutdown: Option<BoxFuture<'static, ()>>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("config", &self.config).field("listeners", &self.listeners).finish()
    }
}

impl Server {
    /// Begins to set up a server.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Returns the addresses that it listens at, in the order in which they were given.
    ///
    /// # Errors
    ///
    /// When the system does not tell them.
    pub fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        self.listeners.iter().map(TcpListener::local_addr).collect()
    }

    /// Returns the address of the page of metrics, if it has one of its own.
    #[cfg(feature = "metrics")]
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_listener.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// Serves a router until the process is told to end (SIGTERM, SIGINT), and then until its requests have
    /// been answered.
    ///
    /// Panics of handlers are answered 500. That needs unwinding: with `panic = "abort"` the process ends.
    ///
    /// # Errors
    ///
    /// When signals can't be listened to.
    pub async fn run(self, router: Router) -> io::Result<Stopped> {
        let mut stop = Stop::new(self.shutdown)?;
        let shared = Shared::new(self.config.clone());
        let cut_off = Arc::new(AtomicUsize::new(0));
        let connections = Connections::new(self.config.clone(), around(router, &shared), cut_off.clone());
        let (phase, watched) = watch::channel(Phase::Serving);
        let mut listeners = JoinSet::new();
        for listener in self.listeners {
            listeners.spawn(connections.clone().accept(listener, watched.clone()));
        }
        // The page of metrics lives as long as there is something to measure.
        let mut others = JoinSet::new();
        #[cfg(feature = "metrics")]
        if let Some(metrics) = self.config.metrics {
            others.spawn(metrics.clone().keep_up());
            if let Some(listener) = self.metrics_listener {
                let pages = metrics_page(metrics);
                others.spawn(pages.accept(listener, watched.clone()));
            }
        }
        #[cfg(not(feature = "metrics"))]
        others.spawn(std::future::pending::<()>());

        stop.told().await;
        tracing::info!("the server shuts down");
        shared.drain();
        tokio::select! {
            () = tokio::time::sleep(self.config.drain_delay) => {}
            () = stop.told() => {}
        }
        phase.send_replace(Phase::Draining);
        tokio::select! {
            () = all(&mut listeners) => {}
            () = tokio::time::sleep(self.config.drain_timeout) => {}
            () = stop.told() => {}
        }
        phase.send_replace(Phase::Aborting);
        all(&mut listeners).await;
        others.abort_all();
        let stopped = Stopped { cut_off: cut_off.load(Ordering::Relaxed) };
        match stopped.cut_off {
            0 => tracing::info!("the server has shut down"),
            cut_off => tracing::warn!(cut_off, "the server has shut down, and cut connections off"),
        }
        Ok(stopped)
    }
}

async fn all(tasks: &mut JoinSet<()>) {
    while tasks.join_next().await.is_some() {}
}

/// Serves the page of metrics at an address of its own, within the default limits.
#[cfg(feature = "metrics")]
fn metrics_page(metrics: Metrics) -> Arc<Connections> {
    let config = Config { health_path: None, ready_path: None, ..Config::default() };
    let page = axum::routing::get(move || std::future::ready(metrics.answer()));
    let router = around(Router::new().route("/metrics", page), &Shared::new(config.clone()));
    Connections::new(config, router, Arc::default())
}

/// The signal that tells a server to end.
enum Stop {
    Future(Option<BoxFuture<'static, ()>>),
    #[cfg(unix)]
    Signals([tokio::signal::unix::Signal; 2]),
    #[cfg(not(unix))]
    Signals,
}

impl Stop {
    fn new(shutdown: Option<BoxFuture<'static, ()>>) -> io::Result<Self> {
        if shutdown.is_some() {
            return Ok(Stop::Future(shutdown));
        }
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Stop::Signals([signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?]))
        }
        #[cfg(not(unix))]
        Ok(Stop::Signals)
    }

    /// Waits until the server is told to end; a future tells it once, signals as often as they come.
    async fn told(&mut self) {
        match self {
            Stop::Future(future) => match future {
                Some(own) => {
                    own.await;
                    *future = None;
                }
                None => std::future::pending().await,
            },
            #[cfg(unix)]
            Stop::Signals([terminate, interrupt]) => {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
            }
            #[cfg(not(unix))]
            Stop::Signals => {
                if tokio::signal::ctrl_c().await.is_err() {
                    std::future::pending().await
                }
            }
        }
    }
}
