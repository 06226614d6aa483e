//! Findings: each once, with the requests that lead to it.

use crate::case::Case;
use crate::check::{Check, Failure};
use crate::exchange::Exchange;
use crate::touched::touched;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What sets findings apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) check: Check,
    pub(crate) operation: String,
    pub(crate) kind: String,
}

impl Key {
    pub(crate) fn new(failure: &Failure, exchange: &Exchange) -> Key {
        Key { check: failure.check, operation: exchange.case.operation.clone(), kind: failure.kind.clone() }
    }
}

/// Something in which the service breaks the document.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The check that found it.
    pub check: Check,
    /// The `operationId`.
    pub operation: String,
    /// What sets it apart from other findings of this check with this operation.
    pub kind: String,
    /// The fault, in a sentence.
    pub message: String,
    /// The pointer into the document to what is not kept.
    pub pointer: String,
    /// The requests that lead to it, the last of which shows it. Steps are numbered from 0.
    pub steps: Vec<Arc<Exchange>>,
    /// The same, and all that may have changed the thing in between; empty where nothing has.
    pub(crate) whole: Vec<Arc<Exchange>>,
    /// True if the same requests, sent again, have shown it again.
    pub is_reproduced: bool,
    /// True if the same requests, sent again, have not shown it.
    pub(crate) is_refuted: bool,
    /// What else the same operation breaks at the same place, by the same check: pointers into the document.
    pub also: Vec<String>,
    /// The number of requests that showed it.
    pub count: usize,
    /// The number of requests that had been sent when it was found, that one included.
    pub found_after: usize,
}

impl Finding {
    /// Makes a finding of a failure, and the steps of the log that it rests on. Others that have touched the
    /// thing are among the whole of it, if they are of the same worker.
    pub(crate) fn new(
        failure: Failure,
        log: &[Arc<Exchange>],
        number: usize,
        is_own: &dyn Fn(usize) -> bool,
    ) -> Finding {
        let needed = closed(log, BTreeSet::from([number]));
        let touching: BTreeSet<usize> =
            touched(log, &needed, number).into_iter().filter(|step| is_own(*step)).collect();
        let steps = renumbered(log, &needed);
        let whole = match touching.is_empty() {
            true => Vec::new(),
            false => renumbered(log, &closed(log, needed.union(&touching).copied().collect())),
        };
        let operation = steps.last().map(|own| own.case.operation.clone()).unwrap_or_default();
        Finding {
            check: failure.check,
            operation,
            kind: failure.kind,
            message: failure.message,
            pointer: failure.pointer,
            steps,
            whole,
            is_reproduced: false,
            is_refuted: false,
            also: Vec::new(),
            count: 1,
            found_after: number + 1,
        }
    }

    /// Returns the cases of its steps.
    pub(crate) fn cases(&self) -> Vec<Case> {
        self.steps.iter().map(|own| own.case.clone()).collect()
    }
}

/// Returns steps and all that they rest on.
fn closed(log: &[Arc<Exchange>], steps: BTreeSet<usize>) -> BTreeSet<usize> {
    let mut open: Vec<usize> = steps.iter().copied().collect();
    let mut needed = steps;
    while let Some(step) = open.pop() {
        let Some(exchange) = log.get(step) else { continue };
        open.extend(exchange.case.rests_on().filter(|own| *own < step && needed.insert(*own)));
    }
    needed
}

/// Returns the exchanges of steps, numbered from 0.
fn renumbered(log: &[Arc<Exchange>], steps: &BTreeSet<usize>) -> Vec<Arc<Exchange>> {
    let order: Vec<usize> = steps.iter().copied().collect();
    let own = |step: usize| order.iter().position(|own| *own == step).unwrap_or_default();
    let renumbered = |step: &usize| {
        let mut exchange = Exchange::clone(log.get(*step)?);
        exchange.case.renumber(&own);
        Some(Arc::new(exchange))
    };
    order.iter().filter_map(renumbered).collect()
}

/// Takes findings together that the same check has with the same operation at the same place of a schema,
/// such as a member whose length and pattern nobody looks at: the first one stands for all.
pub(crate) fn grouped(findings: Vec<Finding>) -> Vec<Finding> {
    let mut all: Vec<Finding> = Vec::new();
    for finding in findings {
        let same = all.iter_mut().find(|own| {
            let is_same = own.check == finding.check && own.operation == finding.operation;
            is_same && place(own).is_some() && place(own) == place(&finding)
        });
        let Some(same) = same else {
            all.push(finding);
            continue;
        };
        same.count += finding.count;
        same.found_after = same.found_after.min(finding.found_after);
        if finding.pointer != same.pointer && !same.also.contains(&finding.pointer) {
            same.also.push(finding.pointer.clone());
        }
        // What was seen again tells more.
        if finding.is_reproduced && !same.is_reproduced {
            let (count, found_after) = (same.count, same.found_after);
            let mut also = std::mem::take(&mut same.also);
            also.retain(|own| *own != finding.pointer);
            also.push(same.pointer.clone());
            *same = Finding { count, found_after, also, ..finding };
        }
    }
    all
}

/// Returns the schema that a finding is about, without the keyword; none where it is about no keyword.
fn place(finding: &Finding) -> Option<&str> {
    let is_of_keyword = matches!(
        finding.check,
        Check::NegativeDataRejection | Check::PositiveDataAcceptance | Check::ResponseSchemaConformance
    );
    let (place, keyword) = finding.pointer.rsplit_once('/').filter(|_| is_of_keyword)?;
    // Of each member that must be there it is another matter, and an operation is no schema.
    let is_schema = place.contains("/schema") && keyword != "required";
    is_schema.then_some(place)
}
