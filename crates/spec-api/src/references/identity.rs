//! Resolves references: files by their URIs (RFC 3986, 5; OpenAPI 3.1, 4.6), and the names that schemas give
//! themselves, `$id` and `$anchor` (JSON Schema 2020-12 core, 8.2).
//!
//! Knows which place of the document a reference means. Must not know what stands there.

use super::keys::Keys;
use super::uri::{relative, resolve};
use crate::cursor::Cursor;
use serde_json::{Map, Value};
use spec_document::{Document, File, Missing, Node, Pointer};
use std::collections::HashMap;

/// The base URI of a document that has no URI of its own.
const DOCUMENT: &str = "document:///";

/// The largest number of references that a pointer may lead through.
const HOPS: usize = 16;

/// Schemas of JSON Schema itself, which validators have: nobody needs a copy of them.
const METASCHEMAS: [&str; 14] = [
    "http://json-schema.org/draft-04/schema",
    "http://json-schema.org/draft-06/schema",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2019-09/meta/applicator",
    "https://json-schema.org/draft/2019-09/meta/content",
    "https://json-schema.org/draft/2019-09/meta/core",
    "https://json-schema.org/draft/2019-09/meta/validation",
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2020-12/meta/applicator",
    "https://json-schema.org/draft/2020-12/meta/content",
    "https://json-schema.org/draft/2020-12/meta/core",
    "https://json-schema.org/draft/2020-12/meta/unevaluated",
    "https://json-schema.org/draft/2020-12/meta/validation",
];

/// Returns whether a reference leads to a schema of JSON Schema itself: validators have those, and nothing is
/// fetched.
#[must_use]
pub fn is_metaschema(reference: &str) -> bool {
    METASCHEMAS.contains(&reference.split_once('#').map_or(reference, |(address, _)| address))
}

/// The resources and anchors of a document.
#[derive(Debug)]
pub(crate) struct Identities {
    /// Places by the absolute URI of what stands there: a file, or a schema.
    resources: HashMap<String, Pointer>,
    /// Places by the URI of their resource and their name in it.
    anchors: HashMap<(String, String), Pointer>,
    /// URIs of what has one, by place.
    bases: HashMap<Pointer, String>,
    /// True if any schema names itself.
    has_names: bool,
    /// True if pointers may lead through references.
    pub(crate) has_passages: bool,
}

/// The meaning of a reference.
pub(crate) enum Meaning<'d> {
    /// This place, at which there may be nothing.
    Place(Pointer),
    /// A file that can't be had.
    Missing(&'d Missing),
    /// Nothing in this document.
    Elsewhere,
    /// It is no reference at all, or none that leads anywhere.
    Nowhere,
}

impl Identities {
    /// Finds the resources and anchors of a document.
    pub(crate) fn find(document: &Document) -> Self {
        let base = document.base().unwrap_or(DOCUMENT).to_owned();
        let mut own = Identities {
            resources: HashMap::from([(base.clone(), Pointer::root())]),
            anchors: HashMap::new(),
            bases: HashMap::from([(Pointer::root(), base.clone())]),
            // Pointers to everything are only made where something names itself.
            has_names: names_itself(document.root()),
            has_passages: false,
        };
        let files = document.files().filter_map(|(uri, file)| match file {
            File::Added { place, .. } => Some((uri.to_owned(), place.clone())),
            File::Missing(_) => None,
        });
        let roots: Vec<(String, Pointer)> = std::iter::once((base, Pointer::root())).chain(files).collect();
        for (uri, place) in &roots {
            own.resources.insert(uri.clone(), place.clone());
            own.bases.insert(place.clone(), uri.clone());
        }
        if own.has_names {
            for (uri, place) in roots {
                if let Some(node) = document.get(&place) {
                    own.walk(Cursor { pointer: place, node }, uri, document.files_key());
                }
            }
        }
        own
    }

