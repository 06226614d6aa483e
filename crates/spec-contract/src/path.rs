//! Paths → operations.
//!
//! Knows which of several path templates wins (OpenAPI 3.1, 4.8.8.2). Must not know what the values in a path mean.

use spec_api::{Api, Operation};
pub(crate) use spec_runtime::template::{Template, Values};

/// What a path leads to.
pub(crate) enum Found<'a> {
    /// An operation, and the values of its path.
    Operation(&'a Operation, Values),
    /// A path of the document that has other methods.
    Path(&'a str),
    Nothing,
}

/// The operation that answers; the templates are those of the Api's operations. Concrete paths win over templated ones
/// (OpenAPI 3.1, 4.8.8.2), and only then does the method count.
pub(crate) fn find<'a>(
    api: &'a Api,
    templates: &[Template],
    method: &http::Method,
    path: &str,
    query: Option<&str>,
) -> Found<'a> {
    let matching = api.operations.iter().zip(templates);
    let matching: Vec<_> =
        matching.filter_map(|(operation, template)| Some((template.rank(), operation, template.matches(path, query)?))).collect();
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
