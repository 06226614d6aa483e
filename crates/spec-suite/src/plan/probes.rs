//! Single requests: at the edge of each keyword, and with one fault each.

use super::{Change, Probe, text_body};
use crate::case::{Body, Case, Content, Expect, Fault, Place, Use, is_modest};
use crate::check::Check;
use crate::exchange::Exchange;
use crate::links::{EACH, Target, places};
use crate::make::{Making, carries, mixed, pointer, preferred};
use crate::session::{Halt, Session};
use serde_json::{Value, json};
use spec_api::{Method, Operation, Parameter};
use spec_values::Variant;
use spec_values::random::Filling;
use std::collections::HashMap;
use std::sync::Arc;

/// A place that no change is at.
const NOWHERE: &str = "/\0";

impl Session {
    /// Sends a request, and makes what it needs before.
    pub(super) async fn probe(&self, probe: Probe) -> Result<(), Halt> {
        let Some(operation) = self.operation(&probe.operation) else { return Ok(()) };
        let is_taken_away = operation.method == Method::Delete && matches!(probe.expect, Expect::Accepted(_));
        let making = Making {
            is_fresh: is_taken_away,
            is_unlinked: matches!(probe.change, Change::Unlinked),
            is_dangling: matches!(probe.change, Change::Dangling),
            ..Making::new(probe.filling, probe.seed)
        };
        let mut case = self.make(operation, making).await?;
        let control = matches!(probe.expect, Expect::Accepted(Some(_))).then(|| {
            let mut control = Case { expect: Expect::Declared, ..case.clone() };
            if let (Change::Value(declared, ..), Some(base)) = (&probe.change, &probe.base) {
                apply(&mut control, Change::Value(declared.clone(), (**base).clone(), NOWHERE.to_owned()));
            }
            control
        });
        apply(&mut case, probe.change);
        case.expect = probe.expect;
        // Once is enough.
        if operation.method != Method::Delete && !self.state().asked.insert(asked(&case)) {
            return Ok(());
        }
        let answer = self.ask(case).await?;
        match control.filter(|_| matches!(answer.status(), Some(400..=499))) {
            Some(control) => self.control(&answer, control).await,
            None => Ok(()),
        }
    }

    /// Asks for the same without what was changed. Where that is refused, too, the change is not to blame:
    /// what was made up names something that is not there, or is there already.
    async fn control(&self, refused: &Exchange, control: Case) -> Result<(), Halt> {
        if !self.is_found(refused, Check::PositiveDataAcceptance) {
            return Ok(());
        }
        let answer = self.ask(control).await?;
        if matches!(answer.status(), Some(400..=499)) {
            self.take_back(refused, Check::PositiveDataAcceptance);
        }
        Ok(())
    }

    /// Returns requests with one fault each.
    pub(super) fn negatives(&self, operation: &Operation, seed: u64) -> Vec<Vec<Probe>> {
        let mut all = Vec::new();
        let mut push = |change, keyword: &str, filling| {
            let fault = Fault {
                part: String::new(),
                schema: keyword.to_owned(),
                message: String::new(),
                is_missing: false,
            };
            all.push((
                keyword.to_owned(),
                Probe {
                    operation: operation.id.clone(),
                    change,
                    expect: Expect::Refused(fault),
                    filling,
                    seed,
                    base: None,
                },
            ));
        };
        for parameter in operation.parameters.iter().filter(|own| own.required) {
            let place = Place::from(parameter.place);
            if place != Place::Path {
                let keyword = crate::message::pointer_of(&parameter.location);
                push(Change::Unset(place, parameter.name.clone()), &keyword, Filling::Least);
            }
        }
        if let Some(media) = preferred(operation)
            && let Ok(base) = self.body(media, Filling::All, mixed(seed, &[7]))
            && let (Content::Value(base), Some(schema)) = (base.content, media.schema)
            && let Some(schema) = pointer(self.api(), schema)
        {
            for Variant { value, at, keyword } in self.values.faults(schema, &base) {
                push(Change::Value(media.name.clone(), value, at), &keyword, Filling::Least);
            }
        }
        for (number, parameter) in operation.parameters.iter().enumerate() {
            let seed = mixed(seed, &[number as u64, 8]);
            for Variant { value, keyword, .. } in self.around(operation, parameter, seed, false) {
                push(
                    Change::Set(parameter.place.into(), parameter.name.clone(), value),
                    &keyword,
                    Filling::Least,
                );
            }
        }
        all.sort_by_key(|(keyword, probe)| match probe.change {
            Change::Unset(..) => 0,
            _ => telling(keyword),
        });
        let mut rounds = by_rounds(all);
        if rounds.is_empty() {
            rounds.push(Vec::new());
        }
        self.broken_bodies(operation, seed, &mut rounds);
        rounds
    }

