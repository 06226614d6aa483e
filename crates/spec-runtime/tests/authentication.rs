//! Who is let in: alternatives of credentials as data, the answers to those who are not, and that no body is
//! read before that is known.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, StatusCode};
use spec_runtime::codegen::server::{
    Content, ErrorShape, ErrorStatus, MediaKind, NoBody, NoParameters, Operation, Parameter, ParameterIn,
    Payload, SecurityScheme,
};
use spec_runtime::server::{Authenticate, AuthenticationAttempt, Context, Credential, Denied, Failure};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tower::ServiceExt as _;

const A: SecurityScheme = SecurityScheme::header("a", "x-a");
const B: SecurityScheme = SecurityScheme::authorization("b", "Bearer");
const READ: SecurityScheme = B.scoped(&["read"]);
const WRITE: SecurityScheme = B.scoped(&["read", "write"]);

/// Knows secrets by their words: who may do this and that, who may not, and for whom nobody can say it.
struct Service;

impl Authenticate for Service {
    type Principal = String;

    async fn authenticate(&self, attempt: &AuthenticationAttempt<'_>) -> Result<String, Denied> {
        assert_eq!((attempt.operation.0, attempt.method.as_str()), ("try", "POST"));
        for credential in attempt.credentials {
            assert!(attempt.credential(credential.scheme).is_some());
            match credential.secret.as_str() {
                "good" => {}
                "reader" if !credential.scopes.contains(&"write") => {}
                "reader" | "poor" => return Err(Denied::Forbidden),
                "lost" => {
                    let failure = Failure::new(StatusCode::SERVICE_UNAVAILABLE, "the keys are not there");
                    return Err(failure.into());
                }
                _ => return Err(Denied::Unauthorized),
            }
        }
        let names = attempt.credentials.iter().map(|own| own.scheme);
        Ok(names.collect::<Vec<_>>().join("+"))
    }
}

fn request(credentials: &[(&str, &str)]) -> Request {
    let request = credentials.iter().fold(http::Request::post("/"), |request, (name, secret)| match *name {
        "a" => request.header("x-a", *secret),
        _ => request.header("authorization", format!("Bearer {secret}")),
    });
    request.body(Body::empty()).unwrap()
}

type Security = &'static [&'static [SecurityScheme]];

/// Answers who makes a request, to an operation with these alternatives.
async fn who(security: Security, request: Request) -> Result<String, Response> {
    let operation = Operation { security, ..Operation::new("try") };
    if security.iter().any(|schemes| schemes.is_empty()) {
        let (context, NoParameters {}, NoBody) = operation.receive_optional(&Service, request).await?;
        assert_eq!(context.credentials.is_empty(), context.principal.is_none());
        return Ok(context.principal.unwrap_or_else(|| "anyone".to_owned()));
    }
    let (context, NoParameters {}, NoBody) = operation.receive_authenticated(&Service, request).await?;
    is_kept_secret(&context);
    Ok(context.principal)
}

/// Asks an operation with these alternatives, with these credentials.
async fn tried(security: Security, credentials: &[(&str, &str)]) -> Response {
    let handler = move |request: Request| async move { who(security, request).await };
    Router::new().route("/", post(handler)).oneshot(request(credentials)).await.unwrap()
}

