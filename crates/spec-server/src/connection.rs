//! Listeners and connections: how many there are, how long they live, and how they end.
//!
//! Knows sockets and versions of HTTP. Must not know what is asked and answered on a connection.

use crate::activity::{Activity, InFlight, Keeping, Nothing, Patience, Watched};
use crate::config::Config;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use bytes::BytesMut;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;
use tower::Service as _;

/// The beginning of every HTTP/2 connection (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The number of connections at once that are told that there are too many; others are closed.
const REFUSALS: usize = 64;

/// The time and the bytes for which a caller who is told so is listened to. To close a connection on which
/// bytes are unread would take the answer back (RFC 9112, 9.6).
const REFUSAL: (Duration, u64) = (Duration::from_secs(1), 64 * 1024);

/// The time to wait after the system gave no connection: there may be no more files.
const BREATH: Duration = Duration::from_millis(50);

/// The stages in which a server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Serving,
    /// Nothing new begins.
    Draining,
    /// Nothing goes on.
    Aborting,
}

/// The state that all listeners of a service share.
pub(crate) struct Connections {
    pub(crate) config: Config,
    router: Router,
    open: Arc<Semaphore>,
    refusals: Arc<Semaphore>,
    /// The number of those that were cut off at the end.
    cut_off: Arc<AtomicUsize>,
}

impl Connections {
    pub(crate) fn new(config: Config, router: Router, cut_off: Arc<AtomicUsize>) -> Arc<Self> {
        let open = Arc::new(Semaphore::new(config.connections));
        let refusals = Arc::new(Semaphore::new(REFUSALS));
        Arc::new(Connections { config, router, open, refusals, cut_off })
    }

    /// Takes connections until the server ends, and waits for them.
    pub(crate) async fn accept(self: Arc<Self>, listener: TcpListener, phase: watch::Receiver<Phase>) {
        let mut tasks = JoinSet::new();
        let mut end = phase.clone();
        loop {
            tokio::select! {
                biased;
                () = reached(&mut end, Phase::Draining) => break,
                Some(ended) = tasks.join_next(), if !tasks.is_empty() => report(ended),
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => self.begin(&mut tasks, stream, peer, phase.clone()),
                    // The peer has gone again, or there are no more files.
                    Err(error) => {
                        tracing::warn!(%error, "no connection can be accepted");
                        tokio::time::sleep(BREATH).await;
                    }
                },
            }
        }
        drop(listener);
        while let Some(ended) = tasks.join_next().await {
            report(ended);
        }
    }

    fn begin(
        self: &Arc<Self>,
        tasks: &mut JoinSet<()>,
        stream: TcpStream,
        peer: SocketAddr,
        phase: watch::Receiver<Phase>,
    ) {
        // Answers are written as a whole; waiting for more only delays them.
        let _ = stream.set_nodelay(true);
        if let Ok(permit) = self.open.clone().try_acquire_owned() {
            tasks.spawn(self.clone().serve(stream, peer, permit, phase));
            return;
        }
        tracing::warn!(client.address = %peer.ip(), "there are too many connections");
        #[cfg(feature = "tls")]
        if self.config.tls.is_some() {
            // It would take a handshake to say so.
            return;
        }
        if let Ok(permit) = self.refusals.clone().try_acquire_owned() {
            let retry_after = self.config.retry_after;
            tasks.spawn(async move {
                let _ = tokio::time::timeout(REFUSAL.0, refuse(stream, retry_after)).await;
                drop(permit);
            });
        }
    }

    /// Serves a connection to its end.
    async fn serve(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        permit: OwnedSemaphorePermit,
        phase: watch::Receiver<Phase>,
    ) {
        let activity = Activity::new();
        let mut end = phase.clone();
        let served = async {
            #[cfg(feature = "tls")]
            if let Some(tls) = self.config.tls.clone() {
                let mut end = phase.clone();
                let stream = tokio::select! {
                    accepted = tls.acceptor.accept(stream) => match accepted {
                        Ok(stream) => stream,
                        Err(error) => {
                            tracing::debug!(client.address = %peer.ip(), %error, "there is no TLS");
                            return;
                        }
                    },
                    _ = activity.exhausted(self.patience()) => return,
                    () = reached(&mut end, Phase::Draining) => return,
                };
                return self.serve_stream(stream, peer, permit, activity.clone(), phase).await;
            }
            self.serve_stream(stream, peer, permit, activity.clone(), phase).await;
        };
        tokio::select! {
            biased;
            () = served => {}
            () = reached(&mut end, Phase::Aborting) => {
                self.cut_off.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn patience(&self) -> Patience {
        let config = &self.config;
        Patience { header: config.header_timeout, idle: config.idle_timeout, stall: config.stall_timeout }
    }

    async fn serve_stream<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
        &self,
        mut stream: S,
        peer: SocketAddr,
        permit: OwnedSemaphorePermit,
        activity: Activity,
        mut phase: watch::Receiver<Phase>,
    ) {
        let mut before = BytesMut::with_capacity(1024);
        let is_http2 = tokio::select! {
            begun = begins_as_http2(&mut stream, &mut before) => match begun {
                Ok(Some(is_http2)) => is_http2,
                _ => return,
            },
            _ = activity.exhausted(self.patience()) => return,
            () = reached(&mut phase, Phase::Draining) => return,
        };
        let stream = TokioIo::new(Watched::new(stream, before.freeze(), activity.clone(), permit));
        let router = self.router.clone();
        let own = activity.clone();
        let service = service_fn(move |request: http::Request<Incoming>| {
            respond(router.clone(), request, peer, own.begin())
        });
        let config = &self.config;
        if is_http2 {
            activity.is_http2();
            let mut builder = http2::Builder::new(TokioExecutor::new());
            builder
                .timer(TokioTimer::new())
                .max_concurrent_streams(config.streams)
                .max_header_list_size(u32::try_from(config.header_bytes).unwrap_or(u32::MAX))
                // A peer that is gone does not answer.
                .keep_alive_interval(config.stall_timeout)
                .keep_alive_timeout(config.stall_timeout);
            let connection = builder.serve_connection(stream, service);
            self.drive(connection, |own| own.graceful_shutdown(), &activity, phase).await;
        } else {
            let mut builder = http1::Builder::new();
            builder
                .timer(TokioTimer::new())
                // `Activity` tells heads that are slow from connections that are idle.
                .header_read_timeout(None)
                .max_header_size(config.header_bytes)
                .max_buf_size((2 * config.header_bytes).max(64 * 1024));
            // hyper has room for this many without asking for memory.
            if config.header_count != 100 {
                builder.max_headers(config.header_count);
            }
            let connection = builder.serve_connection(stream, service).with_upgrades();
            self.drive(connection, |own| own.graceful_shutdown(), &activity, phase).await;
        }
    }

    /// Drives a connection until it ends, or nothing more is to be expected of it.
    async fn drive<C: Future<Output = hyper::Result<()>>>(
        &self,
        connection: C,
        leave: impl Fn(Pin<&mut C>),
        activity: &Activity,
        mut phase: watch::Receiver<Phase>,
    ) {
        let mut connection = pin!(connection);
        let mut is_told = false;
        // When a peer must be gone whom we told that we go.
        let mut due: Option<Instant> = None;
        loop {
            tokio::select! {
                biased;
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a connection broke off");
                    }
                    return;
                }
                () = reached(&mut phase, Phase::Draining), if !is_told => {
                    leave(connection.as_mut());
                    is_told = true;
                }
                nothing = activity.exhausted(self.patience()), if due.is_none() => {
                    tracing::debug!(?nothing, "a connection is given up");
                    if nothing != Nothing::Asked {
                        return;
                    }
                    leave(connection.as_mut());
                    due = Some(Instant::now() + self.config.header_timeout);
                }
                () = sleep_until(due), if due.is_some() => return,
            }
        }
    }
}

