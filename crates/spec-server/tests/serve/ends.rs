//! How a server ends.

use crate::support::{SHORT, builder, is_problem, rest, start, until, within};
use axum::Router;
use axum::routing::get;
use spec_server::{Server, Stopped};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// A handler that waits for the gate, and how many wait.
fn gated() -> (Router, Arc<Semaphore>, Arc<AtomicUsize>) {
    let (gate, waiting) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
    let (own_gate, own_waiting) = (gate.clone(), waiting.clone());
    let wait = move || async move {
        own_waiting.fetch_add(1, Ordering::SeqCst);
        own_gate.acquire().await.unwrap().forget();
        "done"
    };
    (Router::new().route("/wait", get(wait)).route("/", get(|| async { "here" })), gate, waiting)
}

async fn all_wait(waiting: &AtomicUsize, count: usize) {
    within(async {
        while waiting.load(Ordering::SeqCst) < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn requests_in_flight_are_answered_and_no_more_are_taken() {
    let (router, gate, waiting) = gated();
    let server = start(builder(), router).await;
    let address = server.address;
    let mut idle = server.connect().await;
    idle.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    until(&mut idle, "here").await;
    let client = reqwest::Client::new();
    let request = || tokio::spawn(client.get(server.url("/wait")).send());
    let requests: Vec<_> = (0..20).map(|_| request()).collect();
    all_wait(&waiting, 20).await;

    let end = server.tell();
    // Idle connections end at once, and there is nobody to connect to.
    assert_eq!(rest(&mut idle).await, "");
    within(async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(!end.is_finished());
    gate.add_permits(20);
    for request in requests {
        let answer = within(request).await.unwrap().unwrap();
        assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (200, "done"));
    }
    assert_eq!(within(end).await.unwrap().unwrap().cut_off, 0);
}

#[tokio::test]
async fn what_takes_too_long_is_cut_off() {
    let (router, _gate, waiting) = gated();
    let server = start(builder().drain_timeout(SHORT), router).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    all_wait(&waiting, 1).await;
    let Stopped { cut_off, .. } = server.stop().await;
    assert_eq!(cut_off, 1);
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn readiness_ends_before_the_server_does() {
    let (router, gate, _) = gated();
    let server = start(builder().drain_delay(Duration::from_secs(60)), router).await;
    let ready = "GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let health = ready.replace("ready", "health");
    assert!(server.raw(ready).await.ends_with(r#"{"status":"ready"}"#));
    let mut streams = Vec::new();
    for text in [ready, &health] {
        let mut stream = server.connect().await;
        stream.write_all(&text.as_bytes()[..10]).await.unwrap();
        streams.push((stream, text.as_bytes()[10..].to_owned()));
    }
    let address = server.address;
    let end = server.tell();
    let mut answers = Vec::new();
    // It still takes connections; soon it says that it is not ready.
    within(async {
        loop {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(ready.as_bytes()).await.unwrap();
            if is_problem(&rest(&mut stream).await, 503) {
                return;
            }
        }
    })
    .await;
    for (mut stream, text) in streams {
        stream.write_all(&text).await.unwrap();
        answers.push(rest(&mut stream).await);
    }
    assert!(is_problem(&answers[0], 503), "{}", answers[0]);
    assert!(answers[1].starts_with("HTTP/1.1 200"), "{}", answers[1]);
    gate.close();
    end.abort();
}

#[tokio::test]
async fn a_signal_ends_the_server() {
    let (router, gate, waiting) = gated();
    let server = Server::builder().listen(([127, 0, 0, 1], 0)).bind().await.unwrap();
    let address = server.addresses().unwrap()[0];
    let end = tokio::spawn(server.run(router));
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    // Whoever answers listens to signals; other servers of these tests do not.
    all_wait(&waiting, 1).await;
    let kill = Command::new("kill").args(["-TERM", &std::process::id().to_string()]).status().unwrap();
    assert!(kill.success());
    within(async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    gate.add_permits(1);
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
    assert_eq!(within(end).await.unwrap().unwrap().cut_off, 0);
}
