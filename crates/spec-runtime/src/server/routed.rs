//! Which operation a request means, for layers around a router.
//!
//! Knows what a router says of its operations. Must not know what an operation takes or answers.

use super::declared::{DeclaredErrors, declared};
use super::operation::Candidate;
use axum::response::Response;
use http::{HeaderMap, Method, Uri};

/// The `operationId` of the operation that a request means: an extension of the request, where a layer such
/// as that of `spec-server` puts one there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OperationId(
    /// The `operationId`.
    pub &'static str,
);

/// An operation of a router, as layers see it: its id, and what the router tells it by.
#[derive(Clone, Copy, Debug)]
pub struct RoutedOperation {
    id: &'static str,
    method: &'static str,
    route: &'static str,
    candidate: Option<Candidate>,
    errors: DeclaredErrors,
}

impl RoutedOperation {
    /// Says that requests of a method to a route of axum mean an operation.
    #[must_use]
    pub const fn new(id: &'static str, method: &'static str, route: &'static str) -> Self {
        RoutedOperation { id, method, route, candidate: None, errors: &[] }
    }

    /// Adds what else a request must have, where several operations share a method and a route.
    #[doc(hidden)]
    #[must_use]
    pub const fn meant_by(mut self, candidate: Candidate) -> Self {
        self.candidate = Some(candidate);
        self
    }

    /// Adds the errors that it declares.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_errors(mut self, errors: DeclaredErrors) -> Self {
        self.errors = errors;
        self
    }

    /// Writes what a layer answers in place of the operation, a [`Problem`](super::Problem), in the shape
    /// that the document declares for its status. Any other answer stays as it is.
    pub fn declared(&self, response: Response) -> Response {
        declared(self.errors, response)
    }

    /// Returns the `operationId`.
    #[must_use]
    pub const fn id(&self) -> OperationId {
        OperationId(self.id)
    }

    /// Returns the method, in capitals.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        self.method
    }

    /// Returns the route, as axum writes it (`MatchedPath`).
    #[must_use]
    pub const fn route(&self) -> &'static str {
        self.route
    }

    /// Finds the operation that a request means, given the route that axum matched (`MatchedPath`). A router
    /// that is nested knows nothing of the path above it: leave that out of `route` and `uri`.
    #[must_use]
    pub fn find<'a>(
        operations: &'a [RoutedOperation],
        route: &str,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Option<&'a RoutedOperation> {
        let of = |method: &str| {
            operations.iter().find(|own| {
                let is_meant = |candidate: &Candidate| candidate.means(uri.path(), uri.query(), headers);
                own.method == method && own.route == route && own.candidate.as_ref().is_none_or(is_meant)
            })
        };
        // axum answers HEAD with the handler of GET where there is no other.
        of(method.as_str()).or_else(|| if method == Method::HEAD { of("GET") } else { None })
    }
}

#[cfg(test)]
mod tests {
    use super::{Candidate, RoutedOperation};
    use http::{HeaderMap, Method, Uri};

    #[test]
    fn an_operation_is_found_by_route_method_and_what_else_tells_it() {
        let operations = [
            RoutedOperation::new("get", "GET", "/a/{b}").meant_by(Candidate::new("/a/{b}.json")),
            RoutedOperation::new("other", "GET", "/a/{b}").meant_by(Candidate::new("/a/{b}")),
            RoutedOperation::new("put", "PUT", "/a/{b}"),
        ];
        let find = |method: Method, route: &str, uri: &'static str| {
            let found =
                RoutedOperation::find(&operations, route, &method, &Uri::from_static(uri), &HeaderMap::new());
            found.map(|own| own.id().0)
        };
        assert_eq!(find(Method::GET, "/a/{b}", "/a/1.json"), Some("get"));
        assert_eq!(find(Method::HEAD, "/a/{b}", "/a/1"), Some("other"));
        assert_eq!(find(Method::PUT, "/a/{b}", "/a/1"), Some("put"));
        assert_eq!(find(Method::POST, "/a/{b}", "/a/1"), None);
        assert_eq!(find(Method::GET, "/a", "/a"), None);
    }
}
