//! JSON texts one after another.

use super::framing::{Framed, Framer, SEPARATOR};
use super::{Boxed, ByteStream, Framing, LIMIT, StreamError};
use crate::json::{DecodeError, from_slice};
use futures_util::{Stream, StreamExt, TryStreamExt};
use serde::{Serialize, de::DeserializeOwned};
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// JSON texts one after another, as they come or as they are made: a line each, or a sequence (RFC 7464).
pub struct JsonLines<T>(Source<T>);

enum Source<T> {
    Made(Boxed<Result<T, StreamError>>),
    Received(Received<T>),
}

struct Received<T> {
    body: ByteStream,
    framer: Framer,
    decode: fn(&[u8]) -> Result<T, DecodeError>,
    state: State,
}

#[derive(PartialEq)]
enum State {
    Reading,
    /// Nothing more comes, but a text may be left.
    Finishing,
    AtEnd,
}

impl<T: 'static> JsonLines<T> {
    /// Makes a stream of texts to be sent.
    pub fn new(items: impl Stream<Item = T> + Send + 'static) -> Self {
        JsonLines(Source::Made(Boxed::new(items.map(Ok))))
    }

    /// Makes a stream of texts to be sent; an error breaks it off.
    pub fn from_results<E>(items: impl Stream<Item = Result<T, E>> + Send + 'static) -> Self
    where
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        JsonLines(Source::Made(Boxed::new(items.map_err(StreamError::body))))
    }
}

impl<T> JsonLines<T> {
    pub(crate) fn received(
        body: ByteStream,
        framing: Framing,
        decode: fn(&[u8]) -> Result<T, DecodeError>,
    ) -> Self {
        let framer = Framer::new(framing, LIMIT);
        JsonLines(Source::Received(Received { body, framer, decode, state: State::Reading }))
    }

    /// Sets another limit on the bytes of a text that is received; [`LIMIT`] if nothing is said.
    #[must_use]
    pub fn with_limit(mut self, bytes: usize) -> Self {
        if let Source::Received(received) = &mut self.0 {
            received.framer.limit = bytes;
        }
        self
    }
}

impl<T: DeserializeOwned> JsonLines<T> {
    /// Reads texts from bytes, decoded tolerantly.
    pub fn json(body: impl Into<ByteStream>, framing: Framing) -> Self {
        JsonLines::received(body.into(), framing, from_slice)
    }
}

impl<T: Serialize + 'static> JsonLines<T> {
    /// Returns the texts as they are sent.
    pub fn into_bytes(self, framing: Framing) -> ByteStream {
        ByteStream::new(self.map(move |item| {
            let item = item?;
            let mut text = Vec::new();
            if framing == Framing::Sequence {
                text.push(SEPARATOR);
            }
            serde_json::to_writer(&mut text, &item).map_err(StreamError::body)?;
            text.push(b'\n');
            Ok::<_, StreamError>(text)
        }))
    }
}

impl<T: Send + 'static> From<Vec<T>> for JsonLines<T> {
    fn from(items: Vec<T>) -> Self {
        JsonLines::new(futures_util::stream::iter(items))
    }
}

impl<T: Send + 'static> FromIterator<T> for JsonLines<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        items.into_iter().collect::<Vec<T>>().into()
    }
}

impl<T> Received<T> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, StreamError>>> {
        loop {
            let framed = match self.state {
                State::Reading => self.framer.next(),
                State::Finishing => {
                    self.state = State::AtEnd;
                    self.framer.finish()
                }
                State::AtEnd => return Poll::Ready(None),
            };
            if let Some(framed) = framed {
                return Poll::Ready(Some(self.item(framed)));
            }
            if self.state == State::Reading {
                match ready!(self.body.poll_next_unpin(context)) {
                    Some(Ok(piece)) => self.framer.feed(piece),
                    Some(Err(error)) => {
                        self.state = State::AtEnd;
                        return Poll::Ready(Some(Err(error)));
                    }
                    None => self.state = State::Finishing,
                }
            }
        }
    }

    fn item(&self, framed: Framed) -> Result<T, StreamError> {
        let number = self.framer.number;
        match framed {
            Framed::Text(text) => {
                (self.decode)(&text).map_err(|error| StreamError::Undecodable { number, text, error })
            }
            Framed::Cut(text) => {
                let message = "the text is cut off".to_owned();
                let error = DecodeError { pointer: String::new(), message, is_syntax: true };
                Err(StreamError::Undecodable { number, text, error })
            }
            Framed::TooLong => Err(StreamError::TooLong { number, limit: self.framer.limit }),
        }
    }
}

impl<T> Stream for JsonLines<T> {
    type Item = Result<T, StreamError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.get_mut().0 {
            Source::Made(items) => items.poll(context),
            Source::Received(received) => received.poll(context),
        }
    }
}

impl<T> fmt::Debug for JsonLines<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonLines(…)")
    }
}
