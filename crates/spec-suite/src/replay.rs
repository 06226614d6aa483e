//! Findings that are sent again, from a report in JSON alone: it holds the requests, and as much of the
//! document as judges them.
//!
//! Must not know how findings were made.

use crate::case::{Case, Expect, Who};
use crate::check::Check;
use crate::credentials;
use crate::exchange::Exchange;
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
    /// Of each step, the schemes for which it had credentials.
    #[serde(default)]
    schemes: Vec<Vec<String>>,
    /// The status of the last answer.
    #[serde(default)]
    last: Option<u16>,
}

impl Steps {
    pub(crate) fn of(api: &Api, settings: &Settings, finding: &Finding) -> Steps {
        let cases = finding.cases();
        Steps {
            successes: finding.steps.iter().map(|own| own.is_success()).collect(),
            schemes: cases.iter().map(|case| credentials::used(api, settings, case)).collect(),
            last: finding.steps.last().and_then(|own| own.status()),
            cases,
        }
    }

    /// Returns what has to be given before the steps can be sent as they were.
    fn lack(&self, api: &Api, settings: &Settings) -> Option<String> {
        for (number, (case, wanted)) in self.cases.iter().zip(&self.schemes).enumerate() {
            let had = credentials::used(api, settings, case);
            let Some(scheme) = wanted.iter().find(|own| !had.contains(own)) else { continue };
            let step = number + 1;
            return Some(match &case.who {
                Who::Other(name) => {
                    format!("step {step} was sent as `{name}`: give --identity {name}:{scheme}=VALUE")
                }
                _ => format!("step {step} was sent with credentials: give --credential {scheme}=VALUE"),
            });
        }
        None
    }

    /// Returns why an answer, which does not show the finding, says nothing of it.
    fn doubt(&self, exchange: &Exchange) -> Option<String> {
        let Some(status) = exchange.status() else { return Some("there is no answer".to_owned()) };
        let is_about_people =
            matches!(exchange.case.expect, Expect::Unauthorized | Expect::Hidden(_) | Expect::HiddenIn(..));
        let is_outside = match status {
            401 => exchange.case.expect != Expect::Unauthorized,
            403 => !is_about_people,
            429 | 500.. => true,
            _ => false,
        };
        (is_outside && self.last != Some(status)).then(|| format!("the last step is answered with {status}"))
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
        if let Some(unknown) = self.settings.unknown_scheme(self.contract.api()) {
            return Err(unknown);
        }
        let session = Session::new(self.contract, self.settings, transport)?;
        let mut outcomes = Vec::new();
        for (key, steps) in self.findings {
            if let Some(lack) = steps.lack(session.api(), &session.settings) {
                outcomes.push((key.check, key.operation, Outcome::Unclear(lack)));
                continue;
            }
            let outcome = match session.play(&steps.cases, &key, &steps.successes).await {
                Ok(Played::Shown(_, message)) => Outcome::Fails(message),
                Ok(Played::NotShown(last)) => match steps.doubt(&last) {
                    Some(why) => Outcome::Unclear(why),
                    None => Outcome::Passes,
                },
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
