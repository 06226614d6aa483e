//! Which silence ends a call, and which does not.

use super::support::{Act, Server, answer, client, ok};
use futures_util::StreamExt;
use reqwest::{Body, Method};
use spec_runtime::client::{Configure, Error, Retry, TimeoutKind};
use std::time::{Duration, Instant};

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

const QUICK: Retry = Retry::new().with_waits(Duration::from_millis(20), 2.0, Duration::from_millis(40));

fn kind<E>(error: &Error<E>) -> Option<TimeoutKind> {
    match error {
        Error::Timeout(kind, _) => Some(*kind),
        _ => None,
    }
}

#[tokio::test]
async fn a_silent_server() {
    for (method, attempts) in [(Method::POST, 1), (Method::GET, 3)] {
        let server = Server::scripted(vec![vec![Act::Hang]]).await;
        let client = client(&server.url).with_retry(QUICK).with_head_timeout(ms(100));
        let begun = Instant::now();
        let error = client.call::<0>(method).send().await.unwrap_err();
        assert_eq!((kind(&error), server.count()), (Some(TimeoutKind::Head), attempts));
        assert!(error.may_have_been_sent() && error.is_timeout() && error.is_retryable());
        assert!(begun.elapsed() < ms(2000));
        assert!(server.closed(attempts).await);
    }
}

#[tokio::test]
async fn the_call_as_a_whole() {
    let server = Server::scripted(vec![vec![Act::Hang]]).await;
    let client = client(&server.url);
    let begun = Instant::now();
    let error = client.get::<0>().with_timeout(ms(200)).send().await.unwrap_err();
    assert_eq!((kind(&error), server.count()), (Some(TimeoutKind::Total), 1));
    assert!(begun.elapsed() < ms(1500));
}

#[tokio::test]
async fn a_connection_that_is_never_made() {
    // A backlog that is full.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    for _ in 0..8 {
        if let Ok(Ok(stream)) = tokio::time::timeout(ms(100), tokio::net::TcpStream::connect(address)).await {
            waiting.push(stream);
        }
    }
    let mut client = client(&format!("http://{address}")).with_retry(Retry::never());
    client.client = spec_runtime::client::http_client().connect_timeout(ms(200)).build().unwrap();
    let error = client.call::<0>(Method::POST).send().await.unwrap_err();
    assert_eq!(kind(&error), Some(TimeoutKind::Connect), "{error}");
    assert!(!error.may_have_been_sent() && error.is_connect());
}

/// An answer in pieces, with a wait before each.
fn pieces(waits: &[u64]) -> Vec<Act> {
    let mut acts = vec![Act::Send(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", waits.len()))];
    for wait in waits {
        acts.extend([Act::Wait(ms(*wait)), Act::Send("x".to_owned())]);
    }
    acts
}

#[tokio::test]
async fn a_download_takes_as_long_as_it_moves() {
    let server = Server::scripted(vec![pieces(&[50; 20])]).await;
    let client = client(&server.url).with_head_timeout(ms(300)).with_stall_timeout(ms(300));
    assert_eq!(client.get::<0>().text().await.unwrap().len(), 20);
    assert_eq!(client.get::<1>().text().await.unwrap().len(), 20);
}

#[tokio::test]
async fn a_download_that_comes_to_a_standstill() {
    let server = Server::scripted(vec![pieces(&[10, 10, 1000, 10])]).await;
    let client = client(&server.url).with_retry(Retry::never()).with_stall_timeout(ms(200));
    let mut stream = client.get::<1>().send().await.unwrap().into_inner();
    let mut came = 0;
    let error = loop {
        match stream.next().await.expect("it ends without an error") {
            Ok(piece) => came += piece.len(),
            Err(error) => break error.to_string(),
        }
    };
    assert_eq!((came, error.contains("standstill")), (2, true), "{error}");
    let error = client.get::<0>().send().await.unwrap_err();
    assert_eq!(kind(&error), Some(TimeoutKind::Stall));
}

#[tokio::test]
async fn an_upload_takes_as_long_as_it_moves() {
    // It waits for whoever makes it: a second, and the server answers at once.
    let server = Server::scripted(vec![ok("done")]).await;
    let client = client(&server.url).with_head_timeout(ms(300)).with_stall_timeout(ms(300));
    let slow = futures_util::stream::unfold(0, |number| async move {
        tokio::time::sleep(ms(100)).await;
        (number < 10).then(|| (Ok::<_, std::io::Error>("x"), number + 1))
    });
    let sent = client.call::<0>(Method::PUT).body(Body::wrap_stream(slow)).text().await;
    assert_eq!(sent.unwrap(), "done");
    assert_eq!(server.seen()[0].body, b"xxxxxxxxxx");
}

#[tokio::test]
async fn a_server_may_think_once_the_upload_is_there() {
    let server = Server::scripted(vec![[vec![Act::Wait(ms(400))], ok("done")].concat()]).await;
    let client = client(&server.url).with_stall_timeout(ms(200));
    let body = vec![b'x'; 300_000];
    assert_eq!(client.call::<0>(Method::PUT).body(body).text().await.unwrap(), "done");
    // Its length is known to the server as ever.
    assert_eq!(server.seen()[0].header("content-length"), Some("300000"));
}

#[tokio::test]
async fn a_server_that_stops_reading() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        // It is kept, and never read.
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    });
    let client = client(&url).with_retry(Retry::never()).with_stall_timeout(ms(300));
    let body = vec![b'x'; 64 * 1024 * 1024];
    let error = client.call::<0>(Method::PUT).body(body).send().await.unwrap_err();
    assert_eq!(kind(&error), Some(TimeoutKind::Stall), "{error}");
    assert!(error.may_have_been_sent());
}

#[tokio::test]
async fn a_call_that_is_dropped_is_over() {
    let server = Server::scripted(vec![vec![Act::Hang]]).await;
    let client = client(&server.url).with_retry(QUICK);
    let dropped = tokio::time::timeout(ms(200), client.get::<0>().send()).await;
    assert!(dropped.is_err());
    assert!(server.closed(1).await);
    tokio::time::sleep(ms(150)).await;
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_token_endpoint_that_hangs() {
    let server = Server::start(|_, seen| match seen.head.starts_with("POST /token") {
        true => vec![Act::Hang],
        false => answer(200, "", ""),
    })
    .await;
    let client = client(&server.url).with_tokens("/token").with_head_timeout(ms(100));
    let error = client.get::<3>().send().await.unwrap_err();
    assert_eq!(kind(&error), Some(TimeoutKind::Head));
}

#[tokio::test]
async fn times_beyond_all_times_are_none() {
    let server =
        Server::scripted(vec![answer(503, "retry-after: 18446744073709549568\r\n", ""), ok("done")]).await;
    let longest = QUICK.with_longest_told_wait(Duration::MAX).with_within(Duration::MAX);
    let client = client(&server.url).with_retry(longest).with_timeout(Duration::MAX);
    let client = client.with_head_timeout(Duration::MAX).with_stall_timeout(Duration::MAX);
    // A wait that never ends is the caller's.
    let error = client.get::<0>().send().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(18_446_744_073_709_549_568)));
    let body = vec![b'x'; 300_000];
    assert_eq!(client.call::<0>(Method::PUT).body(body).text().await.unwrap(), "done");
    assert_eq!(client.get::<1>().text().await.unwrap(), "done");
}
