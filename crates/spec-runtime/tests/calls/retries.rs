//! Which calls are tried again, and when.

use super::support::{Act, Client, Server, Way, answer, both_ways, client, closed_port, ok};
use reqwest::Method;
use spec_runtime::client::{Call, Configure, Error, Retry};
use std::time::{Duration, Instant};

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Waits that no test has to sit through.
const QUICK: Retry = Retry::new().with_waits(Duration::from_millis(20), 2.0, Duration::from_millis(40));

fn quick(server: &Server) -> Client {
    server.client().with_retry(QUICK)
}

both_ways!(
    a_server_says_when_to_come_back,
    what_is_not_idempotent_is_not_repeated,
    what_may_have_happened_is_only_repeated_if_that_does_no_harm,
    a_key_makes_a_call_idempotent,
    a_key_that_is_in_use_is_waited_for,
    a_date_is_held_against_the_clock_of_the_server,
    milliseconds_win_and_nonsense_is_none,
    a_wait_that_is_too_long_is_left_to_the_caller,
    each_status_has_its_rule,
    a_server_that_fails_is_not_asked_three_times_as_much,
    a_new_token_is_no_attempt,
    a_token_that_expires_is_renewed_in_the_middle_of_retries,
);

async fn a_server_says_when_to_come_back(way: Way) {
    let server = way
        .scripted(vec![
            answer(503, "retry-after: 1\r\n", ""),
            answer(503, "retry-after: 1\r\n", ""),
            ok("done"),
        ])
        .await;
    let begun = Instant::now();
    assert_eq!(quick(&server).get::<0>().text().await.unwrap(), "done");
    let elapsed = begun.elapsed();
    assert!(elapsed >= ms(2000) && elapsed < ms(3000), "{elapsed:?}");
    assert_eq!(server.count(), 3);
}

async fn what_is_not_idempotent_is_not_repeated(way: Way) {
    let server = way.scripted(vec![answer(503, "retry-after: 1\r\n", "busy"), ok("done")]).await;
    let error = quick(&server).call::<0>(Method::POST).send().await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 503);
    assert_eq!(error.retry_after(), Some(ms(1000)));
    assert_eq!(server.count(), 1);
    // Somebody knows better.
    let sent = quick(&server).call::<0>(Method::POST).with_idempotent(true).text().await;
    assert_eq!(sent.unwrap(), "done");
}

#[tokio::test]
async fn what_was_never_sent_is_sent_again() {
    let port = closed_port().await;
    let opened = tokio::spawn(async move {
        tokio::time::sleep(ms(150)).await;
        Server::at(port, |_, _| ok("done")).await
    });
    let client = client(&format!("http://127.0.0.1:{port}"));
    assert_eq!(client.call::<0>(Method::POST).text().await.unwrap(), "done");
    assert_eq!(opened.await.unwrap().count(), 1);

    let begun = Instant::now();
    let nowhere = format!("http://127.0.0.1:{}", closed_port().await);
    let error = client.call::<0>(Method::POST).with_base_url(&nowhere).send().await.unwrap_err();
    assert!(error.is_connect() && error.is_retryable() && !error.may_have_been_sent());
    assert_eq!(error.evidence().unwrap().attempts, 3);
    assert!(begun.elapsed() < ms(3000));
}

async fn what_may_have_happened_is_only_repeated_if_that_does_no_harm(way: Way) {
    for (method, attempts) in [(Method::POST, 1), (Method::PATCH, 1), (Method::PUT, 2), (Method::DELETE, 2)] {
        let server = way.scripted(vec![vec![Act::Close], ok("done")]).await;
        let result = quick(&server).call::<0>(method.clone()).body("x").text().await;
        assert_eq!(server.count(), attempts, "{method}");
        match result {
            Ok(text) => assert_eq!((attempts, text.as_str()), (2, "done")),
            Err(error) => assert!(attempts == 1 && error.may_have_been_sent(), "{error}"),
        }
    }
}

