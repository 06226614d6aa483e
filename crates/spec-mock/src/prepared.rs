//! A document, prepared for answering: what is found out about it once, and kept.
//!
//! Knows the contract and the makers of values. Must not know requests.

use crate::body::{self, Composed, Written};
use crate::callbacks::Callbacks;
use crate::examples::{self, Example};
use crate::friendly::{Given, friendly};
use crate::headers;
use crate::hidden;
use crate::negotiate::{self, Chosen};
use crate::once::Once;
use crate::sample::{Sampler, Way};
use crate::state::infer::Resources;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::Value;
use spec_api::{Api, MediaType, Method, Operation};
use spec_contract::{Contract, Kind, Part, Violation};
use spec_values::Values;
use spec_values::random::Filling;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// The ways in which a value is made, until one is right.
const WAYS: [Way; 6] = [Way::Examples, Way::Plain, Way::Last, Way::Alone(0), Way::Alone(1), Way::Alone(2)];

/// A document that answers.
pub(crate) struct Prepared {
    pub(crate) contract: Contract,
    /// Positions of the operations, by id.
    positions: HashMap<String, usize>,
    /// The paths of servers, which may stand before those of the document; the longest first.
    bases: Vec<String>,
    /// False to pass over the examples of the document.
    uses_examples: bool,
    /// True if there is anything that is for requests alone.
    hides: bool,
    values: OnceLock<Result<Values, String>>,
    given: OnceLock<Given>,
    resources: OnceLock<Resources>,
    callbacks: OnceLock<Callbacks>,
    /// What is known of a body: by the place of its media type, and its status.
    known: Once<(String, u16), Arc<Known>>,
    /// The headers of each response, by its place and status.
    headers: Once<(String, u16), HeaderMap>,
}

/// What is known of a body that a document declares.
pub(crate) struct Known {
    /// Examples, each with what is wrong with it.
    pub(crate) examples: Vec<(Example, Vec<Violation>)>,
    /// The answer where nobody asks for anything else.
    pub(crate) usual: Result<Value, Unmade>,
}

/// Why there is no value for a body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Unmade {
    /// Its schema asks for more than an answer holds.
    TooMuch,
    /// It would be a list or an object, which plain text has no way to write.
    Composed,
    /// Nothing that was made is what the document says.
    Wrong(String),
}

impl Prepared {
    pub(crate) fn new(contract: Contract, uses_examples: bool) -> Prepared {
        let api = contract.api();
        let positions =
            api.operations.iter().enumerate().map(|(index, own)| (own.id.clone(), index)).collect();
        let servers = api.operations.iter().flat_map(|own| &own.servers).chain(&api.servers);
        let mut bases: Vec<String> = servers.filter_map(|server| base(&server.url)).collect();
        bases.sort_by_key(|base| std::cmp::Reverse(base.len()));
        bases.dedup();
        let hides = api.schemas().any(|(_, schema)| schema.write_only);
        Prepared {
            positions,
            bases,
            hides,
            uses_examples,
            values: OnceLock::new(),
            given: OnceLock::new(),
            resources: OnceLock::new(),
            callbacks: OnceLock::new(),
            known: Once::default(),
            headers: Once::default(),
            contract,
        }
    }

    pub(crate) fn api(&self) -> &Api {
        self.contract.api()
    }

    pub(crate) fn operation(&self, id: &str) -> Option<&Operation> {
        self.api().operations.get(*self.positions.get(id)?)
    }

