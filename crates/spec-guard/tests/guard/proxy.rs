//! The proxy, in front of services that are sockets.

use crate::support::{Log, PATIENCE, contract, fed, json, list, raw, serve};
use axum::body::Body;
use http::{HeaderName, Request, Response, StatusCode};
use spec_guard::proxy::{Proxy, Upstream};
use spec_guard::{Guard, Unknown};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A proxy as the command makes one.
fn guard(log: &Log) -> Guard {
    let header = HeaderName::from_static("sl-violations");
    Guard::new(contract()).observe(log.sink()).messages(true).header(header).unknown(Unknown::Report)
}

async fn before(guard: &Guard, service: SocketAddr) -> SocketAddr {
    let upstream = Upstream::new(&format!("http://{service}")).unwrap();
    start(Proxy::new(guard, upstream).cors(true)).await
}

async fn start(proxy: Proxy) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(proxy.serve(listener, std::future::pending()));
    address
}

/// A service that answers the first request with a text, and keeps what it was sent.
async fn scripted(answer: &'static str) -> (SocketAddr, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut came = String::new();
        while !came.ends_with("\r\n\r\n") && !came.ends_with("}") {
            let mut piece = [0; 4096];
            let length = stream.read(&mut piece).await.unwrap();
            assert!(length > 0, "{came}");
            came.push_str(std::str::from_utf8(&piece[..length]).unwrap());
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        came
    });
    (address, task)
}

