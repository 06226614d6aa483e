//! Bodies of requests on their way out: how far they are, and for how long nothing has moved.
//!
//! Must not know operations, nor retries.

use super::browser::{Instant, sleep_until};
use super::transport::{AttemptError, TimeoutKind};
#[cfg(not(target_arch = "wasm32"))]
pub(super) use super::watched::watch;
#[cfg(not(target_arch = "wasm32"))]
use http_body_util::BodyExt;
use reqwest::Request;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Forms up to this many bytes are buffered, so that they can be sent again.
#[cfg(not(target_arch = "wasm32"))]
const REPLAYED: u64 = 8 * 1024 * 1024;

/// The shortest time between two looks at a body that waits for whoever makes it.
const LEAST_LOOK: Duration = Duration::from_millis(1);

/// The progress of a body.
#[derive(Debug)]
pub(super) struct Progress(Mutex<State>);

/// The states of a body that is sent.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(target_arch = "wasm32", allow(dead_code, reason = "a browser does not say"))]
pub(super) enum State {
    /// It waits for whoever makes it.
    Waiting,
    /// It waits for the server since then.
    Sending(Instant),
    /// It is at its end since then.
    Done(Instant),
}

impl Progress {
    /// Makes the progress of a body that has not begun.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn waiting() -> Self {
        Progress(Mutex::new(State::Waiting))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
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

/// Has a large body say how far it is: a browser has all of it, and does not say.
#[cfg(target_arch = "wasm32")]
pub(super) fn watch(_: &mut Request) -> Option<Arc<Progress>> {
    None
}

/// Leaves a body as it is: in a browser each is there as a whole, but for forms, which can't be sent again.
///
/// # Errors
///
/// Never.
#[cfg(target_arch = "wasm32")]
pub(super) async fn make_replayable(_: &mut Request) -> Result<(), reqwest::Error> {
    Ok(())
}

/// Buffers the body of a form whose length is known, so that it can be sent again.
///
/// # Errors
///
/// Those of the body itself.
#[cfg(not(target_arch = "wasm32"))]
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
