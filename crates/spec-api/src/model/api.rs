//! An API as a whole, and what can be asked about it.
//!
//! Knows how operations, schemas and their JSON belong together. Must not know how any of them was read.

use super::{
    Additional, Example, Kind, MediaType, Operation, Parameter, ParameterIn, Schema, SchemaId,
    SecurityScheme, Sequence, Server, Style,
};
use indexmap::IndexMap;
use serde_json::Value;
use spec_document::SourceId;

/// An HTTP API, as one document describes it. Everything is in the document's order.
#[derive(Clone, Debug)]
pub struct Api {
    /// The document that it was read from.
    pub source: SourceId,
    /// The version of OpenAPI that the document was written in; for messages only.
    pub version: Version,
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub api_version: String,
    /// `info.description`.
    pub description: Option<String>,
    /// Where the API is served; never empty (OpenAPI 3.1, 4.8.1: the default is the URL `/`).
    pub servers: Vec<Server>,
    /// Declared tags.
    pub tags: Vec<Tag>,
    /// Security schemes by component name.
    pub security_schemes: IndexMap<String, SecurityScheme>,
    /// Operations in the order of paths and methods.
    pub operations: Vec<Operation>,
    /// Requests that the API itself sends: webhooks, then callbacks in the order of the operations that
    /// declare them. Each is an operation of whoever receives it; its path is a name and no address.
    pub webhooks: Vec<Operation>,
    /// Ids of `components/schemas`, by name.
    pub components: IndexMap<String, SchemaId>,
    /// Every example and default of the document.
    pub examples: Vec<Example>,
    /// The whole document as JSON, every schema in the dialect of JSON Schema 2020-12. Pointers are those of
    /// the document.
    pub json: Value,
    pub(crate) schemas: Vec<Schema>,
}

impl Api {
    /// Returns the schema behind an id.
    #[must_use]
    pub fn schema(&self, id: SchemaId) -> &Schema {
        &self.schemas[id.0 as usize]
    }

    /// Returns all schemas that were read, with their ids, in the order of reading.
    pub fn schemas(&self) -> impl Iterator<Item = (SchemaId, &Schema)> {
        self.schemas.iter().enumerate().map(|(index, schema)| (SchemaId(index as u32), schema))
    }

    /// Returns the schema of each piece of a body that is a sequence, where the pieces are JSON; none where
    /// nothing is said of them, and for events whose data is text.
    ///
    /// OpenAPI 3.2 has `itemSchema` (4.14.1). In other documents the schema of the body describes an item, or
    /// a list of items; of events, it describes the data, or the event around it.
    #[must_use]
    pub fn item(&self, media: &MediaType) -> Option<SchemaId> {
        let (sequence, schema) = (media.sequence()?, media.schema?);
        let kind = |id: SchemaId| &self.schema(self.resolve(id)).kind;
        let item = match kind(schema) {
            Kind::Array(Some(item)) if !media.is_item => *item,
            _ => schema,
        };
        if sequence != Sequence::Events {
            return Some(item);
        }
        let data = match kind(item) {
            Kind::Object(object) => {
                let is_event = object
                    .properties
                    .iter()
                    .all(|own| ["data", "event", "id", "retry"].contains(&own.name.as_str()));
                object
                    .properties
                    .iter()
                    .find(|own| own.name == "data" && is_event)
                    .map_or(item, |data| data.schema)
            }
            _ => item,
        };
        (!matches!(kind(data), Kind::String(_) | Kind::Any | Kind::Enum(_))).then_some(data)
    }

    /// Returns the parameters of the query and headers that a request must have with a single value: place,
    /// name and value as text. Documents tell operations of one path apart by them (`/#X-Amz-Target=…`).
    #[must_use]
    pub fn constants(&self, operation: &Operation) -> Vec<(ParameterIn, String, String)> {
        let is_here = |own: &&Parameter| matches!(own.place, ParameterIn::Query | ParameterIn::Header);
        let constant = |own: &Parameter| Some((own.place, own.name.clone(), self.only_value(own)?));
        operation.parameters.iter().filter(is_here).filter_map(constant).collect()
    }