async fn a_key_makes_a_call_idempotent(way: Way) {
    let server = way.start(|number, _| if number == 1 { answer(500, "", "") } else { ok("done") }).await;
    let client = quick(&server);
    assert_eq!(client.call::<2>(Method::POST).text().await.unwrap(), "done");
    assert_eq!(client.call::<2>(Method::POST).text().await.unwrap(), "done");
    let own = client.call::<2>(Method::POST).with_idempotency_key("own");
    assert_eq!(own.text().await.unwrap(), "done");
    let keys: Vec<String> =
        server.seen().iter().map(|seen| seen.header("idempotency-key").unwrap().to_owned()).collect();
    assert_eq!(keys.len(), 4);
    assert_eq!(keys[0], keys[1]);
    assert_ne!(keys[1], keys[2]);
    assert_eq!(keys[3], "own");
    // What is not repeated needs none.
    client.call::<2>(Method::POST).with_attempts(1).text().await.unwrap();
    assert_eq!(server.seen()[4].header("idempotency-key"), None);
    client.call::<2>(Method::POST).with_idempotent(false).text().await.unwrap();
    assert_eq!(server.seen()[5].header("idempotency-key"), None);
    assert_eq!(keys[0].len(), 36);
}

async fn a_key_that_is_in_use_is_waited_for(way: Way) {
    // The first attempt may still be worked on, or the server says that it will be done.
    for first in [answer(500, "", ""), answer(409, "retry-after-ms: 5\r\n", "")] {
        let server = way.scripted(vec![first, answer(409, "", ""), ok("done")]).await;
        assert_eq!(quick(&server).call::<2>(Method::POST).text().await.unwrap(), "done");
    }
    // The first attempt finds that the key belongs to another request.
    let server = way.scripted(vec![answer(409, "", ""), ok("done")]).await;
    assert!(quick(&server).call::<2>(Method::POST).text().await.is_err());
    assert_eq!(server.seen().len(), 1);
}

async fn a_date_is_held_against_the_clock_of_the_server(way: Way) {
    // An hour ahead of everybody.
    let now = std::time::SystemTime::now() + Duration::from_secs(3600);
    let date = |time| httpdate::fmt_http_date(time);
    let headers = format!("date: {}\r\nretry-after: {}\r\n", date(now), date(now + ms(2000)));
    let server = way.scripted(vec![answer(503, &headers, ""), ok("done")]).await;
    let begun = Instant::now();
    assert_eq!(quick(&server).get::<0>().text().await.unwrap(), "done");
    let elapsed = begun.elapsed();
    assert!(elapsed >= ms(2000) && elapsed < ms(2500), "{elapsed:?}");
}

async fn milliseconds_win_and_nonsense_is_none(way: Way) {
    for told in ["retry-after-ms: 150\r\nretry-after: 30\r\n", "retry-after: soon\r\n", "retry-after: -5\r\n"]
    {
        let server = way.scripted(vec![answer(503, told, ""), ok("done")]).await;
        let begun = Instant::now();
        assert_eq!(quick(&server).get::<0>().text().await.unwrap(), "done");
        assert!(begun.elapsed() < ms(1000), "{told}");
    }
}

async fn a_wait_that_is_too_long_is_left_to_the_caller(way: Way) {
    let server = way.scripted(vec![answer(503, "retry-after: 3600\r\n", "")]).await;
    let begun = Instant::now();
    let error = quick(&server).get::<0>().send().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert!(begun.elapsed() < ms(1000));
    let server = way.scripted(vec![answer(503, "retry-after: 5\r\n", "")]).await;
    let begun = Instant::now();
    let error = quick(&server).get::<0>().with_timeout(ms(1000)).send().await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 503);
    assert!(begun.elapsed() < ms(1000));
    assert_eq!(server.count(), 1);
}

async fn each_status_has_its_rule(way: Way) {
    for (method, status, attempts) in [
        (Method::POST, 429, 3),
        (Method::POST, 425, 3),
        (Method::POST, 500, 1),
        (Method::GET, 400, 1),
        (Method::GET, 401, 1),
        (Method::GET, 404, 1),
        (Method::GET, 409, 1),
        (Method::GET, 422, 1),
        (Method::GET, 501, 1),
        (Method::GET, 408, 3),
        (Method::GET, 500, 3),
        (Method::GET, 502, 3),
        (Method::GET, 504, 3),
    ] {
        let server = way.scripted(vec![answer(status, "", "")]).await;
        let error = quick(&server).call::<0>(method.clone()).send().await.unwrap_err();
        assert_eq!((server.count(), error.status().unwrap().as_u16()), (attempts, status), "{method}");
        assert_eq!(error.evidence().unwrap().attempts as usize, attempts);
    }
}

