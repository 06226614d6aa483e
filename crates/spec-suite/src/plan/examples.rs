//! Examples of the document, sent as they are.

use super::{Change, Probe};
use crate::case::{Expect, Place};
use crate::message::pointer_of;
use crate::session::Session;
use serde_json::Value;
use spec_api::Operation;
use spec_document::{Location, Pointer};
use spec_values::random::Filling;

impl Session {
    /// Returns a request for each example of a parameter or a body. Those that break their own schema are
    /// found out before they are sent.
    pub(super) fn examples(&self, operation: &Operation, seed: u64) -> Vec<Probe> {
        let mut all = Vec::new();
        let mut push = |change, pointer: String| {
            let expect = Expect::Accepted(Some(pointer));
            all.push(Probe {
                operation: operation.id.clone(),
                change,
                expect,
                filling: Filling::Least,
                seed,
                base: None,
            });
        };
        for parameter in &operation.parameters {
            for (pointer, value) in self.written(&parameter.location) {
                push(Change::Set(Place::from(parameter.place), parameter.name.clone(), value), pointer);
            }
        }
        for media in operation.body.iter().flat_map(|body| &body.content) {
            for (pointer, value) in self.written(&media.location) {
                push(Change::Value(media.name.clone(), value, String::new()), pointer);
            }
        }
        all
    }

    /// Returns `example` and the values of `examples` at a place (OpenAPI 3.1, 4.8.12.2 and 4.8.14).
    fn written(&self, location: &Location) -> Vec<(String, Value)> {
        let pointer = pointer_of(location);
        let root = &self.api().json;
        let Some(place) = root.pointer(&pointer) else { return Vec::new() };
        let one = place.get("example").map(|value| (format!("{pointer}/example"), value.clone()));
        let named = place.get("examples").and_then(Value::as_object).into_iter().flatten();
        let named = named.filter_map(|(name, example)| {
            let own = Pointer::parse(&format!("{pointer}/examples"))?.join(name).join("value");
            let reference = example.get("$ref").and_then(Value::as_str).and_then(Pointer::from_fragment);
            let example = reference.and_then(|target| root.pointer(target.as_str())).unwrap_or(example);
            Some((own.as_str().to_owned(), example.get("value")?.clone()))
        });
        one.into_iter().chain(named).collect()
    }
}
