//! Names that schemas give themselves: `$id` and `$anchor` (JSON Schema 2020-12 core, 8.2).
//!
//! Knows which place of the document a reference means. Must not know what stands there.

use crate::reader::At;
use fluent_uri::{Uri, UriRef};
use serde_json::Value;
use spec_document::{Document, Node, Pointer};
use std::collections::HashMap;

/// What references of the document are resolved against where no schema says otherwise.
const DOCUMENT: &str = "document:///";

/// Where data stands that is no schema, whatever its names are.
const DATA: [&str; 6] = ["const", "default", "enum", "example", "examples", "value"];

/// Where the keys are names that somebody gave, whatever words they are.
const NAMES: [&str; 6] = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "schemas"];

/// The resources and anchors of a document.
#[derive(Debug)]
pub(crate) struct Identities {
    /// Places by the absolute URI of the schema that stands there.
    resources: HashMap<String, Pointer>,
    /// Places by the URI of their resource and their name in it.
    anchors: HashMap<(String, String), Pointer>,
    /// URIs of schemas that have one, by place.
    bases: HashMap<Pointer, String>,
}

/// What a reference means.
pub(crate) enum Meaning {
    /// This place.
    Place(Pointer),
    /// Nothing in this document.
    Elsewhere,
    /// It is no reference at all, or none that leads anywhere.
    Nowhere,
}

impl Identities {
    /// Finds them.
    pub(crate) fn of(document: &Document) -> Self {
        let root = Pointer::root();
        let mut own = Identities {
            resources: HashMap::from([(DOCUMENT.to_owned(), root.clone())]),
            anchors: HashMap::new(),
            bases: HashMap::from([(root.clone(), DOCUMENT.to_owned())]),
        };
        // Pointers to everything are only made where something names itself.
        let mut todo = if names_itself(document.root()) {
            vec![(At { pointer: root, node: document.root() }, DOCUMENT.to_owned())]
        } else {
            Vec::new()
        };
        while let Some((at, mut base)) = todo.pop() {
            if let Some(uri) = at.child("$id").and_then(|id| resolve(id.node.as_str()?, &base)) {
                base = without_fragment(&uri).to_owned();
                own.resources.entry(base.clone()).or_insert_with(|| at.pointer.clone());
                own.bases.insert(at.pointer.clone(), base.clone());
            }
            for keyword in ["$anchor", "$dynamicAnchor"] {
                if let Some(name) = at.child(keyword).and_then(|anchor| anchor.node.as_str().map(str::to_owned)) {
                    own.anchors.entry((base.clone(), name)).or_insert_with(|| at.pointer.clone());
                }
            }
            let are_names = at.pointer.last().is_some_and(|name| NAMES.contains(&&*name));
            let is_schema = |name: &str| are_names || !DATA.contains(&name);
            let members = at.members().into_iter().filter(|(name, _)| is_schema(name)).map(|(_, member)| member);
            todo.extend(members.chain(at.items()).map(|below| (below, base.clone())));
        }
        own
    }

    /// Whether any schema names itself.
    pub(crate) fn is_empty(&self) -> bool {
        self.resources.len() == 1 && self.anchors.is_empty()
    }

    /// What a reference means that stands at a place.
    pub(crate) fn meaning(&self, reference: &str, at: &Pointer, document: &Document) -> Meaning {
        let plain = Pointer::from_fragment(reference);
        if self.is_empty() {
            return match plain {
                Some(pointer) => Meaning::Place(pointer),
                None if reference.starts_with('#') => Meaning::Nowhere,
                None => Meaning::Elsewhere,
            };
        }
        let above = std::iter::successors(Some(at.clone()), Pointer::parent);
        let base = above.filter_map(|place| self.bases.get(&place)).next().map_or(DOCUMENT, String::as_str);
        let Some(uri) = resolve(reference, base) else { return Meaning::Nowhere };
        let Some(resource) = self.resources.get(without_fragment(&uri)) else { return Meaning::Elsewhere };
        let fragment = uri.split_once('#').map_or("", |(_, fragment)| fragment);
        let inner = Pointer::from_fragment(&format!("#{fragment}"));
        let place = match inner {
            Some(inner) => Some(inner.tokens().fold(resource.clone(), |place, token| place.join(token))),
            None => self.anchors.get(&(without_fragment(&uri).to_owned(), fragment.to_owned())).cloned(),
        };
        // Within a schema that names itself people mean the whole document all the same.
        let place = place.filter(|place| document.get(place).is_some()).or(plain);
        place.map_or(Meaning::Nowhere, Meaning::Place)
    }

    /// The document with plain pointers in place of all other references, and without the names they meant.
    pub(crate) fn plain(&self, mut json: Value, document: &Document) -> Value {
        if !self.is_empty() {
            self.rewrite(&mut json, &Pointer::root(), document);
        }
        json
    }

    fn rewrite(&self, json: &mut Value, at: &Pointer, document: &Document) {
        match json {
            Value::Array(items) => {
                items.iter_mut().enumerate().for_each(|(index, item)| self.rewrite(item, &at.join(index), document));
            }
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get_mut("$ref")
                    && let Meaning::Place(place) = self.meaning(reference, at, document)
                {
                    *reference = fragment(&place);
                }
                for keyword in ["$id", "$anchor"] {
                    if members.get(keyword).is_some_and(Value::is_string) {
                        members.shift_remove(keyword);
                    }
                }
                let are_names = at.last().is_some_and(|name| NAMES.contains(&&*name));
                for (name, member) in members.iter_mut().filter(|(name, _)| are_names || !DATA.contains(&name.as_str())) {
                    self.rewrite(member, &at.join(name), document);
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

/// A pointer as a reference within the document (RFC 6901, 6).
fn fragment(pointer: &Pointer) -> String {
    let mut text = String::from("#");
    for byte in pointer.as_str().bytes() {
        match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte) => text.push(char::from(byte)),
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// A reference as an absolute URI (RFC 3986, 5.2).
fn resolve(reference: &str, base: &str) -> Option<String> {
    let base = Uri::parse(base).ok()?;
    let reference = UriRef::parse(reference).ok()?;
    match reference.resolve_against(&base) {
        Ok(uri) => Some(uri.as_str().to_owned()),
        // What has no hierarchy can only be added to.
        Err(_) => reference.as_str().starts_with('#').then(|| format!("{}{}", base.as_str(), reference.as_str())),
    }
}

fn without_fragment(uri: &str) -> &str {
    uri.split_once('#').map_or(uri, |(resource, _)| resource)
}
