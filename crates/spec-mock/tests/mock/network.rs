//! Connections, faults, callbacks, and another document.

use super::{ask, contract, read};
use spec_mock::{Fault, Mock};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Sends a request over a connection of its own, and reads until its end.
async fn get(url: &str, head: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).await?;
    stream.write_all(format!("{head}\r\nHost: mock\r\nConnection: close\r\n\r\n").as_bytes()).await?;
    let mut text = Vec::new();
    stream.read_to_end(&mut text).await?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[tokio::test]
async fn it_is_served_and_fails_on_purpose() {
    let url = Mock::new(contract("answers.yaml")).serve().await.expect("a port");
    let whole = get(&url, "GET /pets HTTP/1.1").await.expect("an answer");
    assert!(whole.starts_with("HTTP/1.1 201 Created\r\n") && whole.ends_with(r#"{"name":"Tom"}"#), "{whole}");
    let error = get(&url, "GET /pets?__fault=reset HTTP/1.1").await.expect_err("a reset");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    let half = get(&url, "GET /pets?__fault=truncate HTTP/1.1").await.expect("a part");
    assert!(half.contains("content-length: 14") && half.ends_with(r#"{"name""#), "{half}");
    let failed = get(&url, "GET /pets HTTP/1.1\r\nPrefer: fault=503").await.expect("an answer");
    assert!(failed.starts_with("HTTP/1.1 503 ") && failed.contains("{\"error\":\""), "{failed}");
}

#[tokio::test]
async fn faults_come_at_the_same_places() {
    let failed = async |seed: u64| {
        let mock = Mock::new(contract("answers.yaml")).seed(seed).fault(Fault::Status(500), 0.1);
        let mut failed = Vec::new();
        for index in 0..1_000 {
            if ask(&mock, "HEAD /pets").await.status == 500 {
                failed.push(index);
            }
        }
        failed
    };
    let first = failed(7).await;
    assert!((60..140).contains(&first.len()), "{}", first.len());
    assert_eq!(first, failed(7).await);
    assert_ne!(first, failed(8).await);
}

#[tokio::test]
async fn an_answer_is_late() {
    let began = Instant::now();
    let answer = ask(&Mock::new(contract("answers.yaml")), "GET /tree\nPrefer: delay=60").await;
    assert!(began.elapsed() >= Duration::from_millis(60));
    assert_eq!(answer.header("preference-applied"), "delay=60");
}

#[tokio::test]
async fn a_callback_arrives_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let receiver = format!("http://{}", listener.local_addr().expect("an address"));
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&lines);
    let mock = Mock::new(contract("answers.yaml"))
        .log(move |line| log.lock().expect("a lock").push(line.to_owned()));
    let body = serde_json::json!({ "url": receiver }).to_string();
    let request = format!("POST /subscriptions\nContent-Type: application/json\n\n{body}");
    assert_eq!(ask(&mock, &request).await.status, 201);

    let (mut stream, _) = listener.accept().await.expect("a connection");
    let mut text = String::new();
    while !text.contains("\r\n\r\n{") {
        let mut buffer = [0; 1024];
        let length = stream.read(&mut buffer).await.expect("a request");
        text.push_str(&String::from_utf8_lossy(&buffer[..length]));
    }
    // Not what the document says: that is told.
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.expect("an answer");
    assert!(text.starts_with("POST /events?subscription=s1 HTTP/1.1\r\n"), "{text}");
    assert!(text.contains("x-kind: pet") && text.ends_with(r#"{"name":"Tim","age":0}"#), "{text}");
    let told = async || {
        for _ in 0..200 {
            let lines = lines.lock().expect("a lock").clone();
            if lines.len() >= 2 {
                return lines;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Vec::new()
    };
    let lines = told().await;
    assert!(lines[0].ends_with("answered 200") && lines[1].contains("200 is not declared"), "{lines:?}");
    let more = tokio::time::timeout(Duration::from_millis(100), listener.accept()).await;
    assert!(more.is_err(), "it comes once");

    let request = "POST /subscriptions\nContent-Type: application/json\n\n{\"url\": \"ftp://x\"}";
    assert_eq!(ask(&mock, request).await.status, 201);
    assert_eq!(ask(&mock.callbacks(false), request).await.status, 201);
}

#[tokio::test]
async fn another_document_takes_over_without_a_gap() {
    let text = |word: &str| {
        format!(
            "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths:\n  /a:\n    get:\n      \
             operationId: a\n      responses:\n        '200': {{description: Fine, \
             content: {{text/plain: {{example: {word}}}}}}}\n"
        )
    };
    let mock = Mock::new(read("a.yaml", &text("old")));
    let url = mock.clone().serve().await.expect("a port");
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).await.expect("a connection");
    let (mut old, mut new) = (0, 0);
    for index in 0..1_000 {
        if index == 500 {
            mock.replace(read("a.yaml", &text("new")));
        }
        stream.write_all(b"GET /a HTTP/1.1\r\nHost: mock\r\n\r\n").await.expect("a request");
        let mut buffer = [0; 1024];
        let length = stream.read(&mut buffer).await.expect("an answer");
        match &buffer[..length] {
            own if own.ends_with(b"\r\n\r\nold") => old += 1,
            own if own.ends_with(b"\r\n\r\nnew") => new += 1,
            own => panic!("{}", String::from_utf8_lossy(own)),
        }
    }
    assert_eq!((old, new), (500, 500));
}
