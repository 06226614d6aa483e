//! A cursor: a node of the document together with its place.
//!
//! Knows how to go down from one node to the next. Must not know what a node means.

use spec_document::{Document, Node, Object, Pointer};

/// A node of the document together with its place.
#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    pub(crate) pointer: Pointer,
    pub(crate) node: &'a Node,
}

impl<'a> Cursor<'a> {
    /// Returns a cursor at the root of a document.
    pub(crate) fn root(document: &'a Document) -> Self {
        Cursor { pointer: Pointer::root(), node: document.root() }
    }

    /// Returns the node as an object, if it is one.
    pub(crate) fn object(&self) -> Option<&'a Object> {
        self.node.as_object()
    }

    /// Returns the member of an object with a key.
    pub(crate) fn child(&self, key: &str) -> Option<Cursor<'a>> {
        let node = self.object()?.get(key)?;
        Some(Cursor { pointer: self.pointer.join(key), node })
    }

    /// Returns the elements of a list; of anything else there are none.
    pub(crate) fn items(&self) -> Vec<Cursor<'a>> {
        let items = self.node.as_array().unwrap_or_default();
        items
            .iter()
            .enumerate()
            .map(|(index, node)| Cursor { pointer: self.pointer.join(index), node })
            .collect()
    }

    /// Returns the members of an object; of anything else there are none.
    pub(crate) fn members(&self) -> Vec<(&'a str, Cursor<'a>)> {
        let Some(object) = self.object() else { return Vec::new() };
        object.iter().map(|(key, node)| (key, Cursor { pointer: self.pointer.join(key), node })).collect()
    }
}
