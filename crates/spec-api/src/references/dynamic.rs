//! Dynamic references → plain ones.
//!
//! A `$dynamicRef` by the name of a `$dynamicAnchor` means the schema which the outermost of all schemas on
//! the way to it calls so (JSON Schema 2020-12 core, 7.1 and 8.2.3.2). A document has all those ways in it.
//! So each schema is written out once for each meaning that it has, where it is referred to with that
//! meaning, and nobody behind this stage has to look at the way.
//!
//! Every schema with an `$id` is on the way; and so is every component, since people leave `$id` out where
//! names are theirs alone. Knows which schema leads to which. Must not know what schemas say.

use super::identity::{Identities, Meaning};
use super::keys::Keys;
use crate::cursor::Cursor;
use spec_document::{Changes, Document, Node, Pointer, Sources};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The meaning of each dynamic name.
type Scope = BTreeMap<String, Pointer>;

/// Keywords that hold schemas for others to refer to.
const DEFINITIONS: [&str; 3] = ["$defs", "definitions", "schemas"];

/// Keywords that can stand beside what a schema says without a change of either.
const NEUTRAL: [&str; 9] = [
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$id",
    "$schema",
    "definitions",
    "description",
    "title",
];

/// Keywords that are not copied: they would name a second schema as the first.
const NAMES: [&str; 6] = ["$anchor", "$defs", "$dynamicAnchor", "$id", "$schema", "definitions"];

/// Returns the document without dynamic references. One that leads nowhere becomes a plain one that leads
/// nowhere.
pub(crate) fn bind(document: Document, sources: &mut Sources) -> Document {
    if !has_dynamic(document.root()) {
        return document;
    }
    let mut binder = Binder::of(&document);
    binder.bind();
    binder.changes.finish(sources)
}

fn has_dynamic(node: &Node) -> bool {
    match node.as_object() {
        Some(object) => {
            object.get("$dynamicRef").is_some() || object.iter().any(|(_, member)| has_dynamic(member))
        }
        None => node.as_array().unwrap_or_default().iter().any(has_dynamic),
    }
}

struct Binder<'d> {
    document: &'d Document,
    identities: Identities,
    /// Dynamic anchors, by the schema on the way and by name.
    anchors: HashMap<Pointer, Scope>,
    /// The meaning of names at each place that refers, or is named, where nobody has come to it by a
    /// reference.
    scopes: HashMap<Pointer, Scope>,
    /// Places that refer, in the order of the document.
    referring: Vec<Pointer>,
    /// The names that matter to a schema, and to all that it leads to.
    names: HashMap<Pointer, BTreeSet<String>>,
    /// Where a schema has been written out, with which meaning.
    written: HashMap<(Pointer, Scope), Pointer>,
    /// Places that have been written and not looked at yet: where, what it was, and what names mean there.
    todo: Vec<(Pointer, Pointer, Scope)>,
    changes: Changes,
}

impl<'d> Binder<'d> {
    fn of(document: &'d Document) -> Self {
        let mut binder = Binder {
            document,
            identities: Identities::find(document),
            anchors: HashMap::new(),
            scopes: HashMap::new(),
            referring: Vec::new(),
            names: HashMap::new(),
            written: HashMap::new(),
            todo: Vec::new(),
            changes: Changes::of(document),
        };
        let mut places = Vec::new();
        let root = Cursor { pointer: Pointer::root(), node: document.root() };
        each(&root, Keys::Words, &mut |at, _| places.push(at.clone()));
        for at in &places {
            if let Some(name) = at.child("$dynamicAnchor").and_then(|name| name.node.as_str()) {
                let unit = binder.unit(&at.pointer);
                binder
                    .anchors
                    .entry(unit)
                    .or_default()
                    .entry(name.to_owned())
                    .or_insert_with(|| at.pointer.clone());
            }
        }
        binder.walk(&root);
        binder
    }

    /// Returns the schema on the way that a place is in.
    fn unit(&self, place: &Pointer) -> Pointer {
        let mut above = std::iter::successors(Some(place.clone()), Pointer::parent);
        above.find(|place| self.is_unit(place)).unwrap_or_default()
    }

    fn is_unit(&self, place: &Pointer) -> bool {
        let inner = self.document.file_around(place).map_or_else(|| place.clone(), |(_, inner)| inner);
        let mut tokens = inner.tokens();
        let is_component = tokens.next().is_some_and(|token| token == "components")
            && tokens.next().is_some_and(|token| token == "schemas")
            && tokens.next().is_some()
            && tokens.next().is_none();
        is_component || self.identities.has_base(place)
    }

    /// Returns what names mean within a schema on the way; those that had a meaning before keep it.
    fn entered(&self, scope: &Scope, unit: &Pointer) -> Scope {
        let mut scope = scope.clone();
        for (name, place) in self.anchors.get(unit).into_iter().flatten() {
            scope.entry(name.clone()).or_insert_with(|| place.clone());
        }
        scope
    }

