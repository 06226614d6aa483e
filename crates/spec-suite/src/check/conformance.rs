//! Answers, held against what the operation declares.

use super::{Check, Failure, Judge, pointer};
use crate::case::Expect;
use crate::exchange::Exchange;
use crate::transport::Lost;
use spec_api::Operation;
use spec_contract::{Kind, Part};

impl Judge<'_> {
    pub(super) fn conformance(&self, operation: &Operation, exchange: &Exchange) -> Vec<Failure> {
        let place = pointer(operation);
        let mut failures = Vec::new();
        let is_cut = exchange.is_cut();
        if let Some(limit) = self.max_response_time.filter(|limit| !is_cut && exchange.elapsed > *limit) {
            let took = exchange.elapsed.as_millis();
            let message = format!("the answer took {took} ms, and at most {} ms are fine", limit.as_millis());
            failures.push(Failure::new(Check::MaxResponseTime, "time", message, place.clone()));
        }
        let answer = match &exchange.answer {
            Ok(answer) => answer,
            Err(Lost::Panicked(message)) => {
                let message = format!("the service panicked: {message}");
                failures.push(Failure::new(Check::Panics, "panic", message, place));
                return failures;
            }
            Err(Lost::Unreachable(_)) => return failures,
            Err(lost) => {
                let kind = if *lost == Lost::TimedOut { "no answer in time" } else { "closed" };
                failures.push(Failure::new(Check::NotAServerError, kind, lost.to_string(), place));
                return failures;
            }
        };
        let status = answer.status().as_u16();
        // A method that nobody knows may be answered with 501 (RFC 9110, 15.6.2).
        let is_method = exchange.case.expect == Expect::NoMethod;
        let is_error = status >= 500 && !(is_method && status == 501);
        if is_error {
            let message = format!("the answer is {status}: the service failed");
            failures.push(Failure::new(Check::NotAServerError, status.to_string(), message, place.clone()));
        }
        if is_method || exchange.case.expect == Expect::Methods {
            return failures;
        }
        let judgement = self.contract.response(&operation.id, answer);
        let is_told = |own: &spec_contract::Violation| {
            // Few documents say what an error carries, and nobody is harmed by its words.
            let is_unsaid = own.part == Part::Body && own.kind == Kind::Undeclared && own.pointer.is_empty();
            own.kind != Kind::Unchecked
                && !(is_unsaid && status >= 400)
                && !(own.part == Part::Body && is_cut && !exchange.is_sequence())
        };
        for violation in judgement.violations.into_iter().filter(is_told) {
            let check = match violation.part {
                // What refuses anything at all is seldom said of each operation.
                Part::Status if is_error || is_of_protocol(&exchange.case.expect, status) => continue,
                Part::Status => Check::StatusCodeConformance,
                Part::ContentType => Check::ContentTypeConformance,
                Part::Header => Check::ResponseHeadersConformance,
                _ => Check::ResponseSchemaConformance,
            };
            let kind = match check {
                Check::StatusCodeConformance => status.to_string(),
                _ => format!("{status} {}", violation.schema),
            };
            let mut message = format!("the {} of the answer {status}", violation.part);
            if let Some(name) = &violation.name {
                message.push_str(&format!(" `{name}`"));
            }
            if !violation.pointer.is_empty() {
                message.push_str(&format!(" at {}", violation.pointer));
            }
            message.push_str(&format!(": {}", violation.message));
            if check == Check::StatusCodeConformance {
                message.push_str(advice(status));
            }
            failures.push(Failure::new(check, kind, message, violation.schema));
        }
        failures
    }
}

/// Returns what to do about a status that is not declared.
fn advice(status: u16) -> &'static str {
    match status {
        401 | 403 => "; declare it, or a security scheme, if not everybody may ask",
        404 | 410 => {
            "; declare it if what is asked for may not be there, or else look at what the request names, \
             which no link may lead to"
        }
        409 | 412 => "; declare it if the state of the thing may stand against it",
        400 | 422 => "; declare it for requests that are refused",
        405 | 406 | 415 => {
            "; declare it for what the operation does not speak, or 4XX for all that is refused"
        }
        _ => "; declare it, or answer with one that is",
    }
}

/// Returns whether a status is one that HTTP itself has for what is wrong with the request.
fn is_of_protocol(expect: &Expect, status: u16) -> bool {
    if status == 429 {
        return true;
    }
    match expect {
        Expect::Unauthorized => matches!(status, 401 | 403 | 404),
        Expect::Hidden(_) | Expect::HiddenIn(..) => matches!(status, 401 | 403 | 404),
        Expect::NoMediaType => matches!(status, 400 | 415),
        _ => false,
    }
}
