//! Bodies, answers and headers: which come and go, in which media types.
//!
//! Must not know what is inside of a value.

use crate::form::Place;
use crate::operations::pointer;
use crate::parameters::place_of;
use crate::report::{Direction, Level};
use crate::walk::{At, Owner, Role, Walk};
use spec_api::{Header, MediaType, Operation, Response, Status};

impl Walk<'_> {
    /// Compares the bodies of two requests.
    pub(crate) fn request_body(&mut self, old: &Operation, new: &Operation) {
        let direction = self.direction(Direction::Request);
        let way = Some(direction);
        let (was, is) = (pointer(&old.location), pointer(&new.location));
        match (&old.body, &new.body) {
            (None, Some(body)) => {
                let at = pointer(&body.location);
                let id =
                    if body.required { "request-body-added-required" } else { "request-body-added-optional" };
                self.state(
                    id,
                    way,
                    (Some(&was), Some(&at)),
                    "requests have a body now".to_owned(),
                    "a request without one was taken",
                );
            }
            (Some(body), None) => {
                let at = pointer(&body.location);
                self.state(
                    "request-body-removed",
                    way,
                    (Some(&at), Some(&is)),
                    "requests have no body any more".to_owned(),
                    "nobody reads it any more",
                );
            }
            (Some(one), Some(other)) => {
                let (was, is) = (pointer(&one.location), pointer(&other.location));
                let places = (Some(was.as_str()), Some(is.as_str()));
                match (one.required, other.required) {
                    (false, true) => self.state(
                        "request-body-became-required",
                        way,
                        places,
                        "the body has to be there now".to_owned(),
                        "a request without one was taken",
                    ),
                    (true, false) => self.state(
                        "request-body-became-optional",
                        way,
                        places,
                        "the body need not be there any more".to_owned(),
                        "",
                    ),
                    _ => {}
                }
                self.media(direction, "the request body", (&one.content, &other.content), places);
            }
            (None, None) => {}
        }
    }

    /// Compares the answers of two operations.
    pub(crate) fn responses(&mut self, old: &Operation, new: &Operation) {
        let direction = self.direction(Direction::Response);
        let (was, is) = (pointer(&old.location), pointer(&new.location));
        for one in &old.responses {
            if let Some(other) = new.responses.iter().find(|other| other.status == one.status) {
                self.response(direction, one, other);
                continue;
            }
            let at = pointer(&one.location);
            let text = format!("the answer with status {} is no longer declared", one.status);
            let id = status_id(one, "removed");
            match covering(&new.responses, one) {
                // It is still declared, with others.
                Some(other) => {
                    let there = pointer(&other.location);
                    self.state_at(Level::Info, id, Some(direction), (Some(&at), Some(&there)), text, "");
                    self.response(direction, one, other);
                }
                None => self.state(&id, Some(direction), (Some(&at), Some(&is)), text, "clients wait for it"),
            }
        }
        let is_fresh = |other: &&Response| !old.responses.iter().any(|one| one.status == other.status);
        for other in new.responses.iter().filter(is_fresh) {
            let at = pointer(&other.location);
            let text = format!("there is an answer with status {} now", other.status);
            let id = status_id(other, "added");
            self.state_at(Level::Info, id, Some(direction), (Some(&was), Some(&at)), text, "");
            // It came before, as one of those that the base has together.
            if let Some(one) = covering(&old.responses, other) {
                self.response(direction, one, other);
            }
        }
    }

    fn response(&mut self, direction: Direction, old: &Response, new: &Response) {
        let subject = format!("the response body with status {}", new.status);
        let (was, is) = (pointer(&old.location), pointer(&new.location));
        let places = (Some(was.as_str()), Some(is.as_str()));
        self.media(direction, &subject, (&old.content, &new.content), places);
        let is_same = |one: &Header, other: &Header| one.name.eq_ignore_ascii_case(&other.name);
        for one in &old.headers {
            match new.headers.iter().find(|other| is_same(one, other)) {
                Some(other) => self.header(direction, new, one, other),
                None => {
                    let at = pointer(&one.location);
                    let id = if one.required {
                        "required-response-header-removed"
                    } else {
                        "optional-response-header-removed"
                    };
                    let text =
                        format!("the header `{}` of the answer with status {} is gone", one.name, new.status);
                    self.state(
                        id,
                        Some(direction),
                        (Some(&at), Some(&is)),
                        text,
                        "clients that read it no longer get it",
                    );
                }
            }
        }
        for other in new.headers.iter().filter(|other| !old.headers.iter().any(|one| is_same(one, other))) {
            let at = pointer(&other.location);
            let text = format!("the answer with status {} has the header `{}` now", new.status, other.name);
            self.state("response-header-added", Some(direction), (Some(&was), Some(&at)), text, "");
        }
    }

    fn header(&mut self, direction: Direction, response: &Response, old: &Header, new: &Header) {
        let (was, is) = (pointer(&old.location), pointer(&new.location));
        let places = (Some(was.as_str()), Some(is.as_str()));
        let name = format!("the header `{}` of the answer with status {}", new.name, response.status);
        if old.required && !new.required {
            let text = format!("{name} need not be there any more");
            self.state(
                "response-header-became-optional",
                Some(direction),
                places,
                text,
                "clients rely on it",
            );
        }
        if !old.required && new.required {
            let text = format!("{name} is always there now");
            self.state_at(
                Level::Info,
                "response-header-became-required".to_owned(),
                Some(direction),
                places,
                text,
                "",
            );
        }
        if old.is_json != new.is_json || old.explode != new.explode {
            let text = format!("{name} is written otherwise");
            self.state_at(
                Level::Error,
                "response-header-style-changed".to_owned(),
                Some(direction),
                places,
                text,
                "clients read it otherwise",
            );
        }
        let (base, revision) = (place_of(self.base.api, old.schema), place_of(self.revision.api, new.schema));
        let at = At { is_joined: true, ..At::root(direction, Role::Header, name) };
        self.schemas(&at, &base, &revision);
    }

    /// Compares bodies by media type.
    fn media(
        &mut self,
        direction: Direction,
        subject: &str,
        (old, new): (&[MediaType], &[MediaType]),
        places: (Option<&str>, Option<&str>),
    ) {
        let is_request = direction == Direction::Request;
        let way = if is_request { "request-body" } else { "response" };
        let name = |own: &MediaType| own.name.to_ascii_lowercase();
        let mut gone: Vec<&MediaType> =
            old.iter().filter(|one| !new.iter().any(|other| name(one) == name(other))).collect();
        let mut fresh: Vec<&MediaType> =
            new.iter().filter(|other| !old.iter().any(|one| name(one) == name(other))).collect();
        for one in old {
            if let Some(other) = new.iter().find(|other| name(one) == name(other)) {
                self.medium(direction, subject, one, other);
            }
        }
        // One that became a range, or a range that became one of its kind, is the same in other words.
        if let ([one], [other]) = (gone.as_slice(), fresh.as_slice())
            && (one.essence() == other.essence() || is_range(one, other) || is_range(other, one))
        {
            let (word, effect) = match () {
                () if is_range(other, one) => ("generalized", !is_request),
                () if is_range(one, other) => ("specialized", is_request),
                () => ("changed", false),
            };
            let level = if effect { Level::Error } else { Level::Info };
            let text = format!("the media type of {subject} changed from `{}` to `{}`", one.name, other.name);
            let id = format!("{}-media-type-name-{word}", if is_request { "request" } else { "response" });
            self.state_at(level, id, Some(direction), places, text, "others may come than were declared");
            self.medium(direction, subject, one, other);
            (gone, fresh) = (Vec::new(), Vec::new());
        }
        for one in gone {
            let text = format!("{subject} no longer comes as `{}`", one.name);
            let at = pointer(&one.location);
            self.state(
                &format!("{way}-media-type-removed"),
                Some(direction),
                (Some(&at), places.1),
                text,
                "messages of it were fine",
            );
        }
        for other in fresh {
            let text = format!("{subject} may come as `{}` now", other.name);
            let at = pointer(&other.location);
            self.state(&format!("{way}-media-type-added"), Some(direction), (places.0, Some(&at)), text, "");
        }
    }

    fn medium(&mut self, direction: Direction, subject: &str, old: &MediaType, new: &MediaType) {
        let (was, is) = (pointer(&old.location), pointer(&new.location));
        let places = (Some(was.as_str()), Some(is.as_str()));
        let way = if direction == Direction::Request { "request" } else { "response" };
        let (reason, text) = ("any value was fine", format!("{subject} as `{}`", new.name));
        match (old.schema, new.schema) {
            (Some(one), Some(other)) => {
                let (base, revision) = (place_of(self.base.api, one), place_of(self.revision.api, other));
                let is_text = !has_types(old) && !has_types(new);
                let is_joined = is_text && !new.essence().contains("urlencoded");
                let owner = Some(Owner { pointer: was.clone(), places: (base.clone(), revision.clone()) });
                let at = At { is_text, is_joined, owner, ..At::root(direction, Role::Body, subject) };
                self.schemas(&at, &base, &revision);
            }
            (None, Some(other)) => {
                let at = place_of(self.revision.api, other);
                let is_any = at == Place::default();
                if !is_any {
                    self.state(
                        &format!("{way}-body-media-type-schema-added"),
                        Some(direction),
                        places,
                        format!("{text} has a schema now"),
                        reason,
                    );
                }
            }
            (Some(_), None) => {
                self.state(
                    &format!("{way}-body-media-type-schema-removed"),
                    Some(direction),
                    places,
                    format!("{text} has no schema any more"),
                    "anything may come",
                );
            }
            (None, None) => {}
        }
    }
}

