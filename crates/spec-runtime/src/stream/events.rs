//! Server-sent events (WHATWG HTML, 9.2).

use super::parser::{Parsed, Parser, RawEvent};
use super::{Boxed, ByteStream, LIMIT, StreamError};
use crate::json::{DecodeError, from_slice};
use futures_util::{Stream, StreamExt, TryStreamExt};
use serde::{Serialize, de::DeserializeOwned};
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// A server-sent event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event<T> {
    /// Its type; `message` is meant where there is none.
    pub event: Option<String>,
    /// The id that the event sets for itself and those after it. An empty one means that there is none from
    /// here on.
    pub id: Option<String>,
    /// The time that a client should wait before it connects again; whole milliseconds.
    pub retry: Option<Duration>,
    /// The data of the event.
    pub data: T,
}

impl<T> Event<T> {
    /// Makes an event with nothing but its data.
    pub const fn new(data: T) -> Self {
        Event { event: None, id: None, retry: None, data }
    }

    /// Sets the type.
    #[must_use]
    pub fn with_event(mut self, event: impl Into<String>) -> Self {
        self.event = Some(event.into());
        self
    }

    /// Sets the id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets the time that clients should wait before they connect again.
    #[must_use]
    pub fn with_retry(mut self, retry: Duration) -> Self {
        self.retry = Some(retry);
        self
    }
}

impl<T> From<T> for Event<T> {
    fn from(data: T) -> Self {
        Event::new(data)
    }
}

/// Server-sent events, as they come or as they are made.
///
/// Nothing connects again by itself: [`Events::last_event_id`] and [`Events::retry`] say what to do it with.
pub struct Events<T>(Source<T>);

enum Source<T> {
    Made(Boxed<Result<Event<T>, StreamError>>),
    Received(Box<Received<T>>),
}

struct Received<T> {
    body: ByteStream,
    parser: Parser,
    /// None for data that says that the events are at their end.
    decode: fn(&str) -> Result<Option<T>, DecodeError>,
    number: u64,
    is_at_end: bool,
}

impl<T: 'static> Events<T> {
    /// Makes a stream of events to be sent.
    pub fn new(events: impl Stream<Item = Event<T>> + Send + 'static) -> Self {
        Events(Source::Made(Boxed::new(events.map(Ok))))
    }

    /// Makes a stream of events to be sent; an error breaks it off.
    pub fn from_results<E>(events: impl Stream<Item = Result<Event<T>, E>> + Send + 'static) -> Self
    where
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        Events(Source::Made(Boxed::new(events.map_err(StreamError::body))))
    }
}

impl<T> Events<T> {
    fn received(body: ByteStream, decode: fn(&str) -> Result<Option<T>, DecodeError>) -> Self {
        Events(Source::Received(Box::new(Received {
            body,
            parser: Parser::new(LIMIT),
            decode,
            number: 0,
            is_at_end: false,
        })))
    }

    /// Sets another limit on the bytes of an event that is received; [`LIMIT`] if nothing is said.
    #[must_use]
    pub fn with_limit(mut self, bytes: usize) -> Self {
        if let Source::Received(received) = &mut self.0 {
            received.parser.limit = bytes;
        }
        self
    }

    /// Returns the id to send as `Last-Event-ID` to go on where a received stream broke off.
    pub fn last_event_id(&self) -> Option<&str> {
        match &self.0 {
            Source::Received(received) => Some(&*received.parser.last_event_id).filter(|id| !id.is_empty()),
            Source::Made(_) => None,
        }
    }

    /// Returns the time that the server asked to wait before connecting again, where it did.
    pub fn retry(&self) -> Option<Duration> {
        match &self.0 {
            Source::Received(received) => received.parser.retry,
            Source::Made(_) => None,
        }
    }

    fn written(self, write: fn(&T) -> Result<String, serde_json::Error>) -> ByteStream
    where
        T: 'static,
    {
        ByteStream::new(self.map(move |event| {
            let event: Event<T> = event?;
            let data = write(&event.data).map_err(StreamError::body)?;
            text(&event, &data).map_err(StreamError::body)
        }))
    }
}

impl<T: DeserializeOwned> Events<T> {
    /// Reads events whose data is JSON, decoded tolerantly. The data `[DONE]`, with which some servers close,
    /// ends them.
    pub fn json(body: impl Into<ByteStream>) -> Self {
        Events::received(body.into(), |data| {
            if data.trim() == "[DONE]" { Ok(None) } else { from_slice(data.as_bytes()).map(Some) }
        })
    }
}

impl Events<String> {
    /// Reads events whose data is text.
    pub fn text(body: impl Into<ByteStream>) -> Self {
        Events::received(body.into(), |data| Ok(Some(data.to_owned())))
    }

    /// Returns the events as they are sent, their data as text. A line break in it arrives as LF, however it
    /// was written.
    pub fn into_text(self) -> ByteStream {
        self.written(|data| Ok(data.clone()))
    }
}

impl<T: Serialize + 'static> Events<T> {
    /// Returns the events as they are sent, their data as JSON.
    pub fn into_json(self) -> ByteStream {
        self.written(serde_json::to_string)
    }
}

/// Returns an event as it stands in a stream.
fn text<T>(event: &Event<T>, data: &str) -> Result<String, String> {
    let mut text = String::with_capacity(data.len() + 16);
    for (field, value) in [("event", &event.event), ("id", &event.id)] {
        let Some(value) = value else { continue };
        if value.contains(['\r', '\n']) || (field == "id" && value.contains('\0')) {
            return Err(format!("the `{field}` of a server-sent event can't have line breaks or NUL in it"));
        }
        text.extend([field, ": ", value, "\n"]);
    }
    if let Some(retry) = event.retry {
        text.push_str(&format!("retry: {}\n", retry.as_millis()));
    }
    // CRLF is one line break.
    for line in data.replace("\r\n", "\n").split(['\r', '\n']) {
        text.extend(["data: ", line, "\n"]);
    }
    text.push('\n');
    Ok(text)
}

impl<T> Received<T> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Event<T>, StreamError>>> {
        while !self.is_at_end {
            if let Some(parsed) = self.parser.next() {
                self.number += 1;
                let number = self.number;
                let RawEvent { event, id, retry, data } = match parsed {
                    Parsed::Event(event) => event,
                    Parsed::TooLong => {
                        return Poll::Ready(Some(Err(StreamError::TooLong {
                            number,
                            limit: self.parser.limit,
                        })));
                    }
                };
                match (self.decode)(&data) {
                    Ok(Some(data)) => return Poll::Ready(Some(Ok(Event { event, id, retry, data }))),
                    Ok(None) => break,
                    Err(error) => {
                        return Poll::Ready(Some(Err(StreamError::Undecodable {
                            number,
                            text: data.into(),
                            error,
                        })));
                    }
                }
            }
            match ready!(self.body.poll_next_unpin(context)) {
                Some(Ok(piece)) => self.parser.feed(piece),
                Some(Err(error)) => {
                    self.is_at_end = true;
                    return Poll::Ready(Some(Err(error)));
                }
                // An event without its empty line was cut off (9.2.6).
                None => break,
            }
        }
        self.is_at_end = true;
        self.body = ByteStream::default();
        Poll::Ready(None)
    }
}

impl<T> Stream for Events<T> {
    type Item = Result<Event<T>, StreamError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.get_mut().0 {
            Source::Made(events) => events.poll(context),
            Source::Received(received) => received.poll(context),
        }
    }
}

impl<T> fmt::Debug for Events<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events(…)")
    }
}
