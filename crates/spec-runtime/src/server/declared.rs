//! Errors that a document declares: the shapes that failures are written in.
//!
//! Knows which of several declared errors a status means, and how a shape is filled. Must not know why a
//! request failed.

use super::problem::Problem;
use crate::violation::Violation;
use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

/// The statuses that an error is declared for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorStatus {
    /// This one.
    Code(u16),
    /// All that begin with this digit.
    Range(u8),
    /// All that are not declared otherwise.
    Default,
}

/// The JSON that a document declares for an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorShape {
    /// None that could be filled, or one that problem details (RFC 9457) fit.
    Problem,
    /// A list of `{loc, msg, type}` under `detail`.
    Detail,
    /// This JSON, with its media type. A sentence goes where it has `$message`, the name of the status where
    /// it has `$title`, and its code where it has `$status`.
    Filled(&'static str, &'static str),
}

/// The errors that an operation declares; problem details answer all others.
pub type DeclaredErrors = &'static [(ErrorStatus, ErrorShape)];

/// The problem that an answer tells of, as an extension of the answer: it may be written in another shape
/// yet.
#[derive(Clone, Debug)]
pub(super) struct Told(pub(super) Problem);

/// Writes an answer that tells of a problem in the shape that is declared for its status. Any other answer,
/// and all that layers added to it, stays as it is.
pub(super) fn declared(errors: DeclaredErrors, mut response: Response) -> Response {
    let Some(Told(problem)) = response.extensions_mut().remove() else { return response };
    let status = response.status();
    let (media_type, body) = match shape(errors, status) {
        ErrorShape::Problem => return response,
        ErrorShape::Detail => ("application/json", detail(&problem)),
        ErrorShape::Filled(media_type, template) => (media_type, filled(template, status, &problem)),
    };
    let headers = response.headers_mut();
    for name in [CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    *response.body_mut() = Body::from(body.to_string());
    response
}

/// Returns the shape that is declared for a status: for itself, for its range, or for all others (OpenAPI
/// 3.1, 4.8.16).
fn shape(errors: DeclaredErrors, status: StatusCode) -> ErrorShape {
    let range = u8::try_from(status.as_u16() / 100).unwrap_or_default();
    let meant = [ErrorStatus::Code(status.as_u16()), ErrorStatus::Range(range), ErrorStatus::Default];
    let of = |status| errors.iter().find(|(own, _)| *own == status).map(|(_, shape)| *shape);
    let is_error = status.is_client_error() || status.is_server_error();
    meant.into_iter().filter(|_| is_error).find_map(of).unwrap_or(ErrorShape::Problem)
}

fn detail(problem: &Problem) -> Value {
    match problem.violations() {
        [] => json!({"detail": [{"loc": [], "msg": problem.detail(), "type": "error"}]}),
        violations => json!({ "detail": violations }),
    }
}

fn filled(template: &str, status: StatusCode, problem: &Problem) -> Value {
    let message = match problem.violations() {
        [] => problem.detail().to_owned(),
        violations => sentence(violations),
    };
    let mut body = serde_json::from_str(template).unwrap_or_default();
    fill(&mut body, &message, status);
    body
}

/// Returns all violations in one sentence.
fn sentence(violations: &[Violation]) -> String {
    let one = |violation: &Violation| {
        let steps: Vec<String> = violation.loc.iter().map(ToString::to_string).collect();
        format!("{}: {}", steps.join("."), violation.msg)
    };
    violations.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Puts words and numbers where a template asks for them.
fn fill(template: &mut Value, message: &str, status: StatusCode) {
    match template {
        Value::String(text) => match text.as_str() {
            "$message" => message.clone_into(text),
            "$title" => status.canonical_reason().unwrap_or("Error").clone_into(text),
            "$status" => *template = status.as_u16().into(),
            _ => {}
        },
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, message, status)),
        Value::Object(members) => members.values_mut().for_each(|member| fill(member, message, status)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorShape::{Detail, Filled, Problem as Details};
    use super::ErrorStatus::{Code, Default, Range};
    use super::{DeclaredErrors, declared};
    use crate::server::problem::{Cause, Problem};
    use crate::violation::Violation;
    use axum::response::IntoResponse as _;
    use http::header::{CONTENT_TYPE, RETRY_AFTER};
    use http::{HeaderValue, StatusCode};

    const ERRORS: DeclaredErrors = &[
        (Code(422), Detail),
        (Code(404), Details),
        (
            Range(4),
            Filled("application/json", r#"{"code":"$status","errors":[{"message":"$message"}],"ok":false}"#),
        ),
        (Default, Filled("application/vnd.error+json", r#"{"title":"$title","detail":"$message"}"#)),
    ];

    /// The media type and the body that a problem is answered with.
    async fn answered(errors: DeclaredErrors, problem: Problem) -> (String, String) {
        let status = problem.status();
        let problem = problem.with_header(RETRY_AFTER, HeaderValue::from_static("7"));
        let answer = declared(errors, problem.with_cause(Cause::of(&std::fmt::Error)).into_response());
        assert_eq!(
            (answer.status(), &answer.headers()[RETRY_AFTER]),
            (status, &HeaderValue::from_static("7"))
        );
        assert!(answer.extensions().get::<Cause>().is_some());
        let media_type = answer.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
        let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
        (media_type, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_failure_has_the_shape_of_its_status_or_range_or_of_all_others() {
        let rows = [
            (ERRORS, 404, "application/problem+json", r#"{"title":"Not Found","status":404,"detail":"why"}"#),
            (ERRORS, 409, "application/json", r#"{"code":409,"errors":[{"message":"why"}],"ok":false}"#),
            (ERRORS, 422, "application/json", r#"{"detail":[{"loc":[],"msg":"why","type":"error"}]}"#),
            (ERRORS, 503, "application/vnd.error+json", r#"{"title":"Service Unavailable","detail":"why"}"#),
            (ERRORS, 599, "application/vnd.error+json", r#"{"title":"Error","detail":"why"}"#),
            // No error, so nothing that is declared for errors.
            (
                ERRORS,
                304,
                "application/problem+json",
                r#"{"title":"Not Modified","status":304,"detail":"why"}"#,
            ),
            (
                &[],
                500,
                "application/problem+json",
                r#"{"title":"Internal Server Error","status":500,"detail":"why"}"#,
            ),
        ];
        for (errors, status, media_type, body) in rows {
            let problem = Problem::new(StatusCode::from_u16(status).unwrap(), "why");
            let expected = (media_type.to_owned(), body.to_owned());
            assert_eq!(answered(errors, problem).await, expected, "{status}");
        }
    }

    #[tokio::test]
    async fn violations_are_told_in_every_shape() {
        let wrong = |status| {
            let violations = vec![
                Violation::new(vec!["body".into(), "name".into()], "Field required", "missing"),
                Violation::new(vec!["query".into(), "limit".into()], "too much", "maximum"),
            ];
            Problem::new(StatusCode::from_u16(status).unwrap(), "it does not fit").with_violations(violations)
        };
        let (_, detail) = answered(ERRORS, wrong(422)).await;
        assert!(
            detail.starts_with(r#"{"detail":[{"loc":["body","name"],"msg":"Field required""#),
            "{detail}"
        );
        let (_, filled) = answered(ERRORS, wrong(400)).await;
        assert!(
            filled.contains(r#""message":"body.name: Field required; query.limit: too much""#),
            "{filled}"
        );
        let (_, details) = answered(&[], wrong(400)).await;
        assert!(
            details.contains(r#""errors":[{"detail":"Field required","pointer":"/name","in":"body"}"#),
            "{details}"
        );
    }

    #[test]
    fn an_answer_of_a_service_stays_as_it_is() {
        let answer = declared(ERRORS, (StatusCode::CONFLICT, "own words").into_response());
        assert_eq!(answer.headers()[CONTENT_TYPE], "text/plain; charset=utf-8");
    }
}
