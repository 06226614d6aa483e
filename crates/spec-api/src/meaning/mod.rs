//! Which schemas mean the same, wherever they stand.
//!
//! Two schemas mean the same if they take the same values by the same rules, and what is generated of them is
//! the same: structure, types, constraints, formats, discriminators, and the names that the document pins. Of
//! a property, also whether it must be there, may be null, has a default, goes one way only or is deprecated.
//! The order of properties and of listed values is part of it, because values are written and sorted by it.
//! Words for people, examples and the order of keywords are no part of it. Whether a schema as a whole takes
//! null, its default and its direction belong to the place that it is used at.
//!
//! `shape` says what a schema says itself, `classes` what follows from the schemas that it is made of. Must
//! not know what schemas become.

mod classes;
mod shape;

use crate::{Api, Kind, SchemaId};
use indexmap::IndexSet;

/// The schemas of an [`Api`], sorted by what they mean.
///
/// ```
/// # use spec_document::{Diagnostics, Sources};
/// let text = r#"{"openapi": "3.1.0", "info": {"title": "Pets", "version": "1"}, "paths": {},
///   "components": {"schemas": {
///     "Cat": {"type": "object", "properties": {"name": {"type": "string"}}},
///     "Dog": {"description": "Barks.", "properties": {"name": {"type": "string"}}, "type": "object"},
///     "Id": {"type": "integer"}}}}"#;
/// let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
/// let source = sources.add("pets.json", text);
/// let document = sources.parse(source, None, &mut diagnostics).unwrap();
/// let api = spec_api::read(&document, &mut diagnostics).unwrap();
///
/// let meanings = spec_api::Meanings::of(&api);
/// let first = |name: &str| meanings.first(api.components[name]);
/// assert_eq!(first("Dog"), first("Cat"));
/// assert_ne!(first("Id"), first("Cat"));
/// ```
#[derive(Clone, Debug)]
pub struct Meanings {
    /// The first schema that means the same, by the number of each.
    first: Vec<SchemaId>,
}

impl Meanings {
    /// Sorts all schemas of an Api. A reference means what it leads to.
    #[must_use]
    pub fn of(api: &Api) -> Meanings {
        let mut shapes = IndexSet::new();
        let (mut initial, mut parts) = (Vec::new(), Vec::new());
        for (id, schema) in api.schemas() {
            // Whoever is made of a reference is made of what it leads to.
            let own = match schema.kind {
                Kind::Reference(_) if api.resolve(id) != id => shape::Shape::default(),
                _ => shape::of(api, id),
            };
            initial.push(shapes.insert_full(own.text).0);
            parts.push(own.parts.into_iter().map(|id| id.0 as usize).collect());
        }
        let classes = classes::refine(&initial, &parts);
        let mut first: Vec<Option<SchemaId>> = vec![None; classes.iter().max().map_or(0, |most| most + 1)];
        let is_plain = |id: SchemaId| api.resolve(id) == id;
        for (id, _) in api.schemas().filter(|(id, _)| is_plain(*id)) {
            first[classes[id.0 as usize]].get_or_insert(id);
        }
        let of_each = api.schemas().map(|(id, _)| {
            let meant = api.resolve(id);
            first[classes[meant.0 as usize]].unwrap_or(meant)
        });
        Meanings { first: of_each.collect() }
    }

    /// Returns the first schema, in the order of reading, that means what this one does: itself, where there
    /// is none before it.
    #[must_use]
    pub fn first(&self, id: SchemaId) -> SchemaId {
        self.first[id.0 as usize]
    }
}

#[cfg(test)]
mod tests;
