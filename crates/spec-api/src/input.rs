//! The input of readers: the document, what it is held against, and what is found wrong on the way.
//!
//! Knows how to take a member out of an object, and says where one is missing or of another type. Must not
//! know what any object of OpenAPI means.

use crate::cursor::Cursor;
use crate::json::Corrections;
use crate::model::Version;
use crate::references::identity::Identities;
use crate::specification::{Fields, Release};
use crate::spelling::nearest;
use indexmap::{IndexMap, IndexSet};
use spec_document::{Code, Diagnostic, Diagnostics, Document, Location, Object, Pointer};

/// A document that is being read.
pub(crate) struct Input<'a> {
    pub(crate) document: &'a Document,
    pub(crate) release: Release,
    pub(crate) diagnostics: &'a mut Diagnostics,
    /// The place that each reference means.
    pub(crate) identities: Identities,
    /// Collects where the JSON of the Api differs from the document.
    pub(crate) corrections: Corrections,
    /// Warnings that are given once, however many places they are true of: code, message and help, and the
    /// places.
    repeated: IndexMap<(Code, &'static str, &'static str), IndexSet<Location>>,
}

/// Reporting.
impl<'a> Input<'a> {
    /// Prepares to read a document.
    pub(crate) fn new(document: &'a Document, release: Release, diagnostics: &'a mut Diagnostics) -> Self {
        Input {
            document,
            release,
            diagnostics,
            identities: Identities::find(document),
            corrections: Corrections::default(),
            repeated: IndexMap::new(),
        }
    }

    /// Returns the version whose rules hold.
    pub(crate) fn version(&self) -> Version {
        self.release.version()
    }

    /// Adds a diagnostic.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Returns the location of a pointer.
    pub(crate) fn location(&self, pointer: &Pointer) -> Location {
        Location::pointer(self.document.source(), pointer.clone())
    }

    /// Collects a warning that many places of a document may have in common.
    pub(crate) fn warn_once(
        &mut self,
        code: Code,
        location: Location,
        message: &'static str,
        help: &'static str,
    ) {
        self.repeated.entry((code, message, help)).or_default().insert(location);
    }

    /// Reports the warnings that were collected, each at its first place.
    pub(crate) fn report_repeated(&mut self) {
        for ((code, message, help), places) in std::mem::take(&mut self.repeated) {
            let Some(first) = places.first().cloned() else { continue };
            let message = match places.len() - 1 {
                0 => message.to_owned(),
                1 => format!("{message}, here and in one other place"),
                more => format!("{message}, here and in {more} other places"),
            };
            self.push(Diagnostic::warning(code, first, message).help(help));
        }
    }

    /// Reports a member whose value is none that the specification has.
    pub(crate) fn invalid_value(&mut self, at: &Cursor<'a>, key: &str, message: String, help: &str) {
        let location = self.location(&at.pointer.join(key));
        self.push(Diagnostic::error(Code::InvalidValue, location, message).help(help));
    }

    /// Warns of fields that an object does not have; they are most often misspelled.
    pub(crate) fn check_fields(&mut self, at: &Cursor<'a>, fields: &Fields) {
        for (key, member) in at.members() {
            let is_files = at.pointer == Pointer::root() && self.document.files_key() == Some(key);
            if is_files || key.starts_with("x-") || fields.contains(key, self.release) {
                continue;
            }
            let message = format!("`{key}` is no field of this object, and is ignored");
            let help = match nearest(key, fields.names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the fields are {}; extensions begin with `x-`", fields.names.join(", ")),
            };
            let location = self.location(&member.pointer).key();
            self.push(Diagnostic::warning(Code::UnknownField, location, message).help(help));
        }
    }

    /// Warns of a field that must be there, but is not needed to know what the document means.
    pub(crate) fn warn_missing(&mut self, at: &Cursor<'a>, key: &str) {
        if at.child(key).is_none() {
            let location = self.location(&at.pointer).key();
            self.push(
                Diagnostic::warning(Code::MissingField, location, format!("`{key}` is missing"))
                    .help(format!("add `{key}`, which the OpenAPI specification requires here")),
            );
        }
    }

    /// Warns of a value of another type, where nothing depends on it, and takes it out of the Api's JSON.
    pub(crate) fn ignore(&mut self, at: &Cursor<'a>, expected: &str) {
        let message = format!("this must be {expected}, not {}; it is ignored", at.node.kind());
        let location = self.location(&at.pointer);
        self.push(
            Diagnostic::warning(Code::WrongType, location, message).help(format!("write {expected} here")),
        );
        self.corrections.remove(at.pointer.clone());
    }

