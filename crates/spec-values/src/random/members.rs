//! Objects and lists at random: which members are there, and how many items.
//!
//! Knows what may be left out. What a member or an item is, [`Random::value`] says.

use super::{DEEPEST, Filling, Meant, Random, bound, names};
use crate::instances::UNDECLARED;
use crate::target;
use serde_json::{Map, Value};

impl<'a> Random<'a> {
    pub(super) fn object(&mut self, schema: &'a Map<String, Value>, depth: usize) -> Value {
        let beside = self.beside.take().unwrap_or_default();
        let mut required: Vec<&str> = names(schema.get("required")).collect();
        // Of some objects nearly all is left out, of some nearly nothing.
        let share = match self.meant.map(|meant| meant.filling) {
            _ if depth > self.depth => 0.0,
            Some(Filling::All) => 1.0,
            Some(Filling::Least) => 0.0,
            Some(Filling::Some) | None => self.rng.f64(),
        };
        let mut object = Map::new();
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if self.is_hidden(property, 0) {
                continue;
            }
            let is_asked = required.contains(&name.as_str()) || beside.required.contains(&name.as_str());
            if is_asked || self.rng.f64() < share {
                self.beside = beside.of(self.document, name);
                object.insert(name.clone(), self.value(property, depth + 1));
            }
        }
        required.retain(|name| !beside.declared.iter().any(|(declared, _)| declared == name));
        for name in required {
            if !object.contains_key(name) {
                object.insert(name.to_owned(), self.anything());
            }
        }
        if self.meant.is_some() {
            self.fill(schema, &mut object, depth);
        }
        match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => {}
            Some(_) if share == 0.0 && self.meant.is_some() => {}
            Some(additional) if depth <= self.depth => {
                for _ in 0..self.rng.usize(..4) {
                    let name = self.text(0, 6);
                    if !object.contains_key(&name) {
                        object.insert(name, self.value(additional, depth + 1));
                    }
                }
            }
            // Of an object of which nothing is said, anything may be a member; and what has no members can't
            // stand everywhere.
            None if self.meant.is_some()
                && is_free(schema)
                && beside.declared.is_empty()
                && self.rng.f64() < share =>
            {
                object.insert(format!("key{}", self.rng.u8(..)), self.text(1, 6).into());
            }
            _ if self.meant.is_none()
                && self.rng.u8(..16) == 0
                && !schema.contains_key("unevaluatedProperties") =>
            {
                object.insert(UNDECLARED.to_owned(), self.anything());
            }
            _ => {}
        }
        Value::Object(object)
    }

    /// Adds properties until there are as many as the schema asks for, if it has so many.
    fn fill(&mut self, schema: &'a Map<String, Value>, object: &mut Map<String, Value>, depth: usize) {
        let least = bound(schema, "minProperties").unwrap_or(0).min(64);
        let declared = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        let mut others: Vec<(&String, &'a Value)> =
            declared.filter(|(name, _)| !object.contains_key(*name)).collect();
        while object.len() < least && !others.is_empty() {
            let (name, property) = others.swap_remove(self.rng.usize(..others.len()));
            if !self.is_hidden(property, 0) {
                object.insert(name.clone(), self.value(property, depth + 1));
            }
        }
        for number in object.len()..least {
            let value = match schema.get("additionalProperties") {
                Some(Value::Bool(false)) => break,
                Some(additional) => self.value(additional, depth + 1),
                None => self.anything(),
            };
            object.insert(format!("key{number}"), value);
        }
    }

    /// Returns true if a property goes only in the other direction.
    fn is_hidden(&self, property: &'a Value, depth: usize) -> bool {
        let Some(Meant { without, .. }) = self.meant else { return false };
        let target = property.get("$ref").and_then(Value::as_str).and_then(|to| target(self.document, to));
        let parts = property.get("allOf").and_then(Value::as_array).into_iter().flatten();
        property.get(without) == Some(&Value::Bool(true))
            || (depth < DEEPEST
                && target.into_iter().chain(parts).any(|part| self.is_hidden(part, depth + 1)))
    }

    /// A list of what the schemas of its first items say, and the schema of the rest.
    pub(super) fn array(
        &mut self,
        schema: &Map<String, Value>,
        (first, rest): (Option<&'a Value>, Option<&'a Value>),
        depth: usize,
    ) -> Value {
        let least = bound(schema, "minItems").unwrap_or(0).min(64);
        let most = bound(schema, "maxItems").unwrap_or(least + 3).min(least + 3).max(least);
        let length = match self.meant.map(|meant| meant.filling) {
            _ if depth > self.depth => least,
            Some(Filling::All) => self.rng.usize(least.max(1).min(most)..=most),
            Some(Filling::Least) => least,
            Some(Filling::Some) | None => self.rng.usize(least..=most),
        };
        let first = first.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let is_unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
        let mut items: Vec<Value> = Vec::new();
        for index in 0..length {
            let item = match first.get(index).or(rest) {
                Some(Value::Bool(false)) => break,
                Some(schema) => self.value(schema, depth + 1),
                None => self.anything(),
            };
            if !is_unique || !items.contains(&item) {
                items.push(item);
            }
        }
        Value::Array(items)
    }
}

/// Returns true if a schema of objects says nothing of their members.
fn is_free(schema: &Map<String, Value>) -> bool {
    let said = ["properties", "patternProperties", "propertyNames", "unevaluatedProperties", "maxProperties"];
    !said.iter().any(|keyword| schema.contains_key(*keyword))
}
