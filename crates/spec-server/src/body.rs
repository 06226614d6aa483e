//! Bodies of requests: how long they may be, and how long they may take.
//!
//! Knows bytes and times. Must not know how an answer looks, nor what a body says.

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::{LengthLimitError, Limited};
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// A fault of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    TooLarge,
    TooSlow,
}

/// The progress of a body, for whoever answers while somebody else reads it.
#[derive(Clone, Debug)]
pub(crate) struct Progress(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    fault: AtomicU8,
    begun: Instant,
    /// When the last piece came: milliseconds after the beginning.
    last: AtomicU64,
    /// The number of bytes that the decoded body may have.
    limit: OnceLock<usize>,
}

impl Progress {
    pub(crate) fn new(limit: usize) -> Self {
        Progress(Arc::new(Inner {
            fault: AtomicU8::new(0),
            begun: Instant::now(),
            last: AtomicU64::new(0),
            limit: OnceLock::from(limit),
        }))
    }

    /// The limit of the body, encoded or not.
    pub(crate) fn limit(&self) -> usize {
        self.0.limit.get().copied().unwrap_or_default()
    }

    /// When the last piece of the body came, or else when the request did.
    pub(crate) fn last(&self) -> Instant {
        self.0.begun + Duration::from_millis(self.0.last.load(Ordering::Relaxed))
    }

    pub(crate) fn fault(&self) -> Option<Fault> {
        match self.0.fault.load(Ordering::Relaxed) {
            1 => Some(Fault::TooLarge),
            2 => Some(Fault::TooSlow),
            _ => None,
        }
    }

    fn fail(&self, fault: Fault) {
        let code = match fault {
            Fault::TooLarge => 1,
            Fault::TooSlow => 2,
        };
        // The first one is what happened; others follow from it.
        let _ = self.0.fault.compare_exchange(0, code, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn step(&self) {
        let passed = self.0.begun.elapsed().as_millis();
        self.0.last.store(u64::try_from(passed).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

/// The body did not come in time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body did not come in time")
    }
}

impl Error for TooSlow {}

/// The longest times that a body may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    pub(crate) whole: Duration,
    pub(crate) stall: Duration,
}

/// A body within limits; what goes wrong is noted.
pub(crate) struct Bounded {
    body: Limited<Body>,
    progress: Progress,
    times: Option<Times>,
    /// When the reader asked for the first piece, which is not when the head came.
    whole: Option<Pin<Box<Sleep>>>,
    stall: Option<Pin<Box<Sleep>>>,
}

impl Bounded {
    /// Limits the length of a body, and the times that it takes where any are given.
    pub(crate) fn body(body: Body, progress: Progress, times: Option<Times>) -> Body {
        let body = Limited::new(body, progress.limit());
        Body::new(Bounded { body, progress, times, whole: None, stall: None })
    }

    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(times) = self.times else { return false };
        let whole = self.whole.get_or_insert_with(|| Box::pin(tokio::time::sleep(times.whole)));
        let stall = self.stall.get_or_insert_with(|| Box::pin(tokio::time::sleep(times.stall)));
        // Both are polled, so that both wake.
        let (whole, stall) = (whole.as_mut().poll(cx), stall.as_mut().poll(cx));
        whole.is_ready() || stall.is_ready()
    }
}

impl HttpBody for Bounded {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Pending if self.is_late(cx) => {
                self.progress.fail(Fault::TooSlow);
                Poll::Ready(Some(Err(TooSlow.into())))
            }
            Poll::Pending => Poll::Pending,
            Poll::Ready(frame) => {
                self.stall = None;
                // A peer that sends a byte a second never waits long.
                let is_whole = self.whole.as_mut().is_some_and(|whole| whole.as_mut().poll(cx).is_ready());
                match &frame {
                    Some(Err(error)) if error.is::<LengthLimitError>() => {
                        self.progress.fail(Fault::TooLarge);
                    }
                    Some(Ok(_)) if is_whole => {
                        self.progress.fail(Fault::TooSlow);
                        return Poll::Ready(Some(Err(TooSlow.into())));
                    }
                    Some(Ok(_)) | None => self.progress.step(),
                    Some(Err(_)) => {}
                }
                Poll::Ready(frame)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
