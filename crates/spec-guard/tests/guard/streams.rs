//! Streams pass item by item, both ways.

use crate::support::{Log, PATIENCE, Scripted, contract, fed, json, raw, serve};
use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use spec_guard::Guard;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tower::{Layer as _, ServiceExt as _};

/// Target, media type, and how a value is written as an item.
const KINDS: [(&str, &str, [&str; 2]); 3] = [
    ("/events", "text/event-stream", ["data: ", "\n\n"]),
    ("/lines", "application/x-ndjson", ["", "\n"]),
    ("/records", "application/json-seq", ["\u{1e}", "\n"]),
];

fn item(around: [&str; 2], value: &str) -> &'static str {
    Box::leak(format!("{}{value}{}", around[0], around[1]).into_boxed_str())
}

fn guards(log: &Log) -> [Guard; 2] {
    let guard = Guard::new(contract()).observe(log.sink());
    [guard.clone(), guard.enforce()]
}

/// Returns the body that a guard makes of one that is fed.
async fn passed(guard: &Guard, target: &str, media_type: &'static str, body: Body) -> Body {
    let body = Arc::new(Mutex::new(Some(body)));
    let service = tower::service_fn(move |_: Request<Body>| {
        let body = body.lock().unwrap().take().unwrap();
        let answer = Response::builder().header("content-type", media_type).body(body).unwrap();
        async move { Ok::<_, Infallible>(answer) }
    });
    let request = Request::get(target).body(Body::empty()).unwrap();
    let response =
        tokio::time::timeout(PATIENCE, guard.layer(service).oneshot(request)).await.unwrap().unwrap();
    assert_eq!(response.status(), 200);
    response.into_body()
}

async fn next(body: &mut Body) -> Option<Result<Bytes, String>> {
    let frame = tokio::time::timeout(PATIENCE, body.frame()).await.expect("it waits for more");
    frame.map(|frame| frame.map(|frame| frame.into_data().unwrap()).map_err(|error| error.to_string()))
}

#[tokio::test]
async fn the_first_item_arrives_before_the_last_is_sent() {
    let log = Log::default();
    for guard in guards(&log) {
        for (target, media_type, around) in KINDS {
            let (sender, body) = fed();
            let mut body = passed(&guard, target, media_type, body).await;
            for number in ["1", "2", "3"] {
                let text = item(around, &format!("{{\"number\":{number}}}"));
                sender.send(text).unwrap();
                assert_eq!(next(&mut body).await.unwrap().unwrap(), text);
            }
            drop(sender);
            assert_eq!(next(&mut body).await, None);
            assert_eq!(log.take(), [""; 0], "{target}");
        }
    }
}

#[tokio::test]
async fn each_item_is_judged_as_it_passes() {
    let log = Log::default();
    let [observing, enforcing] = guards(&log);
    for (target, media_type, around) in KINDS {
        let (good, bad) = (item(around, "{\"number\":1}"), item(around, "{\"number\":\"hidden\"}"));
        let (sender, body) = fed();
        let mut body = passed(&observing, target, media_type, body).await;
        sender.send(good).unwrap();
        sender.send(bad).unwrap();
        assert_eq!(next(&mut body).await.unwrap().unwrap(), good);
        assert_eq!(log.take(), [""; 0]);
        assert_eq!(next(&mut body).await.unwrap().unwrap(), bad);
        let told = log.take();
        let expected =
            "200: body at /1/number: invalid (type), see /components/schemas/Step/properties/number/type";
        assert!(matches!(told.as_slice(), [one] if one.ends_with(expected)), "{told:?}");
        sender.send(good).unwrap();
        assert_eq!(next(&mut body).await.unwrap().unwrap(), good);

        // A good item that comes with the beginning of a bad one passes alone.
        let (sender, body) = fed();
        let mut body = passed(&enforcing, target, media_type, body).await;
        let (first, rest) = bad.split_at(12);
        sender.send(Box::leak(format!("{good}{first}").into_boxed_str())).unwrap();
        assert_eq!(next(&mut body).await.unwrap().unwrap(), good);
        sender.send(rest).unwrap();
        sender.send(good).unwrap();
        let error = next(&mut body).await.unwrap().unwrap_err();
        assert_eq!(error, "an item of the response is not what the document says");
        assert_eq!(next(&mut body).await, None);
        let told = log.take();
        assert!(
            matches!(told.as_slice(), [one] if one.contains(" 200 refused: body at /1/number")),
            "{told:?}"
        );
    }
}

#[tokio::test]
async fn what_is_between_items_passes_and_what_is_too_long_as_well() {
    let log = Log::default();
    for guard in guards(&log) {
        let guard = guard.body_limit(16);
        let (sender, body) = fed();
        let mut body = passed(&guard, "/events", "text/event-stream", body).await;
        sender.send(": ping\n\n").unwrap();
        assert_eq!(next(&mut body).await.unwrap().unwrap(), ": ping\n\n");
        let mut long = "data: {\"number\": \"long".to_owned();
        sender.send("data: {\"number\": \"long").unwrap();
        sender.send(" and wrong\"}\n\n").unwrap();
        long.push_str(" and wrong\"}\n\n");
        let mut passed = String::new();
        while passed.len() < long.len() {
            passed.push_str(std::str::from_utf8(&next(&mut body).await.unwrap().unwrap()).unwrap());
        }
        assert_eq!((passed, log.take().len()), (long, 0));
        drop(sender);
        assert_eq!(next(&mut body).await, None);
        assert!(guard.counters().snapshot().beyond_limit > 0);
    }
}

