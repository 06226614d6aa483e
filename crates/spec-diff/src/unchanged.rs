//! What both documents say in the same words: there is nothing to compare.
//!
//! Must not know what words mean.

use crate::form::Place;
use serde_json::{Map, Value};
use spec_document::Pointer;
use std::collections::{HashMap, HashSet};

/// The beginning of the pointers of schemas that have names.
const COMPONENTS: &str = "/components/schemas/";

/// The schemas with names that are the same in both documents, and so is all that they refer to.
pub(crate) struct Unchanged<'a> {
    base: &'a Value,
    revision: &'a Value,
    /// Their pointers.
    components: HashSet<String>,
}

impl<'a> Unchanged<'a> {
    pub(crate) fn new(base: &'a Value, revision: &'a Value) -> Unchanged<'a> {
        static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
        let list =
            |root: &'a Value| root.pointer("/components/schemas").and_then(Value::as_object).unwrap_or(&NONE);
        let (old, new) = (list(base), list(revision));
        let mut components: HashSet<String> = HashSet::new();
        let mut users: HashMap<String, Vec<String>> = HashMap::new();
        let mut changed: Vec<String> = Vec::new();
        for (name, schema) in old {
            let pointer = Pointer::root().join("components").join("schemas").join(name).as_str().to_owned();
            if new.get(name) != Some(schema) {
                changed.push(pointer);
                continue;
            }
            let mut targets = HashSet::new();
            references(schema, &mut targets);
            for target in targets {
                match component(&target).filter(|target| base.pointer(target).is_some()) {
                    Some(target) => users.entry(target.to_owned()).or_default().push(pointer.clone()),
                    None => changed.push(pointer.clone()),
                }
            }
            components.insert(pointer);
        }
        let mut seen: HashSet<String> = HashSet::new();
        while let Some(pointer) = changed.pop() {
            if seen.insert(pointer.clone()) {
                components.remove(&pointer);
                changed.extend(users.remove(&pointer).into_iter().flatten());
            }
        }
        Unchanged { base, revision, components }
    }

    /// Returns true if two places are known to say the same.
    pub(crate) fn are(&self, base: &Place, revision: &Place) -> bool {
        let ([one], [other]) = (base.0.as_slice(), revision.0.as_slice()) else {
            return base.is_any() && revision.is_any();
        };
        if one == other && component(one).is_some_and(|own| self.components.contains(own)) {
            return true;
        }
        let values = (self.base.pointer(one), self.revision.pointer(other));
        let (Some(old), Some(new)) = values else { return false };
        if old != new {
            return false;
        }
        let mut targets = HashSet::new();
        references(old, &mut targets);
        targets.iter().all(|target| component(target).is_some_and(|own| self.components.contains(own)))
    }
}

/// Returns the pointer of the schema with a name that a place is in.
fn component(pointer: &str) -> Option<&str> {
    let name = pointer.strip_prefix(COMPONENTS)?;
    let length = name.find('/').unwrap_or(name.len());
    Some(&pointer[..COMPONENTS.len() + length])
}

/// Collects the pointers that references lead to.
fn references(value: &Value, targets: &mut HashSet<String>) {
    match value {
        Value::Object(members) => {
            if members.contains_key("$ref") {
                // One that leads nowhere is no schema with a name.
                targets.insert(crate::form::target(members).unwrap_or_default());
            }
            members.values().for_each(|member| references(member, targets));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, targets)),
        _ => {}
    }
}
