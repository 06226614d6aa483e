//! Structs: objects with named properties.
//!
//! Knows what fields are called, and which must be there. Must not know what the types of fields are made of.

use super::Planner;
use crate::names::{Scope, type_name, value_name};
use crate::plan::RustType;
use crate::plan::claims::{Renamed, claim};
use crate::plan::docs::{docs, with_details};
use serde_json::{Map, Value};
use spec_api::{Additional, Kind, Object, Property, SchemaId};

/// Methods that every struct and its builder have.
const RESERVED: [&str; 2] = ["build", "builder"];

/// A struct.
#[derive(Clone, Debug)]
pub struct StructPlan {
    /// Its fields, in the order of the document.
    pub fields: Vec<FieldPlan>,
    /// The field that keeps keys which the document does not name; none where it refuses them.
    pub extra: Option<ExtraPlan>,
    /// The name of its builder.
    pub builder: String,
}

/// The field for keys that the document does not name.
#[derive(Clone, Debug)]
pub struct ExtraPlan {
    /// Its name.
    pub name: String,
    /// The type of each value; none where any will do.
    pub ty: Option<RustType>,
    /// Keywords of JSON Schema that the type does not say, of each value.
    pub assertions: Map<String, Value>,
}

impl ExtraPlan {
    /// Returns the type of the field.
    #[must_use]
    pub fn full_type(&self) -> RustType {
        match &self.ty {
            Some(ty) => RustType::Map(Box::new(ty.clone())),
            None => RustType::Extra,
        }
    }
}

/// A field.
#[derive(Clone, Debug)]
pub struct FieldPlan {
    /// Its name in Rust.
    pub name: String,
    /// Its name on the wire.
    pub wire: String,
    /// Its words.
    pub docs: Vec<String>,
    /// True if it should not be used any more.
    pub deprecated: bool,
    /// Its presence: required, nullable, or both.
    pub presence: Presence,
    /// The type of its value, presence aside.
    pub ty: RustType,
    /// The value that holds where it is left out.
    pub default: Option<Value>,
    /// The only value that it can have.
    pub constant: Option<String>,
    /// True if requests must have it, although it may be absent: answers never have it.
    pub asked: bool,
    /// Keywords of JSON Schema that the type does not say.
    pub assertions: Map<String, Value>,
}

impl FieldPlan {
    /// Returns the type of the field, presence included.
    #[must_use]
    pub fn full_type(&self) -> RustType {
        let inner = Box::new(self.ty.clone());
        match self.presence {
            Presence::Required => self.ty.clone(),
            Presence::RequiredNullable | Presence::Optional => RustType::Option(inner),
            Presence::OptionalNullable => RustType::Field(inner),
        }
    }
}

impl FieldPlan {
    /// Says whether null is among its values.
    pub(crate) fn is_nullable(&self) -> bool {
        matches!(self.presence, Presence::RequiredNullable | Presence::OptionalNullable)
    }

    /// Says whether the model always has it.
    pub(crate) fn is_required(&self) -> bool {
        matches!(self.presence, Presence::Required | Presence::RequiredNullable)
    }

    /// Says whether a builder can fail for it: it is required, and has more than one value.
    pub(crate) fn must_be_set(&self) -> bool {
        match self.presence {
            Presence::Required => self.constant.is_none() || !matches!(self.ty, RustType::Model(_)),
            Presence::RequiredNullable => true,
            Presence::Optional | Presence::OptionalNullable => false,
        }
    }
}

/// The presence of a field: required, nullable, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// `T`.
    Required,
    /// `Option<T>`, always written.
    RequiredNullable,
    /// `Option<T>`, left out when `None`.
    Optional,
    /// `Field<T>`.
    OptionalNullable,
}

