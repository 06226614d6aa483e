//! Enforcing: what is refused, with which answer, and what nobody gets to see.

use crate::support::{Answers, Log, Scripted, contract, get, json, list, post};
use axum::body::Body;
use http::{Request, Response};
use serde_json::json as value;
use spec_guard::{Guard, Mode, Report, Unknown};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn enforcing(log: &Log) -> Guard {
    Guard::new(contract()).enforce().sink(log.sink())
}

fn photo(length: usize) -> Request<Body> {
    Request::put("/photo")
        .header("content-type", "application/octet-stream")
        .body(vec![7; length].into())
        .unwrap()
}

#[tokio::test]
async fn bad_requests_never_reach_the_service() {
    let log = Log::default();
    let guard = enforcing(&log).unknown(Unknown::Refuse);
    let service = Scripted::new(list);
    let spy = Request::builder().method("SPY").uri("/v1/pets/1").body(Body::empty()).unwrap();
    let limit = Request::get("/pets?limit=0").header("x-key", "k").body(Body::empty()).unwrap();
    let rows = [
        (get("/pets"), 401),
        (get("/pets?limit=0"), 401),
        (limit, 400),
        (post("/pets", "text/plain", "Mia"), 415),
        (post("/pets", "application/json", r#"{"name":""}"#), 422),
        (post("/pets", "application/json", "{"), 422),
        (post("/pets", "application/json", ""), 422),
        (photo(0), 204),
        (Request::put("/photo").body(Body::empty()).unwrap(), 400),
        (get("/nothing"), 404),
        (spy, 405),
    ];
    let mut passed = 0;
    for (request, status) in rows {
        let name = format!("{} {}", request.method(), request.uri());
        // A body that is not looked at may well be empty.
        let own = if status == 204 { Scripted::new(|| json(204, "")) } else { service.clone() };
        let answer = own.ask(&guard, request).await;
        assert_eq!(answer.status, status, "{name}: {answer:?}");
        passed += usize::from(status == 204);
    }
    assert_eq!((service.calls(), passed), (0, 1));
    let counts = guard.counters().snapshot();
    assert_eq!((counts.refused, counts.unknown, counts.requests), (10, 2, 9));
    assert!(log.take().iter().all(|line| line.contains(" request refused: ")));
}

#[tokio::test]
async fn refusals_say_what_is_wrong_as_the_document_declares_it() {
    let log = Log::default();
    let guard = enforcing(&log).unknown(Unknown::Refuse);
    let service = Scripted::new(list);
    let wrong = service.ask(&guard, post("/pets", "application/json", r#"{"mood":"x"}"#)).await;
    assert_eq!(wrong.header("content-type"), "application/json");
    let detail = value!([
        {"loc": ["body"], "msg": "\"name\" is a required property", "type": "required"},
        {"loc": ["body", "mood"], "msg": "\"x\" is not one of \"happy\" or \"sad\"", "type": "enum"},
    ]);
    assert_eq!(wrong.json(), value!({ "detail": detail }));

    let limit = Request::get("/pets?limit=0&x=1").header("x-key", "k").body(Body::empty()).unwrap();
    let limit = service.ask(&guard, limit).await;
    assert_eq!(limit.header("content-type"), "application/problem+json");
    let errors = value!([
        {"detail": "0 is less than the minimum of 1", "pointer": "/limit", "in": "query"},
        {"detail": "the query parameter is not declared", "pointer": "/x", "in": "query"},
    ]);
    let detail = "the request is not what the document says";
    assert_eq!(
        limit.json(),
        value!({"title": "Bad Request", "status": 400, "detail": detail, "errors": errors})
    );

    assert_eq!(service.ask(&guard, get("/pets")).await.header("www-authenticate"), "ApiKey");
    let method = service.ask(&guard, post("/v1/pets/1", "text/plain", "")).await;
    assert_eq!((method.status, method.header("allow")), (405, "GET, DELETE, HEAD"));
}

#[tokio::test]
async fn bad_answers_never_reach_the_caller() {
    let log = Log::default();
    let reports = Arc::new(AtomicUsize::new(0));
    let count = reports.clone();
    let guard = enforcing(&log).sink(move |_: &Report<'_>| {
        count.fetch_add(1, Ordering::Relaxed);
    });
    let request = || Request::get("/v1/pets").header("x-key", "k").body(Body::empty()).unwrap();
    let failed = || {
        let mut answer = json(503, r#"{"hidden":1}"#);
        answer.headers_mut().insert("retry-after", 7.into());
        answer.headers_mut().insert("x-hidden", 7.into());
        answer
    };
    let rows: [(Answers, u16); 4] = [
        (|| json(200, r#"[{"name":"hidden"}]"#), 500),
        (|| list().map(|_| Body::from(r#"[{"name":"hidden","mood":"x"}]"#)), 500),
        (|| Response::builder().header("x-total", 1).body(Body::from("hidden")).unwrap(), 500),
        (failed, 503),
    ];
    for (answer, status) in rows {
        let answer = Scripted::new(answer).ask(&guard, request()).await;
        assert_eq!((answer.status, answer.header("content-type")), (status, "application/problem+json"));
        assert!(!answer.text.contains("hidden") && answer.header("x-hidden").is_empty(), "{answer:?}");
        assert_eq!(answer.header("retry-after"), if status == 503 { "7" } else { "" });
        let told = log.take();
        assert!(
            told.iter().all(|line| line.starts_with("listPets response ") && line.contains(" refused: "))
        );
        assert!(!told.is_empty());
    }
    // Once each, however much is wrong.
    assert_eq!(reports.load(Ordering::Relaxed), 4);
    let good = Scripted::new(list).ask(&guard, request()).await;
    assert_eq!((good.status, good.text.as_str(), log.take().len()), (200, r#"[{"name":"Mia"}]"#, 0));
    assert_eq!(guard.counters().snapshot().refused, 4);
}

#[tokio::test]
async fn one_operation_is_enforced_beside_others() {
    let log = Log::default();
    let guard = Guard::new(contract()).observe(log.sink()).operation("addPet", Mode::Enforce).unwrap();
    let bad = Scripted::new(|| json(200, "{}"));
    assert_eq!(bad.ask(&guard, post("/pets", "application/json", "{}")).await.status, 422);
    assert_eq!(bad.ask(&guard, get("/pets")).await.status, 200);
    assert_eq!(bad.calls(), 1);
    // The whole of it is sampled, too.
    assert_eq!(bad.ask(&guard.sample(0.0), post("/pets", "application/json", "{}")).await.status, 200);
}

#[tokio::test]
async fn what_is_too_long_to_be_judged_passes() {
    let log = Log::default();
    let guard = enforcing(&log).body_limit(8);
    let long = Scripted::new(|| json(201, r#"{"wrong":"and long"}"#));
    let request = || post("/pets", "application/json", r#"{"wrong":"and long"}"#);
    assert_eq!(long.ask(&guard, request()).await.text, r#"{"wrong":"and long"}"#);
    let pieces = || {
        let (sender, body) = crate::support::fed();
        for piece in ["{\"wro", "ng\":\"and", " long\"}"] {
            sender.send(piece).unwrap();
        }
        json(201, "").map(|_| body)
    };
    assert_eq!(Scripted::new(pieces).ask(&guard, request()).await.text, r#"{"wrong":"and long"}"#);
    assert_eq!((log.take().len(), guard.counters().snapshot().beyond_limit), (0, 4));
    let photo = Scripted::new(|| json(204, "")).ask(&guard, photo(100_000)).await;
    assert_eq!((photo.status, guard.counters().snapshot().beyond_limit), (204, 4));
}

#[tokio::test]
async fn messages_and_the_header_are_for_those_who_ask() {
    let log = Log::default();
    let name = http::HeaderName::from_static("sl-violations");
    let guard = Guard::new(contract()).observe(log.sink()).messages(true).header(name.clone());
    let bad = Scripted::new(|| json(201, r#"{"name":"Mia","mood":"ü"}"#));
    let answer = bad.ask(&guard, post("/pets", "application/json", r#"{"name":""}"#)).await;
    assert_eq!((answer.status, answer.text.as_str()), (201, r#"{"name":"Mia","mood":"ü"}"#));
    let told: serde_json::Value = serde_json::from_str(answer.header("sl-violations")).unwrap();
    let mood = r#""ü" is not one of "happy" or "sad""#;
    assert_eq!(
        told,
        value!([
            {"location": ["request", "body", "name"], "severity": "Error", "code": "minLength",
             "message": "\"\" is shorter than 1 character"},
            {"location": ["response", "body", "mood"], "severity": "Error", "code": "enum", "message": mood},
        ])
    );
    assert!(log.take()[1].contains(mood));

    let guard = guard.enforce();
    let answer = bad.ask(&guard, post("/pets", "application/json", r#"{"name":"M"}"#)).await;
    assert_eq!((answer.status, &answer.json()["errors"][0]["detail"]), (500, &value!(mood)));
    assert!(answer.header("sl-violations").contains("is not one of"));
    let good = Scripted::new(|| json(201, r#"{"name":"Mia"}"#));
    let answer = good.ask(&guard, post("/pets", "application/json", r#"{"name":"M"}"#)).await;
    assert!(!answer.headers.contains_key(&name));
}

/// Load balancers, browsers and caches add headers and parameters that no document names.
#[tokio::test]
async fn what_is_beside_the_declared_is_told_and_passes() {
    let log = Log::default();
    let guard = enforcing(&log);
    let service = Scripted::new(list);
    let request = Request::get("/pets?utm_source=a").header("x-key", "k").header("x-amzn-trace-id", "Root=1");
    let answer = service.ask(&guard, request.body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, service.calls()), (200, 1), "{answer:?}");
    assert_eq!(log.take().len(), 2);
}
