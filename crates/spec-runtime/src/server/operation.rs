//! An operation as a server sees it: what a request must bring, and how it is refused.
//!
//! Knows the order of what is looked at, and which of several operations of a route is meant. Must not know
//! any handler.

use super::authentication::{Authenticate, identify, unauthorized};
use super::body::{Content, FromBody, RawBody, Refused, limit};
use super::credential::Credential;
use super::declared::{DeclaredErrors, declared};
use super::failure::Failure;
use super::parameter::{self, Declared, Parameter};
use super::problem::Problem;
use super::reply::without_body;
use super::routed::OperationId;
use crate::json;
use crate::security::SecurityScheme;
use crate::stream::ByteStream;
use crate::validation::{self, Checker};
use crate::violation::{Violation, shortened, told};
use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Uri};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, de::DeserializeOwned};
use spec_http::media_type::{essence, most_exact};
use spec_http::template::Template;
use std::borrow::Cow;
use std::fmt;

/// The demands of an operation on a request, and the way in which it is refused.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Its `operationId`.
    pub id: &'static str,
    /// Alternatives, each with the schemes that it asks for; empty where none are asked for.
    pub security: &'static [&'static [SecurityScheme]],
    /// Its path, where that is more than a router can tell: see [`select_operation`].
    pub template: Option<&'static str>,
    /// Its parameters.
    pub parameters: &'static [Parameter],
    /// Its body.
    pub content: Option<Content>,
    /// The status of the answer to a request that is not valid.
    pub invalid: u16,
    /// The errors that it declares.
    pub errors: DeclaredErrors,
}

/// Returns a body that has anything in it; its beginning is read where only that tells.
async fn unless_empty(body: Body) -> Result<Option<Body>, Problem> {
    if body.is_end_stream() {
        return Ok(None);
    }
    let mut pieces = ByteStream::from(body);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the body can't be read"))?;
        if !piece.is_empty() {
            let first = futures_util::stream::once(std::future::ready(Ok(piece)));
            return Ok(Some(Body::from_stream(first.chain(pieces))));
        }
    }
    Ok(None)
}

/// The context of a request, beside its parameters and body.
#[derive(Clone)]
pub struct Context<P = ()> {
    /// Who makes the request, as the service's [`Authenticate`] says; `()` where the document does not ask,
    /// and an `Option` where it lets callers choose.
    pub principal: P,
    /// The operation.
    pub operation: OperationId,
    /// The method.
    pub method: Method,
    /// The URI.
    pub uri: Uri,
    /// The headers.
    pub headers: HeaderMap,
    /// Values that layers left for the handler: a principal, a trace, ….
    pub extensions: Extensions,
    /// The credentials that the principal was told by; none where it is nobody.
    pub credentials: Vec<Credential>,
}

impl<P> fmt::Debug for Context<P> {
    /// Writes neither principal nor headers nor query, which may hold keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("path", &self.uri.path())
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

/// The operation has no parameters.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct NoParameters {}

impl JsonSchema for NoParameters {
    fn schema_name() -> Cow<'static, str> {
        "NoParameters".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({"type": "object"})
    }
}

impl Operation {
    /// Makes an operation that takes nothing and is open to everyone.
    #[must_use]
    pub const fn new(id: &'static str) -> Self {
        Operation {
            id,
            security: &[],
            template: None,
            parameters: &[],
            content: None,
            invalid: 400,
            errors: &[],
        }
    }

    /// Takes a request apart that anyone may make.
    ///
    /// # Errors
    ///
    /// The answer to a request that does not fit: 413 or 415 for a body that can't be looked at, and else
    /// what the document declares, with everything that is wrong.
    pub async fn receive<P, B>(&self, request: Request) -> Result<(Context, P, B), Response>
    where
        P: DeserializeOwned + JsonSchema + 'static,
        B: FromBody,
    {
        let (parts, body) = request.into_parts();
        self.read(parts, body, (), Vec::new()).await.map_err(|problem| self.refused(problem))
    }

