//! What can be said of bodies only once all schemas are known: their syntax where a media type leaves it
//! open, whether HTTP lets an answer have one, and which texts of a form are files.
//!
//! Knows what HTTP says of statuses, and what schemas hold. Must not know how the document was written.

use crate::SchemaId;
use crate::model::{Additional, Api, Kind, MediaKind, MediaType, Operation};
use serde_json::{Value, json};
use spec_document::{Code, Diagnostic, Diagnostics, Location};

/// The depth to which schemas are looked into.
const DEPTH: usize = 8;

/// Keywords whose members may each be the schema.
const PARTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Settles all bodies of an Api.
pub(crate) fn settle(api: &mut Api, diagnostics: &mut Diagnostics) {
    let mut known = Vec::new();
    let (mut operations, mut webhooks) =
        (std::mem::take(&mut api.operations), std::mem::take(&mut api.webhooks));
    for operation in operations.iter_mut().chain(&mut webhooks) {
        remove_impossible(operation, &mut known, diagnostics);
        let answers = operation.responses.iter_mut().map(|response| &mut response.content);
        for content in operation.body.iter_mut().map(|body| &mut body.content).chain(answers) {
            for media in content.iter_mut() {
                mark_files(api, media);
                media.kind = syntax(api, media);
            }
            mark_ranges(api, content);
        }
        for media in operation.body.iter_mut().flat_map(|body| &mut body.content) {
            correct_form(api, media, &mut known, diagnostics);
        }
    }
    (api.operations, api.webhooks) = (operations, webhooks);
}

/// Finds the ranges of JSON that go by another name than `application/json`, which is declared beside them
/// and holds something else: the most specific key counts (OpenAPI 3.1, 4.8.17).
fn mark_ranges(api: &Api, content: &mut [MediaType]) {
    let Some(json) =
        content.iter().find(|media| media.essence() == "application/json").map(|media| media.schema)
    else {
        return;
    };
    for media in content {
        let is_same = match (json, media.schema) {
            (Some(left), Some(right)) => {
                api.resolve(left) == api.resolve(right) || api.json_schema(left) == api.json_schema(right)
            }
            (left, right) => left.is_none() && right.is_none(),
        };
        let is_range = ["*/*", "application/*"].contains(&media.essence().as_str());
        media.beside_json = is_range && media.kind == MediaKind::Json && !is_same;
    }
}

/// Takes a form whose schema has no object among its values for bytes: of a form there is nothing but the
/// names and values of an object (OpenAPI 3.1, 4.8.14.3 and 4.8.14.4).
fn correct_form(api: &Api, media: &mut MediaType, known: &mut Vec<Location>, diagnostics: &mut Diagnostics) {
    let is_form = matches!(media.kind, MediaKind::Form | MediaKind::Multipart);
    if !is_form || media.schema.is_none_or(|schema| may_be_object(api, schema, 0)) {
        return;
    }
    media.kind = MediaKind::Bytes;
    if !known.contains(&media.location) {
        let message = format!(
            "`{}` holds names and values, but this schema takes no object; the body is taken for bytes",
            media.name
        );
        let help =
            "describe an object whose properties are the fields of the form, or name another media type";
        diagnostics
            .push(Diagnostic::warning(Code::Unsupported, media.location.clone().key(), message).help(help));
        known.push(media.location.clone());
    }
}

/// Returns whether an object may be among the values of a schema.
fn may_be_object(api: &Api, id: SchemaId, depth: usize) -> bool {
    match &api.schema(api.resolve(id)).kind {
        Kind::Boolean
        | Kind::Integer(_)
        | Kind::Number(_)
        | Kind::String(_)
        | Kind::Array(_)
        | Kind::Tuple(_) => false,
        Kind::Enum(values) => values.iter().any(Value::is_object),
        Kind::Union { variants, .. } => {
            depth >= DEPTH || variants.iter().any(|id| may_be_object(api, *id, depth + 1))
        }
        Kind::Any | Kind::Never | Kind::Object(_) | Kind::Opaque | Kind::Reference(_) => true,
    }
}

/// Removes bodies that HTTP does not allow.
fn remove_impossible(operation: &mut Operation, known: &mut Vec<Location>, diagnostics: &mut Diagnostics) {
    for response in operation.responses.iter_mut().filter(|response| response.status.is_bodiless()) {
        for media in response.content.drain(..) {
            // A response that several operations share is said once.
            if known.contains(&media.location) {
                continue;
            }
            let status = response.status;
            let message = format!(
                "an answer of status {status} never has a body (RFC 9110, 6.4.1); this one is ignored"
            );
            let help = "remove the content, or give the answer another status";
            diagnostics.push(
                Diagnostic::warning(Code::Unsupported, media.location.clone().key(), message).help(help),
            );
            known.push(media.location);
        }
    }
}

/// Returns the syntax of a body. Where its media type leaves that open, or is that of any text, a schema of
/// more than texts can only mean JSON. A text that is binary is bytes.
fn syntax(api: &Api, media: &MediaType) -> MediaKind {
    let by_name = MediaKind::of(&media.name);
    let Some(schema) = media.schema else { return by_name };
    let is_open = ["*/*", "application/*", "text/plain"].contains(&media.essence().as_str());
    match by_name {
        _ if is_open && holds_more_than_texts(api, schema, 0) => MediaKind::Json,
        MediaKind::Text if api.is_file(schema) => MediaKind::Bytes,
        _ => by_name,
    }
}

