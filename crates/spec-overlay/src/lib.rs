//! A document and an overlay → the document as the overlay wants it (OpenAPI Overlay 1.0.0).
//!
//! Knows what an overlay may say, and JSONPath (RFC 9535) through `serde_json_path`. Must not know what the
//! document means (an overlay changes any JSON), nor read files. What an overlay adds keeps its place in the
//! overlay, and everything else its own, so that later stages show what is wrong where it was written.

mod read;

use read::{Action, Change};
use serde_json::Value as Json;
use serde_json_path::{JsonPath, PathElement};
use spec_document::{
    Changes, Code, Diagnostic, Diagnostics, Document, Location, Node, Part, Pointer, Sources, Value,
};

/// The example of the README, as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The largest number of values that all actions of an overlay may put into a document.
const MAX_VALUES: usize = 100_000;

/// Applies an overlay: its actions in their order, each to the result of those before.
///
/// `names_document` says whether the text of `extends` names this document; it is only asked where there is
/// one. Everything that is wrong is pushed to `diagnostics`, at its place in the overlay; the document that
/// comes back has all changes that could be made.
pub fn apply(
    document: &Document,
    overlay: &Document,
    names_document: &dyn Fn(&str) -> bool,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Document {
    let actions = read::actions(overlay, names_document, diagnostics);
    let json = document.root().to_json();
    let changes = Changes::of(document);
    let mut target = Target { overlay, changes, json, sources, diagnostics, values: 0, is_full: false };
    for action in &actions {
        target.apply(action);
    }
    let changes = target.changes;
    changes.finish(sources)
}

/// A document that is being changed, as a tree and as the JSON that paths are looked up in.
struct Target<'a> {
    overlay: &'a Document,
    changes: Changes,
    json: Json,
    sources: &'a Sources,
    diagnostics: &'a mut Diagnostics,
    /// Number of values that the actions have put into it.
    values: usize,
    /// True if it has been reported that these are too many.
    is_full: bool,
}

/// A step of a path; by this order later elements of an array come after those before them, and what is
/// inside after what is around it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Element(usize),
    Member(String),
}

