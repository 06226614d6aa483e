//! Whether a JSON text is a model, as strictly as servers ask.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use spec_runtime::{Check, validation};

/// Decodes a text that is what the document says.
///
/// # Errors
///
/// What does not fit.
pub fn strict<T: DeserializeOwned + JsonSchema + Check + 'static>(text: &[u8]) -> Result<T, String> {
    let said = |violations: Vec<validation::Violation>| {
        violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    validation::from_slice(text).map_err(said)
}

/// The JSON Schema that is derived from a type, as servers hold requests against it.
pub fn schema<T: JsonSchema>() -> Value {
    validation::request_schema::<T>()
}
