//! Bodies of requests on their way out: how far they are, and for how long nothing has moved.
//!
//! Must not know operations, nor retries.

use super::transport::{AttemptError, TimeoutKind};
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt;
use reqwest::{Body, Request};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Bodies up to this many bytes are not watched: the buffers of a connection take them.
const UNWATCHED: usize = 64 * 1024;

/// The largest piece in which a body is sent, in bytes: so that even a slow connection takes one in time.
const PIECE: usize = 64 * 1024;

/// Forms up to this many bytes are buffered, so that they can be sent again.
const REPLAYED: u64 = 8 * 1024 * 1024;

/// The shortest time between two looks at a body that waits for whoever makes it.
const LEAST_LOOK: Duration = Duration::from_millis(1);

/// The progress of a body.
#[derive(Debug)]
pub(super) struct Progress(Mutex<State>);

#[derive(Clone, Copy, Debug)]
enum State {
    /// It waits for whoever makes it.
    Waiting,
    /// It waits for the server since then.
    Sending(Instant),
    /// It is at its end since then.
    Done(Instant),
}

impl Progress {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body that says how far it is.
struct Watched {
    body: Body,
    /// The rest of a piece that is too large.
    rest: Bytes,
    progress: Arc<Progress>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        let own = &mut *self;
        if own.rest.is_empty() {
            *own.progress.state() = State::Waiting;
            match ready!(Pin::new(&mut own.body).poll_frame(context)).map(|frame| frame.map(Frame::into_data))
            {
                Some(Ok(Ok(data))) => own.rest = data,
                Some(Ok(Err(other))) => return Poll::Ready(Some(Ok(other))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => {
                    *own.progress.state() = State::Done(Instant::now());
                    return Poll::Ready(None);
                }
            }
        }
        let piece = own.rest.split_to(own.rest.len().min(PIECE));
        let is_last = own.rest.is_empty() && own.body.is_end_stream();
        let now = Instant::now();
        // Nobody may ask for the end of a body whose length is known.
        *own.progress.state() = if is_last { State::Done(now) } else { State::Sending(now) };
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.len() as u64;
        let body = self.body.size_hint();
        let mut hint = SizeHint::new();
        if let Some(upper) = body.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(body.lower() + rest);
        hint
    }
}

/// Has a large body say how far it is; small ones are sent at once.
pub(super) fn watch(request: &mut Request) -> Option<Arc<Progress>> {
    let body = request.body()?;
    if body.as_bytes().is_some_and(|bytes| bytes.len() <= UNWATCHED) {
        return None;
    }
    let body = request.body_mut().take()?;
    let progress = Arc::new(Progress(Mutex::new(State::Waiting)));
    let watched = Watched { body, rest: Bytes::new(), progress: Arc::clone(&progress) };
    *request.body_mut() = Some(Body::wrap(watched));
    Some(progress)
}

/// Waits for the head of an answer: for a time from the end of the request on, and before that as long as its
/// body moves.
pub(super) async fn within<T>(
    sent: impl Future<Output = Result<T, AttemptError>>,
    progress: Option<Arc<Progress>>,
    head: Option<Duration>,
    stall: Option<Duration>,
) -> Result<T, AttemptError> {
    let mut sent = pin!(sent);
    let begun = Instant::now();
    loop {
        let state = progress.as_ref().map_or(State::Done(begun), |progress| *progress.state());
        let (end, kind) = match state {
            // A time beyond all times is none.
            State::Done(at) => (head.and_then(|head| at.checked_add(head)), TimeoutKind::Head),
            State::Sending(at) => (stall.and_then(|stall| at.checked_add(stall)), TimeoutKind::Stall),
            State::Waiting => (None, TimeoutKind::Stall),
        };
        let now = Instant::now();
        if end.is_some_and(|end| end <= now) {
            return Err(AttemptError::timeout(kind));
        }
        // What has no end yet may have one soon.
        let next = match state {
            State::Done(_) => end,
            _ => end.or_else(|| {
                let shortest = [head, stall].into_iter().flatten().min()?;
                now.checked_add(shortest.max(LEAST_LOOK))
            }),
        };
        let Some(next) = next else { return sent.await };
        tokio::select! {
            biased;
            answered = &mut sent => return answered,
            () = sleep_until(next) => {}
        }
    }
}

/// Buffers the body of a form whose length is known, so that it can be sent again.
///
/// # Errors
///
/// Those of the body itself.
pub(super) async fn make_replayable(request: &mut Request) -> Result<(), reqwest::Error> {
    let is_stream = request.body().is_some_and(|body| body.as_bytes().is_none());
    let length = request.headers().get(http::header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if is_stream
        && length.is_some_and(|length| length <= REPLAYED)
        && let Some(body) = request.body_mut().take()
    {
        *request.body_mut() = Some(body.collect().await?.to_bytes().into());
    }
    Ok(())
}
