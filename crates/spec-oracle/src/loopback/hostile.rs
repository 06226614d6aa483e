//! Valid requests → requests that mean harm, and whether a server kept its head.
//!
//! Knows how messages are taken apart and broken: paths, queries, headers, and bodies by their syntax. Must
//! not know any document; what comes of it may still be a valid request.

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use fastrand::Rng;
use http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode, Uri};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tower::ServiceExt;

/// The longest answer that refuses a request, in bytes.
const SHORT: usize = 64 * 1024;

/// The longest time that a request may keep a server busy.
const QUICK: Duration = Duration::from_secs(10);

/// A request that is being broken.
struct Raw {
    method: Method,
    path: String,
    query: Vec<String>,
    headers: Vec<(HeaderName, Vec<u8>)>,
    body: Vec<u8>,
}

/// One of the requests, broken in some places; none where HTTP has no such request.
pub(super) fn broken(requests: &[Request<Bytes>], random: &mut Rng) -> Option<Request<Bytes>> {
    let own = random.choice(requests)?;
    let query = own.uri().query().unwrap_or_default();
    let mut raw = Raw {
        method: own.method().clone(),
        path: own.uri().path().to_owned(),
        query: query.split('&').filter(|pair| !pair.is_empty()).map(str::to_owned).collect(),
        headers: own
            .headers()
            .iter()
            .map(|(name, value)| (name.clone(), value.as_bytes().to_vec()))
            .collect(),
        body: own.body().to_vec(),
    };
    raw.headers.retain(|(name, _)| name != CONTENT_LENGTH);
    for _ in 0..random.usize(1..=3) {
        match random.u8(0..16) {
            0..=1 => raw.path(random),
            2..=4 => raw.query(random),
            5..=6 => raw.header(random),
            7 => raw.content_type(random),
            8 => raw.method = random.choice(METHODS).and_then(|name| name.parse().ok())?,
            _ => raw.body(random),
        }
    }
    raw.request()
}

const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "OWN-METHOD"];

/// Texts for places where something else is expected, as they may stand in an URL.
const TEXTS: &[&str] = &[
    "",
    "%FF",
    "%C3",
    "%00",
    "%2F",
    "%2e%2e",
    "..",
    ".",
    "%",
    "%zz",
    "+",
    "-",
    "=",
    ";",
    ",",
    "|",
    "[",
    "]",
    "null",
    "true",
    "0",
    "-0",
    "01",
    "1.0",
    "1e0",
    "1e18",
    "1e400",
    "-1",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "123456789012345678901234567890",
    "NaN",
    "0x1",
    "%F0%9F%98%80",
    "a,b,c",
    "a.b",
    ";x=1",
    "{}",
    "%5B%5D",
    "%22",
    "2026-02-30",
    "'",
];

const TYPES: &[&str] = &[
    "application/json",
    "APPLICATION/JSON;charset=utf-8",
    "application/json, text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=\"",
    "text/plain",
    "text/plain; charset=utf-16",
    "application/octet-stream",
    "application/xml",
    "*/*",
    "/",
    "",
    ";",
    "\u{1f}",
];

const HEADERS: &[(&str, &[u8])] = &[
    ("content-encoding", b"gzip"),
    ("content-encoding", b"identity"),
    ("transfer-encoding", b"chunked"),
    ("expect", b"100-continue"),
    ("accept", b"text/html;q=0"),
    ("cookie", b"a=1; a=2; =; ;; b"),
    ("cookie", b"a=%FF"),
    ("authorization", b"Bearer "),
    ("authorization", b"Basic \xff"),
    ("range", b"bytes=0-0"),
    ("host", b""),
];

impl Raw {
    fn path(&mut self, random: &mut Rng) {
        let mut segments: Vec<String> = self.path.split('/').map(str::to_owned).collect();
        let at = random.usize(0..segments.len().max(1));
        let text = text(random);
        match random.u8(0..4) {
            0 => segments.insert(at, text),
            1 => drop(segments.remove(at)),
            2 => segments[at].push_str(&text),
            _ => segments[at] = text,
        }
        self.path = segments.join("/");
    }

