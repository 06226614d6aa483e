//! Requests that are sent: over a connection, or to a service in this process.
//!
//! Must not know what a request is for.

mod body;
mod client;
mod service;

pub(crate) use body::Cut;
pub(crate) use client::Client;
pub(crate) use service::InProcess;

use bytes::Bytes;
use http::{Request, Response};
use std::fmt;
use std::future::Future;
use std::pin::Pin;

/// The reason why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The connection was closed, or broke, before the answer was there as a whole.
    Closed(String),
    /// There was no answer in time.
    TimedOut,
    /// The service in this process panicked.
    Panicked(String),
    /// No connection could be had at all.
    Unreachable(String),
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lost::Closed(why) => write!(f, "the connection was closed without an answer: {why}"),
            Lost::TimedOut => f.write_str("there was no answer in time"),
            Lost::Panicked(message) => write!(f, "the service panicked: {message}"),
            Lost::Unreachable(why) => write!(f, "the service can't be reached: {why}"),
        }
    }
}

/// An answer that is waited for.
pub(crate) type Pending<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Lost>> + Send + 'a>>;

/// Whatever answers requests.
pub(crate) trait Transport: Send + Sync {
    /// Sends a request, whose target is a path of the document.
    fn send(&self, request: Request<Bytes>) -> Pending<'_>;
}
