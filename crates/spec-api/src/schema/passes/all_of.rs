//! The merging of `allOf`: several schemas → the one kind of value that is all of them.
//!
//! Knows in which order they are merged, and leaves what can't be said to validators ([`Kind::Opaque`]).
//! Must not know how the parts were written.

use super::intersection::{self, INTERDEPENDENT, intersect_kind, tighter_bound};
use crate::SchemaId;
use crate::model::{Additional, Kind, Object, Schema};
use crate::schema::null::AllOfNull;
use crate::schema::table::SchemaTable;
use crate::schema::untyped;
use indexmap::IndexMap;
use serde_json::{Map, Value};
use spec_document::{Code, Diagnostic, Diagnostics, Location};
use std::collections::{HashMap, HashSet};

/// An `allOf`, or a `$ref` with siblings, whose parts may not have been read yet.
#[derive(Clone)]
pub(in crate::schema) struct AllOf {
    pub(in crate::schema) parts: Vec<SchemaId>,
    /// True if null is among the values, whatever the parts say.
    pub(in crate::schema) is_nullable: bool,
}

/// The progress of merging an `allOf`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Waiting,
    Open,
    Done,
}

/// The state of merging the `allOf` of all schemas.
pub(super) struct Merger<'m> {
    pub(super) table: &'m mut SchemaTable,
    spared: &'m mut HashSet<SchemaId>,
    diagnostics: &'m mut Diagnostics,
    progress: Vec<Progress>,
}

/// Merges every `allOf`, each after the schemas that it refers to.
pub(in crate::schema) fn run(
    table: &mut SchemaTable,
    all: &IndexMap<SchemaId, AllOf>,
    spared: &mut HashSet<SchemaId>,
    diagnostics: &mut Diagnostics,
) {
    let mut progress = vec![Progress::Done; table.len()];
    for id in all.keys() {
        progress[id.0 as usize] = Progress::Waiting;
    }
    let mut merger = Merger { table, spared, diagnostics, progress };
    for id in all.keys() {
        let mut stack = vec![*id];
        while let Some(&top) = stack.last() {
            let progress = merger.progress[top.0 as usize];
            let Some(all_of) = all.get(&top).filter(|_| progress != Progress::Done) else {
                stack.pop();
                continue;
            };
            if progress == Progress::Open {
                let met = merger.met_properties(top, all_of);
                if !met.is_empty() {
                    stack.extend(met);
                    continue;
                }
                merger.merge(top, all_of);
                merger.progress[top.0 as usize] = Progress::Done;
            } else {
                merger.progress[top.0 as usize] = Progress::Open;
                let ends = all_of.parts.iter().map(|part| merger.table.end(*part));
                stack.extend(ends.filter(|end| merger.progress[end.0 as usize] == Progress::Waiting));
            }
        }
    }
}

