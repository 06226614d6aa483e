//! Options of clients and of calls, interceptors, transports, and redirections.

use super::support::{Client, Server, Way, answer, both_ways, client, ok};
use reqwest::{Method, Request, Response};
use spec_runtime::client::{
    Attempt, AttemptError, BoxFuture, Call, Configure, Error, Event, Interceptor, Next, Reason, Retry,
    Transport,
};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const QUICK: Retry = Retry::new().with_waits(Duration::from_millis(20), 2.0, Duration::from_millis(40));

fn quick(server: &Server) -> Client {
    server.client().with_retry(QUICK)
}

both_ways!(
    attempts_are_counted_for_each_call,
    what_is_no_header_is_told_before_anything_is_sent,
    interceptors_stand_around_each_attempt,
    an_interceptor_answers_by_itself,
    a_loop_ends,
);

#[tokio::test]
async fn a_call_wins_over_its_client() {
    let (here, there) = (Server::scripted(vec![ok("here")]).await, Server::scripted(vec![ok("there")]).await);
    let client = quick(&here).with_header("x-a", "client").with_header("x-b", "client").with_query("q", "1");
    let call = client.get::<0>().with_header("x-a", "call").with_query("r", "a b");
    let call = call.with_base_url(&format!("{}/", there.url)).with_credential("other-key");
    assert_eq!(call.text().await.unwrap(), "there");
    assert_eq!(client.get::<0>().text().await.unwrap(), "here");
    let (there, here) = (&there.seen()[0], &here.seen()[0]);
    assert!(there.head.starts_with("GET /things?q=1&r=a+b "), "{}", there.head);
    assert_eq!((there.header("x-a"), there.header("x-b")), (Some("call"), Some("client")));
    assert_eq!(there.header("x-key"), Some("other-key"));
    assert!(here.head.starts_with("GET /things?q=1 "), "{}", here.head);
    assert_eq!((here.header("x-a"), here.header("x-key")), (Some("client"), Some("the-secret-key")));
    assert_eq!(here.header("user-agent"), Some("miniature/1.0"));
}

async fn attempts_are_counted_for_each_call(way: Way) {
    let server = way.scripted(vec![answer(503, "", "")]).await;
    let client = quick(&server).with_attempts(2);
    let (first, second) = tokio::join!(client.get::<0>().send(), client.get::<0>().with_attempts(4).send());
    assert_eq!(first.unwrap_err().evidence().unwrap().attempts, 2);
    assert_eq!(second.unwrap_err().evidence().unwrap().attempts, 4);
    assert_eq!(client.get::<0>().send().await.unwrap_err().evidence().unwrap().attempts, 2);
}

async fn what_is_no_header_is_told_before_anything_is_sent(way: Way) {
    let server = way.scripted(vec![ok("")]).await;
    for call in
        [quick(&server).get::<0>().with_header("a b", "x"), quick(&server).get::<0>().with_header("x", "\n")]
    {
        let error = call.send().await.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
    }
    assert_eq!(server.count(), 0);
    let error = client("nowhere").get::<0>().send().await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
}

/// Writes down what it sees.
struct Witness(&'static str, Arc<Mutex<Vec<String>>>);

impl Interceptor for Witness {
    fn call<'a>(
        &'a self,
        mut attempt: Attempt<'a>,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Response, AttemptError>> {
        let Witness(name, said) = self;
        let number = attempt.number;
        let tag = attempt.extensions.get::<&'static str>().copied().unwrap_or_default();
        said.lock().unwrap().push(format!("{name} {} {number} {tag}", attempt.operation.id()));
        assert!(attempt.request.headers().get("x-key").is_none(), "credentials come later");
        attempt.request.headers_mut().insert("x-seen", number.into());
        Box::pin(async move {
            let response = next.call(attempt).await?;
            said.lock().unwrap().push(format!("{name} {}", response.status().as_u16()));
            Ok(response)
        })
    }

    fn observe(&self, event: &Event<'_>) {
        let text = match event {
            Event::Started { .. } => "started".to_owned(),
            Event::Retrying { attempts, reason: Reason::Status(status), .. } => {
                format!("again after {attempts}: {}", status.as_u16())
            }
            Event::Finished { attempts, outcome: Reason::Status(status), .. } => {
                format!("finished after {attempts}: {}", status.as_u16())
            }
            other => format!("{other:?}"),
        };
        self.1.lock().unwrap().push(format!("{} {text}", self.0));
    }
}

