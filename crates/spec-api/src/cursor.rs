//! A cursor: a node of the document together with its place.
//!
//! Knows how to go down from one node to the next. Must not know what a node means.

use spec_document::{Node, Object, Pointer};

/// An object of the document together with its place.
#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    pub(crate) pointer: Pointer,
    pub(crate) node: &'a Node,
}

impl<'a> Cursor<'a> {
    pub(crate) fn object(&self) -> Option<&'a Object> {
        self.node.as_object()
    }

    pub(crate) fn child(&self, key: &str) -> Option<Cursor<'a>> {
        let node = self.object()?.get(key)?;
        Some(Cursor { pointer: self.pointer.join(key), node })
    }

    pub(crate) fn items(&self) -> Vec<Cursor<'a>> {
        let items = self.node.as_array().unwrap_or_default();
        items
            .iter()
            .enumerate()
            .map(|(index, node)| Cursor { pointer: self.pointer.join(index), node })
            .collect()
    }

    pub(crate) fn members(&self) -> Vec<(&'a str, Cursor<'a>)> {
        let Some(object) = self.object() else { return Vec::new() };
        object.iter().map(|(key, node)| (key, Cursor { pointer: self.pointer.join(key), node })).collect()
    }
}
