//! The JSON Schema of an object, as its table says it.
//!
//! Must not know how fields are read or written.

use crate::reading::is_request;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};

/// The JSON Schema of an object, as it comes about.
#[derive(Debug)]
pub struct Description<'g> {
    generator: &'g mut SchemaGenerator,
    properties: Map<String, Value>,
    required: Vec<Value>,
    additional: Option<Value>,
}

impl<'g> Description<'g> {
    /// Makes the description of an object without fields.
    pub fn new(generator: &'g mut SchemaGenerator) -> Self {
        Description { generator, properties: Map::new(), required: Vec::new(), additional: None }
    }

    /// Adds a field that must be there.
    pub fn required<T: JsonSchema>(&mut self, name: &str, assertions: Value) {
        self.required.push(name.into());
        self.optional::<T>(name, assertions);
    }

    /// Adds a field that must be there and may be null.
    pub fn nullable<T: JsonSchema>(&mut self, name: &str, assertions: Value) {
        self.required::<Option<T>>(name, assertions);
    }

    /// Adds a field that may be left out.
    pub fn optional<T: JsonSchema>(&mut self, name: &str, assertions: Value) {
        let schema = extended(self.generator.subschema_for::<T>(), assertions);
        self.properties.insert(name.to_owned(), schema);
    }

    /// Adds a field that may be left out, and may be null.
    pub fn field<T: JsonSchema>(&mut self, name: &str, assertions: Value) {
        self.optional::<Option<T>>(name, assertions);
    }

    /// Adds a field that must be there in requests.
    pub fn asked<T: JsonSchema>(&mut self, name: &str, assertions: Value) {
        match is_request() {
            true => self.required::<T>(name, assertions),
            false => self.optional::<T>(name, assertions),
        }
    }

    /// Adds a field that must be there in requests, and may be null.
    pub fn asked_field<T: JsonSchema>(&mut self, name: &str, assertions: Value) {
        self.asked::<Option<T>>(name, assertions);
    }

    /// Refuses other names.
    pub fn closed(&mut self, _: Value) {
        self.additional = Some(Value::Bool(false));
    }

    /// Takes other names, as JSON Schema does by itself.
    pub fn open(&mut self, _: Value) {}

    /// Takes other names with values of one type.
    pub fn each<T: JsonSchema>(&mut self, assertions: Value) {
        self.additional = Some(extended(self.generator.subschema_for::<T>(), assertions));
    }

    /// Returns the schema, with what is asked of the object as a whole.
    #[must_use]
    pub fn finish(self, assertions: Value) -> Schema {
        let mut schema = Map::new();
        schema.insert("type".to_owned(), "object".into());
        schema.insert("properties".to_owned(), self.properties.into());
        if !self.required.is_empty() {
            schema.insert("required".to_owned(), self.required.into());
        }
        if let Some(additional) = self.additional {
            schema.insert("additionalProperties".to_owned(), additional);
        }
        let schema = extended(schema.into(), assertions);
        schema.try_into().unwrap_or_default()
    }
}

fn extended(mut schema: Schema, assertions: Value) -> Value {
    if let Value::Object(assertions) = assertions {
        schema.ensure_object().extend(assertions);
    }
    schema.to_value()
}
