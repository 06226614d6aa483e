//! All exchanges as an HTTP Archive (HAR 1.2).

use super::{Report, json};
use serde_json::{Value, json};

/// Writes the exchanges of a report.
pub(super) fn har(report: &Report) -> Value {
    let entries: Vec<Value> =
        report.exchanges.iter().map(|own| entry(&json::exchange(report, own))).collect();
    json!({ "log": {
        "version": "1.2",
        "creator": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
        "entries": entries,
    }})
}

fn entry(own: &Value) -> Value {
    let headers = |value: &Value| {
        let all = value.as_object().into_iter().flatten();
        all.map(|(name, value)| json!({ "name": name, "value": value })).collect::<Vec<_>>()
    };
    let path = own["path"].as_str().unwrap_or_default();
    let query: Vec<Value> =
        path.split_once('?').map(|(_, query)| query.split('&').map(pair).collect()).unwrap_or_default();
    let (body, response) = (own["body"].as_str(), &own["response"]);
    let text = response["body"].as_str().unwrap_or_default();
    let media_type = response["headers"]["content-type"].as_str().unwrap_or_default();
    let mut request = json!({
        "method": own["method"],
        "url": format!("http://service{path}"),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(&own["headers"]),
        "queryString": query,
        "headersSize": -1,
        "bodySize": body.map_or(0, str::len),
    });
    if let Some(body) = body {
        let media_type = own["headers"]["content-type"].as_str().unwrap_or_default();
        request["postData"] = json!({ "mimeType": media_type, "text": body });
    }
    json!({
        // When a request was sent is no part of what a seed says.
        "startedDateTime": "1970-01-01T00:00:00.000Z",
        "time": own["milliseconds"],
        "request": request,
        "response": {
            "status": response["status"].as_u64().unwrap_or_default(),
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": headers(&response["headers"]),
            "content": { "size": text.len(), "mimeType": media_type, "text": text },
            "redirectURL": response["headers"]["location"].as_str().unwrap_or_default(),
            "headersSize": -1,
            "bodySize": text.len(),
            "comment": response["error"].as_str().unwrap_or_default(),
        },
        "cache": {},
        "timings": { "send": 0, "wait": own["milliseconds"], "receive": 0 },
    })
}

fn pair(text: &str) -> Value {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    json!({ "name": plain(name), "value": plain(value) })
}