#[tokio::test]
async fn requests_and_answers_pass_without_what_is_for_one_connection() {
    let log = Log::default();
    let (service, sent) = scripted(
        "HTTP/1.1 201 Made\r\ncontent-type: application/json\r\ncontent-length: 14\r\nconnection: X-Hop\r\n\
         x-hop: 1\r\nkeep-alive: timeout=9\r\netag: \"a\"\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n\r\n\
         {\"name\":\"Mia\"}",
    )
    .await;
    let proxy = before(&guard(&log), service).await;
    let answer = raw(
        proxy,
        "POST /pets HTTP/1.1\r\nhost: pets.test\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\
         connection: close, X-Own\r\nx-own: 1\r\nauthorization: Bearer a\r\n\r\n{\"name\":\"Mia\"}",
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    for line in ["etag: \"a\"\r\n", "set-cookie: a=1\r\n", "set-cookie: b=2\r\n", "content-length: 14\r\n"] {
        assert!(answer.contains(line), "{answer}");
    }
    assert!(!answer.contains("x-hop") && !answer.contains("keep-alive"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n{\"name\":\"Mia\"}"), "{answer}");
    let sent = tokio::time::timeout(PATIENCE, sent).await.unwrap().unwrap();
    assert!(sent.starts_with("POST /pets HTTP/1.1\r\n") && sent.ends_with("{\"name\":\"Mia\"}"), "{sent}");
    for line in [
        format!("host: {service}\r\n"),
        "authorization: Bearer a\r\n".to_owned(),
        "content-length: 14\r\n".to_owned(),
        "x-forwarded-for: 127.0.0.1\r\n".to_owned(),
        "x-forwarded-host: pets.test\r\n".to_owned(),
        "x-forwarded-proto: http\r\n".to_owned(),
        "via: 1.1 spec\r\n".to_owned(),
    ] {
        assert!(sent.contains(&line), "{line}{sent}");
    }
    // The caller's own is not for the service.
    assert!(!sent.contains("close"), "{sent}");
    // A header that `Connection` names is for this connection, and no part of the request.
    assert_eq!(log.take(), [""; 0]);
}

#[tokio::test]
async fn a_redirection_stays_with_the_proxy() {
    let service = tower::service_fn(|request: Request<Body>| async move {
        let host = request.headers()["host"].to_str().unwrap().to_owned();
        let answer =
            Response::builder().status(307).header("location", format!("http://{host}/v1/pets/?a=1"));
        let answer = answer.header("link", format!("<http://{host}/v1/next>; rel=next, </v1/b>; rel=b"));
        Ok::<_, Infallible>(answer.body(Body::empty()).unwrap())
    });
    let service = serve(service).await;
    let upstream = Upstream::new(&format!("http://{service}/v1")).unwrap();
    let log = Log::default();
    let proxy = start(Proxy::new(&guard(&log), upstream)).await;
    let answer = raw(proxy, &ask("/pets")).await;
    assert!(answer.contains("location: http://a/pets/?a=1\r\n"), "{answer}");
    assert!(answer.contains("link: <http://a/next>; rel=next, </b>; rel=b\r\n"), "{answer}");
}

fn ask(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nhost: a\r\nx-key: k\r\nconnection: close\r\n\r\n")
}

#[tokio::test]
async fn violations_are_told_or_refused() {
    let log = Log::default();
    let service = tower::service_fn(|request: Request<Body>| async move {
        Ok::<_, Infallible>(match request.uri().path() {
            "/pets" => list().map(|_| Body::from(r#"[{"name":1}]"#)),
            _ => json(200, r#""other""#),
        })
    });
    let service = serve(service).await;
    let proxy = before(&guard(&log), service).await;
    let answer = raw(proxy, &ask("/pets?limit=0")).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with(r#"[{"name":1}]"#), "{answer}");
    let told =
        r#"sl-violations: [{"location":["request","query","limit"],"severity":"Error","code":"minimum","#;
    assert!(
        answer.contains(told) && answer.contains(r#""location":["response","body","0","name"]"#),
        "{answer}"
    );
    assert_eq!(log.take().len(), 2);

    let other = raw(proxy, &ask("/other?x=1")).await;
    assert!(other.ends_with(r#""other""#) && !other.contains("sl-violations"), "{other}");
    assert_eq!(log.take(), ["- request: path: undeclared, see /paths"]);

    let proxy = before(&guard(&log).enforce(), service).await;
    let refused = raw(proxy, &ask("/pets?limit=0")).await;
    assert!(refused.starts_with("HTTP/1.1 400 ") && refused.contains("problem+json"), "{refused}");
    let replaced = raw(proxy, &ask("/pets")).await;
    assert!(replaced.starts_with("HTTP/1.1 500 ") && !replaced.contains(r#"{"name":1}"#), "{replaced}");
    assert!(raw(proxy, &ask("/other")).await.ends_with(r#""other""#));
    assert_eq!(log.take().len(), 3);
}

#[tokio::test]
async fn a_service_that_is_not_there_is_a_502_of_the_proxy() {
    let log = Log::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = listener.local_addr().unwrap();
    drop(listener);
    for guard in [guard(&log), guard(&log).enforce()] {
        let answer = raw(before(&guard, nowhere).await, &ask("/pets")).await;
        assert!(answer.starts_with("HTTP/1.1 502 ") && answer.contains("problem+json"), "{answer}");
        assert!(answer.contains("the service can't be asked: "), "{answer}");
        assert_eq!(log.take(), [""; 0]);
    }
}

#[tokio::test]
async fn streams_pass_both_ways() {
    let log = Log::default();
    // Answers each line with one, while more are sent.
    let service = tower::service_fn(|request: Request<Body>| async move {
        let body = match request.method().as_str() {
            "POST" => request.into_body(),
            _ => fed().1,
        };
        let answer = Response::builder().header("content-type", "application/x-ndjson");
        Ok::<_, Infallible>(answer.body(body).unwrap())
    });
    let service = serve(service).await;
    for guard in [guard(&log), guard(&log).enforce().sides(spec_guard::Sides::Requests)] {
        let mut stream = TcpStream::connect(before(&guard, service).await).await.unwrap();
        let head = "POST /lines HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-ndjson\r\n\
                    transfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut came = String::new();
        for number in 1..4 {
            let line = format!("{{\"number\":{number}}}\n");
            stream.write_all(format!("{:x}\r\n{line}\r\n", line.len()).as_bytes()).await.unwrap();
            while !came.contains(&line) {
                let mut piece = [0; 1024];
                let length = tokio::time::timeout(PATIENCE, stream.read(&mut piece)).await.unwrap().unwrap();
                assert!(length > 0, "{came}");
                came.push_str(std::str::from_utf8(&piece[..length]).unwrap());
            }
        }
        assert!(came.starts_with("HTTP/1.1 200 "), "{came}");
    }
}

#[tokio::test]
async fn upgrades_pass_through_the_proxy() {
    let log = Log::default();
    let service = tower::service_fn(|mut request: Request<Body>| async move {
        assert_eq!(request.headers()["upgrade"], "echo");
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
    let proxy = before(&guard(&log).enforce(), serve(service).await).await;
    let head = "GET /pets/1 HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nword";
    let answer = raw(proxy, head).await;
    assert!(answer.starts_with("HTTP/1.1 101 ") && answer.ends_with("\r\n\r\nword"), "{answer}");
}

#[tokio::test]
async fn pages_of_other_origins_may_ask() {
    let log = Log::default();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let own = asked.clone();
    let service = tower::service_fn(move |request: Request<Body>| {
        own.lock().unwrap().push(request.method().to_string());
        let answer = match request.uri().path() {
            "/own" => Response::builder().header("access-control-allow-origin", "https://own"),
            _ => Response::builder(),
        };
        async move { Ok::<_, Infallible>(answer.body(Body::empty()).unwrap()) }
    });
    let service = serve(service).await;
    let proxy = before(&guard(&log), service).await;
    let preflight = "OPTIONS /pets HTTP/1.1\r\nhost: a\r\norigin: https://b\r\n\
                     access-control-request-method: PUT\r\n\
                     access-control-request-headers: x-key\r\nconnection: close\r\n\r\n";
    let answer = raw(proxy, preflight).await;
    for line in [
        "HTTP/1.1 204 ",
        "access-control-allow-methods: PUT",
        "access-control-allow-headers: x-key",
        "access-control-allow-origin: https://b",
    ] {
        assert!(answer.contains(line), "{answer}");
    }
    let get = |path: &str| {
        format!("GET {path} HTTP/1.1\r\nhost: a\r\norigin: https://b\r\nconnection: close\r\n\r\n")
    };
    assert!(raw(proxy, &get("/x")).await.contains("access-control-allow-origin: https://b\r\n"));
    let answer = raw(proxy, &get("/own")).await;
    assert!(answer.contains("allow-origin: https://own\r\n") && !answer.contains("https://b"), "{answer}");
    assert_eq!(*asked.lock().unwrap(), ["GET", "GET"]);

    let upstream = Upstream::new(&format!("http://{service}")).unwrap();
    let proxy = start(Proxy::new(&guard(&log), upstream)).await;
    assert!(!raw(proxy, preflight).await.contains("access-control"));
    assert_eq!(asked.lock().unwrap().last().unwrap(), "OPTIONS");
}

/// Sends a request to a service that answers with a text, through a proxy; returns what came and what was
/// sent.
async fn through(guard: &Guard, request: &str, answer: &'static str) -> (String, String) {
    let (service, sent) = scripted(answer).await;
    let came = raw(before(guard, service).await, request).await;
    (came, tokio::time::timeout(PATIENCE, sent).await.unwrap().unwrap())
}

#[tokio::test]
async fn answers_without_bodies_have_none() {
    let log = Log::default();
    let head = "HEAD /other HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let rows = [
        (head, "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n", "content-length: 12\r\n"),
        (&ask("/other"), "HTTP/1.1 204 None\r\netag: \"a\"\r\n\r\n", "etag: \"a\"\r\n"),
        (&ask("/other"), "HTTP/1.1 304 Same\r\netag: \"a\"\r\ncontent-length: 7\r\n\r\n", "etag: \"a\"\r\n"),
    ];
    for (request, answer, line) in rows {
        for guard in [guard(&log), guard(&log).enforce()] {
            let (came, _) = through(&guard, request, answer).await;
            assert!(came.starts_with(&answer[..12]) && came.contains(line), "{came}");
            assert!(came.ends_with("\r\n\r\n"), "{came}");
        }
    }
}

#[tokio::test]
async fn trailers_pass_both_ways() {
    let log = Log::default();
    let request = "POST /other HTTP/1.1\r\nhost: a\r\nte: trailers\r\nconnection: te, close\r\n\
                   trailer: x-sum\r\n\
                   transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx-sum: 7\r\n\r\n";
    let answer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-end\r\n\r\n\
                  2\r\n[]\r\n0\r\nx-end: 9\r\n\r\n";
    let (came, sent) = through(&guard(&log), request, answer).await;
    assert!(came.contains("trailer: x-end\r\n") && came.ends_with("0\r\nx-end: 9\r\n\r\n"), "{came}");
    assert!(sent.contains("te: trailers\r\n") && sent.contains("trailer: x-sum\r\n"), "{sent}");
    assert!(sent.ends_with("0\r\nx-sum: 7\r\n\r\n"), "{sent}");
}

#[tokio::test]
async fn callers_of_http_1_0_get_whole_bodies() {
    let log = Log::default();
    let request = "GET /other HTTP/1.0\r\nhost: a\r\n\r\n";
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n";
    let (came, _) = through(&guard(&log), request, chunked).await;
    assert!(came.starts_with("HTTP/1.0 200 ") && !came.contains("chunked"), "{came}");
    assert!(came.ends_with("\r\n\r\n[]"), "{came}");
    // A service of HTTP/1.0 ends its answer with the connection.
    let (came, _) = through(&guard(&log), &ask("/other"), "HTTP/1.0 200 OK\r\n\r\n[1]").await;
    assert!(came.starts_with("HTTP/1.1 200 ") && came.contains("[1]"), "{came}");
}

#[tokio::test]
async fn interim_answers_are_no_answers() {
    let log = Log::default();
    let answer = "HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n\
                  HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]";
    let (came, _) = through(&guard(&log), &ask("/other"), answer).await;
    assert!(came.starts_with("HTTP/1.1 200 ") && came.ends_with("[]"), "{came}");
    // A caller that waits is told to go on.
    let request = "POST /other HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\
                   connection: close\r\n\r\n{}";
    let (came, sent) = through(&guard(&log), request, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    assert!(came.contains("HTTP/1.1 200 ") && sent.ends_with("{}"), "{came} {sent}");
    let (came, _) = through(
        &guard(&log),
        &ask("/other"),
        "HTTP/1.1 101 Other\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    )
    .await;
    assert!(came.starts_with("HTTP/1.1 502 "), "{came}");
}

#[tokio::test]
async fn nobody_gets_a_tunnel() {
    let log = Log::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = before(&guard(&log), listener.local_addr().unwrap()).await;
    let came = raw(proxy, "CONNECT example.com:443 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    assert!(came.starts_with("HTTP/1.1 501 "), "{came}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_not_whole() {
    let log = Log::default();
    let answers = [
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n[{\"na",
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n\
         5\r\n[{\"na\r\n",
    ];
    for answer in answers {
        for guard in [guard(&log), guard(&log).enforce()] {
            let (came, _) = through(&guard, &ask("/pets"), answer).await;
            let (_, body) = came.split_once("\r\n\r\n").unwrap_or_default();
            let is_whole = came.contains("chunked") && body.ends_with("0\r\n\r\n");
            assert!(!is_whole && !came.contains("content-length: 5\r\n"), "{came}");
            assert_eq!(guard.counters().snapshot().unfinished, 1);
        }
    }
    log.take();
    // A caller that goes away midway is nobody's violation.
    let (service, _) = scripted("").await;
    let own = guard(&log);
    let mut stream = TcpStream::connect(before(&own, service).await).await.unwrap();
    let head =
        "POST /pets HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{\"na";
    stream.write_all(head.as_bytes()).await.unwrap();
    drop(stream);
    for _ in 0..100 {
        if own.counters().snapshot().unfinished > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(own.counters().snapshot().unfinished, 1);
    let told = log.take();
    assert!(told.iter().all(|line| !line.contains("body")), "{told:?}");
}
