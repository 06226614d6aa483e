//! The small documents of `spec-codegen`, and the documents of the workspace, generated and compiled: what
//! the tests of this crate hold against the documents.
//!
//! A document that is added to one of the folders is a module here, and a part of all tests that go through
//! [`MODELS`].

use spec_runtime::Validate;
use spec_runtime::codegen::schemars::JsonSchema;
use spec_runtime::codegen::serde::{Serialize, de::DeserializeOwned};
use spec_runtime::serde_json::{self, Value};
use spec_runtime::validation::{self, Violation};

include!(concat!(env!("OUT_DIR"), "/all.rs"));

/// A generated model.
pub struct Model {
    /// The document that it is from.
    pub document: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The JSON pointer of its schema in the document.
    pub pointer: &'static str,
    /// True if it is only another name for a type. What the document says of its values beyond the type then
    /// stands where the name is used, and not in the schema of the type.
    pub is_alias: bool,
    /// The side whose messages say what must be there, `request` or `response`; empty where no message holds
    /// it.
    pub side: &'static str,
    /// The JSON Schema that is derived from the type, as servers hold requests against it.
    pub schema: fn() -> Value,
    /// Decodes a text that is all that the document asks for, as servers do, and writes it again.
    pub strict: fn(&[u8]) -> Result<Value, String>,
}

impl Model {
    const fn of<T: JsonSchema + Serialize + DeserializeOwned + Validate + 'static>(
        document: &'static str,
        name: &'static str,
        pointer: &'static str,
        is_alias: bool,
        side: &'static str,
    ) -> Model {
        Model {
            document,
            name,
            pointer,
            is_alias,
            side,
            schema: validation::request_schema::<T>,
            strict: strict::<T>,
        }
    }
}

fn strict<T: JsonSchema + Serialize + DeserializeOwned + Validate + 'static>(
    text: &[u8],
) -> Result<Value, String> {
    let said = |violations: Vec<Violation>| {
        violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    let model: T = validation::from_slice(text).map_err(said)?;
    let text = serde_json::to_string(&model).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}
