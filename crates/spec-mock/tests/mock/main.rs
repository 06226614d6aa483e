//! The mock, asked as a service; where connections matter, over sockets.

mod answers;
mod memory;
mod network;

use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use spec_contract::Contract;
use spec_document::{Diagnostics, Sources};
use spec_mock::Mock;
use std::path::Path;
use tower::ServiceExt as _;

/// Reads a document of `tests/documents` as a contract.
fn contract(name: &str) -> Contract {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents").join(name);
    read(name, &std::fs::read_to_string(path).expect("a document"))
}

fn read(name: &str, text: &str) -> Contract {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add(name, text);
    let document = sources.parse(source, None, &mut diagnostics).expect("a tree");
    let api = spec_api::read(&document, &mut diagnostics).expect("an API");
    assert!(!diagnostics.has_errors(), "{:?}", diagnostics.iter().collect::<Vec<_>>());
    Contract::new(api)
}

/// An answer, as it came.
struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a text"))
    }
}

/// Asks a mock. The request is `METHOD PATH`, then a line for each header, then an empty line and the body.
async fn ask(mock: &Mock, request: &str) -> Answer {
    let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
    let mut lines = head.lines().map(str::trim);
    let (method, path) = lines.next().and_then(|line| line.split_once(' ')).expect("a method and a path");
    let mut builder = Request::builder().method(method).uri(path);
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        builder = builder.header(name, value);
    }
    let request = builder.body(Body::from(body.to_owned())).expect("a request");
    let response = mock.clone().oneshot(request).await.expect("no failure");
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 10_000_000).await.expect("a whole body");
    let text = String::from_utf8(bytes.to_vec()).expect("a text");
    Answer { status: parts.status.as_u16(), headers: parts.headers, text }
}

/// Asks with JSON and the credentials of `shop.yaml`.
async fn send(mock: &Mock, line: &str, body: &str) -> Answer {
    ask(mock, &format!("{line}\nContent-Type: application/json\nX-Key: k\n\n{body}")).await
}

/// Holds an answer against a contract.
fn judge(contract: &Contract, operation: &str, answer: &Answer) {
    let mut response = http::Response::new(answer.text.clone());
    *response.status_mut() = StatusCode::from_u16(answer.status).expect("a status");
    *response.headers_mut() = answer.headers.clone();
    let judgement = contract.response(operation, &response);
    assert!(judgement.is_ok(), "{judgement} in {} {}", answer.status, answer.text);
}
