//! Several texts as one document: the trees of other files are added to the tree of the first, under a key of
//! their own.
//!
//! Knows where the other files stand then. Must not know what refers to another file, nor how a file is
//! found: whoever composes says both.

use indexmap::IndexMap;

use crate::diagnostic::Diagnostic;
use crate::document::{Document, File, Files, Missing};
use crate::node::{Member, Node, Object, Value};
use crate::origins::Origins;
use crate::pointer::Pointer;
use crate::sources::Sources;

/// The key under which other files stand; where the document itself has it, with underscores behind it.
const FILES: &str = "$files";

/// A file to be added: its document and what its text has wrong with it, or why there is none.
pub type Loaded = Result<(Document, Vec<Diagnostic>), Missing>;

impl Sources {
    /// Adds other files, by their URIs, to a document whose own URI is `base`. From then on its places are
    /// shown in the texts in which they were written.
    pub fn compose(&mut self, document: &Document, base: String, loaded: Vec<(String, Loaded)>) -> Document {
        let mut files = Files { base: Some(base), ..Files::clone(&document.files) };
        let mut origins = Origins::clone(&document.origins);
        let mut root = document.root().clone();
        let mut added: IndexMap<String, Member> = IndexMap::new();
        let key = free_key(&root);
        let folder = Pointer::root().join(&key);
        for (uri, loaded) in loaded {
            let file = match loaded {
                Err(missing) => File::Missing(missing),
                Ok((file, found)) => {
                    let name = free_name(self.name(file.source()), &added);
                    let place = folder.join(&name);
                    origins.record(place.clone(), (file.source(), Pointer::root()));
                    added.insert(name, Member { key_span: 0..0, node: file.root().clone() });
                    File::Added { place, source: file.source(), found }
                }
            };
            files.by_uri.insert(uri, file);
        }
        if let (Value::Object(object), false) = (&mut root.value, added.is_empty()) {
            let node = Node::new(Value::Object(Object(added)), 0..0);
            object.0.insert(key.clone(), Member { key_span: 0..0, node });
            files.key = Some(key);
        }
        self.replace(document.source(), root, origins, files)
    }
}

/// Returns a key for other files that the root does not have yet.
fn free_key(root: &Node) -> String {
    let mut key = FILES.to_owned();
    while root.as_object().is_some_and(|object| object.contains_key(&key)) {
        key.push('_');
    }
    key
}

/// Returns the name of a file, with a number behind it where another file has the name.
fn free_name(name: &str, added: &IndexMap<String, Member>) -> String {
    let others = (2..).map(|number| format!("{name} ({number})"));
    let mut names = std::iter::once(name.to_owned()).chain(others);
    names.find(|name| !added.contains_key(name)).unwrap_or_default()
}
