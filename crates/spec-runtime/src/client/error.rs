//! Errors of calls, with all the evidence there is.

use super::evidence::{Effort, Evidence};
use super::retry::is_passing;
use super::token::{TokenError, TokenRefusal};
use super::transport::{AttemptError, TimeoutKind};
use crate::json::DecodeError;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::convert::Infallible;
use std::fmt;
use std::ops::Deref;
use std::time::Duration;

/// The length of an excerpt of a body, in characters.
const EXCERPT: usize = 200;

/// Why a call did not give what was asked for. `E` is what the document declares for the operation's errors.
#[non_exhaustive]
pub enum Error<E = ()> {
    /// The request can't be sent as it is. Nothing was sent.
    InvalidRequest(String),
    /// The document asks for credentials that the client was not given. Nothing was sent.
    MissingCredentials {
        /// Alternatives, each with the security schemes that are missing for it.
        alternatives: Vec<Vec<&'static str>>,
    },
    /// There is no token for the request: the token endpoint refused to give one. The request was not sent.
    TokenRefused(TokenRefusal),
    /// The request could not be sent, or its answer not be received.
    Communication(AttemptError, Box<Evidence>),
    /// Time is up.
    Timeout(TimeoutKind, Box<Evidence>),
    /// An error that the document declares.
    ErrorResponse(ErrorResponse<E>),
    /// A status that the document declares, with a body that it does not.
    InvalidResponse(Box<RawResponse>, DecodeError),
    /// A status that the document does not declare.
    UnexpectedResponse(Box<RawResponse>),
    /// The message of a hook.
    Custom(String),
}

/// An answer as it came.
#[derive(Clone)]
#[non_exhaustive]
pub struct RawResponse {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; of one that broke off, or was too large, what came.
    pub body: Bytes,
    /// The call that it answers.
    pub evidence: Evidence,
}

impl RawResponse {
    /// Returns the body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the start of the body, in one line.
    fn excerpt(&self) -> String {
        let text = String::from_utf8_lossy(&self.body[..self.body.len().min(EXCERPT * 4)]);
        let mut words: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((end, _)) = words.char_indices().nth(EXCERPT) {
            words.truncate(end);
            words.push('…');
        }
        words
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &self.text())
            .field("evidence", &self.evidence)
            .finish()
    }
}

/// An answer with an error that the document declares.
#[derive(Clone)]
pub struct ErrorResponse<E> {
    value: E,
    raw: Box<RawResponse>,
}

impl<E> ErrorResponse<E> {
    pub(super) fn new(value: E, raw: RawResponse) -> Self {
        ErrorResponse { value, raw: Box::new(raw) }
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.raw.status
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.raw.headers
    }

    /// Returns the answer as it came.
    pub fn raw(&self) -> &RawResponse {
        &self.raw
    }

    /// Returns the body.
    pub fn into_inner(self) -> E {
        self.value
    }
}

impl<E> Deref for ErrorResponse<E> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.value
    }
}

impl<E: fmt::Debug> fmt::Debug for ErrorResponse<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ErrorResponse");
        shown.field("status", &self.raw.status).field("body", &self.value);
        shown.field("evidence", &self.raw.evidence).finish_non_exhaustive()
    }
}

impl<E> Error<E> {
    /// Makes the error of a call whose last attempt had no answer.
    pub(super) fn from_attempt(error: AttemptError, evidence: Box<Evidence>) -> Self {
        match error.into_call() {
            Ok(own) => Error::of_any(own),
            Err(error) => match error.timeout_kind() {
                Some(kind) => Error::Timeout(kind, evidence),
                None => Error::Communication(error, evidence),
            },
        }
    }

    /// Makes an error of this operation of one that any operation may have.
    pub(super) fn of_any(error: Error<Infallible>) -> Self {
        match error {
            Error::InvalidRequest(message) => Error::InvalidRequest(message),
            Error::MissingCredentials { alternatives } => Error::MissingCredentials { alternatives },
            Error::TokenRefused(refusal) => Error::TokenRefused(refusal),
            Error::Communication(error, evidence) => Error::Communication(error, evidence),
            Error::Timeout(kind, evidence) => Error::Timeout(kind, evidence),
            Error::ErrorResponse(response) => match *response {},
            Error::InvalidResponse(raw, error) => Error::InvalidResponse(raw, error),
            Error::UnexpectedResponse(raw) => Error::UnexpectedResponse(raw),
            Error::Custom(message) => Error::Custom(message),
        }
    }

