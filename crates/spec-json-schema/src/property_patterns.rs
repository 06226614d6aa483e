//! Patterns of the names of properties (JSON Schema 2020-12 core, 10.3.2.2), as a validator has to be told
//! them.
//!
//! Knows where in a schema they can stand, and how pointers change with them. Must not know validators.

use crate::keywords::{has_names, is_data};
use crate::pattern::translated;
use serde_json::Value;
use std::collections::HashMap;

/// PropertyPatterns of properties as the validator has to be told them: what it makes of them itself is not
/// quite what ECMA-262 says.
#[derive(Clone, Debug, Default)]
pub struct PropertyPatterns {
    told: HashMap<String, String>,
    written: HashMap<String, String>,
}

impl PropertyPatterns {
    /// Returns true if a schema, or one within it, has properties by pattern.
    #[must_use]
    pub fn are_in(schema: &Value) -> bool {
        match schema {
            Value::Array(items) => items.iter().any(Self::are_in),
            Value::Object(members) => {
                members.contains_key("patternProperties") || members.values().any(Self::are_in)
            }
            _ => false,
        }
    }

    /// Writes the patterns of properties in a schema, and in all within it, as the validator has to be told
    /// them.
    pub fn tell(schema: &mut Value) -> PropertyPatterns {
        let mut patterns = PropertyPatterns::default();
        patterns.rewrite(schema, false);
        patterns
    }

    /// Rewrites the patterns within a schema. `is_named` says that the keys are names that somebody gave, and
    /// no keywords.
    fn rewrite(&mut self, schema: &mut Value, is_named: bool) {
        match schema {
            Value::Array(items) => items.iter_mut().for_each(|item| self.rewrite(item, false)),
            Value::Object(members) => {
                for (key, member) in members.iter_mut().filter(|(key, _)| is_named || !is_data(key)) {
                    self.rewrite(member, !is_named && has_names(key));
                }
                if let Some(Value::Object(named)) = members.get_mut("patternProperties").filter(|_| !is_named)
                {
                    *named = std::mem::take(named)
                        .into_iter()
                        .map(|(name, member)| (self.name(name), member))
                        .collect();
                }
            }
            _ => {}
        }
    }

    /// Returns the name for a pattern, which no other has.
    fn name(&mut self, written: String) -> String {
        if let Some(told) = self.told.get(&written) {
            return told.clone();
        }
        let mut told = translated(&written).unwrap_or_else(|| written.clone());
        while self.written.contains_key(&told) {
            told = format!("(?:{told})");
        }
        self.written.insert(told.clone(), written.clone());
        self.told.insert(written, told.clone());
        told
    }

    /// Returns the JSON pointer by which the validator knows what the document has at another one.
    #[must_use]
    pub fn told(&self, pointer: &str) -> String {
        moved(&self.told, pointer)
    }

    /// Returns the JSON pointer at which the document has what the validator knows by another one.
    #[must_use]
    pub fn written(&self, pointer: &str) -> String {
        moved(&self.written, pointer)
    }
}

/// Returns a pointer with other names of patterns.
fn moved(names: &HashMap<String, String>, pointer: &str) -> String {
    if names.is_empty() {
        return pointer.to_owned();
    }
    let mut is_pattern = false;
    let mut token = |token: &str| {
        let name = token.replace("~1", "/").replace("~0", "~");
        let moved = names.get(&name).filter(|_| is_pattern);
        is_pattern = token == "patternProperties";
        moved.map_or_else(|| token.to_owned(), |moved| moved.replace('~', "~0").replace('/', "~1"))
    };
    pointer.split('/').map(&mut token).collect::<Vec<_>>().join("/")
}
