//! Errors that are declared: the shapes in which a server says what failed.
//!
//! Knows which shapes of errors documents declare, and how each can be filled. Must not know what can fail.

use super::response::variant_name;
use serde_json::{Map, Value, json};
use spec_api::{Api, Kind, MediaKind, Object, Operation, Response, SchemaId, Status};
use spec_contract::ResponseSchemas;
use std::cell::OnceCell;
use std::collections::HashMap;

/// The answers of a server to what fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorsPlan {
    /// The status of the answer to a request that is not valid.
    pub invalid: u16,
    /// The shapes of declared errors: an index of [`Plan::errors`](super::Plan::errors); none where all are
    /// problem details.
    pub shapes: Option<usize>,
}

/// The shape of each declared error, in the order of the document.
pub type ErrorShapes = Vec<(Status, ErrorShape)>;

/// The JSON of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorShape {
    /// Problem details.
    Problem,
    /// `{"detail": [{"loc": …, "msg": …, "type": …}]}`.
    Detail,
    /// Another shape of this media type: the JSON, with [`MESSAGE`] where a sentence goes, [`TITLE`] where
    /// the name of the status goes, and [`STATUS`] where its code goes.
    Filled(String, Value),
}

/// Stands in a filled shape where a sentence says what failed.
pub const MESSAGE: &str = "$message";
/// Stands in a filled shape where the name of the status goes.
pub const TITLE: &str = "$title";
/// Stands in a filled shape where the code of the status goes.
pub const STATUS: &str = "$status";

/// Plans the shapes of errors, and remembers what it found out about each schema.
pub(super) struct ErrorPlanner<'a> {
    /// The shapes that operations declare, each once.
    pub(super) shapes: Vec<ErrorShapes>,
    api: &'a Api,
    schemas: OnceCell<ResponseSchemas<'a>>,
    known: HashMap<(SchemaId, Status, String), ErrorShape>,
}

impl<'a> ErrorPlanner<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        ErrorPlanner { shapes: Vec::new(), api, schemas: OnceCell::new(), known: HashMap::new() }
    }

    /// Plans how an operation answers what fails: in the shapes that the document declares, if they can be
    /// filled.
    pub(super) fn plan(&mut self, operation: &Operation) -> ErrorsPlan {
        let declared = |status: &Status| operation.responses.iter().any(|own| own.status == *status);
        let invalid = if declared(&Status::Code(422)) { 422 } else { 400 };
        // What stands for success, too, is not made for errors.
        let succeeds = operation.responses.iter().any(|response| response.status.is_success());
        let is_error = |response: &&Response| match response.status {
            Status::Code(code) => (400..600).contains(&code),
            Status::Range(hundreds) => hundreds == 4 || hundreds == 5,
            Status::Default => succeeds,
        };
        let errors = operation.responses.iter().filter(is_error);
        let mut shapes: ErrorShapes =
            errors.map(|response| (response.status, self.shape(response))).collect();
        // Problem details need no word, unless a wider status has another shape.
        let others: Vec<Status> =
            shapes.iter().filter(|(_, shape)| *shape != ErrorShape::Problem).map(|(own, _)| *own).collect();
        shapes.retain(|(status, shape)| {
            *shape != ErrorShape::Problem || others.iter().any(|other| is_wider(*other, *status))
        });
        ErrorsPlan { invalid, shapes: (!shapes.is_empty()).then(|| self.index_of(shapes)) }
    }

    fn index_of(&mut self, shapes: ErrorShapes) -> usize {
        self.shapes.iter().position(|known| *known == shapes).unwrap_or_else(|| {
            self.shapes.push(shapes);
            self.shapes.len() - 1
        })
    }

    /// Finds the shape of a declared error.
    fn shape(&mut self, response: &Response) -> ErrorShape {
        let json = response.content.iter().find(|media| media.kind == MediaKind::Json);
        let Some((media, schema)) = json.and_then(|media| Some((media, media.schema?))) else {
            return ErrorShape::Problem;
        };
        let key = (self.api.resolve(schema), response.status, media.name.clone());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let shape = self.of_schema(schema, response.status, &media.name);
        self.known.insert(key, shape.clone());
        shape
    }

    fn of_schema(&self, schema: SchemaId, status: Status, media_type: &str) -> ErrorShape {
        if is_detail(self.api, schema) && self.fits(schema, status, &detail()) {
            return ErrorShape::Detail;
        }
        if media_type == "application/problem+json" && self.fits(schema, status, &problem()) {
            return ErrorShape::Problem;
        }
        match filled(self.api, schema, status, 0) {
            Some(value) if value.to_string().contains(MESSAGE) && self.fits(schema, status, &value) => {
                // Of a range, the plain one.
                let name = if media_type.contains('*') { "application/json" } else { media_type };
                ErrorShape::Filled(name.to_owned(), value)
            }
            _ => ErrorShape::Problem,
        }
    }

    /// Says whether a template is what a schema asks for, as it is filled for a status.
    fn fits(&self, schema: SchemaId, status: Status, template: &Value) -> bool {
        let schemas = self.schemas.get_or_init(|| ResponseSchemas::new(self.api));
        let codes = match status {
            Status::Code(code) => vec![code],
            Status::Range(hundreds) => vec![u16::from(hundreds) * 100, u16::from(hundreds) * 100 + 99],
            Status::Default => vec![400, 599],
        };
        codes.into_iter().all(|code| schemas.fits(schema, &example(template, code)))
    }
}