async fn text(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn one_alternative_must_be_there_as_a_whole_and_let_the_request_in() {
    const ONE: Security = &[&[A]];
    const BOTH: Security = &[&[A, B]];
    const EITHER: Security = &[&[A], &[B]];
    const MAYBE: Security = &[&[], &[A]];
    const MAYBE_BOTH: Security = &[&[A, B], &[]];
    const MAYBE_CONNECTED: Security = &[&[SecurityScheme::connection("tls")], &[A], &[]];
    const SCOPES: Security = &[&[WRITE], &[A]];
    const WIDER: Security = &[&[WRITE], &[READ]];
    /// The security of an operation, the headers of a request, and how it is answered.
    type Row = (Security, &'static [(&'static str, &'static str)], &'static str);
    let rows: &[Row] = &[
        (ONE, &[], "401"),
        (ONE, &[("a", "")], "401"),
        (ONE, &[("b", "good")], "401"),
        (ONE, &[("a", "bad")], "401"),
        (ONE, &[("a", "poor")], "403"),
        (ONE, &[("a", "lost")], "503"),
        (ONE, &[("a", "good"), ("a", "good")], "400"),
        (ONE, &[("a", "good")], "a"),
        (BOTH, &[("a", "good")], "401"),
        (BOTH, &[("a", "good"), ("b", "bad")], "401"),
        (BOTH, &[("a", "good"), ("b", "poor")], "403"),
        (BOTH, &[("a", "good"), ("b", "good")], "a+b"),
        (EITHER, &[], "401"),
        (EITHER, &[("a", "good")], "a"),
        (EITHER, &[("b", "good")], "b"),
        (EITHER, &[("a", "good"), ("b", "bad")], "a"),
        (EITHER, &[("a", "bad"), ("b", "good")], "b"),
        (EITHER, &[("a", "poor"), ("b", "good")], "b"),
        (EITHER, &[("a", "poor"), ("b", "bad")], "403"),
        (EITHER, &[("a", "bad"), ("b", "poor")], "403"),
        (EITHER, &[("a", "bad"), ("b", "bad")], "401"),
        (EITHER, &[("a", "lost"), ("b", "good")], "503"),
        (EITHER, &[("a", "good"), ("b", "lost")], "a"),
        (MAYBE, &[], "anyone"),
        (MAYBE, &[("a", "good")], "a"),
        (MAYBE, &[("b", "bad")], "anyone"),
        // Who brings a credential takes themselves for someone.
        (MAYBE, &[("a", "bad")], "401"),
        (MAYBE, &[("a", "poor")], "403"),
        (MAYBE, &[("a", "lost")], "503"),
        (MAYBE_BOTH, &[("a", "bad")], "anyone"),
        (MAYBE_BOTH, &[("a", "good"), ("b", "bad")], "401"),
        // A connection is there without being brought.
        (MAYBE_CONNECTED, &[], "anyone"),
        (MAYBE_CONNECTED, &[("a", "good")], "a"),
        (MAYBE_CONNECTED, &[("a", "bad")], "401"),
        (SCOPES, &[("b", "good")], "b"),
        (SCOPES, &[("b", "reader")], "403"),
        (SCOPES, &[("b", "reader"), ("a", "good")], "a"),
        (WIDER, &[("b", "reader")], "b"),
        (WIDER, &[("b", "poor")], "403"),
    ];
    for (security, credentials, expected) in rows {
        let answer = tried(security, credentials).await;
        let status = answer.status();
        assert_eq!(answer.headers().contains_key(WWW_AUTHENTICATE), status == StatusCode::UNAUTHORIZED);
        let told = if status == StatusCode::OK { text(answer).await } else { status.as_str().to_owned() };
        assert_eq!(told, *expected, "{security:?} with {credentials:?}");
    }
}

#[tokio::test]
async fn each_way_to_bring_credentials_is_one_challenge() {
    let answer = tried(&[&[A], &[READ], &[WRITE]], &[]).await;
    let challenges = answer.headers().get_all(WWW_AUTHENTICATE).iter();
    assert_eq!(challenges.collect::<Vec<_>>(), ["ApiKey", "Bearer"]);
    let missing = text(answer).await;
    assert!(missing.contains("credentials are missing: a, b"), "{missing}");
    // RFC 7617, 2: a name and a password are always for something.
    const PASSWORD: SecurityScheme = SecurityScheme::authorization("the \"old\" name\u{e9}", "basic");
    let answer = tried(&[&[PASSWORD], &[A]], &[]).await;
    assert_eq!(answer.headers()[WWW_AUTHENTICATE], "Basic realm=\"the old name\", charset=\"UTF-8\"");
    let denied = text(tried(&[&[A]], &[("a", "bad")]).await).await;
    assert!(denied.contains("not accepted") && !denied.contains("bad"), "{denied}");
}

/// Finds that the secrets of credentials can be compared, and are never shown.
fn is_kept_secret(context: &Context<String>) {
    let credential = &context.credentials[0];
    let secret = credential.secret.as_str();
    assert!(credential.verify(secret) && credential.verify(secret.as_bytes()));
    for other in [String::new(), secret[1..].to_owned(), format!("{secret}s"), secret.to_uppercase()] {
        assert!(!credential.verify(&other), "{other}");
    }
    // What a connection proves comes without a secret: an empty one must prove nothing.
    assert!(!Credential { secret: String::new(), ..credential.clone() }.verify(""));
    let attempt = AuthenticationAttempt {
        credentials: &context.credentials,
        operation: context.operation,
        method: &context.method,
        uri: &context.uri,
        headers: &context.headers,
        extensions: &context.extensions,
    };
    let shown = format!("{credential:?} {context:?} {attempt:?}");
    assert!(
        !shown.contains(secret) && shown.contains(&format!("scheme: {:?}", credential.scheme)),
        "{shown}"
    );
}

/// An operation whose body and parameters are both wrong in every request of these tests.
const OPERATION: Operation = Operation {
    security: &[&[A]],
    parameters: &[Parameter::new(ParameterIn::Query, "limit", "limit")],
    content: Some(Content::new(true, &[("application/json", MediaKind::Json)])),
    ..Operation::new("try")
};

async fn handler(State(service): State<Arc<Service>>, request: Request) -> Response {
    match OPERATION.receive_authenticated(&*service, request).await {
        Ok((context, NoParameters {}, Payload::<Vec<i64>>(_))) => context.principal.into_response(),
        Err(rejection) => rejection,
    }
}

fn routes() -> Router {
    Router::new().route("/", post(handler)).with_state(Arc::new(Service))
}

#[tokio::test]
async fn no_piece_of_a_body_is_read_for_those_who_are_not_let_in() {
    for (key, status, is_read) in [
        ("", 401, false),
        ("bad", 401, false),
        ("poor", 403, false),
        ("lost", 503, false),
        ("good", 400, true),
    ] {
        let polled = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&polled);
        let pieces = std::iter::repeat_with(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok::<_, std::convert::Infallible>("{".repeat(1024))
        });
        let body = Body::from_stream(futures_util::stream::iter(pieces.take(1024)));
        let request = http::Request::post("/?limit=none")
            .header("x-a", key)
            .header("content-type", "application/json")
            .body(body)
            .unwrap();
        let answer = routes().oneshot(request).await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), polled.load(Ordering::Relaxed) > 0),
            (status, is_read),
            "{key}"
        );
    }
}

