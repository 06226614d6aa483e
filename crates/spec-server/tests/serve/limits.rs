//! What is too slow, and what is too large.

use crate::support::{SHORT, builder, drip, is_problem, rest, start, until, within};
use axum::body::Bytes;
use axum::routing::{get, post};
use axum::{Router, body::Body};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use std::io::Write as _;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

fn router() -> Router {
    Router::new()
        .route("/", get(|| async { "here" }))
        .route("/length", post(|body: Bytes| async move { body.len().to_string() }))
}

#[tokio::test]
async fn slow_heads_are_not_waited_for() {
    let server = start(builder().header_timeout(SHORT), router()).await;
    for beginning in ["", "P", "GET / HTTP/1.1\r\nHost:", "PRI * HTTP/2.0\r\n"] {
        assert_eq!(server.raw(beginning).await, "", "{beginning}");
    }
    // Nor is one that brings a byte now and then.
    let (mut read, mut write) = server.connect().await.into_split();
    write.write_all(b"GET / HTTP/1.1\r\nHost: ").await.unwrap();
    let mut none = Vec::new();
    within(async {
        tokio::select! {
            _ = tokio::io::AsyncReadExt::read_to_end(&mut read, &mut none) => {}
            () = drip(&mut write, b'a') => panic!("the connection stays open"),
        }
    })
    .await;
    assert_eq!(none, b"");
    server.stop().await;
}

#[tokio::test]
async fn idle_connections_are_closed_and_used_ones_are_not() {
    let server = start(builder().idle_timeout(SHORT), router()).await;
    let mut stream = server.connect().await;
    for _ in 0..4 {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        until(&mut stream, "here").await;
        tokio::time::sleep(SHORT / 2).await;
    }
    assert_eq!(rest(&mut stream).await, "");
    server.stop().await;
}

