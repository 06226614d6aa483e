//! Server-sent events (WHATWG HTML, 9.2).

use super::{cuts, pieces};
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use spec_runtime::stream::{ByteStream, Event, Events, StreamError};
use std::fmt::{Debug, Write as _};
use std::time::Duration;

/// What events are there, each on a line, wherever the text is cut.
async fn check(text: &[u8], expected: &str) {
    for body in cuts(text) {
        assert_eq!(read(&mut Events::text(body)).await, expected, "{:?}", String::from_utf8_lossy(text));
    }
}

async fn read<T: Debug>(events: &mut Events<T>) -> String {
    let mut said = String::new();
    while let Some(event) = events.next().await {
        match event {
            Ok(Event { event, id, retry, data }) => {
                let fields = [event.map(|name| format!(" event={name}")), id.map(|id| format!(" id={id}"))];
                let retry = retry.map(|retry| format!(" retry={}", retry.as_millis()));
                let fields = fields.into_iter().flatten().chain(retry).collect::<String>();
                writeln!(said, "{data:?}{fields}").unwrap();
            }
            Err(error) => writeln!(said, "! {error}").unwrap(),
        }
    }
    said
}

/// The examples of the standard (9.2.6).
#[tokio::test]
async fn examples_of_the_standard() {
    check(b"data: YHOO\ndata: +2\ndata: 10\n\n", "\"YHOO\\n+2\\n10\"\n").await;
    let text =
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n";
    check(text, "\"first event\" id=1\n\"second event\" id=\n\" third event\"\n").await;
    check(b"data\n\ndata\ndata\n\ndata:", "\"\"\n\"\\n\"\n").await;
    check(b"data:test\n\ndata: test\n\n", "\"test\"\n\"test\"\n").await;
}

#[tokio::test]
async fn lines_end_in_three_ways() {
    check(b"data: a\r\ndata: b\r\n\r\n", "\"a\\nb\"\n").await;
    check(b"data: a\rdata: b\r\r", "\"a\\nb\"\n").await;
    check(b"data: a\ndata: b\r\r\n", "\"a\\nb\"\n").await;
    check(b"data: a\n\r\ndata: b\r\n\n", "\"a\"\n\"b\"\n").await;
    check(b"\n\r\r\n\n", "").await;
}

/// An event is there as soon as its empty line is, though the LF of a CRLF may still come.
#[tokio::test]
async fn an_event_does_not_wait() {
    let first = stream::iter([Ok::<_, std::io::Error>("data: a\r\n\r")]);
    let mut events = Events::text(ByteStream::new(first.chain(stream::pending())));
    assert_eq!(events.next().await.unwrap().unwrap(), Event::new("a".to_owned()));
}

#[tokio::test]
async fn marks_and_letters_of_several_bytes() {
    check("\u{FEFF}data: ä€𝄞\n\n".as_bytes(), "\"ä€𝄞\"\n").await;
    check("\u{FEFF}\ndata: a\n\n".as_bytes(), "\"a\"\n").await;
    check("data: a\n\n\u{FEFF}data: b\n\n".as_bytes(), "\"a\"\n").await;
    check(b"data: \xFF\xE2\x82\n\n", "\"\u{FFFD}\u{FFFD}\"\n").await;
}

#[tokio::test]
async fn fields() {
    check(b"event: add\ndata: 1\n\ndata: 2\n\n", "\"1\" event=add\n\"2\"\n").await;
    check(b"event: add\nevent\ndata: 1\n\n", "\"1\"\n").await;
    check(b"event: add\n\ndata: 1\n\n", "\"1\"\n").await;
    check(b"id: a\0b\ndata: 1\n\n", "\"1\"\n").await;
    check(b"retry: 15x\nretry:\nretry: -1\ndata: 1\n\n", "\"1\"\n").await;
    check(b"retry: 1500\ndata: 1\n\n", "\"1\" retry=1500\n").await;
    check(b"retry: 99999999999999999999\ndata: 1\n\n", "\"1\" retry=18446744073709551615\n").await;
    check(b"Data: 1\nother: 2\n data: 3\ndata : 4\n:data: 5\n\n", "").await;
    check(b"data: a: b\n\n", "\"a: b\"\n").await;
}

/// What was cut off is not an event.
#[tokio::test]
async fn an_end_without_an_empty_line() {
    check(b"data: 1\n\ndata: 2\n", "\"1\"\n").await;
    check(b"data: 1\n\ndata: 2", "\"1\"\n").await;
}

