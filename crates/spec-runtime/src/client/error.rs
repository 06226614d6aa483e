//! Errors of calls, with all the evidence there is.

use super::token::{TokenError, TokenRefusal};
use crate::json::DecodeError;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use progenitor_client::ResponseValue;
use std::fmt;

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
    Communication(reqwest::Error),
    /// An error that the document declares.
    ErrorResponse(ResponseValue<E>),
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
    /// Its body; empty where it could not be read to the end.
    pub body: Bytes,
}

impl RawResponse {
    /// Returns the body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) async fn read(response: reqwest::Response) -> Result<Self, reqwest::Error> {
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(RawResponse { status, headers, body: response.bytes().await? })
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &self.text())
            .finish()
    }
}

impl<E> Error<E> {
    /// Returns the status of the answer, where there was one. That of a token endpoint is none.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Error::ErrorResponse(response) => Some(response.status()),
            Error::InvalidResponse(raw, _) | Error::UnexpectedResponse(raw) => Some(raw.status),
            Error::Communication(error) => error.status(),
            Error::TokenRefused(_)
            | Error::InvalidRequest(_)
            | Error::MissingCredentials { .. }
            | Error::Custom(_) => None,
        }
    }

    /// Returns the headers of the answer, where there was one.
    pub fn headers(&self) -> Option<&HeaderMap> {
        match self {
            Error::ErrorResponse(response) => Some(response.headers()),
            Error::InvalidResponse(raw, _) | Error::UnexpectedResponse(raw) => Some(&raw.headers),
            _ => None,
        }
    }

    /// Reads an answer whose status the document does not declare.
    pub async fn unexpected(response: reqwest::Response) -> Self {
        match RawResponse::read(response).await {
            Ok(raw) => Error::UnexpectedResponse(Box::new(raw)),
            Err(error) => error.into(),
        }
    }
}

impl<E> From<reqwest::Error> for Error<E> {
    /// Takes the query away, which may hold a key.
    fn from(error: reqwest::Error) -> Self {
        Error::Communication(without_query(error))
    }
}

/// Returns the error without the query of its URL, which may hold a key.
pub(crate) fn without_query(mut error: reqwest::Error) -> reqwest::Error {
    if let Some(url) = error.url_mut() {
        url.set_query(None);
    }
    error
}

impl<E> From<TokenError> for Error<E> {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Request(message) => Error::InvalidRequest(message),
            TokenError::Communication(error) => Error::Communication(error),
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
            | Hook::ResponseBodyError(error) => error.into(),
            Hook::ErrorResponse(response) => Error::ErrorResponse(response),
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
            Error::Communication(error) => write!(f, "the server could not be asked: {error}"),
            Error::ErrorResponse(response) => {
                write!(f, "the server answered {}: {:?}", response.status(), **response)
            }
            Error::InvalidResponse(raw, error) => {
                write!(
                    f,
                    "the server answered {} with a body that the document does not declare: {error}",
                    raw.status
                )
            }
            Error::UnexpectedResponse(raw) => {
                write!(f, "the server answered {}, which the document does not declare", raw.status)
            }
            Error::Custom(message) => f.write_str(message),
        }
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
            Error::Communication(error) => f.debug_tuple("Communication").field(error).finish(),
            Error::ErrorResponse(response) => {
                let status = response.status();
                f.debug_struct("ErrorResponse").field("status", &status).field("body", &**response).finish()
            }
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
            Error::Communication(error) => Some(error),
            Error::InvalidResponse(_, error) => Some(error),
            _ => None,
        }
    }
}
