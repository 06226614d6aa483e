//! Answers on their way from the transport to whoever reads them, with what is known of the call.
//!
//! Must not know what bodies mean.

use super::browser::{OnItsThread, on_its_thread, staying, taken, timeout};
use super::error::{Error, RawResponse};
use super::evidence::Evidence;
use super::options::{BODY_LIMIT, STALL_TIMEOUT};
use super::secrets::marked;
use super::transport::{AttemptError, TimeoutKind};
use crate::stream::{ByteStream, StreamError};
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use std::fmt;
use std::pin::pin;
use std::time::Duration;

/// The answer of an operation.
#[derive(Debug)]
pub struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: AnswerBody,
    pub(super) evidence: Box<Evidence>,
    pub(super) limits: Limits,
}

/// The body of an answer.
pub(super) enum AnswerBody {
    /// All of it, or as much as came.
    Whole(Bytes),
    /// It has not been read yet.
    Coming(OnItsThread<reqwest::Response>),
}

impl fmt::Debug for AnswerBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AnswerBody::Whole(bytes) => f.debug_tuple("Whole").field(bytes).finish(),
            // There is a URL in it, with its query.
            AnswerBody::Coming(_) => f.write_str("Coming(…)"),
        }
    }
}

/// The limits of a body that is read later.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The largest number of bytes that are buffered.
    pub(super) buffered: usize,
    /// The longest wait for a piece.
    pub(super) stall: Option<Duration>,
    /// The longest wait for an event or a line.
    pub(super) event: Option<Duration>,
}

impl From<reqwest::Response> for Answer {
    /// Takes an answer that something else than a call was given.
    fn from(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), marked(response.headers().clone()));
        let mut evidence = Evidence::of_answer(response.url());
        evidence.note_answer(status, &headers);
        let limits = Limits { buffered: BODY_LIMIT, stall: Some(STALL_TIMEOUT), event: None };
        Answer {
            status,
            headers,
            body: AnswerBody::Coming(on_its_thread(response)),
            evidence: Box::new(evidence),
            limits,
        }
    }
}

impl From<RawResponse> for Answer {
    /// Takes an answer that was read to its end.
    fn from(raw: RawResponse) -> Self {
        let RawResponse { status, headers, body, evidence } = raw;
        let limits = Limits { buffered: BODY_LIMIT, stall: Some(STALL_TIMEOUT), event: None };
        Answer { status, headers, body: AnswerBody::Whole(body), evidence: Box::new(evidence), limits }
    }
}

impl Answer {
    /// Returns its status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns its headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns its `Content-Type`; an empty text where there is none that can be read.
    pub(super) fn content_type(&self) -> &str {
        self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Reads it to its end. Of a body that breaks off there is what came, unless it is one of success.
    pub(super) async fn into_raw<E>(self) -> Result<RawResponse, Error<E>> {
        let Answer { status, headers, body, evidence, limits } = self;
        let body = match body {
            AnswerBody::Whole(body) => body,
            AnswerBody::Coming(response) => {
                match staying(read(taken(response), limits.buffered, limits.stall)).await {
                    (_, Some(error)) if status.is_success() => {
                        return Err(Error::from_attempt(error, evidence));
                    }
                    (body, _) => body,
                }
            }
        };
        Ok(RawResponse { status, headers, body, evidence: *evidence })
    }

    /// Returns its body as a stream; `is_steady` says that a piece is due at any time.
    pub(super) fn into_stream(self, is_steady: bool) -> ByteStream {
        let response = match self.body {
            AnswerBody::Whole(bytes) => return bytes.into(),
            AnswerBody::Coming(response) => taken(response),
        };
        let Some(limit) = (if is_steady { self.limits.stall } else { self.limits.event }) else {
            return response.into();
        };
        let pieces = Box::pin(on_its_thread(response.bytes_stream()));
        let pieces = stream::unfold(Some(pieces), move |pieces| async move {
            let mut pieces = pieces?;
            match timeout(limit, pieces.next()).await {
                Ok(None) => None,
                Ok(Some(Ok(piece))) => Some((Ok(piece), Some(pieces))),
                Ok(Some(Err(error))) => Some((Err(AttemptError::from(error)), None)),
                Err(_) => Some((Err(AttemptError::timeout(TimeoutKind::Stall)), None)),
            }
        });
        ByteStream::new(pieces)
    }
}

/// Reads a body to its end, and returns what came; and what broke it off, if it was.
pub(super) async fn read(
    response: reqwest::Response,
    limit: usize,
    stall: Option<Duration>,
) -> (Bytes, Option<AttemptError>) {
    let too_large = || Some(AttemptError::too_large(StreamError::TooLarge { limit }));
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return (Bytes::new(), too_large());
    }
    let mut pieces = pin!(response.bytes_stream());
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    let broken = loop {
        let piece = match stall {
            Some(stall) => match timeout(stall, pieces.next()).await {
                Ok(piece) => piece,
                Err(_) => break Some(AttemptError::timeout(TimeoutKind::Stall)),
            },
            None => pieces.next().await,
        };
        match piece {
            Some(Ok(piece)) if piece.len() > limit - first.len() - all.len() => break too_large(),
            // A body in one piece is not copied.
            Some(Ok(piece)) if first.is_empty() && all.is_empty() => first = piece,
            Some(Ok(piece)) => {
                all.extend_from_slice(&std::mem::take(&mut first));
                all.extend_from_slice(&piece);
            }
            None => break None,
            Some(Err(error)) => break Some(error.into()),
        }
    };
    (if all.is_empty() { first } else { all.freeze() }, broken)
}
