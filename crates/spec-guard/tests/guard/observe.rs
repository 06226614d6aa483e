//! Observing: what is told, and that nothing is changed.

use crate::support::{Answers, Log, Scripted, contract, fed, get, json, list, post, raw, serve};
use axum::body::Body;
use http::{HeaderMap, Request, Response};
use http_body::Frame;
use http_body_util::StreamBody;
use spec_guard::{Guard, Kind, Mode, Side, Sides, Unknown};
use std::convert::Infallible;
use tower::Layer as _;

fn keyed(target: &str) -> Request<Body> {
    Request::get(target).header("x-key", "s3cr3t").body(Body::empty()).unwrap()
}

#[tokio::test]
async fn all_that_is_wrong_is_told() {
    let log = Log::default();
    let guard = Guard::new(contract()).observe(log.sink());
    let good = Scripted::new(list);
    assert_eq!(good.ask(&guard, keyed("/pets?limit=5")).await.status, 200);
    assert_eq!(log.take(), [""; 0]);

    good.ask(&guard, get("/v1/pets?limit=0&secret=1")).await;
    let parameters = "/paths/~1pets/get/parameters";
    assert_eq!(
        log.take(),
        [
            format!("listPets request: query `limit`: invalid (minimum), see {parameters}/0/schema/minimum"),
            "listPets request: query: undeclared, see /paths/~1pets/get".to_owned(),
            "listPets request: security `key`: missing (required), see /components/securitySchemes/key"
                .to_owned(),
        ]
    );

    Scripted::new(|| json(201, "{}"))
        .ask(&guard, post("/pets", "application/json", r#"{"mood": "angry"}"#))
        .await;
    let pet = "/components/schemas/Pet";
    assert_eq!(
        log.take(),
        [
            format!("addPet request: body: missing (required), see {pet}/required"),
            format!("addPet request: body at /mood: invalid (enum), see {pet}/properties/mood/enum"),
            format!("addPet response 201: body: missing (required), see {pet}/required"),
        ]
    );

    Scripted::new(|| json(200, "[")).ask(&guard, keyed("/pets")).await;
    Scripted::new(|| json(418, "[]")).ask(&guard, keyed("/pets")).await;
    let responses = "/paths/~1pets/get/responses";
    let total = format!("{responses}/200/headers/X-Total");
    assert_eq!(
        log.take(),
        [
            format!("listPets response 200: header `X-Total`: missing (required), see {total}"),
            format!("listPets response 200: body: malformed, see {responses}/200/content/application~1json"),
            format!("listPets response 418: status: undeclared, see {responses}"),
        ]
    );
    let counts = guard.counters().snapshot();
    assert_eq!((counts.requests, counts.responses, counts.refused), (5, 5, 0));
    let of = |operation: &str, side, kind| counts.violations[&(operation.to_owned(), side, kind)];
    assert_eq!(of("addPet", Side::Request, Kind::Missing), 1);
    assert_eq!(of("listPets", Side::Response, Kind::Malformed), 1);
    assert_eq!(counts.violations.values().sum::<u64>(), 9);
}

#[tokio::test]
async fn modes_and_sides_say_what_is_looked_at() {
    let log = Log::default();
    let guard = Guard::new(contract()).observe(log.sink());
    let bad = Scripted::new(|| json(200, "{}"));
    let sides = |sides| guard.clone().sides(sides);
    let told = async |guard: &Guard| {
        bad.ask(guard, get("/pets?limit=0")).await;
        let mut sides: Vec<String> =
            log.take().iter().filter_map(|line| line.split([' ', ':']).nth(1).map(str::to_owned)).collect();
        sides.dedup();
        sides.join(" ")
    };
    assert_eq!(told(&guard).await, "request response");
    assert_eq!(told(&sides(Sides::Requests)).await, "request");
    assert_eq!(told(&sides(Sides::Responses)).await, "response");
    assert_eq!(told(&guard.clone().mode(Mode::Off)).await, "");
    assert_eq!(told(&guard.clone().operation("listPets", Mode::Off).unwrap()).await, "");
    let alone = guard.clone().mode(Mode::Off).operation("listPets", Mode::Observe).unwrap();
    assert_eq!(told(&alone).await, "request response");
    let missing = guard.clone().operation("listPet", Mode::Off).unwrap_err();
    assert!(
        missing.to_string().starts_with("the document has no operation `listPet`; it has listPets, "),
        "{missing}"
    );
}

#[tokio::test]
async fn a_sample_is_looked_at() {
    let good = Scripted::new(list);
    let mut chosen = Vec::new();
    for seed in [1, 1, 2] {
        let log = Log::default();
        let guard = Guard::new(contract()).observe(log.sink()).sample(0.2).seed(seed);
        let mut own = Vec::new();
        for _ in 0..100 {
            good.ask(&guard, get("/pets")).await;
            own.push(!log.take().is_empty());
        }
        assert_eq!(guard.counters().snapshot().requests, own.iter().filter(|taken| **taken).count() as u64);
        chosen.push(own);
    }
    assert!((5..40).contains(&chosen[0].iter().filter(|taken| **taken).count()));
    assert_eq!(chosen[0], chosen[1]);
    assert_ne!(chosen[0], chosen[2]);
}

#[tokio::test]
async fn requests_to_no_operation_pass() {
    let log = Log::default();
    let guard = Guard::new(contract()).observe(log.sink());
    let good = Scripted::new(|| json(200, "[]"));
    for target in ["/nothing", "/v1/nothing", "/v2/pets"] {
        assert_eq!(good.ask(&guard, get(target)).await.text, "[]");
    }
    assert_eq!((log.take(), guard.counters().snapshot().unknown), (vec![], 3));
    let guard = guard.unknown(Unknown::Report);
    good.ask(&guard, get("/nothing")).await;
    good.ask(&guard, Request::builder().method("SPY").uri("/v1/pets").body(Body::empty()).unwrap()).await;
    assert_eq!(
        log.take(),
        ["- request: path: undeclared, see /paths", "- request: method: undeclared, see /paths"]
    );
}

#[tokio::test]
async fn bodies_beyond_the_limit_pass_unjudged() {
    let log = Log::default();
    let guard = Guard::new(contract()).observe(log.sink()).body_limit(16);
    let long = Scripted::new(|| json(201, r#"{"mood":"this is wrong and long"}"#));
    let answer = long.ask(&guard, post("/pets", "application/json", r#"{"mood":"as wrong and long"}"#)).await;
    assert_eq!(answer.text, r#"{"mood":"this is wrong and long"}"#);
    assert_eq!((log.take(), guard.counters().snapshot().beyond_limit), (vec![], 2));
    let short = Scripted::new(|| json(201, r#"{"mood":1}"#));
    short.ask(&guard, post("/pets", "application/json", r#"{"name":"M"}"#)).await;
    assert_eq!(log.take().len(), 2);
}

#[tokio::test]
async fn encoded_bodies_are_counted() {
    let log = Log::default();
    let guard = Guard::new(contract()).observe(log.sink());
    let encoded = || {
        let mut answer = json(201, "\u{1f}");
        answer.headers_mut().insert("content-encoding", http::HeaderValue::from_static("gzip"));
        answer
    };
    for guard in [guard.clone(), guard.clone().enforce()] {
        let request = post("/pets", "application/json", r#"{"name":"M"}"#);
        let answer = Scripted::new(encoded).ask(&guard, request).await;
        assert_eq!((answer.status, answer.text.as_str()), (201, "\u{1f}"));
    }
    assert_eq!((log.take(), guard.counters().snapshot().unchecked), (vec![], 2));
}

/// The same is told, a moment later.
#[tokio::test]
async fn a_thread_of_its_own_finds_the_same() {
    let (log, late) = (Log::default(), Log::default());
    let guard = Guard::new(contract()).observe(log.sink());
    let background = Guard::new(contract()).observe(late.sink()).background(1000);
    for (target, answer) in answers() {
        for guard in [&guard, &background] {
            Scripted::new(answer).ask(guard, get(&format!("{target}?limit=0"))).await;
        }
    }
    background.flush();
    let told = (log.take(), late.take());
    assert!(told.0.len() > 20);
    // Streams do not wait for others.
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    assert_eq!(sorted(told.0), sorted(told.1));
    assert_eq!(guard.counters().snapshot(), background.counters().snapshot());

    let none = Guard::new(contract()).observe(late.sink()).background(0);
    Scripted::new(list).ask(&none, get("/pets")).await;
    assert_eq!((none.counters().snapshot().skipped, late.take().len()), (2, 0));
}

/// Answers of all kinds, good ones and bad ones.
fn answers() -> Vec<(&'static str, Answers)> {
    fn pieces() -> Response<Body> {
        let (sender, body) = fed();
        for piece in ["data: {\"number\":", "1}\n\n", "data: x\n\n", ": ping\n\n", "data: {}"] {
            sender.send(piece).unwrap();
        }
        Response::builder().header("content-type", "text/event-stream").body(body).unwrap()
    }
    fn trailers() -> Response<Body> {
        let mut fields = HeaderMap::new();
        fields.insert("x-sum", 7.into());
        let frames = [Frame::data(bytes::Bytes::from("[]")), Frame::trailers(fields)];
        let frames = futures_util::stream::iter(frames.map(Ok::<_, Infallible>));
        let body = Body::new(StreamBody::new(frames));
        let answer =
            Response::builder().header("content-type", "application/json").header("trailer", "x-sum");
        answer.body(body).unwrap()
    }
    vec![
        ("/pets", list),
        ("/pets", || json(200, "{}")),
        ("/pets", || json(500, "no JSON")),
        ("/pets", || json(200, "")),
        ("/pets/1", || Response::builder().status(204).body(Body::empty()).unwrap()),
        ("/pets/1", || json(200, r#"{"name": ""}"#)),
        ("/nothing", || json(404, "[]")),
        ("/events", pieces),
        ("/pets", trailers),
        ("/photo", || Response::new(Body::from(vec![b'x'; 100_000]))),
    ]
}

/// With and without the guard, on the wire as well.
#[tokio::test]
async fn nothing_is_changed() {
    let log = Log::default();
    let guard = Guard::new(contract()).observe(log.sink());
    let off = Guard::new(contract()).mode(Mode::Off);
    for (target, answer) in answers() {
        let service = Scripted::new(answer);
        assert_eq!(
            service.ask(&guard, keyed(target)).await,
            service.ask(&off, keyed(target)).await,
            "{target}"
        );
        let plain = tower::service_fn(move |_: Request<Body>| async move { Ok::<_, Infallible>(answer()) });
        let (bare, guarded) = (serve(plain).await, serve(guard.layer(plain)).await);
        for method in ["GET", "HEAD"] {
            let request = format!(
                "{method} {target} HTTP/1.1\r\nhost: a\r\nx-key: s3cr3t\r\nte: trailers\r\n\
                 connection: close\r\n\r\n"
            );
            let (bare, guarded) = (raw(bare, &request).await, raw(guarded, &request).await);
            assert_eq!(bare, guarded, "{method} {target}");
            assert!(bare.starts_with("HTTP/1.1 "), "{bare}");
        }
    }
    assert!(log.take().len() > 10);
}
