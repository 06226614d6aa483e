//! The guard as a proxy, for services in any language.
//!
//! Everything passes, both ways and as it comes: streams, trailers, upgrades. See [`Proxy`].
//!
//! Knows sockets. Must not know what is judged.

mod cors;
mod origin;
mod upstream;

use crate::guard::Guard;
use crate::service::Guarded;
use axum::ServiceExt as _;
use axum::extract::Request;
use axum::response::Response;
use futures_util::future::BoxFuture;
use origin::{Origin, Own};
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};
use tokio::net::TcpListener;
use tower::{Layer as _, Service};
pub use upstream::{UnusableUrl, Upstream};

/// A proxy in front of a service: a guard around an [`Upstream`].
///
/// References to the service in `Location`, `Content-Location`, `Link` and `Refresh` of answers lead to the
/// proxy, so that callers stay with it.
///
/// ```no_run
/// use spec_guard::Guard;
/// use spec_guard::proxy::{Proxy, Upstream};
///
/// # async fn example(contract: spec_guard::Contract) -> Result<(), Box<dyn std::error::Error>> {
/// let guard = Guard::new(contract).enforce();
/// let proxy = Proxy::new(&guard, Upstream::new("https://pets.example.com/v1")?);
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:4010").await?;
/// proxy.serve(listener, std::future::pending()).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Proxy {
    guarded: Guarded<Upstream>,
    origin: Origin,
    cors: bool,
}

impl Proxy {
    /// Puts a guard in front of a service.
    #[must_use]
    pub fn new(guard: &Guard, upstream: Upstream) -> Proxy {
        Proxy { origin: upstream.origin(), guarded: guard.layer(upstream), cors: false }
    }

    /// Lets pages of other origins ask: preflights are answered here, and other answers have the headers that
    /// browsers ask for, where the service has none of its own.
    #[must_use]
    pub fn cors(mut self, cors: bool) -> Proxy {
        self.cors = cors;
        self
    }

    /// Serves until something is over. Connections that are open then are closed.
    ///
    /// # Errors
    ///
    /// When nothing can be accepted any more.
    pub async fn serve(self, listener: TcpListener, until: impl Future<Output = ()>) -> io::Result<()> {
        let service = self.into_make_service_with_connect_info::<SocketAddr>();
        tokio::select! {
            served = axum::serve(listener, service) => served,
            () = until => Ok(()),
        }
    }
}

impl Service<Request> for Proxy {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request>::poll_ready(&mut self.guarded, cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let asked = self.cors.then(|| cors::Asked::of(request.headers()));
        if let Some(answer) = asked.as_ref().and_then(|asked| asked.preflight(request.method())) {
            return Box::pin(std::future::ready(Ok(answer)));
        }
        let (own, origin) = (Own::of(request.uri(), request.headers()), self.origin.clone());
        let answer = self.guarded.call(request);
        Box::pin(async move {
            let mut answer = answer.await?;
            origin.rewrite(answer.headers_mut(), &own);
            Ok(match asked {
                Some(asked) => asked.allowed(answer),
                None => answer,
            })
        })
    }
}
