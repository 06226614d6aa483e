//! Lists: the things of a collection, as an answer shows them.
//!
//! Knows which of them a query asks for. Must not know how things are made.

use super::pages::{self, Page};
use super::{Answer, Scene, infer, merge};
use crate::headers;
use crate::negotiate::Chosen;
use crate::respond::Draft;
use crate::sample::{Sampler, Way};
use http::{HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use spec_api::{MediaType, Parameter, ParameterIn, SchemaId};
use spec_http::style::scalar;

impl Scene<'_> {
    /// Shows the things of the collection; none where nobody can make any, or the answer has no list.
    pub(super) fn list(&self) -> Option<Answer> {
        if !self.about?.creates && !self.about?.replaces {
            return None;
        }
        let chosen = match self.asked.chosen() {
            Ok(chosen) => chosen,
            Err(problem) => return Some(Err(problem)),
        };
        let media = chosen.media.filter(|_| (200..300).contains(&chosen.status))?;
        let api = self.asked.prepared.api();
        let (place, item) = infer::list_place(api, media.schema?, &self.role.collection)?;
        let (base, wrong) = match self.asked.value(chosen, media) {
            Ok(found) => found,
            Err(problem) => return Some(Err(problem)),
        };
        if !wrong.is_empty() {
            return Some(self.asked.with_body(chosen, media, base, wrong));
        }
        merge::at(&base, &place).or_else(|| place.is_empty().then_some(&base))?;
        let (whole, total) = self.page(chosen, media, &base, &place, item);
        let draft = self.asked.with_body(chosen, media, whole, Vec::new());
        Some(draft.map(|draft| self.counted(chosen, draft, total)))
    }

    /// Writes how many things there are into the headers that are declared for that.
    fn counted(&self, chosen: Chosen<'_>, mut draft: Draft, total: usize) -> Draft {
        let asked = self.asked;
        for header in chosen.response.headers.iter().filter(|own| pages::is_total(&own.name)) {
            let (Ok(name), field) = (HeaderName::try_from(header.name.as_str()), HeaderValue::from(total))
            else {
                continue;
            };
            if headers::is_right(asked.prepared, asked.operation, chosen.status, &name, &field) {
                draft.headers.insert(name, field);
            }
        }
        draft
    }

    /// Puts the things that are asked for in the place of the list, and returns how many there are of them.
    fn page(
        &self,
        chosen: Chosen<'_>,
        media: &MediaType,
        base: &Value,
        place: &[String],
        item: SchemaId,
    ) -> (Value, usize) {
        let query = self.query();
        let mut things = self.asked.mock.store().list(&self.path);
        things.retain(|(_, own)| self.is_asked_for(own, &query));
        let total = things.len();
        let ids: Vec<&str> = things.iter().map(|(id, _)| id.as_str()).collect();
        let parameters = &self.asked.operation.parameters;
        let page = Page::of(&query, parameters, &|own| self.default(own), &ids);
        let shown = things.iter().skip(page.offset).take(page.limit);
        let mut list: Vec<Value> = shown.map(|(_, thing)| self.item(item, thing)).collect();
        let is_right = |value: &Value| self.is_right(chosen, media, value);
        // As many as the document lets in.
        let mut whole = merge::put(base, place, Value::Array(list.clone()));
        while !is_right(&whole) && !list.is_empty() {
            let half = list.len() / 2;
            list.truncate(half);
            whole = merge::put(base, place, Value::Array(list.clone()));
        }
        if !is_right(&whole) {
            return (base.clone(), total);
        }
        let end = page.offset.saturating_add(list.len());
        let last = end.checked_sub(1).and_then(|last| ids.get(last)).copied();
        let uri = self.asked.request.uri();
        (page.told(&whole, place, (list.len(), total), (last, uri), &is_right), total)
    }

    /// Returns what the document says a number of the query is where nobody says it.
    fn default(&self, own: &Parameter) -> Option<usize> {
        let api = self.asked.prepared.api();
        let schema = api.schema(own.schema);
        let default = schema.default.as_ref().or(api.schema(api.resolve(own.schema)).default.as_ref())?;
        usize::try_from(default.as_u64()?).ok()
    }

    /// Returns a thing as an item of the list.
    fn item(&self, item: SchemaId, thing: &Value) -> Value {
        let prepared = self.asked.prepared;
        let (Some(pointer), Ok(values)) = (prepared.api().schema(item).pointer(), prepared.values()) else {
            return self.named(Some(item), thing);
        };
        let is_right = |value: &Value| values.is_valid(pointer, value);
        let thing = self.named(Some(item), thing);
        if is_right(&thing) {
            return thing;
        }
        let plain = [Way::Examples, Way::Plain]
            .into_iter()
            .filter_map(|way| Sampler::new(&prepared.api().json, way).at(pointer).ok())
            .find(|value| is_right(value));
        plain.map_or_else(|| thing.clone(), |plain| merge::overlay(&plain, &thing, &is_right))
    }

    /// Says whether a thing has what the query asks for: of each declared parameter that things have as a
    /// property, its value.
    fn is_asked_for(&self, thing: &Value, query: &[(String, String)]) -> bool {
        let is_declared = |name: &str| {
            self.asked
                .operation
                .parameters
                .iter()
                .any(|own| own.place == ParameterIn::Query && own.name == name)
        };
        query.iter().filter(|(name, _)| is_declared(name)).all(|(name, text)| match thing.get(name) {
            Some(Value::Array(items)) => items.iter().any(|item| scalar(item) == *text),
            Some(Value::Object(_)) | None => true,
            Some(own) => scalar(own) == *text,
        })
    }

    fn query(&self) -> Vec<(String, String)> {
        let decoded =
            |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pairs = self.asked.request.uri().query().unwrap_or_default().split('&');
        pairs
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, text)| (decoded(name), decoded(text)))
            .collect()
    }
}
