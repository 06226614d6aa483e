//! Two documents → what the step from one to the other breaks, and for whom.
//!
//! Places are compared by the values that they accept, in requests, or give, in answers. A change is proved
//! compatible, or has a *witness*: a value that was fine and no longer is, as the validators of both
//! documents say; or it is said to be unknown. Names of changes are those of
//! [oasdiff](https://github.com/oasdiff/oasdiff) where it has one.
//!
//! Must not know files, the network, or the time; nor generated code.

mod advice;
mod choices;
mod form;
mod ignore;
mod inclusion;
mod lifecycle;
mod members;
mod messages;
mod notes;
mod operations;
mod parameters;
mod patterns;
mod report;
mod requests;
mod rules;
mod schemas;
mod security;
mod side;
mod types;
mod unchanged;
mod values;
mod walk;
mod witness;
pub mod write;
mod written;

pub use advice::{Advice, Step};
pub use ignore::{Fault, Ignore};
pub use lifecycle::Calendar;
pub use report::{Change, Direction, Evidence, Level, Report, Request};
pub use rules::level as known_level;

use spec_api::Api;
use std::cmp::Reverse;

/// Compares two documents; no day of sunset has come.
#[must_use]
pub fn compare(base: &Api, revision: &Api) -> Report {
    compare_on(base, revision, Calendar::default())
}

/// Compares two documents on a day.
#[must_use]
pub fn compare_on(base: &Api, revision: &Api, calendar: Calendar) -> Report {
    // Schemas may lead to each other as deep as a document is long.
    std::thread::scope(|scope| {
        let own = calendar.clone();
        let work = std::thread::Builder::new().stack_size(STACK);
        let started = work.spawn_scoped(scope, || report(base, revision, own));
        match started.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(report)) => report,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            // No thread can be had.
            Err(_) => report(base, revision, calendar),
        }
    })
}

/// The bytes of the stack that a comparison may need; they are taken as they are used.
const STACK: usize = 256 * 1024 * 1024;

fn report(base: &Api, revision: &Api, calendar: Calendar) -> Report {
    let versions = (base.api_version.clone(), revision.api_version.clone());
    let (base, revision) = (side::Side::new(base), side::Side::new(revision));
    let unchanged = unchanged::Unchanged::new(&base.api.json, &revision.api.json);
    let mut walk = walk::Walk::new(&base, &revision, &unchanged, calendar);
    walk.servers();
    walk.schemes();
    walk.global_security();
    walk.operations();
    walk.webhooks();
    walk.components();
    let mut changes = walk.changes;
    changes.sort_by_key(|change| Reverse(change.level));
    let advice = Advice::of(&changes, versions);
    Report { changes, advice }
}

/// The example of the README, as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
