//! Answers: what an operation gives back, by status.
//!
//! Knows how answers are told apart. Must not know how one is sent or read.

use super::header::plan_headers;
use super::media::{buffered_type, by_preference, form_name, is_same_schema, is_same_syntax, stream_type};
use super::operation::OperationContext;
use super::{HeadersPlan, RustType, Stream};
use crate::names::{Scope, type_name};
use spec_api::{MediaKind, MediaType, Method, Operation, Response, Status};

/// The responses of an operation, on one side of success.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The answers, most exact status first.
    pub responses: Vec<ResponsePlan>,
    /// The name of the enumeration, where there are several bodies.
    pub enumeration: Option<String>,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct ResponsePlan {
    /// For which status.
    pub status: Status,
    /// The name of its variant.
    pub variant: String,
    /// Its words.
    pub description: Option<String>,
    /// Its body.
    pub payload: Payload,
    /// Every media type that the document declares for it.
    pub media_types: Vec<String>,
    /// Its headers, where the document declares any.
    pub headers: Option<HeadersPlan>,
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// None.
    Empty,
    /// JSON of this media type.
    Json(RustType, String),
    /// Text of this media type: a text, or what has one of its own, such as a date.
    Text(RustType, String),
    /// Bytes of this media type.
    Bytes(String),
    /// Pieces of this media type, which come one after another.
    Stream(Stream, String),
    /// One of several of these, by the media type: the name of the enumeration and its variants.
    OneOf(String, Vec<(String, Payload)>),
}

impl Payload {
    /// Returns the type that a program sees.
    #[must_use]
    pub fn ty(&self) -> RustType {
        match self {
            Payload::Empty => RustType::Unit,
            Payload::Json(ty, _) | Payload::Text(ty, _) => ty.clone(),
            Payload::Bytes(_) => RustType::Bytes,
            Payload::Stream(stream, _) => RustType::Stream(stream.clone()),
            Payload::OneOf(name, _) => RustType::Local(name.clone()),
        }
    }

    /// Says whether some body of it is a stream, which can't be compared or copied.
    #[must_use]
    pub fn streams(&self) -> bool {
        match self {
            Payload::Stream(..) => true,
            Payload::OneOf(_, variants) => variants.iter().any(|(_, payload)| payload.streams()),
            _ => false,
        }
    }

    /// Returns the bodies that it can be, one by one.
    #[must_use]
    pub fn forms(&self) -> Vec<&Payload> {
        match self {
            Payload::OneOf(_, variants) => variants.iter().flat_map(|(_, payload)| payload.forms()).collect(),
            one => vec![one],
        }
    }

    /// Returns the media types that it can have.
    #[must_use]
    pub fn media_types(&self) -> Vec<&str> {
        self.forms().into_iter().filter_map(Payload::media_type).collect()
    }

    /// Returns the media type, where there is one only.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        match self {
            Payload::Json(_, name)
            | Payload::Text(_, name)
            | Payload::Bytes(name)
            | Payload::Stream(_, name) => Some(name),
            Payload::Empty | Payload::OneOf(..) => None,
        }
    }

    /// Calls a function with each type that it is made of.
    pub(super) fn each_type(&mut self, f: &mut dyn FnMut(&mut RustType)) {
        match self {
            Payload::Json(ty, _) | Payload::Text(ty, _) => f(ty),
            Payload::Stream(stream, _) => stream.item_mut().into_iter().for_each(f),
            Payload::OneOf(_, variants) => variants.iter_mut().for_each(|(_, payload)| payload.each_type(f)),
            Payload::Empty | Payload::Bytes(_) => {}
        }
    }
}

/// Plans all answers of an operation: what was hoped for, and what went wrong.
pub(super) fn plan_outcomes(
    context: &mut OperationContext<'_, '_>,
    operation: &Operation,
) -> (Outcome, Outcome) {
    let mut responses: Vec<ResponsePlan> = Vec::new();
    let mut variants = Scope::default();
    for response in &operation.responses {
        let (variant, _) = variants.claim(&variant_name(response.status));
        responses.push(plan_response(context, operation, response, variant));
    }
    outcomes(responses, context.type_name, context.types)
}

