//! More than there is room for.

use crate::support::{builder, is_problem, rest, start, until, within};
use axum::Router;
use axum::routing::get;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Semaphore;

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

fn router() -> Router {
    Router::new().route("/", get(|| async { "here" }))
}

#[tokio::test]
async fn connections_beyond_the_limit_are_told_so() {
    let server = start(builder().connections(2).retry_after(Duration::from_secs(7)), router()).await;
    let mut kept = Vec::new();
    for _ in 0..2 {
        let mut stream = server.connect().await;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        until(&mut stream, "here").await;
        kept.push(stream);
    }
    for _ in 0..5 {
        let answer = server.raw(GET).await;
        assert!(is_problem(&answer, 503), "{answer}");
        assert!(answer.contains("\r\nRetry-After: 7\r\n"), "{answer}");
    }
    // Whoever has a connection is served, and one that goes makes room.
    kept[0].write_all(GET.as_bytes()).await.unwrap();
    assert!(rest(&mut kept[0]).await.ends_with("here"));
    within(async {
        while !server.raw(GET).await.ends_with("here") {
            tokio::task::yield_now().await;
        }
    })
    .await;
    server.stop().await;
}

#[tokio::test]
async fn a_flood_of_connections_is_closed() {
    let server = start(builder().connections(1), router()).await;
    let mut kept = server.connect().await;
    kept.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    until(&mut kept, "here").await;
    // They say nothing, and wait.
    let mut flood = Vec::new();
    for _ in 0..200 {
        flood.push(server.connect().await);
    }
    let mut told = 0;
    for stream in &mut flood {
        told += usize::from(rest(stream).await.starts_with("HTTP/1.1 503"));
    }
    assert!((1..=200).contains(&told), "{told}");
    server.stop().await;
}

#[tokio::test]
async fn requests_beyond_the_limit_are_told_so() {
    let gate = Arc::new(Semaphore::new(0));
    let inside = gate.clone();
    let wait = move || async move {
        inside.acquire().await.unwrap().forget();
        "done"
    };
    let server = start(builder().in_flight(1), router().route("/wait", get(wait))).await;
    let mut waiting = server.connect().await;
    waiting.write_all(b"GET /wait HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
    // It is in flight once another one is not taken.
    let refusal = within(async {
        loop {
            let answer = server.raw(GET).await;
            if !answer.ends_with("here") {
                return answer;
            }
        }
    })
    .await;
    assert!(is_problem(&refusal, 503), "{refusal}");
    assert!(refusal.contains("\r\nretry-after: 5\r\n"), "{refusal}");
    // That it lives is said nevertheless.
    let health = server.raw("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    gate.add_permits(1);
    assert!(rest(&mut waiting).await.ends_with("done"));
    within(async {
        while !server.raw(GET).await.ends_with("here") {
            tokio::task::yield_now().await;
        }
    })
    .await;
    server.stop().await;
}
