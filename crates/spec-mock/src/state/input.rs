//! What a request sends of a thing.
//!
//! Knows how bodies say it: JSON, forms, patches. Must not know what becomes of it.

use super::{Scene, infer, merge, patch};
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};
use spec_api::{MediaKind, SchemaId};

impl Scene<'_> {
    fn content_type(&self) -> &str {
        let value = self.asked.request.headers().get(CONTENT_TYPE);
        value.and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Returns what was sent, with the defaults of what was not.
    pub(super) fn completed(&self, input: &Value) -> Value {
        let api = self.asked.prepared.api();
        let mut completed = input.clone();
        for (name, id) in self.properties() {
            let default = api.schema(id).default.as_ref().or(api.schema(api.resolve(id)).default.as_ref());
            if let (Some(default), Value::Object(members)) = (default, &mut completed) {
                members.entry(name).or_insert_with(|| default.clone());
            }
        }
        completed
    }

    /// Returns the properties that the body of the request may have.
    fn properties(&self) -> Vec<(&str, SchemaId)> {
        let content = self.asked.operation.body.iter().flat_map(|body| &body.content);
        let schema = content.filter(|media| media.kind != MediaKind::Bytes).find_map(|media| media.schema);
        schema.map(|schema| infer::properties(self.asked.prepared.api(), schema)).unwrap_or_default()
    }

    /// Returns what was sent, as far as it is an object: JSON, or the fields of a form.
    pub(super) fn input(&self) -> Value {
        let sent = self.sent().filter(Value::is_object);
        sent.unwrap_or_else(|| Value::Object(Map::new()))
    }

    fn sent(&self) -> Option<Value> {
        let (asked, request) = (self.asked, self.asked.request);
        asked.prepared.contract.request_value(&asked.operation.id, request.headers(), request.body())
    }

    /// Returns a thing as what was sent changes it: a JSON Patch (RFC 6902), a merge patch (RFC 7396), or
    /// members that take the place of others.
    ///
    /// # Errors
    ///
    /// Returns why a JSON Patch can't be applied.
    pub(super) fn changed(&self, known: &Value) -> Result<Value, String> {
        let mut thing = known.clone();
        match self.sent() {
            Some(Value::Array(steps)) if self.content_type().contains("json-patch") => {
                patch::apply(&mut thing, &steps)?;
            }
            Some(change @ Value::Object(_)) => {
                merge::patch(&mut thing, &change, self.content_type().contains("merge-patch"));
            }
            _ => {}
        }
        Ok(thing)
    }

    /// Returns the properties that could have been sent and were not.
    pub(super) fn unsent(&self, input: &Value) -> Vec<&str> {
        let is_id = |name: &str| self.names.iter().any(|own| own == name);
        let names = self.properties().into_iter().map(|(name, _)| name);
        names.filter(|name| input.get(*name).is_none() && !is_id(name)).collect()
    }
}