/// The same operation, with a shape that it declares for its errors.
const DECLARED: Operation = Operation {
    errors: &[(
        ErrorStatus::Default,
        ErrorShape::Filled("application/json", r#"{"code":"$status","error":"$message"}"#),
    )],
    ..OPERATION
};

#[tokio::test]
async fn who_is_not_let_in_is_told_as_the_operation_declares_it() {
    for (key, status) in [("", 401), ("bad", 401), ("poor", 403)] {
        let request = http::Request::post("/").header("x-a", key).body(Body::empty()).unwrap();
        let answer = DECLARED
            .receive_authenticated::<_, NoParameters, Payload<Vec<i64>>>(&Service, request)
            .await
            .err()
            .unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
            (status, "application/json")
        );
        let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["code"], status);
        assert!(body["error"].is_string(), "{body}");
    }
}

/// Sends a head, and returns what comes back first.
async fn first_line(headers: &HeaderMap) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let mut stream = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    tokio::spawn(async move { axum::serve(listener, routes()).await });
    let mut head = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2000000\r\n".to_owned();
    for (name, value) in headers {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
    let mut buffer = [0; 1024];
    let length = stream.read(&mut buffer).await.unwrap();
    String::from_utf8_lossy(&buffer[..length]).lines().next().unwrap().to_owned()
}

#[tokio::test]
async fn a_body_is_not_asked_for_before_it_is_known_who_sends_it() {
    let mut headers = HeaderMap::new();
    headers.insert("expect", "100-continue".parse().unwrap());
    headers.insert("content-type", "application/json".parse().unwrap());
    headers.insert("x-a", "bad".parse().unwrap());
    assert_eq!(first_line(&headers).await, "HTTP/1.1 401 Unauthorized");
    headers.insert("x-a", "good".parse().unwrap());
    assert_eq!(first_line(&headers).await, "HTTP/1.1 100 Continue");
}
