//! Requests about HTTP itself: who asks, by which method, under which media type.

use super::{Change, Probe};
use crate::case::{Expect, Who, Wrong};
use crate::credentials::is_protected;
use crate::make::preferred;
use crate::session::Session;
use spec_api::{MediaKind, Operation};
use spec_values::random::Filling;

/// Methods that a path may lack; others are the connection's, or asked by the way.
const METHODS: [&str; 5] = ["DELETE", "PUT", "POST", "PATCH", "GET"];

/// Media types under which bodies of JSON do not come.
const MEDIA_TYPES: [&str; 4] =
    ["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/octet-stream"];

impl Session {
    /// Returns requests by somebody who may not make them.
    pub(super) fn strangers(&self, operation: &Operation, number: usize, seed: u64) -> Vec<Probe> {
        if !is_protected(operation, &self.settings) {
            return Vec::new();
        }
        let wrong = [Wrong::Invented, Wrong::OtherScheme, Wrong::Longer, Wrong::Empty, Wrong::Shorter];
        let mut all = vec![Who::Wrong(Wrong::Invented), Who::Nobody];
        if number.is_multiple_of(2) {
            all.reverse();
        }
        all.push(Who::Wrong(wrong[1 + number % 4]));
        all.extend((1..4).map(|own| Who::Wrong(wrong[1 + (number + own) % 4])));
        let probe = |who| self.own(operation, Change::Who(who), Expect::Unauthorized, seed);
        all.into_iter().map(probe).collect()
    }

    /// Returns requests by methods that the path does not have; the path is asked once, by its first
    /// operation.
    pub(super) fn methods(&self, operation: &Operation, seed: u64) -> Vec<Probe> {
        let all: Vec<&Operation> =
            self.api().operations.iter().filter(|own| own.path == operation.path).collect();
        if all.first().is_none_or(|first| first.id != operation.id) {
            return Vec::new();
        }
        let has = |method: &str| all.iter().any(|own| own.method.to_string() == method);
        let lacking = METHODS.into_iter().filter(|own| !has(own));
        let mut probes: Vec<Probe> = lacking
            .map(|own| self.own(operation, Change::Method(own.to_owned()), Expect::NoMethod, seed))
            .collect();
        if !has("OPTIONS") {
            let options = Change::Method("OPTIONS".to_owned());
            probes.push(self.own(operation, options, Expect::Methods, seed));
        }
        probes
    }

    /// Returns requests whose body has a media type that is not declared.
    pub(super) fn media_types(&self, operation: &Operation, seed: u64) -> Vec<Probe> {
        let Some(media) = preferred(operation).filter(|own| own.kind == MediaKind::Json) else {
            return Vec::new();
        };
        let mut probes: Vec<Probe> = MEDIA_TYPES
            .iter()
            .map(|name| self.own(operation, Change::MediaType((*name).to_owned()), Expect::NoMediaType, seed))
            .collect();
        // RFC 9110, 8.3.1: the case and parameters change nothing.
        for name in [format!("{}; charset=utf-8", media.name), media.name.to_ascii_uppercase()] {
            if !media.name.contains(['*', ';']) {
                probes.push(self.own(operation, Change::MediaType(name), Expect::Accepted(None), seed));
            }
        }
        probes
    }

    fn own(&self, operation: &Operation, change: Change, expect: Expect, seed: u64) -> Probe {
        Probe { operation: operation.id.clone(), change, expect, filling: Filling::Least, seed, base: None }
    }
}