    /// Returns the parameters whose undeclared names go to another one: an exploded object of which any name
    /// may stand alone in the query, or in a cookie, takes all that no parameter declares, and there is one
    /// before it.
    #[must_use]
    pub fn overshadowed_objects<'a>(&self, operation: &'a Operation) -> Vec<&'a Parameter> {
        let is_open = |own: &&Parameter| self.names_in_place(own).is_open;
        let open: Vec<&Parameter> = operation.parameters.iter().filter(is_open).collect();
        let is_later =
            |(index, own): &(usize, &&Parameter)| open[..*index].iter().any(|first| first.place == own.place);
        open.iter().enumerate().filter(is_later).map(|(_, own)| *own).collect()
    }

    /// Returns the parameters that stand in the query, or in a cookie, under a name that one before them has
    /// too, with that name: the properties of an exploded object stand there alone, beside all others.
    #[must_use]
    pub fn shared_names<'a>(&'a self, operation: &'a Operation) -> Vec<(&'a Parameter, &'a str)> {
        let mut taken: Vec<(ParameterIn, &str)> = Vec::new();
        let mut shared = Vec::new();
        for own in &operation.parameters {
            let names = self.names_in_place(own).names;
            let is_taken = |name: &&&str| taken.contains(&(own.place, **name));
            shared.extend(names.iter().filter(is_taken).map(|name| (own, *name)));
            taken.extend(names.iter().map(|name| (own.place, *name)));
        }
        shared
    }

    /// Returns the names under which a parameter stands in the query, or in a cookie.
    fn names_in_place<'a>(&'a self, parameter: &'a Parameter) -> Names<'a> {
        if !matches!(parameter.place, ParameterIn::Query | ParameterIn::Cookie) {
            return Names::default();
        }
        let is_spread =
            parameter.explode && parameter.style != Style::DeepObject && parameter.content.is_none();
        let mut found = Names::default();
        if is_spread {
            self.add_properties(parameter.schema, 0, &mut found);
        }
        if !found.is_object && parameter.style != Style::DeepObject {
            found.names.push(&parameter.name);
        }
        found
    }

    fn add_properties<'a>(&'a self, id: SchemaId, depth: usize, found: &mut Names<'a>) {
        let id = self.resolve(id);
        let has_patterns = || self.json_schema(id).get("patternProperties").is_some();
        match &self.schema(id).kind {
            Kind::Object(object) => {
                found.is_object = true;
                found.is_open |= object.additional != Additional::Refused || has_patterns();
                for name in object.properties.iter().map(|property| property.name.as_str()) {
                    if !found.names.contains(&name) {
                        found.names.push(name);
                    }
                }
            }
            Kind::Opaque if has_patterns() => (found.is_object, found.is_open) = (true, true),
            Kind::Union { variants, .. } if depth < DEPTH_OF_UNIONS => {
                variants.iter().for_each(|variant| self.add_properties(*variant, depth + 1, found));
            }
            _ => {}
        }
    }

    /// Returns the single value of a parameter that must be there, as text.
    pub(crate) fn only_value(&self, parameter: &Parameter) -> Option<String> {
        if !parameter.required || parameter.content.is_some() || self.is_nullable(parameter.schema) {
            return None;
        }
        let Kind::Enum(values) = &self.schema(self.resolve(parameter.schema)).kind else { return None };
        match values.as_slice() {
            [Value::String(text)] => Some(text.clone()),
            [value @ (Value::Number(_) | Value::Bool(_))] => Some(value.to_string()),
            _ => None,
        }
    }

    /// Takes a value away from an enumeration.
    pub fn remove_value(&mut self, id: SchemaId, value: &Value) {
        let kind = &mut self.schemas[id.0 as usize].kind;
        if let Kind::Enum(values) = kind {
            values.retain(|own| own != value);
            if values.is_empty() {
                *kind = Kind::Never;
            }
        }
    }

    /// Follows references to the schema that says something of its own. References in a circle end where they
    /// began.
    #[must_use]
    pub fn resolve(&self, id: SchemaId) -> SchemaId {
        let mut current = id;
        for _ in 0..self.schemas.len() {
            match self.schema(current).kind {
                Kind::Reference(target) => current = target,
                _ => return current,
            }
        }
        id
    }

    /// Returns whether null is among the values, here or behind a reference.
    #[must_use]
    pub fn is_nullable(&self, id: SchemaId) -> bool {
        let mut current = id;
        for _ in 0..=self.schemas.len() {
            let schema = self.schema(current);
            if schema.nullable {
                return true;
            }
            match schema.kind {
                Kind::Reference(target) => current = target,
                _ => return false,
            }
        }
        false
    }

    /// Returns whether values of a schema are files: bytes of any sort, which are sent as a part with a file
    /// name in a form. They have `format: binary`, or name a media type and no encoding (OpenAPI 3.1,
    /// 4.8.14.1).
    #[must_use]
    pub fn is_file(&self, id: SchemaId) -> bool {
        matches!(&self.schema(self.resolve(id)).kind, Kind::String(Some(format)) if format == "binary")
    }

    /// Returns the media type that a schema names for its texts, if they are not encoded
    /// (`contentMediaType`).
    #[must_use]
    pub fn content_media_type(&self, id: SchemaId) -> Option<&str> {
        crate::settle::bodies::content_media_type(self.json_schema(self.resolve(id)), 0)
    }

    /// Returns the schema as JSON Schema 2020-12, as the document has it; references point into
    /// [`Api::json`].
    #[must_use]
    pub fn json_schema(&self, id: SchemaId) -> &Value {
        static ANY: Value = Value::Bool(true);
        self.schema(id).pointer().and_then(|pointer| self.json.pointer(pointer)).unwrap_or(&ANY)
    }
}

/// The depth to which unions within unions are looked into.
const DEPTH_OF_UNIONS: usize = 8;

/// The names that are a parameter's in its place.
#[derive(Default)]
struct Names<'a> {
    names: Vec<&'a str>,
    /// True if the properties of an object stand there, each under its own name.
    is_object: bool,
    /// True if it takes names that it does not declare.
    is_open: bool,
}

/// OpenAPI versions that are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// OpenAPI 3.0.x: schemas are an extended subset of JSON Schema draft 5.
    V3_0,
    /// OpenAPI 3.1.x, and 3.2.x where it says the same: schemas are JSON Schema 2020-12.
    V3_1,
}

/// A tag and what it stands for.
#[derive(Clone, Debug)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
}