    /// Returns a path without what a server's URL puts before it; none where no server does.
    pub(crate) fn below_a_server<'p>(&self, path: &'p str) -> impl Iterator<Item = &'p str> {
        self.bases
            .iter()
            .filter_map(move |base| path.strip_prefix(base.as_str()))
            .filter(|rest| rest.starts_with('/'))
    }

    /// Returns what is wrong with a body; what can't be checked is not.
    pub(crate) fn faults(
        &self,
        operation: &Operation,
        status: u16,
        body: Option<&Written>,
    ) -> Vec<Violation> {
        let mut response = http::Response::new(body.map_or(&[][..], |body| &body.bytes));
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
        if let Some(value) = body.and_then(|body| body.content_type.parse().ok()) {
            response.headers_mut().insert(CONTENT_TYPE, value);
        }
        let mut violations = self.contract.response(&operation.id, &response).violations;
        violations
            .retain(|own| matches!(own.part, Part::Body | Part::ContentType) && own.kind != Kind::Unchecked);
        violations
    }

    /// Returns what is wrong with a value as the body of an answer.
    pub(crate) fn wrong(
        &self,
        operation: &Operation,
        status: u16,
        media: &MediaType,
        value: &Value,
    ) -> Result<Vec<Violation>, Composed> {
        let content = negotiate::declared(operation, status).map(|own| own.content.as_slice());
        let name = negotiate::name(content.unwrap_or_default(), media, None, value.is_string());
        let written = body::write(media, &name, value)?;
        // An answer to HEAD has no body that could be wrong.
        if operation.method == Method::Head {
            return Ok(Vec::new());
        }
        Ok(self.faults(operation, status, Some(&written)))
    }

    /// Returns a value without what is for requests alone (OpenAPI 3.1, 4.8.24.1), if it is right without it.
    pub(crate) fn shown(&self, operation: &Operation, status: u16, media: &MediaType, value: Value) -> Value {
        let Some(schema) = media.schema.filter(|_| self.hides) else { return value };
        let stripped = hidden::without(&self.api().json, self.api().json_schema(schema), &value);
        match stripped != value && self.wrong(operation, status, media, &stripped) == Ok(Vec::new()) {
            true => stripped,
            false => value,
        }
    }

    /// Returns what is known of a body; the first time, it is found out, and `log` is told of what is wrong.
    pub(crate) fn known(
        &self,
        operation: &Operation,
        chosen: Chosen<'_>,
        media: &MediaType,
        log: &dyn Fn(&str),
    ) -> Arc<Known> {
        let place = media.location.as_pointer().map(ToString::to_string).unwrap_or_default();
        let key = (place, chosen.status);
        self.known.get(&key, || Arc::new(self.find_out(operation, chosen.status, media, log)))
    }

    /// Returns the headers of a response; made values where there is a seed.
    pub(crate) fn headers(&self, operation: &Operation, chosen: Chosen<'_>, seed: Option<u64>) -> HeaderMap {
        if chosen.response.headers.is_empty() {
            return HeaderMap::new();
        }
        if seed.is_some() {
            return headers::of(self, operation, chosen.status, chosen.response, seed);
        }
        let place = chosen.response.location.as_pointer().map(ToString::to_string).unwrap_or_default();
        let key = (place, chosen.status);
        self.headers.get(&key, || headers::of(self, operation, chosen.status, chosen.response, None))
    }

    fn find_out(&self, operation: &Operation, status: u16, media: &MediaType, log: &dyn Fn(&str)) -> Known {
        let mut examples = Vec::new();
        let all = examples::of(&self.api().json, &media.location);
        for mut example in all.into_iter().filter(|_| self.uses_examples) {
            let mut wrong = self.wrong(operation, status, media, &example.value).unwrap_or_default();
            // Some write the JSON of an example as a text.
            if let (false, Value::String(text)) = (wrong.is_empty(), &example.value)
                && let Ok(value) = serde_json::from_str(text)
                && self.wrong(operation, status, media, &value) == Ok(Vec::new())
            {
                (example.value, wrong) = (value, Vec::new());
            }
            if let Some(first) = wrong.first() {
                let name = example.name.as_deref().map(|name| format!(" `{name}`")).unwrap_or_default();
                log(&format!("{}: the example{name} of {status} is left out: {first}", operation.id));
            }
            if wrong.is_empty() {
                example.value = self.shown(operation, status, media, example.value);
            }
            examples.push((example, wrong));
        }
        let right = examples.iter().find(|(_, wrong)| wrong.is_empty()).map(|(own, _)| own.value.clone());
        let usual = right.map_or_else(|| self.plain(operation, status, media), Ok);
        let usual = usual.map(|value| self.shown(operation, status, media, value));
        Known { examples, usual }
    }

    /// Makes the plainest value for a body that the document takes.
    fn plain(&self, operation: &Operation, status: u16, media: &MediaType) -> Result<Value, Unmade> {
        let Some(schema) = media.schema else {
            let is_json = media.kind == spec_api::MediaKind::Json && media.sequence().is_none();
            return Ok(if is_json { Value::Object(serde_json::Map::new()) } else { Value::Null });
        };
        let pointer = self.api().schema(schema).pointer().unwrap_or_default();
        let mut why = String::new();
        for way in WAYS.into_iter().filter(|way| self.uses_examples || *way != Way::Examples) {
            let made = Sampler::new(&self.api().json, way).at(pointer);
            let value = made.map_err(|_| Unmade::TooMuch)?;
            match self.wrong(operation, status, media, &value) {
                Err(Composed) => return Err(Unmade::Composed),
                Ok(wrong) => match wrong.first() {
                    None => return Ok(value),
                    Some(first) if why.is_empty() => why = first.to_string(),
                    Some(_) => {}
                },
            }
        }
        self.made(operation, status, media, Filling::Some, 0).map_err(|_| Unmade::Wrong(why))
    }

    /// Makes a value for a body, by a seed.
    pub(crate) fn made(
        &self,
        operation: &Operation,
        status: u16,
        media: &MediaType,
        filling: Filling,
        seed: u64,
    ) -> Result<Value, Unmade> {
        let pointer = media.schema.and_then(|id| self.api().schema(id).pointer());
        let values = self.values().map_err(Unmade::Wrong)?;
        let fits = |value: &Value| self.wrong(operation, status, media, value) == Ok(Vec::new());
        let made = values.valid(pointer, filling, seed, &fits).map_err(Unmade::Wrong)?;
        Ok(self.friendly(made, &fits))
    }

    /// Returns a made value such as people like to read, as far as it stays right.
    pub(crate) fn friendly(&self, made: Value, is_right: &dyn Fn(&Value) -> bool) -> Value {
        friendly(made, self.given.get_or_init(|| Given::of(&self.api().json)), is_right)
    }

    /// Returns what the document says of things.
    pub(crate) fn resources(&self) -> &Resources {
        self.resources.get_or_init(|| Resources::of(self.api()))
    }

    /// Returns the requests that the API itself sends.
    pub(crate) fn callbacks(&self) -> &Callbacks {
        self.callbacks.get_or_init(|| Callbacks::of(self.api()))
    }

    /// Returns the maker of values for answers.
    pub(crate) fn values(&self) -> Result<&Values, String> {
        let make = || Values::new(examples::of_answers(self.api()), "writeOnly");
        self.values.get_or_init(make).as_ref().map_err(Clone::clone)
    }
}

/// Returns the path of a server's URL, without a slash at its end; none where it has no path.
fn base(url: &str) -> Option<String> {
    let path = match url.split_once("://") {
        Some((_, rest)) => &rest[rest.find('/')?..],
        None => url,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    (path.starts_with('/')).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::base;

    #[test]
    fn servers_have_paths() {
        assert_eq!(base("https://example.com/api/v1/").as_deref(), Some("/api/v1"));
        assert_eq!(base("/v2").as_deref(), Some("/v2"));
        for url in ["https://example.com", "https://example.com/", "/", ""] {
            assert_eq!(base(url), None, "{url}");
        }
    }
}
