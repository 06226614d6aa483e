//! What callers are told of errors, and what is for the log.

use axum::response::IntoResponse as _;
use http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use http::{StatusCode, header};
use serde_json::{Value, json};
use spec_runtime::server::{Authenticate, AuthenticationAttempt, Cause, Denied, Failure, ServiceError};
use spec_runtime::stream::StreamError;
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// An error as services have it: one for callers, one that is inside, one that passes.
#[derive(Debug)]
enum StoreError {
    NoPet(i64),
    Broken(std::io::Error),
    Busy,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::NoPet(id) => write!(f, "there is no pet {id}"),
            StoreError::Broken(_) => f.write_str("the store at db-7 is broken"),
            StoreError::Busy => f.write_str("the store at db-7 is busy"),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            StoreError::Broken(error) => Some(error),
            _ => None,
        }
    }
}

impl ServiceError for StoreError {
    fn status(&self) -> StatusCode {
        match self {
            StoreError::NoPet(_) => StatusCode::NOT_FOUND,
            StoreError::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
            StoreError::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        matches!(self, StoreError::Busy).then(|| Duration::from_millis(1500))
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.append(HeaderName::from_static("x-store"), HeaderValue::from_static("pets"));
        headers.append(HeaderName::from_static("x-store"), HeaderValue::from_static("people"));
        headers
    }
}

/// What `?` makes of the error of a store.
fn failing(error: StoreError) -> Result<(), Failure> {
    Err(error)?;
    Ok(())
}

/// Status, sentence, headers and cause of the answer that a failure becomes.
async fn told(failure: Failure) -> (u16, String, HeaderMap, Option<String>) {
    let answer = failure.into_response();
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json");
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let cause = answer.extensions().get::<Cause>().map(ToString::to_string);
    let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["status"], status);
    (status, body["detail"].as_str().unwrap().to_owned(), headers, cause)
}

#[tokio::test]
async fn an_error_of_a_service_says_what_callers_get() {
    let broken = StoreError::Broken(std::io::Error::other("the disk is full"));
    let rows = [
        (StoreError::NoPet(7), 404, "there is no pet 7", "there is no pet 7"),
        (broken, 500, "the server failed to answer", "the store at db-7 is broken: the disk is full"),
        (StoreError::Busy, 503, "the service is not available at the moment", "the store at db-7 is busy"),
    ];
    for (error, status, detail, cause) in rows {
        let after = matches!(error, StoreError::Busy).then_some("2");
        let (told_status, told_detail, headers, told_cause) = told(failing(error).unwrap_err()).await;
        assert_eq!((told_status, told_detail.as_str(), told_cause.as_deref()), (status, detail, Some(cause)));
        assert_eq!(headers.get(RETRY_AFTER).map(|value| value.to_str().unwrap()), after);
        assert_eq!(headers.get_all("x-store").iter().collect::<Vec<_>>(), ["pets", "people"]);
    }
}

/// What `?` makes of common errors, and of those of which nobody says anything.
fn common(which: usize) -> Result<(), Failure> {
    match which {
        0 => drop("no number".parse::<u8>()?),
        1 => drop(std::fs::read("a file that is not there")?),
        2 => drop(serde_json::from_str::<u8>("no JSON")?),
        3 => drop(HeaderValue::from_str("two\nlines")?),
        4 => drop("no date".parse::<spec_runtime::chrono::NaiveDate>()?),
        5 => Err::<(), Box<dyn Error + Send + Sync>>("a sentence".into())?,
        6 => return Err(Failure::internal(std::sync::mpsc::RecvError)),
        _ => return Err(Failure::internal("words alone")),
    }
    Ok(())
}

#[tokio::test]
async fn errors_of_others_are_inside_the_server() {
    for which in 0..8 {
        let (status, detail, _, cause) = told(common(which).unwrap_err()).await;
        assert_eq!((status, detail.as_str()), (500, "the server failed to answer"), "{which}");
        assert!(cause.is_some_and(|cause| !cause.is_empty()), "{which}");
    }
}

#[tokio::test]
async fn a_stream_that_goes_wrong_is_that_of_the_caller() {
    let rows = [
        (StreamError::body("the peer 10.0.0.7 left"), 400, "the body can't be read"),
        (StreamError::TooLarge { limit: 7 }, 413, "7"),
        (StreamError::TooLong { number: 3, limit: 7 }, 413, "3"),
    ];
    for (error, status, word) in rows {
        let (told, detail, ..) = told(error.into()).await;
        assert!(told == status && detail.contains(word) && !detail.contains("10.0.0.7"), "{told} {detail}");
    }
}

#[tokio::test]
async fn headers_are_added() {
    let failure = Failure::new(StatusCode::TOO_MANY_REQUESTS, "slowly");
    let failure = failure.with_header(RETRY_AFTER, HeaderValue::from_static("60"));
    assert_eq!(
        (failure.status().as_u16(), failure.to_string()),
        (429, "429 Too Many Requests: slowly".to_owned())
    );
    assert_eq!(told(failure).await.2[RETRY_AFTER], "60");
}

struct Keys;

impl Authenticate for Keys {
    type Principal = ();

    async fn authenticate(&self, _: &AuthenticationAttempt<'_>) -> Result<(), Denied> {
        Err(StoreError::Busy)?
    }
}

#[tokio::test]
async fn an_error_while_keys_are_looked_at_is_a_failure() {
    let (method, uri) = (http::Method::GET, http::Uri::from_static("/"));
    let attempt = AuthenticationAttempt {
        credentials: &[],
        operation: spec_runtime::server::OperationId("try"),
        method: &method,
        uri: &uri,
        headers: &HeaderMap::new(),
        extensions: &http::Extensions::new(),
    };
    let Err(Denied::Failure(failure)) = Keys.authenticate(&attempt).await else { panic!("nobody can tell") };
    assert_eq!(told(failure).await.0, json!(503));
}