    /// Takes a request apart that only those may make whom a service knows.
    ///
    /// # Errors
    ///
    /// The same, and before anything else is looked at: 401, 403, or what the service says.
    pub async fn receive_authenticated<A, P, B>(
        &self,
        service: &A,
        request: Request,
    ) -> Result<(Context<A::Principal>, P, B), Response>
    where
        A: Authenticate,
        P: DeserializeOwned + JsonSchema + 'static,
        B: FromBody,
    {
        let (parts, body) = request.into_parts();
        let identified = identify(service, OperationId(self.id), self.security, &parts).await;
        let identified = identified.and_then(|own| own.ok_or_else(|| unauthorized(self.security, false)));
        let received = match identified {
            Ok((principal, credentials)) => self.read(parts, body, principal, credentials).await,
            Err(problem) => Err(problem),
        };
        received.map_err(|problem| self.refused(problem))
    }

    /// Takes a request apart that anyone may make, but whom a service knows is known.
    ///
    /// # Errors
    ///
    /// As for those that only known ones may make, except that nobody is refused for lack of credentials:
    /// those are that bring some which are not good.
    pub async fn receive_optional<A, P, B>(
        &self,
        service: &A,
        request: Request,
    ) -> Result<(Context<Option<A::Principal>>, P, B), Response>
    where
        A: Authenticate,
        P: DeserializeOwned + JsonSchema + 'static,
        B: FromBody,
    {
        let (parts, body) = request.into_parts();
        let received = match identify(service, OperationId(self.id), self.security, &parts).await {
            Ok(identified) => {
                let (principal, credentials) = identified.unzip();
                self.read(parts, body, principal, credentials.unwrap_or_default()).await
            }
            Err(problem) => Err(problem),
        };
        received.map_err(|problem| self.refused(problem))
    }

    fn refused(&self, problem: Problem) -> Response {
        declared(self.errors, problem.into_response())
    }

    /// Makes a response of a handler's answer; a failure in the shape that is declared for its status.
    pub fn reply(&self, answer: Result<impl IntoResponse, Failure>) -> Response {
        let response = match answer {
            Ok(response) => response.into_response(),
            Err(failure) => failure.into_response(),
        };
        without_body(declared(self.errors, response))
    }

    /// Reads parameters and body of a request whose caller is known.
    async fn read<C, P, B>(
        &self,
        mut parts: Parts,
        body: Body,
        principal: C,
        credentials: Vec<Credential>,
    ) -> Result<(Context<C>, P, B), Problem>
    where
        P: DeserializeOwned + JsonSchema + 'static,
        B: FromBody,
    {
        let mut violations = Vec::new();
        let parameters = self.parameters::<P>(&mut parts).await.map_err(|more| violations.extend(more)).ok();
        let body = match self.body(&mut parts, body).await {
            Ok(raw) => B::from_body(raw).await,
            Err(problem) => Err(Refused::Request(problem)),
        };
        let context = Context {
            principal,
            operation: OperationId(self.id),
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            extensions: parts.extensions,
            credentials,
        };
        match (parameters, body) {
            (Some(parameters), Ok(body)) => Ok((context, parameters, body)),
            (_, Err(Refused::Request(problem))) => Err(problem),
            (_, Err(Refused::Violations(more))) => {
                violations.extend(more);
                Err(self.unfit(violations))
            }
            (None, Ok(_)) => Err(self.unfit(violations)),
        }
    }

    /// Makes the problem of a request that does not fit.
    fn unfit(&self, violations: Vec<Violation>) -> Problem {
        let violations = told(violations, true).into_iter().map(shortened).collect();
        let status = StatusCode::from_u16(self.invalid).unwrap_or(StatusCode::BAD_REQUEST);
        Problem::new(status, "the request does not fit the document of this API").with_violations(violations)
    }

