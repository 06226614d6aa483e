//! Counters: how much was looked at, and what was found, by operation and kind.
//!
//! Must not know messages.

use spec_contract::{Kind, Side};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Counters of a guard, which all of its clones share.
#[derive(Clone, Debug, Default)]
pub struct Counters(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    events: [AtomicU64; 8],
    /// By operation, side and kind.
    violations: Mutex<BTreeMap<Key, u64>>,
}

type Key = (String, Side, Kind);

/// Something that is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    Request,
    Response,
    Unknown,
    Refused,
    BeyondLimit,
    Unfinished,
    Unchecked,
    Skipped,
}

/// The counters at one time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Requests that were judged.
    pub requests: u64,
    /// Answers that were judged.
    pub responses: u64,
    /// Requests to no operation of the document.
    pub unknown: u64,
    /// Requests, answers and streams that were kept from whom they were for.
    pub refused: u64,
    /// Bodies and items that passed unjudged, because they were longer than the limit.
    pub beyond_limit: u64,
    /// Bodies that passed unjudged, because nobody read them to the end, or they broke off.
    pub unfinished: u64,
    /// Bodies that passed unjudged, because they are encoded, or their schema can't be used.
    pub unchecked: u64,
    /// Messages that passed unjudged, because too many waited
    /// ([`Guard::background`](crate::Guard::background)).
    pub skipped: u64,
    /// Violations by `operationId`, side and kind.
    pub violations: BTreeMap<(String, Side, Kind), u64>,
}

impl Counters {
    /// Returns the counters as they are now.
    #[must_use]
    pub fn snapshot(&self) -> Counts {
        let of = |event: Event| self.0.events[event as usize].load(Ordering::Relaxed);
        Counts {
            requests: of(Event::Request),
            responses: of(Event::Response),
            unknown: of(Event::Unknown),
            refused: of(Event::Refused),
            beyond_limit: of(Event::BeyondLimit),
            unfinished: of(Event::Unfinished),
            unchecked: of(Event::Unchecked),
            skipped: of(Event::Skipped),
            violations: self.0.violations.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    pub(crate) fn count(&self, event: Event) {
        self.0.events[event as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn violation(&self, operation: &str, side: Side, kind: Kind) {
        let mut violations = self.0.violations.lock().unwrap_or_else(PoisonError::into_inner);
        let count = violations.entry((operation.to_owned(), side, kind)).or_default();
        *count += 1;
    }
}
