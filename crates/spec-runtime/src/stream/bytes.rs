//! A body as bytes, in the pieces in which it comes.

use super::{Boxed, StreamError};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, TryStreamExt};
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A body that is not buffered.
///
/// A body of a known text or of known bytes is sent with its length; any other in chunks.
pub struct ByteStream(Inner);

enum Inner {
    Whole(Bytes),
    Pieces(Boxed<Result<Bytes, StreamError>>),
    End,
}

impl ByteStream {
    /// Makes a body in pieces. An error breaks it off.
    pub fn new<S, B, E>(pieces: S) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<Bytes> + 'static,
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        ByteStream(Inner::Pieces(Boxed::new(pieces.map_ok(Into::into).map_err(StreamError::body))))
    }

    /// Returns all bytes, however many.
    ///
    /// # Errors
    ///
    /// Returns the error that broke the body off.
    pub async fn collect(self) -> Result<Bytes, StreamError> {
        self.collect_within(usize::MAX).await
    }

    /// Returns all bytes, if they are not more than a limit.
    ///
    /// # Errors
    ///
    /// Returns the error that broke the body off; [`StreamError::TooLarge`] as soon as there are more bytes.
    pub async fn collect_within(mut self, limit: usize) -> Result<Bytes, StreamError> {
        let mut first = Bytes::new();
        let mut all = BytesMut::new();
        while let Some(piece) = self.next().await.transpose()? {
            if piece.len() > limit - first.len() - all.len() {
                return Err(StreamError::TooLarge { limit });
            }
            // A body in one piece is not copied.
            if first.is_empty() && all.is_empty() {
                first = piece;
                continue;
            }
            all.extend_from_slice(&std::mem::take(&mut first));
            all.extend_from_slice(&piece);
        }
        Ok(if all.is_empty() { first } else { all.freeze() })
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, StreamError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = match &mut self.0 {
            Inner::Pieces(pieces) => ready!(pieces.poll(context)),
            Inner::Whole(bytes) if bytes.is_empty() => None,
            Inner::Whole(bytes) => Some(Ok(std::mem::take(bytes))),
            Inner::End => None,
        };
        if !matches!((&self.0, &item), (Inner::Pieces(_), Some(Ok(_)))) {
            self.0 = Inner::End;
        }
        Poll::Ready(item)
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByteStream(…)")
    }
}

impl Default for ByteStream {
    /// Makes a body without bytes.
    fn default() -> Self {
        ByteStream(Inner::End)
    }
}

impl From<Bytes> for ByteStream {
    fn from(bytes: Bytes) -> Self {
        ByteStream(Inner::Whole(bytes))
    }
}

impl From<Vec<u8>> for ByteStream {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for ByteStream {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for ByteStream {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<&'static [u8]> for ByteStream {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

#[cfg(feature = "client")]
impl From<reqwest::Response> for ByteStream {
    /// Takes the body of an answer. Its errors have no query, which may hold a key.
    fn from(response: reqwest::Response) -> Self {
        let pieces = crate::client::browser::on_its_thread(response.bytes_stream());
        ByteStream::new(pieces.map_err(crate::client::without_query))
    }
}

// A browser sends no body that is not there as a whole.
#[cfg(all(feature = "client", not(target_arch = "wasm32")))]
impl From<ByteStream> for reqwest::Body {
    fn from(body: ByteStream) -> Self {
        match body.0 {
            Inner::Whole(bytes) => bytes.into(),
            Inner::Pieces(_) => reqwest::Body::wrap_stream(body),
            Inner::End => Bytes::new().into(),
        }
    }
}

#[cfg(feature = "server")]
impl From<axum::body::Body> for ByteStream {
    fn from(body: axum::body::Body) -> Self {
        ByteStream::new(body.into_data_stream())
    }
}

#[cfg(feature = "server")]
impl From<ByteStream> for axum::body::Body {
    fn from(body: ByteStream) -> Self {
        match body.0 {
            Inner::Whole(bytes) => bytes.into(),
            Inner::Pieces(_) => axum::body::Body::from_stream(body),
            Inner::End => axum::body::Body::empty(),
        }
    }
}
