//! Findings that are sent again, from a report in JSON alone: it holds the requests, and as much of the
//! document as judges them.
//!
//! Must not know how findings were made.

use crate::case::Case;
use crate::check::Check;
use crate::finding::{Finding, Key};
use crate::session::{Halt, Session};
use crate::settings::{Credential, Settings};
use crate::shrink::Played;
use crate::transport::{Client, Transport};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec_api::Api;
use spec_contract::Contract;
use spec_document::{Diagnostics, Sources};
use std::sync::Arc;

/// What of a finding is sent again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Steps {
    cases: Vec<Case>,
    /// Of each step, whether it was answered with a success.
    successes: Vec<bool>,
}

impl Steps {
    pub(crate) fn of(finding: &Finding) -> Steps {
        Steps {
            cases: finding.cases(),
            successes: finding.steps.iter().map(|own| own.is_success()).collect(),
        }
    }
}

/// What of a report is read.
#[derive(Deserialize)]
struct Written {
    url: Option<String>,
    document: Option<Value>,
    findings: Vec<WrittenFinding>,
}

#[derive(Deserialize)]
struct WrittenFinding {
    check: Check,
    operation: String,
    kind: String,
    steps: Steps,
}

/// The findings of a report, to be sent again.
#[derive(Debug)]
pub struct Replay {
    contract: Contract,
    settings: Settings,
    url: Option<String>,
    findings: Vec<(Key, Steps)>,
}

/// What became of a finding that was sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is there still; in a sentence.
    Fails(String),
    /// It is mended.
    Passes,
    /// A step before the one that shows it had another outcome, so that nothing can be said; and why.
    Unclear(String),
}

impl Replay {
    /// Reads a report as [`Report::json`](crate::Report::json) writes it.
    ///
    /// # Errors
    ///
    /// Why it is none.
    pub fn read(text: &str) -> Result<Replay, String> {
        let wrong = |error: serde_json::Error| format!("it is no report of `spec test`: {error}");
        let written: Written = serde_json::from_str(text).map_err(wrong)?;
        let document = written.document.unwrap_or_else(|| {
            serde_json::json!({
                "openapi": "3.1.0", "info": { "title": "", "version": "" }, "paths": {}
            })
        });
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add("document.json", document.to_string());
        let api = sources
            .parse(source, None, &mut diagnostics)
            .and_then(|document| spec_api::read_as(&document, spec_api::Untyped::Any, &mut diagnostics))
            .ok_or("the document in it can't be read")?;
        let findings = written
            .findings
            .into_iter()
            .map(|own| (Key { check: own.check, operation: own.operation, kind: own.kind }, own.steps));
        let settings = Settings { budget: usize::MAX, ..Settings::default() };
        Ok(Replay { contract: Contract::new(api), settings, url: written.url, findings: findings.collect() })
    }

    /// Gives a secret for a security scheme; reports have none.
    #[must_use]
    pub fn credential(mut self, scheme: impl Into<String>, value: impl Into<String>) -> Replay {
        let credential = Credential::known(self.contract.api(), scheme.into(), value.into());
        self.settings.credentials.push(credential);
        self
    }

    /// Gives a secret of a second person.
    #[must_use]
    pub fn identity(
        mut self,
        name: impl Into<String>,
        scheme: impl Into<String>,
        value: impl Into<String>,
    ) -> Replay {
        let credential = Credential::known(self.contract.api(), scheme.into(), value.into());
        self.settings.identities.push((name.into(), credential));
        self
    }

    /// Sends all findings to the service at a URL, or else to where the report is from. Each comes back with
    /// its check and its operation.
    ///
    /// # Errors
    ///
    /// Why nothing could be sent.
    pub async fn url(self, url: Option<&str>) -> Result<Vec<(Check, String, Outcome)>, String> {
        let url = url.map(str::to_owned).or(self.url.clone()).ok_or("the report names no URL: give one")?;
        let transport = Arc::new(Client::new(&url, self.settings.timeout)?);
        self.send(transport).await
    }

    async fn send(self, transport: Arc<dyn Transport>) -> Result<Vec<(Check, String, Outcome)>, String> {
        let session = Session::new(self.contract, self.settings, transport)?;
        let mut outcomes = Vec::new();
        for (key, steps) in self.findings {
            let outcome = match session.play(&steps.cases, &key, &steps.successes).await {
                Ok(Played::Shown(_, message)) => Outcome::Fails(message),
                Ok(Played::NotShown) => Outcome::Passes,
                Ok(Played::Unclear(why)) | Err(Halt::Skip(why)) => Outcome::Unclear(why),
                Err(Halt::Stop) => {
                    let error = session.state().error.clone();
                    return Err(error
                        .unwrap_or_else(|| "a step is of an operation that the document lacks".to_owned()));
                }
            };
            outcomes.push((key.check, key.operation, outcome));
        }
        Ok(outcomes)
    }
}

/// Returns as much of a document as judges the steps of findings.
pub(crate) fn document(api: &Api, findings: &[Finding]) -> Option<Value> {
    if findings.is_empty() {
        return None;
    }
    let used = |id: &str| findings.iter().flat_map(|own| &own.steps).any(|own| own.case.operation == id);
    let paths: Vec<&str> =
        api.operations.iter().filter(|own| used(&own.id)).map(|own| own.path.as_str()).collect();
    let mut document = api.json.clone();
    // Its schemas are in the dialect of 3.1, whatever it was written in.
    document["openapi"] = "3.1.0".into();
    let written = document.get_mut("paths").and_then(Value::as_object_mut)?;
    for operation in &api.operations {
        let own = written.get_mut(&operation.path).and_then(|own| own.get_mut(operation.method.key()));
        if let Some(Value::Object(own)) = own {
            own.insert("operationId".to_owned(), operation.id.clone().into());
        }
    }
    let has_references = written.values().any(|own| own.get("$ref").is_some());
    if !has_references {
        written.retain(|path, _| paths.contains(&path.as_str()));
    }
    document.as_object_mut()?.shift_remove("webhooks");
    Some(document)
}
