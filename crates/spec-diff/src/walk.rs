//! The walk through two documents at once: where it is, what it has found, and what each change rests on.
//!
//! Must not know which keywords there are.

use crate::form::Place;
use crate::inclusion::{Inclusion, Pair};
use crate::lifecycle::Calendar;
use crate::report::{Change, Direction, Evidence, Level, Request};
use crate::requests::{self, Sent};
use crate::rules;
use crate::side::Side;
use crate::types::Types;
use crate::unchanged::Unchanged;
use crate::witness;
use serde_json::Value;
use spec_api::Operation;
use std::collections::HashMap;
use std::rc::Rc;

/// The effect of a change on the values of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// There are fewer.
    Fewer,
    /// There are more.
    More,
    /// There are others, or nobody can say by the keyword alone.
    Other,
    /// None: the keyword says nothing of values of these types.
    Nothing,
    /// None: the rule alone says how much it matters.
    Note(&'static str),
}

/// The kind of thing that a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    Body,
    Parameter,
    /// A parameter in a header.
    HeaderParameter,
    /// A header of an answer.
    Header,
}

/// The schemas of a whole parameter or body, and where it is declared in the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) pointer: String,
    pub(crate) places: (Place, Place),
}

/// Where the walk is.
#[derive(Clone, Debug)]
pub(crate) struct At {
    pub(crate) direction: Direction,
    pub(crate) role: Role,
    /// The place in words: "the request body", "the query parameter `limit`".
    pub(crate) subject: String,
    /// The way from the root of the value, as oasdiff writes it: `items/name`.
    pub(crate) path: String,
    /// True if this direction does not send the value: `readOnly` in requests, `writeOnly` in answers.
    pub(crate) is_hidden: bool,
    /// True if no value ever gets here, or another change already says whether what is here breaks.
    pub(crate) is_moot: bool,
    /// True if the value is always sent, so that no default takes its place.
    pub(crate) is_needed: bool,
    /// True if values go over the wire without their type.
    pub(crate) is_text: bool,
    /// True if a list or an object is written as one text.
    pub(crate) is_joined: bool,
    /// The place in the base of the parameter or the body that the value is in.
    pub(crate) owner: Option<Owner>,
    /// True if a list is written by repeating the name, so that a list of one is written as its item is.
    pub(crate) is_repeated: bool,
}

impl At {
    /// Returns the place of a whole value.
    pub(crate) fn root(direction: Direction, role: Role, subject: impl Into<String>) -> At {
        At {
            direction,
            role,
            subject: subject.into(),
            path: String::new(),
            is_hidden: false,
            is_moot: false,
            is_needed: false,
            is_text: role != Role::Body,
            is_joined: false,
            owner: None,
            is_repeated: false,
        }
    }

    /// Returns the place of a part of the value.
    pub(crate) fn inner(&self, name: &str, is_hidden: bool) -> At {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}/{name}", self.path) };
        At { path, is_hidden: self.is_hidden || is_hidden, is_repeated: false, ..self.clone() }
    }

    /// Returns the same place, where no change breaks anything by itself.
    pub(crate) fn moot(&self) -> At {
        At { is_moot: true, ..self.clone() }
    }

    /// Returns the beginning of the names of changes here.
    pub(crate) fn prefix(&self) -> &'static str {
        match (self.direction, self.role, self.path.is_empty()) {
            (Direction::Request, Role::Body, true) => "request-body-",
            (Direction::Request, Role::Body, false) => "request-property-",
            (Direction::Request, _, true) => "request-parameter-",
            (Direction::Request, _, false) => "request-parameter-property-",
            (Direction::Response, Role::Header, true) => "response-header-",
            (Direction::Response, Role::Header, false) => "response-header-property-",
            (Direction::Response, _, true) => "response-body-",
            (Direction::Response, _, false) => "response-property-",
        }
    }

    /// Says in words what is looked at.
    pub(crate) fn words(&self) -> String {
        match self.path.as_str() {
            "" => self.subject.clone(),
            path => format!("`{}` of {}", shortened(path), self.subject),
        }
    }
}

/// The longest way to a value, in steps, that is said whole.
const STEPS: usize = 6;

/// Returns a way, or the end of one that is long.
fn shortened(path: &str) -> String {
    let steps: Vec<&str> = path.split('/').collect();
    match steps.len() {
        count if count > STEPS => format!("…/{}", steps[count - STEPS..].join("/")),
        _ => path.to_owned(),
    }
}

