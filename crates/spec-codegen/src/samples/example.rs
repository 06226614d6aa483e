//! The values with which an operation is called: the examples of the document, and where there are none,
//! values of its schemas.
//!
//! Knows where a document has examples. Must not know Rust.

use crate::plan::{OperationPlan, Plan};
use serde_json::{Map, Value, json};
use spec_api::{Additional, Api, Kind, MediaKind, MediaType, Operation, Parameter, Schema, SchemaId};
use spec_document::Place;

/// The largest number of values in an example that is made of schemas: they may contain themselves.
const MOST: usize = 200;

/// The depth of the deepest.
const DEEPEST: usize = 8;

/// The values with which one operation is called.
#[derive(Clone, Debug)]
pub(crate) struct Examples {
    /// For each parameter of the document, its value; none where it is left out.
    pub(crate) parameters: Vec<Option<Value>>,
    /// The media type of the body, as the document has it.
    pub(crate) body_media_type: String,
    /// The media type of the document, or else one that it may mean.
    pub(crate) media_type: Option<String>,
    /// Bodies, the best first: as the document shows it, and as its schema has it, for examples that are
    /// wrong.
    pub(crate) bodies: Vec<Value>,
}

/// Returns the examples of each operation, in the order of the plan.
pub(crate) fn examples(api: &Api, plan: &Plan) -> Vec<Examples> {
    api.operations.iter().zip(&plan.operations).map(|(own, plan)| of_operation(api, own, plan)).collect()
}

fn of_operation(api: &Api, operation: &Operation, plan: &OperationPlan) -> Examples {
    let parameters = operation.parameters.iter().map(|parameter| of_parameter(api, parameter)).collect();
    let form = plan.body.as_ref().and_then(|body| body.forms.first());
    let body_media_type = form.map(|form| form.media_type.clone()).unwrap_or_default();
    let content = operation.body.iter().flat_map(|body| &body.content);
    let media = content.into_iter().find(|media| media.name == body_media_type);
    Examples {
        parameters,
        media_type: media.map(|media| exact(&media.name)),
        bodies: media.map(|media| of_media(api, media)).unwrap_or_default(),
        body_media_type,
    }
}

/// Returns the value of a parameter. One that may be left out is, unless there is an example of it.
fn of_parameter(api: &Api, parameter: &Parameter) -> Option<Value> {
    if parameter.deprecated && !parameter.required {
        return None;
    }
    let said = written(api, &parameter.location.place).or_else(|| said(api, parameter.schema));
    let made = || made(api, parameter.schema);
    // No style has a word for null.
    said.filter(|value| !value.is_null()).or_else(|| made().filter(|_| parameter.required))
}

/// Returns bodies of one media type.
fn of_media(api: &Api, media: &MediaType) -> Vec<Value> {
    let said = written(api, &media.location.place);
    if let Some(schema) = api.item(media).filter(|_| media.sequence().is_some()) {
        // One item, where the examples are of the whole.
        let made = made(api, schema).map(|item| json!([item]));
        return said.filter(Value::is_array).into_iter().chain(made).collect();
    }
    let made = match (media.kind, media.schema) {
        (MediaKind::Text | MediaKind::Bytes, _) => vec!["text".into()],
        (_, Some(schema)) => {
            [true, false].into_iter().filter_map(|examples| made_with(api, schema, examples)).collect()
        }
        (_, None) => vec![json!({})],
    };
    said.into_iter().chain(made).collect()
}

/// Returns the example that stands beside the schema of a parameter or a media type.
fn written(api: &Api, place: &Place) -> Option<Value> {
    let Place::Pointer { pointer, .. } = place else { return None };
    let object = api.json.pointer(pointer.as_str())?;
    if let Some(example) = object.get("example") {
        return Some(example.clone());
    }
    let examples = object.get("examples")?.as_object()?;
    examples.values().find_map(|example| example.get("value")).cloned()
}

/// Returns the example that a schema has, or the one that it refers to.
fn said(api: &Api, id: SchemaId) -> Option<Value> {
    let own = |schema: &Schema| schema.examples.first().map(|(_, value)| value.clone());
    own(api.schema(id)).or_else(|| own(api.schema(api.resolve(id))))
}

/// Makes a value of a schema, of as many examples as there are.
fn made(api: &Api, id: SchemaId) -> Option<Value> {
    made_with(api, id, true)
}

/// Makes a value of a schema, with or without examples: the flattest that there is, because schemas can
/// contain themselves.
fn made_with(api: &Api, id: SchemaId, follows_examples: bool) -> Option<Value> {
    (1..=DEEPEST).find_map(|deepest| Maker { api, left: MOST, deepest, follows_examples }.value(id, 0))
}

/// Makes values of schemas.
struct Maker<'a> {
    api: &'a Api,
    /// The number of values that may still be made.
    left: usize,
    /// The depth that the value may have.
    deepest: usize,
    /// True if the examples of schemas are taken, or else only what their keywords say.
    follows_examples: bool,
}

