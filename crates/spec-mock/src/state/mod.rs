//! Memory: what requests made, read again, changed and taken away.
//!
//! Knows what each operation does to things, as `infer.rs` has found it, and that answers have to stay what
//! the document says. Must not know how an answer is written.

pub(crate) mod infer;
mod input;
mod list;
mod merge;
mod named;
mod pages;
mod patch;
pub(crate) mod store;

use crate::answer::text_field;
use crate::headers;
use crate::mock::Mock;
use crate::negotiate::{self, Chosen};
use crate::problem::Problem;
use crate::respond::{Asked, Draft};
use crate::seed;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use infer::{Act, Collection, Role};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value};
use spec_api::{MediaType, SchemaId, Status};
use spec_http::style::scalar;
use spec_values::random::Filling;
use std::sync::Arc;

/// The path at which the memory is read, set and cleared.
const STATE: &str = "/__state";

/// Characters that the path of a URI can't have as they are (RFC 3986, 2.3).
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An answer, or why there is none.
type Answer = Result<Draft, Problem<'static>>;

/// Returns whether a path is that of the memory itself.
pub(crate) fn is_administration(mock: &Mock, path: &str) -> bool {
    mock.settings.state && path == STATE
}

/// Answers a request for the memory itself; none where it is for something else. GET reads all of it, PUT
/// sets it, DELETE clears it.
pub(crate) fn administer(mock: &Mock, request: &Request<Bytes>) -> Option<Response<Bytes>> {
    if !is_administration(mock, request.uri().path()) {
        return None;
    }
    let mut store = mock.store();
    let mut response = Response::new(Bytes::new());
    match *request.method() {
        Method::GET => {
            *response.body_mut() = Bytes::from(store.snapshot().to_string());
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Method::DELETE => {
            store.clear();
            drop(store);
            mock.rewind();
            *response.status_mut() = StatusCode::NO_CONTENT;
        }
        Method::PUT => match serde_json::from_slice(request.body()) {
            Ok(snapshot) if store.restore(&snapshot) => *response.status_mut() = StatusCode::NO_CONTENT,
            _ => {
                return Some(
                    Problem::new(400, "write what GET answers: things by collection and id").response(),
                );
            }
        },
        _ => return Some(Problem::new(405, "the memory takes GET, PUT and DELETE").response()),
    }
    Some(response)
}

/// Answers a request from memory; none where its operation has nothing to do with things, or the document
/// leaves no way to say that there is none.
pub(crate) fn answer(asked: &Asked<'_>) -> Option<Answer> {
    let resources = asked.prepared.resources();
    let role = resources.role(asked.operation)?;
    let about = resources.collection(&role.collection);
    let steps: Vec<String> = asked.request.uri().path().trim_end_matches('/').split('/').map(step).collect();
    let scene = Scene {
        asked,
        role,
        about,
        names: infer::id_names(
            about.and_then(|own| own.parameter.as_deref()).unwrap_or("id"),
            &role.collection,
        ),
        path: steps.get(..role.depth)?.join("/"),
        id: steps.get(role.depth).cloned().unwrap_or_default(),
    };
    for (depth, template) in &role.parents {
        let (path, id) = (steps.get(..*depth)?.join("/"), steps.get(*depth)?);
        if let Some(missing) = scene.missing(resources.collection(template)?, &path, id) {
            return Some(missing);
        }
    }
    scene.act()
}

/// Returns a segment of a path as it is meant. A slash in it stays encoded, so that it ends no segment.
fn step(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().replace('/', "%2F")
}

/// Returns an id as it stands in a path.
fn key(id: &Value) -> String {
    scalar(id).replace('/', "%2F")
}

/// A thing that was made, and the answer that shows it.
struct Made<'a> {
    thing: Value,
    id: Value,
    draft: Draft,
    /// Keeps the id until the thing is put.
    _claim: Option<Claim<'a>>,
}

/// A request on things.
struct Scene<'a> {
    asked: &'a Asked<'a>,
    role: &'a Role,
    about: Option<&'a Collection>,
    /// The names that ids may have.
    names: Vec<String>,
    /// The path of the collection.
    path: String,
    /// The id of the thing, where the path has one.
    id: String,
}

/// An id that is kept for one thing until it is put, or the request has failed.
struct Claim<'a> {
    mock: &'a Mock,
    path: &'a str,
    id: Value,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.mock.store().release(self.path, &key(&self.id));
    }
}

