//! What the routes answer: the page, its files, and the document in both forms.
#![cfg(feature = "server")]

use axum::Router;
use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use spec_docs::Docs;
use spec_document::{Diagnostics, Sources};
use tower::ServiceExt;

const DOCUMENT: &str = "\
openapi: 3.1.0
info: {title: Pets & more, version: '1'}
servers: [{url: 'https://pets.example.com/v1'}]
paths:
  /zebras: {get: {operationId: zebras, servers: [{url: 'https://zebras.example.com'}], \
    responses: {'204': {description: No.}}}}
  /apes: {get: {operationId: apes, x-codeSamples: [{lang: C, source: 'apes();'}], \
    responses: {'204': {description: No.}}}}
";

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

async fn ask(router: &Router, method: &str, path: &str, headers: &[(HeaderName, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn read(router: &Router, path: &str) -> Answer {
    ask(router, "GET", path, &[]).await
}

fn docs() -> Docs {
    Docs::new(DOCUMENT).unwrap()
}

/// Reads YAML or JSON.
fn parsed(text: &str) -> Value {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add("text", text);
    let document = sources.parse(source, None, &mut diagnostics).unwrap();
    assert!(diagnostics.is_empty());
    document.root().to_json()
}

/// The addresses in the page, as a browser resolves them that has it from `base`.
fn addresses(page: &str, base: &str) -> Vec<String> {
    let folder = &base[..=base.rfind('/').unwrap()];
    let attributes = ["src=\"", "href=\"", "data-document=\""];
    let of = |attribute: &&str| -> Vec<String> {
        let values = page.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap());
        values.filter(|value| *value != "data:,").map(|value| format!("{folder}{value}")).collect()
    };
    attributes.iter().flat_map(of).collect()
}

#[tokio::test]
async fn the_page_has_all_that_it_needs_wherever_it_is() {
    let below: Router = Router::new().nest("/api/v2", docs().router());
    for (router, prefix) in [(docs().router(), ""), (below, "/api/v2")] {
        let path = format!("{prefix}/docs");
        let page = read(&router, &path).await;
        assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, "text/html; charset=utf-8"));
        let addresses = addresses(page.text(), &path);
        assert_eq!(addresses.len(), 7, "{addresses:?}");
        for address in addresses {
            let file = read(&router, &address).await;
            assert_eq!(file.status, StatusCode::OK, "{address}");
            assert_eq!(file.header("x-content-type-options"), "nosniff");
            if address.contains("?v=") {
                assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable", "{address}");
            }
        }
        let slash = read(&router, &format!("{path}/")).await;
        assert_eq!((slash.status, slash.header("location")), (StatusCode::PERMANENT_REDIRECT, "../docs"));
    }
}

#[tokio::test]
async fn browsers_are_told_what_is_allowed() {
    let page = read(&docs().router(), "/docs").await;
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                  connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; \
                  frame-ancestors 'none'";
    assert_eq!(page.header("content-security-policy"), policy);
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert!(!page.text().contains("http:") && !page.text().contains("https:"));
    let open = docs().connect_to("https://login.example.com:8443").unwrap();
    let open = read(&open.router(), "/docs").await;
    let expected = policy.replace("connect-src 'self'", "connect-src 'self' https://login.example.com:8443");
    assert_eq!(open.header("content-security-policy"), expected);
    for wrong in [
        "login.example.com",
        "https://",
        "https://a.com; script-src *",
        "https://a.com/",
        "https://*",
        "data:",
    ] {
        let error = docs().connect_to(wrong).unwrap_err().to_string();
        assert!(error.contains("is no origin"), "{error}");
    }
}

#[tokio::test]
async fn nothing_of_a_request_comes_back() {
    let router: Router = docs().router();
    for path in ["/docs/%3Cscript%3Ealert(1)%3C/script%3E", "/docs/..%2fopenapi.json", "/docs/init.js.map"] {
        let answer = read(&router, path).await;
        assert_eq!((answer.status, answer.text()), (StatusCode::NOT_FOUND, ""), "{path}");
    }
    let page = read(&router, "/docs?url=//evil.example.com&title=%3Cb%3E").await;
    assert_eq!(page.body, read(&router, "/docs").await.body);
}

