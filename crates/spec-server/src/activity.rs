//! What happens on a connection, and since when nothing does.
//!
//! Knows bytes, and when requests begin and end. Must not know HTTP beyond that, nor who closes a connection.

use axum::body::Body;
use bytes::{Buf, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// The longest time that each kind of nothing may last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// From the first byte of a head to its end.
    pub(crate) header: Duration,
    /// Between requests.
    pub(crate) idle: Duration,
    /// While the peer takes nothing of what is written.
    pub(crate) stall: Duration,
}

/// The thing that has not happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Nothing {
    /// The peer takes none of the bytes that are written.
    Taken,
    /// The head of a request does not end.
    Whole,
    /// No request comes.
    Asked,
}

#[derive(Debug)]
struct State {
    in_flight: usize,
    idle_since: Instant,
    /// When bytes came while no request was in flight: a head, in HTTP/1.
    head_since: Option<Instant>,
    blocked_since: Option<Instant>,
    is_http2: bool,
}

/// The activity on one connection.
#[derive(Clone, Debug)]
pub(crate) struct Activity(Arc<Mutex<State>>);

impl Activity {
    pub(crate) fn new() -> Self {
        Activity(Arc::new(Mutex::new(State {
            in_flight: 0,
            idle_since: Instant::now(),
            // Whoever connects has something to ask.
            head_since: Some(Instant::now()),
            blocked_since: None,
            is_http2: false,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that frames come which are no heads.
    pub(crate) fn is_http2(&self) {
        let mut state = self.state();
        (state.is_http2, state.head_since) = (true, None);
    }

    /// Notes that a request has come; it lasts until what is returned is dropped.
    pub(crate) fn begin(&self) -> InFlight {
        let mut state = self.state();
        state.in_flight += 1;
        state.head_since = None;
        InFlight(self.clone())
    }

    fn has_read(&self) {
        let mut state = self.state();
        if state.in_flight == 0 && !state.is_http2 {
            state.head_since.get_or_insert_with(Instant::now);
        }
    }

    fn has_written(&self, is_blocked: bool) {
        let mut state = self.state();
        match is_blocked {
            true => _ = state.blocked_since.get_or_insert_with(Instant::now),
            false => state.blocked_since = None,
        }
    }

    /// Waits until patience is at its end, and says why.
    pub(crate) async fn exhausted(&self, patience: Patience) -> Nothing {
        loop {
            let now = Instant::now();
            let waits = {
                let state = self.state();
                let is_idle = state.in_flight == 0;
                [
                    (state.blocked_since.map(|since| since + patience.stall), Nothing::Taken),
                    (state.head_since.map(|since| since + patience.header), Nothing::Whole),
                    (is_idle.then(|| state.idle_since + patience.idle), Nothing::Asked),
                ]
            };
            let due = waits.iter().filter_map(|(at, why)| at.map(|at| (at, *why))).min();
            if let Some((_, why)) = due.filter(|(at, _)| *at <= now) {
                return why;
            }
            // Whatever begins from now on ends no earlier than this.
            let soonest = now + patience.header.min(patience.idle).min(patience.stall);
            tokio::time::sleep_until(due.map_or(soonest, |(at, _)| at.min(soonest))).await;
        }
    }
}

/// A request that is in flight.
#[derive(Debug)]
pub(crate) struct InFlight(Activity);

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        state.idle_since = Instant::now();
    }
}

/// A body that keeps something until it has been sent.
pub(crate) struct Keeping<T> {
    body: Body,
    _kept: T,
}

impl<T: Send + Unpin + 'static> Keeping<T> {
    pub(crate) fn around(body: Body, kept: T) -> Body {
        Body::new(Keeping { body, _kept: kept })
    }
}

impl<T: Unpin> HttpBody for Keeping<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection whose bytes are noted, and which keeps something while it is open.
pub(crate) struct Watched<S, K> {
    stream: S,
    /// The bytes that were read before anybody knew the version of HTTP.
    before: Bytes,
    activity: Activity,
    _kept: K,
}

impl<S, K> Watched<S, K> {
    pub(crate) fn new(stream: S, before: Bytes, activity: Activity, kept: K) -> Self {
        Watched { stream, before, activity, _kept: kept }
    }

    fn noted<T>(&self, poll: Poll<T>) -> Poll<T> {
        self.activity.has_written(poll.is_pending());
        poll
    }
}

impl<S: AsyncRead + Unpin, K: Unpin> AsyncRead for Watched<S, K> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.before.is_empty() {
            let length = self.before.len().min(into.remaining());
            into.put_slice(&self.before[..length]);
            self.before.advance(length);
            return Poll::Ready(Ok(()));
        }
        let had = into.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, into))?;
        if into.filled().len() > had {
            self.activity.has_read();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin, K: Unpin> AsyncWrite for Watched<S, K> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.noted(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.noted(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.noted(flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let closed = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.noted(closed)
    }
}