    fn query(&mut self, random: &mut Rng) {
        let at = random.usize(0..=self.query.len());
        let Some(pair) = self.query.get(at).cloned() else {
            self.query.push(format!("{}={}", text(random), text(random)));
            return;
        };
        let (name, value) = pair.split_once('=').unwrap_or((&pair, ""));
        let text = text(random);
        let changed = match random.u8(0..7) {
            0 => format!("{name}={text}"),
            1 => format!("{name}{text}={value}"),
            2 => format!("{name}[{text}]={value}"),
            3 => format!("{name}[{text}][{text}]={text}"),
            4 => name.to_owned(),
            5 => {
                self.query.remove(at);
                return;
            }
            _ => format!("{name}={value}{text}"),
        };
        if random.bool() { self.query.push(changed) } else { self.query[at] = changed }
    }

    fn header(&mut self, random: &mut Rng) {
        let added = |random: &mut Rng| {
            random.choice(HEADERS).map(|(name, value)| (HeaderName::from_static(name), value.to_vec()))
        };
        let at = random.usize(0..=self.headers.len());
        let Some((name, value)) = self.headers.get(at).cloned() else {
            self.headers.extend(added(random));
            return;
        };
        match random.u8(0..5) {
            0 => drop(self.headers.remove(at)),
            1 => self.headers.push((name, value)),
            2 => self.headers[at].1 = text(random).into_bytes(),
            3 => self.headers[at].1 = bytes(random, 12),
            _ => self.headers.extend(added(random)),
        }
    }

    fn content_type(&mut self, random: &mut Rng) {
        self.headers.retain(|(name, _)| name != CONTENT_TYPE);
        self.headers.extend(random.choice(TYPES).map(|own| (CONTENT_TYPE, own.as_bytes().to_vec())));
    }

    fn body(&mut self, random: &mut Rng) {
        if let Ok(mut value) = serde_json::from_slice::<Value>(&self.body)
            && random.u8(0..3) > 0
        {
            change(&mut value, random);
            self.body = value.to_string().into_bytes();
            return;
        }
        let length = self.body.len();
        let at = random.usize(0..=length);
        let to = (at + random.usize(0..=16)).min(length);
        match random.u8(0..12) {
            0 => self.body.truncate(at),
            1 => drop(self.body.drain(at..to)),
            2 => self.insert(at, &bytes(random, 8)),
            3 => self.insert(at, random.choice(TEXTS).copied().unwrap_or_default().as_bytes()),
            4 => {
                let again = self.body[at..to].to_vec();
                self.insert(at, &again);
            }
            5 => self.number(random),
            6 => {
                let brace = self.body.iter().position(|byte| *byte == b'{').map_or(at, |brace| brace + 1);
                self.insert(brace, &b"\"x\":1,".repeat(random.usize(2..200)));
            }
            7 => {
                let (open, count) = (
                    random.choice(["[", "{\"a\":", "\"", "--", "&a[b]", "\r\n"]).unwrap_or_default(),
                    random.usize(1..2000),
                );
                self.insert(at, open.repeat(count).as_bytes());
            }
            8 => self.insert(
                length,
                format!("&{}={}", text(random), text(random)).repeat(random.usize(1..500)).as_bytes(),
            ),
            9 => self.insert(0, b"\xef\xbb\xbf"),
            10 => {
                let line = b"\r\n\r\n";
                if let Some(found) = self.body.windows(4).position(|own| own == line) {
                    self.body.drain(found..found + 4);
                }
            }
            _ => {
                self.body = random
                    .choice([&b""[..], b"null", b"[", b"\"", b"[]", b"{}", b"0", b"\xff\xfe[\0]\0"])
                    .unwrap_or_default()
                    .to_vec()
            }
        }
    }

    fn insert(&mut self, at: usize, bytes: &[u8]) {
        self.body.splice(at..at, bytes.iter().copied());
    }

