//! The merging of `allOf`: several schemas → the one kind of value that is all of them.
//!
//! Knows when that can be said, and leaves the rest to validators ([`Kind::Opaque`]). Must not know how the
//! parts were written: they have been read before.

use crate::SchemaId;
use crate::model::{Additional, Kind, Object, Schema};
use crate::reader::Reader;
use crate::schemas::Null;
use serde_json::{Map, Value};
use spec_document::{Code, Diagnostic};
use std::collections::{HashMap, HashSet};

/// An `allOf`, or a `$ref` with siblings, whose parts may not have been read yet.
#[derive(Clone)]
pub(crate) struct Merge {
    pub(crate) parts: Vec<SchemaId>,
    /// Null is among the values, whatever the parts say.
    pub(crate) nullable: bool,
}

impl Reader<'_> {
    /// Merges every `allOf`, each after the schemas that it refers to.
    pub(crate) fn merge_all(&mut self) {
        let merges = std::mem::take(&mut self.merges);
        let mut state = vec![State::Done; self.schemas.len()];
        for id in merges.keys() {
            state[id.0 as usize] = State::Waiting;
        }
        for id in merges.keys() {
            let mut stack = vec![*id];
            while let Some(&top) = stack.last() {
                let Some(merge) = merges.get(&top).filter(|_| state[top.0 as usize] != State::Done) else {
                    stack.pop();
                    continue;
                };
                if state[top.0 as usize] == State::Open {
                    self.merge(top, merge, &state);
                    state[top.0 as usize] = State::Done;
                } else {
                    state[top.0 as usize] = State::Open;
                    let ends = merge.parts.iter().map(|part| self.end(*part));
                    stack.extend(ends.filter(|end| state[end.0 as usize] == State::Waiting));
                }
            }
        }
    }

    fn merge(&mut self, id: SchemaId, merge: &Merge, state: &[State]) {
        let slot = id.0 as usize;
        let mut own = self.schemas[slot].clone();
        let mut accepts = own.nullable;
        let mut refuses = self.nulls[slot] == Null::Refused;
        let mut is_circular = false;
        let mut whole = Whole { kind: own.kind.clone(), assertions: own.assertions.clone() };
        let sees_others = |id: &SchemaId| {
            let assertions = &self.schemas[self.end(*id).0 as usize].assertions;
            assertions.contains_key("unevaluatedProperties") || assertions.contains_key("unevaluatedItems")
        };
        if (merge.parts.len() > 1 || own.kind != Kind::Any) && merge.parts.iter().any(sees_others) {
            whole.kind = Kind::Opaque;
        }
        for part in &merge.parts {
            let end = self.end(*part);
            if end == id || state[end.0 as usize] == State::Open {
                is_circular = true;
                continue;
            }
            let nullable = self.chain(*part).any(|id| self.schemas[id.0 as usize].nullable);
            accepts |= nullable;
            refuses |= !nullable && self.nulls[end.0 as usize] != Null::Unsaid;
            let words = &self.schemas[part.0 as usize];
            if own.value_names.is_empty() {
                own.value_names = self.schemas[end.0 as usize].value_names.clone();
            }
            own.title = own.title.or_else(|| words.title.clone());
            own.description = own.description.or_else(|| words.description.clone());
            own.default = own.default.or_else(|| words.default.clone());
            own.typed |= self.schemas[end.0 as usize].typed;
            own.deprecated |= words.deprecated;
            own.read_only |= words.read_only;
            own.write_only |= words.write_only;
            if let Some(name) = whole.add(self, end, state) {
                let message = format!(
                    "one part of this takes no other properties, and another requires `{name}`: no value fits"
                );
                let help = "name the property in the first, or write `unevaluatedProperties: false` beside all parts instead";
                let location = own.location.clone().key();
                self.push(Diagnostic::warning(Code::SchemaConflict, location, message).help(help));
            }
        }
        own.nullable = merge.nullable || (accepts && !refuses);
        if own.nullable {
            self.spare_parts(&merge.parts);
        }
        self.nulls[slot] = match (own.nullable, refuses) {
            (true, _) => Null::Accepted,
            (false, true) => Null::Refused,
            (false, false) => Null::Unsaid,
        };
        if is_circular {
            let message = "this `allOf` contains itself";
            self.push(
                Diagnostic::error(Code::CircularReference, own.location.clone(), message)
                    .help("refer to the schema from a property, not from `allOf`"),
            );
            whole.kind = Kind::Opaque;
        } else if let Some(target) = self.only_target(&own, merge)
            && self.schemas[self.end(target).0 as usize].kind == whole.kind
            && own.assertions.is_empty()
            && (own.nullable || !accepts)
        {
            // One part alone: this schema is that one, under words of its own.
            whole = Whole { kind: Kind::Reference(target), assertions: Map::new() };
        }
        own.kind = whole.kind;
        own.assertions = whole.assertions;
        self.schemas[slot] = own;
    }

    /// The schema that the only part refers to, leaving aside parts that say nothing of the values.
    fn only_target(&self, own: &Schema, merge: &Merge) -> Option<SchemaId> {
        let says = |id: &&SchemaId| {
            let part = &self.schemas[id.0 as usize];
            part.kind != Kind::Any || !part.assertions.is_empty()
        };
        let mut parts = merge.parts.iter().filter(says);
        let (only, None) = (*parts.next()?, parts.next()) else { return None };
        if let Kind::Reference(target) = self.schemas[only.0 as usize].kind {
            return Some(target);
        }
        // The target of a `$ref` with siblings is a part itself. A schema on the spot has no name to keep.
        let inside = format!("{}/", own.pointer()?);
        let is_inline = self.schemas[only.0 as usize].pointer()?.starts_with(&inside);
        (!is_inline).then_some(only)
    }
}

