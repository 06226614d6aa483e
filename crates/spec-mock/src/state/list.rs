//! Lists: the things of a collection, as an answer shows them.
//!
//! Knows by which names documents ask for a part of a list, and say how long it is. Must not know how things
//! are made.

use super::{Answer, Scene, infer, merge};
use crate::negotiate::Chosen;
use crate::sample::{Sampler, Way};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use spec_api::{MediaType, ParameterIn, SchemaId};
use spec_http::style::scalar;

/// Names of parameters that say how many items are wanted.
const LIMITS: [&str; 9] =
    ["limit", "perpage", "pagesize", "maxresults", "count", "size", "take", "top", "first"];

/// Names of parameters that say how many items are passed over.
const OFFSETS: [&str; 4] = ["offset", "skip", "start", "from"];

/// Names of properties that say how many things there are.
const TOTALS: [&str; 8] = [
    "total",
    "totalcount",
    "totalitems",
    "totalelements",
    "totalresults",
    "count",
    "totalrecords",
    "numfound",
];

/// The number of items of a page, where nothing says it.
const PAGE: usize = 20;

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
        let whole = self.page(chosen, media, &base, &place, item);
        Some(self.asked.with_body(chosen, media, whole, Vec::new()))
    }

    /// Puts the things that are asked for in the place of the list.
    fn page(
        &self,
        chosen: Chosen<'_>,
        media: &MediaType,
        base: &Value,
        place: &[String],
        item: SchemaId,
    ) -> Value {
        let query = self.query();
        let mut things = self.asked.mock.store().list(&self.path);
        things.retain(|(_, own)| self.is_asked_for(own, &query));
        let total = things.len();
        let number = |names: &[&str]| {
            let named = query.iter().find(|(name, _)| names.contains(&letters(name).as_str()));
            named.and_then(|(_, text)| text.parse::<usize>().ok())
        };
        let page_number = number(&["page", "pagenumber"]);
        // Whoever asks for a page means a part.
        let usual = || self.usual_limit().or(page_number.map(|_| PAGE));
        let limit = number(&LIMITS).or_else(usual).unwrap_or(usize::MAX);
        let page = page_number.unwrap_or(1).max(1) - 1;
        let offset = number(&OFFSETS)
            .unwrap_or_else(|| if limit == usize::MAX { 0 } else { page.saturating_mul(limit) });
        let shown: Vec<Value> =
            things.iter().skip(offset).take(limit).map(|(_, thing)| self.item(item, thing)).collect();
        let is_right = |value: &Value| self.is_right(chosen, media, value);
        let mut list = shown;
        // As many as the document lets in.
        let mut whole = merge::put(base, place, Value::Array(list.clone()));
        while !is_right(&whole) && !list.is_empty() {
            let half = list.len() / 2;
            list.truncate(half);
            whole = merge::put(base, place, Value::Array(list.clone()));
        }
        if !is_right(&whole) {
            return base.clone();
        }
        let last = offset.saturating_add(list.len()) >= total;
        let mut known = Map::new();
        for (name, value) in whole.as_object().into_iter().flatten() {
            match letters(name).as_str() {
                own if TOTALS.contains(&own) && value.is_number() => {
                    known.insert(name.clone(), total.into());
                }
                "hasmore" | "hasnext" | "hasnextpage" if value.is_boolean() => {
                    known.insert(name.clone(), (!last).into());
                }
                _ => {}
            }
        }
        merge::overlay(&whole, &Value::Object(known), &is_right)
    }

    /// Returns how many items the document says are shown where nobody says how many.
    fn usual_limit(&self) -> Option<usize> {
        let api = self.asked.prepared.api();
        let mut parameters = self.asked.operation.parameters.iter();
        let own = parameters.find(|own| LIMITS.contains(&letters(&own.name).as_str()))?;
        let schema = api.schema(own.schema);
        let default = schema.default.as_ref().or(api.schema(api.resolve(own.schema)).default.as_ref())?;
        usize::try_from(default.as_u64()?).ok()
    }

    /// Returns a thing as an item of the list.
    fn item(&self, item: SchemaId, thing: &Value) -> Value {
        let prepared = self.asked.prepared;
        let (Some(pointer), Ok(values)) = (prepared.api().schema(item).pointer(), prepared.values()) else {
            return thing.clone();
        };
        let is_right = |value: &Value| values.is_valid(pointer, value);
        if is_right(thing) {
            return thing.clone();
        }
        let plain = [Way::Examples, Way::Plain]
            .into_iter()
            .filter_map(|way| Sampler::new(&prepared.api().json, way).at(pointer).ok())
            .find(|value| is_right(value));
        plain.map_or_else(|| thing.clone(), |plain| merge::overlay(&plain, thing, &is_right))
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

fn letters(name: &str) -> String {
    name.replace(['_', '-', '$'], "").to_ascii_lowercase()
}