/// A change that has been found, before it is known what it rests on.
pub(crate) struct Found<'f> {
    pub(crate) id: String,
    pub(crate) effect: Effect,
    /// The keywords that have to be the reason of a witness.
    pub(crate) keywords: &'f [&'f str],
    pub(crate) base: Option<String>,
    pub(crate) revision: Option<String>,
    pub(crate) text: String,
}

/// What a pair of places was looked at as.
type Key = (Direction, Role, [bool; 8], Place, Place);

/// The number of requests that are made for one report.
const REQUESTS: usize = 100;

/// The marks of a change: its name, its places, and what is said of it.
type Identity = (String, Vec<Option<String>>, String);

/// The walk through two documents.
pub(crate) struct Walk<'a> {
    pub(crate) base: &'a Side<'a>,
    pub(crate) revision: &'a Side<'a>,
    pub(crate) unchanged: &'a Unchanged<'a>,
    pub(crate) calendar: Calendar,
    pub(crate) inclusion: Inclusion,
    pub(crate) changes: Vec<Change>,
    /// The operation that is looked at.
    pub(crate) operation: Option<String>,
    /// The same, as the base has it.
    pub(crate) called: Option<&'a Operation>,
    /// The number of requests that may still be made to show what breaks.
    requests: usize,
    /// The days between deprecation and sunset that the operation asks for.
    pub(crate) days: u32,
    /// True if the API itself sends what is looked at: a webhook or a callback.
    pub(crate) is_sent: bool,
    /// A value that the next change is about: the witness, if it is one.
    pub(crate) wanted: Option<Value>,
    /// Words for a value that the next change is about, and that is too long to be written.
    pub(crate) too_long: Option<String>,
    /// The changes below each pair of places that was looked at; none while it is.
    known: HashMap<Key, Rc<Vec<usize>>>,
    /// The changes by what tells them apart.
    indices: HashMap<Identity, usize>,
    /// The changes below each place that is being looked at.
    below: Vec<Vec<usize>>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        base: &'a Side<'a>,
        revision: &'a Side<'a>,
        unchanged: &'a Unchanged<'a>,
        calendar: Calendar,
    ) -> Walk<'a> {
        let (inclusion, changes) = (Inclusion::default(), Vec::new());
        Walk {
            base,
            revision,
            unchanged,
            calendar,
            inclusion,
            changes,
            operation: None,
            called: None,
            requests: REQUESTS,
            days: 0,
            is_sent: false,
            wanted: None,
            too_long: None,
            known: HashMap::new(),
            indices: HashMap::new(),
            below: Vec::new(),
        }
    }

    /// Looks at a pair of places once; operations that come to it later have the same changes.
    pub(crate) fn once(&mut self, at: &At, base: &Place, revision: &Place, look: impl FnOnce(&mut Self)) {
        let key = (
            at.direction,
            at.role,
            [
                at.is_hidden,
                at.is_moot,
                at.is_needed,
                at.is_text,
                at.is_joined,
                at.is_repeated,
                at.path.is_empty(),
                self.is_sent,
            ],
            base.clone(),
            revision.clone(),
        );
        if let Some(known) = self.known.get(&key).cloned() {
            self.reach(&known);
            return;
        }
        self.known.insert(key.clone(), Rc::default());
        self.below.push(Vec::new());
        look(self);
        let mut found = self.below.pop().unwrap_or_default();
        found.sort_unstable();
        found.dedup();
        if let Some(outer) = self.below.last_mut() {
            outer.extend(&found);
        }
        self.known.insert(key, Rc::new(found));
    }

    /// Says that this operation has these changes too.
    fn reach(&mut self, indices: &[usize]) {
        for index in indices {
            let Some(change) = self.changes.get_mut(*index) else { continue };
            // Operations are looked at one after the other.
            if let Some(operation) = &self.operation
                && change.operations.last() != Some(operation)
            {
                change.operations.push(operation.clone());
            }
        }
        if let Some(outer) = self.below.last_mut() {
            outer.extend(indices);
        }
    }

    /// Returns the direction of a message: of what the API itself sends, it is the other one.
    pub(crate) fn direction(&self, written: Direction) -> Direction {
        match (self.is_sent, written) {
            (false, direction) => direction,
            (true, Direction::Request) => Direction::Response,
            (true, Direction::Response) => Direction::Request,
        }
    }

    /// Returns the two documents in the order in which values have to be included.
    fn pair(&self, at: &At) -> Pair<'a> {
        let direction = at.direction;
        let (part, whole, is_forward) = match direction {
            Direction::Request => (self.base, self.revision, true),
            Direction::Response => (self.revision, self.base, false),
        };
        Pair {
            part,
            whole,
            direction,
            is_forward,
            is_text: at.is_text,
            is_joined: at.is_joined,
            unchanged: self.unchanged,
        }
    }

    /// Adds a change of values, with what it rests on.
    pub(crate) fn found(&mut self, at: &At, places: (&Place, &Place), found: Found<'_>) {
        let id = rules::name(found.id);
        let (wanted, too_long) = (self.wanted.take(), self.too_long.take());
        let known = rules::level(&id);
        let is_breaking = match (at.direction, found.effect) {
            (_, Effect::Note(_) | Effect::Nothing) => false,
            (_, Effect::Other)
            | (Direction::Request, Effect::Fewer)
            | (Direction::Response, Effect::More) => true,
            (Direction::Request, Effect::More) | (Direction::Response, Effect::Fewer) => false,
        };
        let (level, evidence) = match found.effect {
            _ if at.is_moot => {
                (Level::Info, Evidence::Stated("if it breaks anything, another change says so".to_owned()))
            }
            _ if at.is_hidden => (Level::Info, Evidence::Compatible),
            Effect::Note(words) => match known.unwrap_or(Level::Info) {
                Level::Info => (Level::Info, Evidence::Compatible),
                level => (level, Evidence::Stated(words.to_owned())),
            },
            _ if !is_breaking => (Level::Info, Evidence::Compatible),
            _ => {
                let evidence = match (self.evidence(at, places, found.keywords, wanted), too_long) {
                    (Evidence::Unknown, Some(words)) => Evidence::Stated(words),
                    (evidence, _) => evidence,
                };
                let level = match evidence {
                    Evidence::Compatible => Level::Info,
                    Evidence::Unknown => Level::Warning,
                    _ if rules::is_tolerated(&id) => Level::Warning,
                    _ => Level::Error,
                };
                (level, evidence)
            }
        };
        let request = match (&evidence, level) {
            (Evidence::Witness(value), Level::Error) => self.request_with(at, value),
            _ => None,
        };
        let detail = found.text.split_once(": ").map_or("", |(_, detail)| detail).to_owned();
        let change = Change {
            id,
            level,
            direction: Some(at.direction),
            base: found.base.and_then(|pointer| self.base.location(&pointer)),
            revision: found.revision.and_then(|pointer| self.revision.location(&pointer)),
            operations: Vec::new(),
            text: found.text,
            evidence,
            request,
        };
        self.push(change, &detail);
    }

    /// Returns true if a change was found at the place that is looked at, or below it.
    pub(crate) fn has_changed(&self) -> bool {
        self.below.last().is_some_and(|found| !found.is_empty())
    }

    /// Returns true if every value of the first place is the item of a list of one of the second, and is
    /// written as that list is.
    pub(crate) fn is_one_item(&mut self, at: &At, part: &Place, whole: &Place) -> bool {
        let pair = self.pair(at);
        let (one, list) = (pair.part.form(part), pair.whole.form(whole));
        let bound = |keyword: &str| list.bounds.get(keyword).map(|said| said.value);
        at.is_repeated
            && at.path.is_empty()
            && !one.types.meets(Types::ARRAY.or(Types::OBJECT))
            && (!one.types.meets(Types::NULL) || list.types.meets(Types::NULL))
            && list.types.without(Types::NULL) == Types::ARRAY
            && bound("minItems").is_none_or(|least| least <= 1.0)
            && bound("maxItems").is_none_or(|most| most >= 1.0)
            && list.choices.is_empty()
            && list.values.is_none()
            && !list.whole.contains_key("contains")
            && list.prefix.is_empty()
            && self.inclusion.proves_but_null(pair, part, &list.items)
    }

    /// Looks for a value that was fine and no longer is, and for a proof that there is none.
    fn evidence(
        &mut self,
        at: &At,
        places: (&Place, &Place),
        keywords: &[&str],
        wanted: Option<Value>,
    ) -> Evidence {
        let pair = self.pair(at);
        let (part, whole) = match at.direction {
            Direction::Request => places,
            Direction::Response => (places.1, places.0),
        };
        if self.inclusion.proves(pair, part, whole) || self.is_one_item(at, part, whole) {
            return Evidence::Compatible;
        }
        if let Some(value) = wanted.filter(|value| witness::holds(pair, part, whole, value)) {
            return Evidence::Witness(value);
        }
        match witness::find(pair, part, whole, keywords) {
            Some(value) if witness::holds(pair, part, whole, &value) => Evidence::Witness(value),
            _ => Evidence::Unknown,
        }
    }

    /// Adds a change that the documents themselves state.
    pub(crate) fn state(
        &mut self,
        id: &str,
        direction: Option<Direction>,
        (base, revision): (Option<&str>, Option<&str>),
        text: String,
        reason: impl Into<String>,
    ) {
        let level = rules::level(id).unwrap_or(Level::Error);
        self.state_at(level, id.to_owned(), direction, (base, revision), text, reason);
    }

    /// Adds a change that the documents themselves state, at a level of its own.
    pub(crate) fn state_at(
        &mut self,
        level: Level,
        id: String,
        direction: Option<Direction>,
        (base, revision): (Option<&str>, Option<&str>),
        text: String,
        reason: impl Into<String>,
    ) {
        let evidence =
            if level == Level::Info { Evidence::Compatible } else { Evidence::Stated(reason.into()) };
        // What has to be there now, or is gone as a whole, the least request shows.
        let is_shown = level == Level::Error
            && (id.contains("required") && id.contains("request")
                || id.starts_with("api-removed")
                || id.starts_with("api-path-removed"));
        let request = if is_shown { self.least_request() } else { None };
        let detail = text.clone();
        let change = Change {
            id: rules::name(id),
            level,
            direction,
            base: base.and_then(|pointer| self.base.location(pointer)),
            revision: revision.and_then(|pointer| self.revision.location(pointer)),
            operations: Vec::new(),
            text,
            evidence,
            request,
        };
        self.push(change, &detail);
    }

    /// Returns a request with a value that is no longer fine, which the validators have judged as a whole.
    fn request_with(&mut self, at: &At, value: &Value) -> Option<Request> {
        let (operation, owner) = (self.called?, at.owner.as_ref()?);
        if at.direction != Direction::Request || self.is_sent || self.requests == 0 {
            return None;
        }
        self.requests -= 1;
        let (base, revision) = &owner.places;
        let value = match at.path.as_str() {
            "" => value.clone(),
            path => requests::around(self.pair(at), (base, revision), path, value)?,
        };
        let is_owner = |location: &spec_document::Location| {
            location.as_pointer().is_some_and(|own| own.as_str() == owner.pointer)
        };
        let parameter = operation.parameters.iter().find(|own| is_owner(&own.location));
        let media = operation.body.iter().flat_map(|body| &body.content).find(|own| is_owner(&own.location));
        let sent = match (parameter, media) {
            (Some(own), _) => Sent::Parameter(own, value),
            (_, Some(own)) => Sent::Body(own, value),
            _ => return None,
        };
        requests::write(self.base, operation, &sent)
    }

    /// Returns a request with nothing but what the base asks for.
    fn least_request(&mut self) -> Option<Request> {
        let operation = self.called.filter(|_| !self.is_sent && self.requests > 0)?;
        self.requests -= 1;
        requests::write(self.base, operation, &Sent::Nothing)
    }

    fn push(&mut self, mut change: Change, detail: &str) {
        if self.is_sent && change.direction.is_some() {
            let id = change.id.trim_start_matches("spec-");
            let (from, to) =
                if id.contains("request") { ("request", "response") } else { ("response", "request") };
            // It is called after what stands there, as oasdiff does.
            let written = id.replace(from, to);
            let is_known = rules::level(&written).is_some();
            change.id = if is_known { written } else { format!("spec-sent-{written}") };
        }
        let pointers: Vec<Option<String>> = [&change.base, &change.revision]
            .map(|own| own.as_ref().and_then(|own| own.as_pointer().map(|own| own.as_str().to_owned())))
            .into();
        let key = (change.id.clone(), pointers, detail.to_owned());
        // A schema that is used in several places has its changes once.
        let index = *self.indices.entry(key).or_insert(self.changes.len());
        match self.changes.get_mut(index) {
            None => self.changes.push(change),
            // The place where it matters most counts.
            Some(own) if own.level < change.level => {
                let operations = std::mem::take(&mut own.operations);
                *own = Change { operations, ..change };
            }
            Some(_) => {}
        }
        self.reach(&[index]);
    }
}
