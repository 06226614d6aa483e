//! A server that does what it is told, byte by byte, and remembers what it was sent; behind a socket, or in
//! the process of its clients.

use super::client::{Client, client};
use axum::body::to_bytes;
use axum::http::{Request, Response};
use reqwest::Body;
use spec_runtime::client::{Configure as _, InProcess};
use std::future::Future;
use std::io::{Error, ErrorKind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

/// What a server does with a connection, once it has read a request.
#[derive(Clone, Debug)]
pub enum Act {
    /// Writes bytes.
    Send(String),
    /// Waits.
    Wait(Duration),
    /// Closes the connection.
    Close,
    /// Waits until the client closes it.
    Hang,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The request line and the headers, in small letters.
    pub head: String,
    pub body: Vec<u8>,
    /// The number of the connection that it came by, from 1.
    pub connection: usize,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        let value = |line: &'_ str| Some(line.split_once(": ")?.1.len());
        let line = self.head.lines().find(|line| line.starts_with(&format!("{name}: ")))?;
        value(line).map(|length| &line[line.len() - length..])
    }
}

/// The way by which requests come to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Socket,
    InProcess,
}

/// Makes two tests of each function: one over a socket, one in the process.
macro_rules! both_ways {
    ($($test:ident),* $(,)?) => {
        mod over_a_socket {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::support::Way::Socket).await;
            })*
        }

        mod in_process {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::support::Way::InProcess).await;
            })*
        }
    };
}
pub(crate) use both_ways;

/// Says what a server does with a request, of which it is told the number from 1.
type Script = Arc<dyn Fn(usize, &Seen) -> Vec<Act> + Send + Sync>;

pub struct Server {
    pub url: String,
    /// The script of one that has no socket.
    near: Option<Script>,
    seen: Arc<Mutex<Vec<Seen>>>,
    closed: Arc<AtomicUsize>,
}

/// An answer with a body, and more headers, each with its line end.
pub fn answer(status: u16, headers: &str, body: &str) -> Vec<Act> {
    let length = body.len();
    vec![Act::Send(format!("HTTP/1.1 {status} Said\r\ncontent-length: {length}\r\n{headers}\r\n{body}"))]
}

pub fn ok(body: &str) -> Vec<Act> {
    answer(200, "", body)
}

/// A port that nobody listens on.
pub async fn closed_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    listener.local_addr().unwrap().port()
}

impl Way {
    /// Starts a server, as [`Server::start`] does.
    pub async fn start(self, script: impl Fn(usize, &Seen) -> Vec<Act> + Send + Sync + 'static) -> Server {
        match self {
            Way::Socket => Server::start(script).await,
            Way::InProcess => Server {
                url: "http://a.example".to_owned(),
                near: Some(Arc::new(script)),
                seen: Arc::default(),
                closed: Arc::default(),
            },
        }
    }

    /// Starts a server, as [`Server::scripted`] does.
    pub async fn scripted(self, answers: Vec<Vec<Act>>) -> Server {
        self.start(in_turn(answers)).await
    }
}

/// Makes a script of one answer for each request; the last one is for all that follow.
fn in_turn(answers: Vec<Vec<Act>>) -> impl Fn(usize, &Seen) -> Vec<Act> + Send + Sync + 'static {
    move |number, _| answers[(number - 1).min(answers.len() - 1)].clone()
}

impl Server {
    /// Starts a server; the function says what is done with a request, of which it is told the number from 1.
    pub async fn start(script: impl Fn(usize, &Seen) -> Vec<Act> + Send + Sync + 'static) -> Server {
        Server::at(0, script).await
    }

