//! A request → what its operation answers.
//!
//! Knows the order of things: the operation, what is wrong with the request, the response that is meant, its
//! value, and the judgement before it leaves. Must not know how any of them is found.

use crate::answer::text_field;
use crate::body::{self, Written};
use crate::callbacks;
use crate::fill;
use crate::mock::Mock;
use crate::negotiate::{self, Chosen, Unmet};
use crate::prefer::{Read, Wishes};
use crate::prepared::{Prepared, Unmade};
use crate::problem::{Problem, UNDECLARED};
use crate::refuse::{self, Refusal};
use crate::seed;
use crate::state;
use bytes::Bytes;
use http::header::{ACCEPT, ALLOW, AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use spec_api::{MediaKind, MediaType, Operation, ParameterIn};
use spec_contract::{Contract, Judgement, Part, Violation, report};
use spec_http::message::is_framing;
use spec_values::random::Filling;
use std::borrow::Cow;

/// The header that says which wishes were kept (RFC 7240, 3).
const APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// A request whose operation is known.
pub(crate) struct Asked<'a> {
    pub(crate) mock: &'a Mock,
    pub(crate) prepared: &'a Prepared,
    pub(crate) operation: &'a Operation,
    pub(crate) request: &'a Request<Bytes>,
    pub(crate) wishes: &'a Wishes,
}

/// An answer before it is written.
pub(crate) struct Draft {
    pub(crate) status: u16,
    pub(crate) body: Option<Written>,
    pub(crate) headers: HeaderMap,
    /// The names of headers that must be there.
    required: Vec<String>,
    /// What is wrong with it, where that was asked for.
    pub(crate) wrong: Vec<Violation>,
    /// The names of wishes that were kept.
    pub(crate) kept: Vec<&'static str>,
}

/// Answers a request as the document says.
pub(crate) fn respond(mock: &Mock, mut request: Request<Bytes>, read: &Read) -> Response<Bytes> {
    let prepared = mock.prepared();
    let judgement = judged(mock, &prepared, &mut request);
    let Some(operation) = judgement.operation.as_deref().and_then(|id| prepared.operation(id)) else {
        return unknown(&prepared, &request, &judgement);
    };
    let asked = Asked { mock, prepared: &prepared, operation, request: &request, wishes: &read.wishes };
    if !read.unknown.is_empty() {
        mock.say(&format!("{}: wishes that are none of ours: {}", operation.id, read.unknown.join(", ")));
    }
    let mut violations = judgement.violations;
    violations.extend(refuse::reserved(prepared.api(), operation, &request));
    let refusal = refuse::refusal(operation, &violations);
    let (drafted, told) = match refusal {
        Some((refusal, wrong)) => {
            mock.say(&format!("{}: refused: {}", operation.id, wrong[0]));
            (asked.refused(refusal, &wrong), wrong)
        }
        None => (asked.remembered(), Vec::new()),
    };
    let mut response = match drafted {
        Ok(draft) => asked.written(draft, &told),
        Err(problem) => problem.response(),
    };
    if response.status().is_success() {
        callbacks::fire(&asked, &response);
    }
    if operation.deprecated {
        response.headers_mut().insert("deprecation", HeaderValue::from_static("true"));
    }
    response
}

/// Answers with a status that nobody asked for: as the operation declares it, or with problem details.
pub(crate) fn failing(mock: &Mock, mut request: Request<Bytes>, status: u16) -> Response<Bytes> {
    let prepared = mock.prepared();
    let judgement = judged(mock, &prepared, &mut request);
    let problem = Problem::new(status, "this request fails on purpose");
    let Some(operation) = judgement.operation.as_deref().and_then(|id| prepared.operation(id)) else {
        return problem.response();
    };
    let wishes = Wishes::default();
    let asked = Asked { mock, prepared: &prepared, operation, request: &request, wishes: &wishes };
    match asked.failed(&problem) {
        Ok(draft) => asked.written(draft, &[]),
        Err(problem) => problem.response(),
    }
}

/// Holds a request against the document. Credentials that are malformed, or bad, are none.
fn judged(mock: &Mock, prepared: &Prepared, request: &mut Request<Bytes>) -> Judgement {
    request.headers_mut().remove("prefer");
    let bad = refuse::remove_bad(prepared.api(), &mock.settings.credentials, request);
    if !refuse::is_well_formed(request.headers()) {
        request.headers_mut().remove(AUTHORIZATION);
    }
    let mut judgement = found(prepared, request);
    if let Some(operation) = judgement.operation.as_deref().and_then(|id| prepared.operation(id)) {
        judgement.violations.extend(refuse::of_bad(prepared.api(), operation, &bad));
    }
    judgement
}

