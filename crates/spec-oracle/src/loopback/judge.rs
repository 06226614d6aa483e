//! Rounds of requests and answers, and what is right of them.
//!
//! Knows the order: values, the exchange, what the document says of it, what arrived, what came back. How
//! values are made and what can be carried is for the other modules to say.

use super::carried::{by_body, by_header, by_parameter, by_text, is_alike};
use super::stage::{Prepared, Scene};
use super::values::{NOT_CARRIED, Values as Maker};
use super::{Answer, Caller, Content, Document, Given, Operation, Returned, Stage, Values, is_its_text};
use super::{failures, hostile};
use crate::check::is_same;
use crate::random::Filling;
pub use crate::report::Report;
use serde_json::{Value, json};
use spec_api::{
    Api, MediaKind, MediaType, Parameter, ParameterIn, SchemaId, Scheme, Sequence, Status, Style,
};
use spec_contract::{Contract, Side};
use spec_http::message::is_framing;
use spec_http::template::Template;
use std::collections::HashSet;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinError;
use tokio::time::timeout;

/// How long an exchange may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many sentences are kept of an operation.
const SAID: usize = 6;

/// How many characters of each.
const WIDTH: usize = 500;

/// A document that is being exercised: a client, a server, and the judge between them.
pub struct Run {
    document: Document,
    contract: Contract,
    requests: Maker,
    responses: Maker,
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
        let (requests, responses) = (Maker::new(&api, Side::Request)?, Maker::new(&api, Side::Response)?);
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
                let seed = mixed(seed, [index, number, round]);
                let filling = match round {
                    0 => Filling::All,
                    1 => Filling::Least,
                    _ => Filling::Some,
                };
                let body = match self.answer(api, answer, filling, seed) {
                    Ok(body) => body,
                    Err(why) => {
                        report.leave_out(format!("the answer {}: {why}", answer.status));
                        break;
                    }
                };
                let headers = match self.headers(api, answer, filling, seed, &mut report) {
                    Ok(headers) => headers,
                    Err(why) => {
                        report.leave_out(format!("the answer {}: {why}", answer.status));
                        break;
                    }
                };
                let form = (number * times + round) % own.bodies.len().max(1);
                let values = match self.request((own, api), form, filling, seed, &mut report) {
                    Ok(values) => values,
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

    /// The body of an answer.
    fn answer(
        &mut self,
        api: &spec_api::Operation,
        answer: &Answer,
        filling: Filling,
        seed: u64,
    ) -> Result<Option<Value>, String> {
        let declared = declared(api, answer);
        let media = |name: &str| {
            declared.and_then(|response| response.content.iter().find(|media| media.name == name))
        };
        let value = match answer.content {
            Content::Empty => return Ok(None),
            Content::Json(name) => {
                let pointer = self.pointer(media(name));
                self.responses.make(pointer.as_deref(), filling, seed, &|_| true)?
            }
            Content::Text(name) | Content::Bytes(name)
                if matches!(MediaKind::of(name), MediaKind::Form | MediaKind::Multipart) =>
            {
                return Err(format!("a body of {name} is made by the service itself"));
            }
            Content::Text(name) => {
                let pointer = self.pointer(media(name));
                let fits = |value: &Value| by_text(name, value);
                let made = self.responses.make(pointer.as_deref(), filling, seed, &fits);
                some_text(name, made)?
            }
            Content::Bytes(_) => some_bytes(filling),
            Content::Texts(_) => json!(["some text", "two\nlines"]),
            Content::Items(name) => self.pieces(true, media(name), filling, seed)?,
        };
        Ok(Some(value))
    }

    /// What comes piece by piece, as JSON.
    fn pieces(
        &mut self,
        is_answer: bool,
        media: Option<&MediaType>,
        filling: Filling,
        seed: u64,
    ) -> Result<Value, String> {
        let item = media.and_then(|media| self.contract.api().item(media));
        let pointer = item.and_then(|item| self.schema(item));
        let values = if is_answer { &mut self.responses } else { &mut self.requests };
        let count = if filling == Filling::Least { 1 } else { 3 };
        let item =
            |number: usize| values.make(pointer.as_deref(), filling, mixed(seed, [number, 5, 1]), &|_| true);
        Ok((0..count).map(item).collect::<Result<Vec<_>, _>>()?.into())
    }

    /// What a client is given.
    fn request(
        &mut self,
        (own, api): (&Operation, &spec_api::Operation),
        form: usize,
        filling: Filling,
        seed: u64,
        report: &mut Report,
    ) -> Result<Values, String> {
        let mut values = Values { form, ..Values::default() };
        let is_there = |required: bool, number: usize| match filling {
            Filling::All => true,
            Filling::Least => required,
            Filling::Some => required || mixed(seed, [number, 0, 1]) & 1 == 0,
        };
        for (number, parameter) in api.parameters.iter().enumerate() {
            // A parameter that is a credential as well arrives in any case.
            let is_key = is_key(self.contract.api(), api, parameter);
            // Whoever says that a body is compressed compresses it; nobody does here.
            let is_coding = parameter.place == ParameterIn::Header
                && parameter.name.eq_ignore_ascii_case("content-encoding");
            if !is_key && !is_there(parameter.required, number) || (is_coding && !parameter.required) {
                values.parameters.push(None);
                continue;
            }
            // In an exploded object, what has the name of another parameter is taken for that.
            let is_other = |name: &String| api.parameters.iter().any(|other| other.name == *name);
            let whole = self.contract.api();
            let declared = match &whole.schema(whole.resolve(parameter.schema)).kind {
                spec_api::Kind::Object(object) => object.properties.as_slice(),
                _ => &[],
            };
            let is_overshadowed =
                whole.overshadowed_objects(api).iter().any(|own| std::ptr::eq(*own, parameter));
            if is_overshadowed && declared.is_empty() && !parameter.required {
                report.leave_out(format!(
                    "the parameter `{}`: another one takes its names, of which the generator warns",
                    parameter.name
                ));
                values.parameters.push(None);
                continue;
            }
            let is_declared = |name: &String| declared.iter().any(|own| own.name == *name);
            let is_spread =
                parameter.explode && parameter.style != Style::DeepObject && parameter.content.is_none();
            let is_own = |value: &Value| {
                let Some(members) = value.as_object().filter(|_| is_spread) else { return true };
                !members.keys().any(is_other) && (!is_overshadowed || members.keys().all(is_declared))
            };
            // What the document does not declare is a text, which no schema says.
            let contract = &self.contract;
            let kind = &contract.api().schema(contract.api().resolve(parameter.schema)).kind;
            let is_text = parameter.content.is_none() && matches!(kind, spec_api::Kind::String(_));
            // What stands right before another parameter has one character.
            let beside = format!("{{{}}}{{", parameter.name);
            let is_beside = parameter.place == ParameterIn::Path && api.path.contains(&beside);
            let is_told = |value: &Value| {
                !is_beside || text(&Some(value.clone())).trim_matches('"').chars().count() == 1
            };
            let fits = |value: &Value| {
                let is_empty = *value == json!("");
                let is_whole = is_own(value) && is_told(value) && (!is_text || value.is_string());
                by_parameter(parameter, value) && is_whole && !(is_key && is_empty)
            };
            let pointer = self.schema(parameter.schema);
            match self.requests.make(pointer.as_deref(), filling, mixed(seed, [number, 1, 2]), &fits) {
                Ok(value) => values.parameters.push(Some(value)),
                Err(why) if parameter.required => {
                    return Err(format!("the parameter `{}`: {why}", parameter.name));
                }
                Err(why) => {
                    report.leave_out(format!(
                        "the parameter `{}`, which may be left out: {why}",
                        parameter.name
                    ));
                    values.parameters.push(None);
                }
            }
        }
        let (Some(media_type), Some(body)) = (own.bodies.get(form), &api.body) else { return Ok(values) };
        if !is_there(body.required, usize::MAX) {
            return Ok(values);
        }
        let media = body.content.iter().find(|media| media.name == *media_type);
        if media.is_some_and(MediaType::is_chosen) {
            // After the parameters of the document comes that which says what the body is.
            let one = if media_type.starts_with("*/") {
                "application/x-something".to_owned()
            } else {
                media_type.replace('*', "x-something")
            };
            values.parameters.push(Some(one.into()));
        }
        let (kind, pointer) =
            (media.map_or_else(|| MediaKind::of(media_type), |media| media.kind), self.pointer(media));
        let encoding = |property: &str| media?.encoding.get(property).cloned();
        let made = match kind {
            _ if matches!(Sequence::of(media_type), Some(Sequence::Lines | Sequence::Records)) => {
                self.pieces(false, media, filling, seed)
            }
            MediaKind::Bytes => Ok(some_bytes(filling)),
            MediaKind::Text => some_text(
                media_type,
                self.requests.make(pointer.as_deref(), filling, seed, &|value| by_text(media_type, value)),
            ),
            MediaKind::Form | MediaKind::Multipart if pointer.is_none() => Ok(json!({})),
            MediaKind::Json | MediaKind::Form | MediaKind::Multipart => {
                self.requests.make(pointer.as_deref(), filling, seed, &|value| by_body(kind, encoding, value))
            }
        };
        match made {
            Ok(value) => values.body = Some(value),
            Err(why) if body.required => return Err(format!("the body: {why}")),
            Err(why) => report.leave_out(format!("the body, which may be left out: {why}")),
        }
        Ok(values)
    }

    /// The headers of an answer.
    fn headers(
        &mut self,
        api: &spec_api::Operation,
        answer: &Answer,
        filling: Filling,
        seed: u64,
        report: &mut Report,
    ) -> Result<Vec<Option<Value>>, String> {
        let declared = declared(api, answer).map(|response| response.headers.as_slice()).unwrap_or_default();
        let mut values = Vec::new();
        for (number, name) in answer.headers.iter().enumerate() {
            let Some(header) = declared.iter().find(|header| header.name == *name) else {
                // Where the document leaves the media type open, the service says it.
                if let (true, Content::Json(range) | Content::Text(range) | Content::Bytes(range)) =
                    (name.eq_ignore_ascii_case("content-type"), answer.content)
                {
                    values.push(Some(concrete(range).into()));
                    continue;
                }
                return Err(format!("the document has no header `{name}`"));
            };
            let chance = mixed(seed, [number, 3, 1]) & 1 == 0;
            // What is not for a service to say: how a message ends, and that a body is compressed.
            if is_framing(&header.name) || header.name.eq_ignore_ascii_case("content-encoding") {
                values.push(None);
                continue;
            }
            if !header.required && (filling == Filling::Least || filling == Filling::Some && chance) {
                values.push(None);
                continue;
            }
            let pointer = self.schema(header.schema);
            match self.responses.make(pointer.as_deref(), filling, mixed(seed, [number, 3, 2]), &|value| {
                by_header(header, value)
            }) {
                // Of these there may be several (RFC 6265, 4.1), so that their type is a list.
                Ok(Value::String(text)) if header.name.eq_ignore_ascii_case("set-cookie") => {
                    values.push(Some(json!([text])))
                }
                Ok(value) => values.push(Some(value)),
                Err(why) if header.required => return Err(format!("its header `{name}`: {why}")),
                Err(why) => {
                    report.leave_out(format!("the header `{name}`, which may be left out: {why}"));
                    values.push(None);
                }
            }
        }
        Ok(values)
    }

    fn pointer(&self, media: Option<&MediaType>) -> Option<String> {
        media?.schema.and_then(|schema| self.schema(schema))
    }

    fn schema(&self, id: SchemaId) -> Option<String> {
        self.contract.api().schema(id).pointer().map(str::to_owned)
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

    /// What the document says of the exchange.
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

    /// Whether what was sent arrived: once, at the right method, and as it was.
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

/// Whether what was answered came back: as the right variant, and as it was.
pub(super) fn came_back(
    returned: &Result<Returned, String>,
    prepared: &Prepared,
    answer: &Answer,
) -> Result<(), String> {
    let returned = returned.as_ref().map_err(|error| format!("the client says: {error}"))?;
    let word = |is_error: bool| if is_error { "an error" } else { "success" };
    if returned.is_error != answer.is_error {
        return Err(format!("the client takes {} for {}", prepared.status, word(returned.is_error)));
    }
    if returned.status != prepared.status {
        return Err(format!(
            "the client says that the status is {}, and not {}",
            returned.status, prepared.status
        ));
    }
    if let Some(variant) = returned.variant.filter(|variant| *variant != prepared.variant) {
        return Err(format!("the client takes the answer for {variant}, and not for {}", prepared.variant));
    }
    if returned.form != prepared.form {
        return Err(format!(
            "the client takes the body for that of number {}, and not {}",
            returned.form, prepared.form
        ));
    }
    for ((name, sent), back) in answer.headers.iter().zip(&prepared.headers).zip(&returned.headers) {
        let is_alike = match sent {
            Some(sent) => is_alike(sent, back),
            // The connection adds these by itself.
            None => {
                back.is_null() || ["content-length", "date"].iter().any(|own| name.eq_ignore_ascii_case(own))
            }
        };
        if !is_alike {
            return Err(format!("the header `{name}` was {}, and came back as {back}", text(sent)));
        }
    }
    match (&prepared.body, &returned.body) {
        (None, None) => Ok(()),
        (Some(sent), Some(back)) if is_same(sent, back, false) => Ok(()),
        (Some(sent), Some(back)) if matches!(answer.content, Content::Text(_)) && is_its_text(sent, back) => {
            Ok(())
        }
        (Some(sent), Some(back)) => Err(format!("the answer {}", difference(sent, back, "came back as"))),
        (sent, back) => Err(format!("the answer was {}, and came back as {}", text(sent), text(back))),
    }
}

/// The first place where two values differ.
fn difference(sent: &Value, back: &Value, verb: &str) -> String {
    let (mut sent, mut back, mut place) = (sent, back, String::new());
    loop {
        let inner = match (sent, back) {
            (Value::Object(left), Value::Object(right)) if left.len() == right.len() => {
                left.iter().find_map(|(name, left)| {
                    let right = right.get(name).filter(|right| !is_same(left, right, false))?;
                    Some((name.clone(), left, right))
                })
            }
            (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
                let mut pairs = left.iter().zip(right).enumerate();
                pairs
                    .find(|(_, (left, right))| !is_same(left, right, false))
                    .map(|(at, (l, r))| (at.to_string(), l, r))
            }
            _ => None,
        };
        let Some((name, left, right)) = inner else { break };
        place.push_str(&format!("/{name}"));
        (sent, back) = (left, right);
    }
    let at = if place.is_empty() { String::new() } else { format!("at {place} ") };
    format!("{at}was {sent}, and {verb} {back}")
}

fn text(value: &Option<Value>) -> String {
    value.as_ref().map_or_else(|| "absent".to_owned(), Value::to_string)
}

impl Report {
    fn say(&mut self, text: String) {
        let text: String = text.chars().take(WIDTH).collect();
        if self.said.len() < SAID && !self.said.contains(&text) {
            self.said.push(text);
        }
    }

    /// Leaves something out. What the document declares and nothing can carry should have been refused with
    /// the document.
    fn leave_out(&mut self, text: String) {
        let text: String = text.chars().take(WIDTH).collect();
        if text.contains(NOT_CARRIED) && !self.left_out.contains(&text) {
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

/// What the document says of an answer: by its status, or as a default that stands for success as well.
fn declared<'a>(api: &'a spec_api::Operation, answer: &Answer) -> Option<&'a spec_api::Response> {
    let find = |status: Status| api.responses.iter().find(|response| response.status == status);
    find(answer.status).or_else(|| find(Status::Default))
}

/// Whether an operation declares an answer of this status by itself.
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

/// A text that was made. Of other texts than plain ones, such as XML, the schema does not say how they are
/// written.
fn some_text(media_type: &str, made: Result<Value, String>) -> Result<Value, String> {
    let is_plain = media_type.to_ascii_lowercase().starts_with("text/plain");
    if is_plain { made } else { made.or_else(|_| Ok(json!("some text"))) }
}

/// Bytes of all kinds, or none.
fn some_bytes(filling: Filling) -> Value {
    match filling {
        Filling::All => super::of_bytes(&(0..=255).collect::<Vec<u8>>()),
        Filling::Least => super::of_bytes(&[0]),
        Filling::Some => super::of_bytes(b"\xff\xfe some bytes\r\n"),
    }
}

fn mixed(seed: u64, numbers: [usize; 3]) -> u64 {
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

/// Whether a parameter is what some security scheme of the operation asks for.
fn is_key(api: &Api, operation: &spec_api::Operation, parameter: &Parameter) -> bool {
    let names = operation.security.iter().flat_map(|requirement| &requirement.schemes).map(|(name, _)| name);
    names.filter_map(|name| api.security_schemes.get(name)).any(|own| match &own.scheme {
        Scheme::ApiKey { place, name } => {
            *place == parameter.place
                && match place {
                    ParameterIn::Header => name.eq_ignore_ascii_case(&parameter.name),
                    _ => *name == parameter.name,
                }
        }
        _ => false,
    })
}
