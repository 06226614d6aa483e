//! Bodies that are read before they pass, as far as the limit allows.
//!
//! Must not know what they are judged by.

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt as _;
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The memory that a frame takes beside its data, in bytes.
pub(crate) const FRAME: usize = 128;

/// A body, or its beginning.
#[derive(Default)]
pub(crate) struct Gathered {
    frames: VecDeque<Result<Frame<Bytes>, axum::Error>>,
    length: usize,
    rest: Option<Body>,
    /// True once what came before an error had time to be sent.
    is_sent: bool,
}

/// How far a body was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    Whole,
    /// It is longer than the limit.
    TooLong,
    /// It broke off.
    Broken,
}

impl Gathered {
    /// Reads a body to its end, or until it is longer than the limit. One that says that it is longer is not
    /// read.
    pub(crate) async fn whole(body: Body, limit: usize) -> (Gathered, Extent) {
        if body.size_hint().lower() > limit as u64 {
            return (Gathered { rest: Some(body), ..Gathered::default() }, Extent::TooLong);
        }
        Gathered::read(body, |length, frames| length + frames * FRAME > limit + FRAME).await
    }

    /// Reads a body until it has a byte.
    pub(crate) async fn first_byte(body: Body) -> (Gathered, Extent) {
        Gathered::read(body, |length, _| length > 0).await
    }

    async fn read(mut body: Body, is_enough: impl Fn(usize, usize) -> bool) -> (Gathered, Extent) {
        let mut gathered = Gathered::default();
        while let Some(frame) = body.frame().await {
            let is_broken = frame.is_err();
            gathered.length += frame.as_ref().ok().and_then(Frame::data_ref).map_or(0, Bytes::len);
            gathered.frames.push_back(frame);
            if is_broken {
                return (gathered, Extent::Broken);
            }
            if is_enough(gathered.length, gathered.frames.len()) {
                gathered.rest = Some(body);
                return (gathered, Extent::TooLong);
            }
        }
        (gathered, Extent::Whole)
    }

    /// Returns the bytes that were read.
    pub(crate) fn bytes(&self) -> Bytes {
        let mut pieces = self.frames.iter().filter_map(|frame| frame.as_ref().ok().and_then(Frame::data_ref));
        match (pieces.next(), pieces.next()) {
            (None, _) => Bytes::new(),
            (Some(one), None) => one.clone(),
            (Some(one), Some(two)) => {
                let mut bytes = Vec::with_capacity(self.length);
                [one, two].into_iter().chain(pieces).for_each(|piece| bytes.extend_from_slice(piece));
                bytes.into()
            }
        }
    }

    /// Returns the body as it came.
    pub(crate) fn into_body(self) -> Body {
        match (self.frames.is_empty(), self.rest) {
            (true, Some(rest)) => rest,
            (_, rest) => {
                Body::new(Gathered { frames: self.frames, length: self.length, rest, is_sent: false })
            }
        }
    }
}

impl HttpBody for Gathered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        // Whoever gets an error may drop what came before it and is not sent.
        if matches!(self.frames.front(), Some(Err(_))) && !std::mem::replace(&mut self.is_sent, true) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if let Some(frame) = self.frames.pop_front() {
            let length = frame.as_ref().ok().and_then(Frame::data_ref).map_or(0, Bytes::len);
            self.length -= length;
            return Poll::Ready(Some(frame));
        }
        match &mut self.rest {
            Some(rest) => Pin::new(rest).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.frames.is_empty() && self.rest.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let hint = self.rest.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint);
        let hint = longer(&hint, self.length);
        // A length leaves no room for trailers (RFC 9112, 6.2 and 7.1.2), and of what broke off nobody knows
        // it.
        let is_exact = !self.frames.iter().any(|own| own.as_ref().map_or(true, Frame::is_trailers));
        if is_exact { hint } else { SizeHint::default() }
    }
}

/// Returns the size of a body with more before it.
pub(crate) fn longer(hint: &SizeHint, by: usize) -> SizeHint {
    let by = by as u64;
    let mut longer = SizeHint::new();
    longer.set_lower(hint.lower() + by);
    if let Some(upper) = hint.upper() {
        longer.set_upper(upper + by);
    }
    longer
}