/// Returns what a template may become.
fn example(template: &Value, code: u16) -> Value {
    match template {
        Value::String(text) if text == STATUS => code.into(),
        Value::Array(items) => items.iter().map(|item| example(item, code)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), example(member, code))).collect()
        }
        value => value.clone(),
    }
}

/// Returns problem details, as the runtime writes them where it says all that it can say.
fn problem() -> Value {
    let error = json!({"detail": MESSAGE, "pointer": "/name", "in": "body"});
    json!({"title": TITLE, "status": STATUS, "detail": MESSAGE, "errors": [error]})
}

/// Returns a list of violations, as the runtime writes it.
fn detail() -> Value {
    json!({"detail": [{"loc": ["body", "name", 0], "msg": MESSAGE, "type": "missing"}]})
}

/// Says whether a status has others in it, and another one among them (OpenAPI 3.1, 4.8.16).
fn is_wider(status: Status, other: Status) -> bool {
    match (status, other) {
        (Status::Range(hundreds), Status::Code(code)) => code / 100 == u16::from(hundreds),
        (Status::Default, Status::Range(_) | Status::Code(_)) => true,
        _ => false,
    }
}

/// Returns the least that a schema takes, with words of [`ErrorShape::Filled`]; none where that can't be
/// told.
fn filled(api: &Api, id: SchemaId, status: Status, depth: usize) -> Option<Value> {
    let schema = api.schema(api.resolve(id));
    let is_plain = schema.assertions.is_empty() && depth < 8;
    let value = match &schema.kind {
        Kind::Enum(values) => named(values, status).cloned(),
        Kind::Any => Some(MESSAGE.into()),
        Kind::String(None) if is_plain => Some(MESSAGE.into()),
        Kind::Integer(_) | Kind::Number(_) if depth < 8 => Some(STATUS.into()),
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

/// Chooses the value of an enumeration that names a status, or else the first.
fn named(values: &[Value], status: Status) -> Option<&Value> {
    let letters = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    let name = letters(&variant_name(status));
    let names = |value: &&Value| match (value, status) {
        (Value::String(text), Status::Code(code)) => letters(text) == name || *text == code.to_string(),
        (Value::Number(number), Status::Code(code)) => number.as_u64() == Some(code.into()),
        _ => false,
    };
    values.iter().find(names).or(values.first())
}

/// Fills properties that must be there, and those whose name says that they tell what is wrong.
fn filled_object(api: &Api, object: &Object, status: Status, depth: usize) -> Option<Value> {
    const TELLING: [&str; 9] =
        ["message", "msg", "error", "errors", "detail", "details", "title", "description", "reason"];
    // Beside a sentence, these are what it is the sentence of.
    const SENTENCES: [&str; 5] = ["message", "msg", "detail", "description", "error_description"];
    const NAMES: [&str; 4] = ["title", "code", "error", "reason"];
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
    if SENTENCES.iter().any(|name| members.get(*name).is_some_and(|value| value == MESSAGE)) {
        for name in NAMES {
            if let Some(value) = members.get_mut(name).filter(|value| **value == MESSAGE) {
                *value = TITLE.into();
            }
        }
        // As problem details have it (RFC 9457, 3.1.1), or else one name more.
        let ty = if members.contains_key("title") { "about:blank" } else { TITLE };
        if let Some(value) = members.get_mut("type").filter(|value| **value == MESSAGE) {
            *value = ty.into();
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
