//! The kind of a schema, as far as Rust can say it.
//!
//! Knows which schemas only a validator can follow. Must not know types.

use super::Planner;
use serde_json::{Map, Value};
use spec_api::{Additional, Kind, Object, SchemaId};
use spec_document::Pointer;

impl<'a> Planner<'a> {
    /// Returns what a schema is; what refers to itself without end is left to a validator.
    pub(super) fn kind(&self, id: SchemaId) -> &'a Kind {
        let schema = self.api.schema(id);
        let patterned = schema.assertions.contains_key("patternProperties");
        if let Kind::Object(Object { additional: Additional::Allowed(Some(values)), .. }) = &schema.kind
            && patterned
            && self.without_references(self.api.json_schema(*values), 0).is_none()
        {
            return &Kind::Opaque;
        }
        // The schema of a list or a map of anything says that it has looked at all of it (JSON Schema 2020-12
        // core, 11).
        let unevaluated = |keyword: &str| schema.assertions.contains_key(keyword);
        let is_looked_at = match &schema.kind {
            Kind::Array(None) => !unevaluated("unevaluatedItems") || unevaluated("items"),
            Kind::Object(object)
                if object.properties.is_empty() && object.additional == Additional::Unsaid =>
            {
                !unevaluated("unevaluatedProperties")
            }
            _ => true,
        };
        if !is_looked_at || self.inlined(id).is_none() { &Kind::Opaque } else { &schema.kind }
    }

    /// Returns the assertions of a schema, with what they refer to in place of references; none where that
    /// has no end.
    pub(super) fn inlined(&self, id: SchemaId) -> Option<Map<String, Value>> {
        let assertions = &self.api.schema(id).assertions;
        assertions
            .iter()
            .map(|(keyword, value)| Some((keyword.clone(), self.without_references(value, 0)?)))
            .collect()
    }

    /// Returns a piece of JSON Schema with what it refers to in place of references; none where that has no
    /// end.
    pub(super) fn without_references(&self, value: &Value, depth: usize) -> Option<Value> {
        match value {
            Value::Array(items) => items.iter().map(|item| self.without_references(item, depth)).collect(),
            Value::Object(members) => match members.get("$ref") {
                Some(Value::String(reference)) if members.len() == 1 => {
                    let pointer = Pointer::from_fragment(reference).filter(|_| depth < 8)?;
                    self.without_references(self.api.json.pointer(pointer.as_str())?, depth + 1)
                }
                Some(_) => None,
                None => {
                    let member = |(key, value): (&String, &Value)| {
                        Some((key.clone(), self.without_references(value, depth)?))
                    };
                    members.iter().map(member).collect::<Option<Map<_, _>>>().map(Value::Object)
                }
            },
            other => Some(other.clone()),
        }
    }
}
