//! Bodies (OpenAPI 3.1, 4.8.13 to 4.8.15): the media types of a request or response, and how forms are
//! encoded.
//!
//! Must not know what the values of a body are.

use super::parameter;
use crate::SchemaId;
use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::{Body, Encoding, MediaKind, MediaType, Sequence, Style};
use crate::schema::SchemaReader;
use crate::specification::{self, Release};
use indexmap::IndexMap;
use spec_document::{Code, Diagnostic};

/// Reads a request body.
pub(super) fn read<'a>(
    input: &mut Input<'a>,
    schemas: &mut SchemaReader<'a>,
    at: Cursor<'a>,
) -> Option<Body> {
    let at = input.follow(at)?;
    input.expect_object(&at)?;
    input.check_fields(&at, &specification::REQUEST_BODY);
    input.warn_missing(&at, "content");
    Some(Body {
        location: input.location(&at.pointer),
        description: input.optional_text(&at, "description"),
        required: input.bool(&at, "required").unwrap_or(false),
        content: read_content(input, schemas, &at),
    })
}

/// Reads the media types of a request body or response.
pub(super) fn read_content<'a>(
    input: &mut Input<'a>,
    schemas: &mut SchemaReader<'a>,
    at: &Cursor<'a>,
) -> Vec<MediaType> {
    let mut content = Vec::new();
    let declared = input.members_of(at, "content");
    let has_media_type = declared.iter().any(|(name, _)| is_media_type(name));
    for (index, (name, media)) in declared.into_iter().enumerate() {
        let is_ignored = has_media_type || index > 0;
        let name = match is_media_type(name) {
            true => name,
            false => {
                warn_of_no_media_type(input, name, &media, is_ignored);
                if is_ignored {
                    continue;
                }
                "*/*"
            }
        };
        // OpenAPI 3.2, 4.14: a media type may be a reference.
        let media = match input.release {
            Release::V3_2 => input.follow(media),
            Release::V3_0 | Release::V3_1 => input.follow_leniently(media),
        };
        let Some(media) = media else { continue };
        if input.expect_object(&media).is_none() {
            continue;
        }
        input.check_fields(&media, &specification::MEDIA_TYPE);
        let (schema, is_item) = read_schema(input, schemas, name, &media);
        let encoding = read_encodings(input, name, &media);
        let kind = MediaKind::of(name);
        check_charset(input, name, kind, &media);
        content.push(MediaType {
            location: input.location(&media.pointer),
            name: name.to_owned(),
            kind,
            schema,
            is_item,
            encoding,
            beside_json: false,
        });
    }
    content
}

/// Warns of a key of `content` that names no media type.
fn warn_of_no_media_type<'a>(input: &mut Input<'a>, name: &str, media: &Cursor<'a>, is_ignored: bool) {
    let location = input.location(&media.pointer).key();
    let taken = if is_ignored { "it is ignored" } else { "it is taken for `*/*`" };
    let message = format!("{name:?} is no media type; {taken}");
    let help = "write a type and a subtype, such as `application/json` (RFC 9110, 8.3.1)";
    input.push(Diagnostic::warning(Code::InvalidValue, location, message).help(help));
}

/// Returns whether a text is a media type or a range of them, with or without parameters (RFC 9110, 8.3.1 and
/// 12.5.1).
fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence.split_once('/').is_some_and(|(kind, subtype)| {
        let is_name = |own: &str| !own.is_empty() && !own.contains(|sign: char| sign == '/' || sign <= ' ');
        is_name(kind) && is_name(subtype)
    })
}

/// Reads the schema of a body, or that of each item of a sequence (OpenAPI 3.2, 4.14.1); says whether it is
/// the latter.
fn read_schema<'a>(
    input: &mut Input<'a>,
    schemas: &mut SchemaReader<'a>,
    name: &str,
    media: &Cursor<'a>,
) -> (Option<SchemaId>, bool) {
    if let Some(whole) = media.child("schema") {
        let schema = schemas.read(input, whole);
        schemas.read_examples(input, media, schema);
        return (Some(schema), false);
    }
    let items = media.child("itemSchema").filter(|_| input.release == Release::V3_2);
    let Some(items) = items else { return (None, false) };
    if Sequence::of(name).is_none() {
        let location = input.location(&items.pointer).key();
        let message = format!("`itemSchema` is ignored: `{name}` is no media type of several texts");
        let help = "say what the body is with `schema`, or use a media type such as `application/jsonl`";
        input.push(Diagnostic::warning(Code::Unsupported, location, message).help(help));
        return (None, false);
    }
    (Some(schemas.read(input, items)), true)
}

/// Reads how the properties of a form are written (OpenAPI 3.1, 4.8.15).
fn read_encodings<'a>(input: &mut Input<'a>, name: &str, media: &Cursor<'a>) -> IndexMap<String, Encoding> {
    let mut encodings = IndexMap::new();
    for (property, at) in input.members_of(media, "encoding") {
        let Some(at) = input.follow_leniently(at) else { continue };
        if input.expect_object(&at).is_none() {
            continue;
        }
        input.check_fields(&at, &specification::ENCODING);
        let style = parameter::read_style_name(input, &at, Style::Form);
        let explode = input.bool(&at, "explode").unwrap_or(style == Style::Form);
        let content_type = input.string(&at, "contentType");
        // OpenAPI 3.0.4, 4.7.15.1.2: of forms in parts a style says nothing; 3.1, 4.8.15.1.2: there, too, it
        // goes before a media type.
        let counts = match MediaKind::of(name) {
            MediaKind::Form => true,
            MediaKind::Multipart => input.release != Release::V3_0,
            _ => false,
        };
        let is_styled =
            counts && ["style", "explode", "allowReserved"].iter().any(|own| at.child(own).is_some());
        let style = is_styled.then_some((style, explode));
        let content_type = content_type.filter(|_| !is_styled);
        encodings.insert(property.to_owned(), Encoding { content_type, style });
    }
    encodings
}

/// Warns of a charset that is none of the body's: JSON is always UTF-8 (RFC 8259, 8.1 and 11).
fn check_charset<'a>(input: &mut Input<'a>, name: &str, kind: MediaKind, media: &Cursor<'a>) {
    let charset = name
        .to_ascii_lowercase()
        .split("charset=")
        .nth(1)
        .map(|rest| rest.trim_start_matches('"').to_owned());
    if kind != MediaKind::Text && charset.is_some_and(|charset| !charset.starts_with("utf-8")) {
        let message = "only texts are written in another charset than UTF-8; this body is written in UTF-8";
        let help = "leave `charset` out: JSON has none, and is always UTF-8";
        input.warn_once(Code::InvalidValue, input.location(&media.pointer).key(), message, help);
    }
}
