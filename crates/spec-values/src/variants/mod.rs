//! A valid value → the same with one place changed: to the edge of what a keyword allows, or beyond it.
//!
//! Walks a schema and a value side by side, and asks [`edges`] and [`faults`] what each keyword makes of each
//! place. What they propose is proved here: an edge is valid, a fault breaks its keyword and no other. Must
//! not know how the walked value was made.

mod edges;
mod faults;
mod formats;

use crate::random::Filling;
use crate::values::Values;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// The depth to which schemas are followed.
const DEEPEST: usize = 12;

/// The largest number of variants of one value.
const MOST: usize = 3_000;

/// The number of values that are made until one is of a certain variant of a union.
const TRIALS: u64 = 8;

/// A value that differs from the one it was made of at one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// The whole value.
    pub value: Value,
    /// The JSON pointer (RFC 6901) into the value to the place that was changed. Of a member that is left out
    /// or added it points to the object.
    pub at: String,
    /// The JSON pointer into the document to the keyword that the change is about.
    pub keyword: String,
}

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Edges,
    Faults,
}

/// What stands at a place instead.
type Instead = (&'static str, Value);

/// Returns the variants of a value, each once.
pub(crate) fn of(values: &Values, pointer: &str, base: &Value, wanted: Wanted) -> Vec<Variant> {
    let mut walk = Walk {
        values,
        root: pointer,
        wanted,
        texts: HashSet::new(),
        seen: HashSet::new(),
        found: Vec::new(),
    };
    walk.texts.insert(base.to_string());
    walk.schema(pointer, base, "", 0);
    walk.found
}

struct Walk<'a> {
    values: &'a Values,
    root: &'a str,
    wanted: Wanted,
    /// Values that are known.
    texts: HashSet<String>,
    /// Schemas that were walked for a place.
    seen: HashSet<(String, String)>,
    found: Vec<Variant>,
}

/// What is known at one step of the walk.
struct Step<'w> {
    /// The schema.
    pointer: &'w str,
    schema: &'w Map<String, Value>,
    /// The whole value, and the place in it.
    base: &'w Value,
    at: &'w str,
    depth: usize,
}

impl<'a> Walk<'a> {
    fn schema(&mut self, pointer: &str, base: &Value, at: &str, depth: usize) {
        let document: &'a Value = self.values.document();
        let Some(schema) = document.pointer(pointer).and_then(Value::as_object) else { return };
        let is_known = !self.seen.insert((pointer.to_owned(), at.to_owned()));
        if is_known || depth > DEEPEST || self.found.len() >= MOST {
            return;
        }
        let Some(here) = base.pointer(at) else { return };
        let step = Step { pointer, schema, base, at, depth };
        let proposed = match self.wanted {
            Wanted::Edges => edges::of(self.values, pointer, schema, here),
            Wanted::Faults => faults::of(self.values, pointer, schema, here),
        };
        for (keyword, instead) in proposed {
            self.propose(&step, keyword, instead);
        }
        self.parts(&step);
        match here {
            Value::Object(members) => self.members(&step, members),
            Value::Array(items) => self.items(&step, items),
            _ => {}
        }
    }

    /// Walks what holds for the same place, too.
    fn parts(&mut self, step: &Step<'_>) {
        let Step { schema, base, at, depth, .. } = *step;
        if let Some(target) = schema.get("$ref").and_then(Value::as_str).and_then(crate::pointer) {
            self.schema(&target, base, at, depth + 1);
        }
        for (keyword, is_choice) in [("allOf", false), ("anyOf", true), ("oneOf", true)] {
            let parts = schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
            for index in 0..parts {
                let part = format!("{}/{keyword}/{index}", step.pointer);
                let here = base.pointer(at).unwrap_or(&Value::Null);
                if !is_choice || self.values.is_valid(&part, here) {
                    self.schema(&part, base, at, depth + 1);
                } else if self.wanted == Wanted::Edges {
                    self.alternative(step, keyword, &part);
                }
            }
        }
        for keyword in ["then", "else"].into_iter().filter(|keyword| schema.contains_key(*keyword)) {
            let part = format!("{}/{keyword}", step.pointer);
            if self.values.is_valid(&part, base.pointer(at).unwrap_or(&Value::Null)) {
                self.schema(&part, base, at, depth + 1);
            }
        }
    }

    /// Proposes a value of another variant of a union.
    fn alternative(&mut self, step: &Step<'_>, keyword: &'static str, part: &str) {
        for seed in 0..TRIALS {
            let is_this = |value: &Value| self.values.is_valid(part, value);
            let filling = if seed == 0 { Filling::All } else { Filling::Some };
            let made = match seed {
                0 => self.values.valid(Some(part), filling, seed, &is_this),
                _ => self.values.valid(Some(step.pointer), filling, seed, &is_this),
            };
            if made.is_ok_and(|value| self.propose(step, keyword, value)) {
                return;
            }
        }
    }

