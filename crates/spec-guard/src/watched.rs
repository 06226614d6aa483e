//! Bodies that pass as they are while they are looked at.
//!
//! Must not change a byte, a trailer, a length or an error of a body.

use crate::counters::Event;
use crate::gathered::FRAME;
use crate::message::Message;
use axum::body::Body;
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body::{Body as HttpBody, Frame, SizeHint};
use spec_contract::{Items, Reading};
use std::pin::Pin;
use std::task::{Context, Poll};

/// A body that is judged once it has passed; a sequence item by item.
pub(crate) struct Watched {
    body: Body,
    watch: Option<Watch>,
}

struct Watch {
    message: Message,
    kept: Kept,
    /// The length that the head gives.
    length: Option<u64>,
    passed: u64,
}

/// What is kept of a body until it can be judged.
enum Kept {
    First(Bytes),
    Whole {
        pieces: Vec<Bytes>,
        length: usize,
    },
    Items(Items),
    /// It is longer than the limit.
    TooLong,
}

impl Watched {
    /// Looks at a body while it passes.
    pub(crate) fn around(mut message: Message, headers: &HeaderMap, body: Body) -> Body {
        if body.is_end_stream() {
            message.judge(Vec::new());
            return body;
        }
        let kept = match (message.payload.reading(), message.payload.items(message.limit())) {
            (Reading::FirstByte, _) => Kept::First(Bytes::new()),
            (_, Some(items)) => {
                // It may take days to its end.
                message.tell(Vec::new());
                Kept::Items(items)
            }
            (Reading::Whole | Reading::Items, None) => Kept::Whole { pieces: Vec::new(), length: 0 },
        };
        let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        Body::new(Watched { body, watch: Some(Watch { message, kept, length, passed: 0 }) })
    }
}

impl Watch {
    fn take(&mut self, piece: &Bytes) {
        self.passed += piece.len() as u64;
        let limit = self.message.limit();
        match &mut self.kept {
            Kept::First(first) if first.is_empty() => *first = piece.clone(),
            Kept::First(_) | Kept::TooLong => {}
            Kept::Whole { pieces, length } => {
                *length += piece.len();
                pieces.push(piece.clone());
                if *length + pieces.len() * FRAME > limit + FRAME {
                    self.message.count(Event::BeyondLimit);
                    self.kept = Kept::TooLong;
                }
            }
            Kept::Items(items) => {
                let found = items.feed(piece);
                for _ in found.iter().filter(|item| item.is_too_long) {
                    self.message.count(Event::BeyondLimit);
                }
                let violations = found.into_iter().flat_map(|item| item.violations).collect();
                self.message.tell(violations);
            }
        }
    }

    fn end(mut self) {
        match self.kept {
            Kept::First(first) => self.message.judge(vec![first]),
            Kept::Whole { pieces, .. } => self.message.judge(pieces),
            Kept::Items(mut items) => drop(self.message.tell(items.finish().violations)),
            Kept::TooLong => drop(self.message.tell(Vec::new())),
        }
    }

    /// Tells what is known of a body that nobody asks for more of.
    fn give_up(mut self) {
        let is_known = matches!(&self.kept, Kept::First(first) if !first.is_empty());
        // Whoever has as many bytes as the head gives need not ask for the end.
        if is_known || self.length == Some(self.passed) {
            return self.end();
        }
        if !matches!(self.kept, Kept::TooLong) {
            self.message.count(Event::Unfinished);
        }
        self.message.tell(Vec::new());
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let (Poll::Ready(Some(Ok(frame))), Some(watch)) = (&polled, &mut self.watch)
            && let Some(piece) = frame.data_ref()
        {
            watch.take(piece);
        }
        match &polled {
            Poll::Ready(None) => self.watch.take().into_iter().for_each(Watch::end),
            // Nobody asks for more then.
            Poll::Ready(Some(Ok(_))) if self.body.is_end_stream() => {
                self.watch.take().into_iter().for_each(Watch::end);
            }
            Poll::Ready(Some(Err(_))) => self.watch.take().into_iter().for_each(Watch::give_up),
            _ => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.watch.take().into_iter().for_each(Watch::give_up);
    }
}
