//! Transports for tests: one that records what is sent and answered, one that plays it again, and two that
//! misbehave.
//!
//! With the feature `testing`. Each takes the place of the HTTP client
//! ([`Configure::with_transport`](super::Configure::with_transport)), so that all else is as ever: retries,
//! timeouts, credentials, decoding. Must not know any particular API.

mod cassette;
mod exchange;
mod faulty;
mod recorder;
mod redact;
mod replay;

pub use cassette::Cassette;
pub use faulty::{Fault, Faulty, Never};
pub use recorder::Recorder;
pub use replay::Replay;

use super::operation::CalledOperation;
use super::transport::{AttemptError, BoxFuture, Transport};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http::response::Parts;
use reqwest::{Body, Request, Response, ResponseBuilderExt, Url};
use std::error::Error;

/// What breaks a body off.
type Broken = Box<dyn Error + Send + Sync>;

/// Implements `Transport` by a method `send`, which does the same with requests of operations and with those
/// of none.
macro_rules! transport_by_send {
    ($transport:ty $(, $inner:ident)?) => {
        impl$(<$inner: $crate::client::Transport>)? $crate::client::Transport for $transport {
            fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, AttemptError>> {
                self.send(None, request)
            }

            fn call_operation(
                &self,
                operation: &CalledOperation,
                request: Request,
            ) -> BoxFuture<'_, Result<Response, AttemptError>> {
                self.send(Some(*operation), request)
            }
        }
    };
}
use transport_by_send;

/// Passes a request on to another transport, with the operation that it is of, if it is of any.
fn pass<'a>(
    transport: &'a impl Transport,
    operation: Option<&CalledOperation>,
    request: Request,
) -> BoxFuture<'a, Result<Response, AttemptError>> {
    match operation {
        Some(operation) => transport.call_operation(operation, request),
        None => transport.call(request),
    }
}

/// Reads the body of a request to its end, so that it is in memory from then on.
///
/// # Errors
///
/// Those of the body itself.
async fn buffer(request: &mut Request) -> Result<Bytes, AttemptError> {
    let Some(body) = request.body_mut().take() else { return Ok(Bytes::new()) };
    let whole = match body.as_bytes() {
        Some(bytes) => Bytes::copy_from_slice(bytes),
        None => http_body_util::BodyExt::collect(body).await?.to_bytes(),
    };
    *request.body_mut() = Some(whole.clone().into());
    Ok(whole)
}

/// Reads an answer to its end, and returns its head, what came of its body, and what broke that off, if
/// anything did.
async fn take_apart(response: Response) -> (Parts, Bytes, Option<reqwest::Error>) {
    let (mut parts, ()) = http::Response::new(()).into_parts();
    parts.status = response.status();
    parts.version = response.version();
    parts.headers = response.headers().clone();
    let mut response = response;
    let mut came = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(piece)) => came.extend_from_slice(&piece),
            Ok(None) => return (parts, came.freeze(), None),
            Err(error) => return (parts, came.freeze(), Some(error)),
        }
    }
}

/// Makes an answer of its parts; its body breaks off where something says so.
fn put_together(
    parts: &Parts,
    body: Bytes,
    broken: Option<Broken>,
    url: Url,
) -> Result<Response, AttemptError> {
    let body = match broken {
        None => Body::from(body),
        Some(error) => Body::wrap_stream(stream::iter([Ok(body), Err(error)])),
    };
    let answer = http::Response::builder().status(parts.status).version(parts.version).url(url).body(body);
    let mut answer = answer.map_err(AttemptError::refused)?;
    answer.headers_mut().clone_from(&parts.headers);
    Ok(answer.into())
}
