//! Rounds of requests and answers, and what is right of them.
//!
//! Knows the order: values, the exchange, what the document says of it, what arrived, what came back. How
//! values are made and what can be carried is for the other modules to say.

use super::carried::is_alike;
use super::comparison::{came_back, difference, text};
use super::stage::{Prepared, Scene};
use super::values;
use super::{Answer, Caller, Document, Given, Returned, Stage, Values};
use super::{failures, hostile};
use crate::check::is_same;
use crate::random::Filling;
pub use crate::report::Report;
use spec_api::{Api, MediaKind, Status};
use spec_contract::{Contract, Side};
use spec_http::template::Template;
use std::collections::HashSet;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinError;
use tokio::time::timeout;

/// The longest time that an exchange may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The largest number of sentences that are kept of an operation.
const SAID: usize = 6;

/// The largest number of characters of each.
const WIDTH: usize = 500;

/// A document that is being exercised: a client, a server, and the judge between them.
pub struct Run {
    pub(super) document: Document,
    pub(super) contract: Contract,
    pub(super) requests: spec_values::Values,
    pub(super) responses: spec_values::Values,
    stage: Stage,
    client: Box<dyn Caller>,
    /// Operations whose requests are those of another one before them.
    shadowed: HashSet<usize>,
}

impl Run {
    /// Serves what is generated of a document on a loopback port. There must be a tokio runtime.
    ///
    /// # Errors
    ///
    /// That it is generated of another document; what of its schemas can't be used; or that there is no port.
    pub async fn new(document: Document, api: Api) -> Result<Run, String> {
        let (requests, responses) = (values::of(&api, Side::Request)?, values::of(&api, Side::Response)?);
        let stage = Stage::default();
        let client = serve(document, &api, &stage).await?;
        let shadowed = shadowed(&api);
        Ok(Run { document, contract: Contract::new(api), requests, responses, stage, client, shadowed })
    }

    /// Exercises an operation: in each of so many rounds every answer that it declares is given once. In the
    /// first round everything is there that can be, in the second only what must be, then what chance brings.
    pub async fn operation(&mut self, index: usize, seed: u64, times: usize) -> Report {
        let contract = self.contract.clone();
        let Some((own, api)) = self.document.operations.get(index).zip(contract.api().operations.get(index))
        else {
            return Report::default();
        };
        let mut report = Report {
            document: self.document.name.to_owned(),
            operation: own.id.to_owned(),
            ..Report::default()
        };
        report.answers = own.answers.len();
        if own.answers.is_empty() {
            report.left_out.push("it declares no answer".to_owned());
        }
        let routed = (self.document.routed)().iter().find(|routed| routed.id().0 == own.id);
        match routed {
            Some(routed) => {
                let (shaped, wrong) = failures::judged(routed, api, &contract).await;
                report.shaped = shaped;
                report.violations += wrong.len();
                report.said.extend(wrong);
            }
            None => report.said.push("the router does not know the operation".to_owned()),
        }
        if self.shadowed.contains(&index) {
            report.leave_out("its requests are those of another operation, which is called".to_owned());
            return report;
        }
        for (number, answer) in own.answers.iter().enumerate() {
            let code = match code(api, answer) {
                Ok(code) => code,
                Err(why) => {
                    report.leave_out(format!("the answer {}: {why}", answer.status));
                    continue;
                }
            };
            let mut answered = false;
            for round in 0..times {
                let form = (number * times + round) % own.bodies.len().max(1);
                let seed = mixed(seed, [index, number, round]);
                let made = self.round((own, api), answer, form, (round, seed), &mut report);
                let (values, body, headers) = match made {
                    Ok(made) => made,
                    Err(why) => {
                        report.leave_out(why);
                        break;
                    }
                };
                let prepared = Prepared {
                    operation: index,
                    variant: answer.variant,
                    form: answer.form,
                    status: code,
                    headers,
                    body,
                };
                self.exchange(&values, &prepared, answer, &mut report).await;
                answered = true;
            }
            report.answered += usize::from(answered);
        }
        report
    }

