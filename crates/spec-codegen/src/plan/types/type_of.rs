//! The type of Rust that stands where a schema is used: in a field, a list, an argument or a body.
//!
//! Knows which schemas need no model of their own. Must not know what a model is made of.

use super::Planner;
use super::enums::enum_values;
use crate::plan::RustType;
use crate::settings::FormatChoice;
use serde_json::Value;
use spec_api::{Additional, Kind, SchemaId};

/// The lengths of lists of a fixed length that become tuples: with more, these have no traits.
pub(super) const TUPLES: std::ops::RangeInclusive<usize> = 2..=12;

impl Planner<'_> {
    /// Returns the type for a schema, null included: `Option` where null is among the values.
    pub(in crate::plan) fn nullable_type(&mut self, id: SchemaId, hint: &str) -> RustType {
        let ty = self.rust_type(id, hint);
        self.with_null(id, ty)
    }

    /// Returns the type of a schema with null beside it, where that is among the values.
    pub(in crate::plan) fn with_null(&self, id: SchemaId, ty: RustType) -> RustType {
        if self.is_nullable(id, &ty) { RustType::Option(Box::new(ty)) } else { ty }
    }

    /// Says whether null needs a place beside the type: JSON values have one of their own.
    pub(super) fn is_nullable(&self, id: SchemaId, ty: &RustType) -> bool {
        self.api.is_nullable(id) && *ty != RustType::Json
    }

    /// Returns the type for a schema, null aside.
    pub(in crate::plan) fn rust_type(&mut self, id: SchemaId, hint: &str) -> RustType {
        if let Some(known) = self.by_schema.get(&id) {
            return RustType::Model(*known);
        }
        match self.kind(id) {
            Kind::Reference(target) => self.rust_type(*target, self.name_of_target(*target, hint)),
            Kind::Enum(values) if enum_values(values).is_some() => self.inline(id, hint),
            Kind::Object(object) if !object.properties.is_empty() => self.inline(id, hint),
            Kind::Union { .. } | Kind::Opaque => self.inline(id, hint),
            _ => self.plain_type(id, hint),
        }
    }

    /// Returns the type for a schema that needs no model of its own.
    pub(super) fn plain_type(&mut self, id: SchemaId, hint: &str) -> RustType {
        let api = self.api;
        match self.kind(id) {
            Kind::Boolean => RustType::Bool,
            Kind::Integer(format) => self.integer_type(id, format.as_deref()),
            Kind::Number(_) => RustType::F64,
            // A pattern is about the text as it was written; types of their own write it in their way.
            Kind::String(format)
                if api.schema(id).assertions.contains_key("pattern")
                    && format.as_deref() != Some("binary") =>
            {
                RustType::String
            }
            Kind::String(format) => self.text_type(format.as_deref()),
            Kind::Enum(values) => match values.as_slice() {
                values if values.iter().all(Value::is_number) => RustType::F64,
                values if values.iter().all(Value::is_boolean) => RustType::Bool,
                _ => RustType::Json,
            },
            Kind::Array(items) => RustType::Vec(Box::new(match items {
                Some(items) => self.nullable_type(*items, &format!("{hint}Item")),
                None => RustType::Json,
            })),
            Kind::Tuple(items) if TUPLES.contains(&items.len()) => {
                let item = |(index, id): (usize, &SchemaId)| {
                    self.nullable_type(*id, &format!("{hint}Item{}", index + 1))
                };
                RustType::Tuple(items.iter().enumerate().map(item).collect())
            }
            Kind::Tuple(_) => RustType::Vec(Box::new(RustType::Json)),
            Kind::Object(object) => RustType::Map(Box::new(match &object.additional {
                _ if api.schema(id).assertions.contains_key("patternProperties") => RustType::Json,
                Additional::Allowed(Some(values)) => self.nullable_type(*values, &format!("{hint}Value")),
                _ => RustType::Json,
            })),
            _ => RustType::Json,
        }
    }

    /// Returns the type for a text of a format, if the format has one that keeps what it is given.
    pub(super) fn text_type(&self, format: Option<&str>) -> RustType {
        match format.filter(|format| self.formats.choice(format) == FormatChoice::Type) {
            Some("date-time") => RustType::DateTime,
            Some("date") => RustType::Date,
            Some("uuid") => RustType::Uuid,
            Some("ipv4") => RustType::Ipv4,
            Some("ipv6") => RustType::Ipv6,
            Some("byte") => RustType::Base64,
            Some("binary") => RustType::File,
            _ => RustType::String,
        }
    }
}
