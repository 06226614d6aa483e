//! Answers, held against what a case expects.

use super::{Check, Failure, Judge, pointer};
use crate::case::{Expect, Fault, Who, Wrong};
use crate::exchange::Exchange;
use serde_json::Value;
use spec_api::{Method, Operation};

/// The statuses by which a request is refused that the document does not allow; those of servers that fail
/// are found by another check.
fn is_refused(status: u16) -> bool {
    status >= 300
}

/// The statuses by which a request is called wrong by itself, whatever there is to find.
fn is_called_wrong(status: u16) -> bool {
    matches!(status, 400 | 405 | 406 | 411 | 413..=415 | 422)
}

impl Judge<'_> {
    pub(super) fn expected(&self, operation: &Operation, exchange: &Exchange) -> Vec<Failure> {
        let Some(status) = exchange.status() else { return Vec::new() };
        let place = pointer(operation);
        let one =
            |check, kind: String, message: String| vec![Failure::new(check, kind, message, place.clone())];
        match &exchange.case.expect {
            Expect::Declared => self.echo(operation, exchange),
            // A service may have limits of its own for what is without measure.
            Expect::Accepted(_) if is_called_wrong(status) && !exchange.case.is_modest() => Vec::new(),
            Expect::Accepted(edge) if is_called_wrong(status) => {
                let about = edge.as_deref().unwrap_or_default();
                let message = format!(
                    "the request is what the document asks for, and the answer is {status}, which says that \
                     it is wrong by itself; 401, 403, 404 and 409 would say it of what there is{}",
                    said(exchange)
                );
                let mut failure = one(Check::PositiveDataAcceptance, format!("{status} {about}"), message);
                if let (Some(edge), Some(failure)) = (edge, failure.first_mut()) {
                    failure.pointer.clone_from(edge);
                }
                failure
            }
            Expect::Accepted(_) => {
                let mut failures = self.echo(operation, exchange);
                failures.extend(self.page(operation, exchange));
                failures.extend(self.answers(operation, exchange));
                failures
            }
            Expect::Refused(fault) if !is_refused(status) => vec![refused(fault, status)],
            Expect::NoMediaType if !is_refused(status) => {
                let media_type =
                    exchange.request.headers().get("content-type").and_then(|own| own.to_str().ok());
                let message = format!(
                    "a body of {}, which is not declared, is answered with {status}",
                    media_type.unwrap_or("no media type")
                );
                one(Check::UndeclaredMediaType, media_type.unwrap_or_default().to_owned(), message)
            }
            Expect::NoMethod => self.no_method(operation, exchange, status),
            Expect::Methods => self.methods(operation, exchange, status),
            Expect::Unauthorized if !matches!(status, 300..=399 | 400..=404 | 407 | 429 | 500..) => {
                let message = format!("the credentials are {}, and the answer is {status}", how(exchange));
                let kind = if exchange.case.who == Who::Nobody { "missing" } else { "wrong" };
                one(Check::IgnoredAuth, kind.to_owned(), message)
            }
            _ => self.of_things(operation, exchange, status),
        }
    }

    /// Holds an answer against what came before it.
    fn of_things(&self, operation: &Operation, exchange: &Exchange, status: u16) -> Vec<Failure> {
        let one = |check, kind: String, message: String| {
            vec![Failure::new(check, kind, message, pointer(operation))]
        };
        let earlier = |step: &usize| (self.earlier)(*step);
        match &exchange.case.expect {
            Expect::Hidden(owner) if exchange.is_success() => {
                let is_same = operation.method != Method::Get
                    || earlier(owner).is_none_or(|own| shares(&own, exchange));
                let message = format!("what one person made, another one gets: the answer is {status}");
                if is_same {
                    one(Check::ObjectLevelAuthorization, "other".to_owned(), message)
                } else {
                    Vec::new()
                }
            }
            Expect::HiddenIn(owner, source) if exchange.is_success() => {
                let value = earlier(owner).and_then(|own| own.value(source));
                let is_shown =
                    value.is_some_and(|value| exchange.json().is_some_and(|own| has(&own, &value)));
                let message =
                    "what one person made, and another one does not get, is listed for both".to_owned();
                if is_shown {
                    one(Check::ObjectLevelAuthorization, "listed".to_owned(), message)
                } else {
                    Vec::new()
                }
            }
            Expect::Gone(deleted) if (200..400).contains(&status) && !self.is_marked(exchange, *deleted) => {
                let what = earlier(deleted).map(|own| own.case.operation.clone()).unwrap_or_default();
                let message = format!("it was deleted by {what}, and the answer is {status}");
                one(Check::UseAfterFree, what, message)
            }
            Expect::There(made) if matches!(status, 404 | 410) => {
                let what = earlier(made).map(|own| own.case.operation.clone()).unwrap_or_default();
                let message = format!("it was made by {what}, and the answer is {status}");
                one(Check::EnsureResourceAvailability, what, message)
            }
            Expect::Reads(steps) if matches!(status, 404 | 410) => {
                let what =
                    steps.last().and_then(earlier).map(|own| own.case.operation.clone()).unwrap_or_default();
                let message = format!("it was there for {what}, and the answer is {status}");
                one(Check::EnsureResourceAvailability, what, message)
            }
            Expect::There(_) => self.echo(operation, exchange),
            Expect::Reads(steps) => {
                let mut failures = self.reads(operation, exchange, steps);
                failures.extend(self.echo(operation, exchange));
                failures
            }
            Expect::Lists(step, source, deleted) => {
                let mut failures = self.lists(operation, exchange, (*step, source), deleted.is_none());
                failures.extend(self.page(operation, exchange));
                failures
            }
            Expect::NotModified(step) if exchange.is_success() && self.has_tag_of(*step, exchange) => {
                let message =
                    format!("nothing has changed since the ETag, and the answer is {status}, not 304");
                one(Check::ConditionalRequests, "If-None-Match".to_owned(), message)
            }
            Expect::Precondition if exchange.is_success() && self.is_stale(exchange) => {
                let message = match exchange.case.headers_from.is_empty() {
                    true => format!("If-Match names an ETag that nothing has, and the answer is {status}"),
                    false => format!("If-Match names an ETag of before a change, and the answer is {status}"),
                };
                one(Check::ConditionalRequests, "If-Match".to_owned(), message)
            }
            Expect::NextPage(step) => self.next_page(operation, exchange, *step),
            _ => Vec::new(),
        }
    }

    /// Returns whether a condition names what nothing has, or what an answer before it had no more.
    fn is_stale(&self, exchange: &Exchange) -> bool {
        let tag = |step: usize| (self.earlier)(step)?.header("etag").map(str::to_owned);
        let named = exchange.case.headers_from.iter().find(|(name, _)| name == "if-match");
        named.is_none_or(|(_, from)| {
            let own = tag(from.step);
            exchange.case.after.iter().filter_map(|step| tag(*step)).any(|now| Some(now) != own)
        })
    }

    /// Returns whether an answer has the ETag of an earlier one: what has another one has changed by itself.
    fn has_tag_of(&self, step: usize, exchange: &Exchange) -> bool {
        (self.earlier)(step).is_none_or(|own| own.header("etag") == exchange.header("etag"))
    }

    /// Returns whether an answer tells of a thing that it was deleted, or shows none: it is told otherwise
    /// than before, or nothing is.
    fn is_marked(&self, exchange: &Exchange, deleted: usize) -> bool {
        // The answer of a change is another one each time.
        if exchange.request.method() != http::Method::GET {
            return false;
        }
        let Some(now) = exchange.json() else { return false };
        let is_nothing = match &now {
            Value::Array(items) => items.is_empty(),
            Value::Object(members) => members.is_empty(),
            _ => false,
        };
        let is_same = |own: &Exchange| {
            own.is_success()
                && own.case.operation == exchange.case.operation
                && own.request.uri() == exchange.request.uri()
        };
        let mut before = (0..deleted).rev().filter_map(self.earlier).filter(|own| is_same(own));
        is_nothing || before.next().and_then(|own| own.json()).is_some_and(|own| own != now)
    }

    fn no_method(&self, operation: &Operation, exchange: &Exchange, status: u16) -> Vec<Failure> {
        let method = exchange.request.method();
        let failure = |kind: &str, message: String| {
            vec![Failure::new(Check::UnsupportedMethod, kind, message, pointer(operation))]
        };
        // Who asks, and how, may be looked at before the method is.
        let is_guarded = !self.api().security_schemes.is_empty() && matches!(status, 401 | 403);
        match status {
            405 if exchange.header("allow").is_none() => {
                failure("no Allow", format!("{method} is answered with 405, and without the header Allow"))
            }
            405 if allows(exchange, method.as_str()) => {
                let message = format!("{method} is answered with 405, and Allow names it");
                vec![Failure::new(Check::AllowHeaderConformance, "refused", message, pointer(operation))]
            }
            405 => Vec::new(),
            // Whoever looks for the thing first does not find it.
            300..=399 | 404 | 410 | 429 | 500.. => Vec::new(),
            _ if is_guarded => Vec::new(),
            _ => {
                let message =
                    format!("the path has no {method}, and it is answered with {status} instead of 405");
                failure(method.as_str(), message)
            }
        }
    }

    fn methods(&self, operation: &Operation, exchange: &Exchange, status: u16) -> Vec<Failure> {
        if (200..300).contains(&status) && exchange.header("allow").is_some() {
            return self.allowed(operation, exchange);
        }
        Vec::new()
    }

    /// Holds `Allow` against the methods that the path has (RFC 9110, 10.2.1).
    fn allowed(&self, operation: &Operation, exchange: &Exchange) -> Vec<Failure> {
        let allow = exchange.header("allow").unwrap_or_default();
        let told: Vec<String> = allow.split(',').map(|own| own.trim().to_ascii_uppercase()).collect();
        let own = self.api().operations.iter().filter(|own| own.path == operation.path);
        let declared: Vec<String> = own.map(|own| own.method.to_string()).collect();
        let missing =
            declared.iter().filter(|own| !told.contains(own) && *own != "HEAD" && *own != "OPTIONS");
        let missing: Vec<&str> = missing.map(String::as_str).collect();
        let is_more = |own: &&String| {
            !declared.contains(own) && !matches!(own.as_str(), "HEAD" | "OPTIONS" | "TRACE" | "")
        };
        let more: Vec<&str> = told.iter().filter(is_more).map(String::as_str).collect();
        if missing.is_empty() && more.is_empty() {
            return Vec::new();
        }
        let mut message = format!("Allow is {allow:?}");
        if !missing.is_empty() {
            message.push_str(&format!("; it lacks {}", missing.join(", ")));
        }
        if !more.is_empty() {
            message.push_str(&format!("; the document does not declare {}", more.join(", ")));
        }
        vec![Failure::new(Check::AllowHeaderConformance, "Allow", message, pointer(operation))]
    }
}