/// Returns whether a schema takes values other than texts.
fn holds_more_than_texts(api: &Api, id: SchemaId, depth: usize) -> bool {
    let id = api.resolve(id);
    match &api.schema(id).kind {
        Kind::Boolean
        | Kind::Integer(_)
        | Kind::Number(_)
        | Kind::Array(_)
        | Kind::Tuple(_)
        | Kind::Object(_) => true,
        Kind::Enum(values) => values.iter().any(|value| !value.is_string()),
        Kind::Union { variants, .. } => {
            depth < DEPTH && variants.iter().any(|id| holds_more_than_texts(api, *id, depth + 1))
        }
        Kind::Opaque => names_more_than_texts(api, api.json_schema(id), depth),
        Kind::Any | Kind::Never | Kind::String(_) | Kind::Reference(_) => false,
    }
}

/// Returns whether a schema that only a validator understands names types other than texts.
fn names_more_than_texts(api: &Api, schema: &Value, depth: usize) -> bool {
    let is_more = |name: &Value| !["string", "null"].iter().any(|text| name == text);
    match schema.get("type") {
        Some(Value::Array(names)) => return names.iter().any(is_more),
        Some(name) => return is_more(name),
        None if schema.get("properties").is_some() => return true,
        None => {}
    }
    let parts = PARTS.iter().filter_map(|keyword| schema.get(*keyword)?.as_array()).flatten();
    let target = schema.get("$ref").and_then(Value::as_str).and_then(spec_document::Pointer::from_fragment);
    let target = target.and_then(|pointer| api.json.pointer(pointer.as_str()));
    depth < DEPTH && parts.chain(target).any(|part| names_more_than_texts(api, part, depth + 1))
}

/// Finds the files of a body: texts that name a media type and no encoding are the bytes themselves (OpenAPI
/// 3.1, 4.8.14.1), as with `format: binary` of OpenAPI 3.0, and so is in a form what has no schema to speak
/// of and a part of bytes (4.8.15.1).
fn mark_files(api: &mut Api, media: &MediaType) {
    let Some(schema) = media.schema else { return };
    match MediaKind::of(&media.name) {
        MediaKind::Multipart => mark_files_of_form(api, schema, media, 0),
        MediaKind::Text => {
            let id = api.resolve(schema);
            if content_media_type(api.json_schema(id), 0)
                .is_some_and(|name| MediaKind::of(name) == MediaKind::Bytes)
            {
                mark_file(api, id, None, 0);
            }
        }
        MediaKind::Json | MediaKind::Form | MediaKind::Bytes => {}
    }
}

/// Finds the files among the properties of a form.
fn mark_files_of_form(api: &mut Api, schema: SchemaId, media: &MediaType, depth: usize) {
    match api.schema(api.resolve(schema)).kind.clone() {
        Kind::Object(object) => {
            for property in object.properties {
                let encoding = media.encoding.get(&property.name);
                mark_file(api, property.schema, encoding.and_then(|own| own.content_type.as_deref()), 0);
            }
            if let Additional::Allowed(Some(values)) = object.additional {
                mark_file(api, values, None, 0);
            }
        }
        Kind::Union { variants, .. } if depth < DEPTH => {
            variants.into_iter().for_each(|id| mark_files_of_form(api, id, media, depth + 1))
        }
        _ => {}
    }
}

/// Marks a property of a form as a file, or a list of files, if that is what its schema says. `encoded`
/// is the media type that its part has.
fn mark_file(api: &mut Api, id: SchemaId, encoded: Option<&str>, depth: usize) {
    let id = api.resolve(id);
    let schema = api.schema(id);
    let is_file = match &schema.kind {
        Kind::Array(Some(items)) if depth < DEPTH => return mark_file(api, *items, encoded, depth + 1),
        Kind::String(None) => content_media_type(api.json_schema(id), 0)
            .is_some_and(|name| MediaKind::of(name) != MediaKind::Json),
        Kind::Any if !schema.typed && schema.assertions.is_empty() && schema.component.is_none() => {
            encoded.is_some_and(|names| names.split(',').all(|name| MediaKind::of(name) == MediaKind::Bytes))
        }
        _ => false,
    };
    let Some(pointer) = schema.pointer().filter(|_| is_file).map(str::to_owned) else { return };
    api.schemas[id.0 as usize].kind = Kind::String(Some("binary".to_owned()));
    if let Some(schema) = api.json.pointer_mut(&pointer) {
        write_binary(schema, 0);
    }
}

/// Returns the media type that a schema names for its texts, if they are not encoded.
pub(crate) fn content_media_type(schema: &Value, depth: usize) -> Option<&str> {
    if schema.get("contentEncoding").is_some() || depth > DEPTH {
        return None;
    }
    let mut parts = PARTS.iter().filter_map(|keyword| schema.get(*keyword)?.as_array()).flatten();
    let own = schema.get("contentMediaType").and_then(Value::as_str);
    own.or_else(|| parts.find_map(|part| content_media_type(part, depth + 1)))
}

/// Writes `format: binary` into the JSON of a schema, for validators.
fn write_binary(schema: &mut Value, depth: usize) {
    if !schema.is_object() {
        *schema = json!({});
    }
    let parts = PARTS.map(|keyword| schema.get(keyword).is_some()).contains(&true);
    if !parts || schema.get("contentMediaType").is_some() {
        if schema.get("type").is_none() {
            schema["type"] = "string".into();
        }
        schema["format"] = "binary".into();
        return;
    }
    for keyword in PARTS {
        let members = schema.get_mut(keyword).and_then(Value::as_array_mut).into_iter().flatten();
        let named = members.filter(|part| depth < DEPTH && content_media_type(part, depth + 1).is_some());
        named.for_each(|part| write_binary(part, depth + 1));
    }
}