impl Scene<'_> {
    /// Does what the operation does. The memory is locked for moments only; whoever finds that somebody else
    /// has changed the thing in the meantime begins again.
    fn act(&self) -> Option<Answer> {
        match self.role.act {
            Act::Create => return Some(self.create()),
            Act::List => return self.list(),
            Act::Other => return None,
            Act::Read | Act::Replace | Act::Update | Act::Delete => {}
        }
        loop {
            let known = self.known();
            if known.is_none() && !(self.role.act == Act::Replace && self.may_be_new()) {
                return self.missing(self.about?, &self.path, &self.id);
            }
            let done = match (self.role.act, &known) {
                (Act::Replace, known) => self.replace(known.as_ref()),
                (Act::Update, Some(known)) => self.update(known),
                (Act::Delete, Some(known)) => self.delete(known),
                (_, known) => known.as_ref().map(|known| self.show(known)),
            };
            if done.is_some() {
                return done;
            }
        }
    }

    /// Returns the thing that the path means.
    fn known(&self) -> Option<Arc<Value>> {
        self.asked.mock.store().get(&self.path, &self.id)
    }

    /// Keeps an id for the thing that is made; none if there is one, or somebody else makes one.
    fn claim(&self, id: &Value) -> Option<Claim<'_>> {
        let mock = self.asked.mock;
        mock.store().claim(&self.path, &key(id)).then(|| Claim { mock, path: &self.path, id: id.clone() })
    }

    /// Puts what the request makes of a thing; returns none if that is no longer what it was.
    fn swapped(&self, before: Option<&Arc<Value>>, thing: Value, draft: Draft) -> Option<Answer> {
        let is_done = self.asked.mock.store().swap(&self.path, &self.id, before, thing);
        is_done.then_some(Ok(draft))
    }

    /// Says that a thing is not there; none where it is, or where nobody can know.
    fn missing(&self, about: &Collection, path: &str, id: &str) -> Option<Answer> {
        let is_gone = {
            let store = self.asked.mock.store();
            if store.get(path, id).is_some() {
                return None;
            }
            store.is_gone(path, id)
        };
        let is_known = (about.creates || about.replaces)
            && negotiate::declared(self.asked.operation, 404)
                .is_some_and(|own| own.status != Status::Default || self.succeeds());
        (is_known || is_gone)
            .then(|| self.asked.failed(&Problem::new(404, format!("there is nothing with the id {id}"))))
    }

    fn declares(&self, code: u16) -> bool {
        self.asked.operation.responses.iter().any(|own| own.status == Status::Code(code))
    }

    /// Returns the id that was sent, or else one that is free, which is kept.
    fn given(&self, own: Option<Value>) -> (Value, Option<Claim<'_>>) {
        match own {
            Some(id) => (id, None),
            None => match self.free(&Value::Null, &|_| true) {
                Some(claim) => (claim.id.clone(), Some(claim)),
                None => (Value::Null, None),
            },
        }
    }

    /// Says whether the operation declares a success, so that `default` is for errors.
    fn succeeds(&self) -> bool {
        self.asked.operation.responses.iter().any(|own| own.status.is_success())
    }

    /// Says whether a thing that is put is made by that where there is none: there is no other way to make
    /// one.
    fn may_be_new(&self) -> bool {
        self.about.is_some_and(|about| about.replaces && !about.creates)
    }

    /// Makes a thing of what was sent.
    fn create(&self) -> Answer {
        let chosen = self.asked.chosen()?;
        if !(200..300).contains(&chosen.status) {
            return self.asked.answered();
        }
        let input = self.completed(&self.input());
        let own = self.id_name(chosen, None, &input)?.and_then(|name| input.get(&name).cloned());
        let own = own.filter(|id| id.is_string() || id.is_number());
        // Kept to the end, so that nobody else is given it.
        let _own = match own.as_ref().map(|id| (id, self.claim(id))) {
            Some((id, None)) if self.declares(409) => {
                let detail = format!("there is something with the id {} already", scalar(id));
                return self.asked.failed(&Problem::new(409, detail));
            }
            Some((_, claim)) => claim,
            None => None,
        };
        let made = match chosen.media {
            Some(media) => self.made(chosen, media, &input, own)?,
            None => {
                let (id, claim) = self.given(own);
                let draft = self.asked.draft(chosen, None, Vec::new());
                Made { thing: input, id, draft, _claim: claim }
            }
        };
        let Made { thing, id, mut draft, _claim } = made;
        self.asked.mock.store().put(&self.path, &key(&id), thing);
        let path: Vec<&str> = self.asked.request.uri().path().split('/').take(self.role.depth).collect();
        let place = format!("{}/{}", path.join("/"), utf8_percent_encode(&scalar(&id), PATH));
        if let Some(field) = text_field(&place).filter(|_| chosen.status == 201) {
            let asked = self.asked;
            if headers::is_right(asked.prepared, asked.operation, chosen.status, &LOCATION, &field) {
                draft.headers.insert(LOCATION, field);
            }
        }
        Ok(draft)
    }

    /// Returns the property that holds the id: of a thing that is known, or of those that the answer shows;
    /// where it shows none, of what was sent, if its name leaves no doubt.
    fn id_name(
        &self,
        chosen: Chosen<'_>,
        known: Option<&Value>,
        input: &Value,
    ) -> Result<Option<String>, Problem<'static>> {
        let of = |names: &[String], value: &Value| {
            let own = value.as_object().into_iter().flat_map(Map::keys).map(String::as_str);
            infer::id_property(names, own).map(str::to_owned)
        };
        if let Some(known) = known {
            return Ok(of(&self.names, known));
        }
        let Some(media) = chosen.media else {
            return Ok(of(self.names.get(..infer::SURE).unwrap_or_default(), input));
        };
        let (base, _) = self.asked.value(chosen, media)?;
        Ok(merge::at(&base, &self.place(media).0).and_then(|plain| of(&self.names, plain)))
    }

    /// Makes a thing, with an id of its own, and the answer that shows it.
    fn made(
        &self,
        chosen: Chosen<'_>,
        media: &MediaType,
        input: &Value,
        own: Option<Value>,
    ) -> Result<Made<'_>, Problem<'static>> {
        let (base, _) = self.asked.value(chosen, media)?;
        let (place, schema) = self.place(media);
        let Some(plain) = merge::at(&base, &place).filter(|own| own.is_object()) else {
            let (id, claim) = self.given(own);
            let draft = self.asked.with_body(chosen, media, base, Vec::new())?;
            return Ok(Made { thing: input.clone(), id, draft, _claim: claim });
        };
        let is_right =
            |thing: &Value| self.is_right(chosen, media, &merge::put(&base, &place, thing.clone()));
        let thing = merge::overlay(plain, input, &is_right);
        let mut thing = merge::without(&thing, &self.unsent(input), &is_right);
        let names = thing.as_object().into_iter().flat_map(Map::keys).map(String::as_str);
        let (id, claim) = match infer::id_property(&self.names, names).map(str::to_owned) {
            Some(name) if own.as_ref().is_none_or(|own| thing[&name] != *own) => {
                let with = |id: &Value| {
                    let mut thing = thing.clone();
                    thing[&name] = id.clone();
                    thing
                };
                let fits = |id: &Value| is_right(&with(id));
                let (id, claim) = match own.filter(|own| fits(own)) {
                    Some(own) => (own, None),
                    None => match self.free(&thing[&name], &fits) {
                        Some(claim) => (claim.id.clone(), Some(claim)),
                        None => (thing[&name].clone(), None),
                    },
                };
                thing = with(&id);
                (id, claim)
            }
            Some(name) => (thing[&name].clone(), None),
            None => self.given(own),
        };
        let whole = merge::put(&base, &place, self.told(plain, &thing, schema, &is_right));
        let draft = self.asked.with_body(chosen, media, whole, Vec::new())?;
        Ok(Made { thing, id, draft, _claim: claim })
    }

    /// Finds an id that is free, and keeps it: of the kind of `like`, one that the path takes, and that
    /// `fits`.
    fn free(&self, like: &Value, fits: &dyn Fn(&Value) -> bool) -> Option<Claim<'_>> {
        let prepared = self.asked.prepared;
        let schema = self.about.and_then(|own| own.schema).and_then(|id| prepared.api().schema(id).pointer());
        let values = prepared.values().ok();
        let is_in_path = |id: &Value| {
            let (Some(schema), Some(values)) = (schema, values) else { return true };
            let number = scalar(id).parse::<i64>().map_or(Value::Null, Value::from);
            values.is_valid(schema, &scalar(id).into()) || values.is_valid(schema, &number)
        };
        let first = self.asked.mock.store().made(&self.path) + 1;
        let is_uuid = |text: &str| text.len() == 36 && text.matches('-').count() == 4;
        let path = seed::of(&[self.path.as_bytes()]);
        (first..first + 50).find_map(|number| {
            let own = seed::mix(self.asked.mock.settings.seed, seed::mix(path, number));
            let mut ids: Vec<Value> = match like {
                Value::String(text) if is_uuid(text) => vec![uuid(own).into()],
                Value::String(text) => {
                    vec![number.to_string().into(), format!("{text}{number}").into(), uuid(own).into()]
                }
                Value::Number(plain) => {
                    vec![number.into(), plain.as_u64().unwrap_or_default().saturating_add(number).into()]
                }
                _ => vec![number.into(), uuid(own).into()],
            };
            ids.extend(schema.and_then(|schema| {
                let made = values?.valid(Some(schema), Filling::All, own, &|id| !id.is_null()).ok()?;
                Some(prepared.friendly(made, &|id| is_in_path(id)))
            }));
            let is_free = |id: &Value| self.asked.mock.store().get(&self.path, &key(id)).is_none();
            let mut fitting = ids.iter().filter(|id| is_free(id) && is_in_path(id) && fits(id));
            fitting.find_map(|id| self.claim(id))
        })
    }

    /// Puts what was sent in the place of a thing, or where there was none.
    fn replace(&self, before: Option<&Arc<Value>>) -> Option<Answer> {
        match self.replacement(before.map(Arc::as_ref)) {
            Ok((Some(thing), draft)) => self.swapped(before, thing, draft),
            Ok((None, draft)) => Some(Ok(draft)),
            Err(problem) => Some(Err(problem)),
        }
    }

    /// Returns what takes the place of a thing, if anything does, and the answer.
    fn replacement(&self, known: Option<&Value>) -> Result<(Option<Value>, Draft), Problem<'static>> {
        let created = self.asked.operation.responses.iter().find(|own| own.status == Status::Code(201));
        let created = created.filter(|_| known.is_none() && self.asked.wishes.code.is_none());
        let chosen =
            match created.and_then(|own| negotiate::form(201, own, self.asked.accept().as_deref()).ok()) {
                Some(chosen) => chosen,
                None => self.asked.chosen()?,
            };
        if !(200..300).contains(&chosen.status) {
            return Ok((None, self.asked.answered()?));
        }
        let mut input = self.completed(&self.input());
        // What tells the thing from others, the path says.
        let name = self.id_name(chosen, known, &input)?;
        let like = name.as_ref().and_then(|name| known.and_then(|own| own.get(name)));
        let id = self.typed(like.or(name.as_ref().and_then(|name| input.get(name))));
        if let (Some(name), Value::Object(members)) = (name, &mut input) {
            members.insert(name, id.clone());
        }
        let (thing, draft) = match chosen.media {
            None => (input, self.asked.draft(chosen, None, Vec::new())),
            Some(media) => self.replaced(chosen, media, known, &input, &id)?,
        };
        Ok((Some(thing), draft))
    }

    /// Returns a thing after what was sent took its place, and the answer that shows it.
    fn replaced(
        &self,
        chosen: Chosen<'_>,
        media: &MediaType,
        known: Option<&Value>,
        input: &Value,
        id: &Value,
    ) -> Result<(Value, Draft), Problem<'static>> {
        let (base, _) = self.asked.value(chosen, media)?;
        let (place, schema) = self.place(media);
        let Some(plain) = merge::at(&base, &place).filter(|own| own.is_object()) else {
            return Ok((input.clone(), self.asked.with_body(chosen, media, base, Vec::new())?));
        };
        let is_right =
            |thing: &Value| self.is_right(chosen, media, &merge::put(&base, &place, thing.clone()));
        let mut thing = known.map_or_else(|| plain.clone(), |known| merge::overlay(plain, known, &is_right));
        thing = merge::overlay(&thing, input, &is_right);
        thing = merge::without(&thing, &self.unsent(input), &is_right);
        let names = plain.as_object().into_iter().flat_map(Map::keys).map(String::as_str);
        if let Some(name) = infer::id_property(&self.names, names) {
            let id = Map::from_iter([(
                name.to_owned(),
                if plain[name].is_number() { self.typed(Some(&plain[name])) } else { id.clone() },
            )]);
            thing = merge::overlay(&thing, &Value::Object(id), &is_right);
        }
        let whole = merge::put(&base, &place, self.told(plain, &thing, schema, &is_right));
        Ok((thing, self.asked.with_body(chosen, media, whole, Vec::new())?))
    }

    /// Changes a thing by what was sent.
    fn update(&self, known: &Arc<Value>) -> Option<Answer> {
        let thing = match self.changed(known) {
            Ok(thing) => thing,
            Err(why) => {
                // RFC 5789, 2.2.
                let status = [409, 422, 400].into_iter().find(|code| self.declares(*code)).unwrap_or(409);
                return Some(self.asked.failed(&Problem::new(status, why)));
            }
        };
        match self.show(&thing) {
            Ok(shown) if (200..300).contains(&shown.status) => self.swapped(Some(known), thing, shown),
            other => Some(other),
        }
    }

    /// Takes a thing away.
    fn delete(&self, known: &Value) -> Option<Answer> {
        let shown = self.show(known);
        self.asked.mock.store().remove(&self.path, &self.id).then_some(shown)
    }

    /// Shows a thing in the answer that the operation declares.
    fn show(&self, thing: &Value) -> Answer {
        let chosen = self.asked.chosen()?;
        let Some(media) = chosen.media else {
            return Ok(self.asked.draft(chosen, None, Vec::new()));
        };
        let (base, wrong) = self.asked.value(chosen, media)?;
        if !wrong.is_empty() || !(200..300).contains(&chosen.status) {
            return self.asked.with_body(chosen, media, base, wrong);
        }
        let (place, schema) = self.place(media);
        let Some(plain) = merge::at(&base, &place).filter(|own| own.is_object()) else {
            return self.asked.with_body(chosen, media, base, Vec::new());
        };
        let is_right =
            |thing: &Value| self.is_right(chosen, media, &merge::put(&base, &place, thing.clone()));
        let thing = self.told(plain, thing, schema, &is_right);
        self.asked.with_body(chosen, media, merge::put(&base, &place, thing), Vec::new())
    }

    /// Returns what an answer tells of a thing: the members that its schema names, and beside them those of
    /// `plain`, which is right, that must be there.
    fn told(
        &self,
        plain: &Value,
        thing: &Value,
        schema: Option<SchemaId>,
        is_right: &dyn Fn(&Value) -> bool,
    ) -> Value {
        let named = self.named(schema, thing);
        if is_right(&named) {
            return named;
        }
        // What nobody sent is there only where it must be.
        let merged = merge::overlay(plain, &named, is_right);
        let added = plain.as_object().into_iter().flat_map(Map::keys).map(String::as_str);
        let added: Vec<&str> = added.filter(|name| named.get(*name).is_none()).collect();
        merge::without(&merged, &added, is_right)
    }

    /// Returns a thing without what its schema does not name.
    fn named(&self, schema: Option<SchemaId>, thing: &Value) -> Value {
        let api = self.asked.prepared.api();
        schema.map_or_else(|| thing.clone(), |id| named::only(&api.json, &[api.json_schema(id)], thing))
    }

    /// Returns where a thing stands in a body, and the schema that it has there.
    fn place(&self, media: &MediaType) -> (Vec<String>, Option<SchemaId>) {
        let api = self.asked.prepared.api();
        let place = media.schema.and_then(|schema| infer::thing_place(api, schema, &self.names));
        place.map_or((Vec::new(), media.schema), |(place, schema)| (place, Some(schema)))
    }

    fn is_right(&self, chosen: Chosen<'_>, media: &MediaType, value: &Value) -> bool {
        self.asked.prepared.wrong(self.asked.operation, chosen.status, media, value) == Ok(Vec::new())
    }

    /// Returns the id in the path, as a number where `like` is one.
    fn typed(&self, like: Option<&Value>) -> Value {
        let number = self.id.parse::<i64>().ok().filter(|_| like.is_some_and(Value::is_number));
        number.map_or_else(|| self.id.as_str().into(), Value::from)
    }
}

/// Writes a number as a UUID of version 4 (RFC 9562, 5.4).
fn uuid(number: u64) -> String {
    let more = seed::mix(number, number);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        number >> 32,
        (number >> 16) & 0xffff,
        number & 0xfff,
        0x8000 | ((more >> 48) & 0x3fff),
        more & 0xffff_ffff_ffff
    )
}