/// Plans one answer under the name of its variant.
fn plan_response(
    context: &mut OperationContext<'_, '_>,
    operation: &Operation,
    response: &Response,
    variant: String,
) -> ResponsePlan {
    let content =
        if operation.method == Method::Head { Vec::new() } else { by_preference(&response.content) };
    let hint = format!("{}{variant}", context.type_name);
    // As `outcomes` has it.
    let stands_for_success = response.status.is_success()
        || (response.status == Status::Default
            && !operation.responses.iter().any(|other| other.status.is_success()));
    let payload = plan_payload(context, &content, &hint, stands_for_success);
    let headers = plan_headers(context, response, &payload, &hint, operation.method == Method::Head);
    ResponsePlan {
        status: response.status,
        variant,
        description: response.description.clone(),
        payload,
        media_types: content.iter().map(|media| media.name.clone()).collect(),
        headers,
    }
}

/// Plans the body of an answer. Media types that hold the same are one body; only where all is well is there
/// a stream.
fn plan_payload(
    context: &mut OperationContext<'_, '_>,
    content: &[&MediaType],
    hint: &str,
    may_stream: bool,
) -> Payload {
    let mut payloads: Vec<(&MediaType, String, Payload)> = Vec::new();
    let mut forms = Scope::default();
    let planner = &mut *context.planner;
    for media in content {
        let is_known = |known: &MediaType| {
            let is_same = is_same_syntax(known, media) && known.sequence() == media.sequence();
            is_same && is_same_schema(planner.api, known, media)
        };
        if payloads.iter().any(|(known, ..)| is_known(known)) {
            continue;
        }
        let (form, _) = forms.claim(&form_name(&media.name));
        let hint = if payloads.is_empty() { hint.to_owned() } else { format!("{hint}{form}") };
        let name = media.name.clone();
        let stream = may_stream.then(|| stream_type(planner, media, &hint)).flatten();
        let payload = match (stream, media.kind) {
            (Some(stream), _) => Payload::Stream(stream, name),
            (None, MediaKind::Json) => Payload::Json(buffered_type(planner, media, &hint), name),
            (None, MediaKind::Text) => Payload::Text(buffered_type(planner, media, &hint), name),
            (None, MediaKind::Form) => Payload::Text(RustType::String, name),
            (None, _) => Payload::Bytes(name),
        };
        payloads.push((media, form, payload));
    }
    let mut payloads: Vec<(String, Payload)> =
        payloads.into_iter().map(|(_, form, payload)| (form, payload)).collect();
    match payloads.len() {
        0 => Payload::Empty,
        1 => payloads.remove(0).1,
        _ => Payload::OneOf(context.types.claim(&format!("{hint}Body")).0, payloads),
    }
}

/// Names the variant of a status (RFC 9110, section 15, and IANA's registry).
pub(super) fn variant_name(status: Status) -> String {
    match status {
        Status::Code(code) => {
            match http::StatusCode::from_u16(code).ok().and_then(|status| status.canonical_reason()) {
                Some(reason) => type_name(&reason.replace('\'', "")),
                None => format!("Status{code}"),
            }
        }
        Status::Range(1) => "Informational".to_owned(),
        Status::Range(2) => "Success".to_owned(),
        Status::Range(3) => "Redirection".to_owned(),
        Status::Range(4) => "ClientError".to_owned(),
        Status::Range(_) => "ServerError".to_owned(),
        Status::Default => "Default".to_owned(),
    }
}

/// Splits answers into what was hoped for and what went wrong. `default` stands for errors; where nothing
/// else is declared for success, it stands for that as well (OpenAPI 3.1, 4.8.16).
fn outcomes(responses: Vec<ResponsePlan>, type_name: &str, own: &mut Scope) -> (Outcome, Outcome) {
    let (mut success, mut error): (Vec<_>, Vec<_>) =
        responses.into_iter().partition(|response| response.status.is_success());
    if success.is_empty()
        && let Some(default) = error.iter().find(|response| response.status == Status::Default)
    {
        success.push(ResponsePlan { status: Status::Range(2), ..default.clone() });
    }
    // Codes, then ranges, then the default, in the order in which an answer is looked up.
    success.sort_by_key(|response| response.status);
    error.sort_by_key(|response| response.status);
    let mut outcome = |responses: Vec<ResponsePlan>, what: &str| {
        let several = responses.iter().any(|response| response.payload.ty() != responses[0].payload.ty());
        Outcome { enumeration: several.then(|| own.claim(&format!("{type_name}{what}")).0), responses }
    };
    (outcome(success, "Success"), outcome(error, "Error"))
}
