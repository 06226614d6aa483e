//! What holds for any message: nothing that is sent makes the judge panic, and what the styles write it
//! reads.

use proptest::prelude::*;
use serde_json::{Value, json};
use spec_contract::{Contract, Part};
use spec_document::{Diagnostics, Sources};
use spec_http::style::{Style, to_pairs, to_text};
use std::path::Path;
use std::sync::LazyLock;

fn contract(name: &str) -> Contract {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents").join(name);
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add(name, std::fs::read_to_string(path).expect("a document"));
    let document = sources.parse(source, None, &mut diagnostics).expect("a tree");
    Contract::new(spec_api::read(&document, &mut diagnostics).expect("an Api"))
}

static PARAMETERS: LazyLock<Contract> = LazyLock::new(|| contract("parameters.yaml"));
static FORMS: LazyLock<Contract> = LazyLock::new(|| contract("forms.yaml"));

fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn query(pairs: &[(String, String)]) -> String {
    pairs
        .iter()
        .map(|(name, text)| format!("{}={}", encode(name), encode(text)))
        .collect::<Vec<_>>()
        .join("&")
}

fn search(query: &str) -> http::Request<Vec<u8>> {
    let uri = format!("/search/cat?limit=1&{query}");
    let request = http::Request::get(uri).header("x-since", "2024-01-01").header("cookie", "session=abc");
    request.body(Vec::new()).expect("a request")
}

proptest! {
    #[test]
    fn what_the_styles_write_is_read(
        ids in prop::collection::vec(any::<i64>(), 1..=3),
        words in prop::collection::vec("[^ ]{1,5}", 1..5),
        from in any::<i32>(),
        tags in prop::collection::vec(".*", 2..4),
    ) {
        let mut pairs = to_pairs("ids", &json!(ids), Style::Form, false).expect("pairs");
        pairs.extend(to_pairs("words", &json!(words), Style::SpaceDelimited, false).expect("pairs"));
        let range = json!({"from": from, "tags": tags});
        pairs.extend(to_pairs("range", &range, Style::DeepObject, true).expect("pairs"));
        let judgement = PARAMETERS.request(&search(&query(&pairs)));
        prop_assert!(judgement.is_ok(), "{judgement}");
    }

    #[test]
    fn paths_are_read(
        label in any::<i64>(),
        matrix in prop::collection::vec(any::<i64>(), 1..4),
        list in prop::collection::vec("[^ ]{1,3}", 1..4),
    ) {
        let text = |name, value, style, explode| {
            to_text(name, value, style, explode, encode).expect("a text").expect("some")
        };
        let path = format!(
            "/paths/{}/{}/{}",
            text("label", &json!(label), Style::Label, false),
            text("matrix", &json!(matrix), Style::Matrix, true),
            text("list", &json!(list), Style::Simple, false),
        );
        let judgement = PARAMETERS.request(&http::Request::get(path).body("").expect("a request"));
        prop_assert!(judgement.is_ok(), "{judgement}");
    }

    #[test]
    fn other_names_are_undeclared(name in "[a-z]{10,12}", value in ".*") {
        let judgement = PARAMETERS.request(&search(&query(&[(name.clone(), value)])));
        prop_assert_eq!(judgement.violations.len(), 1);
        prop_assert_eq!(judgement.violations[0].part, Part::Query);
        prop_assert_eq!(judgement.violations[0].name.as_ref(), Some(&name));
    }

    #[test]
    fn queries_and_headers_never_panic(query in "[a-z\\[\\]=&%|,;+.0-9]{0,40}", header in "[ -~]{0,20}") {
        let mut request = search(&query);
        for name in ["x-ids", "x-since", "cookie", "authorization"] {
            request.headers_mut().insert(name, header.parse().expect("a header value"));
        }
        let judgement = PARAMETERS.request(&request);
        prop_assert_eq!(judgement.to_string().lines().count(), judgement.violations.len());
    }

    #[test]
    fn bodies_never_panic(
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..80),
            "(--x(--)?|\r\n|Content-Disposition: form-data; name=|\"|meta|title|\\{|[a-z=&%\\[\\]]){0,20}"
                .prop_map(String::into_bytes),
        ],
    ) {
        for (path, content_type) in [
            ("/form", "application/x-www-form-urlencoded"),
            ("/open", "application/x-www-form-urlencoded"),
            ("/upload", "multipart/form-data; boundary=x"),
            ("/text", "text/plain"),
        ] {
            let request = http::Request::post(path).header("content-type", content_type);
            let judgement = FORMS.request(&request.body(body.clone()).expect("a request"));
            prop_assert_eq!(judgement.to_string().lines().count(), judgement.violations.len());
        }
    }

    #[test]
    fn parts_are_read(
        title in "[^\r\n]{0,5}",
        file in prop::collection::vec(any::<u8>(), 0..60),
        tags in prop::collection::vec(".{0,9}", 1..4),
    ) {
        let mut body = Vec::new();
        let mut part = |head: &str, content: &[u8]| {
            let head = format!("--bound\r\nContent-Disposition: form-data; {head}\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        };
        part("name=\"title\"", title.as_bytes());
        part("name=\"file\"; filename=\"f\"", &file);
        for tag in &tags {
            part("name=\"tags\"", tag.as_bytes());
        }
        body.extend_from_slice(b"--bound--\r\n");
        let content_type = "multipart/form-data; boundary=bound";
        let request = http::Request::post("/upload").header("content-type", content_type);
        let judgement = FORMS.request(&request.body(body).expect("a request"));
        prop_assert!(judgement.is_ok(), "{judgement}");
    }
}

#[test]
fn contracts_are_shared_between_threads() {
    fn shared<T: Clone + Send + Sync>(_: &T) {}
    shared(&*FORMS);
    let _: &Value = &FORMS.api().json;
}
