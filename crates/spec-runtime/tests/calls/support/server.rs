//! A server that does what it is told, byte by byte, and remembers what it was sent.

use std::future::Future;
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

pub struct Server {
    pub url: String,
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

impl Server {
    /// Starts a server; the function says what is done with a request, of which it is told the number from 1.
    pub async fn start(script: impl Fn(usize, &Seen) -> Vec<Act> + Send + Sync + 'static) -> Server {
        Server::at(0, script).await
    }

    pub async fn at(port: u16, script: impl Fn(usize, &Seen) -> Vec<Act> + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, closed) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let server = Server { url, seen: Arc::clone(&seen), closed: Arc::clone(&closed) };
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
        Server::start(move |number, _| answers[(number - 1).min(answers.len() - 1)].clone()).await
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