    /// Returns its class, one of a few words: the status, where there is an answer that was understood.
    #[cfg(feature = "tracing")]
    pub(super) fn class(&self) -> std::borrow::Cow<'static, str> {
        match self {
            Error::InvalidRequest(_) => "invalid_request".into(),
            Error::MissingCredentials { .. } => "missing_credentials".into(),
            Error::TokenRefused(_) => "token_refused".into(),
            Error::Communication(error, _) => error.class().into(),
            Error::Timeout(kind, _) => kind.class().into(),
            Error::ErrorResponse(response) => response.status().as_str().to_owned().into(),
            Error::InvalidResponse(..) => "invalid_response".into(),
            Error::UnexpectedResponse(raw) => raw.status.as_str().to_owned().into(),
            Error::Custom(_) => "hook".into(),
        }
    }

    /// Returns the answer as it came, where there was one. That of a token endpoint is none.
    pub fn raw(&self) -> Option<&RawResponse> {
        match self {
            Error::ErrorResponse(response) => Some(response.raw()),
            Error::InvalidResponse(raw, _) | Error::UnexpectedResponse(raw) => Some(raw),
            _ => None,
        }
    }

    /// Returns what is known of the call, where it was made.
    pub fn evidence(&self) -> Option<&Evidence> {
        match self {
            Error::Communication(_, evidence) | Error::Timeout(_, evidence) => Some(evidence),
            _ => self.raw().map(|raw| &raw.evidence),
        }
    }

    /// Returns the status of the answer, where there was one, even if it broke off. That of a token endpoint
    /// is none.
    pub fn status(&self) -> Option<StatusCode> {
        self.evidence()?.status
    }

    /// Returns the headers of the answer, where there was one.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.raw().map(|raw| &raw.headers)
    }

    /// Returns the name that the server gave to the request, where it says it.
    pub fn request_id(&self) -> Option<&str> {
        self.evidence()?.request_id.as_deref()
    }

    /// Returns the time that the server tells the caller to wait before it tries again.
    pub fn retry_after(&self) -> Option<Duration> {
        self.evidence()?.retry_after
    }

    /// Returns true if the request may have reached the server. False means that nothing has happened there.
    pub fn may_have_been_sent(&self) -> bool {
        self.evidence().is_some_and(|evidence| evidence.may_have_been_sent)
    }

    /// Returns true if no connection was made.
    pub fn is_connect(&self) -> bool {
        match self {
            Error::Communication(error, _) => error.is_connect(),
            Error::Timeout(kind, _) => *kind == TimeoutKind::Connect,
            _ => false,
        }
    }

    /// Returns true if time was up.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Error::Timeout(..))
    }

    /// Returns true if the same call may succeed later: no connection was made, there was no answer in time,
    /// or the server says that it can't answer now. It says nothing of whether the call may be repeated: see
    /// [`may_have_been_sent`](Self::may_have_been_sent).
    pub fn is_retryable(&self) -> bool {
        match self {
            Error::Communication(error, _) => error.is_repeated(&super::retry::Retry::new()),
            Error::Timeout(..) => true,
            Error::TokenRefused(refusal) => refusal.status.is_server_error(),
            _ => self.status().is_some_and(is_passing),
        }
    }
}

impl<E> From<reqwest::Error> for Error<E> {
    /// Converts the error of a request that could not be built.
    fn from(error: reqwest::Error) -> Self {
        // A URL that is none, or of another scheme than http and https.
        let is_no_url = std::error::Error::source(&error)
            .is_some_and(|source| source.is::<<reqwest::Url as std::str::FromStr>::Err>());
        let is_about_url = is_no_url || (error.is_builder() && error.url().is_some());
        let what = AttemptError::from(error);
        Error::InvalidRequest(match is_about_url {
            true => format!("the base URL is none, such as https://api.example.com would be: {what}"),
            false => what.to_string(),
        })
    }
}

/// Returns the error without the query of its URL, which may hold a key.
pub(crate) fn without_query(mut error: reqwest::Error) -> reqwest::Error {
    match error.url_mut() {
        // Of `user:password@host` the user is the scheme, and nothing can be taken away.
        Some(url) if !url.has_host() => error.without_url(),
        Some(url) => {
            url.set_query(None);
            url.set_fragment(None);
            super::redirect::without_user(url);
            error
        }
        None => error,
    }
}

