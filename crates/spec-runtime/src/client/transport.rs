//! Transports: whatever takes a request and gives an answer.
//!
//! Knows what kept a request from being answered, and whether it may have reached the server. Must not know
//! what operations mean, nor when a call is tried again.

use super::Error;
use super::browser::staying;
use super::error::without_query;
use super::operation::CalledOperation;
use super::retry::Retry;
use reqwest::{Request, Response};
use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;

/// A future of any making.
pub type BoxFuture<'a, T> = futures_util::future::BoxFuture<'a, T>;

/// Whatever takes a request and gives an answer.
pub trait Transport: Send + Sync {
    /// Sends a request.
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, AttemptError>>;

    /// Sends a request of an operation: for transports that want to know which one it is. Requests for tokens
    /// are of none.
    fn call_operation(
        &self,
        operation: &CalledOperation,
        request: Request,
    ) -> BoxFuture<'_, Result<Response, AttemptError>> {
        let _ = operation;
        self.call(request)
    }
}

/// So that a transport can be asked what it has seen while a client has it.
impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, AttemptError>> {
        T::call(self, request)
    }

    fn call_operation(
        &self,
        operation: &CalledOperation,
        request: Request,
    ) -> BoxFuture<'_, Result<Response, AttemptError>> {
        T::call_operation(self, operation, request)
    }
}

impl Transport for reqwest::Client {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, AttemptError>> {
        let sent = self.execute(request);
        Box::pin(staying(async move { sent.await.map_err(AttemptError::from) }))
    }
}

/// Why an attempt has no answer.
pub struct AttemptError {
    kind: AttemptErrorKind,
    source: Box<dyn StdError + Send + Sync>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AttemptErrorKind {
    /// Nothing has reached the server.
    NeverSent,
    /// The request may have reached the server.
    Unknown,
    /// It would be the same once more.
    Final { sent: bool },
    /// Time is up.
    Timeout(TimeoutKind),
}

/// Which time is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeoutKind {
    /// The connection was not made in time.
    Connect,
    /// The head of the answer did not come in time.
    Head,
    /// A body came to a standstill, in one of both directions.
    Stall,
    /// The call as a whole was not done in time.
    Total,
}

impl fmt::Display for TimeoutKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TimeoutKind::Connect => "no connection was made in time",
            TimeoutKind::Head => "no answer came in time",
            TimeoutKind::Stall => "a body came to a standstill",
            TimeoutKind::Total => "the time for the call is up",
        })
    }
}

impl StdError for TimeoutKind {}

#[cfg(feature = "tracing")]
impl TimeoutKind {
    /// Returns its class, in one word.
    pub(super) fn class(self) -> &'static str {
        match self {
            TimeoutKind::Connect => "connect_timeout",
            TimeoutKind::Head => "head_timeout",
            TimeoutKind::Stall => "stall_timeout",
            TimeoutKind::Total => "total_timeout",
        }
    }
}

impl AttemptError {
    fn new(kind: AttemptErrorKind, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        AttemptError { kind, source: source.into() }
    }

    /// Makes the error of a request that did not reach the server. It is tried again, whatever its method is.
    pub fn never_sent(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        AttemptError::new(AttemptErrorKind::NeverSent, source)
    }

    /// Makes the error of a request that may have reached the server. It is tried again if it is idempotent.
    pub fn unknown(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        AttemptError::new(AttemptErrorKind::Unknown, source)
    }

    /// Makes the error of a request that was not sent, and would not be if it were tried again.
    pub fn refused(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        AttemptError::new(AttemptErrorKind::Final { sent: false }, source)
    }

    /// Makes the error of an answer that is larger than is allowed.
    pub(super) fn too_large(source: crate::stream::StreamError) -> Self {
        AttemptError::new(AttemptErrorKind::Final { sent: true }, source)
    }

    /// Makes the error of a request that was answered, of which nothing can be made.
    #[cfg(feature = "testing")]
    pub(super) fn unusable(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        AttemptError::new(AttemptErrorKind::Final { sent: true }, source)
    }

    pub(super) fn timeout(kind: TimeoutKind) -> Self {
        AttemptError::new(AttemptErrorKind::Timeout(kind), kind)
    }

    /// Makes the error of a call that ends here.
    pub(super) fn call(error: Error<Infallible>) -> Self {
        AttemptError::new(AttemptErrorKind::Final { sent: false }, error)
    }

    /// Returns the error of the call, if it ends here.
    pub(super) fn into_call(self) -> Result<Error<Infallible>, Self> {
        let AttemptError { kind, source } = self;
        source
            .downcast::<Error<Infallible>>()
            .map(|error| *error)
            .map_err(|source| AttemptError { kind, source })
    }