/// RFC 9112, 3.2.
#[tokio::test]
async fn requests_have_one_host() {
    let server = start(builder(), router()).await;
    for (version, hosts, is_good) in [
        ("1.1", "Host: a\r\n", true),
        ("1.0", "", true),
        ("1.1", "", false),
        ("1.1", "Host: a\r\nHost: b\r\n", false),
    ] {
        let answer = server.raw(format!("GET / HTTP/{version}\r\n{hosts}Connection: close\r\n\r\n")).await;
        assert_eq!(answer.ends_with("here"), is_good, "{answer}");
        assert_eq!(is_problem(&answer, 400), !is_good, "{answer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn bodies_that_stall_or_drip_are_answered_408() {
    let head = "POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc";
    let server = start(builder().stall_timeout(SHORT), router()).await;
    let answer = server.raw(head).await;
    assert!(is_problem(&answer, 408), "{answer}");
    server.stop().await;

    let server = start(builder().body_timeout(SHORT * 2), router()).await;
    let (mut read, mut write) = server.connect().await.into_split();
    write.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    within(async {
        tokio::select! {
            _ = tokio::io::AsyncReadExt::read_to_end(&mut read, &mut answer) => {}
            () = drip(&mut write, b'a') => panic!("the body is waited for"),
        }
    })
    .await;
    let answer = String::from_utf8(answer).unwrap();
    assert!(is_problem(&answer, 408), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn handlers_have_a_time_that_begins_after_the_body() {
    let router = router().route("/never", get(std::future::pending::<()>));
    let server = start(builder().handler_timeout(SHORT), router).await;
    let answer = server.raw("GET /never HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(is_problem(&answer, 503), "{answer}");
    assert!(!answer.contains("retry-after"), "{answer}");

    let mut stream = server.connect().await;
    let head = b"POST /length HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 6\r\n\r\n";
    stream.write_all(head).await.unwrap();
    for _ in 0..6 {
        tokio::time::sleep(SHORT / 2).await;
        stream.write_all(b"a").await.unwrap();
    }
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n6"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn answers_that_nobody_takes_are_given_up() {
    let piece = Bytes::from(vec![b'a'; 1024 * 1024]);
    let endless = move || async move {
        Body::from_stream(stream::repeat_with(move || Ok::<_, std::io::Error>(piece.clone())))
    };
    let router = router().route("/endless", get(endless));
    let server = start(builder().stall_timeout(SHORT).in_flight(1), router).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    until(&mut stream, "aaaa").await;
    // Its place is free again.
    within(async {
        loop {
            let answer = server.raw("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
            if answer.ends_with("here") {
                return;
            }
            assert!(is_problem(&answer, 503), "{answer}");
            tokio::time::sleep(SHORT / 4).await;
        }
    })
    .await;
    drop(stream);
    server.stop().await;
}

#[tokio::test]
async fn heads_have_so_many_bytes_and_headers() {
    let server = start(builder().header_bytes(4096).header_count(20), router()).await;
    let wide = format!("GET / HTTP/1.1\r\nHost: a\r\nx: {}\r\n\r\n", "a".repeat(5000));
    let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(5000));
    let many = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "x: a\r\n".repeat(30));
    for head in [wide, long, many] {
        let answer = server.raw(&head).await;
        let status = answer.lines().next().unwrap_or_default();
        assert!(status.starts_with("HTTP/1.1 431") || status.starts_with("HTTP/1.1 414"), "{answer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn bodies_have_so_many_bytes() {
    let server = start(builder().body_bytes(1000), router()).await;
    let chunk = format!("12c\r\n{}\r\n", "a".repeat(300));
    let chunked =
        format!("POST /length HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{}", chunk.repeat(4));
    let answer = server.raw(&chunked).await;
    assert!(is_problem(&answer, 413), "{answer}");
    let fitting = format!("{}0\r\n\r\n", chunked.trim_end().replacen(&chunk, "", 1));
    let fitting =
        fitting.replace("\r\n\r\n12c", "\r\nConnection: close\r\n\r\n12c").replace("a0\r\n", "a\r\n0\r\n");
    let answer = server.raw(&fitting).await;
    assert!(answer.ends_with("\r\n\r\n900"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn what_is_too_large_is_not_asked_for() {
    let server = start(builder().body_bytes(1000), router()).await;
    let head = |length: usize| {
        format!(
            "POST /length HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nConnection: close\r\n\
             Content-Length: {length}\r\n\r\n"
        )
    };
    let answer = server.raw(head(1001)).await;
    assert!(is_problem(&answer, 413), "{answer}");

    let mut stream = server.connect().await;
    stream.write_all(head(4).as_bytes()).await.unwrap();
    assert_eq!(until(&mut stream, "\r\n\r\n").await, "HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"abcd").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n4"), "{answer}");
    server.stop().await;
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn bodies_are_decoded_up_to_the_limit() {
    let server = start(builder().body_bytes(1_000_000), router()).await;
    let client = reqwest::Client::new();
    let post = async |coding: &str, body: Vec<u8>| {
        let request = client.post(server.url("/length")).header("content-encoding", coding).body(body);
        let answer = within(request.send()).await.unwrap();
        let accepted =
            answer.headers().get("accept-encoding").map(|value| value.to_str().unwrap().to_owned());
        (answer.status().as_u16(), accepted, answer.text().await.unwrap())
    };
    let ok = |text: &str| (200, None, text.to_owned());
    let small = vec![0; 100_000];
    assert_eq!(post("gzip", gzip(&small)).await, ok("100000"));
    assert_eq!(post("zstd", zstd::encode_all(&*small, 3).unwrap()).await, ok("100000"));
    assert_eq!(post("identity", small.clone()).await, ok("100000"));

    let bomb = vec![0; 50_000_000];
    for (coding, body) in [("gzip", gzip(&bomb)), ("zstd", zstd::encode_all(&*bomb, 19).unwrap())] {
        assert!(body.len() < 100_000);
        let (status, _, text) = post(coding, body).await;
        assert_eq!(status, 413, "{text}");
        assert!(text.contains("the body is too large"), "{text}");
    }
    // Members without anything in them bring no bytes, and never end.
    let empty = gzip(b"").repeat(60_000);
    assert!(empty.len() > 1_000_000);
    assert_eq!(post("gzip", empty).await.0, 413);

    let (status, accepted, text) = post("br", small.clone()).await;
    assert_eq!((status, accepted.as_deref()), (415, Some("gzip, zstd")), "{text}");
    assert_eq!(post("gzip, gzip", gzip(&gzip(&small))).await.0, 415);
    // It is not what it says.
    assert_eq!(post("gzip", small).await.0, 400);
    server.stop().await;
}

#[tokio::test]
async fn settings_that_can_not_be_kept_are_said() {
    let said = async |builder: spec_server::Builder| {
        let bound = builder.listen(([127, 0, 0, 1], 0)).bind().await;
        bound.err().map(|error| error.to_string())
    };
    let none: &'static [spec_server::RoutedOperation] = &[];
    assert_eq!(
        said(builder().health_path(Some("health"))).await.as_deref(),
        Some("`health_path` is `health`: begin it with a slash")
    );
    assert_eq!(
        said(builder().operations_below("/v1/", none)).await.as_deref(),
        Some("operations are below `/v1/`: begin it with a slash, and end it without one")
    );
    assert_eq!(
        said(builder().in_flight(0)).await.as_deref(),
        Some("`in_flight` is 0, so nothing could be served: give it more")
    );
    assert!(said(builder().connections(usize::MAX)).await.is_some());
    assert_eq!(said(builder().header_timeout(Duration::ZERO)).await, None);
    let nowhere = builder().bind().await.err().map(|error| error.to_string());
    assert_eq!(nowhere.as_deref(), Some("the server has no address: call `listen`"));
}
