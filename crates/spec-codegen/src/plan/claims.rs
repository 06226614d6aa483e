//! Gives parts of a plan their names: the one that the document pins with `x-rust-name`, or one made of what
//! the document calls them.
//!
//! Knows what is reported of a name that can't be had. Must not know what is being named, beyond a word for
//! it.

use crate::names::{Scope, is_identifier};
use spec_document::{Code, Diagnostic, Diagnostics, Location, Place};

/// Advice on how to tell two names apart, where people can say so.
const HELP: &str = "set `x-rust-name` to tell them apart";

/// Takes a name in a scope: the pinned one as it is, or else the wanted one, with a number behind it where it
/// is taken. Reports a pinned name that is none in Rust, or that is taken. The flag says whether there is a
/// number.
pub(super) fn claim(
    diagnostics: &mut Diagnostics,
    scope: &mut Scope,
    pinned: Option<&str>,
    wanted: &str,
    location: &Location,
) -> (String, bool) {
    let Some(pinned) = pinned.filter(|name| is_possible(diagnostics, name, location)) else {
        return scope.claim(wanted);
    };
    if !scope.reserve(pinned) {
        diagnostics.push(collision(Diagnostic::error, pinned, location));
    }
    (pinned.to_owned(), false)
}

/// Says whether a pinned name can stand in Rust, and reports one that can't.
fn is_possible(diagnostics: &mut Diagnostics, name: &str, location: &Location) -> bool {
    if is_identifier(name) {
        return true;
    }
    let message = format!("{name:?} can't be a name in Rust");
    let help = "`x-rust-name` takes letters, digits and underscores, and no keyword";
    let mut location = location.clone();
    if let Place::Pointer { pointer, .. } = &mut location.place {
        *pointer = pointer.join("x-rust-name");
    }
    diagnostics.push(Diagnostic::error(Code::InvalidName, location, message).help(help));
    false
}

/// Warns that a name is taken, so that what is at the location got another one.
pub(super) fn warn_taken(diagnostics: &mut Diagnostics, name: &str, location: &Location) {
    diagnostics.push(collision(Diagnostic::warning, name, location));
}

fn collision(
    severity: fn(Code, Location, String) -> Diagnostic,
    name: &str,
    location: &Location,
) -> Diagnostic {
    let message = format!("the name `{name}` is taken already");
    severity(Code::NameCollision, location.clone().key(), message).help(HELP)
}

/// A part that can get a name that is taken already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renamed {
    Value,
    Parameter,
    Property,
}

/// Names that got a number because they were taken, to be reported together.
#[derive(Default)]
pub(super) struct Renames(Vec<(Renamed, Location, String)>);

impl Renames {
    /// Notes that a name was taken already, so that `wire` is called `name` now.
    pub(super) fn add(&mut self, what: Renamed, location: &Location, wire: &str, name: &str) {
        let message = format!("{wire} is called `{name}`, because another is called so already");
        self.0.push((what, location.clone(), message));
    }

    /// Warns once for each kind of thing, however many of it got another name.
    pub(super) fn warn(&self, diagnostics: &mut Diagnostics) {
        for (what, noun, help) in [
            (Renamed::Value, "value", "name all values with `x-enum-varnames`, in the order of `enum`"),
            (Renamed::Parameter, "parameter", HELP),
            (Renamed::Property, "property", HELP),
        ] {
            let mut own = self.0.iter().filter(|(of, ..)| *of == what);
            let Some((_, location, message)) = own.next() else { continue };
            let others = match own.count() {
                0 => String::new(),
                1 => "; so it is with one other".to_owned(),
                more => format!("; so it is with {more} others"),
            };
            let message = format!("the {noun} {message}{others}");
            diagnostics
                .push(Diagnostic::warning(Code::NameCollision, location.clone().key(), message).help(help));
        }
    }
}