/// How far the merging of an `allOf` is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Open,
    Done,
}

/// What the parts of an `allOf` say together.
struct Whole {
    kind: Kind,
    assertions: Map<String, Value>,
}

/// Keywords that speak of what stands beside them: moved beside others, they would say something else (JSON
/// Schema 2020-12 core, 10.2.2, 10.3.1 and 11).
const INTERDEPENDENT: [&str; 8] = [
    "if",
    "then",
    "else",
    "minContains",
    "maxContains",
    "prefixItems",
    "unevaluatedItems",
    "unevaluatedProperties",
];

impl Whole {
    /// Adds a part; gives back the property that it requires and what is there refuses, or the other way
    /// round.
    fn add(&mut self, reader: &mut Reader<'_>, part: SchemaId, state: &[State]) -> Option<String> {
        let part = &reader.schemas[part.0 as usize];
        let (kind, assertions) = (part.kind.clone(), part.assertions.clone());
        let is_first = self.kind == Kind::Any && self.assertions.is_empty();
        if !is_first && assertions.keys().any(|keyword| INTERDEPENDENT.contains(&keyword.as_str())) {
            self.kind = Kind::Opaque;
        }
        for (keyword, value) in assertions {
            let merged = match self.assertions.get(&keyword) {
                None => Some(value),
                Some(own) => stricter(&keyword, own, &value),
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
                    refused = left.refused(right).or_else(|| right.refused(&left)).map(str::to_owned);
                }
                merge_objects(left, right, reader, state)
            }
            (left, right) => narrow(&left, right).unwrap_or(Kind::Opaque),
        };
        refused
    }
}

/// The value with which an assertion says what it says with either; none if no value does.
fn stricter(keyword: &str, left: &Value, right: &Value) -> Option<Value> {
    if left == right {
        return Some(left.clone());
    }
    let (l, r) = (left.as_f64()?, right.as_f64()?);
    match keyword {
        "minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties" => {
            Some(if l > r { left } else { right }.clone())
        }
        "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties" => {
            Some(if l < r { left } else { right }.clone())
        }
        _ => None,
    }
}

