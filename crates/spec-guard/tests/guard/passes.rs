//! What HTTP does beside bodies: HEAD, answers without a body, trailers, expectations, upgrades.

use crate::support::{Log, PATIENCE, Scripted, contract, get, json, raw, serve};
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::StreamBody;
use spec_guard::Guard;
use std::convert::Infallible;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tower::Layer as _;

fn guards(log: &Log) -> [Guard; 2] {
    let guard = Guard::new(contract()).observe(log.sink());
    [guard.clone(), guard.enforce()]
}

fn ask(method: &str, target: &str) -> Request<Body> {
    Request::builder().method(method).uri(target).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn answers_without_a_body_pass() {
    let log = Log::default();
    for guard in guards(&log) {
        let none = |status: u16| {
            Scripted::new(move || Response::builder().status(status).body(Body::empty()).unwrap())
        };
        assert_eq!(none(204).ask(&guard, ask("DELETE", "/pets/1")).await.status, 204);
        assert_eq!(none(204).ask(&guard, get("/pets/1")).await.status, 204);
        let head = Scripted::new(|| json(200, "").map(|_| Body::empty()));
        assert_eq!(head.ask(&guard, ask("HEAD", "/v1/pets/1")).await.status, 200);
        // Of GET; the document does not have it.
        assert_eq!(head.ask(&guard, ask("HEAD", "/pets")).await.status, 200);
        let conditional =
            Request::get("/pets/1").header("if-none-match", "\"a\"").body(Body::empty()).unwrap();
        assert_eq!(none(304).ask(&guard, conditional).await.status, 304);
        assert_eq!(log.take(), [""; 0]);
    }
    let [observing, enforcing] = guards(&log);
    let none = Scripted::new(|| Response::builder().status(304).body(Body::empty()).unwrap());
    assert_eq!(none.ask(&observing, get("/pets/1")).await.status, 304);
    assert_eq!(none.ask(&enforcing, get("/pets/1")).await.status, 500);
    assert_eq!(log.take().len(), 2);
}

#[tokio::test]
async fn trailers_are_kept_both_ways() {
    fn trailed(text: &'static str) -> Body {
        let mut fields = HeaderMap::new();
        fields.insert("x-sum", 7.into());
        let frames = [Frame::data(Bytes::from(text)), Frame::trailers(fields)].map(Ok::<_, Infallible>);
        Body::new(StreamBody::new(futures_util::stream::iter(frames)))
    }
    let log = Log::default();
    for guard in guards(&log) {
        let service = tower::service_fn(|request: Request<Body>| async move {
            let target = request.uri().path().to_owned();
            let asked = http_body_util::BodyExt::collect(request.into_body()).await.unwrap();
            assert!(target != "/pets" || asked.trailers().unwrap().contains_key("x-sum"));
            Ok::<_, Infallible>(match target.as_str() {
                "/pets" => json(201, "").map(|_| trailed(r#"{"name":"Mia"}"#)),
                _ => {
                    let answer = Response::builder().header("content-type", "application/x-ndjson");
                    answer.body(trailed("{\"number\":1}")).unwrap()
                }
            })
        });
        let post = Request::post("/pets").header("content-type", "application/json");
        for request in [post.body(trailed(r#"{"name":"Mia"}"#)).unwrap(), get("/lines")] {
            let response = tower::ServiceExt::oneshot(guard.layer(service), request).await.unwrap();
            assert!(response.status().is_success());
            let answer = http_body_util::BodyExt::collect(response.into_body()).await.unwrap();
            assert_eq!(answer.trailers().unwrap()["x-sum"], "7");
        }
        assert_eq!(log.take(), [""; 0]);
    }
}

/// RFC 9110, 10.1.1: the caller is told to go on once somebody reads, and never if the head is refused.
#[tokio::test]
async fn expectations_are_kept() {
    let log = Log::default();
    for (guard, is_enforcing) in guards(&log).into_iter().zip([false, true]) {
        let service = tower::service_fn(|request: Request<Body>| async move {
            let _ = http_body_util::BodyExt::collect(request.into_body()).await.unwrap();
            Ok::<_, Infallible>(json(201, r#"{"name":"Mia"}"#))
        });
        let address = serve(guard.layer(service)).await;
        let head = |target: &str| {
            format!(
                "POST {target} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
                 content-length: 14\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n"
            )
        };
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head("/pets").as_bytes()).await.unwrap();
        let mut go = [0; 25];
        tokio::time::timeout(PATIENCE, stream.read_exact(&mut go)).await.unwrap().unwrap();
        assert_eq!(&go, b"HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(b"{\"name\":\"Mia\"}").await.unwrap();
        let mut answer = String::new();
        tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        assert_eq!(log.take(), [""; 0]);
        if is_enforcing {
            let refused = raw(address, &head("/pets").replace("application/json", "text/plain")).await;
            assert!(refused.starts_with("HTTP/1.1 415"), "{refused}");
        }
        log.take();
    }
}

/// RFC 9110, 7.8: what follows 101 is none of HTTP's.
#[tokio::test]
async fn upgrades_pass() {
    let log = Log::default();
    for guard in guards(&log) {
        let service = tower::service_fn(|mut request: Request<Body>| async move {
            let upgrade = hyper::upgrade::on(&mut request);
            tokio::spawn(async move {
                let mut stream = hyper_util::rt::TokioIo::new(upgrade.await.unwrap());
                let mut word = [0; 4];
                stream.read_exact(&mut word).await.unwrap();
                stream.write_all(&word).await.unwrap();
            });
            let answer = Response::builder().status(StatusCode::SWITCHING_PROTOCOLS);
            let answer = answer.header("connection", "upgrade").header("upgrade", "echo");
            Ok::<_, Infallible>(answer.body(Body::empty()).unwrap())
        });
        let address = serve(guard.layer(service)).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = b"GET /pets/1 HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nword";
        stream.write_all(head).await.unwrap();
        let mut answer = String::new();
        tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        assert!(answer.starts_with("HTTP/1.1 101 ") && answer.ends_with("\r\n\r\nword"), "{answer}");
        assert_eq!(log.take(), [""; 0]);
    }
}
