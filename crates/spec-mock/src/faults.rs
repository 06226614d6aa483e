//! Faults: what goes wrong on purpose.
//!
//! Knows how an answer is spoilt. Must not know why, nor which request it was for.

use axum::body::Body;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Something that goes wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is reset before there is an answer. Where there is no connection, as in a test on the
    /// service, the body of the answer fails.
    Reset,
    /// The answer breaks off in the middle of its body.
    Truncate,
    /// The answer has this status.
    Status(u16),
}

impl Fault {
    /// Reads a fault: `reset`, `truncate`, or a status of an error.
    #[must_use]
    pub fn parse(text: &str) -> Option<Fault> {
        match text {
            "reset" => Some(Fault::Reset),
            "truncate" => Some(Fault::Truncate),
            status => status.parse().ok().filter(|code| (400..600).contains(code)).map(Fault::Status),
        }
    }
}

/// Marks an answer in whose place the connection is reset.
#[derive(Clone, Copy)]
pub(crate) struct Reset;

/// Makes an answer in whose place the connection is reset.
pub(crate) fn reset() -> Response<Body> {
    let mut response = Response::new(Body::new(Broken { first: None, length: 1, is_sent: true }));
    response.extensions_mut().insert(Reset);
    response
}

/// Makes an answer break off in the middle of its body; one without a body breaks off before its first byte.
pub(crate) fn truncated(response: Response<Bytes>) -> Response<Body> {
    let (mut parts, whole) = response.into_parts();
    let length = whole.len().max(1) as u64;
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    let half = whole.slice(..whole.len() / 2);
    Response::from_parts(
        parts,
        Body::new(Broken { first: (!half.is_empty()).then_some(half), length, is_sent: false }),
    )
}

/// A body that fails after its first part.
struct Broken {
    first: Option<Bytes>,
    length: u64,
    /// True once what came first had time to be sent.
    is_sent: bool,
}

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if !self.is_sent {
            // Whoever waits for more sends what there is.
            self.is_sent = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(std::io::Error::other("the answer breaks off on purpose"))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
