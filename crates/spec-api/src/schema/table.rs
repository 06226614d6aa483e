//! The table of all schemas, by id.
//!
//! Knows how references lead from one schema to the next. Must not know how a schema was written.

use super::null::Null;
use crate::SchemaId;
use crate::model::{Kind, Object, Schema};
use serde_json::Map;
use spec_document::Location;
use std::ops::{Index, IndexMut};

/// All schemas that have an id.
#[derive(Default)]
pub(crate) struct SchemaTable {
    schemas: Vec<Schema>,
    /// The rule of each schema by itself about null, until what it refers to is known.
    nulls: Vec<Null>,
}

impl Index<SchemaId> for SchemaTable {
    type Output = Schema;

    fn index(&self, id: SchemaId) -> &Schema {
        &self.schemas[id.0 as usize]
    }
}

impl IndexMut<SchemaId> for SchemaTable {
    fn index_mut(&mut self, id: SchemaId) -> &mut Schema {
        &mut self.schemas[id.0 as usize]
    }
}

impl SchemaTable {
    /// Adds a schema.
    pub(crate) fn add(&mut self, schema: Schema, null: Null) -> SchemaId {
        let id = SchemaId(self.schemas.len() as u32);
        self.schemas.push(schema);
        self.nulls.push(null);
        self.set_null(id, null);
        id
    }

    /// Puts a schema in the place of another.
    pub(crate) fn set(&mut self, id: SchemaId, schema: Schema, null: Null) {
        self[id] = schema;
        self.set_null(id, null);
    }

    fn set_null(&mut self, id: SchemaId, null: Null) {
        self.nulls[id.0 as usize] = null;
        self[id].nullable = null.is_accepted();
    }

    /// Adds null to the values of a schema.
    pub(crate) fn accept_null(&mut self, id: SchemaId) {
        self.set_null(id, Null::Accepted);
    }

    /// Returns what a schema says about null by itself.
    pub(crate) fn null(&self, id: SchemaId) -> Null {
        self.nulls[id.0 as usize]
    }

    /// Returns how many schemas there are.
    pub(crate) fn len(&self) -> usize {
        self.schemas.len()
    }

    /// Returns the ids of all schemas.
    pub(crate) fn ids(&self) -> impl Iterator<Item = SchemaId> + use<> {
        (0..self.schemas.len()).map(|index| SchemaId(index as u32))
    }

    /// Returns all schemas, in the order of their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Schema> {
        self.schemas.iter()
    }

    /// Returns all schemas, to be changed.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Schema> {
        self.schemas.iter_mut()
    }

    /// Returns the schemas, for the Api.
    pub(crate) fn into_schemas(self) -> Vec<Schema> {
        self.schemas
    }

    /// Returns a schema, the one it refers to, and so on.
    pub(crate) fn chain(&self, id: SchemaId) -> impl Iterator<Item = SchemaId> {
        let next = |id: &SchemaId| match self[*id].kind {
            Kind::Reference(target) => Some(target),
            _ => None,
        };
        std::iter::successors(Some(id), next).take(self.schemas.len())
    }

    /// Returns the end of a chain of references: a schema that says something of its own.
    pub(crate) fn end(&self, id: SchemaId) -> SchemaId {
        self.chain(id).last().unwrap_or(id)
    }

    /// Returns what stands at the end of a chain of references.
    pub(crate) fn resolved(&self, id: SchemaId) -> &Schema {
        &self[self.end(id)]
    }

    /// Returns whether null is among the values, here or behind a reference.
    pub(crate) fn is_nullable(&self, id: SchemaId) -> bool {
        self.chain(id).any(|id| self[id].nullable)
    }

    /// Returns what a schema says of objects, where these are its values.
    pub(crate) fn object(&self, id: SchemaId) -> Option<&Object> {
        match &self.resolved(id).kind {
            Kind::Object(object) => Some(object),
            _ => None,
        }
    }
}

/// Makes a schema that says nothing.
pub(crate) fn blank(location: Location) -> Schema {
    Schema {
        location,
        component: None,
        file_name: None,
        pinned_name: None,
        value_names: Vec::new(),
        title: None,
        description: None,
        deprecated: false,
        read_only: false,
        write_only: false,
        default: None,
        examples: Vec::new(),
        nullable: false,
        kind: Kind::Any,
        typed: false,
        assertions: Map::new(),
    }
}