async fn interceptors_stand_around_each_attempt(way: Way) {
    let server = way.scripted(vec![answer(503, "", ""), ok("done")]).await;
    let said = Arc::new(Mutex::new(Vec::new()));
    let client = quick(&server).with_interceptor(Witness("a", Arc::clone(&said)));
    let call = client.get::<0>().with_interceptor(Witness("b", Arc::clone(&said))).with_extension("tag");
    assert_eq!(call.text().await.unwrap(), "done");
    let said = said.lock().unwrap().join("; ");
    assert_eq!(
        said,
        "a started; b started; a thing 1 tag; b thing 1 tag; b 503; a 503; a again after 1: 503; b again \
         after 1: 503; a thing 2 tag; b thing 2 tag; b 200; a 200; a finished after 2: 200; \
         b finished after 2: 200"
    );
    let seen = server.seen();
    assert_eq!(seen.iter().filter_map(|seen| seen.header("x-seen")).collect::<Vec<_>>(), ["1", "2"]);
}

async fn an_interceptor_answers_by_itself(way: Way) {
    let server = way.scripted(vec![ok("")]).await;
    let client = quick(&server)
        .with_interceptor_fn(|_, _| Box::pin(async { Ok(http::Response::new("by itself").into()) }));
    assert_eq!(client.get::<0>().text().await.unwrap(), "by itself");
    assert_eq!(server.count(), 0);
}

/// Never reaches anyone.
struct Nobody;

impl Transport for Nobody {
    fn call(&self, _: Request) -> BoxFuture<'_, Result<Response, AttemptError>> {
        Box::pin(async { Err(AttemptError::never_sent("nobody is there")) })
    }
}

#[tokio::test]
async fn another_transport() {
    let client = client("http://a.example").with_retry(QUICK).with_transport(Nobody);
    let error = client.call::<0>(Method::POST).send().await.unwrap_err();
    assert!(error.is_connect() && !error.may_have_been_sent());
    assert_eq!(error.evidence().unwrap().attempts, 3);
    let shown = error.to_string();
    assert!(shown.starts_with("POST /things: the server can't be reached after 3 attempts in "), "{shown}");
    assert!(shown.ends_with(": nobody is there"), "{shown}");
}

#[tokio::test]
async fn another_origin_sees_no_credentials() {
    let far = Server::scripted(vec![ok("far")]).await;
    let moved = format!("location: {}/there\r\n", far.url);
    let near =
        Server::scripted(vec![answer(307, &moved, ""), answer(302, "location: /near\r\n", ""), ok("near")])
            .await;
    let client = quick(&near).with_header("cookie", "session=1");
    assert_eq!(client.call::<0>(Method::PUT).body("x").text().await.unwrap(), "far");
    assert_eq!(client.get::<0>().text().await.unwrap(), "near");
    let seen = far.seen();
    assert_eq!((seen[0].header("x-key"), seen[0].header("cookie")), (None, None));
    let last = &near.seen()[2];
    assert!(last.head.starts_with("GET /near "));
    assert_eq!((last.header("x-key"), last.header("cookie")), (Some("the-secret-key"), Some("session=1")));
}

async fn a_loop_ends(way: Way) {
    let server = way.scripted(vec![answer(302, "location: /again\r\n", "")]).await;
    let error = quick(&server).get::<0>().send().await;
    assert!(error.is_ok_and(|response| response.status().as_u16() == 302));
    assert_eq!(server.count(), 11);
    // What the operation declares is an answer.
    let server = way.scripted(vec![answer(302, "location: /again\r\n", "")]).await;
    quick(&server).get::<4>().send().await.unwrap();
    assert_eq!(server.count(), 1);
}

/// Nothing is sent where the base URL is none, and the message says so.
#[tokio::test]
async fn base_urls_that_are_none() {
    let server = Server::scripted(vec![ok("done")]).await;
    for (base_url, expected) in [
        ("nowhere", "the base URL is none"),
        ("http://", "it has no host"),
        ("", "the base URL is none"),
        ("localhost:8080", "the base URL is none"),
        ("ftp://localhost", "it begins with `ftp:`"),
    ] {
        let error = client(&server.url).get::<0>().with_base_url(base_url).send().await.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)), "{base_url}: {error:?}");
        assert!(error.to_string().contains(expected), "{base_url}: {error}");
    }
    assert_eq!(client(&server.url).get::<0>().text().await.unwrap(), "done");
}
