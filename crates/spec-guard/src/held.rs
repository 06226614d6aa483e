//! Streams whose items pass once they are judged. A bad one ends the stream, and nobody gets it.
//!
//! Must not hold an item back that is at its end, nor more than the limit of one that is not.

use crate::counters::Event;
use crate::gathered::{FRAME, longer};
use crate::message::{Message, is_wrong};
use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use spec_contract::{Items, Side, Violation};
use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A stream was broken off, because an item is not what the document says.
#[derive(Clone, Copy, Debug)]
pub struct BrokenOff(Side);

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an item of the {} is not what the document says", self.0)
    }
}

impl Error for BrokenOff {}

/// A body that passes item by item.
pub(crate) struct Held {
    body: Body,
    message: Message,
    items: Items,
    /// The beginning of an item that is not at its end.
    waiting: Vec<Bytes>,
    waiting_length: usize,
    ready: VecDeque<Result<Frame<Bytes>, axum::Error>>,
    ready_length: usize,
    is_over: bool,
    /// True once what came before an error had time to be sent.
    is_sent: bool,
}

impl Held {
    /// Holds the items of a body, if it is a sequence.
    pub(crate) fn around(message: Message, body: Body) -> Body {
        let Some(items) = message.payload.items(message.limit()) else { return body };
        Body::new(Held {
            body,
            message,
            items,
            waiting: Vec::new(),
            waiting_length: 0,
            ready: VecDeque::new(),
            ready_length: 0,
            is_over: false,
            is_sent: false,
        })
    }

    fn take(&mut self, piece: &Bytes) {
        let mut end = 0;
        for item in self.items.feed(piece) {
            if item.is_too_long {
                self.message.count(Event::BeyondLimit);
            }
            if is_wrong(&item.violations) {
                self.release(&piece.slice(..end), end > 0);
                return self.break_off(item.violations);
            }
            end = item.end;
        }
        self.release(&piece.slice(..end), end > 0);
        let rest = piece.slice(end..);
        if !rest.is_empty() {
            self.waiting_length += rest.len();
            self.waiting.push(rest);
        }
        // It passes unjudged then.
        if self.waiting_length + self.waiting.len() * FRAME > self.message.limit() + FRAME {
            self.release(&Bytes::new(), true);
        }
    }

    /// Lets pass what waits, if its item is at its end, and a piece behind it.
    fn release(&mut self, piece: &Bytes, is_due: bool) {
        if !is_due {
            return;
        }
        self.waiting_length = 0;
        let pieces = std::mem::take(&mut self.waiting).into_iter().chain([piece.clone()]);
        for piece in pieces.filter(|piece| !piece.is_empty()) {
            self.ready_length += piece.len();
            self.ready.push_back(Ok(Frame::data(piece)));
        }
    }

    fn break_off(&mut self, violations: Vec<Violation>) {
        (self.waiting, self.waiting_length, self.is_over) = (Vec::new(), 0, true);
        self.ready.push_back(Err(axum::Error::new(BrokenOff(self.message.side))));
        let findings = self.message.refuse(&violations);
        if self.message.side == Side::Request {
            self.message.exchange.keep(findings, Some(violations));
        }
    }

    /// Judges what ends with the body.
    fn end(&mut self) {
        let item = self.items.finish();
        if is_wrong(&item.violations) {
            return self.break_off(item.violations);
        }
        self.release(&Bytes::new(), true);
    }

    fn read(&mut self, frame: Option<Result<Frame<Bytes>, axum::Error>>) {
        match frame {
            None => {
                self.is_over = true;
                self.end();
            }
            Some(Ok(frame)) => match frame.into_data() {
                Ok(piece) => self.take(&piece),
                // Trailers come last.
                Err(trailers) => {
                    self.end();
                    if !self.is_over {
                        self.ready.push_back(Ok(trailers));
                        self.is_over = true;
                    }
                }
            },
            Some(Err(error)) => {
                self.is_over = true;
                self.message.count(Event::Unfinished);
                self.ready.push_back(Err(error));
            }
        }
    }
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        loop {
            // Whoever gets an error may drop the items before it that are not sent.
            if matches!(self.ready.front(), Some(Err(_))) && !std::mem::replace(&mut self.is_sent, true) {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if let Some(frame) = self.ready.pop_front() {
                let length = frame.as_ref().ok().and_then(Frame::data_ref).map_or(0, Bytes::len);
                self.ready_length -= length;
                return Poll::Ready(Some(frame));
            }
            if self.is_over {
                return Poll::Ready(None);
            }
            match Pin::new(&mut self.body).poll_frame(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(frame) => self.read(frame),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.is_over && self.ready.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        longer(&self.body.size_hint(), self.waiting_length + self.ready_length)
    }
}
