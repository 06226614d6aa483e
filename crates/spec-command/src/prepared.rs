//! Calls that are ready to be sent, whatever operation they are of.
//!
//! Knows how answers come: as a whole, as bytes, item by item. Must not know how they are shown.

use crate::failure::{Failure, Reason};
use futures_util::stream::{BoxStream, StreamExt};
use serde::Serialize;
use serde_json::Value;
use spec_runtime::client::{BoxFuture, Call, Error, RawResponse};
use spec_runtime::codegen::client::{Answer, call as typed};
use spec_runtime::pages::{PageError, PagedCall, Pager};
use spec_runtime::stream::{ByteStream, Event, Events, JsonLines, StreamError};
use std::fmt;

/// Items that come one after another.
pub type Items<'c> = BoxStream<'c, Result<Value, Failure>>;

/// A call that is ready to be sent.
pub struct Prepared<'c> {
    call: BoxFuture<'c, Result<Answered, Failure>>,
    is_bytes: bool,
}

/// The answer to a call.
pub(crate) enum Answered {
    /// All of it.
    Whole(Box<RawResponse>),
    /// Bytes, as they come.
    Bytes(ByteStream),
    /// Items, as they come.
    Items(Items<'static>),
}

impl<'c> Prepared<'c> {
    /// Makes it of a call whose answer is read to its end.
    pub fn new<T: Call + 'c>(call: T) -> Self {
        let call = Box::pin(async move {
            let raw = call.send_raw().await.map_err(|error| Failure::of_call(&error))?;
            // A model may say less than the answer: what is shown is what came.
            if !raw.status.is_success() {
                T::read(Answer::from(raw.clone())).await.map_err(|error| Failure::of_call(&error))?;
            }
            Ok(Answered::Whole(Box::new(raw)))
        });
        Prepared { call, is_bytes: false }
    }

    /// Makes it of a call whose answer comes piece by piece.
    pub fn streaming<T: Call + 'c>(call: T) -> Self
    where
        T::Success: Streamed,
    {
        let call = Box::pin(async move {
            let answer = typed(call).await.map_err(|error| Failure::of_call(&error))?;
            Ok(answer.into_inner().into_pieces().0)
        });
        Prepared { call, is_bytes: T::Success::IS_BYTES }
    }

    /// Says whether the answer is known to be bytes, whatever they mean.
    pub(crate) fn is_bytes(&self) -> bool {
        self.is_bytes
    }

    /// Sends it.
    pub(crate) async fn send(self) -> Result<Answered, Failure> {
        self.call.await
    }
}

/// Returns the items of all pages that a call answers with, one after another.
pub fn items_of_pages<'c, C, E>(call: C) -> Items<'c>
where
    C: PagedCall<Error = Error<E>> + 'c,
    C::Item: Serialize,
    E: fmt::Debug + Send + 'c,
{
    let item = |item: Result<C::Item, PageError<Error<E>>>| match item {
        Ok(item) => serde_json::to_value(item).map_err(|error| Failure::new(Reason::Api, error.to_string())),
        Err(PageError::Call(error)) => Err(Failure::of_call(&error)),
        Err(error) => Err(Failure::new(Reason::Api, error.to_string())),
    };
    Pager::new(call).items().map(item).boxed()
}

/// The body of an answer that comes piece by piece.
pub trait Streamed {
    /// True if the pieces are bytes, and not items.
    #[doc(hidden)]
    const IS_BYTES: bool = false;

    /// Returns the pieces.
    #[doc(hidden)]
    fn into_pieces(self) -> Pieces;
}

/// The pieces of an answer.
#[doc(hidden)]
pub struct Pieces(Answered);

impl Streamed for ByteStream {
    const IS_BYTES: bool = true;

    fn into_pieces(self) -> Pieces {
        Pieces(Answered::Bytes(self))
    }
}

impl<T: Serialize + 'static> Streamed for Events<T> {
    fn into_pieces(self) -> Pieces {
        Pieces(Answered::Items(self.map(|event| item(event.map(ShownEvent::from))).boxed()))
    }
}

impl<T: Serialize + 'static> Streamed for JsonLines<T> {
    fn into_pieces(self) -> Pieces {
        Pieces(Answered::Items(self.map(item).boxed()))
    }
}

/// A server-sent event, as it is shown.
#[derive(Serialize)]
struct ShownEvent<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    data: T,
}

impl<T> From<Event<T>> for ShownEvent<T> {
    fn from(event: Event<T>) -> Self {
        ShownEvent { event: event.event, id: event.id, data: event.data }
    }
}

/// Makes a value of an item that came, or did not.
fn item<T: Serialize>(came: Result<T, StreamError>) -> Result<Value, Failure> {
    let item = came.map_err(|error| broken(&error))?;
    serde_json::to_value(item).map_err(|error| Failure::new(Reason::Api, error.to_string()))
}

/// Makes the failure of an answer that does not go on: the network's only where the body broke off.
pub(crate) fn broken(error: &StreamError) -> Failure {
    match error {
        StreamError::Body(_) => Failure::new(Reason::Network, format!("the answer broke off: {error}")),
        _ => Failure::new(Reason::Api, format!("the answer can't be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_broken_body_is_one_of_the_network() {
        assert_eq!(broken(&StreamError::body("reset")).reason(), Reason::Network);
        assert_eq!(broken(&StreamError::TooLong { number: 1, limit: 2 }).reason(), Reason::Api);
    }
}
