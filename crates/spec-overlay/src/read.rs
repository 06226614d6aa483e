//! The text of an overlay → its actions.
//!
//! Knows which fields an overlay has (Overlay 1.0.0, 4.4). Must not know the document that it changes.

use serde_json_path::JsonPath;
use spec_document::{Code, Diagnostic, Diagnostics, Document, Location, Node, Pointer};

/// One change to everything that a path selects.
pub(crate) struct Action<'a> {
    /// Where the path stands.
    pub(crate) place: Pointer,
    pub(crate) text: &'a str,
    pub(crate) path: JsonPath,
    pub(crate) change: Change,
}

pub(crate) enum Change {
    Remove,
    /// The place of what is to be merged, or appended.
    Update(Pointer),
}

/// The actions of an overlay that can be carried out.
pub(crate) fn overlay<'a>(
    overlay: &'a Document,
    names_document: &dyn Fn(&str) -> bool,
    diagnostics: &mut Diagnostics,
) -> Vec<Action<'a>> {
    let mut reader = Reader { overlay, diagnostics };
    let root = Pointer::root();
    if !reader.version(&root) {
        return Vec::new();
    }
    reader.only(&root, &["overlay", "info", "extends", "actions"]);
    if reader.require(&root, "info", "with a title and a version").is_some()
        && reader.object(&root.join("info"))
    {
        let info = root.join("info");
        reader.only(&info, &["title", "version"]);
        reader.text(&info, "title", true);
        reader.text(&info, "version", true);
    }
    if let Some(extends) = reader.text(&root, "extends", false).filter(|text| !names_document(text)) {
        let message =
            format!("this overlay is for {extends:?}, and not for the document that it is applied to");
        let help = "correct `extends`, or apply the overlay to that document";
        reader.push(
            Diagnostic::warning(Code::InvalidValue, reader.at(&root.join("extends")), message).help(help),
        );
    }
    let place = root.join("actions");
    let Some(list) = reader.require(&root, "actions", "the list of changes") else { return Vec::new() };
    let Some(items) = list.as_array() else {
        reader.wrong_type(&place, "an array");
        return Vec::new();
    };
    if items.is_empty() {
        let message = "an overlay must have an action";
        reader.push(
            Diagnostic::error(Code::InvalidValue, reader.at(&place), message)
                .help("add one, or remove the overlay"),
        );
    }
    (0..items.len()).filter_map(|index| reader.action(&place.join(index))).collect()
}

struct Reader<'a, 'd> {
    overlay: &'a Document,
    diagnostics: &'d mut Diagnostics,
}

impl<'a> Reader<'a, '_> {
    /// Whether it is an overlay of this version. The third number has no meaning (4.1).
    fn version(&mut self, root: &Pointer) -> bool {
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

    fn action(&mut self, place: &Pointer) -> Option<Action<'a>> {
        if !self.object(place) {
            return None;
        }
        self.only(place, &["target", "description", "update", "remove"]);
        self.text(place, "description", false);
        let (target, update, remove) = (place.join("target"), place.join("update"), place.join("remove"));
        let removes = match self.overlay.get(&remove) {
            None => false,
            Some(said) => said.as_bool().unwrap_or_else(|| {
                self.wrong_type(&remove, "true or false");
                false
            }),
        };
        let change = match self.overlay.get(&update) {
            _ if removes => Some(Change::Remove),
            Some(_) => Some(Change::Update(update)),
            None => {
                if self.overlay.get(&remove).is_none_or(|said| said.as_bool().is_some()) {
                    let message = "this action changes nothing";
                    let help = "add `update`, with what is to be merged, or `remove: true`";
                    self.push(Diagnostic::error(Code::MissingField, self.at(place), message).help(help));
                }
                None
            }
        };
        let text = self.text(place, "target", true)?;
        match JsonPath::parse(text) {
            Ok(path) => Some(Action { place: target, text, path, change: change? }),
            Err(error) => {
                let rest: String = text.chars().skip(error.position()).collect();
                let near = if rest.is_empty() { "its end".to_owned() } else { format!("{rest:?}") };
                let message = format!("{text:?} is no JSONPath: {} near {near}", error.message());
                let help = match rest.chars().next() {
                    _ if !text.starts_with('$') => "a path begins with `$`, which is the whole document",
                    Some('-' | '/' | '~' | '+') => {
                        "write a name with such a sign in brackets and quotes: `['x-internal']`"
                    }
                    _ => {
                        "RFC 9535 says what is: `$.paths['/pets'].get`, `$.components.schemas.*`, `$..[?@.deprecated]`, …"
                    }
                };
                self.push(Diagnostic::error(Code::InvalidValue, self.at(&target), message).help(help));
                None
            }
        }
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn at(&self, place: &Pointer) -> Location {
        Location::pointer(self.overlay.source(), place.clone())
    }

    /// Warns of fields that an overlay does not have.
    fn only(&mut self, place: &Pointer, known: &[&str]) {
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

    fn require(&mut self, place: &Pointer, key: &str, what: &str) -> Option<&'a Node> {
        let found = self.overlay.get(&place.join(key));
        if found.is_none() {
            let help = format!("add `{key}`, {what}");
            self.push(
                Diagnostic::error(Code::MissingField, self.at(place).key(), format!("`{key}` is missing"))
                    .help(help),
            );
        }
        found
    }

    fn object(&mut self, place: &Pointer) -> bool {
        let is_object = self.overlay.get(place).is_some_and(|node| node.as_object().is_some());
        if !is_object {
            self.wrong_type(place, "an object");
        }
        is_object
    }

    fn text(&mut self, place: &Pointer, key: &str, is_required: bool) -> Option<&'a str> {
        let inner = place.join(key);
        let node = match is_required {
            true => self.require(place, key, "a string")?,
            false => self.overlay.get(&inner)?,
        };
        let text = node.as_str();
        if text.is_none() {
            self.wrong_type(&inner, "a string");
        }
        text
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
