//! A server on loopback, and callers that say exactly what they are told to.

use axum::Router;
use spec_server::{Builder, Server, Stopped};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tracing_subscriber::fmt::MakeWriter;

/// The longest time that anything may take, on a machine that has other things to do.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A time that is short, for limits.
pub const SHORT: Duration = Duration::from_millis(200);

pub struct Running {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<Stopped>>,
}

/// Starts a server.
pub async fn start(builder: Builder, router: Router) -> Running {
    let (stop, stopped) = oneshot::channel();
    let builder = builder.listen((Ipv4Addr::LOCALHOST, 0)).shutdown(async {
        let _ = stopped.await;
    });
    let server = builder.bind().await.unwrap();
    let address = server.addresses().unwrap()[0];
    Running { address, stop, task: tokio::spawn(server.run(router)) }
}

impl Running {
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Tells the server to end, and does not wait.
    pub fn tell(self) -> JoinHandle<io::Result<Stopped>> {
        let _ = self.stop.send(());
        self.task
    }

    pub async fn stop(self) -> Stopped {
        within(self.tell()).await.unwrap().unwrap()
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends a text and returns all that comes back until the server closes.
    pub async fn raw(&self, text: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        stream.write_all(text.as_ref()).await.unwrap();
        rest(&mut stream).await
    }
}

/// Reads what comes until the other side closes; that it is closed by force is an end, too.
pub async fn rest(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let _ = within(stream.read_to_end(&mut read)).await;
    String::from_utf8_lossy(&read).into_owned()
}

/// Reads until a text has come.
pub async fn until(stream: &mut TcpStream, text: &str) -> String {
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains(text) {
        if within(stream.read_buf(&mut read)).await.unwrap() == 0 {
            panic!("`{text}` did not come: {}", String::from_utf8_lossy(&read));
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}

pub async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it takes too long")
}

/// Sends bytes one by one for as long as they are taken.
pub async fn drip(stream: &mut (impl tokio::io::AsyncWrite + Unpin), byte: u8) {
    for _ in 0..400 {
        if stream.write_all(&[byte]).await.is_err() {
            return;
        }
        tokio::time::sleep(SHORT / 8).await;
    }
}

/// Returns true if an answer is problem details with a status.
pub fn is_problem(answer: &str, status: u16) -> bool {
    answer.starts_with(&format!("HTTP/1.1 {status} "))
        && answer.to_ascii_lowercase().contains("content-type: application/problem+json\r\n")
        && answer.contains(&format!("\"status\":{status}"))
}

/// The text that is told to `tracing`.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Begins to listen on this thread.
    pub fn listen() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG);
        let subscriber = subscriber.with_writer(log.clone()).with_ansi(false).finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

/// Starts to set up a server.
pub fn builder() -> Builder {
    Server::builder()
}
