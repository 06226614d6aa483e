//! A transport that stays in the process: requests go to a router, or any other service of `http` messages,
//! without a socket.
//!
//! Must not know operations, nor whose router it is.

use super::transport::{AttemptError, BoxFuture, Transport};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, future};
use http::header::{HOST, HeaderValue};
use http_body::Body as HttpBody;
use http_body_util::BodyStream;
use reqwest::{Body, Request, Response, ResponseBuilderExt};
use std::error::Error;
use std::sync::Mutex;
use tower::{Service, ServiceExt};

/// A transport that hands requests to a service in the same process, such as the router of a generated
/// server.
///
/// Nothing is done that an HTTP client does itself, such as compressing.
pub struct InProcess<S> {
    /// Services need not be shared between threads; their clones are.
    service: Mutex<S>,
}

impl<S> InProcess<S> {
    /// Makes a transport to a service, such as an `axum::Router`.
    pub fn new(service: S) -> Self {
        InProcess { service: Mutex::new(service) }
    }
}

impl<S, B> Transport for InProcess<S>
where
    S: Service<http::Request<Body>, Response = http::Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, AttemptError>> {
        let service = match self.service.lock() {
            Ok(service) => service.clone(),
            Err(broken) => broken.into_inner().clone(),
        };
        Box::pin(async move {
            let url = request.url().clone();
            let mut request = http::Request::try_from(request)?;
            if !request.headers().contains_key(HOST)
                && let Ok(host) = HeaderValue::from_str(url.authority())
            {
                request.headers_mut().insert(HOST, host);
            }
            let response = service.oneshot(request).await.map_err(AttemptError::unknown)?;
            let (parts, body) = response.into_parts();
            // Trailers are no part of what clients read.
            let frames = BodyStream::new(body).map_err(Into::into);
            let data = frames.filter_map(|frame: Result<_, Box<dyn Error + Send + Sync>>| {
                future::ready(match frame {
                    Ok(frame) => http_body::Frame::into_data(frame).ok().map(Ok),
                    Err(error) => Some(Err(error)),
                })
            });
            let mut answer = http::Response::builder()
                .status(parts.status)
                .url(url)
                .body(Body::wrap_stream(data))
                .map_err(AttemptError::unknown)?;
            *answer.headers_mut() = parts.headers;
            Ok(answer.into())
        })
    }
}
