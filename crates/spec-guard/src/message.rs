//! One message of an exchange: whom it belongs to, and what was found in it.
//!
//! Knows counters and sinks. Must not know how bodies come.

use crate::counters::Event;
use crate::guard::{Mode, Settings};
use crate::report::{Finding, MOST, Report};
use bytes::Bytes;
use http::StatusCode;
use spec_contract::{Kind, Part, Payload, Side, Violation};
use std::sync::{Arc, Mutex, PoisonError};

/// An exchange that is looked at.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) settings: Arc<Settings>,
    pub(crate) operation: Arc<str>,
    pub(crate) method: &'static str,
    /// The path of the request; none where nobody may be told.
    pub(crate) path: Option<Arc<str>>,
    pub(crate) mode: Mode,
    /// What was found in the request; none where nobody asks for it later.
    pub(crate) found: Option<Arc<Mutex<Found>>>,
}

/// What was found in a request while its body passed.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) findings: Vec<Finding>,
    /// The violations for which the body was broken off.
    pub(crate) refused: Option<Vec<Violation>>,
}

impl Exchange {
    /// Counts violations, tells the sinks, and returns what they were told. What can't be judged is none.
    pub(crate) fn tell(
        &self,
        side: Side,
        status: Option<StatusCode>,
        violations: &[Violation],
        is_refused: bool,
    ) -> Vec<Finding> {
        let settings = &*self.settings;
        if violations.iter().any(|violation| violation.kind == Kind::Unchecked) {
            settings.counters.count(Event::Unchecked);
        }
        if is_refused {
            settings.counters.count(Event::Refused);
        }
        let told = violations.iter().filter(|violation| violation.kind != Kind::Unchecked);
        for violation in told.clone() {
            settings.counters.violation(&self.operation, side, violation.kind);
        }
        let findings: Vec<Finding> =
            told.take(MOST).map(|violation| Finding::of(violation, settings.messages)).collect();
        if !findings.is_empty() {
            let report = Report {
                operation: Some(&*self.operation),
                method: self.method,
                path: self.path.as_deref(),
                side,
                status,
                is_refused,
                findings: &findings,
            };
            settings.sinks.iter().for_each(|sink| sink.take(&report));
        }
        findings
    }

    /// Keeps what was found in a request for its answer.
    pub(crate) fn keep(&self, findings: Vec<Finding>, refused: Option<Vec<Violation>>) {
        let Some(found) = &self.found else { return };
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        let room = MOST.saturating_sub(found.findings.len());
        found.findings.extend(findings.into_iter().take(room));
        found.refused = found.refused.take().or(refused);
    }

    /// Takes what was found in the request so far.
    pub(crate) fn take(&self) -> Found {
        let found = self.found.as_ref();
        found.map_or_else(Found::default, |found| {
            std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner))
        })
    }
}

/// A message whose head is there.
pub(crate) struct Message {
    pub(crate) exchange: Exchange,
    pub(crate) side: Side,
    pub(crate) status: Option<StatusCode>,
    /// What is wrong with its head, until it is told.
    pub(crate) violations: Vec<Violation>,
    pub(crate) payload: Payload,
}

impl Message {
    pub(crate) fn limit(&self) -> usize {
        self.exchange.settings.body_limit
    }

    pub(crate) fn count(&self, event: Event) {
        self.exchange.settings.counters.count(event);
    }

    /// Tells what is wrong with the head, and with what else was looked at.
    pub(crate) fn tell(&mut self, found: Vec<Violation>) -> Vec<Finding> {
        let mut violations = std::mem::take(&mut self.violations);
        violations.extend(found);
        if violations.is_empty() {
            return Vec::new();
        }
        let findings = self.exchange.tell(self.side, self.status, &violations, false);
        if self.side == Side::Request {
            self.exchange.keep(findings.clone(), None);
        }
        findings
    }

    /// Judges a body that has passed, here or in the background, and tells what is wrong.
    pub(crate) fn judge(self, pieces: Vec<Bytes>) {
        let background = self.exchange.settings.background.clone();
        // What the answer tells of its request must be there with it.
        let background = background.filter(|_| self.exchange.found.is_none());
        let counters = self.exchange.settings.counters.clone();
        let Some(background) = background else { return self.settle(&pieces) };
        let bytes = pieces.iter().map(Bytes::len).sum();
        if background.push(bytes, move || self.settle(&pieces)).is_err() {
            counters.count(Event::Skipped);
        }
    }

    fn settle(mut self, pieces: &[Bytes]) {
        let found = match pieces {
            [one] => self.payload.check(one),
            several => self.payload.check(&several.concat()),
        };
        self.tell(found);
    }

    /// Tells that the message is refused for what is wrong with it.
    pub(crate) fn refuse(&self, violations: &[Violation]) -> Vec<Finding> {
        self.exchange.tell(self.side, self.status, violations, true)
    }
}

/// Returns whether a message is wrong. What can't be judged is not, nor is a header or query parameter that
/// the document does not declare: proxies and frameworks add theirs.
pub(crate) fn is_wrong(violations: &[Violation]) -> bool {
    violations.iter().any(|violation| violation.kind != Kind::Unchecked && !is_beside(violation))
}

/// Returns whether a violation is a parameter beside those that the document declares.
fn is_beside(violation: &Violation) -> bool {
    violation.kind == Kind::Undeclared
        && matches!(violation.part, Part::Header | Part::Query)
        && violation.pointer.is_empty()
}
