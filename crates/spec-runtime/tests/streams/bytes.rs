//! Bytes that are not buffered.

use super::pieces;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use spec_runtime::stream::{ByteStream, StreamError};

#[tokio::test]
async fn what_is_whole_comes_in_one_piece() {
    let bodies: [ByteStream; 5] = [
        "text".into(),
        "text".to_owned().into(),
        b"text".to_vec().into(),
        b"text"[..].into(),
        Bytes::from("text").into(),
    ];
    for mut body in bodies {
        assert_eq!(format!("{body:?}"), "ByteStream(…)");
        assert_eq!(body.next().await.unwrap().unwrap(), "text");
        assert!(body.next().await.is_none());
    }
    assert!(ByteStream::default().next().await.is_none());
    assert!(ByteStream::from("").next().await.is_none());
}

#[tokio::test]
async fn all_bytes_within_a_limit() {
    let body = || pieces([&b"on"[..], b"", b"e ", b"two"]);
    assert_eq!(body().collect().await.unwrap(), "one two");
    assert_eq!(body().collect_within(7).await.unwrap(), "one two");
    assert!(matches!(body().collect_within(6).await, Err(StreamError::TooLarge { limit: 6 })));
    assert_eq!(pieces([&b"one"[..]]).collect_within(3).await.unwrap(), "one");
    assert!(pieces([&b"one"[..]]).collect_within(2).await.is_err());
    assert_eq!(pieces([]).collect_within(0).await.unwrap(), "");
}

#[tokio::test]
async fn nothing_comes_after_an_error() {
    let broken = || stream::iter([Ok("one"), Err("the disk is full"), Ok("two")]);
    let mut body = ByteStream::new(broken());
    assert_eq!(body.next().await.unwrap().unwrap(), "one");
    let error = body.next().await.unwrap().unwrap_err();
    assert!(error.is_end());
    assert_eq!(error.to_string(), "the body broke off: the disk is full");
    assert!(body.next().await.is_none());
    // An error of a stream is not wrapped again.
    let error = ByteStream::new(ByteStream::new(broken())).collect().await.unwrap_err();
    assert_eq!(error.to_string(), "the body broke off: the disk is full");
}

/// Futures that hold or borrow a stream can be spawned.
#[test]
fn streams_go_between_threads() {
    fn is_free<T: Send + Sync + Unpin + 'static>() {}
    is_free::<ByteStream>();
    is_free::<spec_runtime::stream::Events<std::cell::Cell<u8>>>();
    is_free::<spec_runtime::stream::JsonLines<std::cell::Cell<u8>>>();
}
