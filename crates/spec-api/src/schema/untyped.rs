//! Schemas that describe properties, or items, and name no type.
//!
//! To the letter they take every other kind of value (JSON Schema 2020-12 validation, 6.5; core, 10.3);
//! people mean objects, or lists. Which of the two holds is decided here and nowhere else: what is read of a
//! schema and what validators see of it are made to say the same. Must not know who asks.

use super::table::SchemaTable;
use crate::SchemaId;
use crate::model::{Kind, Schema};
use serde_json::{Value, json};
use std::collections::HashSet;

/// The treatment of schemas that describe properties or items and name no type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Untyped {
    /// Objects, or lists: what people mean.
    #[default]
    Guess,
    /// Any JSON that a validator takes: what JSON Schema says.
    Any,
}

/// Keywords whose schemas are no values of their own: a type there would change what the schema around them
/// takes.
const LOGICAL: [&str; 7] = ["not", "if", "then", "else", "contains", "propertyNames", "dependentSchemas"];

/// Returns the type that a schema is meant to have; none where it says so itself, or is no object and no
/// list.
fn meant(schema: &Schema) -> Option<&'static str> {
    match &schema.kind {
        _ if schema.typed => None,
        Kind::Object(_) => Some("object"),
        Kind::Array(_) | Kind::Tuple(_) => Some("array"),
        _ => None,
    }
}

/// Leaves to validators what only a validator can say to the letter.
pub(super) fn leave_to_validators(table: &mut SchemaTable) {
    for schema in table.iter_mut().filter(|schema| meant(schema).is_some()) {
        schema.kind = Kind::Opaque;
    }
}

/// Spares schemas that may take null, or other kinds of values: with a type of its own, a part of another
/// schema would refuse them.
pub(super) fn spare(spared: &mut HashSet<SchemaId>, table: &SchemaTable, parts: &[SchemaId]) {
    for part in parts {
        spared.extend(table.chain(*part));
    }
}

/// Writes the types that schemas are meant to have into the document that validators see.
pub(crate) fn write_types(table: &SchemaTable, spared: &HashSet<SchemaId>, json: &mut Value) {
    let all: HashSet<&str> = table.iter().filter_map(Schema::pointer).collect();
    for (id, schema) in table.ids().zip(table.iter()) {
        let (Some(name), Some(pointer)) = (meant(schema), schema.pointer()) else { continue };
        if spared.contains(&id) || is_part(pointer, &all) {
            continue;
        }
        if let Some(Value::Object(members)) = json.pointer_mut(pointer)
            && !members.contains_key("type")
        {
            let ty = if schema.nullable { json!([name, "null"]) } else { json!(name) };
            members.insert("type".to_owned(), ty);
        }
    }
}

/// Returns whether a schema is only a part of another one: of an `allOf`, or within what is only asked about.
fn is_part(pointer: &str, all: &HashSet<&str>) -> bool {
    let mut inner = pointer;
    while let Some((outer, keyword)) = enclosing(inner, all) {
        if LOGICAL.contains(&keyword) || (keyword == "allOf" && inner == pointer) {
            return true;
        }
        inner = outer;
    }
    false
}

/// Returns the schema around another, and the keyword under which that stands.
fn enclosing<'p>(pointer: &'p str, all: &HashSet<&str>) -> Option<(&'p str, &'p str)> {
    let (parent, last) = pointer.rsplit_once('/')?;
    if all.contains(parent) {
        return Some((parent, last));
    }
    let (outer, keyword) = parent.rsplit_once('/')?;
    all.contains(outer).then_some((outer, keyword))
}