/// Returns whether `Allow` names a method.
fn allows(exchange: &Exchange, method: &str) -> bool {
    let allow = exchange.header("allow").unwrap_or_default();
    allow.split(',').any(|own| own.trim().eq_ignore_ascii_case(method))
}

/// Returns what the service said, where that is short.
fn said(exchange: &Exchange) -> String {
    let body =
        exchange.answer.as_ref().ok().map(|answer| String::from_utf8_lossy(answer.body()).into_owned());
    body.filter(|body| !body.is_empty() && body.len() <= 300)
        .map(|body| format!(": {body}"))
        .unwrap_or_default()
}

fn how(exchange: &Exchange) -> &'static str {
    match exchange.case.who {
        Who::Wrong(Wrong::Empty) => "empty",
        Who::Wrong(Wrong::OtherScheme) => "those of another scheme",
        Who::Wrong(_) => "wrong",
        _ => "missing",
    }
}

fn refused(fault: &Fault, status: u16) -> Failure {
    let check = match (fault.is_missing, fault.part.as_str()) {
        (true, "header") => Check::MissingRequiredHeader,
        (true, "query") => Check::MissingRequiredQuery,
        (true, "cookie") => Check::MissingRequiredCookie,
        (true, "body") => Check::MissingRequiredBody,
        _ => Check::NegativeDataRejection,
    };
    let message =
        format!("the request violates the document, and is answered with {status}: {}", fault.message);
    Failure::new(check, fault.schema.clone(), message, fault.schema.clone())
}

/// Returns whether a value stands anywhere in another one.
pub(crate) fn has(whole: &Value, value: &Value) -> bool {
    match whole {
        Value::Array(items) => items.iter().any(|own| has(own, value)),
        Value::Object(members) => members.values().any(|own| has(own, value)),
        other => other == value,
    }
}

/// Returns whether two answers tell the same: another person may be told something else of the same thing.
fn shares(own: &Exchange, other: &Exchange) -> bool {
    match (own.json(), other.json()) {
        (Some(own), Some(other)) => match (own.as_object(), other.as_object()) {
            (Some(own), Some(other)) => other.iter().any(|(name, value)| own.get(name) == Some(value)),
            _ => own == other,
        },
        _ => true,
    }
}
