//! What a document says of how its operations are called: generated clients do so.

use spec_goldens::calling::client::Client;
use spec_runtime::client::{Configure, Error, Retry};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A server that answers with these statuses, one after another, and then with 204. It counts.
async fn serve(statuses: &'static [u16]) -> (Client, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let router = axum::Router::new().fallback(move || {
        let status = statuses.get(count.fetch_add(1, Ordering::SeqCst)).copied().unwrap_or(204);
        async move { axum::http::StatusCode::from_u16(status).unwrap() }
    });
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (Client::new(&url), asked)
}

fn status<E: std::fmt::Debug, T: std::fmt::Debug>(result: Result<T, Error<E>>) -> u16 {
    result.expect_err("an error").status().expect("a status").as_u16()
}

#[tokio::test]
async fn the_document_says_what_is_tried_again() {
    // More than the three attempts that are the default, and statuses that it does not have.
    let (client, asked) = serve(&[503, 501, 404, 500]).await;
    let begun = Instant::now();
    client.list_things().send().await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 5);
    assert!(begun.elapsed() < Duration::from_millis(400), "the waits are those of the document");
}

#[tokio::test]
async fn a_post_is_repeated_only_if_it_may_be() {
    let (client, asked) = serve(&[503]).await;
    assert_eq!(status(client.create_thing().send().await), 503);
    assert_eq!(asked.load(Ordering::SeqCst), 1);

    let (client, asked) = serve(&[503]).await;
    client.replace_thing().id(1).send().await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn an_operation_says_otherwise_than_the_document() {
    let (client, asked) = serve(&[503]).await;
    assert_eq!(status(client.read_once().id(1).send().await), 503);
    assert_eq!(asked.load(Ordering::SeqCst), 1);

    let (client, asked) = serve(&[429, 503]).await;
    let error = client.delete_thing().id(1).with_timeout(None).send().await;
    assert_eq!((status(error), asked.load(Ordering::SeqCst)), (503, 2));
}

#[tokio::test]
async fn callers_say_otherwise_than_the_document() {
    let (client, asked) = serve(&[503]).await;
    let retry = Retry::new().with_first_wait(Duration::from_millis(1));
    client.read_once().id(1).with_retry(retry).send().await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    let (client, asked) = serve(&[503]).await;
    assert_eq!(status(client.list_things().with_attempts(1).send().await), 503);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

/// The document has a time for the call, and no other attempt where there is no connection.
#[tokio::test]
async fn times_and_connections_are_those_of_the_document() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let client = Client::new(&format!("http://{}", listener.local_addr().unwrap()));
    let begun = Instant::now();
    let error = client.delete_thing().id(1).send().await.unwrap_err();
    assert!(matches!(error, Error::Timeout(..)), "{error}");
    assert!((200..2000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());

    drop(listener);
    let error = client.delete_thing().id(1).with_timeout(None).send().await.unwrap_err();
    assert_eq!(error.evidence().map(|evidence| evidence.attempts), Some(1));
    let error = client.read_once().id(1).send().await.unwrap_err();
    assert_eq!(error.evidence().map(|evidence| evidence.attempts), Some(1));
}