impl Merger<'_> {
    /// Returns whether a schema has an `allOf` that was not merged yet; schemas that merging made have none.
    pub(super) fn is_unmerged(&self, id: SchemaId) -> bool {
        self.progress.get(id.0 as usize).is_some_and(|progress| *progress != Progress::Done)
    }

    /// Returns the schemas of properties that several parts describe, as far as they wait to be merged: what
    /// both say of them can't be said before.
    fn met_properties(&self, id: SchemaId, all_of: &AllOf) -> Vec<SchemaId> {
        let mut seen: HashMap<&str, SchemaId> = HashMap::new();
        let mut met = Vec::new();
        for part in std::iter::once(&id).chain(&all_of.parts) {
            let Kind::Object(object) = &self.table.resolved(*part).kind else { continue };
            for property in &object.properties {
                let schema = self.table.end(property.schema);
                if let Some(other) = seen.insert(&property.name, schema) {
                    met.extend([other, schema]);
                }
            }
        }
        met.retain(|id| self.progress.get(id.0 as usize) == Some(&Progress::Waiting));
        met
    }

    fn merge(&mut self, id: SchemaId, all_of: &AllOf) {
        let mut own = self.table[id].clone();
        let mut null = AllOfNull::beside(self.table.null(id));
        let mut is_circular = false;
        let mut merged = Merged { kind: own.kind.clone(), assertions: own.assertions.clone() };
        if (all_of.parts.len() > 1 || own.kind != Kind::Any)
            && all_of.parts.iter().any(|part| self.sees_others(*part))
        {
            merged.kind = Kind::Opaque;
        }
        for part in &all_of.parts {
            let end = self.table.end(*part);
            if end == id || self.progress[end.0 as usize] == Progress::Open {
                is_circular = true;
                continue;
            }
            null.add(self.table, *part);
            self.inherit(&mut own, *part);
            if let Some(name) = merged.add(self, end) {
                self.report_refused(own.location.clone(), &name);
            }
        }
        let is_accepted = null.is_accepted;
        let null = null.decide(all_of.is_nullable);
        if null.is_accepted() {
            untyped::spare(self.spared, self.table, &all_of.parts);
        }
        if is_circular {
            let message = "this `allOf` contains itself";
            self.diagnostics.push(
                Diagnostic::error(Code::CircularReference, own.location.clone(), message)
                    .help("refer to the schema from a property, not from `allOf`"),
            );
            merged.kind = Kind::Opaque;
        } else if let Some(target) = self.only_target(&own, all_of)
            && self.table.resolved(target).kind == merged.kind
            && own.assertions.is_empty()
            && (null.is_accepted() || !is_accepted)
        {
            // One part alone: this schema is that one, under words of its own.
            merged = Merged { kind: Kind::Reference(target), assertions: Map::new() };
        }
        own.kind = merged.kind;
        own.assertions = merged.assertions;
        self.table.set(id, own, null);
    }

    /// Returns whether a part looks at what other parts have looked at.
    fn sees_others(&self, part: SchemaId) -> bool {
        let assertions = &self.table.resolved(part).assertions;
        assertions.contains_key("unevaluatedProperties") || assertions.contains_key("unevaluatedItems")
    }

    /// Takes over what a part says for people, where the schema itself says nothing, and what it or the
    /// schema that it refers to says of values wherever they stand: annotations of the two are about the same
    /// value (JSON Schema 2020-12 core, 7.7.1).
    fn inherit(&self, own: &mut Schema, part: SchemaId) {
        let (words, end) = (&self.table[part], self.table.resolved(part));
        if own.value_names.is_empty() {
            own.value_names.clone_from(&end.value_names);
        }
        own.title = own.title.take().or_else(|| words.title.clone());
        own.description = own.description.take().or_else(|| words.description.clone());
        let default = words.default.as_ref().or(end.default.as_ref());
        own.default = own.default.take().or_else(|| default.cloned());
        own.typed |= end.typed;
        own.deprecated |= words.deprecated;
        own.read_only |= words.read_only || end.read_only;
        own.write_only |= words.write_only || end.write_only;
    }

    fn report_refused(&mut self, location: Location, name: &str) {
        let message = format!(
            "one part of this takes no other properties, and another requires `{name}`: no value fits"
        );
        let help = "name the property in the first, or write \
                    `unevaluatedProperties: false` beside all parts instead";
        self.diagnostics.push(Diagnostic::warning(Code::SchemaConflict, location.key(), message).help(help));
    }

    /// Returns the schema that the only part refers to, leaving aside parts that say nothing of the values.
    fn only_target(&self, own: &Schema, all_of: &AllOf) -> Option<SchemaId> {
        let says_something = |id: &&SchemaId| {
            let part = &self.table[**id];
            part.kind != Kind::Any || !part.assertions.is_empty()
        };
        let mut parts = all_of.parts.iter().filter(says_something);
        let (only, None) = (*parts.next()?, parts.next()) else { return None };
        if let Kind::Reference(target) = self.table[only].kind {
            return Some(target);
        }
        // The target of a `$ref` with siblings is a part itself. A schema on the spot has no name to keep.
        let inside = format!("{}/", own.pointer()?);
        let is_inline = self.table[only].pointer()?.starts_with(&inside);
        (!is_inline).then_some(only)
    }
}

/// The parts of an `allOf`, merged.
struct Merged {
    kind: Kind,
    assertions: Map<String, Value>,
}

impl Merged {
    /// Adds a part; returns the property that it requires and what is there refuses, or the other way round.
    fn add(&mut self, merger: &mut Merger<'_>, part: SchemaId) -> Option<String> {
        let part = &merger.table[part];
        let (kind, assertions) = (part.kind.clone(), part.assertions.clone());
        let is_first = self.kind == Kind::Any && self.assertions.is_empty();
        if !is_first && assertions.keys().any(|keyword| INTERDEPENDENT.contains(&keyword.as_str())) {
            self.kind = Kind::Opaque;
        }
        for (keyword, value) in assertions {
            let merged = match self.assertions.get(&keyword) {
                None => Some(value),
                Some(own) => tighter_bound(&keyword, own, &value),
            };
            let Some(merged) = merged else {
                self.kind = Kind::Opaque;
                continue;
            };
            self.assertions.insert(keyword, merged);
        }
        let mut refused = None;
        self.kind = match (std::mem::replace(&mut self.kind, Kind::Opaque), &kind) {
            (Kind::Object(left), Kind::Object(right)) => {
                if !self.assertions.contains_key("patternProperties") {
                    refused = refused_property(&left, right).or_else(|| refused_property(right, &left));
                }
                intersection::objects(merger, left, right)
            }
            (left, right) => intersect_kind(&left, right).unwrap_or(Kind::Opaque),
        };
        refused
    }
}

/// Returns the property that one object requires and another does not take.
fn refused_property(object: &Object, other: &Object) -> Option<String> {
    let is_refused = |name: &str| {
        object.additional == Additional::Refused && !object.properties.iter().any(|own| own.name == name)
    };
    let mut required = other.properties.iter().filter(|own| own.required).map(|own| own.name.as_str());
    required.find(|name| is_refused(name)).map(str::to_owned)
}