    /// Writes another number for the first one behind some place.
    fn number(&mut self, random: &mut Rng) {
        let from = random.usize(0..=self.body.len());
        let Some(at) = self.body[from..].iter().position(u8::is_ascii_digit).map(|at| from + at) else {
            return;
        };
        let end = self.body[at..]
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .map_or(self.body.len(), |end| at + end);
        let number = ["1e400", "1e18", "1.0", "-0", "00", "1e", "1E+2", "1e-400"];
        let number = random.choice(number).map_or_else(|| "9".repeat(40), str::to_owned);
        self.body.splice(at..end, number.into_bytes());
    }

    fn request(self) -> Option<Request<Bytes>> {
        let query = if self.query.is_empty() { String::new() } else { format!("?{}", self.query.join("&")) };
        let uri: Uri = format!("/{}{query}", self.path.trim_start_matches('/')).parse().ok()?;
        let mut request = Request::new(Bytes::from(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = uri;
        for (name, value) in self.headers {
            // What no header can hold is not sent.
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                request.headers_mut().append(name, value);
            }
        }
        Some(request)
    }
}

fn text(random: &mut Rng) -> String {
    match random.u8(0..24) {
        0 => "x".repeat(random.usize(1..5000)),
        1 => "%F0%9F%98%80".repeat(random.usize(1..300)),
        _ => random.choice(TEXTS).copied().unwrap_or_default().to_owned(),
    }
}

fn bytes(random: &mut Rng, most: usize) -> Vec<u8> {
    (0..random.usize(0..=most)).map(|_| random.u8(..)).collect()
}

/// Changes something somewhere in a value.
fn change(value: &mut Value, random: &mut Rng) {
    match value {
        Value::Array(items) if !items.is_empty() && random.u8(0..4) > 0 => {
            let at = random.usize(0..items.len());
            match random.u8(0..6) {
                0 => drop(items.remove(at)),
                1 => items.resize(items.len() + random.usize(1..300), items[at].clone()),
                _ => change(&mut items[at], random),
            }
        }
        Value::Object(members) if !members.is_empty() && random.u8(0..4) > 0 => {
            let at = random.usize(0..members.len());
            let Some(name) = members.keys().nth(at).cloned() else { return };
            match random.u8(0..6) {
                0 => drop(members.shift_remove(&name)),
                1 => drop(members.insert(text(random), any(random))),
                _ => members.get_mut(&name).into_iter().for_each(|member| change(member, random)),
            }
        }
        value => *value = any(random),
    }
}

/// Any value.
fn any(random: &mut Rng) -> Value {
    match random.u8(0..16) {
        0 => Value::Null,
        1 => json!(random.bool()),
        2 => json!(random.i64(..)),
        3 => json!(random.u64(..)),
        4 => json!(1e300),
        5 => json!(-0.5),
        6 => json!(1e18),
        7 => json!([]),
        8 => json!({}),
        9 => Value::from(vec![json!({}); random.usize(1..2000)]),
        10 => (0..random.usize(1..120)).fold(Value::Null, |inner, _| json!([inner])),
        11 => (0..random.usize(1..60)).fold(Value::Null, |inner, _| json!({"06": inner})),
        12 => json!("\u{0}\"\\\u{10ffff}".repeat(random.usize(1..2000))),
        13 => (0..random.usize(1..300)).map(|number| (format!("x{number}"), Value::from(number))).collect(),
        _ => json!(text(random)),
    }
}

/// A request in words, as much of it as helps.
pub(super) fn words(request: &Request<Bytes>) -> String {
    let cut = |text: String| text.chars().take(120).collect::<String>();
    let kind = request.headers().get(CONTENT_TYPE).map(|value| format!(" {value:?}")).unwrap_or_default();
    let body = cut(String::from_utf8_lossy(request.body()).into_owned());
    format!("{} {}{kind} {body}", request.method(), cut(request.uri().to_string()))
}

/// The answer of a server.
pub(super) struct Answered {
    response: Response<Bytes>,
    took: Duration,
}

/// Asks a router.
///
/// # Errors
///
/// That it panicked, or broke its answer off.
pub(super) async fn ask(routes: axum::Router, request: &Request<Bytes>) -> Result<Answered, String> {
    let (parts, body) = request.clone().into_parts();
    let begin = Instant::now();
    let answering = async {
        let Ok(answer) = routes.oneshot(Request::from_parts(parts, Body::from(body))).await;
        let (parts, body) = answer.into_parts();
        to_bytes(body, usize::MAX).await.map(|body| Response::from_parts(parts, body))
    };
    // In a task of its own, so that a panic is an error.
    let answer = tokio::spawn(answering)
        .await
        .map_err(|error| format!("the server panicked: {}", super::judge::panic_text(error)))?;
    let response = answer.map_err(|error| format!("the answer breaks off: {error}"))?;
    Ok(Answered { response, took: begin.elapsed() })
}

/// Says what is wrong with the answer to a request that the service did not see; `is_declared` says whether a
/// status is one of the document's.
pub(super) fn fault(
    request: &Request<Bytes>,
    answered: &Answered,
    is_declared: &dyn Fn(u16) -> bool,
) -> Option<String> {
    let (response, length) = (&answered.response, answered.response.body().len());
    let status = response.status().as_u16();
    if answered.took > QUICK {
        return Some(format!("it took {} seconds", answered.took.as_secs()));
    }
    // What may be done at a path, the router says itself (RFC 9110, 9.3.7).
    let says_methods = *request.method() == Method::OPTIONS
        && response.status() == StatusCode::NO_CONTENT
        && response.headers().contains_key(ALLOW);
    if says_methods && length == 0 {
        return None;
    }
    if !(matches!(status, 400..=417 | 422 | 429)
        || (is_declared(status) && response.status().is_client_error()))
    {
        return Some(format!("it was answered {status}, and no method was called"));
    }
    if length > SHORT {
        return Some(format!("the refusal has {length} bytes"));
    }
    if request.method() == Method::HEAD {
        return None;
    }
    let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !(kind.starts_with("application/json") || kind.ends_with("+json")) {
        return Some(format!("the refusal {status} is of the media type {kind:?}"));
    }
    match serde_json::from_slice::<Value>(response.body()) {
        Ok(body)
            if kind == "application/problem+json" && body.get("status").is_some_and(|own| *own != status) =>
        {
            Some(format!("the problem says another status than {status}"))
        }
        Ok(_) => None,
        Err(error) => Some(format!("the refusal {status} is no JSON: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_broken_in_many_ways() {
        let mut own = Request::new(Bytes::from_static(b"{\"a\":[1,{\"b\":\"c\"}]}"));
        *own.uri_mut() = Uri::from_static("/a/1?b=2");
        let (mut random, own) = (Rng::with_seed(1), [own]);
        let all: Vec<Request<Bytes>> = (0..2000).filter_map(|_| broken(&own, &mut random)).collect();
        assert!(all.len() > 1000, "{}", all.len());
        assert!(all.iter().filter(|request| request.body() == own[0].body()).count() < all.len() / 2);
        let valid =
            all.iter().filter(|request| serde_json::from_slice::<Value>(request.body()).is_ok()).count();
        assert!(valid > all.len() / 2 && valid < all.len() * 9 / 10, "{valid}");
    }

    #[test]
    fn what_is_no_refusal_is_a_fault() {
        let (request, none) = (Request::new(Bytes::new()), |_: u16| false);
        let fault = |status: u16, kind: &str, body: String| {
            let response = Response::builder()
                .status(status)
                .header(CONTENT_TYPE, kind)
                .body(Bytes::from(body))
                .unwrap();
            fault(&request, &Answered { response, took: Duration::ZERO }, &none)
        };
        assert_eq!(fault(400, "application/problem+json", r#"{"status":400}"#.to_owned()), None);
        assert!(fault(400, "application/problem+json", r#"{"status":500}"#.to_owned()).is_some());
        assert!(fault(200, "application/json", "{}".to_owned()).is_some());
        assert!(fault(500, "application/json", "{}".to_owned()).is_some());
        assert!(fault(413, "text/plain", "too large".to_owned()).is_some());
        assert!(fault(404, "application/json", "nothing".to_owned()).is_some());
        assert!(fault(404, "application/json", " ".repeat(SHORT + 1)).is_some());
    }
}
