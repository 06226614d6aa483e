//! Changes to a document: values of other texts are put into it, and values are taken out.
//!
//! Knows where each value was written, before and after. Must not know why anything is changed.

use crate::document::{Document, Files};
use crate::location::{Location, Part};
use crate::node::{MAX_DEPTH, Member, Node, Object, Value};
use crate::origins::Origins;
use crate::pointer::Pointer;
use crate::source::SourceId;
use crate::sources::Sources;

/// A document that is being changed.
pub struct Changes {
    source: SourceId,
    root: Node,
    origins: Origins,
    files: Files,
}

impl Changes {
    /// Begins with a document as it is.
    pub fn of(document: &Document) -> Self {
        Self {
            source: document.source(),
            root: document.root().clone(),
            origins: Origins::clone(&document.origins),
            files: Files::clone(&document.files),
        }
    }

    /// Returns the tree as it is by now.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// Returns where the value was written that stands at a place by now; later changes do not matter to it.
    pub fn location(&self, at: &Pointer, part: Part, sources: &Sources) -> Location {
        let (source, pointer) = self.origin(at);
        let span = sources.document(source).map_or(0..0, |document| document.span(&pointer, part));
        Location::span(source, span)
    }

    /// Puts a value of another document into the object or the array at a place: as a member, in place of one
    /// that is there, or as a further element, for which the key does not matter. Returns the place where it
    /// stands then; `None` where there is neither an object nor an array, nor such a value, or where the tree
    /// would become deeper than [`MAX_DEPTH`].
    pub fn put(&mut self, at: &Pointer, key: &str, other: &Document, from: &Pointer) -> Option<Pointer> {
        let origin = other.origin(from).unwrap_or_else(|| (other.source(), from.clone()));
        self.insert(at, key, other.get(from)?.clone(), origin)
    }

    /// Writes a text as a member of the object at a place, shown where what stands at `like` was written.
    pub fn write(&mut self, at: &Pointer, key: &str, text: &str, like: &Pointer) -> Option<Pointer> {
        let node = Node::new(Value::String(text.to_owned()), 0..0);
        self.insert(at, key, node, self.origin(like))
    }

    /// Adds an empty array as a member to the object at a place, unless it has one, shown where the object
    /// was written.
    pub fn list(&mut self, at: &Pointer, key: &str) -> Option<Pointer> {
        match self.root.at(&at.join(key)) {
            Some(node) => node.as_array().map(|_| at.join(key)),
            None => self.insert(at, key, Node::new(Value::Array(Vec::new()), 0..0), self.origin(at)),
        }
    }

    /// Adds an empty object to the object or the array at a place, shown where that was written.
    pub fn object(&mut self, at: &Pointer, key: &str) -> Option<Pointer> {
        self.insert(at, key, Node::new(Value::Object(Object::default()), 0..0), self.origin(at))
    }

    fn origin(&self, at: &Pointer) -> (SourceId, Pointer) {
        self.origins.get(at).unwrap_or_else(|| (self.source, at.clone()))
    }

    fn insert(
        &mut self,
        at: &Pointer,
        key: &str,
        node: Node,
        origin: (SourceId, Pointer),
    ) -> Option<Pointer> {
        if at.tokens().count() + 1 + node.depth() > MAX_DEPTH {
            return None;
        }
        let (place, before) = match &mut self.root.at_mut(at)?.value {
            Value::Array(nodes) => {
                nodes.push(node);
                (at.join(nodes.len() - 1), None)
            }
            Value::Object(object) => {
                (at.join(key), object.0.insert(key.to_owned(), Member { key_span: 0..0, node }))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
        };
        if before.is_some_and(|member| matches!(member.node.value, Value::Array(_) | Value::Object(_))) {
            self.origins.forget(&place);
        }
        self.origins.record(place.clone(), origin);
        Some(place)
    }

    /// Takes out the value at a place; elements after it move up. Returns whether there was one: the root
    /// can't be taken out.
    pub fn remove(&mut self, at: &Pointer) -> bool {
        let (Some(parent), Some(token)) = (at.parent(), at.last()) else { return false };
        let Some(around) = self.root.at_mut(&parent) else { return false };
        if around.child(&token).is_none() {
            return false;
        }
        match &mut around.value {
            Value::Object(object) => {
                object.0.shift_remove(&*token);
                self.origins.forget(at);
            }
            Value::Array(nodes) => {
                let Ok(index) = token.parse::<usize>() else { return false };
                nodes.remove(index);
                let left = nodes.len();
                self.origins.remove_element(&parent, index, left, self.source);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return false,
        }
        true
    }

    /// Returns the document as it is by now. From then on its places are shown in the texts in which they
    /// were written.
    pub fn finish(self, sources: &mut Sources) -> Document {
        sources.replace(self.source, self.root, self.origins, self.files)
    }
}

#[cfg(test)]
mod tests {
    use super::Changes;
    use crate::{Diagnostics, Document, Location, Part, Pointer, Sources};

    fn parse(sources: &mut Sources, name: &str, text: &str) -> Document {
        let id = sources.add(name, text);
        sources.parse(id, None, &mut Diagnostics::new()).expect("a document")
    }

    fn pointer(text: &str) -> Pointer {
        Pointer::parse(text).expect("a pointer")
    }

    /// Where a value was written: in which text, and what stands there.
    fn written(sources: &Sources, document: &Document, place: &str) -> String {
        let location = Location::pointer(document.source(), pointer(place));
        let source = sources.resolve(&location).source;
        format!("{} {}", sources.name(source), &sources.text(source)[sources.span(&location)])
    }

    #[test]
    fn everything_is_shown_where_it_was_written() {
        let mut sources = Sources::new();
        let first = parse(&mut sources, "first", "{\"a\": [10, 11, {\"b\": 12}, 13], \"c\": {\"d\": 14}}");
        let other = parse(&mut sources, "other", "{\"new\": {\"e\": [20]}, \"f\": 21}");
        let mut changes = Changes::of(&first);
        assert_eq!(changes.put(&pointer("/a/2"), "b", &other, &pointer("/f")), Some(pointer("/a/2/b")));
        assert_eq!(changes.put(&pointer("/a"), "", &other, &pointer("/new")), Some(pointer("/a/4")));
        assert!(changes.remove(&pointer("/a/1")));
        assert!(changes.remove(&pointer("/a/0")));
        assert!(!changes.remove(&pointer("/a/9")) && !changes.remove(&Pointer::root()));
        assert!(changes.remove(&pointer("/c/d")));
        assert_eq!(changes.put(&pointer("/c"), "d", &other, &pointer("/new/e")), Some(pointer("/c/d")));
        assert_eq!(changes.put(&pointer("/nowhere"), "d", &other, &pointer("/f")), None);
        let before = changes.location(&pointer("/a/1"), Part::Value, &sources);
        assert!(changes.remove(&pointer("/a/1")));
        assert_eq!(&sources.text(before.source)[sources.span(&before)], "13");
        let document = changes.finish(&mut sources);
        assert_eq!(document.root().to_json().to_string(), r#"{"a":[{"b":21},{"e":[20]}],"c":{"d":[20]}}"#);
        for (place, text) in [
            ("/a/0", "first {\"b\": 12}"),
            ("/a/0/b", "other 21"),
            ("/a/1", "other {\"e\": [20]}"),
            ("/a/1/e/0", "other 20"),
            ("/c/d/0", "other 20"),
        ] {
            assert_eq!(written(&sources, &document, place), text, "{place}");
        }
    }
}
