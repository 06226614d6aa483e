//! The layer, and the service that it makes.
//!
//! Knows which exchanges are looked at. Must not know how messages are judged.

use crate::exchange;
use crate::guard::Guard;
use axum::BoxError;
use axum::body::Body;
use bytes::Bytes;
use futures_util::future::{BoxFuture, Either, MapOk};
use futures_util::{FutureExt as _, TryFutureExt as _};
use http::{Request, Response};
use http_body::Body as HttpBody;
use std::task::{Context, Poll};
use tower::{Layer, Service};

impl<S> Layer<S> for Guard {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { guard: self.clone(), inner }
    }
}

/// A service behind a guard.
#[derive(Clone, Debug)]
pub struct Guarded<S> {
    guard: Guard,
    inner: S,
}

/// The answer to an exchange that nobody looks at, or to one that somebody does.
type Answer<F, R, E> =
    Either<MapOk<F, fn(Response<R>) -> Response<Body>>, BoxFuture<'static, Result<Response<Body>, E>>>;

impl<S, B, R> Service<Request<B>> for Guarded<S>
where
    S: Service<Request<Body>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Answer<S::Future, R, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let request = request.map(Body::new);
        let settings = &self.guard.0;
        if !settings.sampler.takes() || settings.is_idle() {
            return self.inner.call(request).map_ok(boxed as fn(Response<R>) -> Response<Body>).left_future();
        }
        // The one that is ready is called; its clone may not be.
        let clone = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, clone);
        exchange::run(settings.clone(), inner, request).boxed().right_future()
    }
}

pub(crate) fn boxed<R>(response: Response<R>) -> Response<Body>
where
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    response.map(Body::new)
}
