//! Bodies: sent again, sent once, too large, and as they came.

use super::support::{Act, Client, Server, Way, answer, both_ways, ok};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method};
use spec_runtime::client::{Call, Configure, Error, Retry};
use std::time::Duration;

const QUICK: Retry = Retry::new().with_waits(Duration::from_millis(20), 2.0, Duration::from_millis(40));

fn quick(server: &Server) -> Client {
    server.client().with_retry(QUICK)
}

both_ways!(
    a_stream_is_sent_once_and_its_first_failure_stands,
    a_form_is_sent_again_byte_by_byte,
    any_answer_as_it_came,
);

async fn a_stream_is_sent_once_and_its_first_failure_stands(way: Way) {
    let server = way.scripted(vec![answer(503, "", "busy"), ok("done")]).await;
    let stream = futures_util::stream::iter(["a", "b"].map(Ok::<_, std::io::Error>));
    let call = quick(&server).call::<0>(Method::PUT).body(Body::wrap_stream(stream)).send().await;
    let error = call.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), server.count()), (503, 1));
    assert_eq!(server.seen()[0].body, b"ab");
}

async fn a_form_is_sent_again_byte_by_byte(way: Way) {
    let server = way.scripted(vec![answer(503, "", ""), ok("done")]).await;
    let form = Form::new().text("name", "value").part("file", Part::bytes(vec![7; 100_000]));
    assert_eq!(quick(&server).call::<0>(Method::PUT).form(form).text().await.unwrap(), "done");
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert!(seen[0].body.len() > 100_000);
    assert_eq!(seen[0].body, seen[1].body);
    assert_eq!(seen[0].header("content-type"), seen[1].header("content-type"));
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_no_fault_of_the_server() {
    let server = Server::scripted(vec![ok("done")]).await;
    let stream = futures_util::stream::iter([Ok("a"), Err("no more")]);
    let body = spec_runtime::stream::ByteStream::new(stream);
    let error = quick(&server).call::<0>(Method::PUT).body(Body::from(body)).send().await.unwrap_err();
    assert!(matches!(error, Error::Communication(..)) && !error.is_retryable(), "{error}");
    assert!(error.to_string().contains("no more"), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read() {
    let large = format!("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n{}", "x".repeat(10_000));
    let chunked =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_owned() + &"5\r\nhello\r\n".repeat(100);
    for text in [large, chunked] {
        let server = Server::scripted(vec![vec![Act::Send(text), Act::Hang]]).await;
        let error = quick(&server).with_body_limit(100).get::<0>().send().await.unwrap_err();
        assert!(matches!(error, Error::Communication(..)) && !error.is_retryable(), "{error}");
        assert!(error.to_string().contains("more than 100 bytes"), "{error}");
        assert_eq!((server.count(), server.closed(1).await), (1, true));
    }
}

async fn any_answer_as_it_came(way: Way) {
    let server = way.scripted(vec![answer(418, "x-request-id: abc\r\n", "short and stout")]).await;
    let raw = quick(&server).get::<0>().send_raw().await.unwrap();
    assert_eq!((raw.status.as_u16(), raw.text().as_str()), (418, "short and stout"));
    assert_eq!((raw.evidence.attempts, raw.evidence.request_id.as_deref()), (1, Some("abc")));
    let server = way.scripted(vec![ok("streamed")]).await;
    assert_eq!(quick(&server).get::<1>().send_raw().await.unwrap().text(), "streamed");
    // And a request that is not sent.
    let request = quick(&server).call::<0>(Method::PUT).body("x").request().unwrap();
    assert_eq!((request.method(), request.url().path()), (&Method::PUT, "/things"));
    assert_eq!(server.count(), 1);
}
