//! Transports that misbehave, as networks and servers do.
//!
//! What they do to a request they say as a real transport would: whether it may have reached the server. Must
//! not know what becomes of it.

use super::super::operation::CalledOperation;
use super::super::transport::{AttemptError, BoxFuture, Transport};
use super::{Broken, buffer, pass, put_together, take_apart, transport_by_send};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use reqwest::{Request, Response};
use std::collections::VecDeque;
use std::io::{Error, ErrorKind};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A transport that takes every request and never answers: for tests of timeouts, and of calls that are given
/// up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Never;

impl Transport for Never {
    fn call(&self, mut request: Request) -> BoxFuture<'_, Result<Response, AttemptError>> {
        Box::pin(async move {
            buffer(&mut request).await?;
            std::future::pending().await
        })
    }
}

/// Something that goes wrong with a request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing does.
    None,
    /// The connection is refused: nothing is sent.
    Refuse,
    /// The connection is closed before the server has the request. The client can't tell that from
    /// [`LoseAnswer`](Fault::LoseAnswer): the request may have been sent.
    LoseRequest,
    /// The server does what it is asked for, and the connection is closed before its answer is there.
    LoseAnswer,
    /// The request waits before it is passed on.
    Delay(Duration),
    /// Something before the server answers in its stead, with a status and headers, and an empty body.
    Answer(StatusCode, HeaderMap),
    /// The answer breaks off after so many bytes of its body; one that is no longer than that is whole.
    Truncate(usize),
}

/// A transport that lets things go wrong, and else passes requests on to another one.
///
/// ```
/// use spec_runtime::client::testing::{Fault, Faulty};
/// # use spec_runtime::client::{Configure, Transport};
/// # fn f(client: impl Configure, transport: impl Transport + 'static) -> impl Configure {
/// // The first request never arrives, the answer to the second one is lost; from then on all is well.
/// client.with_transport(Faulty::scripted(transport, [Fault::Refuse, Fault::LoseAnswer]))
/// # }
/// ```
#[derive(Debug)]
pub struct Faulty<T> {
    transport: T,
    plan: Mutex<Plan>,
}

#[derive(Debug)]
enum Plan {
    Script(VecDeque<Fault>),
    Random { chance: fastrand::Rng, share: f64, faults: Vec<Fault> },
}

impl<T> Faulty<T> {
    /// Makes a transport with one fault for each request, in turn. When there are no more, nothing goes
    /// wrong.
    pub fn scripted(transport: T, faults: impl IntoIterator<Item = Fault>) -> Self {
        Faulty { transport, plan: Mutex::new(Plan::Script(faults.into_iter().collect())) }
    }

    /// Makes a transport with one of these faults for a share of all requests, from 0 (none) to 1 (all). The
    /// same seed lets the same things go wrong.
    pub fn seeded(transport: T, seed: u64, share: f64, faults: impl IntoIterator<Item = Fault>) -> Self {
        let faults = faults.into_iter().collect();
        let plan = Plan::Random { chance: fastrand::Rng::with_seed(seed), share, faults };
        Faulty { transport, plan: Mutex::new(plan) }
    }

    /// Returns what goes wrong next.
    fn next(&self) -> Fault {
        match &mut *self.plan.lock().unwrap_or_else(PoisonError::into_inner) {
            Plan::Script(faults) => faults.pop_front().unwrap_or(Fault::None),
            Plan::Random { chance, share, faults } => {
                let is_wrong = chance.f64() < *share;
                let chosen = is_wrong.then(|| chance.choice(faults.iter())).flatten();
                chosen.cloned().unwrap_or(Fault::None)
            }
        }
    }
}

impl<T: Transport> Faulty<T> {
    fn send(
        &self,
        operation: Option<CalledOperation>,
        mut request: Request,
    ) -> BoxFuture<'_, Result<Response, AttemptError>> {
        let fault = self.next();
        Box::pin(async move {
            let url = request.url().clone();
            let pass = |request| pass(&self.transport, operation.as_ref(), request);
            match fault {
                Fault::None => pass(request).await,
                Fault::Refuse => Err(AttemptError::never_sent(Error::from(ErrorKind::ConnectionRefused))),
                Fault::LoseRequest => Err(AttemptError::unknown(Error::from(ErrorKind::ConnectionReset))),
                Fault::LoseAnswer => {
                    drop(pass(request).await?);
                    Err(AttemptError::unknown(Error::from(ErrorKind::ConnectionReset)))
                }
                Fault::Delay(time) => {
                    tokio::time::sleep(time).await;
                    pass(request).await
                }
                Fault::Answer(status, headers) => {
                    // Whoever answers has read the request.
                    buffer(&mut request).await?;
                    let (mut parts, ()) = http::Response::new(()).into_parts();
                    (parts.status, parts.headers) = (status, headers);
                    put_together(&parts, Bytes::new(), None, url)
                }
                Fault::Truncate(bytes) => {
                    let (parts, mut body, broken) = take_apart(pass(request).await?).await;
                    let is_longer = body.len() > bytes;
                    body.truncate(bytes);
                    let cut = || Broken::from(Error::from(ErrorKind::UnexpectedEof));
                    let broken = if is_longer { Some(cut()) } else { broken.map(Broken::from) };
                    put_together(&parts, body, broken, url)
                }
            }
        })
    }
}

transport_by_send!(Faulty<T>, T);
