//! JSON Schemas of the document, for validators in generated code.
//!
//! Knows what a reference leads to there: the JSON Schema of another model. Must not know what the keywords
//! mean.

use super::Planner;
use crate::plan::{Definition, TypeId};
use crate::settings::FormatChoice;
use serde_json::{Map, Value};
use spec_api::SchemaId;
use spec_document::Pointer;

/// Refers to a model from within the JSON Schema of another one: a fragment has letters of all scripts
/// percent-encoded (RFC 3986, 3.5).
pub(crate) fn definition(name: &str) -> String {
    format!("#/$defs/{}", percent_encoding::utf8_percent_encode(name, percent_encoding::CONTROLS))
}

impl Planner<'_> {
    /// Plans a model that is any JSON, which a validator looks at.
    pub(super) fn plan_opaque(&mut self, id: SchemaId) -> Definition {
        let mut models = Vec::new();
        let schema = self.portable(id, &mut models, 0);
        Definition::Opaque(schema, models)
    }

    /// Returns the JSON Schema of the document, its references pointing to models (which are noted), or
    /// replaced by what they mean.
    pub(super) fn portable(&mut self, id: SchemaId, models: &mut Vec<TypeId>, depth: usize) -> Value {
        let value = self.api.json_schema(id).clone();
        self.portable_value(value, models, depth)
    }

    /// Rewrites a piece of JSON Schema, without what only people read.
    fn portable_value(&mut self, value: Value, models: &mut Vec<TypeId>, depth: usize) -> Value {
        match value {
            Value::Array(items) => {
                items.into_iter().map(|item| self.portable_value(item, models, depth)).collect()
            }
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    return self.portable_reference(reference, &members, models, depth);
                }
                let formats = self.formats;
                let is_annotation = |key: &str, value: &Value| {
                    key == "format"
                        && value.as_str().is_some_and(|format| formats.choice(format) == FormatChoice::Any)
                };
                let said = |key: &String| {
                    !["title", "description", "example", "examples", "deprecated", "discriminator"]
                        .contains(&key.as_str())
                        && !key.starts_with("x-")
                };
                let members = members.into_iter();
                let members = members
                    .filter(|(key, value)| (said(key) && !is_annotation(key, value)) || value.is_object());
                Value::Object(
                    members.map(|(key, member)| (key, self.portable_value(member, models, depth))).collect(),
                )
            }
            other => other,
        }
    }

    /// Rewrites a reference, with what stands beside it (`members`).
    fn portable_reference(
        &mut self,
        reference: &str,
        members: &Map<String, Value>,
        models: &mut Vec<TypeId>,
        depth: usize,
    ) -> Value {
        let pointer = Pointer::from_fragment(reference);
        let found = pointer.and_then(|pointer| self.by_pointer.get(pointer.as_str()).copied());
        let target = found.filter(|_| depth < 16).map(|id| self.api.resolve(id));
        let meaning = match (target, target.and_then(|target| self.by_schema.get(&target))) {
            // Validators have it.
            _ if spec_api::is_metaschema(reference) => serde_json::json!({ "$ref": reference }),
            (None, _) => Value::Bool(true),
            (Some(target), Some(model)) if self.says_all(target) => {
                if !models.contains(model) {
                    models.push(*model);
                }
                self.places.cite(*model);
                serde_json::json!({"$ref": definition(&self.names[model.0])})
            }
            (Some(target), _) => self.portable(target, models, depth + 1),
        };
        let siblings: Map<String, Value> = members
            .iter()
            .filter(|(key, _)| *key != "$ref" && *key != "description")
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        if siblings.is_empty() {
            return meaning;
        }
        // Beside each other, for keywords that see what others have looked at: `unevaluatedProperties`, ….
        let mut siblings = self.portable_value(Value::Object(siblings), models, depth);
        match siblings.get_mut("allOf").and_then(Value::as_array_mut) {
            Some(parts) => parts.push(meaning),
            None => siblings["allOf"] = Value::from(vec![meaning]),
        }
        siblings
    }
}
