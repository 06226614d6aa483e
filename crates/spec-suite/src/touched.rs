//! Which steps of a run may have changed what a later one is about: a finding that hangs on them is not seen
//! without them.
//!
//! Must not send anything.

use crate::case::Expect;
use crate::exchange::Exchange;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The largest number of steps that are taken.
const MOST: usize = 24;

/// Returns the steps before a number that touched the same thing as those that it needs: they wrote, or tried
/// to, at its path, below or above it, or used what one of them made. Of many, those that were not refused
/// come first, then the newest.
pub(crate) fn touched(log: &[Arc<Exchange>], needed: &BTreeSet<usize>, number: usize) -> BTreeSet<usize> {
    let Some(last) = log.get(number) else { return BTreeSet::new() };
    let first = needed.first().copied().unwrap_or(number);
    let is_of_things = |own: &Exchange| !matches!(own.case.expect, Expect::NoMethod | Expect::Methods);
    let is_related = |step: &usize| {
        let Some(own) = log.get(*step) else { return false };
        let uses = || own.case.rests_on().any(|own| needed.contains(&own));
        !own.request.method().is_safe()
            && is_of_things(own)
            && !needed.contains(step)
            && (is_of_path(own, last) || uses())
    };
    // What was done before all that a finding needs was made has touched none of it, unless it has no maker.
    let start = if first == number { 0 } else { first };
    let mut found: Vec<usize> = (start..number).filter(is_related).collect();
    let is_refused = |step: &usize| {
        let status = log.get(*step).and_then(|own| own.status());
        status.is_some_and(|status| (400..500).contains(&status))
    };
    found.sort_by_key(|step| (is_refused(step), std::cmp::Reverse(*step)));
    found.truncate(MOST);
    found.into_iter().collect()
}

/// Returns whether a request is to the same path as another one, or to one below or above it.
fn is_of_path(own: &Exchange, other: &Exchange) -> bool {
    let path = |own: &Exchange| own.request.uri().path().trim_end_matches('/').to_owned();
    let (own_path, path) = (path(own), path(other));
    let is_below = |one: &str, above: &str| one.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
    // What is made beside a thing changes nothing of it.
    own_path == path
        || is_below(&own_path, &path)
        || is_below(&path, &own_path) && own.request.method() != http::Method::POST
}
