//! Values that an enumeration lists, and that its own schema refuses.
//!
//! Knows what validators say of a value. Must not know what becomes of it.

use crate::sides;
use crate::validators::Validators;
use serde_json::Value;
use spec_api::{Api, Kind, SchemaId};

/// A value of an enumeration that no message can have.
#[derive(Clone, Debug, PartialEq)]
pub struct Impossible {
    /// The enumeration.
    pub schema: SchemaId,
    /// The value.
    pub value: Value,
    /// The JSON pointers of the keywords that refuse it.
    pub keywords: Vec<String>,
}

/// Finds the values of enumerations that other keywords of their schemas refuse, such as a `minLength`. A
/// schema that can't be used refuses nothing.
#[must_use]
pub fn impossible(api: &Api) -> Vec<Impossible> {
    let mut validators = None;
    let mut found = Vec::new();
    for (id, schema) in api.schemas() {
        let (Kind::Enum(values), Some(pointer)) = (&schema.kind, schema.pointer()) else { continue };
        let has_format = || api.json_schema(id).get("format").is_some_and(Value::is_string);
        if schema.assertions.is_empty() && !has_format() {
            continue;
        }
        let validators = validators.get_or_insert_with(|| Validators::new(sides::shared(api)));
        if validators.at(pointer).is_err() {
            continue;
        }
        for value in values {
            let findings = validators.findings(pointer, value, true);
            if !findings.is_empty() {
                let keywords = findings.into_iter().map(|finding| finding.schema).collect();
                found.push(Impossible { schema: id, value: value.clone(), keywords });
            }
        }
    }
    found
}
