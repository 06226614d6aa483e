//! Streams between reqwest and axum.

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use spec_runtime::client::{Error, ResponseValue};
use spec_runtime::codegen::server::{Content, Lines, MediaKind, NoParameters, Operation, Payload, Streaming};
use spec_runtime::codegen::{client, server};
use spec_runtime::server::Failure;
use spec_runtime::stream::{ByteStream, Event, Events, Framing, JsonLines, StreamError};
use std::time::Duration;
use tokio::sync::mpsc;

const ANY: Operation = Operation {
    content: Some(Content::new(true, &[("application/json", MediaKind::Json), ("*/*", MediaKind::Bytes)])),
    invalid: 422,
    ..Operation::new("stream")
};

const LINES: Operation = Operation {
    content: Some(Content::new(
        true,
        &[("application/x-ndjson", MediaKind::Bytes), ("application/json-seq", MediaKind::Bytes)],
    )),
    ..Operation::new("stream")
};

/// Made by hand of what a sender hands over: the test decides when something comes.
fn channel<T: Send + 'static>() -> (mpsc::Sender<T>, impl futures_util::Stream<Item = T> + Send + 'static) {
    let (sender, receiver) = mpsc::channel(1);
    (sender, stream::unfold(receiver, |mut receiver| async { Some((receiver.recv().await?, receiver)) }))
}

async fn echo(request: Request) -> Response {
    match ANY.receive::<NoParameters, Streaming>(request).await {
        Ok((_, _, Streaming(body))) => server::byte_stream(200, "application/octet-stream", body),
        Err(refusal) => refusal,
    }
}

async fn whole(request: Request) -> Response {
    match ANY.receive::<NoParameters, Payload<Vec<i64>>>(request).await {
        Ok((_, _, Payload(body))) => server::json(200, "application/json", &body),
        Err(refusal) => refusal,
    }
}

async fn optional(request: Request) -> Response {
    match ANY.receive::<NoParameters, Option<Streaming>>(request).await {
        Ok((_, _, body)) => server::text(200, "text/plain", format!("{body:?}")),
        Err(refusal) => refusal,
    }
}

/// Answers the sum of the numbers, or what is wrong with the first that is none.
async fn sum(request: Request) -> Response {
    let (_, _, Lines(mut numbers)) = match LINES.receive::<NoParameters, Lines<i64>>(request).await {
        Ok(received) => received,
        Err(refusal) => return refusal,
    };
    let mut sum = 0;
    while let Some(number) = numbers.next().await {
        match number {
            Ok(number) => sum += number,
            Err(error) => return Failure::from(error).into_response(),
        }
    }
    server::text(200, "text/plain", sum.to_string())
}

async fn numbers(media_type: &'static str) -> Response {
    server::json_lines(200, media_type, JsonLines::new(stream::iter([1, 2, 3])))
}

async fn broken() -> Response {
    // Later than what is before it, so that this has been sent.
    let late = stream::once(async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err("the secret reason")
    });
    server::json_lines(
        200,
        "application/x-ndjson",
        JsonLines::from_results(stream::iter([Ok(1)]).chain(late)),
    )
}

