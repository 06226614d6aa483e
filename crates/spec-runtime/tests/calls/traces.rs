//! Spans and events of calls.

use super::support::{Act, Client, SCHEMES, Server, answer, client, closed_port, ok};
use reqwest::Method;
use reqwest::header::HeaderValue;
use spec_runtime::client::testing::Recorder;
use spec_runtime::client::{Call, Configure, Retry, http_client};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, set_default};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, fmt};

const QUICK: Retry = Retry::new().with_waits(Duration::from_millis(20), 2.0, Duration::from_millis(40));

type Fields = BTreeMap<String, String>;

/// A span, or an event, which has no name.
#[derive(Clone, Debug)]
struct Told {
    id: Option<u64>,
    parent: Option<u64>,
    name: &'static str,
    fields: Fields,
    is_closed: bool,
}

impl Told {
    fn get(&self, field: &str) -> Option<&str> {
        self.fields.get(field).map(String::as_str)
    }
}

/// All that is told, in its order.
#[derive(Clone, Default)]
struct Witness(Arc<Mutex<Vec<Told>>>);

struct Reader<'a>(&'a mut Fields);

impl Visit for Reader<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Witness {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let parent = context.span(id).and_then(|span| span.parent()).map(|span| span.id().into_u64());
        let mut fields = Fields::new();
        attributes.record(&mut Reader(&mut fields));
        let name = attributes.metadata().name();
        let told = Told { id: Some(id.into_u64()), parent, name, fields, is_closed: false };
        self.0.lock().unwrap().push(told);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut all = self.0.lock().unwrap();
        let span = all.iter_mut().rfind(|told| told.id == Some(id.into_u64())).unwrap();
        values.record(&mut Reader(&mut span.fields));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::new();
        event.record(&mut Reader(&mut fields));
        let parent = context.event_span(event).map(|span| span.id().into_u64());
        self.0.lock().unwrap().push(Told { id: None, parent, name: "", fields, is_closed: true });
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        let mut all = self.0.lock().unwrap();
        all.iter_mut().rfind(|told| told.id == Some(id.into_u64())).unwrap().is_closed = true;
    }
}

impl Witness {
    /// Listens to this thread.
    fn start() -> (Witness, DefaultGuard) {
        let witness = Witness::default();
        let filter = EnvFilter::new("spec_runtime=debug");
        let guard = set_default(tracing_subscriber::registry().with(filter).with(witness.clone()));
        (witness, guard)
    }

    fn named(&self, name: &str) -> Vec<Told> {
        self.0.lock().unwrap().iter().filter(|told| told.name == name).cloned().collect()
    }

    /// Returns the spans of requests, of which all are closed.
    fn requests(&self) -> Vec<Told> {
        let requests = self.named("http.client.request");
        assert!(requests.iter().all(|told| told.is_closed), "{requests:?}");
        requests
    }

    /// Returns the span of the one call, which is closed.
    fn call(&self) -> Told {
        let calls = self.named("http.client.call");
        assert!(calls.len() == 1 && calls[0].is_closed, "{calls:?}");
        calls[0].clone()
    }

    /// Returns the messages of events.
    fn said(&self) -> Vec<String> {
        self.named("").iter().map(|event| event.get("message").unwrap_or_default().to_owned()).collect()
    }
}

fn quick(url: &str) -> Client {
    client(url).with_retry(QUICK)
}

