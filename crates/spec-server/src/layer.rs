//! Layers for some operations only.
//!
//! Knows ids of operations. Must not know what a layer does.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use spec_runtime::server::OperationId;
use std::task::{Context, Poll};
use tower::{Layer, Service, ServiceExt as _};

/// Makes a layer that is there for some operations only, by `operationId`. Give it to `Router::layer`, and
/// the operations to [`Builder::operations`](crate::Builder::operations).
///
/// ```
/// use axum::Router;
/// use spec_server::{cors::CorsLayer, only};
///
/// fn layered(router: Router) -> Router {
///     router.layer(only(&["listPets"], CorsLayer::permissive()))
/// }
/// ```
pub fn only<L>(operation_ids: &'static [&'static str], layer: L) -> Only<L> {
    Only { operation_ids, layer }
}

/// A layer that is there for some operations only.
#[derive(Clone, Copy, Debug)]
pub struct Only<L> {
    operation_ids: &'static [&'static str],
    layer: L,
}

impl<S: Clone, L: Layer<S>> Layer<S> for Only<L> {
    type Service = OnlyService<S, L::Service>;

    fn layer(&self, inner: S) -> Self::Service {
        OnlyService {
            operation_ids: self.operation_ids,
            layered: self.layer.layer(inner.clone()),
            plain: inner,
        }
    }
}

/// A service, with and without a layer.
#[derive(Clone, Copy, Debug)]
pub struct OnlyService<S, T> {
    operation_ids: &'static [&'static str],
    layered: T,
    plain: S,
}

impl<S, T> Service<Request> for OnlyService<S, T>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    T: Service<Request, Error = S::Error> + Clone + Send + 'static,
    T::Future: Send,
    T::Response: IntoResponse,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    /// Is always ready: only the service that is called waits until it is.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let operation = request.extensions().get::<OperationId>();
        if operation.is_some_and(|operation| self.operation_ids.contains(&operation.0)) {
            let layered = self.layered.clone();
            return Box::pin(async move { layered.oneshot(request).await.map(IntoResponse::into_response) });
        }
        Box::pin(self.plain.clone().oneshot(request))
    }
}
