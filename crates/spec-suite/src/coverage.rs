//! What of a document requests and answers have met.

use crate::case::{Argument, Expect, Place, Who};
use crate::exchange::Exchange;
use indexmap::IndexMap;
use serde::Serialize;
use spec_api::{Api, Status};

/// How often something was met by requests that keep to it, and by requests that do not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Met {
    /// Requests that keep to it.
    pub valid: usize,
    /// Requests that violate it.
    pub invalid: usize,
}

/// What of an operation was met.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OperationCoverage {
    /// The number of requests.
    pub requests: usize,
    /// Declared statuses, and those that came, with their number.
    pub statuses: IndexMap<String, usize>,
    /// Statuses that came for requests that should succeed, with their number.
    pub answers: IndexMap<u16, usize>,
    /// Parameters, by place and name; the body is `body`.
    pub parameters: IndexMap<String, Met>,
    /// Keywords of schemas, by pointer into the document.
    pub keywords: IndexMap<String, Met>,
}

impl OperationCoverage {
    /// Returns true if a request that should succeed did.
    #[must_use]
    pub fn has_succeeded(&self) -> bool {
        self.answers.keys().any(|code| (200..400).contains(code))
    }

    /// Returns true if there were answers, and each asked for credentials, or for others.
    pub(crate) fn is_shut(&self) -> bool {
        !self.answers.is_empty() && self.answers.keys().all(|code| matches!(code, 401 | 403))
    }

    /// Returns the statuses that came most often, with their number.
    fn usual(&self) -> Vec<(u16, usize)> {
        let mut all: Vec<(u16, usize)> = self.answers.iter().map(|(code, count)| (*code, *count)).collect();
        all.sort_by_key(|(code, count)| (std::cmp::Reverse(*count), *code));
        all.truncate(3);
        all
    }
}

/// What of a document was met, by operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Operations, by `operationId`.
    pub operations: IndexMap<String, OperationCoverage>,
}

impl Coverage {
    pub(crate) fn new(api: &Api) -> Coverage {
        let mut operations = IndexMap::new();
        for operation in &api.operations {
            let mut own = OperationCoverage::default();
            for response in &operation.responses {
                own.statuses.insert(response.status.to_string(), 0);
            }
            for parameter in &operation.parameters {
                let place = Place::from(parameter.place).key();
                own.parameters.insert(format!("{place} {}", parameter.name), Met::default());
            }
            if operation.body.is_some() {
                own.parameters.insert("body".to_owned(), Met::default());
            }
            operations.insert(operation.id.clone(), own);
        }
        Coverage { operations }
    }

    /// Notes that a run means to meet a keyword.
    pub(crate) fn plan(&mut self, operation: &str, keyword: &str) {
        if let Some(own) = self.operations.get_mut(operation) {
            own.keywords.entry(keyword.to_owned()).or_default();
        }
    }

    /// Counts an exchange.
    pub(crate) fn count(&mut self, api: &Api, exchange: &Exchange) {
        let case = &exchange.case;
        let Some(own) = self.operations.get_mut(&case.operation) else { return };
        own.requests += 1;
        if matches!(case.expect, Expect::NoMethod | Expect::Methods) {
            return;
        }
        if let Some(code) = exchange.status() {
            let operation = api.operations.iter().find(|own| own.id == case.operation);
            let mut declared: Vec<Status> = operation
                .iter()
                .flat_map(|own| own.responses.iter().map(|own| own.status))
                .filter(|status| status.matches(code))
                .collect();
            declared.sort();
            let name = declared.first().map_or_else(|| code.to_string(), ToString::to_string);
            *own.statuses.entry(name).or_default() += 1;
            let is_meant = matches!(
                case.expect,
                Expect::Declared
                    | Expect::Accepted(_)
                    | Expect::There(_)
                    | Expect::Reads(_)
                    | Expect::Lists(..)
                    | Expect::NextPage(_)
            );
            if is_meant && case.who == Who::Own {
                *own.answers.entry(code).or_default() += 1;
            }
        }
        let fault = match &case.expect {
            Expect::Refused(fault) => Some(fault),
            _ => None,
        };
        let names =
            case.arguments.iter().map(|Argument { place, name, .. }| format!("{} {name}", place.key()));
        for name in names.chain(case.body.as_ref().map(|_| "body".to_owned())) {
            let part = name.split(' ').next().unwrap_or_default();
            let is_faulty = fault.is_some_and(|fault| fault.part == part);
            let met = own.parameters.entry(name).or_default();
            if is_faulty { met.invalid += 1 } else { met.valid += 1 }
        }
        match &case.expect {
            Expect::Refused(fault) => own.keywords.entry(fault.schema.clone()).or_default().invalid += 1,
            Expect::Accepted(Some(keyword)) => own.keywords.entry(keyword.clone()).or_default().valid += 1,
            _ => {}
        }
    }

    /// Returns the operations that were asked and never succeeded, each with its usual answers.
    #[must_use]
    pub fn failing(&self) -> Vec<(&str, Vec<(u16, usize)>)> {
        let is_failing = |own: &OperationCoverage| !own.answers.is_empty() && !own.has_succeeded();
        let failing = self.operations.iter().filter(|(_, own)| is_failing(own));
        failing.map(|(id, own)| (id.as_str(), own.usual())).collect()
    }

    /// Returns how many of all operations, statuses, parameters and keywords were met, and how many there
    /// are; of keywords both sides count.
    #[must_use]
    pub fn summary(&self) -> [(&'static str, usize, usize); 4] {
        let all = || self.operations.values();
        let met = |count: usize| usize::from(count > 0);
        let parameters = || all().flat_map(|own| own.parameters.values());
        let keywords = || all().flat_map(|own| own.keywords.values());
        [
            ("operations", all().map(|own| met(own.requests)).sum(), all().count()),
            (
                "statuses",
                all().flat_map(|own| own.statuses.values()).map(|count| met(*count)).sum(),
                all().map(|own| own.statuses.len()).sum(),
            ),
            ("parameters", parameters().map(|own| met(own.valid)).sum(), parameters().count()),
            (
                "keywords",
                keywords().map(|own| met(own.valid) + met(own.invalid)).sum(),
                keywords().count() * 2,
            ),
        ]
    }
}