impl Target<'_> {
    /// Carries an action out at every place that its path selects.
    fn apply(&mut self, action: &Action<'_>) {
        let selected = self.select(&action.path);
        if selected.is_empty() {
            let message = format!("{:?} selects nothing, and changes nothing", action.text);
            let help = "correct the path, or remove the action if the document no longer needs it";
            self.diagnostics
                .push(Diagnostic::warning(Code::NothingSelected, self.at(&action.place), message).help(help));
        }
        match &action.change {
            Change::Remove => {
                // From the end, so that the places of what is yet to be removed stay what they are.
                for place in selected.iter().rev() {
                    self.remove(place, action);
                }
            }
            Change::Update(update) => {
                for place in &selected {
                    self.update(place, update, action);
                }
            }
        }
    }

    /// Returns the places that a path selects, each once and in the order of the document's arrays.
    fn select(&self, path: &JsonPath) -> Vec<Pointer> {
        let located = path.query_located(&self.json);
        let mut selected: Vec<(Vec<Step>, Pointer)> = Vec::new();
        for location in located.locations() {
            let mut place = (Vec::new(), Pointer::root());
            for element in location.iter() {
                place.1 = place.1.join(element_text(element));
                place.0.push(match element {
                    PathElement::Name(name) => Step::Member((*name).to_owned()),
                    PathElement::Index(index) => Step::Element(*index),
                });
            }
            selected.push(place);
        }
        selected.sort();
        selected.dedup();
        selected.into_iter().map(|(_, pointer)| pointer).collect()
    }

    /// Removes what stands at a place, in both forms of the document.
    fn remove(&mut self, place: &Pointer, action: &Action<'_>) {
        let (Some(parent), Some(token)) = (place.parent(), place.last()) else {
            let message = "this selects the whole document, which can't be removed";
            let help = "select what is to be removed";
            self.diagnostics
                .push(Diagnostic::error(Code::InvalidValue, self.at(&action.place), message).help(help));
            return;
        };
        if !self.changes.remove(place) {
            return;
        }
        match self.json.pointer_mut(parent.as_str()) {
            Some(Json::Object(members)) => drop(members.shift_remove(&*token)),
            Some(Json::Array(items)) => {
                if let Ok(index) = token.parse::<usize>() {
                    items.remove(index);
                }
            }
            _ => {}
        }
    }

    /// Merges or appends a value of the overlay to what stands at a place (Overlay 1.0.0, 4.4.3).
    fn update(&mut self, place: &Pointer, update: &Pointer, action: &Action<'_>) {
        let (Some(target), Some(value)) = (self.changes.root().at(place), self.overlay.get(update)) else {
            return;
        };
        match (&target.value, &value.value) {
            (Value::Object(_), Value::Object(_)) => self.merge(place, update),
            (Value::Array(_), _) => self.put(place, "", update),
            (Value::Object(_), _) => {
                let message =
                    format!("this must be an object, as what the action selects is, not {}", value.kind());
                let help = "write the members that the object is to have";
                self.mismatch(update, place, message, help);
            }
            (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_), _) => {
                let message =
                    format!("this selects {}, but only objects and arrays can be updated", target.kind());
                let help = "select the object around it, and write it as a member of `update`";
                self.mismatch(&action.place, place, message, help);
            }
        }
    }

    /// Merges an object into the one at a place. Of members that are in both, objects are merged in turn,
    /// arrays are put one after the other, and other values are replaced.
    fn merge(&mut self, place: &Pointer, update: &Pointer) {
        let members = self.overlay.get(update).and_then(Node::as_object);
        for (key, new) in members.into_iter().flat_map(|object| object.iter()) {
            let (inner, from) = (place.join(key), update.join(key));
            let old = self.changes.root().at(&inner);
            match (old.map(|old| &old.value), &new.value) {
                (None, _) => self.put(place, key, &from),
                (Some(Value::Object(_)), Value::Object(_)) => self.merge(&inner, &from),
                (Some(Value::Array(_)), Value::Array(items)) => {
                    (0..items.len()).for_each(|index| self.put(&inner, "", &from.join(index)));
                }
                (
                    Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_),
                ) => self.put(place, key, &from),
                (Some(_), _) => {
                    let kind = old.map_or("nothing", Node::kind);
                    let message = format!("this is {}, and can't be merged with {kind}", new.kind());
                    let help = format!("remove `{key}` with an action before this one, or write {kind} here");
                    self.mismatch(&from, &inner, message, &help);
                }
            }
        }
    }

    /// Puts a value of the overlay into the object or array at a place, in both forms of the document.
    fn put(&mut self, place: &Pointer, key: &str, from: &Pointer) {
        let Some(value) = self.overlay.get(from) else { return };
        self.values += count(value);
        let put =
            if self.values > MAX_VALUES { None } else { self.changes.put(place, key, self.overlay, from) };
        if put.is_none() {
            if !std::mem::replace(&mut self.is_full, true) {
                let message = "with this the document becomes too deep, or too large";
                let help = "let the path select only what is to be changed";
                self.diagnostics
                    .push(Diagnostic::error(Code::LimitExceeded, self.at(from), message).help(help));
            }
            return;
        }
        match self.json.pointer_mut(place.as_str()) {
            Some(Json::Object(members)) => drop(members.insert(key.to_owned(), value.to_json())),
            Some(Json::Array(items)) => items.push(value.to_json()),
            _ => {}
        }
    }

    /// Reports a value of the overlay that does not fit what it is meant to change.
    fn mismatch(&mut self, from: &Pointer, place: &Pointer, message: String, help: &str) {
        let target = self.changes.location(place, Part::Value, self.sources);
        let diagnostic = Diagnostic::error(Code::WrongType, self.at(from), message).help(help);
        self.diagnostics.push(diagnostic.related(target, "what is selected"));
    }

    fn at(&self, place: &Pointer) -> Location {
        Location::pointer(self.overlay.source(), place.clone())
    }
}

fn element_text(element: &PathElement<'_>) -> String {
    match element {
        PathElement::Name(name) => (*name).to_owned(),
        PathElement::Index(index) => index.to_string(),
    }
}

/// Counts a value with all values that are in it.
fn count(node: &Node) -> usize {
    let inner: usize = match &node.value {
        Value::Array(nodes) => nodes.iter().map(count).sum(),
        Value::Object(object) => object.iter().map(|(_, node)| count(node)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    };
    1 + inner
}
