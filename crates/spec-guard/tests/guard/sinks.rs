//! Sinks: that they are told what they may be told, and nothing else.

use crate::support::{Scripted, contract, json, post};
use axum::body::Body;
use http::{HeaderName, Request, Response};
use metrics_exporter_prometheus::PrometheusBuilder;
use spec_guard::{Guard, Metrics, Report, Tracing, Unknown};
use std::io;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Lines;

    fn make_writer(&self) -> Lines {
        self.clone()
    }
}

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Requests with something secret in every place, none of them right.
fn secrets() -> Vec<Request<Body>> {
    let list = |target: &str| {
        Request::get(target)
            .header("x-key", "secret-key")
            .header("authorization", "Bearer secret-bearer")
            .header("cookie", "sid=SECRET-cookie; other=secret-other")
            .header("x-trace", "secret-trace")
            .header("x-own", "secret-own")
    };
    let keyless = Request::get("/pets?limit=0").header("cookie", "sid=SECRET-cookie").body(Body::empty());
    let spy = Request::builder().method("SECRET-method").uri("/pets?x=secret-query");
    let body = r#"{"name":"","mood":"secret-mood","secret":"secret-value"}"#;
    vec![
        list("/pets?limit=secret-limit&secret-token&x=secret-query").body(Body::empty()).unwrap(),
        list("/pets/secret-path").body(Body::empty()).unwrap(),
        keyless.unwrap(),
        spy.body(Body::empty()).unwrap(),
        list("/secret-nothing").body(Body::empty()).unwrap(),
        post("/pets", "application/json", body),
        post("/pets", "application/json", "secret-syntax"),
        post("/pets", "secret-type/secret-subtype", "x"),
        post("/lines", "application/x-ndjson", "{\"number\":\"secret-item\"}\nsecret-line\n"),
    ]
}

fn leaking() -> Response<Body> {
    let mut answer = json(200, r#"[{"name":"secret-answer","mood":"secret-mood"},"secret-entry"]"#);
    answer.headers_mut().insert("x-total", http::HeaderValue::from_static("secret-total"));
    answer.headers_mut().insert("set-cookie", http::HeaderValue::from_static("sid=secret-set"));
    answer
}

#[tokio::test]
async fn sinks_get_no_values() {
    let (lines, reports) = (Lines::default(), Arc::new(Mutex::new(String::new())));
    let subscriber = tracing_subscriber::fmt().with_writer(lines.clone()).with_ansi(false).finish();
    let _traced = tracing::subscriber::set_default(subscriber);
    let own = reports.clone();
    let guard = Guard::new(contract())
        .observe(move |report: &Report<'_>| {
            let mut text = own.lock().unwrap();
            text.push_str(&format!("{report:?}\n"));
            report.findings.iter().for_each(|finding| text.push_str(&format!("{finding}\n")));
        })
        .sink(Tracing)
        .unknown(Unknown::Report);
    for guard in [guard.clone(), guard.clone().enforce()] {
        for request in secrets() {
            Scripted::new(leaking).ask(&guard, request).await;
        }
    }
    let (told, traced) = (reports.lock().unwrap().clone(), lines.text());
    assert!(told.len() > 2000 && traced.len() > 2000, "{told} {traced}");
    for text in [&told, &traced, &format!("{:?}", guard.counters().snapshot())] {
        // Keys of an object stand in pointers.
        let text = text.replace("/secret", "");
        let found = text.lines().find(|line| line.to_ascii_lowercase().contains("secret"));
        assert_eq!(found, None);
    }
    assert!(
        traced.contains(r#"operation.id="listPets""#) && traced.contains(r#"keyword="minimum""#),
        "{traced}"
    );
}

/// Even where messages are asked for, nobody is told what a session is known by.
#[tokio::test]
async fn messages_tell_no_credentials() {
    let told = Arc::new(Mutex::new(String::new()));
    let own = told.clone();
    let guard = Guard::new(contract())
        .observe(move |report: &Report<'_>| own.lock().unwrap().push_str(&format!("{report:?}\n")))
        .messages(true)
        .header(HeaderName::from_static("sl-violations"));
    let mut answers = String::new();
    for guard in [guard.clone(), guard.enforce()] {
        for request in secrets() {
            let answer = Scripted::new(leaking).ask(&guard, request).await;
            answers.push_str(&format!("{} {}\n", answer.header("sl-violations"), answer.status));
        }
    }
    let told = told.lock().unwrap().clone() + &answers;
    assert!(told.contains("secret-limit") && told.contains("secret-mood"));
    for secret in [
        "secret-key",
        "secret-bearer",
        "secret-trace",
        "secret-total",
        "secret-set",
        "secret-other",
        "SECRET-cookie",
    ] {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
}

#[test]
fn metrics_are_by_operation_side_and_kind() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let page = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let guard = Guard::new(contract()).observe(Metrics);
            for _ in 0..3 {
                Scripted::new(|| json(201, "{}")).ask(&guard, post("/pets", "application/json", "{")).await;
            }
        });
    });
    let page = page.render();
    for (side, kind) in [("request", "malformed"), ("response", "missing")] {
        let line =
            format!("openapi_violations_total{{operation=\"addPet\",side=\"{side}\",kind=\"{kind}\"}} 3");
        assert!(page.contains(&line), "{page}");
    }
}
