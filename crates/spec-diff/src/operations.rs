//! Operations: which come and go, and what is said of each as a whole.
//!
//! Must not know schemas.

use crate::lifecycle::{Sunset, stability};
use crate::report::Level;
use crate::side::Side;
use crate::walk::Walk;
use indexmap::IndexMap;
use serde_json::Value;
use spec_api::Operation;
use spec_document::{Location, Pointer};
use std::collections::HashSet;

/// Returns the pointer of a location.
pub(crate) fn pointer(location: &Location) -> String {
    location.as_pointer().map_or_else(String::new, |pointer| pointer.as_str().to_owned())
}

/// Returns a path template without the names of its parameters, which no request has.
pub(crate) fn shape(path: &str) -> String {
    let mut shape = String::new();
    let mut is_name = false;
    for sign in path.chars() {
        is_name = (is_name || sign == '{') && sign != '}';
        if !is_name || sign == '{' {
            shape.push(sign);
        }
    }
    shape
}

impl Walk<'_> {
    /// Compares all operations.
    pub(crate) fn operations(&mut self) {
        let (base, revision) = (self.base.api, self.revision.api);
        let old = by_request(&base.operations);
        let new = by_request(&revision.operations);
        let paths: HashSet<String> = revision.operations.iter().map(|own| shape(&own.path)).collect();
        for (key, operation) in &old {
            self.operation = Some(name(operation));
            self.called = Some(operation);
            match new.get(key) {
                Some(other) => self.both(operation, other),
                None => self.gone(operation, paths.contains(&key.0)),
            }
        }
        self.called = None;
        for (_, operation) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
            self.operation = Some(name(operation));
            let at = pointer(&operation.location);
            self.state("endpoint-added", None, (None, Some(&at)), "the operation is new".to_owned(), "");
        }
        self.operation = None;
    }

    /// Compares what the API sends itself. Who receives it is a client, so that directions are the other way
    /// round.
    pub(crate) fn webhooks(&mut self) {
        let (base, revision) = (self.base.api, self.revision.api);
        let key = |own: &Operation| {
            let at = pointer(&own.location);
            let place = if own.sent_to.is_some() { at } else { own.path.clone() };
            (place, own.method.to_string())
        };
        let old: IndexMap<_, _> = base.webhooks.iter().map(|own| (key(own), own)).collect();
        let new: IndexMap<_, _> = revision.webhooks.iter().map(|own| (key(own), own)).collect();
        self.days = self.calendar.days(stability(None));
        for (key, operation) in &old {
            let at = pointer(&operation.location);
            let word = word(operation);
            self.operation = Some(format!("{word} {}", operation.path));
            match new.get(key) {
                Some(other) => self.messages(operation, other, true),
                None => {
                    let text = format!("the {word} is gone");
                    self.state(
                        &format!("{word}-removed"),
                        None,
                        (Some(&at), None),
                        text,
                        "it is no longer sent",
                    );
                }
            }
        }
        for (_, operation) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
            let at = pointer(&operation.location);
            let word = word(operation);
            self.operation = Some(format!("{word} {}", operation.path));
            let id = format!("{word}-added");
            self.state_at(Level::Info, id, None, (None, Some(&at)), format!("the {word} is new"), "");
        }
        self.operation = None;
    }

    fn gone(&mut self, operation: &Operation, has_path: bool) {
        let at = pointer(&operation.location);
        let stem = if has_path { "api-removed" } else { "api-path-removed" };
        if stability(self.base.field(&at, "x-stability-level")).is_some_and(|level| level < 2) {
            let text = "the operation is gone; it was not stable yet".to_owned();
            self.state_at(Level::Info, format!("{stem}-unstable"), None, (Some(&at), None), text, "");
            return;
        }
        let sunset = Sunset::read(self.base.field(&at, "x-sunset"));
        let reason = "requests to it were answered";
        let places = (Some(at.as_str()), None);
        match sunset {
            _ if !operation.deprecated => {
                self.state(
                    &format!("{stem}-without-deprecation"),
                    None,
                    places,
                    "the operation is gone".to_owned(),
                    reason,
                );
            }
            Sunset::Invalid(text) => {
                let text = format!("the operation is gone, and its `x-sunset`, `{text}`, is no date");
                self.state("api-path-sunset-parse", None, places, text, reason);
            }
            Sunset::Day(day) if self.calendar.is_ahead(&day) => {
                let text = format!("the operation is gone before its last day, {day}");
                self.state(&format!("{stem}-before-sunset"), None, places, text, reason);
            }
            _ => {
                let text = "the operation is gone; it was deprecated".to_owned();
                self.state(&format!("{stem}-with-deprecation"), None, places, text, "");
            }
        }
    }

    fn both(&mut self, old: &Operation, new: &Operation) {
        let (was, is) = (pointer(&old.location), pointer(&new.location));
        self.days = self.calendar.days(stability(self.revision.field(&is, "x-stability-level")));
        self.deprecation(old, new, &was, &is);
        if !self.stability(&was, &is) {
            return;
        }
        self.names(old, new, &was, &is);
        self.own_security(old, new, &was, &is);
        self.own_servers(old, new, &was, &is);
        self.messages(old, new, false);
    }

    /// Compares parameters, bodies and answers.
    fn messages(&mut self, old: &Operation, new: &Operation, is_sent: bool) {
        self.is_sent = is_sent;
        self.parameters(old, new);
        self.request_body(old, new);
        self.responses(old, new);
        self.is_sent = false;
    }

    fn deprecation(&mut self, old: &Operation, new: &Operation, was: &str, is: &str) {
        let places = (Some(was), Some(is));
        let sunset = |side: &Side<'_>, at: &str| Sunset::read(side.field(at, "x-sunset"));
        let (before, now) = (sunset(self.base, was), sunset(self.revision, is));
        match (old.deprecated, new.deprecated) {
            (true, false) => {
                self.state("endpoint-reactivated", None, places, "it is no longer deprecated".to_owned(), "");
            }
            (false, true) => {
                let (id, text) = match now {
                    Sunset::Missing if self.days > 0 => (
                        "api-deprecated-sunset-missing",
                        "it is deprecated now, and its last day is not said".to_owned(),
                    ),
                    Sunset::Missing => ("endpoint-deprecated", "it is deprecated now".to_owned()),
                    Sunset::Day(day) if self.calendar.is_too_soon(&day, self.days) => (
                        "api-sunset-date-too-small",
                        format!("it is deprecated now, and its last day, {day}, is over or comes too soon"),
                    ),
                    Sunset::Day(day) => {
                        ("endpoint-deprecated-with-sunset", format!("it is deprecated now, until {day}"))
                    }
                    Sunset::Invalid(text) => (
                        "api-deprecated-sunset-parse",
                        format!("it is deprecated now, and `{text}` is no date"),
                    ),
                };
                self.state(id, None, places, text, "nobody can say when it goes");
            }
            (true, true) if before != now => match (before, now) {
                (Sunset::Invalid(text), _) => {
                    let text = format!("its last day was `{text}`, which is no date");
                    self.state("api-path-sunset-parse", None, places, text, "nobody could say when it goes");
                }
                (Sunset::Day(_), Sunset::Missing) => {
                    let text = "its last day is no longer said".to_owned();
                    self.state("sunset-deleted", None, places, text, "who planned by it no longer can");
                }
                (Sunset::Day(old), Sunset::Day(new))
                    if new < old && self.calendar.is_too_soon(&new, self.days) =>
                {
                    let text = format!("its last day moved from {old} to {new}");
                    self.state(
                        "api-sunset-date-changed-too-small",
                        None,
                        places,
                        text,
                        "it goes earlier than it was said",
                    );
                }
                (_, Sunset::Invalid(text)) => {
                    let text = format!("its last day, `{text}`, is no date");
                    self.state("api-path-sunset-parse", None, places, text, "nobody can say when it goes");
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// Compares levels of stability; returns whether more is to be said: of what is not stable yet, nothing
    /// is.
    fn stability(&mut self, was: &str, is: &str) -> bool {
        let (before, now) =
            (self.base.field(was, "x-stability-level"), self.revision.field(is, "x-stability-level"));
        let places = (Some(was), Some(is));
        let (Some(old), Some(new)) = (stability(before), stability(now)) else {
            let text = "the level of stability is none that is known".to_owned();
            self.state("api-invalid-stability-level", None, places, text, "nobody can say what is promised");
            return true;
        };
        if old > new {
            let text = "the level of stability is lower".to_owned();
            self.state("api-stability-decreased", None, places, text, "what was promised no longer is");
        }
        if new > old {
            self.state(
                "api-stability-increased",
                None,
                places,
                "the level of stability is higher".to_owned(),
                "",
            );
        }
        old >= 2
    }

    fn names(&mut self, old: &Operation, new: &Operation, was: &str, is: &str) {
        let id = |side: &Side<'_>, at: &str| {
            side.field(at, "operationId").and_then(Value::as_str).map(str::to_owned)
        };
        let places = (Some(was), Some(is));
        match (id(self.base, was), id(self.revision, is)) {
            (Some(before), now) if now.as_ref() != Some(&before) => {
                let now = now.map_or_else(|| "none".to_owned(), |now| format!("`{now}`"));
                let text = format!("`operationId` changed from `{before}` to {now}");
                self.state("api-operation-id-removed", None, places, text, "");
            }
            (None, Some(now)) => {
                self.state(
                    "api-operation-id-added",
                    None,
                    places,
                    format!("`operationId` is `{now}` now"),
                    "",
                );
            }
            _ => {}
        }
        for tag in old.tags.iter().filter(|own| !new.tags.contains(own)) {
            self.state("api-tag-removed", None, places, format!("the tag `{tag}` was removed"), "");
        }
        for tag in new.tags.iter().filter(|own| !old.tags.contains(own)) {
            self.state("api-tag-added", None, places, format!("the tag `{tag}` was added"), "");
        }
    }

    /// Compares which schemas have names.
    pub(crate) fn components(&mut self) {
        let list = |side: &Side<'_>| side.api.components.keys().cloned().collect::<Vec<_>>();
        let new: HashSet<String> = list(self.revision).into_iter().collect();
        for name in list(self.base).into_iter().filter(|name| !new.contains(name)) {
            let at = Pointer::root().join("components").join("schemas").join(&name);
            let text = format!("the schema `{name}` is gone");
            self.state("api-schema-removed", None, (Some(at.as_str()), None), text, "");
        }
    }
}

fn by_request(operations: &[Operation]) -> IndexMap<(String, String), &Operation> {
    operations.iter().map(|own| ((shape(&own.path), own.method.to_string()), own)).collect()
}

fn name(operation: &Operation) -> String {
    format!("{} {}", operation.method, operation.path)
}

fn word(operation: &Operation) -> &'static str {
    if operation.sent_to.is_some() { "callback" } else { "webhook" }
}
