//! Objects: which properties come and go, and which must be there.
//!
//! Must not know operations.

use crate::form::{Form, Place, join};
use crate::report::Direction;
use crate::schemas::Two;
use crate::types::Types;
use crate::walk::{At, Effect, Found, Role, Walk};
use indexmap::IndexSet;
use std::rc::Rc;

/// A property of one of the two objects.
#[derive(Clone, Copy)]
struct Member {
    /// True if the object asks for it.
    is_required: bool,
    is_read_only: bool,
    is_write_only: bool,
    has_default: bool,
}

impl Member {
    /// Returns true if this direction does not send it.
    fn is_hidden(self, direction: Direction) -> bool {
        match direction {
            Direction::Request => self.is_read_only,
            Direction::Response => self.is_write_only,
        }
    }

    /// Returns true if a value without it is refused.
    fn is_needed(self, direction: Direction) -> bool {
        self.is_required && !self.is_hidden(direction)
    }
}

impl Walk<'_> {
    /// Compares the properties of two places.
    pub(crate) fn members(&mut self, at: &At, two: &Two<'_>) {
        let (old, new) = (Rc::clone(&two.old), Rc::clone(&two.new));
        let is_moot = !old.types.meets(Types::OBJECT) && !new.types.meets(Types::OBJECT);
        if is_moot && (old.properties.is_empty() || new.properties.is_empty()) {
            return;
        }
        let at = &if is_moot { at.moot() } else { at.clone() };
        let names: IndexSet<&String> = old
            .properties
            .keys()
            .chain(new.properties.keys())
            .chain(&old.required)
            .chain(&new.required)
            .collect();
        for name in names {
            let was = old
                .properties
                .get(name)
                .map(|place| member(&self.base.form(place), old.required.contains(name)));
            let is = new
                .properties
                .get(name)
                .map(|place| member(&self.revision.form(place), new.required.contains(name)));
            match (was, is) {
                (Some(was), Some(is)) => {
                    self.kept(at, two, name, was, is);
                    // What one of both does not send, the other one need not fit.
                    let inner = at.inner(name, is.is_hidden(at.direction) || was.is_hidden(at.direction));
                    self.schemas(&inner, &old.properties[name], &new.properties[name]);
                }
                (None, Some(is)) => {
                    self.added(at, two, name, is);
                    self.undeclared(at, two, name);
                }
                (Some(was), None) => {
                    self.removed(at, two, name, was);
                    self.undeclared(at, two, name);
                }
                (None, None) => self.undeclared(at, two, name),
            }
        }
        self.others(at, two);
        self.named_by_patterns(at, two);
    }

    /// Adds a change of one property; its name in reports is that of the property, its values are the
    /// object's.
    fn member(
        &mut self,
        at: &At,
        two: &Two<'_>,
        name: &str,
        id: &str,
        (effect, keywords): (Effect, &[&str]),
        text: &str,
    ) {
        let pointer = |form: &Form, place: &Place| {
            form.properties.get(name).and_then(Place::first).or(place.first()).map(str::to_owned)
        };
        let (base, revision) = (pointer(&two.old, two.base), pointer(&two.new, two.revision));
        let text = format!("{}: {text}", at.inner(name, false).words());
        self.found(at, two.places(), Found { id: id.to_owned(), effect, keywords, base, revision, text });
    }

    fn kept(&mut self, at: &At, two: &Two<'_>, name: &str, was: Member, is: Member) {
        let direction = at.direction;
        self.mutability(at, two, name, was, is);
        if was.is_required == is.is_required {
            return;
        }
        let is_hidden = is.is_hidden(direction) || was.is_hidden(direction);
        let hidden = if direction == Direction::Response && is_hidden { "write-only-" } else { "" };
        let effect = match (was.is_needed(direction), is.is_needed(direction)) {
            (false, true) => Effect::Fewer,
            (true, false) => Effect::More,
            _ => Effect::Note("the object asks for it"),
        };
        let (word, text) = match is.is_required {
            true => ("became-required", "it has to be there now"),
            false => ("became-optional", "it need not be there any more"),
        };
        let id = match (direction, at.role) {
            (Direction::Request, Role::HeaderParameter) => format!("request-header-property-{word}"),
            (Direction::Request, Role::Body) if is.is_required && is.has_default => {
                format!("request-property-{word}-with-default")
            }
            (Direction::Request, Role::Body) => format!("request-property-{word}"),
            (Direction::Request, _) => format!("request-parameter-property-{word}"),
            (Direction::Response, Role::Header) => format!("response-header-property-{word}"),
            (Direction::Response, _) => format!("response-{hidden}property-{word}"),
        };
        if matches!(effect, Effect::Note(_)) {
            let hidden = At { is_hidden: true, ..at.clone() };
            return self.member(&hidden, two, name, &id, (effect, &["required"]), text);
        }
        self.member(at, two, name, &id, (effect, &["required"]), text);
    }

    /// Adds what changed of who sends a property.
    fn mutability(&mut self, at: &At, two: &Two<'_>, name: &str, was: Member, is: Member) {
        if at.role != Role::Body {
            return;
        }
        let way = if at.direction == Direction::Request { "request" } else { "response" };
        let requiredness = if is.is_required { "required" } else { "optional" };
        for (word, before, now) in [
            ("read-only", was.is_read_only, is.is_read_only),
            ("write-only", was.is_write_only, is.is_write_only),
        ] {
            if before == now {
                continue;
            }
            let not = if now { "" } else { "not-" };
            let effect = match (was.is_needed(at.direction), is.is_needed(at.direction)) {
                (false, true) if was.is_required => Effect::Fewer,
                (true, false) if is.is_required => Effect::More,
                _ => Effect::Note("it is sent in another direction"),
            };
            let id = format!("{way}-{requiredness}-property-became-{not}{word}");
            self.member(
                at,
                two,
                name,
                &id,
                (effect, &["required"]),
                &format!("it is {}{word} now", not.replace('-', " ")),
            );
        }
    }

    fn added(&mut self, at: &At, two: &Two<'_>, name: &str, is: Member) {
        let is_closed = !two.old.additional.is_any();
        let sent = At { is_hidden: at.is_hidden || is.is_hidden(at.direction), ..at.clone() };
        let is = Member { is_required: is.is_required && !two.old.required.contains(name), ..is };
        let id = added_id(at, is);
        let text =
            if is.is_required { "it is new, and has to be there" } else { "it is new, and may be there" };
        let effect = match at.direction {
            Direction::Request if is.is_required => Effect::Fewer,
            Direction::Response if is_closed => Effect::More,
            _ => Effect::Note("it is new"),
        };
        self.member(
            &sent,
            two,
            name,
            &id,
            (effect, &["required", "additionalProperties", "unevaluatedProperties"]),
            text,
        );
        self.lifecycle_of_new(&sent.inner(name, false), &two.new.properties[name]);
    }

    fn removed(&mut self, at: &At, two: &Two<'_>, name: &str, was: Member) {
        let is_closed = !two.new.additional.is_any();
        let sent = At { is_hidden: at.is_hidden || was.is_hidden(at.direction), ..at.clone() };
        let was = Member { is_required: was.is_required && !two.new.required.contains(name), ..was };
        let id = removed_id(at, was);
        let effect = match at.direction {
            Direction::Request if is_closed => Effect::Other,
            Direction::Response if was.is_required => Effect::More,
            Direction::Request => Effect::Note("whoever reads it no longer says so"),
            Direction::Response => Effect::Note("clients that read it no longer get it"),
        };
        self.member(
            &sent,
            two,
            name,
            &id,
            (effect, &["required", "additionalProperties", "unevaluatedProperties"]),
            "it was removed",
        );
    }

    /// Names a property that stands in a variant of a choice now, or no longer does.
    pub(crate) fn moved(&mut self, at: &At, two: &Two<'_>, name: &str, is_here: bool) {
        let moot = at.moot();
        let form = Rc::clone(if is_here { &two.new } else { &two.old });
        let side = if is_here { self.revision } else { self.base };
        let Some(place) = form.properties.get(name) else { return };
        let own = member(&side.form(place), form.required.contains(name));
        let id = if is_here { added_id(at, own) } else { removed_id(at, own) };
        let text = if is_here { "it is no longer in a variant" } else { "it is in a variant now" };
        self.member(&moot, two, name, &id, (Effect::Nothing, &[]), text);
    }

    /// Looks at a name that `required` has where no property is declared.
    fn undeclared(&mut self, at: &At, two: &Two<'_>, name: &str) {
        let (was, is) = (two.old.required.contains(name), two.new.required.contains(name));
        let is_new = is && two.new.properties.contains_key(name);
        let is_gone = was && two.old.properties.contains_key(name);
        if was == is || is_new || is_gone {
            return;
        }
        let way = if at.direction == Direction::Request { "request" } else { "response" };
        let (word, effect) = if is { ("required", Effect::Fewer) } else { ("optional", Effect::More) };
        let text = if is { "it has to be there now" } else { "it need not be there any more" };
        let is_declared = two.old.properties.contains_key(name) || two.new.properties.contains_key(name);
        let undeclared = if is_declared { "" } else { "undeclared-" };
        let id = format!("{way}-{undeclared}property-became-{word}");
        self.member(at, two, name, &id, (effect, &["required"]), text);
    }

    /// Compares what is said of names that are not declared.
    fn others(&mut self, at: &At, two: &Two<'_>) {
        let (old, new) = (&two.old.additional, &two.new.additional);
        let places = (old.0.first(), new.0.first());
        let is_refused = |side: &crate::side::Side<'_>, place: &Place| {
            !place.is_any() && side.form(place).types.is_empty()
        };
        let (was_refused, is_refused) = (is_refused(self.base, old), is_refused(self.revision, new));
        let (suffix, effect, text) = match (old.is_any(), new.is_any()) {
            (true, true) => return,
            (true, false) if is_refused => {
                ("additional-properties-refused", Effect::Fewer, "other properties are refused now")
            }
            (true, false) => {
                ("additional-properties-narrowed", Effect::Fewer, "it is said now what other properties are")
            }
            (false, true) if was_refused => {
                ("additional-properties-allowed", Effect::More, "other properties are no longer refused")
            }
            (false, true) => {
                ("additional-properties-widened", Effect::More, "other properties may be anything now")
            }
            (false, false) if was_refused && is_refused => return,
            (false, false) if is_refused => {
                ("additional-properties-refused", Effect::Fewer, "other properties are refused now")
            }
            (false, false) if was_refused => {
                ("additional-properties-allowed", Effect::More, "other properties are no longer refused")
            }
            (false, false) => {
                let (old, new) = (old.clone(), new.clone());
                return self.schemas(&at.inner("additionalProperties", false), &old, &new);
            }
        };
        self.keyword(at, two, suffix, (effect, &["additionalProperties"]), places, text);
    }

    fn named_by_patterns(&mut self, at: &At, two: &Two<'_>) {
        let (old, new) = (&two.old.named_by_pattern, &two.new.named_by_pattern);
        for (pattern, place) in old {
            match new.get(pattern) {
                Some(other) => {
                    let inner = at.inner(&join("patternProperties", pattern), false);
                    self.schemas(&inner, place, other);
                }
                None => {
                    let text = format!("nothing is said any more of names that match `{pattern}`");
                    let keywords = ["patternProperties", "additionalProperties"];
                    self.keyword(
                        at,
                        two,
                        "pattern-property-removed",
                        (Effect::More, &keywords),
                        (place.0.first(), None),
                        &text,
                    );
                }
            }
        }
        for (pattern, place) in new.iter().filter(|(pattern, _)| !old.contains_key(*pattern)) {
            let text = format!("names that match `{pattern}` have a schema now");
            self.keyword(
                at,
                two,
                "pattern-property-added",
                (Effect::Fewer, &["patternProperties"]),
                (None, place.0.first()),
                &text,
            );
        }
    }
}