/// Returns true if the first is a range that has the second.
fn is_range(range: &MediaType, other: &MediaType) -> bool {
    let (range, other) = (range.essence(), other.essence());
    if range == other || !range.contains('*') && !other.contains('+') {
        return false;
    }
    match range.split_once("/*") {
        Some((kind, "")) => kind == "*" || other.split('/').next() == Some(kind),
        _ => {
            // RFC 6839: a suffix says what else it can be read as.
            let suffix = other.rsplit_once('+').map(|(_, suffix)| suffix);
            range.rsplit_once('/').is_some_and(|(_, own)| Some(own) == suffix)
        }
    }
}

/// Returns true if values are written with their types, as JSON has them.
fn has_types(own: &MediaType) -> bool {
    let name = own.essence();
    !matches!(name.split('/').next(), Some("text")) && !name.ends_with("xml") && !name.contains("urlencoded")
}

/// Returns the response that has a status among others: of a range, or `default` (OpenAPI 3.1, 4.8.16).
fn covering<'r>(responses: &'r [Response], one: &Response) -> Option<&'r Response> {
    let Status::Code(code) = one.status else { return None };
    let of = |wanted: fn(&Status) -> bool| {
        responses.iter().find(|own| wanted(&own.status) && own.status.matches(code))
    };
    of(|status| matches!(status, Status::Range(_))).or_else(|| of(|status| *status == Status::Default))
}

fn status_id(response: &Response, word: &str) -> String {
    let kind = if response.status.is_success() { "success" } else { "non-success" };
    format!("response-{kind}-status-{word}")
}