    /// Adds bodies that are missing, or can't be read.
    fn broken_bodies(&self, operation: &Operation, seed: u64, rounds: &mut Vec<Vec<Probe>>) {
        if let Some(body) = &operation.body
            && let Some(media) = preferred(operation)
        {
            let expect = Expect::Refused(Fault {
                part: String::new(),
                schema: String::new(),
                message: String::new(),
                is_missing: false,
            });
            let own = |change| Probe {
                operation: operation.id.clone(),
                change,
                expect: expect.clone(),
                filling: Filling::Least,
                seed,
                base: None,
            };
            if media.kind == spec_api::MediaKind::Json {
                let text = |text: &str| own(Change::Text(media.name.clone(), text.to_owned()));
                early(&mut rounds[0], 5, text("{"));
                rounds.push(["", "[1, 2", "not JSON"].map(text).into());
            }
            if body.required {
                early(&mut rounds[0], 4, own(Change::NoBody));
            }
        }
    }

    /// Returns requests that are at the edge of what the document allows.
    pub(super) fn boundaries(&self, operation: &Operation, seed: u64) -> Vec<Vec<Probe>> {
        let mut all = Vec::new();
        let mut push = |change, keyword: &str, filling, base: Option<&Arc<Value>>| {
            let plain = keyword.split('#').next().unwrap_or_default().to_owned();
            let expect = Expect::Accepted(Some(plain));
            all.push((
                keyword.to_owned(),
                Probe { operation: operation.id.clone(), change, expect, filling, seed, base: base.cloned() },
            ));
        };
        for (number, parameter) in operation.parameters.iter().enumerate() {
            let seed = mixed(seed, &[number as u64, 8]);
            for Variant { value, keyword, .. } in self.around(operation, parameter, seed, true) {
                // Alone, and beside all others.
                for filling in [Filling::All, Filling::Least] {
                    let change = Change::Set(parameter.place.into(), parameter.name.clone(), value.clone());
                    push(change, &format!("{keyword}#{filling:?}"), filling, None);
                }
            }
        }
        let linked: Vec<&str> = self
            .links
            .iter()
            .filter(|link| link.to == operation.id)
            .filter_map(|link| match &link.target {
                Target::Body(pointer) => Some(pointer.as_str()),
                Target::Argument(..) => None,
            })
            .collect();
        let rounds = |mut all: Vec<(String, Probe)>| {
            all.sort_by_key(|(keyword, _)| edge(keyword));
            by_rounds(all)
        };
        let Some(media) = preferred(operation) else { return rounds(all) };
        let Some(schema) = media.schema.and_then(|id| pointer(self.api(), id)) else { return rounds(all) };
        let made = |filling, round| match self.body(media, filling, mixed(seed, &[round])).ok()?.content {
            Content::Value(value) => Some(value),
            Content::Text(_) => None,
        };
        let whole = made(Filling::All, 7);
        // Each member is left out beside each value of an enumeration.
        let other = whole.as_ref().map(|whole| self.turned(schema, whole));
        for base in [whole, made(Filling::Least, 9), other].into_iter().flatten().map(Arc::new) {
            for Variant { value, at, keyword } in self.values.boundaries(schema, &base) {
                // Many services do without blanks at the ends, and what is left is too short then.
                let is_blank =
                    |own: &Value| own.as_str().is_some_and(|own| !own.is_empty() && own.trim().is_empty());
                let is_usual = is_modest(&value)
                    && !value.pointer(&at).is_some_and(is_blank)
                    && !keyword.ends_with("/uniqueItems");
                let is_linked = linked.iter().any(|own| places(&value, own).contains(&at));
                if !is_linked && is_usual {
                    // What is empty is most often forgotten.
                    let keyword = match value.pointer(&at).is_some_and(is_empty) {
                        true => format!("{keyword}#empty"),
                        false => keyword,
                    };
                    let change = Change::Value(media.name.clone(), value, at);
                    push(change, &keyword, Filling::Least, Some(&base));
                }
            }
        }
        rounds(all)
    }

    /// Returns a value with the next value of each enumeration, as far as that is valid.
    fn turned(&self, schema: &str, base: &Value) -> Value {
        let mut turned = base.clone();
        for edge in self.values.boundaries(schema, base) {
            if !edge.keyword.ends_with("/enum") || turned.pointer(&edge.at) != base.pointer(&edge.at) {
                continue;
            }
            let mut next = turned.clone();
            if let (Some(place), Some(value)) = (next.pointer_mut(&edge.at), edge.value.pointer(&edge.at)) {
                place.clone_from(value);
                if self.values.is_valid(schema, &next) {
                    turned = next;
                }
            }
        }
        turned
    }

    /// Returns values of a parameter at the edge of what is allowed, or beyond it.
    fn around(
        &self,
        operation: &Operation,
        parameter: &Parameter,
        seed: u64,
        is_valid: bool,
    ) -> Vec<Variant> {
        let target = Target::Argument(parameter.place.into(), parameter.name.clone());
        let is_linked = self.links.iter().any(|link| link.to == operation.id && link.target == target);
        // What was made up names nothing that there is.
        if is_valid && is_linked {
            return Vec::new();
        }
        let Some(schema) = pointer(self.api(), parameter.schema) else { return Vec::new() };
        let Ok(base) = self.argument(operation, parameter, Filling::All, seed) else { return Vec::new() };
        let mut all = match is_valid {
            true => self.values.boundaries(schema, &base),
            false => self.values.faults(schema, &base),
        };
        if is_valid {
            let has_values = self.api().json_schema(parameter.schema).get("enum").is_some();
            let keyword = format!("{schema}/{}", if has_values { "enum" } else { "type" });
            all.insert(0, Variant { value: base, at: String::new(), keyword });
            all.retain(|own| is_modest(&own.value) && own.value != json!(""));
        }
        all.retain(|own| carries(self.api(), operation, parameter, &own.value));
        all
    }
}

