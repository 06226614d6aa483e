//! A refusal in whatever shape the document declares decodes as what it declares.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use spec_goldens::rejections;
use spec_runtime::client::Error;
use spec_runtime::server::{Context, Failure};

struct Service;

impl rejections::server::Api for Service {
    async fn other(
        &self,
        _: Context,
        order: rejections::models::Order,
    ) -> Result<rejections::server::OtherResponse, Failure> {
        match order.count {
            1 => Ok(rejections::server::OtherResponse::NoContent),
            2 => Err(Failure::new(StatusCode::CONFLICT, "there are two").with_header(RETRY_AFTER, 7.into())),
            _ => Err(Failure::internal("a secret")),
        }
    }
}

/// Starts a service, and returns a client for it.
async fn client() -> rejections::client::Client {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, rejections::server::router(Service)).await });
    rejections::client::Client::new(&url)
}

/// What a handler fails with is answered in the shape that the document declares for its status, and with its
/// headers; of what is inside the server, nothing is said.
#[tokio::test]
async fn a_failure_has_the_shape_that_is_declared() {
    let client = client().await;
    let order = |count: i64| rejections::models::Order::builder().item("a").count(count);
    client.other().body(order(1)).send().await.unwrap();
    for (count, status, said) in [(2, 409, "there are two"), (3, 500, "the server failed to answer")] {
        let Err(Error::ErrorResponse(response)) = client.other().body(order(count)).send().await else {
            panic!("it must fail")
        };
        assert_eq!((response.status().as_u16(), &*response.error.message), (status, said));
        assert_eq!(response.headers().contains_key(RETRY_AFTER), count == 2);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
    }
    // An operation that is not implemented yet has the shape of its own, or none.
    let Err(Error::UnexpectedResponse(response)) = client.none().body(order(1)).send().await else {
        panic!("it is not implemented")
    };
    assert_eq!(response.headers[CONTENT_TYPE], "application/problem+json");
}

#[tokio::test]
async fn a_shape_of_the_documents_own_is_filled() {
    let client = client().await;
    let order = |count: i64| rejections::models::Order::builder().item("").count(count);
    let Err(Error::ErrorResponse(response)) = client.other().body(order(0)).send().await else {
        panic!("it must be refused")
    };
    assert_eq!(
        (response.status().as_u16(), response.code.to_string().as_str(), response.trace),
        (400, "invalid", None)
    );
    let expected = "body.item: the value is shorter than 1 character; \
                    body.count: the value is less than the minimum of 1";
    assert_eq!(response.error.message, expected);
}