/// Waits until the end of the server has come so far, or there is no server any more.
async fn reached(phase: &mut watch::Receiver<Phase>, at_least: Phase) {
    let _ = phase.wait_for(|phase| *phase >= at_least).await;
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// Says what a task of a connection panicked of; whatever can, answers for itself before.
fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a connection panicked");
    }
}

/// Answers a request; the request is in flight until its answer has been sent.
async fn respond(
    mut router: Router,
    request: http::Request<Incoming>,
    peer: SocketAddr,
    in_flight: InFlight,
) -> Result<http::Response<Body>, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = router.call(request).await?;
    Ok(response.map(|body| Keeping::around(body, in_flight)))
}

/// Reads as much as tells whether HTTP/2 is spoken; none where nothing is said.
async fn begins_as_http2(
    stream: &mut (impl AsyncRead + Unpin),
    before: &mut BytesMut,
) -> io::Result<Option<bool>> {
    loop {
        if stream.read_buf(before).await? == 0 {
            return Ok(None);
        }
        let length = before.len().min(PREFACE.len());
        if before[..length] != PREFACE[..length] {
            return Ok(Some(false));
        }
        if length == PREFACE.len() {
            return Ok(Some(true));
        }
    }
}

/// Tells a caller that there are too many.
async fn refuse(mut stream: TcpStream, retry_after: Duration) -> io::Result<()> {
    let body =
        r#"{"title":"Service Unavailable","status":503,"detail":"the server has too many connections"}"#;
    let head = format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nContent-Length: {}\r\n\
         Retry-After: {}\r\nConnection: close\r\n\r\n",
        body.len(),
        retry_after.as_secs().max(1),
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await?;
    let mut rest = stream.take(REFUSAL.1);
    tokio::io::copy(&mut rest, &mut tokio::io::sink()).await.map(drop)
}