    fn walk(&mut self, root: Cursor<'_>, base: String, files_key: Option<&str>) {
        let keys = Keys::of_file(root.node);
        let mut todo = vec![(root, base, keys)];
        while let Some((at, mut base, keys)) = todo.pop() {
            if keys == Keys::Words {
                if let Some(uri) = at.child("$id").and_then(|id| resolve(id.node.as_str()?, &base)) {
                    base = uri;
                    self.resources.entry(base.clone()).or_insert_with(|| at.pointer.clone());
                    self.bases.insert(at.pointer.clone(), base.clone());
                }
                for keyword in ["$anchor", "$dynamicAnchor"] {
                    if let Some(name) =
                        at.child(keyword).and_then(|anchor| anchor.node.as_str().map(str::to_owned))
                    {
                        self.anchors.entry((base.clone(), name)).or_insert_with(|| at.pointer.clone());
                    }
                }
            }
            let is_files = |name: &str| at.pointer == Pointer::root() && files_key == Some(name);
            let members = at.members().into_iter().filter(|(name, _)| !is_files(name));
            let members =
                members.filter_map(|(name, member)| Some((keys.within(name, member.node)?, member)));
            let items = at.items().into_iter().map(|item| (Keys::Words, item));
            todo.extend(members.chain(items).map(|(keys, below)| (below, base.clone(), keys)));
        }
    }

