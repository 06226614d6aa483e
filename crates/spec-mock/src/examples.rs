//! The examples that a document has for a body (OpenAPI 3.1, 4.8.14).
//!
//! Knows where examples stand. Must not know whether they are right.

use serde_json::Value;
use spec_contract::sides;
use spec_document::{Location, Pointer};

/// An example of a body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Example {
    /// Its key among `examples`; none for the `example` itself.
    pub(crate) name: Option<String>,
    pub(crate) value: Value,
}

/// Returns the examples of a media type, a parameter or a header, in the order of the document. What stands
/// in a file elsewhere (`externalValue`) is none: nothing is ever fetched.
pub(crate) fn of(document: &Value, place: &Location) -> Vec<Example> {
    let Some(declared) = place.as_pointer().and_then(|pointer| document.pointer(pointer.as_str())) else {
        return Vec::new();
    };
    let own = declared.get("example").map(|value| Example { name: None, value: value.clone() });
    let named = declared.get("examples").and_then(Value::as_object).into_iter().flatten();
    let named = named.filter_map(|(name, example)| {
        let example = followed(document, example);
        // OpenAPI 3.2 has `dataValue` beside `serializedValue` (4.19.1).
        let value = example.get("value").or_else(|| example.get("dataValue"))?;
        Some(Example { name: Some(name.clone()), value: value.clone() })
    });
    own.into_iter().chain(named).collect()
}

/// Follows references to what they mean.
pub(crate) fn followed<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    for _ in 0..8 {
        let reference = value.get("$ref").and_then(Value::as_str).and_then(Pointer::from_fragment);
        match reference.and_then(|pointer| document.pointer(pointer.as_str())) {
            Some(target) => value = target,
            None => break,
        }
    }
    value
}

/// Returns the document as answers have to keep it.
pub(crate) fn of_answers(api: &spec_api::Api) -> Value {
    sides::of(api, spec_contract::Side::Response).unwrap_or_else(|| sides::shared(api).into_owned())
}
