//! Exchanges as data: each file of `tests/exchanges` names a document and lists requests and responses; the
//! snapshot beside it says what is wrong with each.

use serde_json::Value;
use spec_contract::{Contract, Head, Judgement, Reading, Violation};
use spec_document::{Diagnostics, Sources};
use std::fmt::Write;
use std::path::Path;

fn contract(name: &str) -> Contract {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = root.join("tests/documents").join(name);
    let path = if own.exists() { own } else { root.join("../../openapi").join(name) };
    let text = std::fs::read_to_string(path).expect("a document");
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add(name, text);
    let document = sources.parse(source, None, &mut diagnostics).expect("a tree");
    let api = spec_api::read(&document, &mut diagnostics).expect("an Api");
    assert!(!diagnostics.has_errors(), "{:#?}", diagnostics.iter().collect::<Vec<_>>());
    Contract::new(api)
}

/// A text is the body as it is, a list of numbers is bytes, anything else is JSON under `json`.
fn body(message: &Value) -> Vec<u8> {
    match (message.get("json"), message.get("body")) {
        (Some(json), _) => json.to_string().into(),
        (None, Some(Value::String(text))) => text.replace('\n', "\r\n").into(),
        (None, Some(Value::Array(bytes))) => {
            bytes.iter().map(|byte| byte.as_u64().expect("a byte") as u8).collect()
        }
        _ => Vec::new(),
    }
}

/// Headers by name; a list is several lines. JSON has its media type unless another one is said.
fn headers(message: &Value) -> http::HeaderMap {
    let mut headers = http::HeaderMap::new();
    if message.get("json").is_some() {
        headers.insert("content-type", http::HeaderValue::from_static("application/json"));
    }
    for (name, value) in message.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let name: http::HeaderName = name.parse().expect("a header name");
        headers.remove(&name);
        let lines = value.as_array().map_or_else(|| vec![value], |lines| lines.iter().collect());
        for line in lines.into_iter().filter_map(Value::as_str) {
            headers.append(&name, line.parse().expect("a header value"));
        }
    }
    headers
}

fn request(message: &Value) -> http::Request<Vec<u8>> {
    let (method, target) =
        message["line"].as_str().and_then(|line| line.split_once(' ')).expect("a method and a target");
    let mut request =
        http::Request::builder().method(method).uri(target).body(body(message)).expect("a request");
    *request.headers_mut() = headers(message);
    request
}

fn response(message: &Value) -> http::Response<Vec<u8>> {
    let status = message["status"].as_u64().expect("a status") as u16;
    let mut response = http::Response::builder().status(status).body(body(message)).expect("a response");
    *response.headers_mut() = headers(message);
    response
}

/// Judges a message that comes in parts: the head, then the body; a sequence byte by byte.
fn in_parts(head: Head, bytes: &[u8]) -> Judgement {
    let Head { mut judgement, payload } = head;
    let Some(payload) = payload else { return judgement };
    let found: Vec<Violation> = match payload.reading() {
        Reading::FirstByte => payload.check(&bytes[..bytes.len().min(1)]),
        Reading::Whole => payload.check(bytes),
        Reading::Items if bytes.is_empty() || std::str::from_utf8(bytes).is_err() => payload.check(bytes),
        Reading::Items => {
            // Where the media type alone is wrong, or missing, the first byte says so.
            let mut found = payload.check(b"\n");
            let mut items = payload.items(usize::MAX).expect("a sequence");
            found.extend(bytes.iter().flat_map(|byte| items.feed(&[*byte])).flat_map(|item| item.violations));
            found.extend(items.finish().violations);
            found
        }
    };
    judgement.violations.extend(found);
    judgement
}

fn judged_request(contract: &Contract, request: &http::Request<Vec<u8>>) -> Judgement {
    let whole = contract.request(request);
    let head = contract.request_head(request.method(), request.uri(), request.headers());
    assert_eq!(in_parts(head, request.body()), whole, "{request:?}");
    whole
}

fn judged_response(contract: &Contract, operation: &str, response: &http::Response<Vec<u8>>) -> Judgement {
    let whole = contract.response(operation, response);
    let head = contract.response_head(operation, response.status(), response.headers());
    assert_eq!(in_parts(head, response.body()), whole, "{response:?}");
    whole
}

fn check(path: &Path) {
    let text = std::fs::read_to_string(path).expect("a file of exchanges");
    let file: Value = serde_json::from_str(&text).expect("JSON");
    let contract = contract(file["document"].as_str().expect("the name of a document"));
    let mut report = String::new();
    for case in file["exchanges"].as_array().expect("a list of exchanges") {
        let judgement = match (case.get("request"), case.get("response")) {
            (Some(sent), Some(answered)) => {
                let (request, response) = (request(sent), response(answered));
                let whole = contract.exchange(&request, &response);
                if let Some(operation) = &judged_request(&contract, &request).operation {
                    judged_response(&contract, operation, &response);
                }
                whole
            }
            (Some(sent), None) => judged_request(&contract, &request(sent)),
            (None, Some(answered)) => {
                judged_response(&contract, answered["to"].as_str().expect("`to`"), &response(answered))
            }
            (None, None) => panic!("neither a request nor a response"),
        };
        let about = case["about"].as_str().expect("what it is about");
        let operation = judgement.operation.as_deref().unwrap_or("no operation");
        let verdict = if judgement.is_ok() { "fits".to_owned() } else { judgement.to_string() };
        writeln!(report, "{about} ({operation})\n  {}\n", verdict.replace('\n', "\n  ")).expect("a string");
    }
    insta::assert_snapshot!(report.trim_end());
}

#[test]
fn exchanges() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::glob!("exchanges/*.json", check);
    });
}
