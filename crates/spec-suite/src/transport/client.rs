//! A client of HTTP/1.1 that sends the very bytes that were judged, over connections that are kept.

use super::{Lost, Pending, Transport};
use bytes::Bytes;
use http::header::{ACCEPT, HOST, USER_AGENT};
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::Full;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// A client of one service.
pub(crate) struct Client {
    host: String,
    port: u16,
    authority: HeaderValue,
    /// What stands before the paths of the document.
    prefix: String,
    timeout: Duration,
    /// Connections that are kept, each since when.
    idle: Mutex<Vec<(SendRequest<Full<Bytes>>, Instant)>>,
}

/// How long a connection is kept that nobody uses: servers close theirs, and a request that meets that is
/// lost.
const KEPT: Duration = Duration::from_millis(800);

/// The largest number of connections that are kept.
const MOST: usize = 64;

/// Why there is no answer.
struct Failed {
    /// The error of the connection; none where the time is up.
    error: Option<hyper::Error>,
    /// True if the head of an answer had come.
    is_begun: bool,
}

impl Failed {
    fn lost(self) -> Lost {
        let Some(error) = self.error else { return Lost::TimedOut };
        let source = std::error::Error::source(&error).map(ToString::to_string);
        Lost::Closed(source.map_or_else(|| error.to_string(), |source| format!("{error} ({source})")))
    }
}

impl Client {
    /// Makes a client of the service behind a URL.
    ///
    /// # Errors
    ///
    /// Why the URL can't be used.
    pub(crate) fn new(url: &str, timeout: Duration) -> Result<Client, String> {
        let wrong = |why: &str| format!("{url:?} is no URL of a service: {why}; write http://HOST:PORT/PATH");
        let uri: Uri = url.parse().map_err(|error| wrong(&format!("{error}")))?;
        match uri.scheme_str() {
            Some("http") => {}
            Some(other) => return Err(wrong(&format!("{other} is not spoken here"))),
            None => return Err(wrong("it has no scheme")),
        }
        if uri.query().is_some() {
            return Err(wrong("it has a query"));
        }
        let authority = uri.authority().ok_or_else(|| wrong("it names no host"))?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = HeaderValue::from_str(authority.as_str()).map_err(|_| wrong("its host is no name"))?;
        let prefix = uri.path().trim_end_matches('/').to_owned();
        let port = authority.port_u16().unwrap_or(80);
        Ok(Client { host, port, authority: name, prefix, timeout, idle: Mutex::default() })
    }

    fn idle(&self) -> Option<SendRequest<Full<Bytes>>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((kept, since)) = idle.pop() {
            if kept.is_ready() && since.elapsed() < KEPT {
                return Some(kept);
            }
        }
        None
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, Lost> {
        let unreachable = |why: String| Lost::Unreachable(why);
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await;
        let stream = stream.map_err(|error| unreachable(format!("{}:{}: {error}", self.host, self.port)))?;
        // Else a request that is written in two pieces waits for an acknowledgement.
        let _ = stream.set_nodelay(true);
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| unreachable(error.to_string()))?;
        tokio::spawn(connection);
        Ok(sender)
    }

    async fn exchange(
        &self,
        sender: &mut SendRequest<Full<Bytes>>,
        request: Request<Full<Bytes>>,
    ) -> Result<(Response<Bytes>, bool), Failed> {
        let failed = |error, is_begun| Failed { error, is_begun };
        sender.ready().await.map_err(|error| failed(Some(error), false))?;
        let answer = sender.send_request(request).await.map_err(|error| failed(Some(error), false))?;
        super::body::read(answer, self.timeout).await.map_err(|error| failed(error, true))
    }

    async fn answer(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
        let request = request.map(Full::new);
        // A server may close a kept connection at any time. A request that meets that is sent again on
        // another one, if twice is as good as once (RFC 9110, 9.2.2, and RFC 9112, 9.3.1); any other request
        // has a connection of its own, so that whatever is lost was lost by itself.
        // A server that serves one connection after the other waits for the end of the kept one.
        let kept = self.idle().filter(|_| request.method().is_idempotent());
        if let Some(mut kept) = kept {
            match self.exchange(&mut kept, request.clone()).await {
                Ok((answer, is_whole)) => {
                    self.keep(kept, &answer, is_whole);
                    return Ok(answer);
                }
                Err(Failed { error: Some(_), is_begun: false }) => {}
                Err(failed) => return Err(failed.lost()),
            }
        }
        let mut sender = self.connect().await?;
        let (answer, is_whole) = self.exchange(&mut sender, request).await.map_err(Failed::lost)?;
        self.keep(sender, &answer, is_whole);
        Ok(answer)
    }

    /// Keeps a connection for the next request, but for one whose server failed: many close it without a
    /// word.
    fn keep(&self, sender: SendRequest<Full<Bytes>>, answer: &Response<Bytes>, is_whole: bool) {
        if is_whole && !sender.is_closed() && !answer.status().is_server_error() {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() >= MOST {
                idle.remove(0);
            }
            idle.push((sender, Instant::now()));
        }
    }
}

impl Transport for Client {
    fn send(&self, mut request: Request<Bytes>) -> Pending<'_> {
        Box::pin(async move {
            let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
            let uri = format!("{}{target}", self.prefix).parse();
            *request.uri_mut() = uri.map_err(|error| Lost::Unreachable(format!("{error}")))?;
            let headers = request.headers_mut();
            headers.insert(HOST, self.authority.clone());
            headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
            headers.entry(USER_AGENT).or_insert(HeaderValue::from_static("spec-suite"));
            match tokio::time::timeout(self.timeout, self.answer(request)).await {
                Err(_) => Err(Lost::TimedOut),
                Ok(answer) => answer,
            }
        })
    }
}
