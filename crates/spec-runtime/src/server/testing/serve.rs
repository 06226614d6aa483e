//! A mock behind a socket: for what can't be given a transport of its own.
//!
//! Must not know what the router answers.

use super::expectations::Expectations;
use axum::Router;
use futures_util::future::select;
use std::io::{Error, Result};
use std::net::{Ipv4Addr, TcpListener};
use std::pin::pin;
use std::sync::mpsc;
use std::thread::{Builder, JoinHandle};
use tokio::sync::oneshot;

/// A mock that is served on a port of 127.0.0.1, in a thread of its own, until this is dropped. Then its
/// connections are closed, and its handlers are given up.
#[derive(Debug)]
pub struct MockServer {
    url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    /// The last thing that goes, so that it is held against what came in the thread of the test.
    _expectations: Expectations,
}

impl MockServer {
    /// Serves a router, behind which the mock of these expectations stands.
    ///
    /// # Errors
    ///
    /// When there is no port, or no thread.
    #[doc(hidden)]
    pub fn start(router: Router, expectations: &Expectations) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel();
        let (ready, is_ready) = mpsc::channel();
        // Where a runtime ends it may wait, which a test within another one may not.
        let thread =
            Builder::new().name("mock".to_owned()).spawn(move || run(listener, router, stopped, &ready))?;
        let server =
            MockServer { url, stop: Some(stop), thread: Some(thread), _expectations: expectations.clone() };
        is_ready.recv().map_err(Error::other)??;
        Ok(server)
    }

    /// Returns the base URL: `http://127.0.0.1:` and the port.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Serves until it is told to stop.
fn run(
    listener: TcpListener,
    router: Router,
    stopped: oneshot::Receiver<()>,
    ready: &mpsc::Sender<Result<()>>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return drop(ready.send(Err(error))),
    };
    runtime.block_on(async move {
        let listener = match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => listener,
            Err(error) => return drop(ready.send(Err(error))),
        };
        drop(ready.send(Ok(())));
        select(pin!(axum::serve(listener, router).into_future()), stopped).await;
    });
}

impl Drop for MockServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It has nothing to say: handlers that panic do so in tasks.
            drop(thread.join());
        }
    }
}