#[tokio::test]
async fn the_document_keeps_its_order_and_names_the_server_that_it_came_from() {
    let router: Router = docs().router();
    let (json, yaml) = (read(&router, "/openapi.json").await, read(&router, "/openapi.yaml").await);
    assert_eq!(
        (json.header("content-type"), yaml.header("content-type")),
        ("application/json", "application/yaml")
    );
    insta::assert_snapshot!(yaml.text());
    assert_eq!(parsed(json.text()).to_string(), parsed(yaml.text()).to_string());
    let elsewhere: Router = docs().api_path("/v1").router();
    let json = parsed(read(&elsewhere, "/openapi.json").await.text());
    assert_eq!(json["servers"], json!([{"url": "v1"}]));
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let router: Router = docs().router();
    for path in ["/docs", "/openapi.json", "/openapi.yaml", "/docs/init.js", "/docs/swagger-ui.css"] {
        let first = read(&router, path).await;
        let tag = first.header("etag");
        assert!(tag.starts_with("W/\"") && first.header("cache-control") == "no-cache", "{path}");
        for known in [tag, "*", &format!("\"other\", {tag}"), tag.trim_start_matches("W/")] {
            let again = ask(&router, "GET", path, &[(IF_NONE_MATCH, known)]).await;
            assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{path} {known}");
            assert_eq!(again.header("etag"), tag);
        }
        let other = ask(&router, "GET", path, &[(IF_NONE_MATCH, "\"other\"")]).await;
        assert_eq!(other.status, StatusCode::OK, "{path}");
        let head = ask(&router, "HEAD", path, &[]).await;
        assert_eq!((head.status, head.body.len(), head.header("etag")), (StatusCode::OK, 0, tag), "{path}");
        assert_eq!(ask(&router, "POST", path, &[]).await.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
}

#[tokio::test]
async fn whoever_takes_gzip_gets_it() {
    let router: Router = docs().router();
    let plain = read(&router, "/docs/swagger-ui.css").await;
    assert!(plain.header("vary") == "accept-encoding" && plain.header("content-encoding").is_empty());
    assert!(plain.text().contains(".swagger-ui"));
    for (asked, is_gzip) in [
        ("gzip", true),
        ("br, gzip;q=0.5", true),
        ("*", true),
        ("GZIP", true),
        ("gzip;q=0", false),
        ("*;q=1, gzip; q=0.0", false),
        ("br", false),
        ("", false),
    ] {
        let answer = ask(&router, "GET", "/docs/swagger-ui.css", &[(ACCEPT_ENCODING, asked)]).await;
        assert_eq!(answer.header("content-encoding") == "gzip", is_gzip, "{asked}");
        assert_eq!(answer.body.len() < plain.body.len(), is_gzip, "{asked}");
    }
}

#[tokio::test]
async fn samples_come_after_those_of_the_document() {
    let sample = |source: &str| json!({"lang": "Rust", "label": "Rust", "source": source});
    let samples = json!({
        "/zebras": {"get": [sample("zebras()")]},
        "/apes": {"get": [sample("apes()")]},
        "/gone": {"get": [sample("gone()")]},
    });
    let router: Router = docs().samples(&samples.to_string()).unwrap().router();
    let document = parsed(read(&router, "/openapi.json").await.text());
    let of = |path: &str| document["paths"][path]["get"]["x-codeSamples"].clone();
    assert_eq!(of("/zebras"), json!([sample("zebras()")]));
    assert_eq!(of("/apes"), json!([{"lang": "C", "source": "apes();"}, sample("apes()")]));
    for wrong in ["[", "{\"/apes\": 1}", "{\"/apes\": {\"get\": [{\"lang\": \"C\"}]}}"] {
        assert!(docs().samples(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_is_no_document_is_an_error() {
    for (text, expected) in [
        ("openapi: [", "the document:1"),
        ("- 1", "must be an object"),
        ("swagger: '2.0'", "convert those of Swagger 2.0 first"),
        ("{\"openapi\": 3.1}", "begins with \"3.\""),
    ] {
        let error = Docs::new(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_site_has_all_that_its_page_needs() {
    let files = docs().site();
    let text = |name: &str| {
        let file = files.iter().find(|file| file.name == name).unwrap_or_else(|| panic!("{name} is missing"));
        std::str::from_utf8(&file.bytes).unwrap().to_owned()
    };
    let page = text("index.html");
    for address in addresses(&page, "/") {
        text(address.trim_start_matches('/').split('?').next().unwrap());
    }
    assert!(
        page.contains("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;")
    );
    assert!(page.contains("data-tries=\"no\""));
    assert_eq!(parsed(&text("openapi.yaml")), parsed(DOCUMENT));
    assert_eq!(parsed(&text("openapi.json")), parsed(DOCUMENT));
}