    /// Finds what refers, and what names mean there.
    fn walk(&mut self, root: &Cursor<'d>) {
        let mut scopes: HashMap<Pointer, Scope> = HashMap::new();
        let mut referring = Vec::new();
        each(root, Keys::Words, &mut |at, is_definition| {
            let around = at.pointer.parent().and_then(|parent| {
                let mut above = std::iter::successors(Some(parent), Pointer::parent);
                above.find_map(|place| scopes.get(&place))
            });
            let scope = match (self.is_unit(&at.pointer), is_definition) {
                (true, true) => self.entered(&Scope::new(), &at.pointer),
                (true, false) => self.entered(around.unwrap_or(&Scope::new()), &at.pointer),
                (false, _) => around.cloned().unwrap_or_default(),
            };
            scopes.insert(at.pointer.clone(), scope);
            if at.child("$ref").is_some() || at.child("$dynamicRef").is_some() {
                referring.push(at.pointer.clone());
            }
        });
        (self.scopes, self.referring) = (scopes, referring);
    }

    /// Returns the schema that a reference means without looking at the way, and the name by which to look
    /// for it there.
    fn meaning(&self, reference: &str, at: &Pointer, is_dynamic: bool) -> Option<(Pointer, Option<String>)> {
        let name = reference
            .split_once('#')
            .map(|(_, name)| name)
            .filter(|name| !name.is_empty() && !name.starts_with('/'));
        let own = name
            .filter(|_| reference.starts_with('#'))
            .and_then(|name| self.anchors.get(&self.unit(at))?.get(name));
        let place = match (own, self.identities.meaning(reference, at, self.document)) {
            (Some(own), _) => own.clone(),
            (None, Meaning::Place(place)) => place,
            (None, Meaning::Missing(_) | Meaning::Elsewhere | Meaning::Nowhere) => return None,
        };
        let anchor = self.document.get(&place.join("$dynamicAnchor")).and_then(Node::as_str);
        let name = name.filter(|name| is_dynamic && anchor == Some(*name)).map(str::to_owned);
        self.document.get(&place).is_some().then_some((place, name))
    }

    /// Returns the names that matter to a schema.
    fn names_of(&mut self, target: &Pointer) -> BTreeSet<String> {
        if let Some(names) = self.names.get(target) {
            return names.clone();
        }
        let (mut names, mut seen, mut todo) = (BTreeSet::new(), HashSet::new(), vec![target.clone()]);
        while let Some(place) = todo.pop() {
            let Some(node) = self.document.get(&place).filter(|_| seen.insert(place.clone())) else {
                continue;
            };
            each(&Cursor { pointer: place.clone(), node }, Keys::Words, &mut |at, is_definition| {
                if is_definition && at.pointer != place {
                    return;
                }
                for (keyword, is_dynamic) in [("$ref", false), ("$dynamicRef", true)] {
                    let text = at.child(keyword).and_then(|reference| reference.node.as_str());
                    let Some((place, name)) =
                        text.and_then(|text| self.meaning(text, &at.pointer, is_dynamic))
                    else {
                        continue;
                    };
                    todo.push(place);
                    if let Some(name) = name {
                        todo.extend(self.anchors.values().filter_map(|scope| scope.get(&name)).cloned());
                        names.insert(name);
                    }
                }
            });
        }
        self.names.insert(target.clone(), names.clone());
        names
    }

    fn bind(&mut self) {
        for place in std::mem::take(&mut self.referring) {
            let scope = self.scopes.get(&place).cloned().unwrap_or_default();
            self.todo.push((place.clone(), place, scope));
            while let Some((place, origin, scope)) = self.todo.pop() {
                self.rewrite(&place, &origin, &scope);
            }
        }
    }

    /// Lets the references of a schema lead to what they mean.
    fn rewrite(&mut self, place: &Pointer, origin: &Pointer, scope: &Scope) {
        for (keyword, is_dynamic) in [("$dynamicRef", true), ("$ref", false)] {
            let Some(text) = self.document.get(&origin.join(keyword)).and_then(Node::as_str) else {
                continue;
            };
            let Some((target, name)) = self.meaning(text, origin, is_dynamic) else {
                if is_dynamic {
                    self.refer(place, origin, keyword, text);
                }
                continue;
            };
            let target = name.and_then(|name| scope.get(&name).cloned()).unwrap_or(target);
            let names = self.names_of(&target);
            let only =
                |scope: Scope| scope.into_iter().filter(|(name, _)| names.contains(name)).collect::<Scope>();
            let unit = self.unit(&target);
            let meant = only(self.entered(scope, &unit));
            let own = only(self.scopes.get(&target).cloned().unwrap_or_default());
            let found = if meant == own {
                Some(target.clone())
            } else {
                self.written.get(&(target.clone(), meant.clone())).cloned()
            };
            match found {
                // As it was written.
                Some(found) if !is_dynamic && found == target && place == origin => {}
                Some(found) => {
                    let text = self.reference(&found, place);
                    self.refer(place, origin, keyword, &text);
                }
                None => self.write_out(place, keyword, &target, meant),
            }
        }
    }