/// The kind of the values that are of both kinds, where it is one; objects with properties are not looked
/// into.
fn narrow(left: &Kind, right: &Kind) -> Option<Kind> {
    let both = match (left, right) {
        // What only a validator can say does not become simpler by company.
        (Kind::Opaque, _) | (_, Kind::Opaque) => return None,
        (kind, Kind::Any) | (Kind::Any, kind) => kind,
        (left, right) if left == right => left,
        (Kind::String(None), kind @ Kind::String(_)) | (kind @ Kind::String(_), Kind::String(None)) => kind,
        (Kind::Number(None), kind @ (Kind::Number(_) | Kind::Integer(_)))
        | (kind @ (Kind::Number(_) | Kind::Integer(_)), Kind::Number(None)) => kind,
        (Kind::Integer(None), kind @ Kind::Integer(_)) | (kind @ Kind::Integer(_), Kind::Integer(None)) => {
            kind
        }
        (Kind::Array(None), kind @ Kind::Array(_)) | (kind @ Kind::Array(_), Kind::Array(None)) => kind,
        (Kind::Enum(values), kind) | (kind, Kind::Enum(values)) => {
            let in_both: Vec<Value> = values.iter().filter(|value| is_of(value, kind)).cloned().collect();
            return (!in_both.is_empty()).then_some(Kind::Enum(in_both));
        }
        (Kind::Object(alone), kind @ (Kind::Object(_) | Kind::Union { .. }))
        | (kind @ (Kind::Object(_) | Kind::Union { .. }), Kind::Object(alone))
            if alone.properties.is_empty() && alone.additional == Additional::Unsaid =>
        {
            kind
        }
        _ => return None,
    };
    Some(both.clone())
}

/// Whether a value is of a kind, as far as that can be said without looking into it.
pub(crate) fn is_of(value: &Value, kind: &Kind) -> bool {
    match kind {
        Kind::Any => true,
        Kind::Boolean => value.is_boolean(),
        Kind::Integer(_) => value.is_i64() || value.is_u64(),
        Kind::Number(_) => value.is_number(),
        Kind::String(_) => value.is_string(),
        Kind::Enum(values) => values.contains(value),
        _ => false,
    }
}

impl Object {
    /// The property that another object requires and this one does not take.
    fn refused<'o>(&self, other: &'o Object) -> Option<&'o str> {
        let is_named = |name: &str| self.properties.iter().any(|own| own.name == name);
        let mut names = other.properties.iter().filter(|own| own.required).map(|own| own.name.as_str());
        names.find(|name| self.additional == Additional::Refused && !is_named(name))
    }
}

/// Objects hold together as long as no property has two meanings and neither restricts what only the other
/// names.
fn merge_objects(mut left: Object, right: &Object, reader: &mut Reader<'_>, state: &[State]) -> Kind {
    let names = |object: &Object| {
        object.properties.iter().map(|property| property.name.clone()).collect::<HashSet<_>>()
    };
    let (own_names, other_names) = (names(&left), names(right));
    let refuses = |object: &Object, names: &HashSet<String>, others: &HashSet<String>| {
        let takes_all = match object.additional {
            Additional::Unsaid | Additional::Allowed(None) => true,
            Additional::Refused => false,
            Additional::Allowed(Some(id)) => reader.schemas[id.0 as usize].kind == Kind::Any,
        };
        !takes_all && !others.is_subset(names)
    };
    if refuses(&left, &own_names, &other_names) || refuses(right, &other_names, &own_names) {
        return Kind::Opaque;
    }
    // A part may require a property that another part describes: it then says nothing of its own about it.
    let is_unsaid = |reader: &Reader<'_>, id: SchemaId| reader.schemas[id.0 as usize].pointer().is_none();
    let mut places: HashMap<String, usize> = HashMap::new();
    places.extend(left.properties.iter().enumerate().map(|(place, property)| (property.name.clone(), place)));
    for property in &right.properties {
        let Some(place) = places.get(&property.name) else {
            left.properties.push(property.clone());
            continue;
        };
        let own = &mut left.properties[*place];
        own.required |= property.required;
        if is_unsaid(reader, property.schema) {
            continue;
        }
        if is_unsaid(reader, own.schema) {
            own.schema = property.schema;
            continue;
        }
        let Some(narrower) = narrower(own.schema, property.schema, reader, state) else {
            return Kind::Opaque;
        };
        own.schema = narrower;
    }
    left.additional = match (left.additional, &right.additional) {
        (Additional::Unsaid, other) => other.clone(),
        (own, Additional::Unsaid) => own,
        (Additional::Allowed(None), other) => other.clone(),
        (own, Additional::Allowed(None)) => own,
        (own, other) if own == *other => own,
        _ => return Kind::Opaque,
    };
    Kind::Object(left)
}

