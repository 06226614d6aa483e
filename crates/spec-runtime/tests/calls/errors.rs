//! What errors say, and what they never say.

use super::support::{Act, Client, Server, Way, answer, both_ways, client};
use reqwest::Method;
use spec_runtime::client::{Call, Configure, Error, Retry};
use std::time::Duration;

const QUICK: Retry = Retry::new().with_waits(Duration::from_millis(20), 2.0, Duration::from_millis(40));

fn quick(server: &Server) -> Client {
    server.client().with_retry(QUICK)
}

both_ways!(an_error_can_be_acted_on, nothing_is_sent_without_credentials,);

async fn an_error_can_be_acted_on(way: Way) {
    let long = format!("{{\"detail\":\n  \"{}\"}}", "é".repeat(300));
    for status in [503, 500] {
        let server = way.scripted(vec![answer(status, "x-request-id: abc\r\n", &long)]).await;
        let error = quick(&server).get::<0>().path("/things?key=secret").send().await.unwrap_err();
        let evidence = error.evidence().unwrap();
        assert_eq!((evidence.operation, evidence.path, evidence.attempts), ("thing", "/things", 3));
        assert_eq!(evidence.url, format!("{}/things", server.url));
        assert_eq!(error.request_id(), Some("abc"));
        let shown = error.to_string();
        let start = match status {
            503 => "GET /things: 503 Service Unavailable after 3 attempts in ",
            _ => {
                "GET /things: 500 Internal Server Error, which the document does not declare, after 3 attempts in "
            }
        };
        assert!(shown.starts_with(start), "{shown}");
        assert!(shown.contains(" s (request id abc): {\"detail\": \"éé"), "{shown}");
        // Not all of it.
        let (_, excerpt) = shown.split_once("abc): ").unwrap();
        assert!(shown.ends_with('…') || excerpt.chars().count() <= 201, "{shown}");
        assert!(error.is_retryable() && error.may_have_been_sent());
        assert_eq!(error.raw().unwrap().text(), long);
    }
}

async fn nothing_is_sent_without_credentials(way: Way) {
    let server = way.scripted(vec![answer(200, "", "")]).await;
    let mut client = quick(&server);
    client.credentials = Default::default();
    let error = client.get::<0>().send().await.unwrap_err();
    assert!(matches!(error, Error::MissingCredentials { .. }) && !error.may_have_been_sent());
    assert_eq!((server.count(), error.is_retryable()), (0, false));
}

#[tokio::test]
async fn no_secret_is_ever_shown() {
    let silent = Server::scripted(vec![vec![Act::Hang]]).await;
    let closing = Server::scripted(vec![vec![Act::Close]]).await;
    let failing = Server::scripted(vec![answer(503, "", "failed"), answer(418, "", "")]).await;
    let address = silent.url.trim_start_matches("http://");
    let (user, bare) = (format!("http://user:password1@{address}"), silent.url.as_str());
    let mut shown = String::new();
    for url in [&silent.url, &closing.url, &failing.url, &failing.url, &user, "http://127.0.0.1:1", "nowhere"]
    {
        let client = client(url).with_retry(QUICK).with_head_timeout(Duration::from_millis(50));
        let client = client.with_header("x-other", "secret-header").with_query("api_key", "secret-query");
        let call = client.call::<0>(Method::POST).with_credential("secret-credential");
        let call = call.with_idempotency_key("key-1");
        if !url.contains("password") {
            shown += &format!("{client:?}");
        }
        let error = call.send().await.unwrap_err();
        shown += &format!("{error} {error:?} {:?}", error.evidence());
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            shown += &format!("{cause} {cause:?}");
            source = cause.source();
        }
    }
    assert!(shown.contains(bare), "it says where it was sent");
    for secret in ["the-secret", "secret-header", "secret-query", "secret-credential", "password1"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
