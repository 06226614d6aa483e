//! A server that misbehaves, in scenes: each client is pointed at `/CLIENT/SCENE`, and what it sends is
//! counted.
//!
//! Knows what each scene answers at each attempt. Must not know any client.

use crate::wire::{Message, read};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::sleep;

/// The key that clients are given. It must not turn up elsewhere.
pub const KEY: &str = "the-secret-key";

/// The answer of a campaign, which every client of campaigns can read.
const CAMPAIGN: &str = concat!(
    r#"{"id":1,"campaign_name":"a","campaign_variables":{},"caller_id":null,"active_days":["mon"],"#,
    r#""last_updated_by":"ada","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}"#,
);

/// The answer of an embedding, for the client of another API.
const EMBEDDING: &str = concat!(
    r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1]}],"#,
    r#""model":"m","usage":{"prompt_tokens":1,"total_tokens":1}}"#,
);

/// The length of the largest answer, in bytes.
const LARGE: usize = 256 * 1024 * 1024;

/// The facts of a client in a scene.
#[derive(Default)]
struct Seen {
    requests: u32,
    keys: Vec<String>,
    bytes: usize,
    leaked: bool,
}

type Ledger = Arc<Mutex<BTreeMap<String, Seen>>>;

#[derive(Clone)]
struct Stage {
    ledger: Ledger,
    /// The other origin, to which the scene `moved` leads.
    other: String,
}

/// Serves all scenes until the process ends. Prints where.
///
/// # Errors
///
/// When no port can be had.
pub async fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let other = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    let other_url = format!("http://localhost:{}", other.local_addr()?.port());
    let stage = Stage { ledger: Ledger::default(), other: other_url };
    tokio::spawn(accept(other, stage.clone()));
    accept(listener, stage).await;
    Ok(())
}

/// Serves whoever connects. A server may open another one, so its type is written out.
fn accept(listener: TcpListener, stage: Stage) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let stage = stage.clone();
            // A connection that breaks is what clients do here.
            tokio::spawn(async move { drop(connection(stream, &stage).await) });
        }
    })
}

async fn connection(stream: TcpStream, stage: &Stage) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(message) = read(&mut stream).await? {
        let target = message.first_line().1;
        let path = target.split('?').next().unwrap_or_default().to_owned();
        let parts: Vec<&str> = path.trim_start_matches('/').splitn(3, '/').collect();
        let stream = stream.get_mut();
        match parts.as_slice() {
            ["report"] => answer(stream, 200, "", &report(&stage.ledger).to_string()).await?,
            ["late"] => answer(stream, 200, "", &late(stage).await?).await?,
            [who, scene, rest] => {
                let act = Act { rest, message: &message, stage };
                if !act.play(stream, who, scene).await? {
                    return Ok(());
                }
            }
            _ => answer(stream, 404, "", "{}").await?,
        }
    }
    Ok(())
}

/// Opens a port 300 ms from now, and returns the URL that is closed until then.
async fn late(stage: &Stage) -> io::Result<String> {
    let closed = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let stage = stage.clone();
    tokio::spawn(async move {
        sleep(Duration::from_millis(300)).await;
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(closed)?;
        accept(socket.listen(16)?, stage).await;
        io::Result::Ok(())
    });
    Ok(format!("http://{closed}"))
}

fn report(ledger: &Ledger) -> Value {
    let ledger = ledger.lock().expect("no scene panics");
    ledger
        .iter()
        .map(|(name, seen)| {
            let Seen { requests, keys, bytes, leaked } = seen;
            (name.clone(), json!({"requests": requests, "keys": keys, "bytes": bytes, "leaked": leaked}))
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}

async fn answer(stream: &mut TcpStream, status: u16, headers: &str, body: &str) -> io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} S\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\n\r\n"
    );
    stream.write_all((head + body).as_bytes()).await
}

/// One request in a scene.
struct Act<'a> {
    rest: &'a str,
    message: &'a Message,
    stage: &'a Stage,
}

impl Act<'_> {
    /// Returns what this client takes for a success.
    fn success(&self) -> &'static str {
        if self.rest.ends_with("embeddings") { EMBEDDING } else { CAMPAIGN }
    }

    /// Writes down the request, and returns how many came before it.
    fn note(&self, name: &str) -> u32 {
        let mut ledger = self.stage.ledger.lock().expect("no scene panics");
        let seen = ledger.entry(name.to_owned()).or_default();
        seen.requests += 1;
        seen.keys.extend(self.message.header("idempotency-key"));
        seen.requests - 1
    }

    fn note_leak(&self, name: &str) {
        let head = String::from_utf8_lossy(&self.message.head);
        let mut ledger = self.stage.ledger.lock().expect("no scene panics");
        ledger.entry(name.to_owned()).or_default().leaked |= head.contains(KEY);
    }

    /// Plays the scene; returns whether the connection goes on.
    async fn play(&self, stream: &mut TcpStream, who: &str, scene: &str) -> io::Result<bool> {
        let name = format!("{who}/{scene}");
        if let Some(scene) = scene.strip_suffix("-elsewhere") {
            self.note_leak(&format!("{who}/{scene}"));
            return answer(stream, 200, "", self.success()).await.map(|()| true);
        }
        let before = self.note(&name);
        let good = self.success();
        match (scene, before) {
            ("busy-get" | "busy-post", 0 | 1) => answer(stream, 503, "", "{}").await?,
            ("told-get", 0 | 1) => answer(stream, 503, "retry-after: 1\r\n", "{}").await?,
            ("limited-post", 0) => answer(stream, 429, "", "{}").await?,
            ("far-get", _) => answer(stream, 503, "retry-after: 3600\r\n", "{}").await?,
            ("dropped-get" | "dropped-post", 0) => return Ok(false),
            ("cut-get", 0) => {
                let head =
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n";
                stream.write_all((head.to_owned() + good).as_bytes()).await?;
                return Ok(false);
            }
            ("silent-get" | "silent-post" | "patience-post", _) => {
                sleep(Duration::from_secs(3600)).await;
                return Ok(false);
            }
            ("moved-get", _) => {
                let Stage { other, .. } = self.stage;
                let to = format!("location: {other}/{who}/{scene}-elsewhere/{}\r\n", self.rest);
                answer(stream, 307, &to, "").await?;
            }
            ("large-get", _) => {
                self.large(stream, &name).await?;
                return Ok(false);
            }
            ("idle-get", _) => {
                answer(stream, 200, "", good).await?;
                sleep(Duration::from_millis(100)).await;
                return Ok(false);
            }
            ("told-what-get", _) => {
                let body = r#"{"detail":"the database sleeps"}"#;
                answer(stream, 503, "x-request-id: abc-123\r\n", body).await?;
            }
            _ => answer(stream, 200, "", good).await?,
        }
        Ok(true)
    }

    /// Sends a body without end, and counts what the client took of it.
    async fn large(&self, stream: &mut TcpStream, name: &str) -> io::Result<()> {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n\"",
            LARGE + 2
        );
        stream.write_all(head.as_bytes()).await?;
        let piece = vec![b'x'; 64 * 1024];
        for _ in 0..LARGE / piece.len() {
            stream.write_all(&piece).await?;
            let mut ledger = self.stage.ledger.lock().expect("no scene panics");
            ledger.entry(name.to_owned()).or_default().bytes += piece.len();
        }
        stream.write_all(b"\"").await
    }
}