async fn a_server_that_fails_is_not_asked_three_times_as_much(way: Way) {
    let server = way.scripted(vec![answer(503, "", "")]).await;
    let client = server.client().with_retry(QUICK.with_waits(Duration::ZERO, 1.0, Duration::ZERO));
    for _ in 0..1000 {
        let clone = client.clone();
        assert_eq!(clone.get::<0>().send().await.unwrap_err().status().unwrap().as_u16(), 503);
    }
    let count = server.count();
    assert!((1100..=1400).contains(&count), "{count}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_asked_for_again() {
    let half = Act::Send(format!("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}", "x".repeat(50)));
    let server = Server::scripted(vec![vec![half.clone(), Act::Close], ok("done")]).await;
    assert_eq!(quick(&server).get::<0>().text().await.unwrap(), "done");
    // Of one of success the last is an error, which says what is known.
    let server = Server::scripted(vec![vec![half, Act::Close]]).await;
    let error = quick(&server).call::<0>(Method::POST).send().await.unwrap_err();
    assert!(matches!(error, Error::Communication(..)) && error.may_have_been_sent(), "{error}");
    assert_eq!(error.status().unwrap().as_u16(), 200);
    // Of one of failure its status and headers are there.
    let half =
        Act::Send("HTTP/1.1 503 No\r\nx-request-id: abc\r\ncontent-length: 100\r\n\r\nhalf".to_owned());
    let server = Server::scripted(vec![vec![half, Act::Close]]).await;
    let error = quick(&server).get::<0>().send().await.unwrap_err();
    assert_eq!((server.count(), error.status().unwrap().as_u16(), error.request_id()), (3, 503, Some("abc")));
    assert_eq!(error.raw().unwrap().text(), "half");
}

async fn a_new_token_is_no_attempt(way: Way) {
    let server = way
        .start(|_, seen| {
            if seen.head.starts_with("POST /token") {
                return ok("{\"access_token\": \"fresh\", \"expires_in\": 3600}");
            }
            ok("done")
        })
        .await;
    let client = quick(&server).with_tokens("/token");
    let calls = (0..20).map(|_| client.get::<3>().text());
    for result in futures_util::future::join_all(calls).await {
        assert_eq!(result.unwrap(), "done");
    }
    let tokens = server.seen().iter().filter(|seen| seen.head.starts_with("POST /token")).count();
    assert_eq!(tokens, 1);
}

async fn a_token_that_expires_is_renewed_in_the_middle_of_retries(way: Way) {
    let server = way
        .start(|number, seen| match number {
            _ if seen.head.starts_with("POST /token") => {
                ok(&format!("{{\"access_token\": \"token-{number}\", \"expires_in\": 3600}}"))
            }
            2 => ok("first"),
            3 => answer(503, "", ""),
            4 => answer(401, "", ""),
            _ => ok("done"),
        })
        .await;
    let client = quick(&server).with_tokens("/token");
    assert_eq!(client.get::<3>().text().await.unwrap(), "first");
    assert_eq!(client.get::<3>().text().await.unwrap(), "done");
    let used: Vec<String> =
        server.seen().iter().filter_map(|seen| Some(seen.header("authorization")?.to_owned())).collect();
    assert_eq!(used.last().map(String::as_str), Some("Bearer token-5"));
}

#[tokio::test]
async fn connections_are_used_again_and_lost_ones_replaced() {
    let server = Server::scripted(vec![ok("done")]).await;
    let client = quick(&server);
    for _ in 0..50 {
        client.get::<0>().text().await.unwrap();
    }
    assert_eq!(server.seen().iter().map(|seen| seen.connection).max(), Some(1));

    let server = Server::start(|_, _| [ok("done"), vec![Act::Wait(ms(20)), Act::Close]].concat()).await;
    let client = quick(&server);
    for _ in 0..10 {
        client.call::<0>(Method::PUT).body("x").text().await.unwrap();
        tokio::time::sleep(ms(25)).await;
    }
}

#[test]
fn a_client_outlives_its_runtime() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let servers = runtime();
    let server = servers.block_on(Server::scripted(vec![ok("done")]));
    let client = quick(&server);
    for _ in 0..2 {
        assert_eq!(runtime().block_on(client.get::<0>().text()).unwrap(), "done");
    }
}
