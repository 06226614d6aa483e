//! Paths → operations.
//!
//! Knows which of several path templates wins (OpenAPI 3.1, 4.8.8.2). Must not know what the values in a path
//! mean.

use http::HeaderMap;
use spec_api::{Api, Operation, ParameterIn};
pub(crate) use spec_http::template::{PathRank, QueryRank, Template, Values};
use std::collections::HashMap;

/// The result of looking up a method and a path.
pub(crate) enum RouteMatch<'a> {
    /// The position of an operation, and the values of its path.
    Operation(usize, Values),
    /// A path of the document that has other methods.
    Path(&'a str),
    Nothing,
}

/// A parameter that must have one value: its place, its name, and the value as text.
pub type Constant = (ParameterIn, String, String);

/// Returns, for each operation, the parameters whose only value tells it from others of the same method and
/// path; what all of these ask for alike tells nothing. Generated servers and [`Contract`](crate::Contract)
/// go by it.
#[must_use]
pub fn routing_constants(api: &Api, operations: &[Operation]) -> Vec<Vec<Constant>> {
    let key = |operation: &Operation| (operation.method, Template::new(&operation.path).shape());
    let constants = |operation: &Operation| {
        let mut constants = api.constants(operation);
        // Names of headers are the same in any case (RFC 9110, 5.1).
        constants
            .iter_mut()
            .filter(|(place, ..)| *place == ParameterIn::Header)
            .for_each(|own| own.1.make_ascii_lowercase());
        constants.sort_by(|left, right| {
            (left.0.key(), &left.1, &left.2).cmp(&(right.0.key(), &right.1, &right.2))
        });
        constants
    };
    let mut groups: HashMap<_, Vec<usize>> = HashMap::new();
    operations
        .iter()
        .enumerate()
        .for_each(|(index, operation)| groups.entry(key(operation)).or_default().push(index));
    let mut telling = vec![Vec::new(); operations.len()];
    for group in groups.into_values().filter(|group| group.len() > 1) {
        let all: Vec<Vec<Constant>> = group.iter().map(|index| constants(&operations[*index])).collect();
        for (index, own) in group.iter().zip(&all) {
            let tells = |constant: &&Constant| !all.iter().all(|other| other.contains(constant));
            telling[*index] = own.iter().filter(tells).cloned().collect();
        }
    }
    telling
}

/// The rank of a query and of what else tells an operation from others: smaller is more concrete.
type RouteRank = (QueryRank, usize);

/// The conditions that a request must meet to be meant for an operation.
pub(crate) struct Route {
    template: Template,
    /// Smaller is more concrete: the path, then its query, then what else tells the operation from others.
    rank: (PathRank, RouteRank),
    /// Headers that tell it from others of the same path, with their values.
    headers: Vec<(String, String)>,
}

impl Route {
    fn new(operation: &Operation, routing_constants: Vec<Constant>) -> Route {
        let template = Template::new(&operation.path);
        let (path, query) = template.rank();
        let mut route = Route {
            template,
            rank: (path, (query, usize::MAX - routing_constants.len())),
            headers: Vec::new(),
        };
        for (place, name, value) in routing_constants {
            match place {
                ParameterIn::Query => route.template = route.template.asking(name, &value),
                _ => route.headers.push((name, value)),
            }
        }
        route
    }

    fn has_headers(&self, headers: &HeaderMap) -> bool {
        self.headers.iter().all(|(name, value)| {
            headers.get_all(name).iter().any(|given| given.as_bytes().trim_ascii() == value.as_bytes())
        })
    }
}

/// The routes of all operations.
pub(crate) struct Routes {
    /// Of each operation, in the order of the Api.
    routes: Vec<Route>,
    /// The positions of those with so many segments.
    by_length: HashMap<usize, Vec<usize>>,
}

impl Routes {
    pub(crate) fn of(api: &Api) -> Routes {
        let constants = routing_constants(api, &api.operations);
        let routes = api.operations.iter().zip(constants).map(|(own, constants)| Route::new(own, constants));
        let routes: Vec<Route> = routes.collect();
        let mut by_length: HashMap<usize, Vec<usize>> = HashMap::new();
        for (position, route) in routes.iter().enumerate() {
            // The rank of a path has one entry for each segment.
            by_length.entry(route.rank.0.len()).or_default().push(position);
        }
        Routes { routes, by_length }
    }
}

/// Returns the operation that answers; the routes are those of this Api. Without headers, those are not asked
/// for. Concrete paths win over templated ones (OpenAPI 3.1, 4.8.8.2), and only then does the
/// method count.
pub(crate) fn find<'a>(
    api: &'a Api,
    routes: &Routes,
    method: &http::Method,
    path: &str,
    query: Option<&str>,
    headers: Option<&HeaderMap>,
) -> RouteMatch<'a> {
    let positions = routes.by_length.get(&path.split('/').count());
    let matching = positions.into_iter().flatten().map(|position| (*position, &routes.routes[*position]));
    let matching = matching.filter(|(_, route)| headers.is_none_or(|headers| route.has_headers(headers)));
    let matching: Vec<_> = matching
        .filter_map(|(position, route)| Some((&route.rank, position, route.template.matches(path, query)?)))
        .collect();
    // What a query says tells operations of the same path apart, methods included.
    let Some(best) = matching.iter().map(|((rank, _), ..)| rank).min().cloned() else {
        return RouteMatch::Nothing;
    };
    let mut other = None;
    let mut found: Option<(RouteRank, usize, Values)> = None;
    for ((rank, query), position, values) in matching {
        if *rank != best {
            continue;
        }
        let operation = &api.operations[position];
        other.get_or_insert(operation.path.as_str());
        if operation.method.key().eq_ignore_ascii_case(method.as_str())
            && found.as_ref().is_none_or(|(least, ..)| *query < *least)
        {
            found = Some((*query, position, values));
        }
    }
    match found {
        Some((_, position, values)) => RouteMatch::Operation(position, values),
        None => other.map_or(RouteMatch::Nothing, RouteMatch::Path),
    }
}
