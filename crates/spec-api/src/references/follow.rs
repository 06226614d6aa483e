//! Following references from one object of the document to another.
//!
//! Knows where the standard has references, and reports what can't be found. Must not know what stands at
//! either end.

use super::identity::Meaning;
use crate::cursor::Cursor;
use crate::input::Input;
use crate::specification::Release;
use crate::spelling::nearest;
use spec_document::{Code, Diagnostic, File, Location, Missing, Node, Pointer};

/// Objects whose members are named schemas: of OpenAPI, and of JSON Schema, old and new.
const NAMED_SCHEMAS: [&str; 3] = ["schemas", "definitions", "$defs"];

impl<'a> Input<'a> {
    /// Returns what a cursor leads to where the standard has no reference, but many write one all the same,
    /// as bundlers have it; warns of the reference.
    pub(crate) fn follow_leniently(&mut self, at: Cursor<'a>) -> Option<Cursor<'a>> {
        // A name may be `$ref`, too.
        let Some(reference) = at.child("$ref").filter(|reference| reference.node.as_str().is_some()) else {
            return Some(at);
        };
        let from = at.pointer.clone();
        let followed = self.follow(at)?;
        if self.corrections.inline(from, followed.pointer.clone()) {
            let location = self.location(&reference.pointer).key();
            let message = "there can't be a reference here; it is followed all the same";
            let help = "write here what it leads to, or bundle the document";
            self.push(Diagnostic::warning(Code::InvalidValue, location, message).help(help));
            self.identities.has_passages = true;
        }
        Some(followed)
    }

    /// Follows `$ref` to the object that it means; reports what can't be found.
    pub(crate) fn follow(&mut self, at: Cursor<'a>) -> Option<Cursor<'a>> {
        let mut seen = Vec::new();
        let mut current = at;
        while let Some(reference) = current.child("$ref") {
            if seen.contains(&current.pointer) {
                let message = "this reference leads back to itself";
                let location = self.location(&reference.pointer);
                self.push(
                    Diagnostic::error(Code::CircularReference, location, message)
                        .help("let it end at an object of its own"),
                );
                return None;
            }
            let next = self.target(&reference, false)?;
            seen.push(std::mem::replace(&mut current, next).pointer);
        }
        Some(current)
    }

    /// Returns the schema that a reference leads to. Where the document lacks a schema of that name, and has
    /// none of a similar name that could be meant, there is only a warning.
    pub(crate) fn schema_target(&mut self, reference: &Cursor<'a>) -> Option<Cursor<'a>> {
        self.target(reference, true)
    }

    fn target(&mut self, reference: &Cursor<'a>, is_schema: bool) -> Option<Cursor<'a>> {
        let Some(text) = reference.node.as_str() else {
            self.wrong_type(reference, "a string");
            return None;
        };
        let location = self.location(&reference.pointer);
        let document = self.document;
        let place = match self.identities.meaning(text, &reference.pointer, document) {
            Meaning::Place(place) => Some(place),
            Meaning::Nowhere => None,
            Meaning::Missing(missing) => {
                self.report_missing_file(missing, location);
                return None;
            }
            Meaning::Elsewhere => {
                self.report_external(text, location);
                return None;
            }
        };
        if let Some(pointer) = place.as_ref()
            && let Some(node) = document.get(pointer)
        {
            self.enter_file(pointer);
            return Some(Cursor { pointer: pointer.clone(), node });
        }
        self.report_unresolved(reference, place.as_ref(), is_schema);
        None
    }

    fn report_missing_file(&mut self, missing: &Missing, location: Location) {
        self.diagnostics.extend(missing.found.iter().cloned());
        self.push(
            Diagnostic::error(missing.code, location, missing.message.as_str()).help(missing.help.as_str()),
        );
    }

    fn report_external(&mut self, text: &str, location: Location) {
        let message = format!("{text:?} points outside of this document");
        let help = match text.strip_prefix('/') {
            Some(_) => {
                format!(
                    "for a place in this file write \"#{text}\"; for another file, \
                     a path relative to this one"
                )
            }
            None => "bundle the document first, so that everything is in one file".to_owned(),
        };
        self.push(Diagnostic::error(Code::ExternalReference, location, message).help(help));
    }

    fn report_unresolved(&mut self, reference: &Cursor<'a>, place: Option<&Pointer>, is_schema: bool) {
        let text = reference.node.as_str().unwrap_or_default();
        let location = self.location(&reference.pointer);
        let similar = place.and_then(|place| self.similar(place, &reference.pointer));
        let parent = place.and_then(Pointer::parent);
        let is_named =
            parent.is_some_and(|parent| parent.last().is_some_and(|last| NAMED_SCHEMAS.contains(&&*last)));
        if is_schema && is_named && similar.is_none() {
            let message = format!("there is nothing at {text:?}; any value is taken here");
            let help = "define the schema, or correct the pointer";
            self.push(Diagnostic::warning(Code::UnresolvedReference, location, message).help(help));
            return;
        }
        let help = match similar {
            Some(similar) => format!("did you mean {similar:?}?"),
            None if text.contains('\\') => "a reference is a URI: write / between folders".to_owned(),
            None => "define what it points to, or correct the pointer".to_owned(),
        };
        let message = format!("there is nothing at {text:?}");
        self.push(Diagnostic::error(Code::UnresolvedReference, location, message).help(help));
    }

    /// Reports what was found wrong with a file that something is read from.
    fn enter_file(&mut self, pointer: &Pointer) {
        let document = self.document;
        let Some((root, _)) = document.file_around(pointer) else { return };
        let is_root = |file: &&File| matches!(file, File::Added { place, .. } if *place == root);
        if let Some(File::Added { found, .. }) = document.files().map(|(_, file)| file).find(is_root) {
            self.diagnostics.extend(found.iter().cloned());
        }
        let at = root.join("openapi");
        let is_3_0 = self.release == Release::V3_0;
        let version = document.get(&at).and_then(Node::as_str);
        if let Some(text) = version.filter(|text| text.starts_with("3.0") != is_3_0) {
            let message = format!(
                "what is read from this file is taken for the version of the document, not for {text}"
            );
            let help = "let all files be of one version: schemas of 3.0 and 3.1 differ in null and in bounds";
            self.push(Diagnostic::warning(Code::UnsupportedVersion, self.location(&at), message).help(help));
        }
    }

    /// Returns a reference like one whose place was not found: to something beside it with a similar name, to
    /// a component of that name, or to the same place in the first file.
    fn similar(&self, place: &Pointer, from: &Pointer) -> Option<String> {
        let name = place.last()?;
        let members = |pointer: &Pointer| self.document.get(pointer)?.as_object();
        let parent = place.parent()?;
        let file = self.document.file_around(place);
        let components = file.as_ref().map_or(Pointer::root(), |(root, _)| root.clone()).join("components");
        let sibling = members(&parent)
            .and_then(|siblings| nearest(&name, siblings.keys()))
            .map(|near| parent.join(near));
        let component = || {
            let sections = members(&components)?.keys().map(|section| components.join(section));
            sections.map(|section| section.join(&name)).find(|at| self.document.get(at).is_some())
        };
        let in_first = || file.map(|(_, inner)| inner).filter(|inner| self.document.get(inner).is_some());
        let found = sibling.or_else(component).or_else(in_first)?;
        self.identities.written(&found, from, self.document)
    }
}
