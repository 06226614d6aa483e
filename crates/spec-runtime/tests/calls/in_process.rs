//! Calls of a router in the same process.

use super::support::client;
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use reqwest::Method;
use spec_runtime::client::{Configure, InProcess, Retry};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const QUICK: Retry = Retry::new().with_waits(Duration::from_millis(20), 2.0, Duration::from_millis(40));

#[tokio::test]
async fn a_router_without_a_socket() {
    let count = Arc::new(AtomicUsize::new(0));
    let router = Router::new().fallback(move |request: Request| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        async move {
            if number == 0 {
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            }
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 1_000_000).await.unwrap();
            let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
            let (host, key) = (header("host"), header("x-key"));
            format!("{} {} {host} {key} {}", parts.method, parts.uri.path(), body.len()).into_response()
        }
    });
    let client = client("http://a.example:8080/v1").with_retry(QUICK).with_transport(InProcess::new(router));
    let text = client.call::<0>(Method::PUT).body(vec![b'x'; 300_000]).text().await.unwrap();
    assert_eq!(text, "PUT /v1/things a.example:8080 the-secret-key 300000");
    assert!(client.get::<1>().text().await.unwrap().starts_with("GET /v1/things"));
}