/// The one of two schemas that says all that the other says, or of plain values one that says what both do.
fn narrower(left: SchemaId, right: SchemaId, reader: &mut Reader<'_>, state: &[State]) -> Option<SchemaId> {
    let (left_end, right_end) = (reader.end(left), reader.end(right));
    let is_nullable = |id: SchemaId| reader.chain(id).any(|id| reader.schemas[id.0 as usize].nullable);
    // What was put together here has been merged.
    let is_open = |id: SchemaId| state.get(id.0 as usize).is_some_and(|state| *state != State::Done);
    if left_end == right_end {
        return Some(if is_nullable(left) { right } else { left });
    }
    if is_open(left_end) || is_open(right_end) {
        return None;
    }
    let (l, r) = (&reader.schemas[left_end.0 as usize], &reader.schemas[right_end.0 as usize]);
    let kind = narrow(&l.kind, &r.kind)?;
    let says_all = |one: &Schema, other: &Schema| {
        other.assertions.iter().all(|(key, value)| one.assertions.get(key) == Some(value))
    };
    if kind == r.kind && says_all(r, l) && (is_nullable(left) || !is_nullable(right) || l.kind == Kind::Any) {
        Some(right)
    } else if kind == l.kind
        && says_all(l, r)
        && (is_nullable(right) || !is_nullable(left) || r.kind == Kind::Any)
    {
        Some(left)
    } else {
        let nullable = is_nullable(left) && is_nullable(right);
        let schema = both(l, r, kind, nullable)?;
        Some(reader.add(schema, if nullable { Null::Accepted } else { Null::Refused }))
    }
}

/// The schema of the plain values that two schemas take; none where their assertions can't be said together.
fn both(left: &Schema, right: &Schema, kind: Kind, nullable: bool) -> Option<Schema> {
    let is_plain =
        matches!(kind, Kind::Boolean | Kind::Integer(_) | Kind::Number(_) | Kind::String(_) | Kind::Enum(_));
    let mut keywords = left.assertions.keys().chain(right.assertions.keys());
    if !is_plain || keywords.any(|keyword| INTERDEPENDENT.contains(&keyword.as_str())) {
        return None;
    }
    let mut schema = Schema { kind, nullable, component: None, file_name: None, ..right.clone() };
    for (keyword, value) in &left.assertions {
        let value = schema
            .assertions
            .get(keyword)
            .map_or_else(|| Some(value.clone()), |own| stricter(keyword, own, value))?;
        schema.assertions.insert(keyword.clone(), value);
    }
    schema.title = schema.title.or_else(|| left.title.clone());
    schema.description = schema.description.or_else(|| left.description.clone());
    schema.default = schema.default.or_else(|| left.default.clone());
    schema.pinned_name = schema.pinned_name.or_else(|| left.pinned_name.clone());
    if schema.value_names.is_empty() {
        schema.value_names.clone_from(&left.value_names);
    }
    schema.typed |= left.typed;
    schema.deprecated |= left.deprecated;
    schema.read_only |= left.read_only;
    schema.write_only |= left.write_only;
    Some(schema)
}
