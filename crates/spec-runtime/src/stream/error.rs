//! Why a stream breaks off, or an item of it is not there.

use crate::json::DecodeError;
use bytes::Bytes;
use std::error::Error;
use std::fmt;

/// An error of a stream, or of one item of it.
///
/// After [`StreamError::Body`] a stream is at its end; after the others it goes on with the next item.
#[non_exhaustive]
pub enum StreamError {
    /// The body broke off: the connection failed, or whoever made the stream did.
    Body(Box<dyn Error + Send + Sync>),
    /// The whole is larger than the reader allows.
    TooLarge {
        /// The largest number of bytes allowed.
        limit: usize,
    },
    /// One item is larger than the reader allows; it is skipped.
    TooLong {
        /// The number of the item: the line or record of JSON texts, or the event. The first is 1.
        number: u64,
        /// The largest number of bytes allowed.
        limit: usize,
    },
    /// One item is not what the document declares.
    Undecodable {
        /// The number of the item: the line or record of JSON texts, or the event. The first is 1.
        number: u64,
        /// The item as it came.
        text: Bytes,
        /// The fault, with its place.
        error: DecodeError,
    },
}

impl StreamError {
    /// Makes the error of a stream that broke off. What is an error of a stream stays what it is.
    pub fn body(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        match error.into().downcast::<StreamError>() {
            Ok(own) => *own,
            Err(error) => StreamError::Body(error),
        }
    }

    /// Returns true if nothing more comes after it.
    pub fn is_end(&self) -> bool {
        matches!(self, StreamError::Body(_) | StreamError::TooLarge { .. })
    }
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StreamError::Body(error) => write!(f, "the body broke off: {error}"),
            StreamError::TooLarge { limit } => write!(f, "the body has more than {limit} bytes"),
            StreamError::TooLong { number, limit } => write!(f, "item {number} has more than {limit} bytes"),
            StreamError::Undecodable { number, error, .. } => {
                write!(f, "item {number} is not what it should be: {error}")
            }
        }
    }
}

impl fmt::Debug for StreamError {
    /// Writes all but the text of an item, which may be long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StreamError::Body(error) => f.debug_tuple("Body").field(error).finish(),
            StreamError::TooLarge { limit } => f.debug_struct("TooLarge").field("limit", limit).finish(),
            StreamError::TooLong { number, limit } => {
                f.debug_struct("TooLong").field("number", number).field("limit", limit).finish()
            }
            StreamError::Undecodable { number, text: _, error } => f
                .debug_struct("Undecodable")
                .field("number", number)
                .field("error", error)
                .finish_non_exhaustive(),
        }
    }
}

impl Error for StreamError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            StreamError::Body(error) => Some(&**error),
            StreamError::Undecodable { error, .. } => Some(error),
            StreamError::TooLarge { .. } | StreamError::TooLong { .. } => None,
        }
    }
}
