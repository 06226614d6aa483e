//! Parameters: which come and go, and how their values are written.
//!
//! Must not know what is inside of a value.

use crate::form::Place;
use crate::lifecycle::Sunset;
use crate::operations::pointer;
use crate::report::{Direction, Level};
use crate::side::Side;
use crate::types::Types;
use crate::walk::{At, Owner, Role, Walk};
use serde_json::Value;
use spec_api::{Api, Operation, Parameter, ParameterIn, SchemaId, Style};

/// Returns the place of a schema.
pub(crate) fn place_of(api: &Api, schema: SchemaId) -> Place {
    api.schema(schema).pointer().map_or_else(Place::default, Place::of)
}

impl Walk<'_> {
    /// Compares the parameters of two operations.
    pub(crate) fn parameters(&mut self, old: &Operation, new: &Operation) {
        let direction = self.direction(Direction::Request);
        let is_same =
            |one: &Parameter, other: &Parameter| one.place == other.place && key(old, one) == key(new, other);
        for one in &old.parameters {
            match new.parameters.iter().find(|other| is_same(one, other)) {
                Some(other) => self.parameter(direction, one, other),
                None => self.parameter_removed(direction, one),
            }
        }
        for other in
            new.parameters.iter().filter(|other| !old.parameters.iter().any(|one| is_same(one, other)))
        {
            self.parameter_added(direction, new, other);
        }
        self.unused(direction, old, new);
    }

    /// Compares parameters that are declared for a place in the path that is not there. No request has them.
    fn unused(&mut self, direction: Direction, old: &Operation, new: &Operation) {
        let (was, is) = (unused(self.base, old), unused(self.revision, new));
        for (name, schema) in &was {
            let Some((_, other)) = is.iter().find(|own| own.0 == *name) else { continue };
            let subject = format!("the path parameter `{name}`, for which the path has no place");
            let at = At::root(direction, Role::Parameter, subject).moot();
            self.schemas(&at, schema, other);
        }
    }

    fn parameter_removed(&mut self, direction: Direction, own: &Parameter) {
        let at = pointer(&own.location);
        let places = (Some(at.as_str()), None);
        let text = format!("the {} is gone", words(own));
        let direction = Some(direction);
        let sunset = Sunset::read(self.base.field(&at, "x-sunset"));
        let reason = "nobody says any more that it is read";
        match sunset {
            _ if !own.deprecated => self.state("request-parameter-removed", direction, places, text, reason),
            Sunset::Invalid(_) => {
                self.state("request-parameter-sunset-parse", direction, places, text, reason)
            }
            Sunset::Day(day) if self.calendar.is_ahead(&day) => {
                let text = format!("{text} before its last day, {day}");
                self.state("request-parameter-removed-before-sunset", direction, places, text, reason);
            }
            _ => self.state("request-parameter-removed-with-deprecation", direction, places, text, ""),
        }
    }

    fn parameter_added(&mut self, direction: Direction, operation: &Operation, own: &Parameter) {
        let at = pointer(&own.location);
        let required = if own.required { "required" } else { "optional" };
        let id = match own.place {
            ParameterIn::Path => "new-request-path-parameter".to_owned(),
            _ if is_of_path(self.revision, operation, own) => {
                format!("new-{required}-request-default-parameter-to-existing-path")
            }
            _ => format!("new-{required}-request-parameter"),
        };
        let text = format!("the {} is new, and {required}", words(own));
        self.state(&id, Some(direction), (None, Some(&at)), text, "a request without it was taken");
    }

    fn parameter(&mut self, direction: Direction, old: &Parameter, new: &Parameter) {
        let (was, is) = (pointer(&old.location), pointer(&new.location));
        let places = (Some(was.as_str()), Some(is.as_str()));
        let name = words(new);
        if old.required != new.required {
            let (id, text) = match new.required {
                true => ("request-parameter-became-required", format!("the {name} has to be there now")),
                false => {
                    ("request-parameter-became-optional", format!("the {name} need not be there any more"))
                }
            };
            self.state(id, Some(direction), places, text, "a request without it was taken");
        }
        self.parameter_deprecation(direction, old, new);
        let (base, revision) = (place_of(self.base.api, old.schema), place_of(self.revision.api, new.schema));
        let types = self.base.form(&base).types.or(self.revision.form(&revision).types);
        let is_composed = types != Types::ALL && types.meets(Types::ARRAY.or(Types::OBJECT));
        if old.content != new.content {
            let text = format!("the {name} is written in another media type");
            self.state(
                "request-parameter-content-changed",
                Some(direction),
                places,
                text,
                "what was sent is read otherwise",
            );
        } else if is_composed && (old.style != new.style || old.explode != new.explode) {
            let text = format!("the {name} is written in another style");
            self.state(
                "request-parameter-style-changed",
                Some(direction),
                places,
                text,
                "what was sent is read otherwise",
            );
        }
        if old.allow_empty && !new.allow_empty {
            let text = format!("the {name} can no longer be empty");
            self.state_at(
                Level::Warning,
                "request-parameter-empty-refused".to_owned(),
                Some(direction),
                places,
                text,
                "it could stand without a value",
            );
        }
        let role = match new.place {
            ParameterIn::Header => Role::HeaderParameter,
            _ => Role::Parameter,
        };
        let is_repeated = |own: &Parameter| own.content.is_none() && own.style == Style::Form && own.explode;
        let is_joined = |own: &Parameter| match own.style {
            Style::Simple => true,
            Style::Form => !own.explode,
            _ => false,
        };
        let owner = Owner { pointer: was.clone(), places: (base.clone(), revision.clone()) };
        let at = At {
            owner: Some(owner),
            is_joined: is_joined(old) && is_joined(new),
            is_needed: old.required && new.required,
            is_text: new.content.is_none(),
            is_repeated: is_repeated(old) && is_repeated(new),
            ..At::root(direction, role, format!("the {name}"))
        };
        self.schemas(&at, &base, &revision);
    }

    fn parameter_deprecation(&mut self, direction: Direction, old: &Parameter, new: &Parameter) {
        let (was, is) = (pointer(&old.location), pointer(&new.location));
        let places = (Some(was.as_str()), Some(is.as_str()));
        let sunset = |side: &Side<'_>, at: &str| Sunset::read(side.field(at, "x-sunset"));
        let (before, now) = (sunset(self.base, &was), sunset(self.revision, &is));
        let name = words(new);
        let (calendar, days) = (self.calendar.clone(), self.days);
        let mut state = |id: &str, text: String| {
            self.state(id, Some(direction), places, text, "who planned by it no longer can");
        };
        match (old.deprecated, new.deprecated) {
            (true, false) => {
                state("request-parameter-reactivated", format!("the {name} is no longer deprecated"))
            }
            (false, true) => match now {
                Sunset::Invalid(text) => {
                    state(
                        "request-parameter-sunset-parse",
                        format!("the {name} is deprecated now, and `{text}` is no date"),
                    );
                }
                Sunset::Missing if days > 0 => state(
                    "request-parameter-deprecated-sunset-missing",
                    format!("the {name} is deprecated now, and its last day is not said"),
                ),
                Sunset::Day(day) if calendar.is_too_soon(&day, days) => state(
                    "request-parameter-sunset-date-too-small",
                    format!(
                        "the {name} is deprecated now, and its last day, {day}, is over or comes too soon"
                    ),
                ),
                _ => state("request-parameter-deprecated", format!("the {name} is deprecated now")),
            },
            (true, true) if before != now => match (before, now) {
                (Sunset::Day(old), Sunset::Day(new)) if new < old && calendar.is_too_soon(&new, days) => {
                    let text = format!("the last day of the {name} moved from {old} to {new}");
                    state("request-parameter-sunset-date-changed-too-small", text);
                }
                (Sunset::Day(_), Sunset::Missing) => {
                    state(
                        "request-parameter-sunset-deleted",
                        format!("the last day of the {name} is no longer said"),
                    );
                }
                (_, Sunset::Invalid(_)) => {
                    state("request-parameter-sunset-parse", format!("the last day of the {name} is no date"));
                }
                _ => {}
            },
            _ => {}
        }
    }
}