    /// Returns the error of the HTTP client, if it is one.
    pub(super) fn into_reqwest(self) -> Result<reqwest::Error, Self> {
        let AttemptError { kind, source } = self;
        source
            .downcast::<reqwest::Error>()
            .map(|error| *error)
            .map_err(|source| AttemptError { kind, source })
    }

    /// Returns true if the connection could not be made.
    pub fn is_connect(&self) -> bool {
        matches!(self.kind, AttemptErrorKind::NeverSent | AttemptErrorKind::Timeout(TimeoutKind::Connect))
    }

    /// Returns which time was up, if one was.
    pub fn timeout_kind(&self) -> Option<TimeoutKind> {
        match self.kind {
            AttemptErrorKind::Timeout(kind) => Some(kind),
            _ => None,
        }
    }

    /// Returns its class, one of a few words.
    #[cfg(feature = "tracing")]
    pub(super) fn class(&self) -> &'static str {
        match self.kind {
            AttemptErrorKind::NeverSent => "not_connected",
            AttemptErrorKind::Unknown => "no_answer",
            AttemptErrorKind::Final { sent: false } => "not_sent",
            AttemptErrorKind::Final { sent: true } => "answer_unusable",
            AttemptErrorKind::Timeout(kind) => kind.class(),
        }
    }

    /// Returns true if the request may have reached the server.
    pub fn may_have_been_sent(&self) -> bool {
        match self.kind {
            AttemptErrorKind::NeverSent | AttemptErrorKind::Timeout(TimeoutKind::Connect) => false,
            AttemptErrorKind::Final { sent } => sent,
            AttemptErrorKind::Unknown | AttemptErrorKind::Timeout(_) => true,
        }
    }

    /// Returns true if another attempt is worth it, where the call may be repeated.
    pub(super) fn is_repeated(&self, retry: &Retry) -> bool {
        match self.kind {
            AttemptErrorKind::NeverSent | AttemptErrorKind::Timeout(TimeoutKind::Connect) => retry.unsent,
            AttemptErrorKind::Final { .. } | AttemptErrorKind::Timeout(TimeoutKind::Total) => false,
            AttemptErrorKind::Unknown | AttemptErrorKind::Timeout(_) => retry.unanswered,
        }
    }
}

impl From<reqwest::Error> for AttemptError {
    /// Takes the query away, which may hold a key, and says what has happened.
    fn from(error: reqwest::Error) -> Self {
        let kind = if is_about_connecting(&error) {
            if error.is_timeout() {
                AttemptErrorKind::Timeout(TimeoutKind::Connect)
            } else if is_about_certificates(&error) {
                AttemptErrorKind::Final { sent: false }
            } else {
                AttemptErrorKind::NeverSent
            }
        } else if error.is_builder() {
            AttemptErrorKind::Final { sent: false }
        } else if error.is_redirect() || is_own_body(&error) {
            AttemptErrorKind::Final { sent: true }
        } else {
            AttemptErrorKind::Unknown
        };
        AttemptError::new(kind, without_query(error))
    }
}

/// Returns every error that an error comes from.
fn sources<'e>(error: &'e (dyn StdError + 'static)) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&error| error.source())
}

/// Returns true if no connection was made.
#[cfg(not(target_arch = "wasm32"))]
fn is_about_connecting(error: &reqwest::Error) -> bool {
    error.is_connect()
}

/// Returns false: a browser does not say whether a connection was made.
#[cfg(target_arch = "wasm32")]
fn is_about_connecting(_: &reqwest::Error) -> bool {
    false
}

/// Returns true if a connection was refused by our side: the certificate is none to be trusted. TLS says so
/// as invalid data.
fn is_about_certificates(error: &reqwest::Error) -> bool {
    let is_invalid = |error: &io::Error| error.kind() == io::ErrorKind::InvalidData;
    sources(error).filter_map(|error| error.downcast_ref::<io::Error>()).any(is_invalid)
}

/// Returns true if the body of the request broke off by itself, not the connection.
fn is_own_body(error: &reqwest::Error) -> bool {
    sources(error).any(|error| error.is::<crate::stream::StreamError>())
}

impl fmt::Display for AttemptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source)?;
        // The HTTP client says little itself.
        let mut last = self.source.to_string();
        for source in sources(&*self.source) {
            let text = source.to_string();
            if !last.contains(&text) {
                write!(f, ": {text}")?;
            }
            last = text;
        }
        Ok(())
    }
}

impl fmt::Debug for AttemptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttemptError").field("kind", &self.kind).field("source", &self.source).finish()
    }
}

impl StdError for AttemptError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}