async fn serve() -> String {
    let words = || async {
        server::event_texts(200, Events::new(stream::iter(["a\nb", "[DONE]"].map(|t| Event::new(t.into())))))
    };
    let values =
        || async { server::events(200, Events::new(stream::iter([Event::new(vec![1, 2]).with_id("7")]))) };
    let done = || async {
        server::byte_stream(200, "text/event-stream", "data: [1]\n\ndata: [DONE]\n\ndata: [2]\n\n".into())
    };
    let routes = Router::new()
        .route("/echo", post(echo))
        .route("/whole", post(whole))
        .route("/optional", post(optional))
        .route("/sum", post(sum))
        .route("/lines", get(|| numbers("application/x-ndjson")))
        .route("/sequence", get(|| numbers("application/json-seq")))
        .route("/broken", get(broken))
        .route("/words", get(words))
        .route("/values", get(values))
        .route("/done", get(done));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

async fn send(url: &str, media_type: &str, body: impl Into<reqwest::Body>) -> reqwest::Response {
    let request = reqwest::Client::new().post(url).body(body);
    let request = if media_type.is_empty() { request } else { request.header("content-type", media_type) };
    request.send().await.unwrap()
}

/// What is sent comes back before the next piece is made: nobody waits for the end.
#[tokio::test]
async fn pieces_go_there_and_back_one_by_one() {
    let url = serve().await;
    let (sender, pieces) = channel::<Result<Bytes, std::io::Error>>();
    sender.send(Ok(Bytes::from("one"))).await.unwrap();
    let response = send(&format!("{url}/echo"), "application/zip", ByteStream::new(pieces)).await;
    let mut answer = client::succeeded(
        client::byte_stream::<()>(response.into(), &["application/octet-stream"]).await.unwrap(),
    )
    .into_inner();
    assert_eq!(answer.next().await.unwrap().unwrap(), "one");
    sender.send(Ok(Bytes::from("two"))).await.unwrap();
    assert_eq!(answer.next().await.unwrap().unwrap(), "two");
    drop(sender);
    assert!(answer.next().await.is_none());
}

/// Far more than axum's limit on bodies that are buffered, which is 2 MB: of a stream nothing is.
#[tokio::test]
async fn more_than_anyone_would_buffer() {
    let url = serve().await;
    let pieces = stream::iter(0..64).map(|_| Ok::<_, std::io::Error>(vec![7u8; 256 * 1024]));
    let response = send(&format!("{url}/echo"), "application/zip", ByteStream::new(pieces)).await;
    let mut answer = client::succeeded(
        client::byte_stream::<()>(response.into(), &["application/octet-stream"]).await.unwrap(),
    )
    .into_inner();
    let mut length = 0;
    while let Some(piece) = answer.next().await {
        length += piece.unwrap().len();
    }
    assert_eq!(length, 64 * 256 * 1024);
    let text = vec![b' '; 3 * 1024 * 1024];
    assert_eq!(send(&format!("{url}/whole"), "application/json", text).await.status(), 413);
}

#[tokio::test]
async fn a_known_length_is_sent() {
    let url = serve().await;
    let response = send(&format!("{url}/echo"), "text/plain", ByteStream::from("text")).await;
    assert_eq!(response.text().await.unwrap(), "text");
    let whole = server::byte_stream(200, "text/plain", "text".into());
    assert_eq!(axum::body::HttpBody::size_hint(whole.body()).exact(), Some(4));
    let request = reqwest::Client::new().post(&url).body(ByteStream::from("text")).build().unwrap();
    assert_eq!(request.body().unwrap().as_bytes(), Some(&b"text"[..]));
}

/// A body is there if it has a media type, or anything in it; only then does a media type that is missing
/// matter.
#[tokio::test]
async fn bodies_that_are_there_and_not() {
    let url = serve().await;
    let answer = async |path: &str, media_type: &str, body: ByteStream| {
        let response = send(&format!("{url}/{path}"), media_type, body).await;
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let empty_pieces = || ByteStream::new(stream::iter([Ok::<_, std::io::Error>("")]));
    let pieces = || ByteStream::new(stream::iter([Ok::<_, std::io::Error>("[1,"), Ok("2]")]));
    assert_eq!(answer("optional", "", ByteStream::default()).await, (200, "None".to_owned()));
    assert_eq!(answer("optional", "", empty_pieces()).await, (200, "None".to_owned()));
    assert_eq!(
        answer("optional", "text/plain", ByteStream::default()).await,
        (200, "Some(Streaming(ByteStream(…)))".to_owned())
    );
    assert_eq!(answer("optional", "", pieces()).await.0, 200);
    assert_eq!(answer("echo", "", ByteStream::default()).await.0, 422);
    assert_eq!(answer("echo", "", pieces()).await, (200, "[1,2]".to_owned()));
    assert_eq!(answer("sum", "", pieces()).await.0, 415);
    assert_eq!(answer("sum", "text/plain", pieces()).await.0, 415);
    assert_eq!(answer("whole", "application/json", pieces()).await, (200, "[1,2]".to_owned()));
}

#[tokio::test]
async fn json_texts_of_both_framings() {
    let url = serve().await;
    for path in ["lines", "sequence"] {
        let response = reqwest::get(format!("{url}/{path}")).await.unwrap();
        let got: JsonLines<i64> =
            client::succeeded(client::json_lines::<_, ()>(response.into(), &["*/*"]).await.unwrap())
                .into_inner();
        assert_eq!(got.map(Result::unwrap).collect::<Vec<_>>().await, [1, 2, 3]);
    }
    for media_type in ["application/x-ndjson", "application/json-seq"] {
        let body = JsonLines::from(vec![1, 2, 39]).into_bytes(Framing::of(media_type));
        let response = send(&format!("{url}/sum"), media_type, body).await;
        assert_eq!(response.text().await.unwrap(), "42");
    }
    let response = send(&format!("{url}/sum"), "application/x-ndjson", "1\n\n\"two\"\n3").await;
    assert_eq!(response.status(), 400);
    let problem: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert!(
        problem["detail"].as_str().unwrap().starts_with("item 3 is not what it should be: "),
        "{problem}"
    );
}

/// A body that breaks off is an error in its place, after all that came before; a reason stays where it is.
#[tokio::test]
async fn answers_that_break_off() {
    let url = serve().await;
    let response = reqwest::get(format!("{url}/broken?key=secret")).await.unwrap();
    let mut got: JsonLines<i64> =
        client::succeeded(client::json_lines::<_, ()>(response.into(), &["*/*"]).await.unwrap()).into_inner();
    assert_eq!(got.next().await.unwrap().unwrap(), 1);
    let error = got.next().await.unwrap().unwrap_err();
    assert!(matches!(error, StreamError::Body(_)), "{error}");
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    assert!(got.next().await.is_none());
}

#[tokio::test]
async fn events_of_both_kinds() {
    let url = serve().await;
    let response = reqwest::get(format!("{url}/words")).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-cache");
    let words =
        client::succeeded(client::event_texts::<()>(response.into(), &["text/event-stream"]).await.unwrap())
            .into_inner();
    assert_eq!(words.map(|event| event.unwrap().data).collect::<Vec<_>>().await, ["a\nb", "[DONE]"]);
    let response = reqwest::get(format!("{url}/values")).await.unwrap();
    let mut values: Events<Vec<u8>> =
        client::succeeded(client::events::<_, ()>(response.into(), &["text/event-stream"]).await.unwrap())
            .into_inner();
    assert_eq!(values.next().await.unwrap().unwrap(), Event::new(vec![1, 2]).with_id("7"));
    assert!(values.next().await.is_none());
    assert_eq!(values.last_event_id(), Some("7"));
    let response = reqwest::get(format!("{url}/done")).await.unwrap();
    let value = client::events(response.into(), &["*/*"]).await;
    let value: Result<ResponseValue<Events<Vec<u8>>>, Error<()>> = value.map(client::succeeded);
    let got: Vec<_> = value.unwrap().into_inner().map(|event| event.unwrap().data).collect().await;
    assert_eq!(got, [[1]]);
}