    /// Walks the members of an object, and those that may be there.
    fn members(&mut self, step: &Step<'_>, members: &Map<String, Value>) {
        let Step { pointer, schema, base, at, depth } = *step;
        let declared = schema.get("properties").and_then(Value::as_object);
        for name in declared.into_iter().flat_map(Map::keys) {
            let property = format!("{pointer}/properties/{}", token(name));
            let place = format!("{at}/{}", token(name));
            if members.contains_key(name) {
                self.schema(&property, base, &place, depth + 1);
                continue;
            }
            if self.is_hidden(&property, 0) {
                continue;
            }
            let Ok(value) = self.values.valid(Some(&property), Filling::Some, 1, &|_| true) else { continue };
            let mut more = members.clone();
            more.insert(name.clone(), value);
            let more = replaced(base, at, more.into());
            if self.values.is_valid(self.root, &more) {
                if self.wanted == Wanted::Edges {
                    self.add(more.clone(), at, &format!("{pointer}/required"));
                }
                self.schema(&property, &more, &place, depth + 1);
            }
        }
        let others = members.keys().filter(|name| !declared.is_some_and(|all| all.contains_key(*name)));
        for keyword in ["additionalProperties", "unevaluatedProperties"] {
            if schema.get(keyword).is_some_and(Value::is_object) {
                for name in others.clone().take(2) {
                    let place = format!("{at}/{}", token(name));
                    self.schema(&format!("{pointer}/{keyword}"), base, &place, depth + 1);
                }
            }
        }
        for (pattern, _) in schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten() {
            let is_meant = jsonschema::validator_for(&json!({ "pattern": pattern }));
            let named =
                members.keys().find(|name| is_meant.as_ref().is_ok_and(|own| own.is_valid(&json!(name))));
            if let Some(name) = named {
                let part = format!("{pointer}/patternProperties/{}", token(pattern));
                self.schema(&part, base, &format!("{at}/{}", token(name)), depth + 1);
            }
        }
    }

    /// Walks the first items of a list, or one that is put there.
    fn items(&mut self, step: &Step<'_>, items: &[Value]) {
        let Step { pointer, schema, base, at, depth } = *step;
        let first = schema.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..first.min(items.len()) {
            let part = format!("{pointer}/prefixItems/{index}");
            self.schema(&part, base, &format!("{at}/{index}"), depth + 1);
        }
        if !schema.get("items").is_some_and(Value::is_object) {
            return;
        }
        let part = format!("{pointer}/items");
        if items.len() > first {
            self.schema(&part, base, &format!("{at}/{first}"), depth + 1);
            if self.wanted == Wanted::Faults {
                self.last(step, items, first);
            }
            return;
        }
        if let Ok(item) = self.values.valid(Some(&part), Filling::Some, 1, &|_| true) {
            let more = replaced(base, at, [items, &[item]].concat().into());
            if self.values.is_valid(self.root, &more) {
                self.schema(&part, &more, &format!("{at}/{}", items.len()), depth + 1);
            }
        }
    }

    /// Walks the last item of a list, or one that is put there beside the only one: whoever looks at the
    /// first item alone misses its faults.
    fn last(&mut self, step: &Step<'_>, items: &[Value], first: usize) {
        let Step { pointer, base, at, depth, .. } = *step;
        let part = format!("{pointer}/items");
        if items.len() > first + 1 {
            return self.schema(&part, base, &format!("{at}/{}", items.len() - 1), depth + 1);
        }
        for seed in 1..=TRIALS {
            let Ok(item) = self.values.valid(Some(&part), Filling::Some, seed, &|_| true) else { continue };
            let more = replaced(base, at, [items, &[item]].concat().into());
            if self.values.is_valid(self.root, &more) {
                return self.schema(&part, &more, &format!("{at}/{}", items.len()), depth + 1);
            }
        }
    }

    /// Returns true if a member goes only in the other direction.
    fn is_hidden(&self, pointer: &str, depth: usize) -> bool {
        let Some(schema) = self.values.document().pointer(pointer) else { return false };
        let target = schema.get("$ref").and_then(Value::as_str).and_then(crate::pointer);
        let parts = schema.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
        let parts = (0..parts).map(|index| format!("{pointer}/allOf/{index}"));
        schema.get(self.values.hidden()) == Some(&Value::Bool(true))
            || (depth < DEEPEST
                && target.into_iter().chain(parts).any(|part| self.is_hidden(&part, depth + 1)))
    }

    /// Puts a value at the place of a step, and keeps it if it is what is wanted.
    fn propose(&mut self, step: &Step<'_>, keyword: &str, instead: Value) -> bool {
        let value = replaced(step.base, step.at, instead);
        let keyword = format!("{}/{keyword}", step.pointer);
        let is_wanted = match self.wanted {
            Wanted::Edges => self.values.is_valid(self.root, &value),
            Wanted::Faults => is_one_fault(&self.values.broken(self.root, &value), step.at, &keyword),
        };
        is_wanted && self.add(value, step.at, &keyword)
    }

    fn add(&mut self, value: Value, at: &str, keyword: &str) -> bool {
        let is_new = self.found.len() < MOST && self.texts.insert(value.to_string());
        if is_new {
            self.found.push(Variant { value, at: at.to_owned(), keyword: keyword.to_owned() });
        }
        is_new
    }
}

/// Returns true if a keyword alone is broken, or a union around it that says no more.
fn is_one_fault(broken: &[(String, String)], at: &str, keyword: &str) -> bool {
    match broken {
        [(_, one)] if one == keyword => true,
        // What a union lacks is told of the union, which stands at the place or around it.
        [(place, one)] => {
            let is_around = at == place || at.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'));
            is_around
                && ["/anyOf", "/oneOf", "/not", "/additionalProperties", "/unevaluatedProperties"]
                    .iter()
                    .any(|end| one.ends_with(end))
                || one.ends_with("/minimum") | one.ends_with("/maximum") && keyword.ends_with("/format")
        }
        _ => false,
    }
}

/// Returns a value with another one at a place.
fn replaced(base: &Value, at: &str, instead: Value) -> Value {
    let mut value = base.clone();
    if let Some(place) = value.pointer_mut(at) {
        *place = instead;
    }
    value
}

/// Returns a name as a token of a pointer (RFC 6901, 3).
fn token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Returns a bound that a keyword sets to a count.
fn count(schema: &Map<String, Value>, keyword: &str) -> Option<usize> {
    schema.get(keyword).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok())
}

/// Returns the types that a schema allows; none where it names no type.
fn types(schema: &Map<String, Value>) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
