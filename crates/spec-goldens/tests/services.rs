//! Services as they are begun for all documents: they compile, and answer each operation with 501, or with
//! what keeps a request from being asked for more.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use spec_runtime::server::RoutedOperation;
use tower::ServiceExt as _;

/// What a service answers, and its operations.
type Asked = (axum::Router, &'static [RoutedOperation]);

/// The name of a document, and its service.
type Begun = (&'static str, fn() -> Asked);

/// The credential of services that ask for one.
const KEY: &str = "secret";

include!(concat!(env!("OUT_DIR"), "/services.rs"));

/// Asks without a body and without parameters, with a key in `Authorization` if it says how.
async fn ask(router: &axum::Router, operation: &RoutedOperation, authorization: Option<&str>) -> StatusCode {
    let mut request = Request::builder().method(operation.method()).uri(operation.route());
    if let Some(scheme) = authorization {
        request = request.header("Authorization", format!("{scheme} {KEY}"));
    }
    router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status()
}

#[tokio::test]
async fn services_answer_as_soon_as_they_are_begun() {
    let (mut asked, mut not_implemented) = (0, 0);
    for (name, service) in SERVICES {
        let (router, operations) = service();
        for operation in operations {
            let status = ask(&router, operation, None).await;
            let is_expected = matches!(status.as_u16(), 400 | 401 | 404 | 415 | 422 | 501);
            assert!(is_expected, "{name}: {operation:?} is answered with {status}");
            asked += 1;
            not_implemented += u32::from(status == StatusCode::NOT_IMPLEMENTED);
        }
    }
    assert!(not_implemented > 70, "{not_implemented} of {asked} are answered with 501");
}

/// One credential lets callers in, and no other.
#[tokio::test]
async fn services_ask_for_a_credential() {
    let (router, operations) = (SERVICES.iter().find(|(name, _)| *name == "security").unwrap().1)();
    let mut statuses = Vec::new();
    for operation in operations {
        let (without, with) =
            (ask(&router, operation, None).await, ask(&router, operation, Some("Bearer")).await);
        statuses.push(format!("{}: {} {}", operation.id().0, without.as_u16(), with.as_u16()));
    }
    insta::assert_snapshot!(statuses.join("\n"));
}
