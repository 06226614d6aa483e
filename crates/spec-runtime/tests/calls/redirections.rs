//! Redirections on loopback: what goes to which server. Two ports are two origins.

use super::support::{Client, SCHEMES, client};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use reqwest::Method;
use spec_runtime::client::{Call, Configure, RawResponse, Retry};
use spec_runtime::codegen::client::header;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// The requests that a server saw, a line for each.
type Seen = Arc<Mutex<Vec<String>>>;

/// A server that sends `/to/<status>/<address>` there, and answers everything else.
async fn server() -> (String, Seen) {
    let seen = Seen::default();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().fallback(answer).with_state(Arc::clone(&seen));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (url, seen)
}

async fn answer(State(seen): State<Seen>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1024).await.unwrap();
    let header =
        |name: &str| parts.headers.get(name).map(|value| format!(" {name}={}", value.to_str().unwrap()));
    let names = ["authorization", "x-key", "cookie", "x-parameter", "referer", "accept", "content-type"];
    let headers: String = names.into_iter().filter_map(header).collect();
    let body = String::from_utf8_lossy(&body);
    seen.lock()
        .unwrap()
        .push(format!("{} {}{headers} {body}", parts.method, parts.uri).trim_end().to_owned());
    let mut response = Response::builder();
    if let Some((status, address)) =
        parts.uri.path().strip_prefix("/to/").and_then(|rest| rest.split_once('/'))
    {
        response = response.status(status.parse::<u16>().unwrap());
        if !address.is_empty() {
            response = response.header("location", address);
        }
    }
    response.body("done".into()).unwrap()
}

fn transport() -> reqwest::Client {
    reqwest::Client::new()
}

fn credentials() -> Client {
    let mut client = client("http://a.example").with_retry(Retry::never());
    for scheme in SCHEMES {
        client.credentials.set(scheme, "s; x=1%");
    }
    client
}

async fn send(mut request: reqwest::Request, declared: &[u16]) -> RawResponse {
    header::<()>(&mut request, "X-Parameter", &"p", false).unwrap();
    let client = credentials();
    match declared {
        [] => client.call::<5>(Method::GET).exactly(request).send_raw().await.unwrap(),
        _ => client.call::<6>(Method::GET).exactly(request).send_raw().await.unwrap(),
    }
}

fn get(url: String) -> reqwest::Request {
    transport().get(url).header("Accept", "text/plain").build().unwrap()
}

#[tokio::test]
async fn another_server_sees_no_credentials() {
    let (near, near_seen) = server().await;
    let (far, far_seen) = server().await;
    let response = send(get(format!("{near}/to/302/{far}/there?a=1")), &[]).await;
    assert_eq!(response.status, 200);
    let all = "authorization=Bearer s; x=1% x-key=s; x=1% \
               cookie=session=s%3B%20x=1%25 x-parameter=p accept=text/plain";
    let path = format!("/to/302/{far}/there");
    assert_eq!(*near_seen.lock().unwrap(), [format!("GET {path}?a=1&key=s%3B+x%3D1%25 {all}")]);
    assert_eq!(*far_seen.lock().unwrap(), ["GET /there accept=text/plain"]);
    // Nor when it leads back: what was left out stays out.
    near_seen.lock().unwrap().clear();
    send(get(format!("{near}/to/302/{far}/to/302/{near}/back")), &[]).await;
    assert_eq!(near_seen.lock().unwrap()[1], "GET /back accept=text/plain");
}

#[tokio::test]
async fn the_same_server_sees_all_but_the_query() {
    let (near, seen) = server().await;
    send(get(format!("{near}/to/307//here")), &[]).await;
    let all = "authorization=Bearer s; x=1% x-key=s; x=1% \
               cookie=session=s%3B%20x=1%25 x-parameter=p accept=text/plain";
    assert_eq!(seen.lock().unwrap()[1], format!("GET /here {all}"));
}

#[tokio::test]
async fn methods_and_bodies_are_those_of_the_status() {
    let (near, _) = server().await;
    let (far, seen) = server().await;
    for (method, status, expected) in [
        ("POST", 301, "GET /x accept=text/plain"),
        ("POST", 303, "GET /x accept=text/plain"),
        ("PUT", 302, "PUT /x accept=text/plain content-type=text/plain body"),
        ("PUT", 303, "GET /x accept=text/plain"),
        ("HEAD", 303, "HEAD /x accept=text/plain content-type=text/plain body"),
        ("POST", 307, "POST /x accept=text/plain content-type=text/plain body"),
        ("DELETE", 308, "DELETE /x accept=text/plain content-type=text/plain body"),
    ] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = transport().request(method, format!("{near}/to/{status}/{far}/x"));
        let request =
            request.header("Accept", "text/plain").header("Content-Type", "text/plain").body("body");
        send(request.build().unwrap(), &[]).await;
        assert_eq!(seen.lock().unwrap().pop().unwrap(), expected);
    }
}

#[tokio::test]
async fn what_can_not_be_followed_is_an_answer() {
    let (near, seen) = server().await;
    let stream = || reqwest::Body::wrap_stream(futures_util::stream::iter([Ok::<_, std::io::Error>("body")]));
    let request = transport().post(format!("{near}/to/307/{near}/x")).body(stream()).build().unwrap();
    assert_eq!(send(request, &[]).await.status, 307);
    let request = transport().post(format!("{near}/to/303/{near}/x")).body(stream()).build().unwrap();
    assert_eq!(send(request, &[]).await.status, 200);
    for address in ["", "file:///etc/hosts", "mailto:a@b.example"] {
        assert_eq!(send(get(format!("{near}/to/302/{address}")), &[]).await.status, 302, "{address}");
    }
    // What is declared, but not what comes after.
    assert_eq!(send(get(format!("{near}/to/302/{near}/x")), &[302]).await.status, 302);
    assert_eq!(send(get(format!("{near}/to/307/{near}/to/302/{near}/x")), &[302]).await.status, 200);
    // Ten and no more.
    seen.lock().unwrap().clear();
    let path = format!("/to/302/{near}").repeat(20);
    assert_eq!(send(get(format!("{near}{path}")), &[]).await.status, 302);
    assert_eq!(seen.lock().unwrap().len(), 11);
}