    /// Returns the reference by which one place means another.
    fn reference(&self, target: &Pointer, from: &Pointer) -> String {
        let (file, inner) =
            self.document.file_around(target).unwrap_or_else(|| (Pointer::root(), target.clone()));
        let (uri, base) = (self.identities.base(&file), self.identities.base(from));
        let address = if uri == base { "" } else { uri };
        format!("{address}{}", inner.to_fragment())
    }

    /// Writes a plain reference in place of another.
    fn refer(&mut self, place: &Pointer, origin: &Pointer, keyword: &str, text: &str) {
        self.changes.remove(&place.join(keyword));
        let is_taken = self.changes.root().at(&place.join("$ref")).is_some();
        let at = match is_taken {
            true => self.changes.list(place, "allOf").and_then(|list| self.changes.object(&list, "")),
            false => Some(place.clone()),
        };
        if let Some(at) = at {
            self.changes.write(&at, "$ref", text, &origin.join(keyword));
        }
    }

    /// Writes a schema in place of a reference to it, for names to mean what they mean there.
    fn write_out(&mut self, place: &Pointer, keyword: &str, target: &Pointer, scope: Scope) {
        let Some(node) = self.document.get(target) else { return };
        self.changes.remove(&place.join(keyword));
        let own: Vec<String> = self
            .changes
            .root()
            .at(place)
            .and_then(Node::as_object)
            .into_iter()
            .flat_map(|own| own.keys())
            .map(str::to_owned)
            .collect();
        let is_neutral = own.iter().all(|key| NEUTRAL.contains(&key.as_str()) || key.starts_with("x-"));
        let at = match is_neutral {
            true => Some(place.clone()),
            // Side by side, for keywords that see what others have looked at.
            false => self.changes.list(place, "allOf").and_then(|list| self.changes.object(&list, "")),
        };
        let Some(at) = at else { return };
        for (key, _) in node.as_object().into_iter().flat_map(|object| object.iter()) {
            if !(NAMES.contains(&key) || is_neutral && own.iter().any(|own| own == key)) {
                self.changes.put(&at, key, self.document, &target.join(key));
            }
        }
        self.written.insert((target.clone(), scope.clone()), at.clone());
        let mut scopes: HashMap<Pointer, Scope> = HashMap::from([(target.clone(), scope)]);
        let mut found = Vec::new();
        each(&Cursor { pointer: target.clone(), node }, Keys::Words, &mut |inner, is_definition| {
            let Some(around) = inner.pointer.parent().and_then(|parent| {
                let mut above = std::iter::successors(Some(parent), Pointer::parent);
                above
                    .find_map(|place| scopes.get(&place))
                    .filter(|_| !is_definition && inner.pointer != *target)
            }) else {
                if inner.pointer == *target {
                    found.push((at.clone(), inner.pointer.clone(), scopes[target].clone()));
                }
                return;
            };
            let scope = if self.is_unit(&inner.pointer) {
                self.entered(around, &inner.pointer)
            } else {
                around.clone()
            };
            let rest = Pointer::parse(&inner.pointer.as_str()[target.as_str().len()..]).unwrap_or_default();
            let copied = rest.tokens().fold(at.clone(), |place, token| place.join(token));
            found.push((copied, inner.pointer.clone(), scope.clone()));
            scopes.insert(inner.pointer.clone(), scope);
        });
        for (copied, origin, scope) in found {
            if copied != at {
                for name in NAMES {
                    self.changes.remove(&copied.join(name));
                }
            }
            if self.changes.root().at(&copied).is_some() {
                self.todo.push((copied, origin, scope));
            }
        }
    }
}

/// Calls back for each object whose keys are words of the specifications, from the outside in, and says
/// whether it is one of several that are there for others to refer to.
fn each<'n>(root: &Cursor<'n>, keys: Keys, call: &mut dyn FnMut(&Cursor<'n>, bool)) {
    let mut todo = vec![(root.clone(), keys, false)];
    while let Some((at, keys, is_definition)) = todo.pop() {
        if keys == Keys::Words && at.object().is_some() {
            call(&at, is_definition);
        }
        let is_definitions =
            keys == Keys::Names && at.pointer.last().is_some_and(|last| DEFINITIONS.contains(&&*last));
        let members = at
            .members()
            .into_iter()
            .filter_map(|(name, member)| Some((keys.within(name, member.node)?, member)));
        let below: Vec<_> = at.items().into_iter().map(|item| (Keys::Words, item)).chain(members).collect();
        todo.extend(below.into_iter().rev().map(|(keys, below)| (below, keys, is_definitions)));
    }
}
