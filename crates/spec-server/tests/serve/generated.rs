//! What a generated router answers to what no handler answers, and to methods that nobody declared.

use crate::support::{builder, is_problem, start, within};
use axum::Router;
use axum::routing::post;
use spec_guide::pets::models::Pet;
use spec_guide::pets::server::{
    AddPetBody, AddPetResponse, Api, ListPetsOkBody, ListPetsOkHeaders, ListPetsParameters, ListPetsResponse,
    operations, router,
};
use spec_runtime::codegen::server::{ErrorShape, ErrorStatus};
use spec_runtime::server::{Authenticate, AuthenticationAttempt, Context, Denied, Failure, RoutedOperation};
use std::fmt::Write as _;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

struct Service;

impl Authenticate for Service {
    type Principal = ();

    async fn authenticate(&self, _: &AuthenticationAttempt<'_>) -> Result<(), Denied> {
        Ok(())
    }
}

impl Api for Service {
    async fn list_pets(&self, _: Context, _: ListPetsParameters) -> Result<ListPetsResponse, Failure> {
        let pets = vec![Pet::builder().name("Mia").build()?];
        Ok(ListPetsResponse::Ok(ListPetsOkBody::Json(pets), ListPetsOkHeaders { x_total: 1 }))
    }

    async fn add_pet(&self, _: Context, _: AddPetBody) -> Result<AddPetResponse, Failure> {
        Err(std::io::Error::other("the disk is full").into())
    }
}

/// Requests: method, path, headers, body.
const REQUESTS: [(&str, &str, &str, &str); 21] = [
    ("GET", "/pets", "Authorization: Bearer a", ""),
    ("HEAD", "/pets", "Authorization: Bearer a", ""),
    ("GET", "/pets", "", ""),
    ("OPTIONS", "/pets", "", ""),
    ("OPTIONS", "/nowhere", "", ""),
    ("OPTIONS", "*", "", ""),
    ("DELETE", "/pets", "", ""),
    ("TRACE", "/pets", "", ""),
    ("BREW", "/pets", "", ""),
    ("GET", "/nowhere", "", ""),
    ("HEAD", "/nowhere", "", ""),
    ("GET", "/pets/", "Authorization: Bearer a", ""),
    ("GET", "//pets", "Authorization: Bearer a", ""),
    ("GET", "/pets", "Authorization: Bearer a|Accept: image/png", ""),
    ("POST", "/pets", "Authorization: Bearer a|Content-Type: text/plain", "a"),
    ("POST", "/pets", "Authorization: Bearer a|Content-Type: application/json|Content-Encoding: br", "a"),
    ("POST", "/pets", "Authorization: Bearer a|Content-Type: application/json", "{"),
    ("POST", "/pets", "Authorization: Bearer a|Content-Type: application/json", "LARGE"),
    ("POST", "/pets", "Authorization: Bearer a|Content-Type: application/json", "{\"name\":\"Mia\"}"),
    ("POST", "/films", "Authorization: Bearer a|Content-Type: multipart/form-data; boundary=b", "--b--"),
    ("GET", "/steps", "Authorization: Bearer a", ""),
];

#[tokio::test]
async fn what_nobody_declared_is_problem_details() {
    let server = start(builder().body_bytes(4096).operations(operations()), router(Service)).await;
    let mut table = String::new();
    for (method, path, headers, body) in REQUESTS {
        let large = format!("{{\"name\":\"{}\"}}", "a".repeat(5000));
        let body = if body == "LARGE" { &large } else { body };
        let lines: String =
            headers.split('|').filter(|line| !line.is_empty()).map(|own| format!("{own}\r\n")).collect();
        let length =
            if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let head = format!("{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{lines}{length}\r\n");
        let answer = server.raw(format!("{head}{body}")).await;
        let (head, text) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let header = |name: &str| {
            let found = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            found.map(|value| format!(" {name}={value}")).unwrap_or_default()
        };
        let status: u16 = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default();
        if status >= 400 && method != "HEAD" {
            assert!(is_problem(&answer, status), "{method} {path}: {answer}");
        }
        let shown: String = text.chars().take(60).collect();
        let names = ["allow", "www-authenticate", "accept-encoding", "content-length"];
        let names: String = names
            .iter()
            .filter(|name| **name != "content-length" || method == "HEAD")
            .map(|name| header(name))
            .collect();
        writeln!(table, "{method} {path} [{headers}] → {status}{names}\n  {shown}").unwrap();
    }
    server.stop().await;
    insta::assert_snapshot!(table);
}

/// What an operation declares for whatever goes wrong.
const ERRORS: &[(ErrorStatus, ErrorShape)] = &[(
    ErrorStatus::Default,
    ErrorShape::Filled("application/json", r#"{"code":"$status","error":"$message"}"#),
)];

static DECLARED: [RoutedOperation; 1] = [RoutedOperation::new("try", "POST", "/try").with_errors(ERRORS)];

#[tokio::test]
async fn what_the_server_refuses_has_the_shape_that_the_operation_declares() {
    async fn tried(body: String) -> &'static str {
        match body.as_str() {
            "panic" => panic!("as it was told"),
            "sleep" => tokio::time::sleep(Duration::from_secs(20)).await,
            _ => {}
        }
        "done"
    }
    let routes = Router::new().route("/try", post(tried)).route("/other", post(tried));
    let settings = builder().body_bytes(100).handler_timeout(Duration::from_millis(200));
    let settings = settings.body_timeout(Duration::from_millis(100)).operations(&DECLARED);
    let server = start(settings, routes.clone()).await;
    let settings = builder().in_flight(1).handler_timeout(Duration::from_millis(500));
    let busy = start(settings.operations(&DECLARED), routes).await;
    let ask = |path: &str, body: &str, length: usize| {
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {length}");
        format!("{head}\r\n\r\n{body}")
    };
    let holds = |answer: &str, is_declared: bool, status: u16, error: &str| {
        let expected = format!("\r\n\r\n{{\"code\":{status},\"error\":\"{error}\"}}");
        assert_eq!(answer.ends_with(&expected), is_declared, "{answer}");
        assert_eq!(is_problem(answer, status), !is_declared, "{answer}");
        assert!(answer.contains("\r\nx-request-id: "), "{answer}");
        let is_overload = error == "the server has too much to do";
        assert_eq!(answer.contains("\r\nretry-after: 5\r\n"), is_overload, "{answer}");
    };
    let large = "a".repeat(200);
    for (path, is_declared) in [("/try", true), ("/other", false)] {
        for (body, length, status, error) in [
            ("panic", 5, 500, "the server failed to answer"),
            ("sleep", 5, 503, "the server took too long to answer"),
            (large.as_str(), 200, 413, "the body is too large"),
            // The rest never comes.
            ("half", 8, 408, "the body did not come in time"),
        ] {
            holds(&server.raw(ask(path, body, length)).await, is_declared, status, error);
        }
        // Another one is in flight.
        let mut first = busy.connect().await;
        first.write_all(ask("/other", "sleep", 5).as_bytes()).await.unwrap();
        let refusal = within(async {
            loop {
                let answer = busy.raw(ask(path, "else", 4)).await;
                if !answer.ends_with("done") {
                    return answer;
                }
            }
        });
        holds(&refusal.await, is_declared, 503, "the server has too much to do");
        within(async { while !busy.raw(ask(path, "else", 4)).await.ends_with("done") {} }).await;
    }
    busy.stop().await;
    server.stop().await;
}
