//! The contract: whole messages held against the operation that they belong to.
//!
//! Knows in which order the parts of a message are looked at. What each part has to be is for the other
//! modules to say.

use crate::body::Given;
use crate::headers::text;
use crate::judgement::{Judgement, Kind, Part, Side, Violation};
use crate::parameters::{self, Judged, RequestParts};
use crate::path::{self, Routes};
use crate::rules::{HeaderRule, Rules};
use crate::security;
use crate::sides;
use crate::texts::{self, Read};
use crate::validators::Validators;
use http::HeaderMap;
use http::header::SET_COOKIE;
use serde_json::Value;
use spec_api::{Api, Header, MediaKind, Method, Operation, Response, Status};
use spec_document::{Location, Place};
use spec_http::message::{is_bodiless, is_framing};
use spec_http::style::Style;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// An Api that messages are held against.
///
/// It judges by the document's own schemas: JSON Schema 2020-12 with formats asserted and unknown formats
/// ignored. Validators are compiled when they are first needed, and kept. Cloning is cheap, and clones share
/// their validators.
///
/// ```
/// use spec_document::{Diagnostics, Sources};
///
/// let text = r#"
/// openapi: 3.1.0
/// info: {title: Pets, version: '1'}
/// paths:
///   /pets:
///     get:
///       operationId: list
///       responses: {'204': {description: None}}
/// "#;
/// let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
/// let source = sources.add("pets.yaml", text);
/// let document = sources.parse(source, None, &mut diagnostics).unwrap();
/// let api = spec_api::read(&document, &mut diagnostics).unwrap();
///
/// let contract = spec_contract::Contract::new(api);
/// let request = http::Request::get("/pets?limit=1").body("").unwrap();
/// let response = http::Response::builder().status(204).body("").unwrap();
/// let judgement = contract.exchange(&request, &response);
/// assert_eq!(
///     judgement.to_string(),
///     "request query `limit`: the query parameter is not declared (undeclared, see /paths/~1pets/get)",
/// );
/// ```
#[derive(Clone)]
pub struct Contract(Arc<Inner>);

struct Inner {
    api: Arc<Api>,
    routes: Routes,
    /// Of each operation, found when a message first needs them.
    rules: Vec<OnceLock<Rules>>,
    /// Positions of the operations, by id.
    positions: HashMap<String, usize>,
    /// Made with the first message that needs them.
    sides: OnceLock<Sides>,
}

/// The validators of each side; most documents say the same to both, and then one set of them will do.
struct Sides {
    requests: Arc<Validators<'static>>,
    responses: Arc<Validators<'static>>,
}

impl Sides {
    fn of(api: &Api) -> Sides {
        let [requests, responses] = [Side::Request, Side::Response].map(|side| sides::of(api, side));
        let shared = (requests.is_none() || responses.is_none())
            .then(|| Arc::new(Validators::bound(sides::shared(api).into_owned())));
        let own = |document: Option<Value>| match (document, &shared) {
            (None, Some(shared)) => Arc::clone(shared),
            (document, _) => Arc::new(Validators::bound(document.unwrap_or_default())),
        };
        Sides { requests: own(requests), responses: own(responses) }
    }
}

impl fmt::Debug for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contract").field("title", &self.0.api.title).finish_non_exhaustive()
    }
}

impl Contract {
    /// Makes a contract of an Api. Schemas that turn out to be unusable are reported as [`Kind::Unchecked`]
    /// when a message needs them.
    #[must_use]
    pub fn new(api: impl Into<Arc<Api>>) -> Contract {
        let api = api.into();
        let mut positions = HashMap::with_capacity(api.operations.len());
        for (position, operation) in api.operations.iter().enumerate() {
            positions.entry(operation.id.clone()).or_insert(position);
        }
        let routes = Routes::of(&api);
        let rules = api.operations.iter().map(|_| OnceLock::new()).collect();
        Contract(Arc::new(Inner { routes, rules, positions, sides: OnceLock::new(), api }))
    }

    /// Reads the schemas of the document now, and not when the first message needs one: of a large document
    /// that takes a moment, which a server has while nobody asks it yet. Others may use the contract
    /// meanwhile.
    pub fn prepare(&self) {
        self.sides();
    }

