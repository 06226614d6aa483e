//! A parsed text as a document, or several texts that were put together.
//!
//! Knows the tree, where its values were written, and which other files are in it. Must not know what refers
//! to another file, nor what the values mean.

use std::ops::Range;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::location::Part;
use crate::node::Node;
use crate::origins::Origins;
use crate::pointer::Pointer;
use crate::source::SourceId;

/// A parsed text, or several that were put together by [`Sources::compose`](crate::Sources::compose). Cloning
/// is cheap.
#[derive(Clone, Debug)]
pub struct Document {
    pub(crate) source: SourceId,
    pub(crate) root: Arc<Node>,
    pub(crate) origins: Arc<Origins>,
    pub(crate) files: Arc<Files>,
}

/// The other files of a document; none for one that is a text as it stands.
#[derive(Clone, Default, Debug)]
pub(crate) struct Files {
    /// The URI of the first text, where it has any.
    pub(crate) base: Option<String>,
    /// The key of the root under which other files stand.
    pub(crate) key: Option<String>,
    /// Other files by URI, in the order in which they were first needed.
    pub(crate) by_uri: IndexMap<String, File>,
}

/// Another file that a document refers to.
#[derive(Clone, Debug)]
pub enum File {
    /// The file is a part of the document.
    Added {
        /// Where its root stands.
        place: Pointer,
        /// Its source.
        source: SourceId,
        /// Faults of its text that do not keep it from being read.
        found: Vec<Diagnostic>,
    },
    /// The file can't be had.
    Missing(Missing),
}

/// Why a file can't be had; said at each reference to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missing {
    /// The kind of problem.
    pub code: Code,
    /// The fault, in one sentence without a full stop.
    pub message: String,
    /// Advice on how to correct it.
    pub help: String,
    /// Faults of its text, where these are the reason.
    pub found: Vec<Diagnostic>,
}

impl Document {
    /// Returns the source it was parsed from; of several, the first.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// Returns the whole tree; its value is an object.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// Returns the value at a pointer; `None` if there is none.
    pub fn get(&self, pointer: &Pointer) -> Option<&Node> {
        self.root.at(pointer)
    }

    /// Returns the bytes of a value or of its key, in a document that is one text. Where the pointer leads
    /// nowhere, takes the key of the nearest value around it, since that is the one that lacks something.
    /// Values without a key (array elements, the root) stand for themselves.
    pub fn span(&self, pointer: &Pointer, part: Part) -> Range<usize> {
        let mut node: &Node = &self.root;
        let mut key = None;
        let mut part = part;
        for token in pointer.tokens() {
            let Some(child) = node.child(&token) else {
                part = Part::Key;
                break;
            };
            key = node.as_object().and_then(|object| object.key_span(&token));
            node = child;
        }
        key.filter(|_| part == Part::Key).unwrap_or_else(|| node.span())
    }

    /// Returns the text that a value was written in and its place there, as diagnostics show them; `None`
    /// where that is the document's own text and the same place.
    pub fn origin(&self, pointer: &Pointer) -> Option<(SourceId, Pointer)> {
        self.origins.get(pointer)
    }

    /// Returns the URI that references in the text of this document are relative to, if it has one.
    pub fn base(&self) -> Option<&str> {
        self.files.base.as_deref()
    }

    /// Returns the key of the root under which other files stand, if there are any.
    pub fn files_key(&self) -> Option<&str> {
        self.files.key.as_deref()
    }

    /// Iterates over other files by URI, in the order in which they were first needed.
    pub fn files(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.by_uri.iter().map(|(uri, file)| (uri.as_str(), file))
    }

    /// Returns the other file that has a URI.
    pub fn file(&self, uri: &str) -> Option<&File> {
        self.files.by_uri.get(uri)
    }

    /// Returns the root of the other file in which a place is, and the pointer from there; `None` for places
    /// of the first text.
    pub fn file_around(&self, pointer: &Pointer) -> Option<(Pointer, Pointer)> {
        let key = self.files_key()?;
        let mut tokens = pointer.tokens();
        let root = tokens.next().filter(|first| first == key).map(|first| Pointer::root().join(first))?;
        let root = root.join(tokens.next()?);
        Some((root, tokens.fold(Pointer::root(), |inner, token| inner.join(token))))
    }
}
