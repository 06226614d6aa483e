//! Whether a JSON text is a model, as strictly as servers ask.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use spec_runtime::{Validate, validation};

/// Decodes a text that is what the document says.
///
/// # Errors
///
/// What does not fit.
pub fn strict<T: DeserializeOwned + JsonSchema + Validate + 'static>(text: &[u8]) -> Result<T, String> {
    let said = |violations: Vec<validation::Violation>| {
        violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    validation::from_slice(text).map_err(said)
}

/// The JSON Schema that is derived from a type, as servers hold requests against it.
pub fn schema<T: JsonSchema>() -> Value {
    validation::request_schema::<T>()
}

/// Decodes a text as strictly, and writes it again.
///
/// # Errors
///
/// What does not fit, or can't be written.
pub fn again<T>(text: &[u8]) -> Result<Value, String>
where
    T: DeserializeOwned + JsonSchema + Validate + Serialize + 'static,
{
    let model: T = strict(text)?;
    let text = serde_json::to_vec(&model).map_err(|error| error.to_string())?;
    serde_json::from_slice(&text).map_err(|error| error.to_string())
}