/// Returns what tells a parameter from others of its place: of a path, where it stands, since requests do not
/// have its name.
fn key(operation: &Operation, parameter: &Parameter) -> String {
    match parameter.place {
        ParameterIn::Path => {
            let name = format!("{{{}}}", parameter.name);
            let before = operation.path.find(&name).map(|at| operation.path[..at].matches('{').count());
            before.map_or_else(|| parameter.name.clone(), |index| index.to_string())
        }
        // RFC 9110, 5.1: names of headers are the same in any case.
        ParameterIn::Header => parameter.name.to_ascii_lowercase(),
        ParameterIn::Query | ParameterIn::Cookie => parameter.name.clone(),
    }
}

/// Returns the names and schemas of parameters that are declared for the path and not read.
fn unused(side: &Side<'_>, operation: &Operation) -> Vec<(String, Place)> {
    let at = pointer(&operation.location);
    let of_path = at.rsplit_once('/').map_or("", |(path, _)| path);
    let mut found = Vec::new();
    for owner in [at.as_str(), of_path] {
        let list = side.field(owner, "parameters").and_then(Value::as_array);
        for (index, own) in list.into_iter().flatten().enumerate() {
            let target = own.as_object().and_then(crate::form::target);
            let place = target.unwrap_or_else(|| format!("{owner}/parameters/{index}"));
            let Some(name) = side.field(&place, "name").and_then(Value::as_str) else { continue };
            let is_read =
                operation.parameters.iter().any(|own| own.place == ParameterIn::Path && own.name == name);
            let is_of_path = side.field(&place, "in").is_some_and(|own| own == "path");
            if is_of_path && !is_read && side.field(&place, "schema").is_some() {
                found.push((name.to_owned(), Place::of(format!("{place}/schema"))));
            }
        }
    }
    found
}

/// Returns true if a parameter is declared for all operations of a path.
fn is_of_path(side: &Side<'_>, operation: &Operation, parameter: &Parameter) -> bool {
    let at = pointer(&operation.location);
    let Some((path, _)) = at.rsplit_once('/') else { return false };
    let list = side.field(path, "parameters").and_then(Value::as_array);
    list.into_iter().flatten().any(|own| {
        let target = own.as_object().and_then(crate::form::target);
        let own = target.and_then(|target| side.json(&target)).unwrap_or(own);
        own.get("name").is_some_and(|name| *name == parameter.name)
            && own.get("in").is_some_and(|place| place == parameter.place.key())
    })
}

fn words(own: &Parameter) -> String {
    format!("{} parameter `{}`", own.place.key(), own.name)
}
