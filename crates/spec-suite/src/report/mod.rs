//! What a run has found, and how it is told.

mod github;
mod har;
mod json;
mod junit;
mod ndjson;
mod text;

use crate::baseline::Baseline;
use crate::case::Expect;
use crate::coverage::Coverage;
use crate::credentials;
use crate::exchange::Exchange;
use crate::finding::{Finding, grouped};
use crate::message;
use crate::session::State;
use crate::settings::Settings;
use bytes::Bytes;
use http::Request;
use spec_contract::Contract;
use spec_document::Sources;
use std::path::PathBuf;
use std::sync::Arc;

/// What a run has found.
#[derive(Clone, Debug)]
pub struct Report {
    /// Findings, in the order of checks, then of operations.
    pub findings: Vec<Finding>,
    /// Findings that a baseline accepts.
    pub accepted: Vec<Finding>,
    /// Entries of the baseline that are stale, or wrong, each in a sentence.
    pub stale: Vec<String>,
    /// What of the document was met.
    pub coverage: Coverage,
    /// The number of requests that were sent.
    pub requests: usize,
    /// All exchanges, in their order; those that made findings smaller are not among them.
    pub exchanges: Vec<Arc<Exchange>>,
    /// Why cases were not sent, and how many.
    pub skipped: Vec<(String, usize)>,
    /// Why the run could not be made, or not to its end.
    pub error: Option<String>,
    contract: Contract,
    settings: Settings,
}

impl Report {
    pub(crate) fn new(
        contract: &Contract,
        settings: Settings,
        state: State,
        baseline: Option<&(Baseline, PathBuf)>,
    ) -> Report {
        let mut findings: Vec<Finding> = state.findings.into_values().collect();
        let api = contract.api();
        let place = |own: &Finding| api.operations.iter().position(|operation| operation.id == own.operation);
        // What hangs on what others do meanwhile has to be seen twice.
        findings.retain(|own| own.is_reproduced || own.check != crate::check::Check::ListConformance);
        findings.retain(|own| !own.is_refuted || !crate::pace::is_of_time(own.check));
        // And so does whatever hangs on what was there, where several workers were about.
        let is_sure = |own: &Finding| own.is_reproduced || !crate::shrink::is_of_others(own);
        findings.retain(|own| settings.workers <= 1 || is_sure(own));
        findings.sort_by_key(|own| (own.check, place(own)));
        let mut report = Report {
            findings,
            accepted: Vec::new(),
            stale: Vec::new(),
            coverage: state.coverage,
            requests: state.sent,
            exchanges: state.log,
            skipped: state.skipped.into_iter().collect(),
            error: state.error,
            contract: contract.clone(),
            settings,
        };
        if let Some((baseline, path)) = baseline {
            let (accepted, stale) = baseline.apply(&mut report.findings);
            report.accepted = accepted;
            report.stale = stale.into_iter().map(|own| format!("{}: {own}", path.display())).collect();
        }
        report.findings = grouped(std::mem::take(&mut report.findings));
        report.skipped.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        report
    }

    /// Makes the report of a run that could not begin.
    pub(crate) fn failed(contract: &Contract, settings: Settings, error: String) -> Report {
        let state = State { error: Some(error), coverage: Coverage::new(contract.api()), ..State::default() };
        Report::new(contract, settings, state, None)
    }

    /// Returns true if nothing was found, and the run came to its end.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.stale.is_empty() && self.error.is_none()
    }

    /// Panics with the report as text, unless it is clean.
    ///
    /// # Panics
    ///
    /// If anything was found, if a baseline is stale, or if the run could not be made.
    pub fn assert_clean(&self) {
        assert!(self.is_clean(), "{}", self.text());
    }

    /// Returns the text of the report, for people.
    #[must_use]
    pub fn text(&self) -> String {
        text::text(self)
    }

    /// Returns the report as JSON, for programs.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        json::json(self)
    }

    /// Returns the report as JUnit XML: a suite for each operation, a case for each check.
    #[must_use]
    pub fn junit(&self) -> String {
        junit::junit(self)
    }

    /// Returns all exchanges as an HTTP Archive (HAR 1.2).
    #[must_use]
    pub fn har(&self) -> serde_json::Value {
        har::har(self)
    }

    /// Returns all exchanges and findings, one object of JSON on each line.
    #[must_use]
    pub fn ndjson(&self) -> String {
        ndjson::ndjson(self)
    }

    /// Returns the findings as workflow commands of GitHub, which point to the lines of the document. `file`
    /// returns the path of a source, by its name, from the root of the repository; where it has none, what is
    /// said of it points nowhere.
    #[must_use]
    pub fn github(&self, sources: &Sources, file: &dyn Fn(&str) -> Option<String>) -> String {
        github::github(self, sources, file)
    }

    /// Returns a request as it is shown: with names in place of secrets.
    fn shown(&self, exchange: &Exchange) -> Option<Request<Bytes>> {
        let api = self.contract.api();
        let operation = api.operations.iter().find(|own| own.id == exchange.case.operation)?;
        let mut request = message::write(api, operation, &exchange.case).ok()?;
        credentials::add(api, operation, &self.settings, &exchange.case.who, true, &mut request);
        Some(request)
    }

    fn scrub(&self, text: &str) -> String {
        credentials::scrub(&self.settings, text)
    }
}

/// Returns what must become of a request, in a word.
fn expected(expect: &Expect) -> String {
    match serde_json::to_value(expect) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(serde_json::Value::Object(members)) => members.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}
