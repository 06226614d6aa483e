//! The text of an overlay → its actions.
//!
//! Knows which fields an overlay has (Overlay 1.0.0, 4.4). Must not know the document that it changes.

use serde_json_path::{JsonPath, ParseError};
use spec_document::{Code, Diagnostic, Diagnostics, Document, Location, Node, Pointer};

/// One change to everything that a path selects.
pub(crate) struct Action<'a> {
    /// Where the path stands.
    pub(crate) place: Pointer,
    /// The path as it was written.
    pub(crate) text: &'a str,
    pub(crate) path: JsonPath,
    pub(crate) change: Change,
}

/// The change of each place that a path selects.
pub(crate) enum Change {
    /// It is removed.
    Remove,
    /// Merges the value at this place of the overlay into it, or appends it.
    Update(Pointer),
}

/// Reads the actions of an overlay that can be carried out.
pub(crate) fn actions<'a>(
    overlay: &'a Document,
    names_document: &dyn Fn(&str) -> bool,
    diagnostics: &mut Diagnostics,
) -> Vec<Action<'a>> {
    let mut reader = Reader { overlay, diagnostics };
    let root = Pointer::root();
    if !reader.check_version(&root) {
        return Vec::new();
    }
    reader.check_fields(&root, &["overlay", "info", "extends", "actions"]);
    reader.check_info(&root);
    reader.check_extends(&root, names_document);
    let place = root.join("actions");
    let Some(list) = reader.required(&root, "actions", "the list of changes") else { return Vec::new() };
    let Some(items) = list.as_array() else {
        reader.wrong_type(&place, "an array");
        return Vec::new();
    };
    if items.is_empty() {
        let (message, help) = ("an overlay must have an action", "add one, or remove the overlay");
        reader.push(Diagnostic::error(Code::InvalidValue, reader.at(&place), message).help(help));
    }
    (0..items.len()).filter_map(|index| reader.action(&place.join(index))).collect()
}

/// An overlay that is being read.
struct Reader<'a, 'd> {
    overlay: &'a Document,
    diagnostics: &'d mut Diagnostics,
}

