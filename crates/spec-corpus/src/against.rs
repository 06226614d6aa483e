//! Two reports → what changed from one to the other.
//!
//! Knows what is noise: times and memory are never the same twice.

use crate::report::{Entry, Report};
use spec_oracle::table::mebibytes;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

/// A time has changed when it did by this factor and by these seconds.
const SECONDS: (f64, f64) = (1.5, 0.2);

/// Memory has changed when it did by this factor and by these bytes.
const MEMORY: (f64, f64) = (1.2, (8 << 20) as f64);

/// Lists what changed, by document, one line each; a last line sums up. `names` are the documents that are
/// looked at; those of the folder that are not among them (`known`) are no news.
pub fn changes(before: &Report, now: &Report, names: &BTreeSet<&str>, known: &BTreeSet<&str>) -> String {
    let mut text = String::new();
    let mut count = 0;
    let mut line = |name: &str, what: &str| {
        count += 1;
        text.push_str(&format!("{name}: {what}\n"));
    };
    let all: BTreeSet<&str> =
        before.documents.keys().chain(now.documents.keys()).map(String::as_str).collect();
    for name in all {
        let is_asked = names.contains(name);
        match (before.documents.get(name), now.documents.get(name)) {
            (Some(_), _) if !known.contains(name) => line(name, "removed"),
            (None, Some(now)) if is_asked => line(name, &format!("added: {}", now.status.name())),
            (Some(before), Some(now)) if is_asked => {
                let found = differences(before, now);
                if !found.is_empty() {
                    line(name, &found.join("; "));
                }
            }
            _ => {}
        }
    }
    match count {
        0 => text.push_str("nothing changed\n"),
        1 => text.push_str("1 document changed\n"),
        count => text.push_str(&format!("{count} documents changed\n")),
    }
    text
}

fn differences(before: &Entry, now: &Entry) -> Vec<String> {
    let mut found = Vec::new();
    if before.hash != now.hash {
        found.push("another document".to_owned());
    }
    let mut differ = |what: &str, before: &dyn Display, now: &dyn Display| {
        let (before, now) = (before.to_string(), now.to_string());
        if before != now {
            found.push(format!("{what} {before} → {now}"));
        }
    };
    differ("status", &before.status.name(), &now.status.name());
    differ("operations", &before.operations(), &now.operations());
    differ("lost operations", &before.lost.len(), &now.lost.len());
    if let (Some(before), Some(now)) = (&before.code, &now.code) {
        differ("client", &before.client, &now.client);
        differ("server", &before.server, &now.server);
        differ("received", &before.received, &now.received);
        differ("models", &before.models, &now.models);
        differ("lines", &before.all_lines(), &now.all_lines());
    }
    for (what, before, now) in
        [("errors", &before.errors, &now.errors), ("warnings", &before.warnings, &now.warnings)]
    {
        for code in codes(before, now) {
            let count = |all: &BTreeMap<String, usize>| all.get(code).copied().unwrap_or_default();
            differ(&format!("{what} {code}"), &count(before), &count(now));
        }
    }
    if let (Some(before), Some(now)) = (&before.compiled, &now.compiled) {
        differ("compile errors", &before.errors, &now.errors);
        differ("compile warnings", &before.warnings, &now.warnings);
        differ("unchecked crates", &before.unchecked.len(), &now.unchecked.len());
    }
    if is_other(before.seconds, now.seconds, SECONDS) {
        found.push(format!("seconds {:.2} → {:.2}", before.seconds, now.seconds));
    }
    if let (Some(before), Some(now)) = (before.memory, now.memory)
        && is_other(before as f64, now as f64, MEMORY)
    {
        found.push(format!("MiB {} → {}", mebibytes(before), mebibytes(now)));
    }
    found
}

fn codes<'a>(before: &'a BTreeMap<String, usize>, now: &'a BTreeMap<String, usize>) -> BTreeSet<&'a str> {
    before.keys().chain(now.keys()).map(String::as_str).collect()
}

/// Returns whether two numbers differ by more than noise: by a factor and by an amount.
fn is_other(before: f64, now: f64, (factor, least): (f64, f64)) -> bool {
    let (small, large) = if before < now { (before, now) } else { (now, before) };
    large > small * factor && large - small > least
}

#[cfg(test)]
mod tests {
    use super::{SECONDS, is_other};

    #[test]
    fn noise_is_no_change() {
        let seconds = |before, now| is_other(before, now, SECONDS);
        assert!(!seconds(0.01, 0.19) && !seconds(2.0, 2.9) && !seconds(3.0, 2.1));
        assert!(seconds(0.1, 0.31) && seconds(2.0, 3.1) && seconds(3.1, 2.0));
    }
}
