//! A document, services that are scripted, and sinks that remember.

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use spec_document::{Diagnostics, Sources};
use spec_guard::{Contract, Guard, Report};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tower::{Layer as _, Service, ServiceExt as _};

/// The longest time that anything may take, on a machine that has other things to do.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub fn contract() -> Contract {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add("pets.yaml", include_str!("pets.yaml"));
    let document = sources.parse(source, None, &mut diagnostics).expect("a document");
    let api = spec_api::read(&document, &mut diagnostics).expect("an API");
    assert!(!diagnostics.has_errors(), "{:#?}", diagnostics.iter().collect::<Vec<_>>());
    Contract::new(api)
}

/// What a sink was told, a line for each finding.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub fn sink(&self) -> impl Fn(&Report<'_>) + Send + Sync + 'static {
        let lines = self.0.clone();
        move |report| {
            for finding in report.findings {
                let status = report.status.map_or(String::new(), |status| format!(" {}", status.as_u16()));
                let refused = if report.is_refused { " refused" } else { "" };
                let operation = report.operation.unwrap_or("-");
                let line = format!("{operation} {}{status}{refused}: {finding}", report.side);
                lines.lock().unwrap().push(line);
            }
        }
    }

    /// Takes what was told so far.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Makes an answer each time.
pub type Answers = fn() -> Response<Body>;

/// A service that reads the request to its end, counts it, and answers as it is told.
#[derive(Clone)]
pub struct Scripted {
    pub calls: Arc<AtomicUsize>,
    answer: Arc<dyn Fn() -> Response<Body> + Send + Sync>,
}

impl Scripted {
    pub fn new(answer: impl Fn() -> Response<Body> + Send + Sync + 'static) -> Scripted {
        Scripted { calls: Arc::default(), answer: Arc::new(answer) }
    }

    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// Asks the service behind a guard.
    pub async fn ask(&self, guard: &Guard, request: Request<Body>) -> Answer {
        let own = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let own = own.clone();
            async move {
                own.calls.fetch_add(1, Ordering::Relaxed);
                let _ = request.into_body().collect().await;
                Ok::<_, Infallible>((own.answer)())
            }
        });
        let response = guard.layer(service).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let (mut bytes, mut trailers, mut error) = (Vec::new(), None, None);
        let mut body = body;
        while let Some(frame) = body.frame().await {
            match frame.map(Frame::into_data) {
                Ok(Ok(data)) => bytes.extend_from_slice(&data),
                Ok(Err(frame)) => trailers = frame.into_trailers().ok(),
                Err(own) => error = Some(own.to_string()),
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status.as_u16(), headers: parts.headers, text, trailers, error }
    }
}

#[derive(Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub text: String,
    pub trailers: Option<http::HeaderMap>,
    pub error: Option<String>,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// An answer in JSON.
pub fn json(status: u16, text: &'static str) -> Response<Body> {
    let response = Response::builder().status(status).header("content-type", "application/json");
    response.body(Body::from(text)).unwrap()
}

/// A good list.
pub fn list() -> Response<Body> {
    let mut response = json(200, r#"[{"name":"Mia"}]"#);
    response.headers_mut().insert("x-total", 1.into());
    response
}

pub fn get(target: &str) -> Request<Body> {
    Request::get(target).body(Body::empty()).unwrap()
}

pub fn post(target: &str, media_type: &str, text: &str) -> Request<Body> {
    let request = Request::post(target).header("content-type", media_type);
    request.body(Body::from(text.to_owned())).unwrap()
}

/// A body that says what it is sent, for as long as somebody may send.
pub fn fed() -> (tokio::sync::mpsc::UnboundedSender<&'static str>, Body) {
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let pieces = futures_util::stream::poll_fn(move |cx| {
        receiver.poll_recv(cx).map(|piece| piece.map(|own: &str| Ok::<_, Infallible>(Bytes::from(own))))
    });
    (sender, Body::new(StreamBody::new(futures_util::StreamExt::map(pieces, |piece| piece.map(Frame::data)))))
}

/// Serves on loopback for as long as the test lasts.
pub async fn serve<S>(service: S) -> SocketAddr
where
    S: Service<axum::extract::Request, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = axum::ServiceExt::<axum::extract::Request>::into_make_service(service);
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    address
}

/// Sends a text and returns all that comes back until the server closes.
pub async fn raw(address: SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&answer).into_owned();
    // The time is another one each time.
    text.split_inclusive("\r\n").filter(|line| !line.starts_with("date:")).collect()
}