    /// Returns what a reference means that stands at a place. A pointer may lead through another reference,
    /// to what that one leads to, as bundlers have it.
    pub(crate) fn meaning<'d>(&self, reference: &str, at: &Pointer, document: &'d Document) -> Meaning<'d> {
        let mut meaning = self.meaning_here(reference, at, document);
        for _ in 0..HOPS {
            let Meaning::Place(place) = &meaning else { break };
            if document.get(place).is_some() {
                break;
            }
            let Some(through) = self.through(place, document) else { break };
            meaning = Meaning::Place(through);
        }
        meaning
    }

    /// Returns where a pointer leads to that goes on behind a reference.
    fn through(&self, place: &Pointer, document: &Document) -> Option<Pointer> {
        let mut above = std::iter::successors(place.parent(), Pointer::parent);
        let last = above.find(|above| document.get(above).is_some())?;
        let reference = document.get(&last.join("$ref"))?.as_str()?;
        let Meaning::Place(target) = self.meaning_here(reference, &last, document) else { return None };
        Some(place.tokens().skip(last.tokens().count()).fold(target, |target, token| target.join(token)))
    }

    fn meaning_here<'d>(&self, reference: &str, at: &Pointer, document: &'d Document) -> Meaning<'d> {
        let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let inner = Pointer::from_fragment(&format!("#{fragment}"));
        if address.is_empty() && !self.has_names {
            let around = document.file_around(at).map_or(Pointer::root(), |(file, _)| file);
            return match inner.filter(|_| reference.starts_with('#')) {
                Some(inner) => Meaning::Place(below(&around, &inner)),
                None if reference.starts_with('#') => Meaning::Nowhere,
                None => Meaning::Elsewhere,
            };
        }
        if !self.has_names && document.base().is_none() {
            return Meaning::Elsewhere;
        }
        let Some(uri) = resolve(address, self.base(at)) else { return Meaning::Nowhere };
        let Some(resource) = self.resources.get(&uri) else {
            return match document.file(&uri) {
                Some(File::Missing(missing)) => Meaning::Missing(missing),
                _ => Meaning::Elsewhere,
            };
        };
        let place = match &inner {
            Some(inner) => Some(below(resource, inner)),
            None => self.anchors.get(&(uri, fragment.to_owned())).cloned(),
        };
        if place.as_ref().is_some_and(|place| document.get(place).is_some()) {
            return place.map_or(Meaning::Nowhere, Meaning::Place);
        }
        // Within a schema that names itself people mean the whole file all the same.
        let plain = inner.filter(|_| address.is_empty()).map(|inner| {
            let around = document.file_around(at).map_or(Pointer::root(), |(file, _)| file);
            below(&around, &inner)
        });
        match plain.filter(|plain| document.get(plain).is_some()).or(place) {
            Some(place) => Meaning::Place(place),
            None => Meaning::Nowhere,
        }
    }

    /// Returns whether a node has a URI of its own.
    pub(crate) fn has_base(&self, at: &Pointer) -> bool {
        self.bases.contains_key(at)
    }

    /// Returns the URI that references at a place are relative to.
    pub(crate) fn base(&self, at: &Pointer) -> &str {
        let above = std::iter::successors(Some(at.clone()), Pointer::parent);
        above.filter_map(|place| self.bases.get(&place)).next().map_or(DOCUMENT, String::as_str)
    }

    /// Returns the reference by which one file means a place of another.
    pub(crate) fn written(&self, place: &Pointer, from: &Pointer, document: &Document) -> Option<String> {
        let (file, inner) = document.file_around(place).unwrap_or_else(|| (Pointer::root(), place.clone()));
        let here = document.file_around(from).map_or(Pointer::root(), |(file, _)| file);
        let address = match file == here {
            true => String::new(),
            false => relative(self.bases.get(&file)?, self.base(from))?,
        };
        Some(format!("{address}#{inner}"))
    }

    /// Writes the document as JSON, with plain pointers in place of all other references, and without the
    /// names they meant. `schemas` are no data, whatever they are called.
    pub(crate) fn plain<'p>(&self, document: &Document, schemas: impl Iterator<Item = &'p str>) -> Value {
        let mut json = document.root().to_json();
        // References are only plain pointers.
        if !self.has_names && !self.has_passages && document.base().is_none() {
            return json;
        }
        let mut files = document.files_key().and_then(|key| json.as_object_mut()?.shift_remove(key));
        self.rewrite(&mut json, &Pointer::root(), document.root(), Keys::Words, document);
        for (_, file) in document.files() {
            let File::Added { place, .. } = file else { continue };
            let own = place.last().and_then(|name| files.as_mut()?.get_mut(&*name));
            if let (Some(own), Some(node)) = (own, document.get(place)) {
                self.rewrite(own, place, node, Keys::of_file(node), document);
            }
        }
        if let (Some(files), Some(key), Some(root)) = (files, document.files_key(), json.as_object_mut()) {
            root.insert(key.to_owned(), files);
        }
        for place in schemas.filter_map(Pointer::parse) {
            if let Some(Value::Object(members)) = json.pointer_mut(place.as_str())
                && let Some(reference) = document.get(&place.join("$ref")).and_then(Node::as_str)
            {
                self.rewrite_reference(members, reference, &place, document);
            }
        }
        json
    }

    fn rewrite_reference(
        &self,
        members: &mut Map<String, Value>,
        reference: &str,
        at: &Pointer,
        document: &Document,
    ) {
        if let Meaning::Place(place) = self.meaning(reference, at, document) {
            members.insert("$ref".to_owned(), place.to_fragment().into());
        }
    }

    fn rewrite(&self, json: &mut Value, at: &Pointer, node: &Node, keys: Keys, document: &Document) {
        match json {
            Value::Array(items) => {
                for ((index, item), node) in
                    items.iter_mut().enumerate().zip(node.as_array().unwrap_or_default())
                {
                    self.rewrite(item, &at.join(index), node, Keys::Words, document);
                }
            }
            Value::Object(members) => {
                if keys == Keys::Words {
                    if let Some(reference) = members.get("$ref").and_then(Value::as_str).map(str::to_owned) {
                        self.rewrite_reference(members, &reference, at, document);
                    }
                    for keyword in ["$id", "$anchor", "$dynamicAnchor"] {
                        if members.get(keyword).is_some_and(Value::is_string) {
                            members.shift_remove(keyword);
                        }
                    }
                }
                for (name, member) in members.iter_mut() {
                    if let Some(node) = node.as_object().and_then(|object| object.get(name))
                        && let Some(keys) = keys.within(name, node)
                    {
                        self.rewrite(member, &at.join(name), node, keys, document);
                    }
                }
            }
            _ => {}
        }
    }
}

fn names_itself(node: &Node) -> bool {
    if let Some(object) = node.as_object() {
        let names = ["$id", "$anchor", "$dynamicAnchor"].iter().any(|keyword| object.get(keyword).is_some());
        return names || object.iter().any(|(_, member)| names_itself(member));
    }
    node.as_array().unwrap_or_default().iter().any(names_itself)
}

/// Joins a pointer to a place where it begins.
fn below(place: &Pointer, inner: &Pointer) -> Pointer {
    inner.tokens().fold(place.clone(), |place, token| place.join(token))
}
