//! Tells words of the specifications from names that somebody gave, among the keys of a document.
//!
//! Knows keywords alone. Must not know what any of them means.

use spec_document::{Node, Pointer};
use spec_json_schema::keywords::{has_names, is_data};

/// The kind of keys of an object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    /// Words of the specifications.
    Words,
    /// Names that somebody gave.
    Names,
}

impl Keys {
    /// Returns the kind of keys of a whole file. Where each of them holds an object and none is a word for
    /// several, the file is a collection: of schemas, of parameters, ….
    pub(crate) fn of_file(root: &Node) -> Keys {
        let is_named = |(key, member): (&str, &Node)| member.as_object().is_some() && !has_names(key);
        if root.as_object().is_some_and(|object| object.iter().all(is_named)) {
            Keys::Names
        } else {
            Keys::Words
        }
    }

    /// Returns whether all that is on the way from a node to one below it is a part of the document.
    pub(crate) fn lead_to(self, root: &Node, pointer: &Pointer) -> bool {
        let mut at = Some((root, self));
        for token in pointer.tokens() {
            at = at.and_then(|(node, keys)| {
                let child = node.at(&Pointer::root().join(&token))?;
                let keys =
                    if node.as_array().is_some() { Some(Keys::Words) } else { keys.within(&token, child) };
                Some((child, keys?))
            });
        }
        at.is_some()
    }

    /// Returns the kind of keys of a member; none for data, which is no part of the document.
    pub(crate) fn within(self, key: &str, member: &Node) -> Option<Keys> {
        match key {
            _ if self == Keys::Names => Some(Keys::Words),
            // Of a schema they are values, elsewhere objects by name.
            "examples" => member.as_object().map(|_| Keys::Names),
            _ if is_data(key) => None,
            _ if has_names(key) => Some(Keys::Names),
            _ => Some(Keys::Words),
        }
    }
}