#[tokio::test]
async fn a_span_for_the_call_and_one_for_each_attempt() {
    let (witness, _guard) = Witness::start();
    let busy = || answer(503, "x-request-id: first\r\n", "");
    let server = Server::scripted(vec![busy(), busy(), answer(200, "x-request-id: third\r\n", "done")]).await;
    let client = quick(&server.url).with_query("page", "3");
    assert_eq!(client.get::<0>().text().await.unwrap(), "done");

    let (call, requests) = (witness.call(), witness.requests());
    let expected = [
        ("otel.name", "thing"),
        ("otel.kind", "internal"),
        ("operation.id", "thing"),
        ("url.template", "/things"),
        ("attempts", "3"),
        ("http.response.status_code", "200"),
        ("request.id", "third"),
    ];
    assert_eq!(call.fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    let of_all = |field: &str| requests.iter().map(|told| told.get(field)).collect::<Vec<_>>();
    assert_eq!(of_all("http.request.resend_count"), [None, Some("1"), Some("2")]);
    assert_eq!(of_all("http.response.status_code"), [Some("503"), Some("503"), Some("200")]);
    assert_eq!(of_all("error.type"), [Some("503"), Some("503"), None]);
    assert_eq!(of_all("otel.status_code"), [Some("ERROR"), Some("ERROR"), None]);
    assert_eq!(of_all("request.id"), [Some("first"), Some("first"), Some("third")]);
    let (url, port) = (format!("{}/things", server.url), server.url.rsplit_once(':').unwrap().1);
    for request in &requests {
        assert_eq!(request.parent, call.id, "{request:?}");
        for (field, value) in [
            ("otel.name", "GET /things"),
            ("otel.kind", "client"),
            ("http.request.method", "GET"),
            ("url.full", &url),
            ("url.template", "/things"),
            ("server.address", "127.0.0.1"),
            ("server.port", port),
            ("network.protocol.version", "1.1"),
        ] {
            assert_eq!(request.get(field), Some(value), "{field} of {request:?}");
        }
    }
    let answered =
        ["sending", "answered", "retrying", "sending", "answered", "retrying", "sending", "answered"];
    assert_eq!(witness.said(), answered);
    let events = witness.named("");
    let retrying = events.iter().filter(|event| event.get("message") == Some("retrying"));
    for (event, attempts) in retrying.zip(["1", "2"]) {
        assert_eq!(event.parent, call.id);
        assert_eq!(event.get("attempts"), Some(attempts));
        assert_eq!(event.get("why"), Some("503 Service Unavailable"));
        assert!(event.get("wait").unwrap().ends_with("ms"), "{event:?}");
    }
}

#[tokio::test]
async fn redirections_and_tokens_have_spans_of_their_own() {
    let (witness, _guard) = Witness::start();
    let server = Server::start(|_, seen| match seen.head.split(' ').nth(1) {
        Some("/token") => ok(r#"{"access_token": "fresh-token"}"#),
        Some("/things") => answer(307, "location: /elsewhere?key=1\r\n", ""),
        _ => ok("done"),
    })
    .await;
    let client = quick(&server.url).with_tokens("/token");
    client.get::<3>().text().await.unwrap();
    let (call, requests) = (witness.call(), witness.requests());
    let shown: Vec<_> = requests
        .iter()
        .map(|told| {
            assert_eq!(told.parent, call.id);
            let path = told.get("url.full").unwrap().strip_prefix(&server.url).unwrap();
            (told.get("otel.name").unwrap(), path, told.get("http.request.resend_count"))
        })
        .collect();
    let expected = [
        ("POST", "/token", None),
        ("GET /things", "/things", None),
        ("GET /things", "/elsewhere", Some("1")),
    ];
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn failures_have_a_class() {
    let silent = Server::scripted(vec![vec![Act::Hang]]).await;
    let closing = Server::scripted(vec![vec![Act::Close]]).await;
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_owned();
    let broken = Server::scripted(vec![vec![Act::Send(half.clone()), Act::Close]]).await;
    let stalled = Server::scripted(vec![vec![Act::Send(half), Act::Hang]]).await;
    let undeclared = Server::scripted(vec![answer(418, "", "")]).await;
    let nobody = format!("http://127.0.0.1:{}", closed_port().await);
    let time = Duration::from_millis(50);
    let plain = |url: &str| quick(url).with_attempts(1);
    let cases = [
        (plain(&nobody), Some("not_connected"), "not_connected"),
        (plain(&closing.url), Some("no_answer"), "no_answer"),
        (plain(&silent.url).with_head_timeout(time), Some("head_timeout"), "head_timeout"),
        (plain(&silent.url).with_timeout(time), Some("total_timeout"), "total_timeout"),
        (plain(&broken.url), Some("no_answer"), "no_answer"),
        (plain(&stalled.url).with_stall_timeout(time), Some("stall_timeout"), "stall_timeout"),
        (plain(&undeclared.url), Some("418"), "418"),
        (plain("nowhere"), None, "invalid_request"),
    ];
    for (client, request, call) in cases {
        let (witness, _guard) = Witness::start();
        client.get::<0>().send().await.unwrap_err();
        let requests = witness.requests();
        let classes: Vec<_> = requests.iter().map(|told| told.get("error.type").unwrap()).collect();
        assert_eq!(classes, request.into_iter().collect::<Vec<_>>(), "{client:?}");
        let told = witness.call();
        assert_eq!((told.get("error.type"), told.get("otel.status_code")), (Some(call), Some("ERROR")));
        assert_eq!(witness.said().last().map(String::as_str), Some("the call failed"));
    }
    let (witness, _guard) = Witness::start();
    let mut bare = plain(&closing.url);
    bare.credentials = Default::default();
    bare.get::<0>().send().await.unwrap_err();
    assert_eq!(witness.call().get("error.type"), Some("missing_credentials"));
    assert!(witness.requests().is_empty());
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_is_cancelled() {
    let (witness, _guard) = Witness::start();
    let server = Server::scripted(vec![vec![Act::Hang]]).await;
    let client = quick(&server.url);
    tokio::time::timeout(Duration::from_millis(50), client.get::<0>().send()).await.unwrap_err();
    let requests = witness.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].get("error.type"), Some("cancelled"));
    assert_eq!(witness.call().get("error.type"), None);
}

#[tokio::test]
async fn a_span_is_open_until_the_body_is_there() {
    let (witness, _guard) = Witness::start();
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n".to_owned();
    let acts = vec![Act::Send(head), Act::Wait(Duration::from_millis(80)), Act::Send("done".to_owned())];
    let server = Server::scripted(vec![acts]).await;
    quick(&server.url).get::<0>().text().await.unwrap();
    let events = witness.named("");
    let answered = events.iter().find(|event| event.get("message") == Some("answered")).unwrap();
    assert!(answered.get("milliseconds").unwrap().parse::<u64>().unwrap() >= 80, "{answered:?}");
}

#[tokio::test]
async fn headers_are_shown_that_are_asked_for_and_no_secret_is() {
    let (witness, _guard) = Witness::start();
    let server =
        Server::scripted(vec![answer(200, "x-region: eu\r\nset-cookie: sid=secret-cookie\r\n", "")]).await;
    let everything = ["x-tries", "x-region", "x-key", "x-other", "set-cookie", "cookie", "authorization"];
    let mut client =
        quick(&server.url).with_traced_headers(everything).with_header("x-other", "secret-header");
    for scheme in SCHEMES {
        client.credentials.set(scheme, "secret-credential");
    }
    let client = client.with_interceptor_fn(|mut attempt, next| {
        attempt.request.headers_mut().insert("x-tries", attempt.number.into());
        attempt.request.headers_mut().insert("x-unasked", attempt.number.into());
        next.call(attempt)
    });
    client.get::<5>().with_traced_headers(["content-length"]).send().await.unwrap();
    // The document has a key there, so it is one, whoever has set it.
    let keyed = client.get::<0>().with_interceptor_fn(|mut attempt, next| {
        attempt.request.headers_mut().insert("x-key", HeaderValue::from_static("secret-parameter"));
        next.call(attempt)
    });
    keyed.send().await.unwrap();
    for (request, length) in witness.requests().iter().zip([Some("content-length: 0"), None]) {
        assert_eq!(request.get("http.request.headers"), Some("x-tries: 1"));
        let shown: Vec<_> = std::iter::once("x-region: eu").chain(length).collect();
        assert_eq!(request.get("http.response.headers"), Some(shown.join("; ").as_str()));
    }
    assert_eq!(witness.requests().len(), 2);
    let error = client.get::<0>().with_traced_headers(["no name"]).send().await.unwrap_err().to_string();
    assert!(error.ends_with("`no name` is no name of a header"), "{error}");
}

/// Spans of others may have fields of the same names.
#[tokio::test]
async fn the_span_around_a_call_is_left_alone() {
    let witness = Witness::default();
    let filter = EnvFilter::new("off,own=info");
    let _guard = set_default(tracing_subscriber::registry().with(filter).with(witness.clone()));
    let server = Server::scripted(vec![answer(503, "", ""), answer(418, "", "")]).await;
    let own = tracing::info_span!(
        target: "own",
        "own",
        attempts = tracing::field::Empty,
        http.response.status_code = tracing::field::Empty,
        error.type = tracing::field::Empty,
        otel.status_code = tracing::field::Empty,
    );
    let client = quick(&server.url);
    let error = tracing::Instrument::instrument(client.get::<0>().send(), own).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 418);
    let told = witness.0.lock().unwrap().clone();
    assert!(told.len() == 1 && told[0].name == "own" && told[0].fields.is_empty(), "{told:?}");
}

/// The text that a log writes.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Makes calls of all kinds, with a secret in each place that may have one.
async fn calls_with_secrets(folder: &std::path::Path) {
    let server = Server::start(|number, seen| {
        let cookie = "set-cookie: sid=secret-cookie\r\nx-request-id: plain-id\r\n";
        match (seen.head.split([' ', '?']).nth(1), number) {
            (Some("/token"), _) => {
                ok(r#"{"access_token": "secret-token", "refresh_token": "secret-refresh"}"#)
            }
            (Some("/moved"), _) => {
                answer(307, &format!("location: /done?token=secret-query\r\n{cookie}"), "")
            }
            (Some("/fail"), _) => answer(503, cookie, "secret-body"),
            (Some("/close"), _) => vec![Act::Close],
            _ => answer(200, cookie, "secret-body"),
        }
    })
    .await;
    let url = server.url.replace("http://", "http://user:password1@");
    let recorder = Recorder::create(folder.join("all.jsonl"), http_client().build().unwrap()).unwrap();
    for client in [quick(&url), quick(&url).with_transport(recorder.with_secret("secret-body"))] {
        let mut client = client.with_tokens("/token").with_header("x-other", "secret-header");
        client = client.with_query("api_key", "secret-query");
        client = client.with_traced_headers(["x-key", "x-other", "authorization", "cookie", "set-cookie"]);
        for path in ["/things", "/moved", "/fail", "/close"] {
            let call = client.call::<0>(Method::PUT).path(path).body("secret-body");
            let _ = call.with_credential("secret-credential").send().await;
            let _ = client.get::<3>().path(path).send_raw().await;
        }
        for scheme in SCHEMES {
            client.credentials.set(scheme, "secret-credential");
        }
        for path in ["/things", "/moved"] {
            client.get::<5>().path(path).send().await.unwrap();
        }
    }
}

#[tokio::test]
async fn no_secret_is_ever_told() {
    let folder = tempfile::tempdir().unwrap();
    let (witness, written) = (Witness::default(), Written::default());
    let log = {
        let written = written.clone();
        fmt::layer()
            .with_ansi(false)
            .with_span_events(fmt::format::FmtSpan::FULL)
            .with_writer(move || written.clone())
    };
    let filter = EnvFilter::new("spec_runtime=debug");
    let subscriber = tracing_subscriber::registry().with(filter).with(witness.clone()).with(log);
    let guard = set_default(subscriber);
    calls_with_secrets(folder.path()).await;
    drop(guard);

    let log = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    let told = format!("{:?}", witness.0.lock().unwrap());
    let recorded = std::fs::read_to_string(folder.path().join("all.jsonl")).unwrap();
    for plain in ["retrying", "plain-id", "/moved", "the call failed"] {
        assert!(log.contains(plain) && told.contains(plain), "{plain} in {log}");
    }
    assert!(recorded.contains("/moved"), "{recorded}");
    for text in [log, told, recorded] {
        for secret in ["secret-", "the-secret", "password1", "aWQ6dGhl", "dXNlcjpwYXNz"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}
