//! Unions: values of one of several types.
//!
//! Knows how a value is told to be of a variant. Must not know how it is read.

use super::Planner;
use super::enums::UNLISTED;
use crate::names::{Scope, type_name};
use crate::plan::{Definition, Plan, Presence, RustType};
use serde_json::{Map, Value};
use spec_api::{Discriminator, Kind, SchemaId};
use std::collections::HashSet;

/// A union.
#[derive(Clone, Debug)]
pub struct UnionPlan {
    /// Its variants, in the order of the document.
    pub variants: Vec<UnionVariant>,
    /// True if exactly one must be valid.
    pub exclusive: bool,
    /// The way in which a value is decoded.
    pub decoding: Decoding,
}

impl UnionPlan {
    /// Says whether some variant need not have the tag: its value is a constant, then, that goes without
    /// saying.
    pub(crate) fn may_lack_tag(&self, plan: &Plan, property: &str) -> bool {
        self.variants.iter().any(|variant| variant.naming(plan, property) == Naming::Optional)
    }
}

/// The way in which a variant of a union has the property that tells it from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// As a field that must be there.
    Required,
    /// As a field that may be left out.
    Optional,
    /// Not at all: the union reads and writes it.
    Unnamed,
    /// As its own affair: it is a union itself, or any JSON.
    Within,
}

/// A variant of a union.
#[derive(Clone, Debug)]
pub struct UnionVariant {
    /// Its name in Rust.
    pub name: String,
    /// The type of its value.
    pub ty: RustType,
    /// Keywords of JSON Schema that the type does not say.
    pub assertions: Map<String, Value>,
}

impl UnionVariant {
    /// Says how the variant has the property that tells it from others.
    pub(crate) fn naming(&self, plan: &Plan, property: &str) -> Naming {
        let mut ty = &self.ty;
        loop {
            match ty {
                RustType::Box(inner) => ty = inner,
                RustType::Map(values) if **values == RustType::Json => return Naming::Unnamed,
                RustType::Model(id) => match &plan.type_plan(*id).definition {
                    Definition::Alias(target) => ty = target,
                    Definition::Struct(body) => {
                        return match body.fields.iter().find(|field| field.wire == property) {
                            Some(field) if field.presence == Presence::Required => Naming::Required,
                            Some(_) => Naming::Optional,
                            None if body.extra.as_ref().is_some_and(|extra| extra.ty.is_none()) => {
                                Naming::Unnamed
                            }
                            None => Naming::Within,
                        };
                    }
                    _ => return Naming::Within,
                },
                _ => return Naming::Within,
            }
        }
    }
}

/// The way in which a value of a union is decoded.
#[derive(Clone, Debug)]
pub enum Decoding {
    /// The kinds of JSON are all different: serde tells them apart.
    ByKind,
    /// By this property, whose texts each mean a variant; there is one more variant for all other texts.
    ByTag(String, Vec<(String, usize)>),
    /// As the variant that gives back what it was given.
    ByTrial,
}

impl Planner<'_> {
    /// Plans a union; `by` is the property that tells its variants apart, where the document names one.
    pub(super) fn plan_union(
        &mut self,
        name: &str,
        variants: &[SchemaId],
        exclusive: bool,
        by: Option<&Discriminator>,
    ) -> UnionPlan {
        let mut scope = if by.is_some() { Scope::reserving(&[UNLISTED]) } else { Scope::default() };
        let mut planned = Vec::new();
        for (index, id) in variants.iter().enumerate() {
            let tag = by.and_then(|by| by.mapping.iter().find(|(_, own)| *own == index));
            let own = self.kind_name(*id).or_else(|| tag.map(|(tag, _)| type_name(tag)));
            let own = own.unwrap_or_else(|| format!("Variant{}", index + 1));
            let ty = self.rust_type(*id, &format!("{name}{own}"));
            let wanted = match &ty {
                RustType::Model(model) if matches!(self.api.schema(*id).kind, Kind::Reference(_)) => {
                    self.place_name(self.api.resolve(*id), *model).to_owned()
                }
                _ => own,
            };
            // With a tag, null is no variant: the union as a whole takes it.
            let ty = if by.is_none() { self.with_null(*id, ty) } else { ty };
            planned.push(UnionVariant { name: scope.claim(&wanted).0, ty, assertions: self.assertions(*id) });
        }
        UnionPlan { variants: planned, exclusive, decoding: self.decoding(variants, by) }
    }

    /// Decides how a value of a union is decoded.
    fn decoding(&self, variants: &[SchemaId], by: Option<&Discriminator>) -> Decoding {
        let kinds: Vec<Option<&str>> = variants.iter().map(|id| self.json_kind(*id)).collect();
        let distinct: HashSet<&Option<&str>> = kinds.iter().collect();
        let apart = kinds.iter().all(Option::is_some) && distinct.len() == kinds.len();
        // serde takes an integer for a number, and a list for a struct.
        let alike = |one, other| kinds.contains(&Some(one)) && kinds.contains(&Some(other));
        let confusable = alike("integer", "number") || alike("array", "object");
        match by {
            Some(discriminator) => {
                Decoding::ByTag(discriminator.property.clone(), discriminator.mapping.clone())
            }
            None if apart && !confusable => Decoding::ByKind,
            None => Decoding::ByTrial,
        }
    }

    /// Returns a word for an inline variant, where it has a title or is of a kind that has a word.
    fn kind_name(&self, id: SchemaId) -> Option<String> {
        let schema = self.api.schema(self.api.resolve(id));
        let word = match &schema.kind {
            Kind::Boolean => "Boolean",
            Kind::Integer(_) => "Integer",
            Kind::Number(_) => "Number",
            Kind::String(Some(format)) => return Some(type_name(format)),
            Kind::String(None) => "String",
            Kind::Enum(_) => "Enum",
            Kind::Array(_) | Kind::Tuple(_) => "Array",
            Kind::Object(object) if object.properties.is_empty() => "Object",
            Kind::Any => "Any",
            _ => return schema.title.as_deref().map(type_name),
        };
        Some(word.to_owned())
    }

    /// Returns the kind of JSON that all values of a schema have, if it is one.
    fn json_kind(&self, id: SchemaId) -> Option<&'static str> {
        if self.api.is_nullable(id) {
            return None;
        }
        match self.kind(self.api.resolve(id)) {
            Kind::Boolean => Some("boolean"),
            Kind::Integer(_) => Some("integer"),
            Kind::Number(_) => Some("number"),
            Kind::String(_) => Some("string"),
            Kind::Enum(values) if values.iter().all(Value::is_string) => Some("string"),
            Kind::Array(_) | Kind::Tuple(_) => Some("array"),
            Kind::Object(_) => Some("object"),
            _ => None,
        }
    }
}
