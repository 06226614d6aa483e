//! Assertions: keywords of JSON Schema that hold for a value and that its type of Rust does not say.
//!
//! Knows what each type says by itself. Must not know how an assertion is checked.

use super::Planner;
use super::enums::enum_values;
use super::type_of::TUPLES;
use crate::plan::RustType;
use crate::settings::FormatChoice;
use serde_json::{Map, Value};
use spec_api::{Additional, Kind, Object, SchemaId};

impl Planner<'_> {
    /// Returns keywords of JSON Schema that hold for a schema and that its Rust type does not say.
    pub(in crate::plan) fn assertions(&mut self, id: SchemaId) -> Map<String, Value> {
        self.assertions_within(id, 0)
    }

    /// Returns the same for a schema that stands so deeply in lists and maps.
    fn assertions_within(&mut self, id: SchemaId, depth: usize) -> Map<String, Value> {
        let api = self.api;
        let mut current = id;
        while let Some(target) = self.transparent_target(current) {
            current = target;
        }
        // A list of lists without end is a model of its own further in.
        if self.says_all(current) || depth > 16 {
            return Map::new();
        }
        let mut assertions = self.inlined(current).unwrap_or_default();
        match self.kind(current) {
            Kind::Never if api.is_nullable(id) => {
                assertions.insert("type".to_owned(), "null".into());
            }
            Kind::Never => {
                assertions.insert("not".to_owned(), Value::Object(Map::new()));
            }
            Kind::Enum(values) if enum_values(values).is_none() => {
                let mut values = values.clone();
                if api.is_nullable(id) {
                    values.push(Value::Null);
                }
                assertions.insert("enum".to_owned(), Value::Array(values));
            }
            Kind::String(Some(format)) if self.formats.choice(format) != FormatChoice::Any => {
                assertions.insert("format".to_owned(), format.clone().into());
            }
            Kind::Array(Some(items)) if !self.assertions_within(*items, depth + 1).is_empty() => {
                let items = self.portable(*items, &mut Vec::new(), 0);
                assertions.insert("items".to_owned(), items);
            }
            Kind::Tuple(items) if TUPLES.contains(&items.len()) => {
                assertions.retain(|keyword, _| {
                    !["prefixItems", "items", "minItems", "maxItems"].contains(&keyword.as_str())
                });
                if items.iter().any(|item| !self.assertions_within(*item, depth + 1).is_empty()) {
                    let items = items.iter().map(|item| self.portable(*item, &mut Vec::new(), 0));
                    assertions.insert("prefixItems".to_owned(), items.collect());
                }
            }
            Kind::Object(object) => {
                if let Some(said) = self.additional(object, &assertions, depth) {
                    assertions.insert("additionalProperties".to_owned(), said);
                }
            }
            _ => {}
        }
        assertions
    }

    /// Returns what is to be said of other properties than those that are named, where their type does not
    /// say it.
    pub(super) fn additional(
        &mut self,
        object: &Object,
        assertions: &Map<String, Value>,
        depth: usize,
    ) -> Option<Value> {
        match &object.additional {
            Additional::Refused => Some(Value::Bool(false)),
            // Whoever says so has looked at them (JSON Schema 2020-12 core, 11.3).
            Additional::Allowed(None) if assertions.contains_key("unevaluatedProperties") => {
                Some(Value::Bool(true))
            }
            Additional::Allowed(Some(values))
                if assertions.contains_key("patternProperties")
                    || !self.assertions_within(*values, depth + 1).is_empty() =>
            {
                let inlined = self.without_references(self.api.json_schema(*values), 0);
                Some(inlined.unwrap_or_else(|| self.portable(*values, &mut Vec::new(), 0)))
            }
            _ => None,
        }
    }

    /// Returns the schema that this one is only another word for: a reference, or a component that becomes an
    /// alias.
    fn transparent_target(&self, id: SchemaId) -> Option<SchemaId> {
        match self.api.schema(id).kind {
            Kind::Reference(target) => Some(target),
            _ => None,
        }
    }

    /// Says whether a schema is a model whose own JSON Schema says everything, or a type that does.
    pub(super) fn says_all(&self, id: SchemaId) -> bool {
        let schema = self.api.schema(id);
        match self.kind(id) {
            Kind::Object(object) => !object.properties.is_empty(),
            Kind::Enum(values) => enum_values(values).is_some(),
            Kind::Union { .. } | Kind::Opaque => true,
            Kind::String(format) => {
                schema.assertions.is_empty()
                    && format.is_some()
                    && self.text_type(format.as_deref()) != RustType::String
            }
            _ => false,
        }
    }
}