    /// Reports a value of another type.
    pub(crate) fn wrong_type(&mut self, at: &Cursor<'a>, expected: &str) {
        let message = format!("this must be {expected}, not {}", at.node.kind());
        let location = self.location(&at.pointer);
        // YAML 1.1, bool: words for truth.
        let is_one_of = |words: &[&str]| {
            words.iter().any(|word| at.node.as_str().is_some_and(|own| own.eq_ignore_ascii_case(word)))
        };
        let meant = [("true", ["y", "yes", "on", "true"]), ("false", ["n", "no", "off", "false"])];
        let meant = meant.iter().find(|(_, words)| expected.contains("true or false") && is_one_of(words));
        let help = match (meant, at.node.as_str()) {
            (Some((meant, _)), Some(word)) => {
                format!("`{word}` is a text here, as it is in YAML 1.2; write `{meant}`")
            }
            _ => format!("write {expected} here"),
        };
        self.push(Diagnostic::error(Code::WrongType, location, message).help(help));
    }
}

/// Taking values out of objects.
impl<'a> Input<'a> {
    /// Returns the object at a cursor; reports any other value.
    pub(crate) fn expect_object(&mut self, at: &Cursor<'a>) -> Option<&'a Object> {
        let object = at.object();
        if object.is_none() {
            self.wrong_type(at, "an object");
        }
        object
    }

    /// Returns the elements of a list; reports any other value.
    pub(crate) fn array(&mut self, at: &Cursor<'a>) -> Vec<Cursor<'a>> {
        let Some(at) = &self.follow_leniently(at.clone()) else { return Vec::new() };
        if at.node.as_array().is_none() {
            self.wrong_type(at, "an array");
        }
        at.items()
    }

    /// Returns a member that may be absent, or may be a reference against the standard.
    pub(crate) fn member(&mut self, at: &Cursor<'a>, key: &str) -> Option<Cursor<'a>> {
        let child = at.child(key)?;
        self.follow_leniently(child)
    }

    /// Returns the elements of a list that may be absent.
    pub(crate) fn items_of(&mut self, at: &Cursor<'a>, key: &str) -> Vec<Cursor<'a>> {
        at.child(key).map(|list| self.array(&list)).unwrap_or_default()
    }

    /// Returns the members of an object that may be absent.
    pub(crate) fn members_of(&mut self, at: &Cursor<'a>, key: &str) -> Vec<(&'a str, Cursor<'a>)> {
        let Some(child) = self.member(at, key) else { return Vec::new() };
        self.expect_object(&child);
        child.members()
    }

    /// Returns the strings of a list that may be absent.
    pub(crate) fn strings(&mut self, at: &Cursor<'a>, key: &str) -> Vec<String> {
        let mut strings = Vec::new();
        for item in self.items_of(at, key) {
            match item.node.as_str() {
                Some(text) => strings.push(text.to_owned()),
                None => self.wrong_type(&item, "a string"),
            }
        }
        strings
    }

    /// Returns a string that may be absent; reports a value of another type.
    pub(crate) fn string(&mut self, at: &Cursor<'a>, key: &str) -> Option<String> {
        let child = at.child(key)?;
        let text = child.node.as_str();
        if text.is_none() {
            self.wrong_type(&child, "a string");
        }
        text.map(str::to_owned)
    }

    /// Returns a string without which an object means nothing; reports that it is missing.
    pub(crate) fn required_string(&mut self, at: &Cursor<'a>, key: &str) -> Option<String> {
        self.expect_object(at)?;
        if at.child(key).is_none() {
            let location = self.location(&at.pointer).key();
            self.push(
                Diagnostic::error(Code::MissingField, location, format!("`{key}` is missing"))
                    .help(format!("add `{key}`, which the OpenAPI specification requires here")),
            );
        }
        self.string(at, key)
    }

    /// Returns a text for people, which may be absent; ignores a value of another type.
    pub(crate) fn optional_text(&mut self, at: &Cursor<'a>, key: &str) -> Option<String> {
        let child = at.child(key)?;
        let text = child.node.as_str();
        if text.is_none() {
            self.ignore(&child, "a string");
        }
        text.map(str::to_owned)
    }

    /// Returns a boolean that may be absent; reports a value of another type.
    pub(crate) fn bool(&mut self, at: &Cursor<'a>, key: &str) -> Option<bool> {
        let child = at.child(key)?;
        let value = child.node.as_bool();
        if value.is_none() {
            self.wrong_type(&child, "true or false");
        }
        value
    }
}
