//! Failures: whether a server answers each in the shape that the document declares.
//!
//! Knows which answers the document has something to say of. Must not know how a shape is filled.

use axum::body::to_bytes;
use axum::response::IntoResponse as _;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use spec_api::{Method, Operation, Status};
use spec_contract::{Contract, Part};
use spec_runtime::server::{Problem, RoutedOperation};

/// The media type of answers where nothing else is declared that could be filled.
const PROBLEM: &str = "application/problem+json";

/// Statuses that generated servers fail with by themselves, those of services, and some that nobody has heard
/// of.
const CODES: [u16; 14] = [400, 401, 403, 404, 409, 413, 415, 422, 429, 499, 500, 501, 503, 599];

/// Lets an operation fail in every way, and returns what is wrong with the answers; and how many had a shape
/// of the document's.
pub(super) async fn judged(
    routed: &RoutedOperation,
    api: &Operation,
    contract: &Contract,
) -> (usize, Vec<String>) {
    let (mut shaped, mut wrong) = (0, Vec::new());
    // Nothing is said by the body that is not there.
    if api.method == Method::Head {
        return (shaped, wrong);
    }
    for status in CODES.into_iter().filter_map(|code| StatusCode::from_u16(code).ok()) {
        let answer = routed.declared(Problem::new(status, "it failed").into_response());
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let is_problem = parts.headers.get(CONTENT_TYPE).is_some_and(|own| own == PROBLEM);
        shaped += usize::from(!is_problem);
        let is_declared = api.responses.iter().any(|response| {
            let is_meant = response.status.matches(status.as_u16());
            is_meant && response.content.iter().any(|media| media.name == PROBLEM)
        });
        let succeeds = api.responses.iter().any(|response| response.status.is_success());
        let only_default = !succeeds && api.responses.iter().all(|own| own.status == Status::Default);
        if is_problem && (!is_declared || only_default) {
            continue;
        }
        let judgement = contract.response(&api.id, &http::Response::from_parts(parts, body));
        let own = judgement.violations.iter().filter(|violation| violation.part != Part::Header);
        wrong.extend(own.map(|violation| format!("the failure {status}: {violation}")));
    }
    (shaped, wrong)
}
