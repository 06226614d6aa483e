//! Transports that misbehave as they are told.

use super::support::{Client, Server, client, ok};
use reqwest::{Body, Method};
use spec_runtime::client::testing::{Fault, Faulty, Never};
use spec_runtime::client::{Configure, Error, Retry, TimeoutKind, http_client};
use spec_runtime::http::{HeaderMap, StatusCode};
use std::time::{Duration, Instant};

const QUICK: Retry = Retry::new().with_waits(Duration::from_millis(20), 2.0, Duration::from_millis(40));

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn faulty(server: &Server, faults: impl IntoIterator<Item = Fault>) -> Client {
    let transport = Faulty::scripted(http_client().build().unwrap(), faults);
    client(&server.url).with_retry(QUICK).with_transport(transport)
}

#[tokio::test]
async fn whoever_never_answers() {
    let client =
        client("http://a.example").with_retry(QUICK).with_head_timeout(ms(100)).with_transport(Never);
    let stream = futures_util::stream::iter((0..10).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 100_000])));
    for (method, attempts, body) in [
        (Method::POST, 1, Body::from("x")),
        (Method::PUT, 3, vec![b'x'; 1_000_000].into()),
        (Method::PUT, 1, Body::wrap_stream(stream)),
    ] {
        let error = client.call::<0>(method).body(body).send().await.unwrap_err();
        assert!(
            matches!(error, Error::Timeout(TimeoutKind::Head, _)) && error.may_have_been_sent(),
            "{error}"
        );
        assert_eq!(error.evidence().unwrap().attempts, attempts);
    }
}

/// Each fault, the number of requests that the server sees of a `POST` and of a `PUT`, and whether the
/// request may have been sent when there is no other attempt.
#[tokio::test]
async fn faults_say_what_may_have_been_sent() {
    let busy = || Fault::Answer(StatusCode::SERVICE_UNAVAILABLE, HeaderMap::new());
    for (fault, post, put, is_sent) in [
        (Fault::None, 1, 1, true),
        (Fault::Refuse, 1, 1, false),
        (Fault::LoseRequest, 0, 1, true),
        (Fault::LoseAnswer, 1, 2, true),
        (busy(), 0, 1, true),
        (Fault::Truncate(2), 1, 2, true),
        (Fault::Truncate(4), 1, 1, true),
    ] {
        for (method, seen) in [(Method::POST, post), (Method::PUT, put)] {
            let server = Server::scripted(vec![ok("done")]).await;
            let result = faulty(&server, [fault.clone()]).call::<0>(method.clone()).body("x").text().await;
            assert_eq!(server.count(), seen, "{fault:?} {method}");
            match result {
                Ok(text) => assert_eq!(text, "done"),
                Err(error) => {
                    assert!(method == Method::POST && error.may_have_been_sent(), "{fault:?}: {error}")
                }
            }
        }
        let server = Server::scripted(vec![ok("done")]).await;
        let call = faulty(&server, [fault.clone()]).call::<0>(Method::PUT).with_attempts(1).send().await;
        assert_eq!(call.map_or_else(|error| error.may_have_been_sent(), |_| true), is_sent, "{fault:?}");
    }
}

#[tokio::test]
async fn faults_that_a_client_sees_as_they_are() {
    let server = Server::scripted(vec![ok("done")]).await;
    let once = |fault| faulty(&server, [fault]).with_attempts(1);
    assert!(once(Fault::Refuse).get::<0>().send().await.unwrap_err().is_connect());

    let headers = HeaderMap::from_iter([("retry-after".parse().unwrap(), "7".parse().unwrap())]);
    let limited = once(Fault::Answer(StatusCode::TOO_MANY_REQUESTS, headers)).get::<0>().send().await;
    let limited = limited.unwrap_err();
    assert_eq!((limited.status().unwrap().as_u16(), limited.retry_after()), (429, Some(ms(7000))));

    let begun = Instant::now();
    assert_eq!(once(Fault::Delay(ms(150))).get::<0>().text().await.unwrap(), "done");
    assert!(begun.elapsed() >= ms(150));
    let late = once(Fault::Delay(ms(1000))).with_head_timeout(ms(50)).get::<0>().send().await.unwrap_err();
    assert!(late.is_timeout(), "{late}");

    let broken = once(Fault::Truncate(2)).get::<0>().send().await.unwrap_err();
    assert_eq!(broken.status().unwrap().as_u16(), 200, "its head came");
    // Of a stream, what came is there.
    let mut stream = once(Fault::Truncate(2)).get::<1>().send().await.unwrap().into_inner();
    let first = futures_util::StreamExt::next(&mut stream).await.unwrap().unwrap();
    assert_eq!((&*first, stream.collect().await.is_err()), (&b"do"[..], true));
}

#[tokio::test]
async fn the_same_seed_lets_the_same_things_go_wrong() {
    let went = async |seed: u64, share: f64| {
        let server = Server::scripted(vec![ok("done")]).await;
        let http = http_client().build().unwrap();
        let transport = Faulty::seeded(http, seed, share, [Fault::Refuse, Fault::LoseRequest]);
        let client = client(&server.url).with_retry(Retry::never()).with_transport(transport);
        let mut went = Vec::new();
        for _ in 0..40 {
            let error = client.get::<0>().send().await.err();
            went.push(error.map(|error| error.may_have_been_sent()));
        }
        went
    };
    let first = went(7, 0.5).await;
    assert_eq!(went(7, 0.5).await, first);
    assert_ne!(went(8, 0.5).await, first);
    for outcome in [None, Some(false), Some(true)] {
        assert!(first.contains(&outcome), "{outcome:?} in {first:?}");
    }
    assert!(went(7, 0.0).await.iter().all(Option::is_none));
    assert!(went(7, 1.0).await.iter().all(Option::is_some));
}
