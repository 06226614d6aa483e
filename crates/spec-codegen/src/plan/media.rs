//! Media types of bodies: which say the same, and which type of Rust a body of each has.
//!
//! Knows which of several bodies programs prefer. Must not know whether it is a request's or an answer's,
//! beyond whether it may come piece by piece.

use super::{Planner, RustType, Stream};
use crate::names::type_name;
use spec_api::{Api, Kind, MediaKind, MediaType, Sequence};
use spec_http::media_type::essence;

/// The header field of a body's media type.
pub(super) const CONTENT_TYPE: &str = "Content-Type";

/// Sorts the forms of a body: plain JSON first, then other JSON, then the rest; a range after what it is a
/// range of.
pub(super) fn by_preference(content: &[MediaType]) -> Vec<&MediaType> {
    let mut content: Vec<&MediaType> = content.iter().collect();
    content.sort_by_key(|media| {
        let is_plain = essence(&media.name).eq_ignore_ascii_case("application/json");
        let is_other = MediaKind::of(&media.name) != MediaKind::Json;
        (media.kind != MediaKind::Json, !is_plain, media.name.contains('*'), is_other)
    });
    content
}

/// Says whether a plain text has a schema that says more than that it is one.
pub(super) fn says_more(api: &Api, media: &MediaType) -> bool {
    let Some(id) = media.schema.filter(|_| media.kind == MediaKind::Text && media.essence() == "text/plain")
    else {
        return false;
    };
    let schema = api.schema(api.resolve(id));
    match &schema.kind {
        Kind::Any | Kind::Never | Kind::Opaque => false,
        Kind::String(None) => !schema.assertions.is_empty(),
        _ => true,
    }
}

/// Says whether a body of one media type is as good as one of another. A text alone is JSON as well as plain
/// text.
pub(super) fn is_same_syntax(known: &MediaType, media: &MediaType) -> bool {
    let is_text =
        known.kind == MediaKind::Json && media.kind == MediaKind::Text && media.essence() == "text/plain";
    known.kind == media.kind || (is_text && media.schema.is_some())
}

/// Says whether two bodies hold the same: one schema, or two that say the same in the same words.
pub(super) fn is_same_schema(api: &Api, left: &MediaType, right: &MediaType) -> bool {
    if left.is_item != right.is_item {
        return false;
    }
    match (left.schema, right.schema) {
        (Some(left), Some(right)) => {
            api.resolve(left) == api.resolve(right) || api.json_schema(left) == api.json_schema(right)
        }
        (left, right) => left.is_none() && right.is_none(),
    }
}

/// Names a form of a body after its media type.
pub(super) fn form_name(media_type: &str) -> String {
    let essence = essence(media_type).to_ascii_lowercase();
    let (kind, subtype) = essence.split_once('/').unwrap_or((&essence, "*"));
    match subtype {
        "x-www-form-urlencoded" => "Form".to_owned(),
        "form-data" => "Multipart".to_owned(),
        "plain" => "Text".to_owned(),
        "octet-stream" => "Bytes".to_owned(),
        "*" if kind == "*" => "Any".to_owned(),
        "*" => type_name(kind),
        subtype => type_name(subtype.strip_prefix("x-").unwrap_or(subtype)),
    }
}

/// Returns the type of a body that is read as a whole.
pub(super) fn buffered_type(planner: &mut Planner<'_>, media: &MediaType, hint: &str) -> RustType {
    match (media.kind, media.schema) {
        (MediaKind::Json | MediaKind::Form | MediaKind::Multipart, Some(schema)) => {
            planner.nullable_type(schema, hint)
        }
        (MediaKind::Json | MediaKind::Form | MediaKind::Multipart, None) => RustType::Json,
        (MediaKind::Text, Some(schema)) if says_more(planner.api, media) => planner.rust_type(schema, hint),
        (MediaKind::Text, _) => RustType::String,
        (MediaKind::Bytes, _) => RustType::Bytes,
    }
}

/// Returns the type of a body that comes piece by piece; none where it is one text.
pub(super) fn stream_type(planner: &mut Planner<'_>, media: &MediaType, hint: &str) -> Option<Stream> {
    let item =
        planner.api.item(media).map(|item| Box::new(planner.nullable_type(item, &format!("{hint}Item"))));
    Some(match (media.sequence(), item) {
        (Some(Sequence::Events), Some(item)) => Stream::Events(item),
        (Some(Sequence::Events), None) => Stream::Texts,
        (Some(Sequence::Lines | Sequence::Records), item) => {
            Stream::Lines(item.unwrap_or_else(|| Box::new(RustType::Json)))
        }
        (None, _) => {
            let is_bytes = match media.kind {
                MediaKind::Bytes | MediaKind::Multipart => true,
                MediaKind::Json | MediaKind::Text | MediaKind::Form => false,
            };
            return is_bytes.then_some(Stream::Bytes);
        }
    })
}
