//! What a document has and generated code lacks, without a word about it.
//!
//! Knows both counts and the places of diagnostics. Must not know how anything was counted.

use crate::count::{Counted, Operation};
use crate::requests::Requests;
use std::collections::BTreeSet;

/// Returns the operations of a document that generated code lacks, other than those of which a diagnostic
/// speaks. `reported` are the pointers of diagnostics.
pub fn operations(counted: &Counted, requests: &Requests, reported: &[String]) -> Vec<String> {
    let is_reported = |operation: &Operation| {
        let Some(own) = operation.places.first() else { return false };
        let is_below =
            |pointer: &String| pointer.strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with('/'));
        reported.iter().any(|pointer| operation.places.contains(pointer) || is_below(pointer))
    };
    let named: BTreeSet<String> = requests.named.iter().map(|request| without_parameters(request)).collect();
    let missing = counted
        .operations
        .iter()
        .filter(|operation| !named.contains(&without_parameters(&operation.request)));
    let missing: Vec<String> =
        missing.filter(|own| !is_reported(own)).map(|own| own.request.clone()).collect();
    // Methods whose documentation says something else must be some of them.
    if missing.len() <= requests.methods - requests.named.len() { Vec::new() } else { missing }
}

/// Returns a request without what its path only says of parameters in the query (`?name={name}`), which they
/// say themselves.
fn without_parameters(request: &str) -> String {
    let Some((path, query)) = request.split_once('?') else { return request.to_owned() };
    let is_fixed = |pair: &&str| {
        !pair.split_once('=').is_some_and(|(_, value)| value.starts_with('{') && value.ends_with('}'))
    };
    let kept: Vec<&str> = query.split('&').filter(is_fixed).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

/// Says how many of the operations that the API sends itself are lost: they have no request to be known by.
/// `None` where none is lost, or a diagnostic speaks of one.
pub fn received(counted: &Counted, requests: &Requests, reported: &[String]) -> Option<String> {
    let all = counted.counts.webhooks + counted.counts.callbacks;
    let is_reported =
        reported.iter().any(|pointer| pointer.starts_with("/webhooks") || pointer.contains("/callbacks"));
    let lost = all.saturating_sub(requests.received);
    (lost > 0 && !is_reported).then(|| format!("{lost} of {all} webhooks and callbacks"))
}

#[cfg(test)]
mod tests {
    use super::{operations, received};
    use crate::count::{Counted, document};
    use crate::requests::{Requests, client};
    use std::path::Path;

    fn counted(name: &str) -> Counted {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
        document(&path).unwrap_or_else(|| panic!("{} is no document", path.display()))
    }

    const CLIENT: &str = r#"
        impl Client {
            pub fn new() -> Self { loop {} }
            /// Words.
            ///
            /// Sends a `POST` request to `/a`.
            pub fn add(&self) -> builder::Add<'_> { loop {} }
            /// Sends a `GET` request to `/a`.
            pub fn all(&self) -> builder::All<'_> { loop {} }
        }
        pub mod builder {
            impl<'a> Add<'a> { pub fn new(client: &'a Client) -> Self { loop {} } }
        }
    "#;

    #[test]
    fn what_vanishes_without_a_word_is_operations() {
        let (counted, requests) = (counted("counts/openapi.yaml"), client(CLIENT).expect("Rust"));
        assert_eq!((requests.methods, requests.named.len()), (2, 2));
        assert_eq!(
            operations(&counted, &requests, &[]),
            ["GET /b~c/{id}", "DELETE /shared", "PUT /elsewhere"]
        );
        let reported =
            ["/paths/~1b~0c~1{id}/get/parameters/0", "/components/pathItems/Shared", "/paths/~1elsewhere"]
                .map(str::to_owned);
        assert_eq!(operations(&counted, &requests, &reported), [""; 0]);
        assert_eq!(operations(&counted, &requests, &["/paths/~1b~0c~1{id}/getter".to_owned()]).len(), 3);
        let queried = ["GET /a?b={b}", "GET /a?c=1", "GET /a"].map(super::without_parameters);
        assert_eq!(queried, ["GET /a", "GET /a?c=1", "GET /a"]);
        let unnamed = client(&CLIENT.replace("Sends a `POST` request", "Posts")).expect("Rust");
        assert_eq!((unnamed.methods, unnamed.named.len()), (2, 1));
        assert_eq!(operations(&counted, &unnamed, &reported), [""; 0]);
    }

    #[test]
    fn what_is_received_is_lost_without_a_diagnostic() {
        let requests = Requests { received: 1, ..Requests::default() };
        let counted = counted("counts/openapi.yaml");
        assert_eq!(received(&counted, &requests, &[]), Some("3 of 4 webhooks and callbacks".to_owned()));
        assert_eq!(received(&counted, &requests, &["/webhooks/event/put".to_owned()]), None);
    }
}
