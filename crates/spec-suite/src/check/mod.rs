//! What is wrong with an exchange: by the document, and by what a case expects.
//!
//! It says the same of an exchange of a run, of one that is made smaller, and of one that is played again.
//! Must not know how requests are made or sent.

mod conformance;
pub(crate) mod expected;
mod filters;
mod lists;
mod order;
mod reads;

pub(crate) use lists::Paging;

use crate::exchange::Exchange;
use serde::{Deserialize, Serialize};
use spec_api::{Api, Operation};
use spec_contract::Contract;
use std::sync::Arc;
use std::time::Duration;

/// The things that are checked. Names are those of Schemathesis where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The service answers, and not with a status of 500 or above.
    NotAServerError,
    /// The service in this process does not panic.
    Panics,
    /// The status is declared.
    StatusCodeConformance,
    /// The media type of the answer is declared.
    ContentTypeConformance,
    /// Declared headers are there and valid.
    ResponseHeadersConformance,
    /// The body of the answer is valid.
    ResponseSchemaConformance,
    /// A request that violates the document is refused.
    NegativeDataRejection,
    /// A request that the document allows is not refused as wrong.
    PositiveDataAcceptance,
    /// A request without a required header is refused.
    MissingRequiredHeader,
    /// A request without a required query parameter is refused.
    MissingRequiredQuery,
    /// A request without a required cookie is refused.
    MissingRequiredCookie,
    /// A request without a required body is refused.
    MissingRequiredBody,
    /// A method that the path does not have is answered with 405 and `Allow` (RFC 9110, 15.5.6).
    UnsupportedMethod,
    /// `Allow` names the declared methods.
    AllowHeaderConformance,
    /// What was deleted is gone, and so is what belongs to it.
    UseAfterFree,
    /// What was made is there.
    EnsureResourceAvailability,
    /// Credentials are asked for and looked at.
    IgnoredAuth,
    /// What belongs to one person is not for another.
    ObjectLevelAuthorization,
    /// A body under a media type that is not declared is refused.
    UndeclaredMediaType,
    /// What was written is read.
    ReadYourWrites,
    /// Conditions on `ETag` are kept, where they are declared (RFC 9110, 13).
    ConditionalRequests,
    /// Lists keep to filters, limits and totals, and show what is there.
    ListConformance,
    /// The answer comes in time.
    MaxResponseTime,
}

impl Check {
    /// All checks, in the order in which findings are shown.
    pub const ALL: [Check; 23] = [
        Check::NotAServerError,
        Check::Panics,
        Check::StatusCodeConformance,
        Check::ContentTypeConformance,
        Check::ResponseHeadersConformance,
        Check::ResponseSchemaConformance,
        Check::NegativeDataRejection,
        Check::PositiveDataAcceptance,
        Check::MissingRequiredHeader,
        Check::MissingRequiredQuery,
        Check::MissingRequiredCookie,
        Check::MissingRequiredBody,
        Check::UnsupportedMethod,
        Check::AllowHeaderConformance,
        Check::UseAfterFree,
        Check::EnsureResourceAvailability,
        Check::IgnoredAuth,
        Check::ObjectLevelAuthorization,
        Check::UndeclaredMediaType,
        Check::ReadYourWrites,
        Check::ConditionalRequests,
        Check::ListConformance,
        Check::MaxResponseTime,
    ];

    /// Returns the name of the check in reports and baselines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Check::NotAServerError => "not_a_server_error",
            Check::Panics => "panics",
            Check::StatusCodeConformance => "status_code_conformance",
            Check::ContentTypeConformance => "content_type_conformance",
            Check::ResponseHeadersConformance => "response_headers_conformance",
            Check::ResponseSchemaConformance => "response_schema_conformance",
            Check::NegativeDataRejection => "negative_data_rejection",
            Check::PositiveDataAcceptance => "positive_data_acceptance",
            Check::MissingRequiredHeader => "missing_required_header",
            Check::MissingRequiredQuery => "missing_required_query",
            Check::MissingRequiredCookie => "missing_required_cookie",
            Check::MissingRequiredBody => "missing_required_body",
            Check::UnsupportedMethod => "unsupported_method",
            Check::AllowHeaderConformance => "allow_header_conformance",
            Check::UseAfterFree => "use_after_free",
            Check::EnsureResourceAvailability => "ensure_resource_availability",
            Check::IgnoredAuth => "ignored_auth",
            Check::ObjectLevelAuthorization => "object_level_authorization",
            Check::UndeclaredMediaType => "undeclared_media_type",
            Check::ReadYourWrites => "read_your_writes",
            Check::ConditionalRequests => "conditional_requests",
            Check::ListConformance => "list_conformance",
            Check::MaxResponseTime => "max_response_time",
        }
    }
}

/// Something that is wrong with an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) check: Check,
    /// What sets it apart from other failures of this check with this operation.
    pub(crate) kind: String,
    /// The fault, in a sentence.
    pub(crate) message: String,
    /// The pointer into the document to what is not kept.
    pub(crate) pointer: String,
}

impl Failure {
    fn new(check: Check, kind: impl Into<String>, message: impl Into<String>, pointer: String) -> Failure {
        Failure { check, kind: kind.into(), message: message.into(), pointer }
    }
}

/// What exchanges are held against.
pub(crate) struct Judge<'a> {
    pub(crate) contract: &'a Contract,
    pub(crate) max_response_time: Option<Duration>,
    /// Returns an earlier exchange by its number.
    pub(crate) earlier: &'a dyn Fn(usize) -> Option<Arc<Exchange>>,
}

impl Judge<'_> {
    /// Returns everything that is wrong with an exchange.
    pub(crate) fn failures(&self, exchange: &Exchange) -> Vec<Failure> {
        let Some(operation) = self.operation(exchange) else { return Vec::new() };
        let mut failures = self.conformance(operation, exchange);
        failures.extend(self.expected(operation, exchange));
        failures
    }

    fn api(&self) -> &Api {
        self.contract.api()
    }

    fn operation(&self, exchange: &Exchange) -> Option<&Operation> {
        self.api().operations.iter().find(|own| own.id == exchange.case.operation)
    }
}

/// Returns the pointer of an operation.
fn pointer(operation: &Operation) -> String {
    crate::message::pointer_of(&operation.location)
}
