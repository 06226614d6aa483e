//! What errors say, and what they never say.

use super::support::{Act, Client, Server, TOKEN, Way, answer, both_ways, client};
use reqwest::Method;
use spec_runtime::client::{Call, Configure, Error, Retry};
use spec_runtime::codegen::client::ApiClient as _;
use std::sync::{Arc, Mutex};
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
                "GET /things: 500 Internal Server Error, which the document does not declare, \
                 after 3 attempts in "
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

/// Shows each attempt as interceptors see it.
fn witnessed(client: Client) -> (Client, Arc<Mutex<String>>) {
    let shown = Arc::new(Mutex::new(String::new()));
    let own = Arc::clone(&shown);
    let client = client.with_interceptor_fn(move |attempt, next| {
        *own.lock().unwrap() += &format!("{attempt:?}");
        next.call(attempt)
    });
    (client, shown)
}

/// Shows an error in all ways, and what it comes from.
fn all_of(error: &Error<bytes::Bytes>) -> String {
    let mut shown = format!("{error} {error:?} {:?} {:?}", error.evidence(), error.raw());
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        shown += &format!("{cause} {cause:?}");
        source = cause.source();
    }
    shown
}

const SECRETS: [&str; 7] = [
    "the-secret",
    "secret-header",
    "secret-query",
    "secret-credential",
    "secret-cookie",
    "secret-client",
    "password1",
];

#[tokio::test]
async fn no_secret_is_ever_shown() {
    let silent = Server::scripted(vec![vec![Act::Hang]]).await;
    let closing = Server::scripted(vec![vec![Act::Close]]).await;
    let cookie = "set-cookie: sid=secret-cookie\r\n";
    let failing = Server::scripted(vec![answer(503, cookie, "failed"), answer(418, cookie, "")]).await;
    let address = silent.url.trim_start_matches("http://");
    let mut shown = String::new();
    for url in [
        &silent.url,
        &closing.url,
        &failing.url,
        &failing.url,
        "http://127.0.0.1:1",
        "nowhere",
        &format!("http://user:password1@{address}"),
        // None of these is a URL that can be asked.
        &format!("user:password1@{address}"),
        &format!("ftp://user:password1@{address}"),
        &format!("http://user:pass/password1@{address}"),
        &format!("http://user:password1@{address}:1:1"),
    ] {
        let client = client(url).with_retry(QUICK).with_head_timeout(Duration::from_millis(50));
        let mut client = client.with_header("x-other", "secret-header").with_query("api_key", "secret-query");
        client.credentials.set_token_url(TOKEN, "https://user:password1@tokens.example.com");
        let (client, attempts) = witnessed(client.with_tokens("/token"));
        shown += &format!("{client:?} {:?}", client.parts());
        let call = || {
            let call = client.call::<0>(Method::POST).with_credential("secret-credential");
            call.path("/things?key=secret-query").with_idempotency_key("key-1")
        };
        match call().build() {
            Ok(built) => shown += &format!("{built:?}"),
            Err(error) => shown += &all_of(&error),
        }
        shown += &all_of(&call().send().await.unwrap_err());
        shown += &attempts.lock().unwrap();
    }
    assert!(shown.contains(&silent.url), "it says where it was sent");
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[tokio::test]
async fn no_secret_of_an_answer_is_ever_shown() {
    let cookie = answer(200, "set-cookie: sid=secret-cookie\r\nx-plain: plain\r\n", "body");
    let server = Server::scripted(vec![cookie]).await;
    let raw = quick(&server).get::<0>().send_raw().await.unwrap();
    let read = quick(&server).get::<1>().with_query("key", "secret-query").send().await.unwrap();
    let shown = format!("{raw:?} {:?} {:?}", read.headers(), read.status());
    assert!(shown.contains("plain"), "{shown}");
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    // Whoever wants it has it.
    assert_eq!(raw.headers["set-cookie"], "sid=secret-cookie");
}

#[tokio::test]
async fn no_secret_of_a_token_endpoint_is_ever_shown() {
    let refusal =
        answer(401, "", r#"{"error": "invalid_client", "error_description": "not the-secret-secret"}"#);
    let refusing = Server::scripted(vec![refusal]).await;
    let closing = Server::scripted(vec![vec![Act::Close]]).await;
    for url in [&refusing.url, &closing.url, "http://127.0.0.1:1"] {
        let url = url.replace("http://", "http://user:password1@");
        for endpoint in ["/token", &format!("{url}/token?key=secret-query"), "http://user:password1@:1"] {
            let mut client = client(&url).with_tokens("/token");
            client.credentials.set_token_url(TOKEN, endpoint);
            let error = client.get::<3>().send().await.unwrap_err();
            let shown = format!("{client:?} {}", all_of(&error));
            for secret in SECRETS {
                assert!(!shown.contains(secret), "{secret} in {shown}");
            }
        }
    }
}
