//! A refusal in whatever shape the document declares decodes as what it declares.

use spec_goldens::rejections;
use spec_runtime::client::Error;
use spec_runtime::server::{Context, Failure};

struct Service;

impl rejections::server::Api for Service {
    async fn other(
        &self,
        _: Context,
        _: rejections::models::Order,
    ) -> Result<rejections::server::OtherResponse, Failure> {
        Ok(rejections::server::OtherResponse::NoContent)
    }
}

#[tokio::test]
async fn a_shape_of_the_documents_own_is_filled() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, rejections::server::router(Service)).await });
    let client = rejections::client::Client::new(&url);
    let order = |count: i64| rejections::models::Order::builder().item("").count(count);
    let Err(Error::ErrorResponse(response)) = client.other().body(order(0)).send().await else {
        panic!("it must be refused")
    };
    assert_eq!(
        (response.status().as_u16(), response.code.to_string().as_str(), response.trace),
        (400, "invalid", None)
    );
    let expected = "body.item: the value is shorter than 1 character; body.count: the value is less than the minimum of 1";
    assert_eq!(response.error.message, expected);
}