impl<E> From<TokenError> for Error<E> {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Request(message) => Error::InvalidRequest(message),
            TokenError::Communication(error, evidence) => Error::from_attempt(error, evidence),
            TokenError::Refused(refusal) => Error::TokenRefused(refusal),
        }
    }
}

impl<E> From<progenitor_client::Error<E>> for Error<E> {
    /// Converts the error that hooks answer with.
    fn from(error: progenitor_client::Error<E>) -> Self {
        use progenitor_client::Error as Hook;
        match error {
            Hook::InvalidRequest(message) => Error::InvalidRequest(message),
            Hook::CommunicationError(error)
            | Hook::InvalidUpgrade(error)
            | Hook::ResponseBodyError(error) => Error::Custom(AttemptError::from(error).to_string()),
            Hook::ErrorResponse(response) => {
                Error::Custom(format!("a hook refused status {}", response.status()))
            }
            Hook::InvalidResponsePayload(_, error) => Error::Custom(error.to_string()),
            Hook::UnexpectedResponse(response) => {
                Error::Custom(format!("a hook did not expect status {}", response.status()))
            }
            Hook::Custom(message) => Error::Custom(message),
        }
    }
}

impl<E: fmt::Debug> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::InvalidRequest(message) => write!(f, "the request can't be sent: {message}"),
            Error::MissingCredentials { alternatives } => {
                let alternatives: Vec<String> =
                    alternatives.iter().map(|schemes| schemes.join(" and ")).collect();
                write!(f, "the operation needs credentials for {}", alternatives.join(", or "))
            }
            Error::TokenRefused(refusal) => write!(f, "{refusal}"),
            Error::Communication(error, evidence) => {
                write!(f, "{evidence}: ")?;
                if let Some(status) = evidence.status {
                    write!(f, "{status}, but the answer can't be used ")?;
                } else if evidence.may_have_been_sent {
                    write!(f, "no answer ")?;
                } else {
                    write!(f, "the server can't be reached ")?;
                }
                write!(f, "{}: {error}", Effort(evidence))
            }
            Error::Timeout(kind, evidence) => write!(f, "{evidence}: {kind}, {}", Effort(evidence)),
            Error::ErrorResponse(response) => answered(f, response.raw(), ""),
            Error::InvalidResponse(raw, error) => {
                answered(f, raw, &format!(" with a body that the document does not declare ({error})"))
            }
            Error::UnexpectedResponse(raw) => answered(f, raw, ", which the document does not declare,"),
            Error::Custom(message) => f.write_str(message),
        }
    }
}

/// Shows an answer: `PUT /a/{b}: 503 Service Unavailable after 3 attempts in 4.1 s (request id x): the body`.
fn answered(f: &mut fmt::Formatter<'_>, raw: &RawResponse, remark: &str) -> fmt::Result {
    let evidence = &raw.evidence;
    write!(f, "{evidence}: {}{remark} {}", raw.status, Effort(evidence))?;
    match raw.excerpt() {
        excerpt if excerpt.is_empty() => Ok(()),
        excerpt => write!(f, ": {excerpt}"),
    }
}

impl<E: fmt::Debug> fmt::Debug for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::InvalidRequest(message) => f.debug_tuple("InvalidRequest").field(message).finish(),
            Error::MissingCredentials { alternatives } => {
                f.debug_struct("MissingCredentials").field("alternatives", alternatives).finish()
            }
            Error::TokenRefused(refusal) => f.debug_tuple("TokenRefused").field(refusal).finish(),
            Error::Communication(error, evidence) => {
                f.debug_tuple("Communication").field(error).field(evidence).finish()
            }
            Error::Timeout(kind, evidence) => f.debug_tuple("Timeout").field(kind).field(evidence).finish(),
            Error::ErrorResponse(response) => response.fmt(f),
            Error::InvalidResponse(raw, error) => {
                f.debug_tuple("InvalidResponse").field(raw).field(error).finish()
            }
            Error::UnexpectedResponse(raw) => f.debug_tuple("UnexpectedResponse").field(raw).finish(),
            Error::Custom(message) => f.debug_tuple("Custom").field(message).finish(),
        }
    }
}

impl<E: fmt::Debug> std::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Communication(error, _) => Some(error),
            Error::InvalidResponse(_, error) => Some(error),
            _ => None,
        }
    }
}