impl Planner<'_> {
    /// Plans a struct of this name.
    pub(super) fn plan_struct(&mut self, schema: SchemaId, name: &str, object: &Object) -> StructPlan {
        let (builder, _) = self.scope.claim(&format!("{}Builder", name.trim_end_matches('_')));
        let mut scope = Scope::reserving(&RESERVED);
        let mut fields = Vec::new();
        for property in &object.properties {
            let field = self.field_name(property, &mut scope);
            fields.push(self.plan_field(schema, name, property, field));
        }
        let (extra, _) = scope.claim("extra");
        StructPlan { fields, extra: self.plan_extra(schema, name, object, extra), builder }
    }

    /// Takes the name of a field.
    fn field_name(&mut self, property: &Property, scope: &mut Scope) -> String {
        let about = self.api.schema(property.schema);
        let wanted = value_name(&property.name);
        let pinned = about.pinned_name.as_deref();
        let (name, is_taken) = claim(self.diagnostics, scope, pinned, &wanted, &about.location);
        if is_taken && !RESERVED.contains(&wanted.as_str()) {
            let wire = format!("{:?}", property.name);
            self.renames.add(Renamed::Property, &about.location, &wire, &name);
        }
        name
    }

    /// Plans the field of a property, in a struct for this object.
    fn plan_field(
        &mut self,
        object: SchemaId,
        struct_name: &str,
        property: &Property,
        name: String,
    ) -> FieldPlan {
        let about = self.api.schema(property.schema);
        let ty = self.rust_type(property.schema, &format!("{struct_name}{}", type_name(&property.name)));
        let (is_demanded, asked) = self.demands(property, object);
        let presence = match (is_demanded, self.is_nullable(property.schema, &ty)) {
            (true, false) => Presence::Required,
            (true, true) => Presence::RequiredNullable,
            (false, false) => Presence::Optional,
            (false, true) => Presence::OptionalNullable,
        };
        let assertions = self.assertions(property.schema);
        FieldPlan {
            name,
            wire: property.name.clone(),
            docs: with_details(docs(about), about, &assertions, !property.required),
            deprecated: about.deprecated,
            presence,
            default: self.default(property.schema),
            constant: self.constant(property.schema),
            asked,
            assertions,
            ty,
        }
    }

    /// Plans the field for keys that the document does not name; none where it refuses them. Which keys a
    /// pattern means, no type says: all are kept as they come, and a validator looks at them.
    fn plan_extra(
        &mut self,
        schema: SchemaId,
        struct_name: &str,
        object: &Object,
        name: String,
    ) -> Option<ExtraPlan> {
        let any = ExtraPlan { name, ty: None, assertions: Map::new() };
        if self.api.schema(schema).assertions.contains_key("patternProperties") {
            return Some(any);
        }
        match &object.additional {
            Additional::Refused => None,
            Additional::Unsaid | Additional::Allowed(None) => Some(any),
            Additional::Allowed(Some(values)) => {
                let ty = self.nullable_type(*values, &format!("{struct_name}Value"));
                match self.assertions(*values) {
                    assertions if ty == RustType::Json && assertions.is_empty() => Some(any),
                    assertions => Some(ExtraPlan { ty: Some(ty), assertions, ..any }),
                }
            }
        }
    }

    /// Returns what holds where a value is left out: what its own schema says, or the one that this refers
    /// to.
    pub(in crate::plan) fn default(&self, id: SchemaId) -> Option<Value> {
        let own = |id: SchemaId| self.api.schema(id).default.clone();
        own(id).or_else(|| own(self.api.resolve(id))).filter(|default| !default.is_null())
    }

    /// Returns the text of a schema that has only one.
    fn constant(&self, id: SchemaId) -> Option<String> {
        match &self.api.schema(self.api.resolve(id)).kind {
            Kind::Enum(values) if !self.api.is_nullable(id) => match values.as_slice() {
                [Value::String(only)] => Some(only.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Says whether a property is demanded wherever its object is used, and if not, whether it is of
    /// requests: one that is `readOnly` is not in requests, one that is `writeOnly` not in responses (OpenAPI
    /// 3.1, 4.8.24.1; JSON Schema 2020-12 validation, 9.4).
    fn demands(&self, property: &Property, object: SchemaId) -> (bool, bool) {
        let (own, told) =
            (self.api.schema(property.schema), self.api.schema(self.api.resolve(property.schema)));
        let (read_only, write_only) = (own.read_only || told.read_only, own.write_only || told.write_only);
        let (requests, responses) =
            (self.directions.in_requests.contains(&object), self.directions.in_responses.contains(&object));
        let is_demanded = property.required && !(read_only && requests) && !(write_only && responses);
        (is_demanded, property.required && !is_demanded && !read_only && requests)
    }
}
