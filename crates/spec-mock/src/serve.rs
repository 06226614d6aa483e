//! Connections: how requests come in over HTTP/1.1, and how one is reset.
//!
//! Must not know what is answered.

use crate::answer;
use crate::mock::Mock;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

impl Mock {
    /// Serves on a free port of this machine, and returns the URL. It is served for as long as the runtime
    /// runs.
    ///
    /// # Errors
    ///
    /// Returns why no port can be listened on.
    pub async fn serve(self) -> io::Result<String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        tokio::spawn(self.serve_on(listener));
        Ok(url)
    }

    /// Serves connections that a listener accepts, without end.
    pub async fn serve_on(self, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    tokio::spawn(serve_connection(self.clone(), stream));
                }
                // Too many are open; one of them will end.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

/// Serves one connection until it ends.
async fn serve_connection(mock: Mock, stream: TcpStream) {
    // Where it can't be set, answers only come later.
    let _ = stream.set_nodelay(true);
    let is_reset = Arc::new(AtomicBool::new(false));
    let resets = Arc::clone(&is_reset);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (mock, resets) = (mock.clone(), Arc::clone(&resets));
        Box::pin(async move {
            let response = answer::answer(&mock, request.map(Body::new)).await;
            if answer::is_reset(&response) {
                resets.store(true, Ordering::Relaxed);
                return Err(io::Error::from(io::ErrorKind::ConnectionReset));
            }
            Ok(response)
        })
    });
    let mut connection =
        http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    // A connection that fails has nobody to tell.
    let _ = std::future::poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let stream = connection.into_parts().io.into_inner();
    if is_reset.load(Ordering::Relaxed) {
        // Closed without waiting for what was sent, it is reset (RFC 9293, 3.5.2).
        let _ = stream.set_zero_linger();
    }
}