    /// Sends so many requests to an operation that mean harm: what its client sends, broken. No socket is in
    /// between. What the service is called for nobody judges; anything else must be refused in few words.
    pub async fn hostile(&mut self, index: usize, seed: u64, requests: usize) -> Report {
        let contract = self.contract.clone();
        let Some((own, api)) = self.document.operations.get(index).zip(contract.api().operations.get(index))
        else {
            return Report::default();
        };
        let mut report = Report {
            document: self.document.name.to_owned(),
            operation: own.id.to_owned(),
            ..Report::default()
        };
        let mut valid = Vec::new();
        for form in 0..own.bodies.len().max(1) {
            for filling in [Filling::All, Filling::Least, Filling::Some] {
                match self.request(
                    (own, api),
                    form,
                    filling,
                    mixed(seed, [index, form, valid.len()]),
                    &mut report,
                ) {
                    Ok(values) => {
                        // What comes back does not matter.
                        let asking = self.client.call(index, Given::new(values));
                        drop(timeout(PATIENCE, asking).await);
                        valid.extend(self.stage.take().exchanges.into_iter().map(|(request, _)| request));
                    }
                    Err(why) => report.leave_out(why),
                }
            }
        }
        let is_declared = |code: u16| contract.api().operations.iter().any(|own| declares(own, code));
        let routes = (self.document.router)(self.stage.clone());
        let mut random = fastrand::Rng::with_seed(mixed(seed, [index, requests, 0]));
        while report.exchanges < requests && !valid.is_empty() {
            let Some(request) = hostile::broken(&valid, &mut random) else { continue };
            report.exchanges += 1;
            let answered = hostile::ask(routes.clone(), &request).await;
            let is_called = !self.stage.take().calls.is_empty();
            let fault = match &answered {
                Ok(_) if is_called => None,
                Ok(answered) => hostile::fault(&request, answered, &is_declared),
                Err(why) => Some(why.clone()),
            };
            if let Some(fault) = fault {
                report.violations += 1;
                report.say(format!("{fault}: {}", hostile::words(&request)));
            }
            report.answered += usize::from(is_called);
        }
        report
    }

    /// One request and its answer.
    async fn exchange(&self, values: &Values, prepared: &Prepared, answer: &Answer, report: &mut Report) {
        report.exchanges += 1;
        self.stage.prepare(prepared.clone());
        let mut asking = tokio::spawn(self.client.call(prepared.operation, Given::new(values.clone())));
        let returned = match timeout(PATIENCE, &mut asking).await {
            Ok(Ok(returned)) => returned,
            Ok(Err(error)) => Err(format!("the client panicked: {}", panic_text(error))),
            Err(_) => {
                asking.abort();
                Err(format!("no answer within {} seconds", PATIENCE.as_secs()))
            }
        };
        let scene = self.stage.take();
        self.violations(&scene, report);
        if let Err(why) = self
            .arrived(&scene, values, prepared, &returned)
            .and_then(|()| came_back(&returned, prepared, answer))
        {
            report.mismatches += 1;
            report.say(format!("mismatch: {}: {why}", answer.status));
        }
    }

    /// Adds what the document says of the exchange.
    fn violations(&self, scene: &Scene, report: &mut Report) {
        for (request, response) in &scene.exchanges {
            let judgement = self.contract.exchange(request, response);
            if judgement.operation.as_deref() != Some(report.operation.as_str()) {
                let (method, path) = (request.method(), request.uri().path());
                let other = judgement.operation.as_deref().unwrap_or("none of its operations");
                report.violations += 1;
                report.say(format!("violation: the document has {other} for {method} {path}"));
            }
            report.violations += judgement.violations.len();
            judgement.violations.iter().for_each(|violation| report.say(format!("violation: {violation}")));
        }
    }

    /// Checks whether what was sent arrived: once, at the right method, and as it was.
    fn arrived(
        &self,
        scene: &Scene,
        sent: &Values,
        prepared: &Prepared,
        returned: &Result<Returned, String>,
    ) -> Result<(), String> {
        if let Some(complaint) = scene.complaints.first() {
            return Err(complaint.clone());
        }
        let [(operation, arrived)] = scene.calls.as_slice() else {
            let answered = scene.exchanges.iter().map(|(request, response)| {
                let body = String::from_utf8_lossy(response.body());
                format!("; {} {} was answered {} {body}", request.method(), request.uri(), response.status())
            });
            let client = returned
                .as_ref()
                .err()
                .map(|error| format!("; the client says: {error}"))
                .unwrap_or_default();
            let answered = answered.collect::<String>();
            return Err(format!(
                "the server's method was called {} times{answered}{client}",
                scene.calls.len()
            ));
        };
        if *operation != prepared.operation {
            let called = self
                .document
                .operations
                .get(*operation)
                .map_or("another operation", |operation| operation.id);
            return Err(format!("the method of {called} was called"));
        }
        let declared = self.contract.api().operations.get(*operation);
        let parameters = declared.map(|operation| operation.parameters.as_slice()).unwrap_or_default();
        for ((parameter, sent), arrived) in parameters.iter().zip(&sent.parameters).zip(&arrived.parameters) {
            let is_alike = match (sent, arrived) {
                (Some(sent), Some(arrived)) => is_alike(sent, arrived),
                (sent, arrived) => sent == arrived,
            };
            if !is_alike {
                let name = &parameter.name;
                return Err(format!(
                    "the {} parameter `{name}` was {}, and arrived as {}",
                    parameter.place.key(),
                    text(sent),
                    text(arrived)
                ));
            }
        }
        let bodies =
            self.document.operations.get(*operation).map(|operation| operation.bodies).unwrap_or_default();
        let media_type = bodies.get(sent.form).copied().unwrap_or_default();
        if arrived.body.is_some() && arrived.form != sent.form {
            let other = bodies.get(arrived.form).copied().unwrap_or_default();
            return Err(format!("the body was {media_type}, and arrived as {other}"));
        }
        let is_form = matches!(MediaKind::of(media_type), MediaKind::Form | MediaKind::Multipart);
        match (&sent.body, &arrived.body) {
            (None, None) => Ok(()),
            (Some(sent), Some(arrived)) if is_form && is_alike(sent, arrived) => Ok(()),
            (Some(sent), Some(arrived)) if is_same(sent, arrived, false) => Ok(()),
            (Some(sent), Some(arrived)) => {
                Err(format!("the body {}", difference(sent, arrived, "arrived as")))
            }
            (sent, arrived) => Err(format!("the body was {}, and arrived as {}", text(sent), text(arrived))),
        }
    }
}

