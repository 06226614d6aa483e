//! JSON texts one after another.

use super::{cuts, pieces};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use spec_runtime::stream::{ByteStream, Framing, JsonLines, StreamError};
use std::fmt::Write as _;

/// What texts are there, each on a line, wherever the whole is cut.
async fn check(framing: Framing, text: &[u8], expected: &str) {
    for body in cuts(text) {
        let said = read(JsonLines::json(body, framing)).await;
        assert_eq!(said, expected, "{:?}", String::from_utf8_lossy(text));
    }
}

async fn read(mut items: JsonLines<Value>) -> String {
    let mut said = String::new();
    while let Some(item) = items.next().await {
        match item {
            Ok(value) => writeln!(said, "{value}").unwrap(),
            Err(error) => writeln!(said, "! {error}").unwrap(),
        }
    }
    said
}

#[tokio::test]
async fn lines() {
    check(Framing::Lines, b"1\n{\"a\": \"\\n\"}\r\n\n \t\r\n[2]", "1\n{\"a\":\"\\n\"}\n[2]\n").await;
    check(Framing::Lines, "\u{FEFF}\"ä€𝄞\"\n".as_bytes(), "\"ä€𝄞\"\n").await;
    check(Framing::Lines, b"", "").await;
    check(Framing::Lines, b"\n\n", "").await;
    let expected = "! item 2 is not what it should be: EOF while parsing an object at line 1 column 1\n3\n\
         ! item 6 is not what it should be: trailing characters at line 1 column 3\n";
    check(Framing::Lines, b"\n{\n3\n\n\r\n6 6", expected).await;
}

#[tokio::test]
async fn sequences() {
    check(Framing::Sequence, b"\x1E1\n\x1E{\"a\": [\n\n1,\n2]}\n\x1E\"x\"\n", "1\n{\"a\":[1,2]}\n\"x\"\n")
        .await;
    check(Framing::Sequence, b"\x1E\x1E\n\x1E\"\\\"{\"\n\x1E[]", "\"\\\"{\"\n[]\n").await;
    // A number or word that was cut off is no text (RFC 7464, 2.4); what ends in a space is whole.
    let expected = "1\n! item 2 is not what it should be: the text is cut off\n{}\n\
         ! item 4 is not what it should be: the text is cut off\n\
         true\n! item 6 is not what it should be: the text is cut off\n";
    check(Framing::Sequence, b"\x1E1 \x1E12\x1E{}\x1E{\"a\":\x1Etrue\n\x1Efals", expected).await;
    // Some servers write no separators.
    check(Framing::Sequence, b"1\n{\"a\":\n1}\n", "1\n{\"a\":1}\n").await;
}

/// A record is there as soon as its line feed is: the next one may be long in coming.
#[tokio::test]
async fn a_record_does_not_wait() {
    let first = stream::iter([Ok::<_, std::io::Error>("\u{1E}{\"a\":\n[1]}\n")]);
    let mut items =
        JsonLines::<Value>::json(ByteStream::new(first.chain(stream::pending())), Framing::Sequence);
    assert_eq!(items.next().await.unwrap().unwrap(), json!({"a": [1]}));
}

#[tokio::test]
async fn texts_within_a_limit() {
    let long = format!("\"{}\"", "x".repeat(20));
    let cases = [
        (Framing::Lines, format!("1\n{long}\n3\n")),
        (Framing::Sequence, format!("\u{1E}1\n\u{1E}{long}\n\u{1E}3\n")),
        (Framing::Sequence, format!("\u{1E}1\n\u{1E}[{long},\n{long}]\n\u{1E}3\n")),
    ];
    for (framing, text) in cases {
        for body in cuts(text.as_bytes()) {
            let said = read(JsonLines::json(body, framing).with_limit(16)).await;
            assert_eq!(said, "1\n! item 2 has more than 16 bytes\n3\n", "{text:?}");
        }
        for body in cuts(format!("{text}{long}").as_bytes()) {
            let said = read(JsonLines::json(body, framing).with_limit(16)).await;
            assert_eq!(
                said, "1\n! item 2 has more than 16 bytes\n3\n! item 4 has more than 16 bytes\n",
                "{text:?}"
            );
        }
    }
    for framing in [Framing::Lines, Framing::Sequence] {
        let endless = stream::iter(0..).map(|_| Ok::<_, std::io::Error>("[".repeat(1000)));
        let mut items = JsonLines::<Value>::json(ByteStream::new(endless), framing).with_limit(10_000);
        assert!(matches!(items.next().await, Some(Err(StreamError::TooLong { number: 1, limit: 10_000 }))));
    }
}

#[tokio::test]
async fn a_body_that_breaks_off() {
    let body = ByteStream::new(stream::iter([Ok("1\n2"), Err("gone")]));
    assert_eq!(read(JsonLines::json(body, Framing::Lines)).await, "1\n! the body broke off: gone\n");
}

#[tokio::test]
async fn there_and_back() {
    let all = vec![json!(1), json!("a\nb\u{1E}"), json!({"a": [null, {"b": "}"}]}), json!(true), json!(-0.5)];
    for framing in [Framing::Lines, Framing::Sequence] {
        let sent = JsonLines::from(all.clone()).into_bytes(framing).collect().await.unwrap();
        for body in cuts(&sent) {
            let got: Vec<Value> = JsonLines::json(body, framing).map(Result::unwrap).collect().await;
            assert_eq!(got, all);
        }
    }
    let sent = all
        .iter()
        .cloned()
        .collect::<JsonLines<Value>>()
        .into_bytes(Framing::Sequence)
        .collect()
        .await
        .unwrap();
    assert!(sent.starts_with(b"\x1E1\n\x1E\"a\\nb\\u001e\"\n"));
    // What arrives can be sent on, framed in another way.
    let on = JsonLines::<Value>::json(pieces([&sent[..]]), Framing::Sequence)
        .into_bytes(Framing::Lines)
        .collect()
        .await;
    assert!(on.unwrap().starts_with(b"1\n\"a\\nb\\u001e\"\n{"));
}

#[test]
fn framings_of_media_types() {
    for name in [
        "application/x-ndjson",
        "application/jsonl",
        "application/json-lines",
        "application/x-jsonlines",
        "text/plain",
    ] {
        assert_eq!(Framing::of(name), Framing::Lines, "{name}");
    }
    for name in ["application/json-seq", "Application/JSON-Seq; charset=utf-8", "application/geo+json-seq"] {
        assert_eq!(Framing::of(name), Framing::Sequence, "{name}");
    }
}
