//! The small documents of `spec-codegen`, and the documents of the workspace, generated and compiled: what the tests of this
//! crate hold against the documents.
//!
//! A document that is added to one of the folders is a module here, and a part of all tests that go through [`MODELS`].

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

include!(concat!(env!("OUT_DIR"), "/all.rs"));

/// A generated model.
pub struct Model {
    /// The document that it is from.
    pub document: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The JSON pointer of its schema in the document.
    pub pointer: &'static str,
    /// Whether it is only another name for a type. What the document says of its values beyond the type then stands where
    /// the name is used, and not in the schema of the type.
    pub is_alias: bool,
    /// The JSON Schema that is derived from the type.
    pub schema: fn() -> Value,
    /// Decodes a value and writes it again.
    pub again: fn(Value) -> Result<Value, String>,
}

impl Model {
    const fn of<T: JsonSchema + Serialize + DeserializeOwned>(
        document: &'static str,
        name: &'static str,
        pointer: &'static str,
        is_alias: bool,
    ) -> Model {
        Model { document, name, pointer, is_alias, schema: schema::<T>, again: again::<T> }
    }
}

fn schema<T: JsonSchema>() -> Value {
    let generator: SchemaGenerator = SchemaSettings::draft2020_12().into_generator();
    generator.into_root_schema_for::<T>().to_value()
}

fn again<T: Serialize + DeserializeOwned>(value: Value) -> Result<Value, String> {
    let model: T = spec_runtime::from_value(value).map_err(|error| error.to_string())?;
    let text = serde_json::to_string(&model).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}
