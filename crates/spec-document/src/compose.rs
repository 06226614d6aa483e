//! Several texts as one document: the trees of other files are added to the tree of the first, under a key of
//! their own.
//!
//! Knows which value stands in which text, so that what is wrong with one is shown where it was written. Must
//! not know what refers to another file, nor how a file is found: whoever composes says both.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::node::{Member, Node, Value};
use crate::pointer::Pointer;
use crate::source::{Document, SourceId, Sources};

/// The key under which other files stand; where the document itself has it, with underscores behind it.
const FILES: &str = "$files";

/// What a document is put together of; empty for one that is a text as it stands.
#[derive(Clone, Default, Debug)]
pub(crate) struct Parts {
    /// Where values were written that do not stand where they seem to; what is inside of them goes along.
    pub(crate) origins: HashMap<Pointer, (SourceId, Pointer)>,
    /// The URI of the first text, where it has any.
    base: Option<String>,
    /// The key of the root under which other files stand.
    key: Option<String>,
    /// Other files by URI, in the order in which they were first needed.
    files: IndexMap<String, File>,
}

/// Another file that a document refers to.
#[derive(Clone, Debug)]
pub enum File {
    /// It is a part of the document.
    Added {
        /// Where its root stands.
        place: Pointer,
        /// Its source.
        source: SourceId,
        /// What its text has wrong with it, and does not keep it from being read.
        found: Vec<Diagnostic>,
    },
    /// It can't be had.
    Missing(Missing),
}

/// Why a file can't be had; said at each reference to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missing {
    /// The kind of problem.
    pub code: Code,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// What is wrong with its text, where that is the reason.
    pub found: Vec<Diagnostic>,
}

/// A file to be added: its document and what its text has wrong with it, or why there is none.
pub type Loaded = Result<(Document, Vec<Diagnostic>), Missing>;

impl Document {
    /// The URI that references in the text of this document are relative to, if it has one.
    pub fn base(&self) -> Option<&str> {
        self.parts.base.as_deref()
    }

    /// The key of the root under which other files stand, if there are any.
    pub fn files_key(&self) -> Option<&str> {
        self.parts.key.as_deref()
    }

    /// Other files by URI, in the order in which they were first needed.
    pub fn files(&self) -> impl Iterator<Item = (&str, &File)> {
        self.parts.files.iter().map(|(uri, file)| (uri.as_str(), file))
    }

    /// The file of a URI.
    pub fn file(&self, uri: &str) -> Option<&File> {
        self.parts.files.get(uri)
    }

    /// The root of the other file in which a place is, and the pointer from there; `None` for the first text.
    pub fn file_around(&self, pointer: &Pointer) -> Option<(Pointer, Pointer)> {
        let key = self.files_key()?;
        let mut tokens = pointer.tokens();
        let root = tokens.next().filter(|first| first == key).map(|first| Pointer::root().join(first))?;
        let root = root.join(tokens.next()?);
        Some((root, tokens.fold(Pointer::root(), |inner, token| inner.join(token))))
    }

    /// The text that a value was written in and its place there, as diagnostics show them, where that is not
    /// what the pointer says.
    pub fn origin(&self, pointer: &Pointer) -> Option<(SourceId, Pointer)> {
        self.parts.origin(pointer)
    }
}

impl Parts {
    /// The text a value was written in and its place there, where that is not what the pointer says.
    pub(crate) fn origin(&self, pointer: &Pointer) -> Option<(SourceId, Pointer)> {
        if self.origins.is_empty() {
            return None;
        }
        let mut inner = Vec::new();
        let mut place = pointer.clone();
        loop {
            if let Some((source, root)) = self.origins.get(&place) {
                return Some((
                    *source,
                    inner.iter().rev().fold(root.clone(), |at, token: &String| at.join(token)),
                ));
            }
            inner.push(place.last()?.into_owned());
            place = place.parent()?;
        }
    }
}

impl Sources {
    /// Adds other files, by their URIs, to a document whose own URI is `base`. From then on its places are
    /// shown in the texts in which they were written.
    pub fn compose(&mut self, document: &Document, base: String, files: Vec<(String, Loaded)>) -> Document {
        let mut parts = Parts { base: Some(base), ..Parts::clone(&document.parts) };
        let mut root = document.root().clone();
        let mut added: IndexMap<String, Member> = IndexMap::new();
        let mut key = FILES.to_owned();
        while root.as_object().is_some_and(|object| object.contains_key(&key)) {
            key.push('_');
        }
        let folder = Pointer::root().join(&key);
        for (uri, loaded) in files {
            let file = match loaded {
                Err(missing) => File::Missing(missing),
                Ok((file, found)) => {
                    let name = self.name(file.source());
                    let others = (2..).map(|number| format!("{name} ({number})"));
                    let mut names = std::iter::once(name.to_owned()).chain(others);
                    let name = names.find(|name| !added.contains_key(name)).unwrap_or_default();
                    let place = folder.join(&name);
                    parts.origins.insert(place.clone(), (file.source(), Pointer::root()));
                    added.insert(name, Member { key_span: 0..0, node: file.root().clone() });
                    File::Added { place, source: file.source(), found }
                }
            };
            parts.files.insert(uri, file);
        }
        if let (Value::Object(object), false) = (&mut root.value, added.is_empty()) {
            let node = Node::new(Value::Object(crate::Object(added)), 0..0);
            object.0.insert(key.clone(), Member { key_span: 0..0, node });
            parts.key = Some(key);
        }
        self.keep(document.source(), root, parts)
    }

    /// The document of a source, put together anew.
    pub(crate) fn keep(&mut self, source: SourceId, root: Node, parts: Parts) -> Document {
        let document = Document { source, root: Arc::new(root), parts: Arc::new(parts) };
        self.set_composed(document.clone());
        document
    }
}
