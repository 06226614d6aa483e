//! Request bodies: the forms that a program sees.
//!
//! Knows which media types are one form. Must not know how a form is written.

use super::media::{
    buffered_type, by_preference, form_name, is_same_schema, is_same_syntax, says_more, stream_type,
};
use super::operation::OperationContext;
use super::{Planner, RustType, Stream};
use crate::names::Scope;
use serde_json::{Map, Value};
use spec_api::{Api, Body, Encoding, MediaKind, MediaType, Sequence, Style};

/// A request body.
#[derive(Clone, Debug)]
pub struct BodyPlan {
    /// Its forms, the one that programs would choose first; never empty.
    pub forms: Vec<BodyForm>,
    /// The name of the enumeration, where there are several forms.
    pub enumeration: Option<String>,
    /// True if it must be given.
    pub required: bool,
    /// The name of the argument.
    pub name: String,
    /// Its words.
    pub description: Option<String>,
}

impl BodyPlan {
    /// Returns the form, where there is only one.
    #[must_use]
    pub fn only(&self) -> Option<&BodyForm> {
        self.forms.first().filter(|_| self.enumeration.is_none())
    }

    /// Returns the type that a program sees.
    #[must_use]
    pub fn ty(&self) -> RustType {
        match (&self.enumeration, self.forms.first()) {
            (Some(name), _) => RustType::Local(name.clone()),
            (None, Some(form)) => form.ty.clone(),
            (None, None) => RustType::Unit,
        }
    }

    /// Says whether some form of it is a stream, which can't be compared or copied.
    #[must_use]
    pub fn streams(&self) -> bool {
        self.forms.iter().any(|form| matches!(form.ty, RustType::Stream(_)))
    }
}

/// One form of a request body.
#[derive(Clone, Debug)]
pub struct BodyForm {
    /// The name of its variant.
    pub variant: String,
    /// The syntax that the client sends.
    pub kind: MediaKind,
    /// The media type that the client sends.
    pub media_type: String,
    /// Every media type that the server takes for this type.
    pub accepted: Vec<(String, MediaKind)>,
    /// The type of its content.
    pub ty: RustType,
    /// Keywords of JSON Schema that the type does not say.
    pub assertions: Map<String, Value>,
    /// The encodings of properties, where the document says so.
    pub encodings: Vec<EncodingPlan>,
}

/// The encoding of one property of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodingPlan {
    /// Its name on the wire.
    pub wire: String,
    /// The media types that its part may have.
    pub content_type: Option<String>,
    /// The style, and `explode`, where the document says so.
    pub style: Option<(Style, bool)>,
}

/// Plans a request body; none where it has no media type.
pub(super) fn plan_body(context: &mut OperationContext<'_, '_>, body: &Body) -> Option<BodyPlan> {
    let mut forms: Vec<(&MediaType, BodyForm)> = Vec::new();
    let mut variants = Scope::default();
    for media in by_preference(&body.content) {
        let api = context.planner.api;
        if let Some((_, form)) = forms.iter_mut().find(|(known, _)| is_same_form(api, known, media)) {
            form.accepted.push((media.name.clone(), media.kind));
            continue;
        }
        let (variant, _) = variants.claim(&form_name(&media.name));
        let distinct = if body.content.len() > 1 { variant.as_str() } else { "" };
        let hint = format!("{}{distinct}Body", context.type_name);
        forms.push((media, plan_form(context.planner, media, variant, &hint)));
    }
    let forms: Vec<BodyForm> = forms.into_iter().map(|(_, form)| form).collect();
    let enumeration = (forms.len() > 1).then(|| context.types.claim(&format!("{}Body", context.type_name)).0);
    (!forms.is_empty()).then(|| BodyPlan {
        forms,
        enumeration,
        required: body.required,
        name: context.arguments.claim("body").0,
        description: body.description.clone(),
    })
}

/// Says whether a server can take bodies of two media types as one form.
fn is_same_form(api: &Api, known: &MediaType, media: &MediaType) -> bool {
    let is_form = |kind| matches!(kind, MediaKind::Json | MediaKind::Form | MediaKind::Multipart);
    is_same_schema(api, known, media)
        && (is_same_syntax(known, media) || (is_form(known.kind) && is_form(media.kind)))
        && known.sequence() == media.sequence()
        && known.encoding.is_empty()
        && media.encoding.is_empty()
}

/// Plans the form of one media type; `hint` names its type, where that has no name.
fn plan_form(planner: &mut Planner<'_>, media: &MediaType, variant: String, hint: &str) -> BodyForm {
    let encoding = |(wire, encoding): (&String, &Encoding)| EncodingPlan {
        wire: wire.clone(),
        content_type: encoding.content_type.clone(),
        style: encoding.style,
    };
    let ty = body_type(planner, media, hint);
    BodyForm {
        variant,
        kind: media.kind,
        media_type: media.name.clone(),
        accepted: vec![(media.name.clone(), media.kind)],
        assertions: form_assertions(planner, media, &ty),
        ty,
        encodings: media.encoding.iter().map(encoding).collect(),
    }
}

/// Returns what is asked of a body beyond its type. Of what comes piece by piece, each piece is asked.
fn form_assertions(planner: &mut Planner<'_>, media: &MediaType, ty: &RustType) -> Map<String, Value> {
    let asked = match (media.kind, media.schema) {
        _ if matches!(ty, RustType::Stream(Stream::Lines(_))) => planner.api.item(media),
        _ if media.sequence().is_some() => None,
        (MediaKind::Json | MediaKind::Form | MediaKind::Multipart, schema) => schema,
        (MediaKind::Text, schema) if says_more(planner.api, media) => schema,
        _ => None,
    };
    asked.map(|schema| planner.assertions(schema)).unwrap_or_default()
}

/// Returns the type of a request's body: bytes and lines of JSON come piece by piece.
fn body_type(planner: &mut Planner<'_>, media: &MediaType, hint: &str) -> RustType {
    let streams = match media.sequence() {
        Some(Sequence::Lines | Sequence::Records) => true,
        Some(Sequence::Events) => false,
        None => media.kind == MediaKind::Bytes,
    };
    let stream = if streams { stream_type(planner, media, hint) } else { None };
    stream.map_or_else(|| buffered_type(planner, media, hint), RustType::Stream)
}
