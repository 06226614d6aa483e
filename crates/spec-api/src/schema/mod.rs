//! Schema objects → schemas: kinds, null, references and unions.
//!
//! Knows JSON Schema 2020-12 and the dialect of OpenAPI 3.0. Must not know where in an API a schema is used.
//!
//! Reading goes down the document once. What depends on several schemas is put off ([`Pending`]), and done by
//! `passes` when all have been read.

mod annotations;
mod assertions;
mod keywords;
pub(crate) mod null;
mod passes;
mod read;
mod structure;
pub(crate) mod table;
mod union;
pub(crate) mod untyped;

use crate::SchemaId;
use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::{Example, Kind};
use crate::specification;
use indexmap::IndexMap;
use null::Null;
use passes::all_of::AllOf;
use serde_json::Value;
use spec_document::{Location, Place, Pointer};
use std::collections::{HashMap, HashSet, VecDeque};
use table::SchemaTable;
use untyped::Untyped;

/// Reads schemas, each once, however often it is asked for.
#[derive(Default)]
pub(crate) struct SchemaReader<'a> {
    pub(crate) table: SchemaTable,
    /// Every example and default that was read.
    pub(crate) examples: Vec<Example>,
    /// Schemas that get no type in addition to what they say.
    pub(crate) spared: HashSet<SchemaId>,
    /// Ids of schemas that were read, or will be, by where they stand.
    ids: HashMap<Pointer, SchemaId>,
    /// Schemas that have an id, but were not read yet.
    unread: HashMap<SchemaId, Cursor<'a>>,
    /// Schemas in the order of the first reference to each.
    referenced: VecDeque<SchemaId>,
    pending: Pending<'a>,
    known_examples: HashSet<(Pointer, SchemaId)>,
}

/// Work that waits until all schemas have been read.
#[derive(Default)]
struct Pending<'a> {
    all_of: IndexMap<SchemaId, AllOf>,
    /// Unions that take null if one of their variants does.
    unions: Vec<SchemaId>,
    discriminators: IndexMap<SchemaId, Cursor<'a>>,
}

impl<'a> SchemaReader<'a> {
    /// Returns the schema that stands at a cursor.
    pub(crate) fn read(&mut self, input: &mut Input<'a>, at: Cursor<'a>) -> SchemaId {
        let id = self.refer(input, at);
        self.read_unread(input, id);
        id
    }

    /// Returns the id of a schema that is read later: chains of references have no limit, but the stack has.
    fn refer(&mut self, input: &Input<'a>, at: Cursor<'a>) -> SchemaId {
        if let Some(id) = self.ids.get(&at.pointer) {
            return *id;
        }
        let id = self.table.add(table::blank(input.location(&at.pointer)), Null::Unsaid);
        self.ids.insert(at.pointer.clone(), id);
        self.unread.insert(id, at);
        self.referenced.push_back(id);
        id
    }

    fn read_unread(&mut self, input: &mut Input<'a>, id: SchemaId) {
        if let Some(at) = self.unread.remove(&id) {
            read::read(self, input, id, at);
        }
    }

    /// Adds a schema of any value, for places where the document gives none.
    pub(crate) fn add_any(&mut self, input: &Input<'a>, near: &Pointer) -> SchemaId {
        let location = Location { place: Place::File, ..input.location(near) };
        self.table.add(table::blank(location), Null::Unsaid)
    }

    /// Adds a schema of texts, for places where the document gives none and nothing else can stand.
    pub(crate) fn add_text(&mut self, input: &Input<'a>, near: &Pointer) -> SchemaId {
        let id = self.add_any(input, near);
        self.table[id].kind = Kind::String(None);
        id
    }

    /// Reads the examples that stand beside a schema, in a parameter or a media type.
    pub(crate) fn read_examples(&mut self, input: &mut Input<'a>, at: &Cursor<'a>, schema: SchemaId) {
        if let Some(example) = at.child("example") {
            self.add_example(input, &example, schema, false);
        }
        for (_, example) in input.members_of(at, "examples") {
            let Some(example) = input.follow(example) else { continue };
            if input.expect_object(&example).is_none() {
                continue;
            }
            input.check_fields(&example, &specification::EXAMPLE);
            if let Some(value) = example.child("value") {
                self.add_example(input, &value, schema, false);
            }
        }
    }

    fn add_example(
        &mut self,
        input: &Input<'a>,
        at: &Cursor<'a>,
        schema: SchemaId,
        is_default: bool,
    ) -> (Location, Value) {
        let location = input.location(&at.pointer);
        let value = at.node.to_json();
        // A shared parameter or response is read once for each operation.
        if self.known_examples.insert((at.pointer.clone(), schema)) {
            let (location, value) = (location.clone(), value.clone());
            self.examples.push(Example { location, schema, value, is_default });
        }
        (location, value)
    }

    /// Reads what was put off, and runs the passes.
    pub(crate) fn finish(&mut self, input: &mut Input<'a>, untyped: Untyped) {
        while let Some(id) = self.referenced.pop_front() {
            self.read_unread(input, id);
        }
        let Pending { all_of, unions, discriminators } = std::mem::take(&mut self.pending);
        passes::circles::run(&mut self.table, input.diagnostics);
        passes::all_of::run(&mut self.table, &all_of, &mut self.spared, input.diagnostics);
        null::lift(&mut self.table, unions);
        if untyped == Untyped::Any {
            untyped::leave_to_validators(&mut self.table);
        }
        passes::discriminator::run(&mut self.table, &self.ids, discriminators, input);
    }
}