impl Maker<'_> {
    /// Makes a value; none where there is none, or it would be too much.
    fn value(&mut self, id: SchemaId, depth: usize) -> Option<Value> {
        if let Some(value) = said(self.api, id).filter(|_| self.follows_examples) {
            return Some(value);
        }
        self.left = self.left.checked_sub(1).filter(|_| depth < self.deepest)?;
        let api = self.api;
        let schema = api.schema(api.resolve(id));
        let default = api.schema(id).default.as_ref().or(schema.default.as_ref());
        if let Some(default) = default.filter(|default| !default.is_null()) {
            return Some(default.clone());
        }
        match self.of_kind(schema, depth) {
            None if api.is_nullable(id) && self.deepest == DEEPEST => Some(Value::Null),
            value => value,
        }
    }

    fn of_kind(&mut self, schema: &Schema, depth: usize) -> Option<Value> {
        let least = |keyword: &str| schema.assertions.get(keyword).and_then(Value::as_i64);
        match &schema.kind {
            Kind::Never | Kind::Reference(_) => None,
            Kind::Any | Kind::Opaque => Some(json!({ "key": "value" })),
            Kind::Boolean => Some(true.into()),
            Kind::Integer(_) => Some(least("minimum").unwrap_or(1).into()),
            Kind::Number(_) => Some(least("minimum").map_or(json!(1.5), |least| json!(least as f64))),
            Kind::String(format) => Some(text_of(format.as_deref().unwrap_or_default()).into()),
            Kind::Enum(values) => values.first().cloned(),
            Kind::Array(item) => {
                let least = usize::try_from(least("minItems").unwrap_or(0)).unwrap_or(0);
                let items = (0..least.max(1)).map(|_| match item {
                    Some(item) => self.value(*item, depth + 1),
                    None => Some("item".into()),
                });
                // Each takes of what is left, so that lists of lists come to an end.
                match items.take(MOST).collect::<Option<Vec<_>>>() {
                    Some(items) => Some(Value::Array(items)),
                    None => (least == 0 && self.deepest == DEEPEST).then(|| json!([])),
                }
            }
            Kind::Tuple(items) => items.iter().map(|item| self.value(*item, depth + 1)).collect(),
            Kind::Union { variants, discriminator, .. } => {
                let Some(by) = discriminator else {
                    return variants.iter().find_map(|variant| self.value(*variant, depth + 1));
                };
                by.mapping.iter().find_map(|(tag, index)| {
                    let mut value = self.value(*variants.get(*index)?, depth + 1)?;
                    if let Some(members) = value.as_object_mut() {
                        members.insert(by.property.clone(), tag.as_str().into());
                    }
                    Some(value)
                })
            }
            Kind::Object(object) => {
                let mut members = Map::new();
                for property in &object.properties {
                    let about = self.api.schema(property.schema);
                    let told = self.api.schema(self.api.resolve(property.schema));
                    let is_of_answers = about.read_only || told.read_only;
                    // What may be left out is shown where the document shows it.
                    let is_shown = !about.deprecated
                        && self.follows_examples
                        && said(self.api, property.schema).is_some();
                    if is_of_answers || !(property.required || is_shown) {
                        continue;
                    }
                    members.insert(property.name.clone(), self.value(property.schema, depth + 1)?);
                }
                if let (true, Additional::Allowed(values)) =
                    (object.properties.is_empty(), &object.additional)
                {
                    let value = match values {
                        Some(values) => self.value(*values, depth + 1)?,
                        None => "value".into(),
                    };
                    members.insert("key".to_owned(), value);
                }
                Some(Value::Object(members))
            }
        }
    }
}

/// Returns a text of a format.
fn text_of(format: &str) -> &'static str {
    match format {
        "date" => "2024-01-31",
        "date-time" => "2024-01-31T12:00:00Z",
        "time" => "12:00:00Z",
        "duration" => "P1D",
        "uuid" => "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "email" | "idn-email" => "someone@example.com",
        "hostname" | "idn-hostname" => "example.com",
        "uri" | "uri-reference" | "iri" | "iri-reference" | "url" => "https://example.com/",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "byte" => "dGV4dA==",
        "base64url" => "dGV4dA",
        "regex" => "^a",
        "json-pointer" => "/a",
        _ => "text",
    }
}

/// Returns a media type that a range of them means.
fn exact(range: &str) -> String {
    match range {
        "image/*" => "image/png".to_owned(),
        "audio/*" => "audio/mpeg".to_owned(),
        "video/*" => "video/mp4".to_owned(),
        "text/*" => "text/plain".to_owned(),
        "*/*" | "application/*" => "application/octet-stream".to_owned(),
        other => other.replace('*', "x"),
    }
}