    fn sides(&self) -> &Sides {
        self.0.sides.get_or_init(|| Sides::of(&self.0.api))
    }

    fn rules(&self, operation: usize) -> &Rules {
        self.0.rules[operation].get_or_init(|| Rules::of(&self.0.api, &self.0.api.operations[operation]))
    }

    /// Returns the Api that messages are held against.
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.0.api
    }

    /// Returns the operation that answers a method on a path, and the values in the path by name, as they
    /// stand there (percent-encoded).
    ///
    /// Concrete paths win over templated ones (OpenAPI 3.1, 4.8.8.2), segment by segment from the left, and a
    /// path without the method is not passed over for another. A value has at least one character and no
    /// slash. The path is one of the document: what a server's URL puts before it has to be taken off first.
    /// A query after it counts where a path of the document has one, or where a parameter that has one value
    /// tells operations apart. Of those that only headers tell apart it is the first; [`Contract::request`]
    /// looks at headers, too.
    #[must_use]
    pub fn operation(
        &self,
        method: &http::Method,
        path: &str,
    ) -> Option<(&Operation, Vec<(String, String)>)> {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        match path::find(self.api(), &self.0.routes, method, path, query, None) {
            path::RouteMatch::Operation(operation, values) => {
                Some((&self.api().operations[operation], values))
            }
            _ => None,
        }
    }

    /// Holds a request against the operation that its method and path lead to.
    ///
    /// * Path, query, headers and cookies: every declared parameter, read in its style (OpenAPI 3.1, 4.8.12)
    ///   and valid by its schema; required ones are there. Query parameters that are not declared are
    ///   violations, and so are headers, save [`STANDARD_HEADERS`](crate::STANDARD_HEADERS), names that begin
    ///   with `sec-`, and what carries credentials of any security scheme. Cookies belong to others, too, so
    ///   undeclared ones are not.
    /// * Security: one alternative (4.8.30) is there as a whole and not empty.
    /// * Body: its media type is declared, by essence (RFC 9110, 8.3.1) or range; it is there if it has to
    ///   be; JSON is valid by its schema, fields of forms are declared and valid, text is UTF-8. Other bodies
    ///   are not looked at, nor is what is in the files of a form.
    ///
    /// A `readOnly` property may be missing even where its schema requires it.
    #[must_use]
    pub fn request<B: AsRef<[u8]>>(&self, request: &http::Request<B>) -> Judgement {
        let (operation, mut judgement) =
            self.request_parts(request.method(), request.uri(), request.headers());
        if let Some(operation) = operation.map(|operation| &self.api().operations[operation]) {
            let body = self.body_of_request(operation, request.headers(), request.body().as_ref());
            body.check(&mut judgement.violations);
        }
        judgement
    }

    /// Holds everything but the body of a request against the operation that it leads to, whose position is
    /// given.
    pub(crate) fn request_parts(
        &self,
        method: &http::Method,
        uri: &http::Uri,
        headers: &HeaderMap,
    ) -> (Option<usize>, Judgement) {
        let api = self.api();
        let wrong = |part, message: String| {
            let violation = Violation {
                side: Side::Request,
                part,
                name: None,
                pointer: String::new(),
                schema: "/paths".to_owned(),
                message,
                kind: Kind::Undeclared,
            };
            (None, Judgement { operation: None, violations: vec![violation] })
        };
        let (position, values) =
            match path::find(api, &self.0.routes, method, uri.path(), uri.query(), Some(headers)) {
                path::RouteMatch::Operation(position, values) => (position, values),
                path::RouteMatch::Path(path) => {
                    return wrong(Part::Method, format!("{method} is not declared for {path}"));
                }
                path::RouteMatch::Nothing => {
                    return wrong(Part::Path, "the path is none of those in the document".to_owned());
                }
            };
        let mut violations = Vec::new();
        let found = RequestParts::new(values, uri.query(), headers);
        let operation = &api.operations[position];
        let judged =
            Judged { api, validators: &self.sides().requests, operation, rules: self.rules(position) };
        parameters::check(&judged, headers, &found, &mut violations);
        security::check(api, operation, headers, &found, &mut violations);
        (Some(position), Judgement { operation: Some(operation.id.clone()), violations })
    }

    /// Returns the value of a request's body as its schema sees it: JSON, or the fields of a form as an
    /// object, with the types that the schema asks for as far as the texts allow. None where the body is
    /// neither, can't be read, or the document has no such operation. Whether it is valid,
    /// [`Contract::request`] says.
    #[must_use]
    pub fn request_value(&self, operation_id: &str, headers: &HeaderMap, body: &[u8]) -> Option<Value> {
        let operation = &self.api().operations[*self.0.positions.get(operation_id)?];
        self.body_of_request(operation, headers, body).value()
    }

    /// Returns the body of a request, beside what the operation says of it.
    pub(crate) fn body_of_request<'a>(
        &'a self,
        operation: &'a Operation,
        headers: &'a HeaderMap,
        bytes: &'a [u8],
    ) -> Given<'a> {
        let body = operation.body.as_ref();
        Given {
            side: Side::Request,
            api: self.api(),
            validators: &self.sides().requests,
            headers,
            bytes,
            declared: body.map(|body| body.content.as_slice()).unwrap_or_default(),
            required: body.is_some_and(|body| body.required),
            location: body.map_or(&operation.location, |body| &body.location),
        }
    }

    /// Holds a response against what an operation declares.
    ///
    /// * Status: it is declared, as itself, as a range or by `default`, in this order (OpenAPI 3.1, 4.8.16).
    /// * Headers: declared ones are valid by their schemas, required ones are there. Undeclared ones are not
    ///   looked at.
    /// * Body: as in [`Contract::request`]. Where content is declared there has to be some, and none where it
    ///   is not. An answer to HEAD, and one with a status of 1xx, 204, 205 or 304, never has any (RFC 9110,
    ///   6.4.1 and 15.3.6).
    ///
    /// A `writeOnly` property may be missing even where its schema requires it.
    #[must_use]
    pub fn response<B: AsRef<[u8]>>(&self, operation_id: &str, response: &http::Response<B>) -> Judgement {
        let (code, headers) = (response.status().as_u16(), response.headers());
        let (answer, mut judgement) = self.response_parts(operation_id, code, headers);
        if let Some((operation, declared)) = answer {
            let operation = &self.api().operations[operation];
            let declared = &operation.responses[declared];
            let given = self.body_of_response(declared, headers, response.body().as_ref());
            let has_body = operation.method != Method::Head && !is_bodiless(code);
            given.check_answer(has_body, &mut judgement.violations);
        }
        judgement
    }

    /// Holds everything but the body of a response against what an operation declares. Gives the positions of
    /// the operation, and of the response that is meant.
    pub(crate) fn response_parts(
        &self,
        operation_id: &str,
        code: u16,
        headers: &HeaderMap,
    ) -> (Option<(usize, usize)>, Judgement) {
        let wrong = |part, name, schema, message: String| Violation {
            side: Side::Response,
            part,
            name,
            pointer: String::new(),
            schema,
            message,
            kind: Kind::Undeclared,
        };
        let Some(position) = self.0.positions.get(operation_id).copied() else {
            let message = "the document has no such operation".to_owned();
            let violation =
                wrong(Part::Operation, Some(operation_id.to_owned()), "/paths".to_owned(), message);
            return (None, Judgement { operation: None, violations: vec![violation] });
        };
        let mut violations = Vec::new();
        let operation = &self.api().operations[position];
        let answer = declared(operation, code);
        match answer {
            None => {
                let schema = format!("{}/responses", pointer(&operation.location));
                violations.push(wrong(Part::Status, None, schema, format!("{code} is not declared")));
            }
            Some(answer) => {
                let rules = &self.rules(position).headers[answer];
                for (header, rule) in operation.responses[answer].headers.iter().zip(rules) {
                    self.header(header, rule, headers, &mut violations);
                }
            }
        }
        let judgement = Judgement { operation: Some(operation.id.clone()), violations };
        (answer.map(|answer| (position, answer)), judgement)
    }

    /// Returns the body of a response, beside what the document says of it.
    pub(crate) fn body_of_response<'a>(
        &'a self,
        declared: &'a Response,
        headers: &'a HeaderMap,
        bytes: &'a [u8],
    ) -> Given<'a> {
        Given {
            side: Side::Response,
            api: self.api(),
            validators: &self.sides().responses,
            headers,
            bytes,
            declared: &declared.content,
            required: true,
            location: &declared.location,
        }
    }

    /// Holds a request and the response to it against the operation that the request leads to. Where it leads
    /// to none, nothing is said of the response.
    #[must_use]
    pub fn exchange<Q: AsRef<[u8]>, R: AsRef<[u8]>>(
        &self,
        request: &http::Request<Q>,
        response: &http::Response<R>,
    ) -> Judgement {
        let mut judgement = self.request(request);
        if let Some(operation) = &judgement.operation {
            judgement.violations.extend(self.response(operation, response).violations);
        }
        judgement
    }

    /// Holds a header against the document. What tells one message from the next may always be missing: it is
    /// the connection's, not that of whoever answers (RFC 9112, 6 and 9.6).
    fn header(
        &self,
        header: &Header,
        rule: &HeaderRule,
        headers: &HeaderMap,
        violations: &mut Vec<Violation>,
    ) {
        let api = self.api();
        let mut push = |pointer: String, schema: String, message: String, kind| {
            let name = Some(header.name.clone());
            violations.push(Violation {
                side: Side::Response,
                part: Part::Header,
                name,
                pointer,
                schema,
                message,
                kind,
            });
        };
        // Each line of Set-Cookie stands for itself (RFC 9110, 5.3).
        let lines: Vec<_> = match header.name.eq_ignore_ascii_case(SET_COOKIE.as_str()) {
            true => {
                let line = |value: &http::HeaderValue| {
                    std::str::from_utf8(value.as_bytes()).map(str::to_owned).map_err(|_| ())
                };
                headers.get_all(SET_COOKIE).iter().map(line).collect()
            }
            false => text(headers, &header.name).into_iter().collect(),
        };
        if lines.is_empty() && header.required && !is_framing(&header.name) {
            push(String::new(), pointer(&header.location), "the header is missing".to_owned(), Kind::Missing);
        }
        for line in lines {
            let read = line
                .map_err(|_| "the value is not a text")
                .and_then(|line| read_header(&header.name, line.trim(), rule));
            let read = match read {
                Ok(read) => read,
                Err(message) => {
                    push(String::new(), pointer(&header.location), message.to_owned(), Kind::Malformed);
                    continue;
                }
            };
            let secret = header.name.eq_ignore_ascii_case(SET_COOKIE.as_str());
            for finding in rule.spelling.findings(api, &self.sides().responses, read, secret) {
                push(finding.pointer, finding.schema, finding.message, finding.kind);
            }
        }
    }
}