/// Returns the name of a property that is new.
fn added_id(at: &At, is: Member) -> String {
    let required = if is.is_required { "required" } else { "optional" };
    match (at.direction, at.role) {
        (Direction::Request, Role::Body) if is.is_required && is.has_default => {
            "new-required-request-property-with-default".to_owned()
        }
        (Direction::Request, Role::Body) => format!("new-{required}-request-property"),
        (Direction::Request, Role::HeaderParameter) => format!("new-{required}-request-header-property"),
        (Direction::Request, _) => format!("new-{required}-request-parameter-property"),
        (Direction::Response, Role::Header) => format!("response-header-{required}-property-added"),
        (Direction::Response, _) if is.is_write_only => {
            format!("response-{required}-write-only-property-added")
        }
        (Direction::Response, _) => format!("response-{required}-property-added"),
    }
}

/// Returns the name of a property that is gone.
fn removed_id(at: &At, was: Member) -> String {
    let required = if was.is_required { "required" } else { "optional" };
    match (at.direction, at.role) {
        (Direction::Request, Role::Body) => "request-property-removed".to_owned(),
        (Direction::Request, _) => "request-parameter-property-removed".to_owned(),
        (Direction::Response, Role::Header) => format!("response-header-{required}-property-removed"),
        (Direction::Response, _) if was.is_write_only => {
            format!("response-{required}-write-only-property-removed")
        }
        (Direction::Response, _) => format!("response-{required}-property-removed"),
    }
}

fn member(form: &Form, is_required: bool) -> Member {
    Member {
        is_required,
        is_read_only: form.notes("readOnly"),
        is_write_only: form.notes("writeOnly"),
        has_default: form.note("default").is_some(),
    }
}