/// Holds a request against the operation that it leads to, which may stand below the path of a server.
fn found(prepared: &Prepared, request: &mut Request<Bytes>) -> Judgement {
    let judgement = prepared.contract.request(request);
    let is_elsewhere =
        judgement.operation.is_none() && judgement.violations.iter().any(|own| own.part == Part::Path);
    if !is_elsewhere {
        return judgement;
    }
    let path = request.uri().path().to_owned();
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    for rest in prepared.below_a_server(&path) {
        let Ok(uri) = format!("{rest}{query}").parse() else { continue };
        let before = std::mem::replace(request.uri_mut(), uri);
        let own = prepared.contract.request(request);
        if own.violations.iter().all(|violation| violation.part != Part::Path || own.operation.is_some()) {
            return own;
        }
        *request.uri_mut() = before;
    }
    judgement
}

/// Answers a request that no operation is meant by.
fn unknown(prepared: &Prepared, request: &Request<Bytes>, judgement: &Judgement) -> Response<Bytes> {
    if judgement.violations.iter().any(|own| own.part == Part::Path) {
        return Problem::new(404, "the document has no such path").response();
    }
    let allowed = allowed(&prepared.contract, request).join(", ");
    let mut response = match *request.method() == Method::OPTIONS {
        true => {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
        false => Problem::new(405, format!("the document has {allowed} for this path")).response(),
    };
    response.headers_mut().extend(text_field(&allowed).map(|value| (ALLOW, value)));
    response
}

/// Returns the methods that the document has for a path.
fn allowed(contract: &Contract, request: &Request<Bytes>) -> Vec<String> {
    let path = request.uri().path_and_query().map_or("/", |own| own.as_str());
    let methods = spec_api::Method::ALL.into_iter().map(|method| method.to_string());
    methods
        .filter(|name| name.parse().is_ok_and(|method| contract.operation(&method, path).is_some()))
        .collect()
}

impl Asked<'_> {
    /// Returns all lines of `Accept` as one list (RFC 9110, 5.3).
    pub(crate) fn accept(&self) -> Option<Cow<'_, str>> {
        let mut lines = self.request.headers().get_all(ACCEPT).iter().filter_map(|own| own.to_str().ok());
        let first = lines.next()?;
        Some(lines.fold(Cow::Borrowed(first), |list, line| Cow::Owned(format!("{list}, {line}"))))
    }

    /// Returns what made values depend on: the seed, and all that the request says.
    pub(crate) fn seed(&self) -> u64 {
        let request = self.request;
        let own = self.wishes.seed.unwrap_or(self.mock.settings.seed);
        let query = request.uri().query().unwrap_or_default();
        let texts = [request.method().as_str(), request.uri().path(), query].map(str::as_bytes);
        seed::mix(own, seed::mix(seed::of(&texts), seed::of(&[request.body()])))
    }

    pub(crate) fn is_dynamic(&self) -> bool {
        self.wishes.dynamic.unwrap_or(self.mock.settings.dynamic)
    }

    /// Answers a request that is right: from memory, where it is wanted and has something to say.
    fn remembered(&self) -> Result<Draft, Problem<'static>> {
        let is_wished = self.wishes.code.is_some() || self.wishes.example.is_some();
        let known = (self.mock.settings.state && !is_wished).then(|| state::answer(self)).flatten();
        known.unwrap_or_else(|| self.answered())
    }

    /// Answers a request that is right.
    pub(crate) fn answered(&self) -> Result<Draft, Problem<'static>> {
        let chosen = self.chosen()?;
        let Some(media) = chosen.media else { return Ok(self.draft(chosen, None, Vec::new())) };
        let (value, wrong) = self.value(chosen, media)?;
        self.with_body(chosen, media, value, wrong)
    }

    /// Chooses the response.
    pub(crate) fn chosen(&self) -> Result<Chosen<'_>, Problem<'static>> {
        negotiate::choose(self.operation, self.wishes.code, self.accept().as_deref()).map_err(|unmet| {
            match unmet {
                Unmet::NoResponse => Problem::new(500, "the operation declares no response at all"),
                Unmet::NoSuchStatus(code) => {
                    Problem::new(404, format!("the operation declares no answer with {code}"))
                }
                Unmet::NotAcceptable => Problem::new(
                    406,
                    format!("no answer is declared in {}", self.accept().unwrap_or_default()),
                ),
            }
        })
    }

    /// Finds the value of a body, with what is wrong with it where that is wanted.
    pub(crate) fn value(
        &self,
        chosen: Chosen<'_>,
        media: &MediaType,
    ) -> Result<(Value, Vec<Violation>), Problem<'static>> {
        let known = self.prepared.known(self.operation, chosen, media, &|line| self.mock.say(line));
        let is_strict = self.mock.settings.errors;
        if let Some(name) = &self.wishes.example {
            let named = known.examples.iter().find(|(own, _)| own.name.as_deref() == Some(name.as_str()));
            let (example, wrong) = named.ok_or_else(|| no_example(name, &media.name))?;
            if let Some(first) = wrong.first().filter(|_| !is_strict) {
                let detail = format!("the example `{name}` is not what its schema says: {}", first.message);
                return Err(Problem::new(500, detail));
            }
            return Ok((example.value.clone(), wrong.clone()));
        }
        if self.is_dynamic() {
            let made = self.prepared.made(self.operation, chosen.status, media, Filling::All, self.seed());
            if let Ok(value) = made {
                return Ok((value, Vec::new()));
            }
        } else if let Some((example, wrong)) = known.examples.first().filter(|_| is_strict) {
            return Ok((example.value.clone(), wrong.clone()));
        }
        known.usual.clone().map(|value| (value, Vec::new())).map_err(|unmade| {
            let detail = match unmade {
                Unmade::TooMuch => {
                    "the schema of the answer asks for more parts than an answer holds".to_owned()
                }
                Unmade::Composed => {
                    format!("the schema has lists or objects, which {} has no way to write", media.name)
                }
                Unmade::Wrong(why) => {
                    format!("no value was found that the schema of the answer takes: {why}")
                }
            };
            self.mock.say(&format!("{}: {detail}", self.operation.id));
            Problem::new(500, detail)
        })
    }

    /// Writes a value as the body of an answer.
    pub(crate) fn with_body(
        &self,
        chosen: Chosen<'_>,
        media: &MediaType,
        value: Value,
        wrong: Vec<Violation>,
    ) -> Result<Draft, Problem<'static>> {
        let value = match wrong.is_empty() {
            true => self.prepared.shown(self.operation, chosen.status, media, value),
            false => value,
        };
        let name =
            negotiate::name(&chosen.response.content, media, self.accept().as_deref(), value.is_string());
        // A schema may say that a text is JSON; whoever asks for a text alone can't know.
        let is_composed = value.is_object() || value.is_array();
        if is_composed
            && MediaKind::of(&name) == MediaKind::Text
            && !negotiate::accepts(self.accept().as_deref(), "application/json")
            && media.kind == MediaKind::Json
        {
            return Err(Problem::new(500, format!("{name} has no way to write lists or objects")));
        }
        let written = body::write(media, &name, &value)
            .map_err(|_| Problem::new(500, format!("{name} has no way to write lists or objects")))?;
        Ok(self.draft(chosen, Some(written), wrong))
    }

    pub(crate) fn draft(&self, chosen: Chosen<'_>, body: Option<Written>, wrong: Vec<Violation>) -> Draft {
        let seed = self.is_dynamic().then(|| self.seed());
        let headers = self.prepared.headers(self.operation, chosen, seed);
        let declared = chosen.response.headers.iter();
        let is_required = |own: &&spec_api::Header| {
            own.required && !is_framing(&own.name) && !own.name.eq_ignore_ascii_case(CONTENT_TYPE.as_str())
        };
        let required = declared.filter(is_required).map(|own| own.name.clone()).collect();
        let mut kept = vec!["delay"];
        kept.extend((self.wishes.code == Some(chosen.status)).then_some("code"));
        kept.extend((chosen.media.is_some() && self.wishes.example.is_some()).then_some("example"));
        if self.wishes.example.is_none() {
            kept.extend(["dynamic", "seed"]);
        }
        Draft { status: chosen.status, body, headers, required, wrong, kept }
    }

    /// Answers a request that is wrong, by the error that is declared for that.
    fn refused(&self, refusal: Refusal, wrong: &[Violation]) -> Result<Draft, Problem<'static>> {
        let status = refusal.status(self.operation);
        let problem = Problem { status, detail: refusal.sentence().to_owned(), violations: wrong };
        let mut draft = self.failed(&problem)?;
        let challenge = refuse::challenge(self.prepared.api(), self.operation);
        if let Some(challenge) = challenge.filter(|_| refusal == Refusal::Unauthorized) {
            draft.headers.insert(WWW_AUTHENTICATE, challenge);
        }
        Ok(draft)
    }

    /// Tells of a problem by the error that is declared for its status, or else by problem details.
    pub(crate) fn failed(&self, problem: &Problem<'_>) -> Result<Draft, Problem<'static>> {
        let Some(response) = negotiate::declared(self.operation, problem.status) else {
            return Ok(bare(problem));
        };
        let accepted = negotiate::form(problem.status, response, self.accept().as_deref());
        // Whoever does not accept the form is still told what is wrong.
        let Ok(chosen) = accepted.or_else(|_| negotiate::form(problem.status, response, None)) else {
            return Ok(bare(problem));
        };
        let Some(media) = chosen.media else { return Ok(self.draft(chosen, None, Vec::new())) };
        let known = self.prepared.known(self.operation, chosen, media, &|line| self.mock.say(line));
        if let Some(name) = &self.wishes.example {
            let named = known.examples.iter().find(|(own, _)| own.name.as_deref() == Some(name.as_str()));
            if let Some((example, _)) = named.filter(|(_, wrong)| wrong.is_empty()) {
                return self.with_body(chosen, media, example.value.clone(), Vec::new());
            }
            // The example is one of this answer only if the answer was wished for.
            if self.wishes.code == Some(problem.status) {
                return Err(no_example(name, &media.name));
            }
        }
        let is_right = |value: &Value| {
            self.prepared.wrong(self.operation, problem.status, media, value) == Ok(Vec::new())
        };
        let is_structured = |value: &Value| value.is_object() || value.is_array();
        let filled = match media.kind {
            MediaKind::Json => fill::bodies(self.prepared.api(), media, problem),
            _ => Vec::new(),
        };
        let filled = filled.into_iter().filter(is_structured).find(is_right);
        match filled.map_or_else(|| known.usual.clone(), Ok) {
            Ok(value) => self.with_body(chosen, media, value, Vec::new()),
            Err(_) => {
                let (id, status) = (&self.operation.id, problem.status);
                self.mock.say(&format!(
                    "{id}: {status} has no value that its schema takes; problem details are sent"
                ));
                Ok(bare(problem))
            }
        }
    }

    /// Writes an answer. With `told` go what was wrong with the request.
    fn written(&self, draft: Draft, told: &[Violation]) -> Response<Bytes> {
        let mut notes: Vec<Value> = draft.wrong.iter().chain(told).map(report::json).collect();
        notes.extend(self.deprecated());
        // An answer without a header that must be there is none that the document has.
        let missing = draft.required.iter().find(|name| !draft.headers.contains_key(name.as_str()));
        let mut response = match (draft.wrong.as_slice(), missing) {
            ([], Some(name)) => {
                let detail = format!("no value was found that the schema of the header {name} takes");
                self.mock.say(&format!("{}: {detail}", self.operation.id));
                Problem::new(500, detail).response()
            }
            ([], None) => plain(&draft, self.operation.method == spec_api::Method::Head),
            (wrong, _) => {
                let detail = "the document's own answer is not what its schema says".to_owned();
                Problem { status: 500, detail, violations: wrong }.response()
            }
        };
        let headers = response.headers_mut();
        if !notes.is_empty() && self.mock.settings.violations {
            let value = text_field(&report::header(&notes));
            headers.extend(value.map(|value| (HeaderName::from_static(report::VIOLATIONS_HEADER), value)));
        }
        headers.extend(
            self.wishes.applied(&draft.kept).and_then(|text| text_field(&text)).map(|value| (APPLIED, value)),
        );
        response
    }

    /// Returns a note for each deprecated parameter that the request has.
    fn deprecated(&self) -> Vec<Value> {
        let query = self.request.uri().query().unwrap_or_default();
        let in_query = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
        let is_there = |own: &&spec_api::Parameter| match own.place {
            ParameterIn::Query => in_query(&own.name),
            ParameterIn::Header => self.request.headers().contains_key(&own.name),
            _ => false,
        };
        let deprecated = self.operation.parameters.iter().filter(|own| own.deprecated).filter(is_there);
        let note = |own: &spec_api::Parameter| {
            let place = own.place.key();
            let message = format!("the {place} parameter `{}` is deprecated", own.name);
            let location = ["request", place, own.name.as_str()];
            json!({"location": location, "severity": "Warning", "code": "deprecated", "message": message})
        };
        deprecated.map(note).collect()
    }
}

/// Returns the answer that a draft is.
fn plain(draft: &Draft, is_head: bool) -> Response<Bytes> {
    let bytes = draft.body.as_ref().filter(|_| !is_head).map(|body| Bytes::from(body.bytes.clone()));
    let mut response = Response::new(bytes.unwrap_or_default());
    *response.status_mut() = StatusCode::from_u16(draft.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = draft.headers.clone();
    let content_type = draft.body.as_ref().and_then(|body| text_field(&body.content_type));
    response.headers_mut().extend(content_type.map(|value| (CONTENT_TYPE, value)));
    response
}

/// Returns problem details as a draft.
fn bare(problem: &Problem<'_>) -> Draft {
    let bytes = problem.json().to_string().into_bytes();
    let body = Written { content_type: "application/problem+json".to_owned(), bytes };
    Draft {
        status: problem.status,
        body: Some(body),
        headers: HeaderMap::from_iter([(UNDECLARED, HeaderValue::from_static("true"))]),
        required: Vec::new(),
        wrong: Vec::new(),
        kept: vec!["delay"],
    }
}

fn no_example(name: &str, media_type: &str) -> Problem<'static> {
    Problem::new(404, format!("the document has no example `{name}` for {media_type}"))
}
