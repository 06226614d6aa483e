//! Headers of answers, as one type for each answer.
//!
//! Knows which headers a program gives and gets. Must not know how a header becomes text.

use super::docs::lines;
use super::media::CONTENT_TYPE;
use super::operation::OperationContext;
use super::{Payload, Planner, RustType, Stream};
use crate::names::{Scope, type_name, value_name};
use serde_json::{Map, Value};
use spec_api::{Header, Response, SchemaId};
use spec_document::Pointer;
use spec_http::message::is_framing;

/// The headers of an answer, as one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadersPlan {
    /// Its name.
    pub name: String,
    /// The component that the answer is, where it is one: all operations that refer to it share the type.
    pub component: Option<Pointer>,
    /// The headers, in the order of the document.
    pub fields: Vec<HeaderField>,
}

impl HeadersPlan {
    /// Says whether an answer can do without all of them.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        self.fields.iter().all(|field| !field.required)
    }
}

/// One header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderField {
    /// Its name in Rust.
    pub name: String,
    /// Its name on the wire.
    pub wire: String,
    /// Its words.
    pub docs: Vec<String>,
    /// The type of its value.
    pub ty: RustType,
    /// True if it must be there.
    pub required: bool,
    /// True if each property stands with its name.
    pub explode: bool,
    /// True if its text is JSON.
    pub is_json: bool,
    /// Keywords of JSON Schema that tell the texts in it apart beyond its type.
    pub assertions: Map<String, Value>,
}

impl HeaderField {
    /// Returns the type of the field.
    #[must_use]
    pub fn full_type(&self) -> RustType {
        if self.required { self.ty.clone() } else { RustType::Option(Box::new(self.ty.clone())) }
    }
}

/// The types of headers that operations share; and whether each is for `HEAD`, which alone says of a body
/// that is not sent how long it is (RFC 9110, 8.6).
pub(super) type SharedHeaders = Vec<(HeadersPlan, bool)>;

/// Plans declared headers, and the media type where the document only gives a range; `hint` begins the name
/// of their type, unless the answer is a component.
pub(super) fn plan_headers(
    context: &mut OperationContext<'_, '_>,
    response: &Response,
    payload: &Payload,
    hint: &str,
    is_head: bool,
) -> Option<HeadersPlan> {
    let component = response.component.as_ref().and_then(Pointer::last).map(|key| type_name(&key));
    let hint = component.as_deref().unwrap_or(hint);
    let mut names = Scope::default();
    let mut fields = Vec::from_iter(content_type(response, payload, &mut names));
    for header in &response.headers {
        fields.push(plan_header(context.planner, header, hint, &mut names));
    }
    if fields.is_empty() {
        return None;
    }
    let is_head = is_head && fields.iter().any(|field| field.wire.eq_ignore_ascii_case("content-length"));
    let is_same = |(known, for_head): &&(HeadersPlan, bool)| {
        known.component == response.component && known.fields == fields && *for_head == is_head
    };
    if let Some((known, _)) = context.headers.iter().find(is_same) {
        return Some(known.clone());
    }
    let (name, _) = context.types.claim(&format!("{hint}Headers"));
    let headers = HeadersPlan { name, component: response.component.clone(), fields };
    if headers.component.is_some() {
        context.headers.push((headers.clone(), is_head));
    }
    Some(headers)
}

/// Plans the media type of the body as a header, where the document only gives a range.
fn content_type(response: &Response, payload: &Payload, names: &mut Scope) -> Option<HeaderField> {
    let ranges: Vec<&str> =
        response.content.iter().filter(|own| own.is_chosen()).map(|own| own.name.as_str()).collect();
    if !payload.media_types().iter().any(|name| ranges.contains(name)) {
        return None;
    }
    Some(HeaderField {
        name: names.claim("content_type").0,
        wire: CONTENT_TYPE.to_owned(),
        docs: vec!["The media type of the body.".to_owned()],
        ty: RustType::String,
        // Nothing that goes without saying is of a range of a suffix, nor of a range of JSON beside JSON
        // that holds something else.
        required: matches!(payload, Payload::Bytes(_) | Payload::Stream(Stream::Bytes, _))
            || response.content.iter().any(|own| own.beside_json)
            || payload.media_types().iter().any(|name| name.contains("*+")),
        explode: false,
        is_json: false,
        assertions: Map::new(),
    })
}

/// Plans a header that the document declares.
fn plan_header(planner: &mut Planner<'_>, header: &Header, hint: &str, names: &mut Scope) -> HeaderField {
    let frames = is_framing(&header.name);
    let required = header.required && !frames;
    let hint = format!("{hint}{}", type_name(&header.name));
    let ty = match header.is_json && required {
        true => planner.nullable_type(header.schema, &hint),
        false => planner.rust_type(header.schema, &hint),
    };
    // Each cookie is a line of its own (RFC 9110, 5.3).
    let is_cookie = header.name.eq_ignore_ascii_case("set-cookie");
    let ty = if is_cookie && !matches!(ty, RustType::Vec(_)) { RustType::Vec(Box::new(ty)) } else { ty };
    let mut docs = lines(header.description.as_deref().unwrap_or_default());
    // An attribute would warn of the code that writes it, too.
    let deprecated = header.deprecated.then_some("Deprecated.");
    let framing = frames.then_some("A server need not say it: the connection does.");
    for words in deprecated.into_iter().chain(framing) {
        if !docs.is_empty() {
            docs.push(String::new());
        }
        docs.push(words.to_owned());
    }
    HeaderField {
        name: names.claim(&value_name(&header.name)).0,
        wire: header.name.clone(),
        docs,
        ty,
        required,
        explode: header.explode,
        is_json: header.is_json,
        assertions: if header.is_json { Map::new() } else { member_assertions(planner, header.schema) },
    }
}

/// Returns the keywords that say what the items and members of a value are, where its type does not.
fn member_assertions(planner: &mut Planner<'_>, schema: SchemaId) -> Map<String, Value> {
    let assertions = planner.assertions(schema);
    if !["prefixItems", "patternProperties"].iter().any(|keyword| assertions.contains_key(*keyword)) {
        return Map::new();
    }
    let is_one = |keyword: &str| {
        ["prefixItems", "items", "patternProperties", "additionalProperties"].contains(&keyword)
    };
    assertions.into_iter().filter(|(keyword, _)| is_one(keyword)).collect()
}