#[tokio::test]
async fn what_to_connect_again_with() {
    let mut events =
        Events::text(ByteStream::from("id: 7\nretry: 20\ndata: a\n\ndata: b\n\nid: 8\n\nid:\n\nid: 9\n"));
    assert_eq!(events.last_event_id(), None);
    events.next().await.unwrap().unwrap();
    assert_eq!((events.last_event_id(), events.retry()), (Some("7"), Some(Duration::from_millis(20))));
    events.next().await.unwrap().unwrap();
    assert_eq!(events.last_event_id(), Some("7"));
    assert!(events.next().await.is_none());
    assert_eq!(events.last_event_id(), None);
    let mut events = Events::text(ByteStream::from("id: 8\n\nid: 9\n"));
    assert!(events.next().await.is_none());
    assert_eq!(events.last_event_id(), Some("8"));
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Delta {
    text: String,
}

#[tokio::test]
async fn data_that_is_json() {
    let text = b"data: {\"text\":\ndata: \"a\"}\n\ndata: {\"text\": 1}\n\ndata: {\n\n\
                 data: {\"text\": \"b\"}\n\ndata: [DONE]\n\ndata: {}\n\n";
    for body in cuts(text) {
        let said = read(&mut Events::<Delta>::json(body)).await;
        let expected = "Delta { text: \"a\" }\n\
             ! item 2 is not what it should be: at /text: invalid type: integer `1`, expected a string\n\
             ! item 3 is not what it should be: EOF while parsing an object at line 1 column 1\n\
             Delta { text: \"b\" }\n";
        assert_eq!(said, expected);
    }
    let mut events = Events::<Delta>::json(ByteStream::from("data: {\"text\": 1}\n\n"));
    let Some(Err(StreamError::Undecodable { number: 1, text, error })) = events.next().await else {
        panic!("not decodable")
    };
    assert_eq!((&text[..], &*error.pointer), (&b"{\"text\": 1}"[..], "/text"));
}

/// An event above the limit is an error at once, and is skipped; its memory is bounded.
#[tokio::test]
async fn events_within_a_limit() {
    let long = "x".repeat(20);
    let texts = [
        format!("data: a\n\ndata: {long}\n\ndata: b\n\n"),
        format!("data: a\n\nid: 1\ndata: 12345678\ndata: {long}\ndata: c\n\r\ndata: b\n\n"),
        format!("data: a\n\n: {long}\ndata: c\n\ndata: b\n\n"),
        format!("data: a\n\n{}\n\ndata: b\n\n", "data: 12\n".repeat(9)),
    ];
    for text in texts {
        for body in cuts(text.as_bytes()) {
            let said = read(&mut Events::text(body).with_limit(16)).await;
            assert_eq!(said, "\"a\"\n! item 2 has more than 16 bytes\n\"b\"\n", "{text:?}");
        }
    }
    let endless = stream::iter(0..).map(|_| Ok::<_, std::io::Error>("x".repeat(1000)));
    let mut events = Events::text(ByteStream::new(endless)).with_limit(10_000);
    assert!(matches!(events.next().await, Some(Err(StreamError::TooLong { number: 1, limit: 10_000 }))));
    check(format!("data: {long}\n\n").as_bytes(), &format!("{long:?}\n")).await;
}

#[tokio::test]
async fn a_body_that_breaks_off() {
    let body = ByteStream::new(stream::iter([Ok("data: 1\n\ndata: 2\n"), Err("gone")]));
    assert_eq!(read(&mut Events::text(body)).await, "\"1\"\n! the body broke off: gone\n");
}

/// What is written is what is read.
#[tokio::test]
async fn there_and_back() {
    let texts = ["", " a", "a\nb", "\n", "\n\n", "a\n", ":", "data: x", "[DONE]", "ä€𝄞"];
    let event = |text: &str| {
        Event::new(text.to_owned()).with_event("e: 1").with_id(" 2").with_retry(Duration::from_millis(3))
    };
    let all: Vec<Event<String>> =
        texts.iter().flat_map(|text| [event(text), Event::new((*text).to_owned())]).collect();
    let sent = Events::new(stream::iter(all.clone())).into_text().collect().await.unwrap();
    for body in cuts(&sent) {
        let got: Vec<Event<String>> = Events::text(body).map(Result::unwrap).collect().await;
        assert_eq!(got, all);
    }
    let sent = Events::new(stream::iter(all.clone())).into_json().collect().await.unwrap();
    let got: Vec<Event<String>> = Events::json(pieces([&sent[..]])).map(Result::unwrap).collect().await;
    assert_eq!(got, all);
    let sent =
        Events::new(stream::iter([Event::new("a\r\nb\rc".to_owned())])).into_text().collect().await.unwrap();
    assert_eq!(sent, "data: a\ndata: b\ndata: c\n\n");
}

/// A name or id can't add lines to a stream.
#[tokio::test]
async fn fields_that_cannot_be_written() {
    let bad = [
        Event::new(1).with_event("a\ndata: 2"),
        Event::new(1).with_event("a\rb"),
        Event::new(1).with_id("a\nb"),
        Event::new(1).with_id("a\0b"),
    ];
    for event in bad {
        let error = Events::new(stream::iter([event])).into_json().collect().await.unwrap_err();
        assert!(matches!(error, StreamError::Body(_)), "{error}");
        assert!(error.to_string().contains("can't have line breaks or NUL"), "{error}");
    }
}
