//! A proxy that fails at random: it delays, cuts, repeats and refuses.
//!
//! It repeats only what a proxy may repeat (RFC 9110, 9.2.2): what is idempotent by its method, or has an
//! idempotency key. Must not know what is called.

use crate::wire::{Message, read};
use fastrand::Rng;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// The fate of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Hands it on, and the answer back.
    Passed,
    /// Hands it on a little later.
    Delayed,
    /// Keeps it for longer than anybody waits, and drops it if nobody does any more.
    Held,
    /// Closes the connection instead of handing it on.
    Dropped,
    /// Hands it on, and closes the connection instead of answering.
    Unanswered,
    /// Hands it on, and closes the connection within the answer.
    Cut,
    /// Hands it on twice.
    Repeated,
    /// Answers that there is too much to do, without handing it on.
    Refused,
    /// Answers that there is no server, without handing it on.
    Unavailable,
    /// Hands it on, and answers that there was no answer.
    Forgotten,
}

impl Fate {
    /// Draws one: nine of ten requests pass.
    fn draw(random: &mut Rng) -> Fate {
        match random.u32(0..1000) {
            0..15 => Fate::Delayed,
            15..17 => Fate::Held,
            17..30 => Fate::Dropped,
            30..45 => Fate::Unanswered,
            45..60 => Fate::Cut,
            60..75 => Fate::Repeated,
            75..85 => Fate::Refused,
            85..93 => Fate::Unavailable,
            93..100 => Fate::Forgotten,
            _ => Fate::Passed,
        }
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_lowercase())
    }
}

/// A proxy that runs until it is dropped.
pub struct Proxy {
    /// Where it is.
    pub url: String,
    counts: Arc<Mutex<BTreeMap<Fate, u32>>>,
    _tasks: JoinSet<io::Result<()>>,
}

impl Proxy {
    /// Starts a proxy in front of a server. It is closed for a moment now and then.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start(server: SocketAddr, seed: u64) -> io::Result<Proxy> {
        let first = TcpListener::bind("127.0.0.1:0").await?;
        let address = first.local_addr()?;
        let counts = Arc::<Mutex<BTreeMap<Fate, u32>>>::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(listen(first, address, server, Rng::with_seed(seed), Arc::clone(&counts)));
        Ok(Proxy { url: format!("http://{address}"), counts, _tasks: tasks })
    }

    /// Returns how many requests had each fate.
    pub fn counts(&self) -> BTreeMap<Fate, u32> {
        self.counts.lock().expect("nothing panics with it").clone()
    }
}

async fn listen(
    mut listener: TcpListener,
    address: SocketAddr,
    server: SocketAddr,
    mut random: Rng,
    counts: Arc<Mutex<BTreeMap<Fate, u32>>>,
) -> io::Result<()> {
    let mut connections = JoinSet::new();
    loop {
        let open = Duration::from_millis(random.u64(500..2500));
        let accepting = async {
            loop {
                let (stream, _) = listener.accept().await?;
                let (random, counts) = (random.fork(), Arc::clone(&counts));
                // A connection that breaks is what happens here.
                connections.spawn(async move { drop(serve(stream, server, random, &counts).await) });
                while connections.try_join_next().is_some() {}
            }
        };
        if let Ok(failed) = tokio::time::timeout(open, accepting).await {
            let failed: io::Result<()> = failed;
            return failed;
        }
        // Nobody listens for a moment, and all connections break.
        drop(listener);
        connections.abort_all();
        sleep(Duration::from_millis(random.u64(10..100))).await;
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        listener = socket.listen(1024)?;
    }
}

/// Returns whether a proxy may hand a request on twice.
fn may_be_repeated(request: &Message) -> bool {
    request.first_line().0 != "POST" || request.header("idempotency-key").is_some()
}

/// Returns whether the client has gone away.
async fn is_gone(stream: &mut BufReader<TcpStream>) -> bool {
    let mut byte = [0];
    let peeked = tokio::time::timeout(Duration::from_millis(1), stream.get_mut().peek(&mut byte)).await;
    matches!(peeked, Ok(Ok(0) | Err(_)))
}

async fn serve(
    stream: TcpStream,
    server: SocketAddr,
    mut random: Rng,
    counts: &Mutex<BTreeMap<Fate, u32>>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut client = BufReader::new(stream);
    let upstream = TcpStream::connect(server).await?;
    upstream.set_nodelay(true)?;
    let mut upstream = BufReader::new(upstream);
    while let Some(request) = read(&mut client).await? {
        let fate = match Fate::draw(&mut random) {
            Fate::Repeated if !may_be_repeated(&request) => Fate::Passed,
            fate => fate,
        };
        *counts.lock().expect("nothing panics with it").entry(fate).or_default() += 1;
        match fate {
            Fate::Dropped => return Ok(()),
            Fate::Delayed => sleep(Duration::from_millis(random.u64(1..200))).await,
            Fate::Held => sleep(Duration::from_secs(2)).await,
            Fate::Refused => refuse(&mut client, "429 Too Many Requests").await?,
            Fate::Unavailable => refuse(&mut client, "503 Service Unavailable").await?,
            _ => {}
        }
        if matches!(fate, Fate::Refused | Fate::Unavailable) {
            continue;
        }
        if is_gone(&mut client).await {
            return Ok(());
        }
        let mut answer = exchange(&mut upstream, &request).await?;
        match fate {
            Fate::Repeated => answer = exchange(&mut upstream, &request).await?,
            Fate::Unanswered => return Ok(()),
            Fate::Cut => {
                let whole = answer.bytes();
                client
                    .get_mut()
                    .write_all(&whole[..whole.len() - 1 - random.usize(..whole.len() / 2)])
                    .await?;
                return Ok(());
            }
            Fate::Forgotten => {
                refuse(&mut client, "502 Bad Gateway").await?;
                continue;
            }
            _ => {}
        }
        client.get_mut().write_all(&answer.bytes()).await?;
    }
    Ok(())
}

async fn exchange(upstream: &mut BufReader<TcpStream>, request: &Message) -> io::Result<Message> {
    upstream.get_mut().write_all(&request.bytes()).await?;
    read(upstream).await?.ok_or_else(|| io::Error::other("the server closed the connection"))
}

/// Answers in the place of the server, as proxies do: with a text that no document declares.
async fn refuse(client: &mut BufReader<TcpStream>, status: &str) -> io::Result<()> {
    let text = format!("HTTP/1.1 {status}\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nproxy");
    client.get_mut().write_all(text.as_bytes()).await
}