#[tokio::test]
async fn a_stream_that_is_asked_is_broken_off_and_refused() {
    let log = Log::default();
    let [observing, enforcing] = guards(&log);
    let lines = |text: &'static str| {
        let request = Request::post("/lines").header("content-type", "application/x-ndjson");
        request.body(Body::from(text)).unwrap()
    };
    let service = Scripted::new(|| json(204, "").map(|_| Body::empty()));
    for guard in [&observing, &enforcing] {
        assert_eq!(service.ask(guard, lines("{\"number\":1}\n{\"number\":2}")).await.status, 204);
        assert_eq!(log.take(), [""; 0]);
    }
    let bad = "{\"number\":1}\n{\"number\":true}\n{\"number\":3}\n";
    assert_eq!(service.ask(&observing, lines(bad)).await.status, 204);
    assert_eq!(log.take().len(), 1);
    let answer = service.ask(&enforcing, lines(bad)).await;
    assert_eq!((answer.status, &answer.json()["errors"][0]["pointer"]), (400, &"/1/number".into()));
    assert!(matches!(log.take().as_slice(), [one] if one.starts_with("sendLines request refused: ")));
}

/// Over a socket, where a server stands between.
#[tokio::test]
async fn the_first_item_is_on_the_wire_before_the_last_is_sent() {
    let log = Log::default();
    for guard in guards(&log) {
        let (sender, body) = fed();
        let body = Arc::new(Mutex::new(Some(body)));
        let service = tower::service_fn(move |_: Request<Body>| {
            let body = body.lock().unwrap().take().unwrap();
            let answer = Response::builder().header("content-type", "text/event-stream").body(body).unwrap();
            async move { Ok::<_, Infallible>(answer) }
        });
        let address = serve(guard.layer(service)).await;
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /v1/events HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        let mut came = String::new();
        for number in 1..4 {
            sender.send(item(["data: ", "\n\n"], &format!("{{\"number\":{number}}}"))).unwrap();
            while !came.contains(&format!("{{\"number\":{number}}}\n\n")) {
                let mut piece = [0; 1024];
                let length = tokio::time::timeout(PATIENCE, stream.read(&mut piece)).await.unwrap().unwrap();
                assert!(length > 0);
                came.push_str(std::str::from_utf8(&piece[..length]).unwrap());
            }
        }
        assert_eq!(log.take(), [""; 0]);
    }
}

/// What is right arrives before what is wrong breaks the connection off, even if both came at once.
#[tokio::test]
async fn good_items_arrive_before_a_stream_is_broken_off() {
    let log = Log::default();
    let [_, enforcing] = guards(&log);
    let service = tower::service_fn(|_: Request<axum::body::Body>| async move {
        let both = "{\"number\":1}\n{\"number\":\"x\"}\n";
        // A body without a length, as a stream has it.
        let pieces = futures_util::stream::iter([Ok::<_, Infallible>(Bytes::from(both))]);
        let body = Body::from_stream(pieces);
        Ok::<_, Infallible>(
            Response::builder().header("content-type", "application/x-ndjson").body(body).unwrap(),
        )
    });
    let address = serve(enforcing.layer(service)).await;
    let answer = raw(address, "GET /lines HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("{\"number\":1}\n"), "{answer}");
    assert!(!answer.contains("\"x\""), "{answer}");
    assert!(!answer.ends_with("0\r\n\r\n"), "the end is no end of a stream: {answer}");
}

/// Bodies that are read before they pass keep their trailers on the wire.
#[tokio::test]
async fn trailers_are_sent_behind_bodies_that_were_read() {
    let log = Log::default();
    let [_, enforcing] = guards(&log);
    let service = tower::service_fn(|_: Request<axum::body::Body>| async move {
        let trailers = http::HeaderMap::from_iter([(
            http::HeaderName::from_static("x-sum"),
            http::HeaderValue::from_static("7"),
        )]);
        let frames = [
            Ok::<_, Infallible>(http_body::Frame::data(Bytes::from_static(b"[{\"name\":\"Mia\"}]"))),
            Ok(http_body::Frame::trailers(trailers)),
        ];
        let body = Body::new(http_body_util::StreamBody::new(futures_util::stream::iter(frames)));
        let response = Response::builder().header("content-type", "application/json").header("x-total", "1");
        Ok::<_, Infallible>(response.header("trailer", "x-sum").body(body).unwrap())
    });
    let address = serve(enforcing.layer(service)).await;
    let request = "GET /pets HTTP/1.1\r\nhost: a\r\nx-key: k\r\nte: trailers\r\nconnection: close\r\n\r\n";
    let answer = raw(address, request).await;
    assert!(answer.contains("x-sum: 7\r\n"), "{answer}");
}
