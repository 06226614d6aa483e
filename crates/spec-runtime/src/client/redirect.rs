//! Redirections: followed as usual, save where the document declares one as an answer.
//!
//! Knows of a request only its URL, which is all that `reqwest` shows here: a path that ends as a template says is taken for one
//! of it, whatever the server's own path before it is, and of several such templates the longest and most concrete one counts.
//! Must not know operations.

use crate::template::Template;
use reqwest::redirect::Policy;
use std::cmp::Reverse;

/// An HTTP client that follows redirections as `reqwest` does, but returns those that answer a path as declared: templates, and
/// for each the statuses, which are none where a path could be taken for another one.
pub fn returning(declared: &[(&str, &'static [u16])]) -> reqwest::Client {
    let declared: Vec<_> = declared.iter().map(|(template, statuses)| (Template::new(template), *statuses)).collect();
    let policy = Policy::custom(move |attempt| {
        // Only what the operation itself is answered is declared, not what comes after.
        let first = match attempt.previous() {
            [only] => Some(only),
            _ => None,
        };
        let status = attempt.status().as_u16();
        let is_declared = |url: &reqwest::Url| {
            let meant = declared.iter().filter(|(template, _)| template.ends(url.path(), url.query()));
            let meant = meant.min_by_key(|(template, _)| (Reverse(template.depth()), template.rank()));
            meant.is_some_and(|(_, statuses)| statuses.contains(&status))
        };
        if first.is_some_and(is_declared) { attempt.stop() } else { Policy::default().redirect(attempt) }
    });
    let client = reqwest::Client::builder().redirect(policy).build();
    // The builder fails where `new` panics.
    client.unwrap_or_else(|_| reqwest::Client::new())
}
