//! Enumerations: listed values.
//!
//! Knows what variants are called. Must not know what an enumeration is held by.

use super::Planner;
use crate::names::{Scope, spelled_name, type_name};
use crate::plan::claims::Renamed;
use crate::plan::{Definition, RustType, TypeId, TypePlan};
use serde_json::Value;
use spec_api::{Kind, SchemaId};
use std::collections::HashSet;

/// An enumeration.
#[derive(Clone, Debug)]
pub struct EnumPlan {
    /// Its values.
    pub values: EnumValues,
    /// Its variants, in the order of the document.
    pub variants: Vec<VariantPlan>,
}

/// The variant of a value that an enumeration does not list.
pub const UNLISTED: &str = "Unlisted";

/// The values of an enumeration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnumValues {
    /// Texts.
    Text,
    /// Texts, of which the document lists some.
    OpenText,
    /// Integers.
    Integer,
    /// Texts, numbers and booleans.
    Any,
}

/// A variant of an enumeration.
#[derive(Clone, Debug)]
pub struct VariantPlan {
    /// Its name in Rust.
    pub name: String,
    /// Its value on the wire.
    pub wire: Value,
}

impl Planner<'_> {
    /// Plans an enumeration. Its variants are called by the names that the document pins, or else after their
    /// values. Where two values have one name, signs tell them apart, or a number.
    pub(super) fn plan_enum(&mut self, schema: SchemaId, values: &[Value]) -> EnumPlan {
        let about = self.api.schema(schema);
        let mut scope = Scope::reserving(&[UNLISTED]);
        let mut seen = HashSet::new();
        let mut variants = Vec::new();
        for wire in values.iter().filter(|value| seen.insert(value.to_string())) {
            let pinned =
                about.value_names.iter().find(|(value, _)| value == wire).map(|(_, name)| type_name(name));
            let spelled = || wire.as_str().map(spelled_name);
            let wanted = pinned.unwrap_or_else(|| variant_name(wire));
            let (name, is_taken) = match scope.is_taken(&wanted).then(spelled).flatten() {
                Some(other) if !scope.is_taken(&other) => scope.claim(&other),
                _ => scope.claim(&wanted),
            };
            if is_taken {
                self.renames.add(Renamed::Value, &about.location, &wire.to_string(), &name);
            }
            variants.push(VariantPlan { name, wire: wire.clone() });
        }
        EnumPlan { values: enum_values(values).unwrap_or(EnumValues::Any), variants }
    }

    /// Returns the texts that an `anyOf` lists beside any text.
    pub(super) fn open_texts(&self, variants: &[SchemaId]) -> Option<Vec<Value>> {
        let (mut listed, mut is_open) = (Vec::new(), false);
        for id in variants {
            let schema = self.api.schema(self.api.resolve(*id));
            match &schema.kind {
                _ if self.api.is_nullable(*id) || !schema.assertions.is_empty() => return None,
                Kind::Enum(values) if values.iter().all(Value::is_string) => {
                    listed.extend(values.iter().cloned())
                }
                Kind::String(None) => is_open = true,
                _ => return None,
            }
        }
        (is_open && !listed.is_empty()).then_some(listed)
    }

    /// Says whether a model is an enumeration.
    pub(in crate::plan) fn is_enumeration(&self, id: TypeId) -> bool {
        matches!(&self.types[id.0], Some(TypePlan { definition: Definition::Enum(_), .. }))
    }

    /// Returns the type that a model is another name of.
    pub(in crate::plan) fn alias(&self, id: TypeId) -> Option<&RustType> {
        match &self.types[id.0] {
            Some(TypePlan { definition: Definition::Alias(ty), .. }) => Some(ty),
            _ => None,
        }
    }
}

/// Says what the values of an enumeration are; none where a type of its own says nothing: for numbers with a
/// fraction, booleans alone, lists and objects.
pub(super) fn enum_values(values: &[Value]) -> Option<EnumValues> {
    match values {
        [] => None,
        values if values.iter().all(Value::is_string) => Some(EnumValues::Text),
        values if values.iter().all(Value::is_i64) => Some(EnumValues::Integer),
        values if values.iter().any(|value| value.is_array() || value.is_object()) => None,
        values if values.iter().all(Value::is_number) || values.iter().all(Value::is_boolean) => None,
        _ => Some(EnumValues::Any),
    }
}

/// Names a variant after its value.
fn variant_name(wire: &Value) -> String {
    match wire {
        Value::String(text) => type_name(text),
        Value::Number(number) => {
            let text = number.to_string().replace('-', "Minus").replace('+', "").replace('.', "Point");
            format!("Value{text}")
        }
        other => type_name(&other.to_string()),
    }
}