impl<'a> Reader<'a, '_> {
    /// Returns whether this is an overlay of version 1.0; reports one that is not. The third number of the
    /// version has no meaning (Overlay 1.0.0, 4.1).
    fn check_version(&mut self, root: &Pointer) -> bool {
        let place = root.join("overlay");
        let text = match self.overlay.get(&place) {
            Some(version) => version.as_str(),
            None => {
                let message = "this is no overlay: it does not say of which version it is";
                let help = "add `overlay: 1.0.0` at the top";
                self.push(
                    Diagnostic::error(Code::UnsupportedVersion, self.at(root).key(), message).help(help),
                );
                return false;
            }
        };
        if text.is_some_and(|text| text == "1.0" || text.starts_with("1.0.")) {
            return true;
        }
        let message = match text {
            Some(text) => format!("overlays of version {text:?} are not supported"),
            None => "the version of an overlay must be a string".to_owned(),
        };
        self.push(
            Diagnostic::error(Code::UnsupportedVersion, self.at(&place), message).help("write \"1.0.0\""),
        );
        false
    }

    fn check_info(&mut self, root: &Pointer) {
        let info = root.join("info");
        if self.required(root, "info", "with a title and a version").is_some() && self.check_object(&info) {
            self.check_fields(&info, &["title", "version"]);
            self.required_text(&info, "title");
            self.required_text(&info, "version");
        }
    }

    /// Warns of an overlay that is for another document.
    fn check_extends(&mut self, root: &Pointer, names_document: &dyn Fn(&str) -> bool) {
        if let Some(extends) = self.optional_text(root, "extends").filter(|text| !names_document(text)) {
            let message =
                format!("this overlay is for {extends:?}, and not for the document that it is applied to");
            let help = "correct `extends`, or apply the overlay to that document";
            let location = self.at(&root.join("extends"));
            self.push(Diagnostic::warning(Code::InvalidValue, location, message).help(help));
        }
    }

    /// Reads one action; `None` where it can't be carried out, which has been reported.
    fn action(&mut self, place: &Pointer) -> Option<Action<'a>> {
        if !self.check_object(place) {
            return None;
        }
        self.check_fields(place, &["target", "description", "update", "remove"]);
        self.optional_text(place, "description");
        let change = self.change(place);
        let (text, target) = (self.required_text(place, "target")?, place.join("target"));
        match JsonPath::parse(text) {
            Ok(path) => Some(Action { place: target, text, path, change: change? }),
            Err(error) => {
                self.wrong_path(&target, text, &error);
                None
            }
        }
    }

    /// Reads what an action does; `remove: true` makes `update` irrelevant (Overlay 1.0.0, 4.4.3).
    fn change(&mut self, place: &Pointer) -> Option<Change> {
        let (update, remove) = (place.join("update"), place.join("remove"));
        let value = self.overlay.get(&remove);
        let removes = value.and_then(Node::as_bool);
        if value.is_some() && removes.is_none() {
            self.wrong_type(&remove, "true or false");
        }
        match self.overlay.get(&update) {
            _ if removes == Some(true) => Some(Change::Remove),
            Some(_) => Some(Change::Update(update)),
            None => {
                if value.is_none() || removes.is_some() {
                    let message = "this action changes nothing";
                    let help = "add `update`, with what is to be merged, or `remove: true`";
                    self.push(Diagnostic::error(Code::MissingField, self.at(place), message).help(help));
                }
                None
            }
        }
    }

    fn wrong_path(&mut self, target: &Pointer, text: &str, error: &ParseError) {
        let rest: String = text.chars().skip(error.position()).collect();
        let near = if rest.is_empty() { "its end".to_owned() } else { format!("{rest:?}") };
        let message = format!("{text:?} is no JSONPath: {} near {near}", error.message());
        let help = match rest.chars().next() {
            _ if !text.starts_with('$') => "a path begins with `$`, which is the whole document",
            Some('-' | '/' | '~' | '+') => {
                "write a name with such a sign in brackets and quotes: `['x-internal']`"
            }
            _ => {
                "RFC 9535 says what is: `$.paths['/pets'].get`, `$.components.schemas.*`, \
                 `$..[?@.deprecated]`, …"
            }
        };
        self.push(Diagnostic::error(Code::InvalidValue, self.at(target), message).help(help));
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn at(&self, place: &Pointer) -> Location {
        Location::pointer(self.overlay.source(), place.clone())
    }

    /// Warns of fields that an overlay does not have.
    fn check_fields(&mut self, place: &Pointer, known: &[&str]) {
        let object = self.overlay.get(place).and_then(Node::as_object);
        for key in object.into_iter().flat_map(|object| object.keys()) {
            if known.contains(&key) || key.starts_with("x-") {
                continue;
            }
            let message = format!("`{key}` is no field of this object, and is ignored");
            let help = match key {
                "copy" => "overlays of 1.0 can't copy: write what is to be there as `update`".to_owned(),
                _ => format!("the fields are {}; extensions begin with `x-`", known.join(", ")),
            };
            let location = self.at(&place.join(key)).key();
            self.push(Diagnostic::warning(Code::UnknownField, location, message).help(help));
        }
    }

    /// Returns a field; reports that it is missing, with `what` it is for.
    fn required(&mut self, place: &Pointer, key: &str, what: &str) -> Option<&'a Node> {
        let found = self.overlay.get(&place.join(key));
        if found.is_none() {
            let (message, help) = (format!("`{key}` is missing"), format!("add `{key}`, {what}"));
            self.push(Diagnostic::error(Code::MissingField, self.at(place).key(), message).help(help));
        }
        found
    }

    fn required_text(&mut self, place: &Pointer, key: &str) -> Option<&'a str> {
        self.required(place, key, "a string")?;
        self.optional_text(place, key)
    }

    /// Returns a string, if there is one; reports any other value.
    fn optional_text(&mut self, place: &Pointer, key: &str) -> Option<&'a str> {
        let inner = place.join(key);
        let text = self.overlay.get(&inner)?.as_str();
        if text.is_none() {
            self.wrong_type(&inner, "a string");
        }
        text
    }

    /// Returns whether an object stands at a place; reports that none does.
    fn check_object(&mut self, place: &Pointer) -> bool {
        let is_object = self.overlay.get(place).is_some_and(|node| node.as_object().is_some());
        if !is_object {
            self.wrong_type(place, "an object");
        }
        is_object
    }

    fn wrong_type(&mut self, place: &Pointer, expected: &str) {
        let kind = self.overlay.get(place).map_or("nothing", Node::kind);
        let message = format!("this must be {expected}, not {kind}");
        self.push(
            Diagnostic::error(Code::WrongType, self.at(place), message)
                .help(format!("write {expected} here")),
        );
    }
}
