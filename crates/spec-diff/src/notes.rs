//! What schemas say beside their values: defaults, discriminators, encodings, and that they are to go.
//!
//! Must not know operations.

use crate::form::{Form, Place};
use crate::lifecycle::{Sunset, stability};
use crate::report::Direction;
use crate::schemas::Two;
use crate::walk::{At, Effect, Found, Role, Walk};
use serde_json::Value;

impl Walk<'_> {
    /// Compares what two places say beside their values.
    pub(crate) fn notes(&mut self, at: &At, two: &Two<'_>) {
        self.defaults(at, two);
        self.encodings(at, two);
        self.discriminators(at, two);
        self.extensible(at, two);
        if at.role == Role::Body && !at.path.is_empty() {
            self.deprecations(at, two);
            self.stabilities(at, two);
        }
    }

    fn note(
        &mut self,
        at: &At,
        two: &Two<'_>,
        suffix: &str,
        keyword: &str,
        reason: &'static str,
        text: &str,
    ) {
        let pointer = |form: &Form| form.notes.get(keyword).map(|said| said.pointer.clone());
        let (old, new) = (pointer(&two.old), pointer(&two.new));
        self.keyword(at, two, suffix, (Effect::Note(reason), &[]), (old.as_ref(), new.as_ref()), text);
    }

    fn defaults(&mut self, at: &At, two: &Two<'_>) {
        let (old, new) = (two.old.note("default"), two.new.note("default"));
        let (suffix, text) = match (old, new) {
            (Some(old), Some(new)) if old != new => {
                ("default-value-changed", format!("the default changed from {old} to {new}"))
            }
            (Some(old), None) => ("default-value-removed", format!("the default {old} was removed")),
            (None, Some(new)) => ("default-value-added", format!("the default is {new} now")),
            _ => return,
        };
        let is_parameter = at.direction == Direction::Request && at.role != Role::Body;
        let reason =
            if is_parameter { "requests without it mean something else" } else { "it only fills in" };
        // Of what is always sent, no default is used.
        let at = if at.is_needed && at.path.is_empty() { &at.moot() } else { at };
        self.note(at, two, suffix, "default", reason, &text);
    }

    fn encodings(&mut self, at: &At, two: &Two<'_>) {
        for (keyword, suffix) in [
            ("contentMediaType", "content-media-type-changed"),
            ("contentEncoding", "content-encoding-changed"),
        ] {
            let (old, new) = (two.old.note(keyword), two.new.note(keyword));
            if old != new {
                let word = |value: Option<&Value>| value.map_or_else(|| "none".to_owned(), Value::to_string);
                let text = format!("`{keyword}` changed from {} to {}", word(old), word(new));
                self.note(at, two, suffix, keyword, "texts are written otherwise", &text);
            }
        }
    }

    fn discriminators(&mut self, at: &At, two: &Two<'_>) {
        let (old, new) = (two.old.note("discriminator").cloned(), two.new.note("discriminator").cloned());
        let mut note = |suffix: &str, text: &str| self.note(at, two, suffix, "discriminator", "", text);
        let (old, new) = match (&old, &new) {
            (None, Some(_)) => return note("discriminator-added", "a discriminator was added"),
            (Some(_), None) => return note("discriminator-removed", "the discriminator was removed"),
            (Some(old), Some(new)) => (old, new),
            (None, None) => return,
        };
        if old.get("propertyName") != new.get("propertyName") {
            note("discriminator-property-name-changed", "another property says which variant it is");
        }
        let none = serde_json::Map::new();
        let mapping = |value: &'_ Value| value.get("mapping").and_then(Value::as_object).cloned();
        let (old, new) =
            (mapping(old).unwrap_or_else(|| none.clone()), mapping(new).unwrap_or_else(|| none.clone()));
        for (name, target) in &new {
            match old.get(name) {
                None => note(
                    "discriminator-mapping-added",
                    &format!("the discriminator has the value `{name}` now"),
                ),
                Some(was) if was != target => {
                    note(
                        "discriminator-mapping-changed",
                        &format!("the value `{name}` of the discriminator means {target} now"),
                    );
                }
                Some(_) => {}
            }
        }
        for name in old.keys().filter(|name| !new.contains_key(*name)) {
            note(
                "discriminator-mapping-deleted",
                &format!("the discriminator no longer has the value `{name}`"),
            );
        }
    }

    /// Compares `x-extensible-enum`: values that may become more.
    fn extensible(&mut self, at: &At, two: &Two<'_>) {
        if at.direction != Direction::Request {
            return;
        }
        let list = |value: Option<&'_ Value>| {
            value.and_then(|own| own.get("x-extensible-enum")).and_then(Value::as_array).cloned()
        };
        let old = list(two.base.first().and_then(|own| self.base.json(own)));
        let new = list(two.revision.first().and_then(|own| self.revision.json(own)));
        let (Some(old), Some(new)) = (old, new) else { return };
        for value in old.iter().filter(|own| !new.contains(own)) {
            let text = format!("the value {value} was removed");
            self.note(
                at,
                two,
                "x-extensible-enum-value-removed",
                "x-extensible-enum",
                "the list no longer has it",
                &text,
            );
        }
    }

    fn deprecations(&mut self, at: &At, two: &Two<'_>) {
        let (was, is) = (two.old.notes("deprecated"), two.new.notes("deprecated"));
        if was && !is {
            self.note(at, two, "reactivated", "deprecated", "", "it is no longer deprecated");
        }
        if is && !was {
            self.deprecated(at, two);
        }
    }

    fn deprecated(&mut self, at: &At, two: &Two<'_>) {
        let level = two.new.note("x-stability-level");
        let days = if level.is_some() { self.calendar.days(stability(level)) } else { self.days };
        match Sunset::read(two.new.note("x-sunset")) {
            Sunset::Missing if days > 0 => {
                let reason = "nobody can say when it goes";
                let text = "it is deprecated now, and its last day is not said";
                self.note(at, two, "deprecated-sunset-missing", "deprecated", reason, text);
            }
            Sunset::Day(day) if self.calendar.is_too_soon(&day, days) => {
                let text =
                    format!("it is deprecated now, and its last day, {day}, is over or comes too soon");
                let reason = "nobody has the time to do without it";
                self.note(at, two, "sunset-date-too-small", "x-sunset", reason, &text);
            }
            Sunset::Missing => self.note(at, two, "deprecated", "deprecated", "", "it is deprecated now"),
            Sunset::Day(day) => {
                let text = format!("it is deprecated now, until {day}");
                self.note(at, two, "deprecated-with-sunset", "deprecated", "", &text);
            }
            Sunset::Invalid(text) => {
                let text = format!("it is deprecated now, and `{text}` is no date");
                self.note(
                    at,
                    two,
                    "deprecated-sunset-invalid",
                    "x-sunset",
                    "nobody can say when it goes",
                    &text,
                );
            }
        }
    }

    fn stabilities(&mut self, at: &At, two: &Two<'_>) {
        let levels =
            (stability(two.old.note("x-stability-level")), stability(two.new.note("x-stability-level")));
        let (Some(old), Some(new)) = levels else {
            let text = "the level of stability is none that is known";
            let (base, revision) = two.at(None, None);
            let id = "api-invalid-stability-level".to_owned();
            let effect = Effect::Note("nobody can say what is promised");
            let text = format!("{}: {text}", at.words());
            return self.found(at, two.places(), Found { id, effect, keywords: &[], base, revision, text });
        };
        let is_said =
            two.old.note("x-stability-level").is_some() || two.new.note("x-stability-level").is_some();
        if !is_said || old == new {
            return;
        }
        let (suffix, reason) = match new < old {
            true => ("stability-decreased", "what was promised no longer is"),
            false => ("stability-increased", ""),
        };
        self.note(at, two, suffix, "x-stability-level", reason, "the level of stability changed");
    }

    /// Says that a new property is deprecated from the beginning.
    pub(crate) fn lifecycle_of_new(&mut self, at: &At, place: &Place) {
        let new = self.revision.form(place);
        let none = Place::default();
        if new.notes("deprecated") && matches!(Sunset::read(new.note("x-sunset")), Sunset::Invalid(_)) {
            let two = Two { base: &none, revision: place, old: self.base.form(&none), new };
            self.deprecated(at, &two);
        }
    }
}