    async fn parameters<P: DeserializeOwned + JsonSchema + 'static>(
        &self,
        parts: &mut Parts,
    ) -> Result<P, Vec<Violation>> {
        let checker = Checker::of_requests::<P>();
        if let (Some(integers), None) = (&checker.integers, self.template)
            && let Some(parameters) = integers.read(self.parameters, parts).await
        {
            return Ok(parameters);
        }
        let declared =
            Declared { parameters: self.parameters, template: self.template, security: self.security };
        let mut object = parameter::read(declared, parts, &checker).await?;
        if checker.takes(&object)
            && let Some(parameters) = json::decoded(&mut object)
        {
            return Ok(parameters);
        }
        let violations = checker.violations(&object);
        let mut violations = match validation::decode(object, violations) {
            Ok(parameters) => return Ok(parameters),
            Err(violations) => violations,
        };
        // The object has the names of fields; callers know the names on the wire.
        for violation in &mut violations {
            let key = match violation.loc.first() {
                Some(crate::validation::Step::Name(key)) => key.clone(),
                _ => continue,
            };
            if let Some(parameter) = self.parameters.iter().find(|parameter| parameter.is_for(&key)) {
                violation.loc.splice(0..1, parameter.steps());
            }
        }
        Err(violations)
    }

    async fn body(&self, parts: &mut Parts, body: Body) -> Result<Option<RawBody>, Problem> {
        let Some(content) = self.content else { return Ok(None) };
        self.refuse_encoded(&parts.headers)?;
        let content_type = parts.headers.get(CONTENT_TYPE);
        let body = match content_type {
            Some(_) => Some(body),
            None => unless_empty(body).await?,
        };
        let Some(body) = body else { return Ok(None) };
        let given = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        match most_exact(content.media_types.iter().map(|(name, _)| *name), essence(given)) {
            Some(index) => {
                let kind = content.media_types[index].1;
                Ok(Some(RawBody {
                    kind,
                    index,
                    encodings: content.encodings,
                    content_type: content_type.cloned(),
                    body,
                    limit: limit(&mut parts.extensions),
                }))
            }
            None => {
                let names: Vec<&str> = content.media_types.iter().map(|(name, _)| *name).collect();
                let detail = format!("the body must be {}", names.join(" or "));
                Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail))
            }
        }
    }
}

impl Operation {
    /// Refuses a body that is encoded: nobody here decodes it (RFC 9110, 15.5.16). A layer that does takes
    /// the header away; an operation that declares it as a parameter looks after itself.
    fn refuse_encoded(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let is_declared =
            self.parameters.iter().any(|parameter| parameter.is_header(CONTENT_ENCODING.as_str()));
        let is_plain = |value: &HeaderValue| {
            let mut codings = value.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
            codings.all(|coding| coding.is_empty() || coding.eq_ignore_ascii_case(b"identity"))
        };
        if is_declared || headers.get_all(CONTENT_ENCODING).into_iter().all(is_plain) {
            return Ok(());
        }
        let problem = Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body must not be encoded (`Content-Encoding`)",
        );
        // RFC 9110, 12.5.3.
        Err(problem.with_header(ACCEPT_ENCODING, HeaderValue::from_static("identity")))
    }
}

/// The conditions that a request must meet to be meant for an operation.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    template: &'static str,
    query: &'static [(&'static str, &'static str)],
    headers: &'static [(&'static str, &'static str)],
}

impl Candidate {
    /// Makes a candidate of a path template of the document: `/{name}.json`, `/{name}`, `/pets?kind=cat`.
    #[must_use]
    pub const fn new(template: &'static str) -> Self {
        Candidate { template, query: &[], headers: &[] }
    }

    /// Asks for these pairs in the query, too.
    #[must_use]
    pub const fn query(mut self, pairs: &'static [(&'static str, &'static str)]) -> Self {
        self.query = pairs;
        self
    }

    /// Asks for these headers, too.
    #[must_use]
    pub const fn headers(mut self, fields: &'static [(&'static str, &'static str)]) -> Self {
        self.headers = fields;
        self
    }

    pub(super) fn means(&self, path: &str, query: Option<&str>, headers: &HeaderMap) -> bool {
        let has = |(name, value): &(&str, &str)| {
            headers.get_all(*name).iter().any(|given| given.as_bytes().trim_ascii() == value.as_bytes())
        };
        if !self.headers.iter().all(has) {
            return false;
        }
        let template = Template::new(self.template);
        let template =
            self.query.iter().fold(template, |template, (name, value)| template.asking(*name, value));
        template.matches(path, query).is_some()
    }
}

/// Returns which of several operations is meant by a request that a router can't tell apart: the first that
/// asks for nothing else. They stand with the most concrete first.
#[must_use]
pub fn select_operation(candidates: &[Candidate], request: &Request) -> Option<usize> {
    let uri = request.uri();
    candidates.iter().position(|candidate| candidate.means(uri.path(), uri.query(), request.headers()))
}