/// Returns how late a fault of a keyword comes: the ones that services miss most come first.
fn telling(keyword: &str) -> u8 {
    match keyword.rsplit('/').next().unwrap_or_default() {
        "required" => 0,
        "enum" | "const" | "pattern" => 1,
        "type" | "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => 2,
        "format" | "minLength" | "maxLength" | "minItems" | "maxItems" => 3,
        _ => 4,
    }
}

/// Puts a probe among others.
fn early(probes: &mut Vec<Probe>, at: usize, probe: Probe) {
    probes.insert(at.min(probes.len()), probe);
}

/// Returns whether a value holds nothing.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Returns how late an edge of a keyword comes.
fn edge(keyword: &str) -> u8 {
    if keyword.ends_with("#empty") {
        return 0;
    }
    match keyword.split('#').next().unwrap_or_default().rsplit('/').next().unwrap_or_default() {
        "enum" | "const" => 0,
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "minItems" | "maxItems"
        | "maxLength" => 1,
        "minLength" | "format" | "required" | "properties" => 2,
        _ => 3,
    }
}

/// Orders requests so that each keyword is met before any is met again.
fn by_rounds(all: Vec<(String, Probe)>) -> Vec<Vec<Probe>> {
    let mut met: HashMap<String, usize> = HashMap::new();
    let mut rounds: Vec<Vec<Probe>> = Vec::new();
    for (keyword, probe) in all {
        // Each member that has to be there is one of its own, and so is each value of an enumeration.
        let is_value = matches!(probe.expect, Expect::Accepted(_)) && keyword.contains("/enum");
        let round = match keyword.ends_with("/required") || is_value {
            true => 0,
            false => {
                let round = met.entry(keyword).or_default();
                *round += 1;
                *round - 1
            }
        };
        while rounds.len() <= round {
            rounds.push(Vec::new());
        }
        rounds[round].push(probe);
    }
    rounds
}

/// Returns what sets a request apart from others.
fn asked(case: &Case) -> u64 {
    let Case { operation, method, arguments, body, headers, who, .. } = case;
    let text = serde_json::to_string(&(operation, method, arguments, body, headers, who)).unwrap_or_default();
    crate::make::mixed_text(0, &text)
}

/// Returns the places of a value that are linked as others were, each with one of those: all items of a list
/// are.
fn beside(value: &Value, linked: &[(String, Use)]) -> Vec<(String, (String, Use))> {
    let mut all: Vec<(String, (String, Use))> = Vec::new();
    for (pointer, own) in linked {
        let is_index = |own: &str| !own.is_empty() && own.bytes().all(|own| own.is_ascii_digit());
        let each: Vec<&str> = pointer.split('/').map(|own| if is_index(own) { EACH } else { own }).collect();
        let found = places(value, &each.join("/")).into_iter();
        let found = if each.contains(&EACH) { found.collect() } else { vec![pointer.clone()] };
        for place in found {
            if !all.iter().any(|(known, _)| *known == place) {
                all.push((place, (pointer.clone(), own.clone())));
            }
        }
    }
    all
}

/// Changes a case.
pub(super) fn apply(case: &mut Case, change: Change) {
    match change {
        Change::Nothing | Change::Unlinked | Change::Dangling => {}
        Change::Set(place, name, value) => case.set(place, &name, value),
        Change::Unset(place, name) => case.unset(place, &name),
        Change::Value(declared, value, at) => {
            let before = case.body.take();
            let mut value = value;
            let mut from = Vec::new();
            let linked = before.as_ref().map(|body| body.from.clone()).unwrap_or_default();
            for (pointer, own) in beside(&value, &linked) {
                let is_changed = at == pointer || at.starts_with(&format!("{pointer}/"));
                let linked = before.as_ref().and_then(|body| match &body.content {
                    Content::Value(before) => before.pointer(&own.0).cloned(),
                    Content::Text(_) => None,
                });
                if let (false, Some(place), Some(linked)) = (is_changed, value.pointer_mut(&pointer), linked)
                {
                    *place = linked;
                    from.push((pointer, own.1));
                }
            }
            case.body = Some(Body { declared, media_type: None, content: Content::Value(value), from });
        }
        Change::Text(declared, text) => case.body = Some(text_body(&declared, &text)),
        Change::NoBody => case.body = None,
        Change::MediaType(name) => {
            if let Some(body) = &mut case.body {
                body.media_type = Some(name);
            }
        }
        Change::Method(method) => {
            case.method = Some(method);
            case.body = None;
            case.arguments.retain(|own| own.place == Place::Path);
        }
        Change::Who(who) => case.who = who,
    }
}
