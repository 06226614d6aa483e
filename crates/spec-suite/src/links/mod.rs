//! Which value of which exchange goes into which request: links of the document (OpenAPI 3.1, 4.8.20), and
//! those that names and paths tell.
//!
//! Must not send anything.

mod declared;
mod inferred;
mod words;

pub(crate) use inferred::{collection, lone_end as last_name};
pub(crate) use words::{is_handle, plain, singular, thing};

use crate::case::{Place, Source};
use serde_json::Value;
use spec_api::Api;
use std::fmt;

/// The place in a request that a value goes to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A parameter.
    Argument(Place, String),
    /// The place at a JSON pointer in the body, in which `*` stands for each item of a list.
    Body(String),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Argument(place, name) => write!(f, "{} {name}", place.key()),
            Target::Body(pointer) => write!(f, "body {pointer}"),
        }
    }
}

/// A value of one operation's exchange that goes into requests of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The `operationId` of the operation that the value comes from.
    pub from: String,
    /// The place of the value in the exchange.
    pub source: Source,
    /// The `operationId` of the operation whose requests it goes into.
    pub to: String,
    /// The place in the request.
    pub target: Target,
    /// Why they belong together, in a sentence.
    pub reason: String,
    /// How much speaks for it: 0 is what the document says itself.
    pub rank: u8,
}

impl fmt::Display for Link {
    /// Writes the link on one line, its reason after it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match &self.source {
            Source::Answer(pointer) => format!("answer {pointer}"),
            Source::Request(pointer) => format!("request {pointer}"),
            Source::Header(name) => format!("header {name}"),
            Source::Path { header, name, .. } => format!("header {header}, {{{name}}} in it"),
            Source::Argument(place, name) => format!("{} {name}", place.key()),
        };
        let (from, to) = (&self.from, &self.to);
        write!(f, "{from} ({source}) -> {to} ({}): {}", self.target, self.reason)
    }
}

/// What stands for each item of a list in the pointer of a target.
pub(crate) const EACH: &str = "*";

/// Returns the pointers to the places of a value that the pointer of a target means.
pub(crate) fn places(value: &Value, pointer: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for token in pointer.split('/').skip(1) {
        let deeper = |own: &String| -> Vec<String> {
            let items = value.pointer(own).and_then(Value::as_array).filter(|_| token == EACH);
            match items {
                Some(items) => (0..items.len()).map(|index| format!("{own}/{index}")).collect(),
                None => vec![format!("{own}/{token}")],
            }
        };
        found = found.iter().flat_map(deeper).collect();
    }
    found.retain(|own| value.pointer(own).is_some());
    found
}

/// Returns all links of a document, those of which most is known first for each place.
#[must_use]
pub fn links(api: &Api) -> Vec<Link> {
    let mut links = declared::links(api);
    for link in inferred::links(api) {
        let is_known = |own: &Link| {
            (&own.from, &own.to, &own.target, &own.source)
                == (&link.from, &link.to, &link.target, &link.source)
        };
        if !links.iter().any(is_known) {
            links.push(link);
        }
    }
    links.sort_by_key(|link| link.rank);
    links
}
