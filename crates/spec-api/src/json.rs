//! The document's JSON as validators see it: plain references, one dialect, and nothing that was ignored.
//!
//! Knows in what the JSON of an Api differs from the document. Must not find out by itself: readers say what
//! they took otherwise than it was written.

use crate::dialect;
use crate::input::Input;
use crate::model::Schema;
use crate::schema::SchemaReader;
use crate::schema::untyped::{self, Untyped};
use indexmap::IndexMap;
use serde_json::Value;
use spec_document::Pointer;

/// Lists where the JSON of an Api differs from the document.
#[derive(Default)]
pub(crate) struct Corrections {
    /// Values that are wrong and were passed over.
    removed: Vec<Pointer>,
    /// Texts that stand for what was written.
    replaced: Vec<(Pointer, String)>,
    /// References where the standard has none, and what they lead to.
    inlined: IndexMap<Pointer, Pointer>,
}

impl Corrections {
    /// Leaves out a value.
    pub(crate) fn remove(&mut self, pointer: Pointer) {
        self.removed.push(pointer);
    }

    /// Writes a text in place of a value.
    pub(crate) fn replace(&mut self, pointer: Pointer, text: impl Into<String>) {
        self.replaced.push((pointer, text.into()));
    }

    /// Writes what a reference leads to in its place; returns whether that is news.
    pub(crate) fn inline(&mut self, from: Pointer, to: Pointer) -> bool {
        self.inlined.insert(from, to).is_none()
    }
}

/// Writes the JSON of an Api.
pub(crate) fn write(input: &Input<'_>, schemas: &SchemaReader<'_>, untyped: Untyped) -> Value {
    let read = schemas.table.iter().filter_map(Schema::pointer);
    let mut json = input.identities.plain(input.document, read);
    let corrections = &input.corrections;
    corrections.removed.iter().for_each(|pointer| remove(&mut json, pointer));
    for (pointer, text) in &corrections.replaced {
        if let Some(value) = json.pointer_mut(pointer.as_str()) {
            *value = Value::from(text.as_str());
        }
    }
    if untyped == Untyped::Guess {
        untyped::write_types(&schemas.table, &schemas.spared, &mut json);
    }
    let mut json = dialect::to_2020_12(json, input.version(), &schemas.table);
    // What was found last may stand in what was found before.
    for (from, to) in corrections.inlined.iter().rev() {
        if let Some(meant) = json.pointer(to.as_str()).cloned()
            && let Some(reference) = json.pointer_mut(from.as_str())
        {
            *reference = meant;
        }
    }
    json
}

/// Takes a member out of a tree; elements of lists stay, so that no pointer changes what it means.
fn remove(json: &mut Value, pointer: &Pointer) {
    if let (Some(parent), Some(name)) = (pointer.parent(), pointer.last())
        && let Some(Value::Object(members)) = json.pointer_mut(parent.as_str())
    {
        members.shift_remove(&*name);
    }
}