/// Serves what is generated of a document on a loopback port; a client that calls it.
pub(super) async fn serve(document: Document, api: &Api, stage: &Stage) -> Result<Box<dyn Caller>, String> {
    if !api.operations.iter().map(|own| own.id.as_str()).eq(document.operations.iter().map(|own| own.id)) {
        return Err(format!("{}: the operations are not those of the document", document.name));
    }
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| error.to_string())?;
    let url = format!("http://{}", listener.local_addr().map_err(|error| error.to_string())?);
    let routes = stage.around((document.router)(stage.clone()));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
    Ok((document.connect)(&url, http.map_err(|error| error.to_string())?))
}

impl Report {
    pub(super) fn say(&mut self, text: String) {
        let text: String = text.chars().take(WIDTH).collect();
        if self.said.len() < SAID && !self.said.contains(&text) {
            self.said.push(text);
        }
    }

    /// Leaves something out. What the document declares and nothing can carry should have been refused with
    /// the document.
    pub(super) fn leave_out(&mut self, text: String) {
        let text: String = text.chars().take(WIDTH).collect();
        if text.contains(spec_values::NOT_CARRIED) && !self.left_out.contains(&text) {
            self.mismatches += 1;
            self.say(format!("mismatch: {text}"));
        }
        if !self.left_out.contains(&text) {
            self.left_out.push(text);
        }
    }
}

/// A status that an answer stands for, and no other.
pub(super) fn code(api: &spec_api::Operation, answer: &Answer) -> Result<u16, String> {
    let is_declared = |code: u16| api.responses.iter().any(|response| response.status == Status::Code(code));
    let is_in_range = |code: u16| {
        api.responses.iter().any(|own| matches!(own.status, Status::Range(_)) && own.status.matches(code))
    };
    let code = match answer.status {
        Status::Code(code) => Some(code),
        Status::Range(hundreds) => {
            let first = u16::from(hundreds) * 100;
            (first..first + 100).find(|code| !is_declared(*code) && !Status::Code(*code).is_bodiless())
        }
        Status::Default => {
            (400..600).rev().find(|code| code % 100 < 30 && !is_declared(*code) && !is_in_range(*code))
        }
    };
    let code = code.ok_or("the document has another answer for each status")?;
    match code {
        100 | 102..=199 => Err("it is an interim answer (RFC 9110, 15.2)".to_owned()),
        _ => Ok(code),
    }
}

/// Finds what the document says of an answer: by its status, or as a default that stands for success as well.
pub(super) fn declared<'a>(api: &'a spec_api::Operation, answer: &Answer) -> Option<&'a spec_api::Response> {
    let find = |status: Status| api.responses.iter().find(|response| response.status == status);
    find(answer.status).or_else(|| find(Status::Default))
}

/// Returns true if an operation declares an answer of this status by itself.
fn declares(operation: &spec_api::Operation, code: u16) -> bool {
    operation.responses.iter().any(|own| own.status == Status::Code(code))
}

/// A media type within a range.
pub(super) fn concrete(range: &str) -> String {
    if range.starts_with("*/") {
        "application/x-something".to_owned()
    } else {
        range.replace('*', "x-something")
    }
}

pub(super) fn mixed(seed: u64, numbers: [usize; 3]) -> u64 {
    numbers.iter().fold(seed, |seed, number| {
        (seed ^ *number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
    })
}

pub(super) fn panic_text(error: JoinError) -> String {
    match error.try_into_panic() {
        Ok(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
        }
        Err(error) => error.to_string(),
    }
}

/// Operations whose requests are those of another one before them: nothing tells which one is meant.
fn shadowed(api: &Api) -> HashSet<usize> {
    let mut seen = HashSet::new();
    let told = spec_contract::routing_constants(api, &api.operations);
    let is_known =
        |(index, (operation, told)): (usize, (&spec_api::Operation, &Vec<spec_contract::Constant>))| {
            (!seen.insert((operation.method, Template::new(&operation.path).shape(), told.clone())))
                .then_some(index)
        };
    api.operations.iter().zip(&told).enumerate().filter_map(is_known).collect()
}