    pub async fn at(port: u16, script: impl Fn(usize, &Seen) -> Vec<Act> + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, closed) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let server = Server { url, near: None, seen: Arc::clone(&seen), closed: Arc::clone(&closed) };
        let script = Arc::new(script);
        tokio::spawn(async move {
            for connection in 1.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                let (seen, closed, script) = (Arc::clone(&seen), Arc::clone(&closed), Arc::clone(&script));
                tokio::spawn(async move {
                    serve(stream, connection, &seen, &*script).await;
                    closed.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        server
    }

    /// Starts a server with one answer for each request; the last one for all that follow.
    pub async fn scripted(answers: Vec<Vec<Act>>) -> Server {
        Server::start(in_turn(answers)).await
    }

    /// Makes a client of the server.
    pub fn client(&self) -> Client {
        let client = client(&self.url);
        let Some(script) = self.near.clone() else { return client };
        let seen = Arc::clone(&self.seen);
        let service =
            tower::service_fn(move |request| reply(request, Arc::clone(&script), Arc::clone(&seen)));
        client.with_transport(InProcess::new(service))
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// Waits until so many connections are closed.
    pub async fn closed(&self, connections: usize) -> bool {
        let closed = async {
            while self.closed.load(Ordering::SeqCst) < connections {
                sleep(Duration::from_millis(10)).await;
            }
        };
        within(1000, closed).await
    }
}

async fn within(milliseconds: u64, future: impl Future) -> bool {
    timeout(Duration::from_millis(milliseconds), future).await.is_ok()
}

/// Does what a server does with a request, without a socket.
async fn reply(
    request: Request<Body>,
    script: Script,
    seen: Arc<Mutex<Vec<Seen>>>,
) -> Result<Response<axum::body::Body>, Error> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(axum::body::Body::new(body), usize::MAX).await.map_err(Error::other)?.to_vec();
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let mut head = format!("{} {target} HTTP/1.1", parts.method);
    for (name, value) in &parts.headers {
        head += &format!("\n{name}: {}", value.to_str().map_err(Error::other)?);
    }
    let request = Seen { head, body, connection: 1 };
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(request.clone());
        seen.len()
    };
    for act in script(number, &request) {
        match act {
            Act::Send(text) => return Ok(parse(&text)),
            Act::Wait(time) => sleep(time).await,
            Act::Close => break,
            Act::Hang => std::future::pending().await,
        }
    }
    Err(Error::from(ErrorKind::ConnectionReset))
}

/// Reads an answer that is whole.
fn parse(text: &str) -> Response<axum::body::Body> {
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head");
    let (first, headers) = head.split_once("\r\n").unwrap_or((head, ""));
    let status = first.split(' ').nth(1).expect("an answer has a status");
    let mut answer = Response::builder().status(status);
    for (name, value) in headers.lines().map(|line| line.split_once(": ").expect("a header has a value")) {
        answer = answer.header(name, value);
    }
    answer.body(body.to_owned().into()).expect("it is an answer")
}

async fn serve(
    mut stream: TcpStream,
    connection: usize,
    seen: &Mutex<Vec<Seen>>,
    script: &(dyn Fn(usize, &Seen) -> Vec<Act> + Send + Sync),
) {
    let mut buffer = Vec::new();
    while let Some((head, body)) = read(&mut stream, &mut buffer).await {
        let request = Seen { head, body, connection };
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.push(request.clone());
            seen.len()
        };
        for act in script(number, &request) {
            match act {
                Act::Send(text) => {
                    if stream.write_all(text.as_bytes()).await.is_err() {
                        return;
                    }
                }
                Act::Wait(time) => sleep(time).await,
                Act::Close => return,
                Act::Hang => {
                    while stream.read_buf(&mut buffer).await.is_ok_and(|read| read > 0) {}
                    return;
                }
            }
        }
    }
}

/// Reads a request: its head in small letters, and its body.
async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<(String, Vec<u8>)> {
    let find = |buffer: &[u8], what: &[u8]| buffer.windows(what.len()).position(|window| window == what);
    let end = loop {
        match find(buffer, b"\r\n\r\n") {
            Some(end) => break end,
            None if stream.read_buf(buffer).await.ok()? == 0 => return None,
            None => {}
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    // Values keep their letters.
    let lines = head.lines().enumerate().map(|(index, line)| match line.split_once(": ") {
        Some((name, value)) if index > 0 => format!("{}: {value}", name.to_ascii_lowercase()),
        _ => line.to_owned(),
    });
    let head = lines.collect::<Vec<_>>().join("\n");
    buffer.drain(..end + 4);
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    let mut body = Vec::new();
    if let Some(length) = length {
        while buffer.len() < length {
            if stream.read_buf(buffer).await.ok()? == 0 {
                return None;
            }
        }
        body.extend(buffer.drain(..length));
    } else if head.contains("transfer-encoding: chunked") {
        loop {
            let end = loop {
                match find(buffer, b"\r\n") {
                    Some(end) => break end,
                    None if stream.read_buf(buffer).await.ok()? == 0 => return None,
                    None => {}
                }
            };
            let size = usize::from_str_radix(std::str::from_utf8(&buffer[..end]).ok()?, 16).ok()?;
            while buffer.len() < end + 2 + size + 2 {
                if stream.read_buf(buffer).await.ok()? == 0 {
                    return None;
                }
            }
            body.extend_from_slice(&buffer[end + 2..end + 2 + size]);
            buffer.drain(..end + 2 + size + 2);
            if size == 0 {
                break;
            }
        }
    }
    Some((head, body))
}