/// Reads the value of a header: as its media type where it has one, and else in the style that headers have.
///
/// # Errors
///
/// A sentence that says why it can't be read.
fn read_header(name: &str, line: &str, rule: &HeaderRule) -> Result<Read, &'static str> {
    match &rule.content {
        Some(media_type) if MediaKind::of(media_type) == MediaKind::Json => {
            serde_json::from_str(line).map(Read::Typed).map_err(|_| "the value is not JSON")
        }
        Some(_) => Ok(Read::Texts(vec![line.into()])),
        None => {
            let shapes = &rule.spelling.shapes;
            let values = texts::read_text(name, line, Style::Simple, rule.explode, shapes, str::to_owned);
            if values.is_empty() {
                Err("the value is not in the style simple")
            } else {
                Ok(Read::Texts(values))
            }
        }
    }
}

/// Returns the position of the response that stands for a code: itself, then its range, then `default`.
fn declared(operation: &Operation, code: u16) -> Option<usize> {
    let rank = |status: Status| match status {
        Status::Code(_) => 0,
        Status::Range(_) => 1,
        Status::Default => 2,
    };
    let responses = operation.responses.iter().enumerate();
    let matching = responses.filter(|(_, response)| response.status.matches(code));
    matching.min_by_key(|(_, response)| rank(response.status)).map(|(position, _)| position)
}

/// Returns the pointer of a location; empty where it has none.
pub(crate) fn pointer(location: &Location) -> String {
    match &location.place {
        Place::Pointer { pointer, .. } => pointer.to_string(),
        _ => String::new(),
    }
}
