//! Paths → operations.
//!
//! Knows which of several path templates wins (OpenAPI 3.1, 4.8.8.2). Must not know what the values in a path mean.

use http::HeaderMap;
use spec_api::{Api, Operation, ParameterIn};
pub(crate) use spec_runtime::template::{Template, Values};
use std::collections::HashMap;

/// What a path leads to.
pub(crate) enum Found<'a> {
    /// An operation, and the values of its path.
    Operation(&'a Operation, Values),
    /// A path of the document that has other methods.
    Path(&'a str),
    Nothing,
}

/// What a request must have to be meant for an operation.
pub(crate) struct Way {
    template: Template,
    /// Headers that tell it from others of the same path, with their values.
    headers: Vec<(String, String)>,
}

impl Way {
    /// Smaller is more concrete.
    fn rank(&self) -> (Vec<(u8, usize)>, usize) {
        let (path, query) = self.template.rank();
        (path, query - self.headers.len())
    }

    fn has_headers(&self, headers: &HeaderMap) -> bool {
        self.headers
            .iter()
            .all(|(name, value)| headers.get_all(name).iter().any(|given| given.as_bytes().trim_ascii() == value.as_bytes()))
    }
}

/// Of each operation. Where methods and paths are the same, parameters that must have one value tell them apart.
pub(crate) fn ways(api: &Api) -> Vec<Way> {
    let mut alike: HashMap<_, usize> = HashMap::new();
    let key = |operation: &Operation| (operation.method, Template::new(&operation.path).shape());
    api.operations.iter().for_each(|operation| *alike.entry(key(operation)).or_default() += 1);
    let way = |operation: &Operation| {
        let mut way = Way { template: Template::new(&operation.path), headers: Vec::new() };
        if alike.get(&key(operation)).is_some_and(|count| *count > 1) {
            for (place, name, value) in api.constants(operation) {
                match place {
                    ParameterIn::Query => way.template = way.template.asking(name, value),
                    _ => way.headers.push((name, value)),
                }
            }
        }
        way
    };
    api.operations.iter().map(way).collect()
}

/// The operation that answers; the ways are those of the Api's operations. Without headers, those are not asked for. Concrete paths win over templated ones
/// (OpenAPI 3.1, 4.8.8.2), and only then does the method count.
pub(crate) fn find<'a>(
    api: &'a Api,
    ways: &[Way],
    method: &http::Method,
    path: &str,
    query: Option<&str>,
    headers: Option<&HeaderMap>,
) -> Found<'a> {
    let matching = api.operations.iter().zip(ways);
    let matching = matching.filter(|(_, way)| headers.is_none_or(|headers| way.has_headers(headers)));
    let matching: Vec<_> =
        matching.filter_map(|(operation, way)| Some((way.rank(), operation, way.template.matches(path, query)?))).collect();
    // What a query says tells operations of the same path apart, methods included.
    let Some(best) = matching.iter().map(|((rank, _), ..)| rank).min().cloned() else { return Found::Nothing };
    let mut other = None;
    let mut found: Option<(usize, &Operation, Values)> = None;
    for ((rank, query), operation, values) in matching {
        if rank != best {
            continue;
        }
        other.get_or_insert(operation.path.as_str());
        if operation.method.key().eq_ignore_ascii_case(method.as_str()) && found.as_ref().is_none_or(|(least, ..)| query < *least)
        {
            found = Some((query, operation, values));
        }
    }
    match found {
        Some((_, operation, values)) => Found::Operation(operation, values),
        None => other.map_or(Found::Nothing, Found::Path),
    }
}
