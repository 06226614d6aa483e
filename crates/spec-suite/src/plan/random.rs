//! What is done once everything that can be listed is done: at random, by the seed.

use super::{Change, Probe, Task};
use crate::case::{Content, Expect, Fault};
use crate::make::{mixed, pointer, preferred};
use crate::resource::Resource;
use crate::session::Session;
use fastrand::Rng;
use spec_api::Operation;
use spec_values::random::Filling;

impl Session {
    /// Returns something to do at random.
    pub(crate) fn chance(
        &self,
        operations: &[&Operation],
        resources: &[Resource],
        number: u64,
    ) -> Option<Task> {
        let seed = mixed(self.settings.seed, &[number, 11]);
        let mut rng = Rng::with_seed(seed);
        if !resources.is_empty() && rng.u8(0..10) == 0 {
            let resource = &resources[rng.usize(0..resources.len())];
            return Some(Task::Lifecycle(Box::new(resource.clone()), Filling::Some, seed));
        }
        let weigh = |own: &&&Operation| 1 + own.parameters.len().min(6) + own.body.iter().len() * 6;
        let all: usize = operations.iter().map(|own| weigh(&own)).sum();
        let mut at = rng.usize(0..all.max(1));
        let operation = operations.iter().find(|own| match at.checked_sub(weigh(own)) {
            Some(rest) => {
                at = rest;
                false
            }
            None => true,
        })?;
        if rng.u8(0..10) < 7 {
            return Some(Task::Probe(Box::new(self.some(operation, seed))));
        }
        self.fault_at_random(operation, &mut rng, seed).map(|own| Task::Probe(Box::new(own)))
    }

    /// Returns a request at random that the document allows.
    pub(super) fn some(&self, operation: &Operation, seed: u64) -> Probe {
        let (filling, expect) = (Filling::Some, Expect::Accepted(None));
        Probe { operation: operation.id.clone(), change: Change::Nothing, expect, filling, seed, base: None }
    }

    fn fault_at_random(&self, operation: &Operation, rng: &mut Rng, seed: u64) -> Option<Probe> {
        let mut changes = Vec::new();
        if let Some(media) = preferred(operation)
            && let Ok(base) = self.body(media, Filling::Some, seed)
            && let (Content::Value(base), Some(schema)) = (base.content, media.schema)
            && let Some(schema) = pointer(self.api(), schema)
        {
            for own in self.values.faults(schema, &base) {
                changes.push((own.keyword, Change::Value(media.name.clone(), own.value, own.at)));
            }
        }
        for parameter in &operation.parameters {
            let Some(schema) = pointer(self.api(), parameter.schema) else { continue };
            let Ok(base) = self.argument(operation, parameter, Filling::Some, seed) else { continue };
            for own in self.values.faults(schema, &base) {
                changes.push((
                    own.keyword,
                    Change::Set(parameter.place.into(), parameter.name.clone(), own.value),
                ));
            }
        }
        if changes.is_empty() {
            return None;
        }
        let (schema, change) = changes.swap_remove(rng.usize(0..changes.len()));
        let fault = Fault { part: String::new(), schema, message: String::new(), is_missing: false };
        let (operation, expect) = (operation.id.clone(), Expect::Refused(fault));
        Some(Probe { operation, change, expect, filling: Filling::Some, seed, base: None })
    }
}
