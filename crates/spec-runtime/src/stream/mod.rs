//! Bodies that are not buffered: bytes, server-sent events, and JSON texts one after another.
//!
//! Each type stands on both sides: it is read from whatever bytes arrive, cut anywhere, and written as bytes.
//! What is held at a time is bounded, by a limit on one event or text; the whole may be endless. Must not
//! know requests, answers or statuses.

mod bytes;
mod error;
mod events;
mod framing;
mod lines;
mod parser;

pub use self::bytes::ByteStream;
pub use error::StreamError;
pub use events::{Event, Events};
pub use framing::Framing;
pub use lines::JsonLines;

use futures_util::Stream;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

/// The largest number of bytes of one event or text, if nothing else is said: 16 MiB.
pub const LIMIT: usize = 16 * 1024 * 1024;

/// A stream of any making. It is only ever polled through `&mut`, so the lock is never waited for: it lets
/// futures that borrow a stream go between threads, though not every stream can be looked at from several.
struct Boxed<T>(Mutex<Pin<Box<dyn Stream<Item = T> + Send>>>);

impl<T> Boxed<T> {
    fn new(stream: impl Stream<Item = T> + Send + 'static) -> Self {
        Boxed(Mutex::new(Box::pin(stream)))
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).as_mut().poll_next(context)
    }
}
