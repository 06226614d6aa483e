//! Rejections: how a server answers a request that does not fit.
//!
//! Knows which shapes of errors documents declare. Must not know what can be wrong with a request.

use serde_json::{Map, Value};
use spec_api::{Api, Kind, MediaKind, Object, Operation, SchemaId, Status};

/// The answer of a server to a request that is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RejectionPlan {
    /// The document declares `{"detail": [{"loc": …, "msg": …, "type": …}]}` for this status.
    Detail(u16),
    /// The document declares another shape for this status and media type: the JSON, with [`MESSAGE`] where
    /// words go.
    Filled(u16, String, Value),
    /// Problem details with this status.
    Problem(u16),
}

/// Stands in a filled rejection where a sentence says what does not fit.
pub const MESSAGE: &str = "$message";

/// Plans how a request that does not fit is answered: in the shape that the document declares, if that can be
/// filled.
pub(super) fn plan_rejection(api: &Api, operation: &Operation) -> RejectionPlan {
    for status in [Status::Code(422), Status::Code(400), Status::Range(4), Status::Default] {
        let Some(response) = operation.responses.iter().find(|response| response.status == status) else {
            continue;
        };
        let code = if status == Status::Code(422) { 422 } else { 400 };
        let json = response.content.iter().find(|media| media.kind == MediaKind::Json);
        let Some((media, schema)) = json.and_then(|media| Some((media, media.schema?))) else {
            return RejectionPlan::Problem(code);
        };
        if is_detail(api, schema) {
            return RejectionPlan::Detail(code);
        }
        return match filled(api, schema, code, 0) {
            Some(value)
                if media.name != "application/problem+json" && value.to_string().contains(MESSAGE) =>
            {
                // Of a range, the plain one.
                let name = if media.name.contains('*') { "application/json" } else { &media.name };
                RejectionPlan::Filled(code, name.to_owned(), value)
            }
            _ => RejectionPlan::Problem(code),
        };
    }
    RejectionPlan::Problem(400)
}

/// Returns the least that a schema takes, with [`MESSAGE`] where words go; none where that can't be told.
fn filled(api: &Api, id: SchemaId, status: u16, depth: usize) -> Option<Value> {
    let schema = api.schema(api.resolve(id));
    let is_plain = schema.assertions.is_empty() && depth < 8;
    let value = match &schema.kind {
        Kind::Enum(values) => values.first().cloned(),
        Kind::Any => Some(MESSAGE.into()),
        Kind::String(None) if is_plain => Some(MESSAGE.into()),
        Kind::Integer(_) | Kind::Number(_) if is_plain => Some(status.into()),
        Kind::Boolean => Some(false.into()),
        Kind::Array(Some(items)) if is_plain => {
            Some(filled(api, *items, status, depth + 1).into_iter().collect())
        }
        Kind::Object(object) if is_plain => filled_object(api, object, status, depth),
        Kind::Union { variants, .. } if depth < 8 => {
            variants.iter().find_map(|id| filled(api, *id, status, depth + 1))
        }
        _ => None,
    };
    value.or(api.is_nullable(id).then_some(Value::Null))
}

/// Fills properties that must be there, and those whose name says that they tell what is wrong.
fn filled_object(api: &Api, object: &Object, status: u16, depth: usize) -> Option<Value> {
    const TELLING: [&str; 9] =
        ["message", "msg", "error", "errors", "detail", "details", "title", "description", "reason"];
    let mut members = Map::new();
    for property in &object.properties {
        match filled(api, property.schema, status, depth + 1) {
            Some(value) if property.required || TELLING.contains(&property.name.as_str()) => {
                members.insert(property.name.clone(), value);
            }
            None if property.required => return None,
            _ => {}
        }
    }
    Some(Value::Object(members))
}

/// Says whether a schema is `{"detail": [{"loc": […], "msg": "…", "type": "…"}]}`, whatever its schemas are
/// called.
fn is_detail(api: &Api, id: SchemaId) -> bool {
    let property = |id: SchemaId, name: &str| match &api.schema(api.resolve(id)).kind {
        Kind::Object(object) => object
            .properties
            .iter()
            .find(|property| property.name == name)
            .map(|property| api.resolve(property.schema)),
        _ => None,
    };
    let Some(detail) = property(id, "detail") else { return false };
    let Kind::Array(Some(entry)) = api.schema(detail).kind else { return false };
    let is_string =
        |name| property(entry, name).is_some_and(|id| matches!(api.schema(id).kind, Kind::String(_)));
    let is_list = property(entry, "loc").is_some_and(|id| matches!(api.schema(id).kind, Kind::Array(_)));
    is_string("msg") && is_string("type") && is_list
}
