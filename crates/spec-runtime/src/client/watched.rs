//! Large bodies that say how far they are while they are sent.
//!
//! Must not know who waits for them, nor for how long.

use super::browser::Instant;
use super::upload::{Progress, State};
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use reqwest::{Body, Request};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// Bodies up to this many bytes are not watched: the buffers of a connection take them.
const UNWATCHED: usize = 64 * 1024;

/// The largest piece in which a body is sent, in bytes: so that even a slow connection takes one in time.
const PIECE: usize = 64 * 1024;

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
    let progress = Arc::new(Progress::waiting());
    let watched = Watched { body, rest: Bytes::new(), progress: Arc::clone(&progress) };
    *request.body_mut() = Some(Body::wrap(watched));
    Some(progress)
}
