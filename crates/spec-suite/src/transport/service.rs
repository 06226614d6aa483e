//! A service in this process: no socket, and a panic is seen as what it is.

use super::{Lost, Pending, Transport};
use bytes::Bytes;
use futures_util::FutureExt;
use http::{Request, Response};
use http_body_util::Full;
use std::any::Any;
use std::error::Error;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tower::{Service, ServiceExt};

/// A service in this process.
pub(crate) struct InProcess<S> {
    service: Mutex<S>,
    timeout: Duration,
}

impl<S> InProcess<S> {
    pub(crate) fn new(service: S, timeout: Duration) -> Self {
        InProcess { service: Mutex::new(service), timeout }
    }
}

impl<S, B> Transport for InProcess<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send,
    S::Future: Send,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: http_body::Body + Send,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    fn send(&self, request: Request<Bytes>) -> Pending<'_> {
        let service = self.service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let closed = |error: Box<dyn Error + Send + Sync>| Lost::Closed(error.to_string());
        let answer = async move {
            let response = service.oneshot(request.map(Full::new)).await.map_err(|own| closed(own.into()))?;
            let read = super::body::read(response, self.timeout).await;
            let (answer, _) = read.map_err(|own| own.map_or(Lost::TimedOut, |own| closed(own.into())))?;
            Ok(answer)
        };
        Box::pin(async move {
            let caught = AssertUnwindSafe(answer).catch_unwind();
            match tokio::time::timeout(self.timeout, caught).await {
                Err(_) => Err(Lost::TimedOut),
                Ok(Err(panic)) => Err(Lost::Panicked(message(panic.as_ref()))),
                Ok(Ok(answer)) => answer,
            }
        })
    }
}

/// Returns what was said where something panicked.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
