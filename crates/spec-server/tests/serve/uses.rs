//! What users of HTTP expect.

use crate::support::{Log, builder, is_problem, start, within};
use axum::body::Body;
use axum::extract::Request;
use axum::http::Method;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use axum::{Extension, Router};
use futures_util::{StreamExt as _, stream};
use spec_runtime::server::Failure;
use spec_runtime::stream::StreamError;
use spec_server::cors::{AllowOrigin, CorsLayer};
use spec_server::{OperationId, RequestId, RoutedOperation, only};
use std::io;
use std::time::Duration;

fn close(method: &str, path: &str, more: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{more}\r\n")
}

#[tokio::test]
async fn a_panic_is_an_answer_and_the_server_lives() {
    let (log, _guard) = Log::listen();
    let body = || async {
        let begun = stream::once(async { Ok::<_, io::Error>("begun") });
        // What has begun is sent while there is nothing more.
        let breaks = stream::once(async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            panic!("a secret of the body")
        });
        Body::from_stream(begun.chain(breaks))
    };
    let router = Router::new()
        .route("/panic", get(|| async { panic!("a secret of {}", "the handler") as &str }))
        .route("/body", get(body))
        .route("/", get(|| async { "here" }));
    let server = start(builder(), router).await;
    let answer = server.raw(close("GET", "/panic", "x-request-id: abc-1\r\n")).await;
    assert!(is_problem(&answer, 500), "{answer}");
    assert!(answer.contains("\r\nx-request-id: abc-1\r\n") && !answer.contains("secret"), "{answer}");
    let answer = server.raw(close("GET", "/body", "x-request-id: abc-2\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && !answer.ends_with("0\r\n\r\n"), "{answer}");
    assert!(server.raw(close("GET", "/", "")).await.ends_with("here"));
    server.stop().await;
    let text = log.text();
    let line = |id: &str, said: &str| {
        text.lines().any(|line| line.contains("ERROR") && line.contains(id) && line.contains(said))
    };
    assert!(line("abc-1", "a secret of the handler"), "{text}");
    assert!(line("abc-2", "a secret of the body"), "{text}");
}

#[tokio::test]
async fn causes_are_for_the_log() {
    let (log, _guard) = Log::listen();
    let fails = || async {
        let source = io::Error::other("the disk is full");
        Failure::from(io::Error::new(io::ErrorKind::StorageFull, source)).into_response()
    };
    let leaves = || async { Failure::from(StreamError::body("the peer left")).into_response() };
    let routes = Router::new().route("/", get(fails)).route("/left", get(leaves));
    let server = start(builder(), routes).await;
    let answer = server.raw(close("GET", "/?key=secret", "x-request-id: abc-3\r\n")).await;
    let refused = server.raw(close("GET", "/left", "x-request-id: abc-4\r\n")).await;
    server.stop().await;
    assert!(is_problem(&refused, 400) && !refused.contains("peer"), "{refused}");
    assert!(is_problem(&answer, 500) && !answer.contains("disk"), "{answer}");
    let text = log.text();
    for told in [["ERROR", "abc-3", "the disk is full"], ["DEBUG", "abc-4", "the peer left"]] {
        assert!(text.lines().any(|line| told.iter().all(|word| line.contains(word))), "{text}");
    }
    assert!(!text.contains("secret"), "{text}");
}

#[tokio::test]
async fn every_request_has_an_id() {
    let show = |Extension(id): Extension<RequestId>, request: Request| async move {
        assert_eq!(request.headers()["x-request-id"], id.as_str());
        id.as_str().to_owned()
    };
    let server = start(builder(), Router::new().route("/", get(show))).await;
    let client = reqwest::Client::new();
    let get = async |id: &str| {
        let answer = client.get(server.url("/")).header("x-request-id", id).send().await.unwrap();
        let header = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert_eq!(answer.text().await.unwrap(), header);
        header
    };
    assert_eq!(get("abc-1").await, "abc-1");
    let (one, two) = (get("not sane").await, get("").await);
    assert!(one.len() == 36 && two.len() == 36 && one != two, "{one} {two}");
    let lost = server.raw(close("GET", "/nowhere", "x-request-id: abc-2\r\n")).await;
    assert!(is_problem(&lost, 404) && lost.contains("\r\nx-request-id: abc-2\r\n"), "{lost}");
    server.stop().await;
}

#[tokio::test]
async fn axum_s_own_refusals_get_words_and_answers_of_handlers_stay() {
    let empty = || async { axum::http::StatusCode::NOT_FOUND };
    let router = Router::new().route("/empty", get(empty)).route("/json", post(|_: String| async {}));
    let server = start(builder(), router).await;
    let answer = server.raw(close("GET", "/nowhere", "")).await;
    assert!(is_problem(&answer, 404) && answer.contains("there is nothing at /nowhere"), "{answer}");
    let answer = server.raw(close("PUT", "/json", "")).await;
    assert!(is_problem(&answer, 405) && answer.contains("\r\nallow: POST\r\n"), "{answer}");
    let answer = server.raw(close("HEAD", "/nowhere", "")).await;
    assert!(answer.starts_with("HTTP/1.1 404") && answer.ends_with("\r\n\r\n"), "{answer}");
    let answer = server.raw(close("GET", "/empty", "")).await;
    assert!(answer.starts_with("HTTP/1.1 404") && answer.ends_with("\r\n\r\n"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn the_service_says_how_it_is() {
    let check = || async { Err("the database is away".to_owned()) };
    let (log, _guard) = Log::listen();
    let server = start(builder().ready_check(check).health_path(Some("/alive")), Router::new()).await;
    let answer = server.raw(close("GET", "/alive", "")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(r#"{"status":"ok"}"#), "{answer}");
    let answer = server.raw(close("HEAD", "/alive", "")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n"), "{answer}");
    let answer = server.raw(close("POST", "/alive", "")).await;
    assert!(is_problem(&answer, 405) && answer.contains("\r\nallow: GET,HEAD\r\n"), "{answer}");
    let answer = server.raw(close("GET", "/ready", "")).await;
    assert!(is_problem(&answer, 503) && !answer.contains("database"), "{answer}");
    assert!(log.text().contains("the database is away"), "{}", log.text());
    assert!(is_problem(&server.raw(close("GET", "/health", "")).await, 404));
    server.stop().await;

    let server = start(builder().health_path(None).ready_path(None), Router::new()).await;
    assert!(is_problem(&server.raw(close("GET", "/health", "")).await, 404));
    assert!(is_problem(&server.raw(close("GET", "/ready", "")).await, 404));
    server.stop().await;
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_ask() {
    let long = || async { "a".repeat(10_000) };
    let events = || async { ([("content-type", "text/event-stream")], "a".repeat(10_000)) };
    let lines = || async { ([("content-type", "application/x-ndjson")], "a".repeat(10_000)) };
    let router = Router::new()
        .route("/long", get(long))
        .route("/short", get(|| async { "a" }))
        .route("/events", get(events))
        .route("/lines", get(lines));
    let client = reqwest::Client::new();
    for is_on in [true, false] {
        let server = start(builder().compression(is_on), router.clone()).await;
        let coding = async |path: &str, accepted: &str| {
            let request = client.get(server.url(path)).header("accept-encoding", accepted);
            let answer = within(request.send()).await.unwrap();
            let coding =
                answer.headers().get("content-encoding").map(|value| value.to_str().unwrap().to_owned());
            let length = answer.bytes().await.unwrap().len();
            assert_eq!(coding.is_some(), length < 1000 && path != "/short", "{path}");
            coding
        };
        let expected = |coding: &str| is_on.then(|| coding.to_owned());
        assert_eq!(coding("/long", "gzip").await, expected("gzip"));
        assert_eq!(coding("/long", "gzip;q=0.5, zstd").await, expected("zstd"));
        for path in ["/short", "/events", "/lines"] {
            assert_eq!(coding(path, "gzip").await, None);
        }
        assert_eq!(coding("/long", "identity").await, None);
        server.stop().await;
    }
}

#[tokio::test]
async fn other_origins_are_answered_by_the_rules() {
    let origin = AllowOrigin::exact("https://app.example.com".parse().unwrap());
    let cors = CorsLayer::new().allow_origin(origin).allow_methods([Method::PUT]);
    let server = start(builder().cors(cors), Router::new().route("/", get(|| async { "here" }))).await;
    let asks = "Origin: https://app.example.com\r\nAccess-Control-Request-Method: PUT\r\n";
    let answer = server.raw(close("OPTIONS", "/", asks)).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("\r\naccess-control-allow-methods: PUT\r\n"), "{answer}");
    let answer = server.raw(close("GET", "/", "Origin: https://app.example.com\r\n")).await;
    assert!(answer.contains("\r\naccess-control-allow-origin: https://app.example.com\r\n"), "{answer}");
    // What is wrong must be readable for them, too.
    let answer = server.raw(close("GET", "/nowhere", "Origin: https://app.example.com\r\n")).await;
    assert!(is_problem(&answer, 404) && answer.contains("access-control-allow-origin"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn layers_know_operations() {
    static OPERATIONS: [RoutedOperation; 2] = [
        RoutedOperation::new("showPet", "GET", "/pets/{id}"),
        RoutedOperation::new("addPet", "POST", "/pets"),
    ];
    let (log, _guard) = Log::listen();
    let show = |operation: Option<Extension<OperationId>>| async move {
        operation.map_or("none", |Extension(operation)| operation.0)
    };
    let api = Router::new()
        .route("/pets/{id}", get(show))
        .route("/pets", post(|body: String| async move { body.len().to_string() }).get(show))
        .layer(only(&["showPet"], CorsLayer::permissive()));
    let router = Router::new().nest("/v1", api).route("/other", get(show));
    let settings = builder().operations_below("/v1", &OPERATIONS).body_bytes(10).body_bytes_of("addPet", 20);
    let server = start(settings, router).await;
    let answer = server.raw(close("GET", "/v1/pets/1", "")).await;
    assert!(answer.ends_with("showPet") && answer.contains("access-control-allow-origin"), "{answer}");
    for path in ["/v1/pets", "/other"] {
        let answer = server.raw(close("GET", path, "")).await;
        assert!(answer.ends_with("none") && !answer.contains("access-control"), "{answer}");
    }
    let add = |length: usize| {
        let head = close("POST", "/v1/pets", &format!("Content-Length: {length}\r\n"));
        format!("{head}{}", "a".repeat(length))
    };
    assert!(server.raw(add(20)).await.ends_with("20"));
    assert!(is_problem(&server.raw(add(21)).await, 413));
    server.stop().await;
    let text = log.text();
    for field in [
        "otel.name=\"showPet\"",
        "operation.id=\"showPet\"",
        "http.route=\"/v1/pets/{id}\"",
        "url.path=\"/v1/pets/1\"",
        "http.request.method=\"GET\"",
        "http.response.status_code=413",
    ] {
        assert!(text.contains(field), "{field}: {text}");
    }
}

#[tokio::test]
async fn http_2_is_spoken() {
    let version = |request: Request| async move { format!("{:?}", request.version()) };
    let server = start(builder(), Router::new().route("/", get(version).post(version))).await;
    let client = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    let answer = within(client.get(server.url("/")).send()).await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "HTTP/2.0");
    // A body that is too large is refused on its stream, and the connection goes on.
    let large = client.post(server.url("/")).body(vec![0; 3 * 1024 * 1024]);
    if let Ok(answer) = within(large.send()).await {
        assert_eq!(answer.status(), 413);
    }
    let answer = within(client.get(server.url("/")).send()).await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "HTTP/2.0");
    server.stop().await;
}
