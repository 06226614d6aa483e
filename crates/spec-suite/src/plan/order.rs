//! The order of a run: each thing early, none before all others.

use super::{Change, Probe, Task};
use crate::case::{Expect, Place};
use crate::check::Paging;
use crate::links::Target;
use crate::make::{mixed, mixed_text};
use crate::resource::Resource;
use crate::session::Session;
use spec_api::{Method, Operation};
use spec_values::random::Filling;

/// Tasks with how late each should come.
#[derive(Default)]
struct Order(Vec<(f64, Task)>);

impl Order {
    /// Adds probes, spread evenly over a stretch.
    fn spread(&mut self, from: f64, to: f64, probes: Vec<Probe>) {
        let count = probes.len().max(1) as f64;
        for (number, probe) in probes.into_iter().enumerate() {
            self.0.push((from + (to - from) * number as f64 / count, Task::Probe(Box::new(probe))));
        }
    }

    /// Adds rounds of probes, each probe at a distance: a short round is over early. Later rounds come with
    /// larger distances.
    fn rounds(&mut self, first: f64, distance: f64, rounds: Vec<Vec<Probe>>) {
        let (mut from, mut distance) = (first, distance);
        for probes in rounds {
            let to = from + distance * probes.len() as f64;
            self.spread(from, to, probes);
            (from, distance) = (to.max(LATER), distance * 2.0);
        }
    }
}

/// When second rounds begin at the earliest.
const LATER: f64 = 4.5;

/// Returns all that can be listed, the most promising first.
pub(crate) fn plan(session: &Session, operations: &[&Operation], resources: &[Resource]) -> Vec<Task> {
    let seed = session.settings.seed;
    let mut order = Order::default();
    for (number, operation) in operations.iter().enumerate() {
        let own = mixed_text(seed, &operation.id);
        single(session, operation, (number, own), &mut order);
        let is_rich = operation.body.is_some() || operation.parameters.len() > 1;
        let (count, last) = if is_rich { (60, 20.0) } else { (4, 20.0) };
        let some = (0..count).map(|round| session.some(operation, mixed(own, &[round, 5]))).collect();
        order.spread(2.5, last, some);
    }
    for (number, resource) in resources.iter().enumerate() {
        let own = mixed_text(seed, &resource.path);
        let fillings = [Filling::All, Filling::Some, Filling::Least, Filling::Some];
        for (round, filling) in fillings.into_iter().enumerate() {
            let at = 2.1 + 2.0 * round as f64 + 0.3 * number as f64;
            let task = Task::Lifecycle(Box::new(resource.clone()), filling, mixed(own, &[round as u64]));
            order.0.push((at, task));
        }
    }
    for (_, task) in &order.0 {
        if let Task::Probe(probe) = task {
            let keyword = match &probe.expect {
                Expect::Accepted(keyword) => keyword.as_deref(),
                Expect::Refused(fault) => Some(fault.schema.as_str()).filter(|own| !own.is_empty()),
                _ => None,
            };
            if let Some(keyword) = keyword {
                session.state().coverage.plan(&probe.operation, keyword);
            }
        }
    }
    order.0.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    order.0.into_iter().map(|(_, task)| task).collect()
}

/// Adds all single requests of an operation.
fn single(session: &Session, operation: &Operation, (number, seed): (usize, u64), order: &mut Order) {
    let probe = |change, expect, filling| Probe {
        operation: operation.id.clone(),
        change,
        expect,
        filling,
        seed,
        base: None,
    };
    let is_linked = session
        .links
        .iter()
        .any(|link| link.to == operation.id && matches!(link.target, Target::Argument(Place::Path, _)));
    if is_linked {
        let at = if operation.method == Method::Get { 0.0 } else { 4.0 };
        order.spread(at, at, vec![probe(Change::Unlinked, Expect::Declared, Filling::Least)]);
    }
    order.spread(1.0, 1.0, vec![probe(Change::Nothing, Expect::Accepted(None), Filling::All)]);
    let refers =
        session.links.iter().any(|link| link.to == operation.id && matches!(link.target, Target::Body(_)));
    if refers {
        order.spread(3.0, 3.0, vec![probe(Change::Dangling, Expect::Declared, Filling::All)]);
    }
    order.spread(1.5, 2.0, session.examples(operation, seed));
    order.spread(3.0, 3.0, vec![probe(Change::Nothing, Expect::Accepted(None), Filling::Least)]);
    // What changes a thing mostly asks for what makes one asks for, too.
    let (first, distance) = match operation.method {
        Method::Patch | Method::Put => (3.5, 0.12),
        Method::Post => (2.0, 0.06),
        _ => (2.0, 0.12),
    };
    order.rounds(first, distance / 2.0, session.negatives(operation, seed));
    order.rounds(first, distance, session.boundaries(operation, seed));
    for (from, distance, mut probes) in [
        (2.2, 0.1, session.strangers(operation, number, seed)),
        (2.4, 0.3, session.methods(operation, seed)),
        (2.2, 0.5, session.media_types(operation, seed)),
    ] {
        let rest = probes.split_off(2.min(probes.len()));
        order.rounds(from, distance, vec![probes, rest]);
    }
    if operation.method == Method::Get
        && Paging::of(session.api(), operation).is_some_and(|own| own.turn().is_some())
    {
        order.0.push((4.0, Task::Pages(operation.id.clone(), seed)));
    }
}
