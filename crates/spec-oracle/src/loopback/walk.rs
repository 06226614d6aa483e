//! The cells of an operation, walked through a generated client and a generated server: each value arrives as
//! it was, in bytes that the standards have for it, or is refused by whoever writes it.
//!
//! Knows what is sent beside what, and whom a refusal names. What is right is for [`cells`](crate::cells) to
//! say.

use super::judge::{came_back, code, concrete, panic_text, serve};
use super::stage::{Prepared, Scene};
use super::{
    Answer, Caller, Content, Document, Given, Operation, Returned, Stage, Values, is_its_text, of_bytes,
};
use crate::cells::{
    Carried, Carrier, Defined, Encoding, Field, Grid, Kind, Parts, Place, SEGMENT, Seen, Style, Walked, Way,
    is_body, judge,
};
use crate::check::is_same;
use serde_json::Value;
use spec_api::{Api, MediaKind};
use spec_contract::Contract;
use std::time::Duration;
use tokio::time::timeout;

/// How long an exchange may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What became of values that were sent together.
enum Tried {
    /// They arrived: each, and what went over the wire.
    Arrived(Vec<Option<Value>>, Box<Scene>),
    /// Whoever writes has refused.
    Refused(String),
    /// Whoever reads has refused: what it said, and what was sent.
    Unread(String, String),
}

/// What values stand in that are sent together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Together {
    Parameters,
    Properties,
    Headers,
}

/// A document that is being walked through.
pub struct Walk {
    document: Document,
    contract: Contract,
    stage: Stage,
    client: Box<dyn Caller>,
}

impl Walk {
    /// Serves what is generated of a document on a loopback port. There must be a tokio runtime.
    ///
    /// # Errors
    ///
    /// That it is generated of another document, or that there is no port.
    pub async fn new(document: Document, api: Api) -> Result<Walk, String> {
        let stage = Stage::default();
        let client = serve(document, &api, &stage).await?;
        Ok(Walk { document, contract: Contract::new(api), stage, client })
    }

    /// Walks through the cells of an operation.
    pub async fn operation(&self, index: usize, grid: &Grid, cells: &[usize]) -> Vec<Walked> {
        let contract = self.contract.clone();
        let mut walked: Vec<Walked> =
            cells.iter().map(|cell| Walked { cell: *cell, ..Walked::default() }).collect();
        let Some((own, api)) = self.document.operations.get(index).zip(contract.api().operations.get(index))
        else {
            walked
                .iter_mut()
                .for_each(|one| one.fault(Kind::NoRust, "there is no such operation".to_owned()));
            return walked;
        };
        let Some(first) = cells.first().map(|cell| grid.cells[*cell].carrier) else { return walked };
        match first {
            Carrier::Parameter(_) | Carrier::Segment(_) | Carrier::Overshadowed => {
                self.together(Together::Parameters, index, own, api, grid, &mut walked).await
            }
            Carrier::Property(..) => {
                self.together(Together::Properties, index, own, api, grid, &mut walked).await
            }
            Carrier::Header { .. } => {
                self.together(Together::Headers, index, own, api, grid, &mut walked).await
            }
            Carrier::Body(_) | Carrier::BodyAmong => self.bodies(index, own, grid, &mut walked).await,
            Carrier::Answer(..) | Carrier::AnswerAmong => {
                self.answers(index, own, api, grid, &mut walked).await
            }
        }
        walked
    }

    /// One request and its answer.
    async fn exchange(&self, values: Values, prepared: Prepared) -> (Result<Returned, String>, Scene) {
        let operation = prepared.operation;
        self.stage.prepare(prepared);
        let mut asking = tokio::spawn(self.client.call(operation, Given::new(values)));
        let returned = match timeout(PATIENCE, &mut asking).await {
            Ok(Ok(returned)) => returned,
            Ok(Err(error)) => Err(format!("the client panicked: {}", panic_text(error))),
            Err(_) => {
                asking.abort();
                Err(format!("no answer within {} seconds", PATIENCE.as_secs()))
            }
        };
        (returned, self.stage.take())
    }

    /// What the document's own judge says.
    fn contract(&self, scene: &Scene) -> Option<String> {
        let (request, response) = scene.exchanges.first()?;
        self.contract.exchange(request, response).violations.first().map(ToString::to_string)
    }

    /// Values that are sent together: in each round one of each cell, as long as it has some.
    async fn together(
        &self,
        what: Together,
        index: usize,
        own: &Operation,
        api: &spec_api::Operation,
        grid: &Grid,
        walked: &mut [Walked],
    ) {
        let names: Vec<String> =
            walked.iter().enumerate().map(|(at, one)| grid.wire_name(one.cell, at)).collect();
        let mut all: Vec<Vec<Option<Value>>> = Vec::new();
        for one in walked.iter() {
            let cell = &grid.cells[one.cell];
            let values =
                if what == Together::Headers { &grid.shape(cell).answers } else { &grid.shape(cell).values };
            let absent = (!cell.required).then_some(None);
            all.push(values.iter().cloned().map(Some).chain(absent).collect());
        }
        // What is there while others are tried: nothing, or the first value that is taken.
        let mut bases: Vec<usize> = walked
            .iter()
            .zip(&all)
            .map(|(one, values)| if grid.cells[one.cell].required { 0 } else { values.len() - 1 })
            .collect();
        let rounds = all.iter().map(Vec::len).max().unwrap_or_default();
        for round in 0..rounds {
            let mut sets =
                vec![(0..walked.len()).filter(|at| round < all[*at].len()).collect::<Vec<usize>>()];
            while let Some(mut active) = sets.pop() {
                while !active.is_empty() {
                    let chosen = |at: usize| if active.contains(&at) { round } else { bases[at] };
                    let values: Vec<Option<Value>> =
                        (0..all.len()).map(|at| all[at][chosen(at)].clone()).collect();
                    let (text, sent) = match self.attempt(what, index, own, api, &names, &values).await {
                        Tried::Arrived(arrived, scene) => {
                            self.compare(what, grid, walked, &names, (&values, &arrived), &active, &scene);
                            break;
                        }
                        Tried::Refused(text) => (text, None),
                        Tried::Unread(text, sent) => (text, Some(sent)),
                    };
                    let blamed: Vec<usize> =
                        (0..names.len()).filter(|at| is_named(&text, *at, &names[*at])).collect();
                    if blamed.is_empty() && active.len() > 1 {
                        sets.extend(active.drain(..).map(|at| vec![at]));
                        break;
                    }
                    let is_named = !blamed.is_empty();
                    let guilty = if is_named { blamed } else { active.clone() };
                    for at in &guilty {
                        let shown = match values[*at].as_ref() {
                            // What need not be there, and is not, is blamed for what others are.
                            None => continue,
                            value => value,
                        };
                        if active.contains(at) {
                            self.refused(grid, &mut walked[*at], shown, (&text, sent.as_deref(), is_named));
                        }
                    }
                    active.retain(|at| !guilty.contains(at));
                    // What has to be there goes on with another value.
                    for at in guilty {
                        if !active.contains(&at) && chosen_again(round, bases[at], &values[at], &all[at]) {
                            bases[at] += 1;
                        }
                        if bases[at] == all[at].len() {
                            let text = format!("{}: {text}", grid.name(&grid.cells[walked[at].cell]));
                            let others =
                                (0..walked.len()).filter(|other| *other != at && round < all[*other].len());
                            others
                                .collect::<Vec<_>>()
                                .into_iter()
                                .for_each(|at| walked[at].fault(Kind::Hidden, text.clone()));
                            return;
                        }
                    }
                }
            }
        }
    }

    /// A value that was refused: by whoever writes or reads, who may have said which.
    fn refused(
        &self,
        grid: &Grid,
        walked: &mut Walked,
        value: Option<&Value>,
        (text, sent, is_named): (&str, Option<&str>, bool),
    ) {
        let cell = &grid.cells[walked.cell];
        let shown = value.map_or_else(|| "nothing".to_owned(), Value::to_string);
        if let Some(sent) = sent {
            return walked.fault(Kind::Unread, format!("{shown} is refused: {text}; the bytes are {sent}"));
        }
        let mut carried = value.map_or(Carried::Must, |value| grid.carried(cell, value));
        if carried == Carried::Must && grid.defined(cell) != Defined::Yes {
            carried = Carried::May;
        }
        match carried {
            Carried::Must if text.contains("is not taken: ") => {
                walked.fault(Kind::NoValue, format!("{shown}: {text}"))
            }
            Carried::Must => walked.fault(Kind::Refused, format!("{shown}: {text}")),
            _ if is_named => walked.refused += 1,
            _ => walked.fault(Kind::Unnamed, format!("{shown}: {text}")),
        }
    }

    /// Sends values together.
    async fn attempt(
        &self,
        what: Together,
        index: usize,
        own: &Operation,
        api: &spec_api::Operation,
        names: &[String],
        values: &[Option<Value>],
    ) -> Tried {
        let Some(answer) = own.answers.first() else {
            return Tried::Unread("there is no answer".to_owned(), String::new());
        };
        let status = if what == Together::Headers { 200 } else { 204 };
        let (form, headers, body) = (answer.form, Vec::new(), None);
        let mut prepared =
            Prepared { operation: index, variant: answer.variant, form, status, headers, body };
        let mut sent = Values::default();
        let at = |wire: &str| names.iter().position(|name| name.eq_ignore_ascii_case(wire));
        match what {
            Together::Parameters => {
                sent.parameters = api
                    .parameters
                    .iter()
                    .map(|own| at(&own.name).and_then(|at| values[at].clone()))
                    .collect();
            }
            Together::Properties => {
                let members =
                    names.iter().zip(values).filter_map(|(name, value)| Some((name.clone(), value.clone()?)));
                sent.body = Some(Value::Object(members.collect()));
            }
            Together::Headers => {
                prepared.headers =
                    answer.headers.iter().map(|name| at(name).and_then(|at| values[at].clone())).collect();
            }
        }
        let (returned, scene) = self.exchange(sent, prepared).await;
        let answered = scene.exchanges.first().map(|(request, response)| {
            let headers = if request.uri().query().is_none() && request.body().is_empty() {
                format!(" {:?}", request.headers())
            } else {
                String::new()
            };
            let (sent, body) =
                (String::from_utf8_lossy(request.body()), String::from_utf8_lossy(response.body()));
            let bytes = format!("{} {}{headers} {sent:?}", request.method(), request.uri());
            (format!("{} {body}", response.status()), bytes)
        });
        let (answered, bytes) = answered.unwrap_or_default();
        let complaint = scene.complaints.first().cloned();
        match (what, &returned) {
            (Together::Headers, _) if complaint.is_some() => Tried::Refused(complaint.unwrap_or_default()),
            (Together::Headers, _)
                if scene.exchanges.first().is_some_and(|(_, response)| response.status() != 200) =>
            {
                Tried::Refused(answered)
            }
            (_, Err(error)) if scene.exchanges.is_empty() => Tried::Refused(error.clone()),
            (Together::Headers, Ok(returned)) => {
                let back = |name: &String| {
                    let at = answer.headers.iter().position(|own| own.eq_ignore_ascii_case(name))?;
                    returned.headers.get(at).filter(|value| !value.is_null()).cloned()
                };
                Tried::Arrived(names.iter().map(back).collect(), Box::new(scene))
            }
            (Together::Headers, Err(error)) => {
                let headers =
                    scene.exchanges.first().map(|(_, response)| format!("{:?}", response.headers()));
                Tried::Unread(error.clone(), headers.unwrap_or_default())
            }
            (_, Ok(_)) if complaint.is_none() && scene.calls.len() == 1 => {
                let arrived = &scene.calls[0].1;
                let all: Vec<Option<Value>> = match what {
                    Together::Parameters => {
                        let place = |name: &String| {
                            api.parameters.iter().position(|own| own.name.eq_ignore_ascii_case(name))
                        };
                        names
                            .iter()
                            .map(|name| arrived.parameters.get(place(name)?).cloned().flatten())
                            .collect()
                    }
                    _ => names
                        .iter()
                        .map(|name| arrived.body.as_ref().and_then(|body| body.get(name)).cloned())
                        .collect(),
                };
                Tried::Arrived(all, Box::new(scene))
            }
            (_, returned) => {
                let client = returned.as_ref().err().cloned().unwrap_or_default();
                let complaint = complaint.unwrap_or_default();
                Tried::Unread(format!("{answered} {complaint} {client}"), bytes)
            }
        }
    }

    /// Whether values arrived as they were, in the right bytes.
    #[expect(clippy::too_many_arguments, reason = "they are all that is known of a round")]
    fn compare(
        &self,
        what: Together,
        grid: &Grid,
        walked: &mut [Walked],
        names: &[String],
        (all_sent, arrived): (&[Option<Value>], &[Option<Value>]),
        active: &[usize],
        scene: &Scene,
    ) {
        let Some((request, response)) = scene.exchanges.first() else { return };
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        let message = if what == Together::Headers { response.headers() } else { request.headers() };
        let seen = Seen::new(target, message.iter().map(|(name, value)| (name.as_str(), value.as_bytes())));
        let body = String::from_utf8_lossy(request.body());
        let field = match what {
            Together::Properties => {
                let content_type =
                    message.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
                let is_multipart = content_type.starts_with("multipart/");
                Some(match is_multipart {
                    true => Parts::new(content_type, request.body()).map(Field::Parts),
                    false => Ok(Field::Pairs(Seen::form(&body))),
                })
            }
            _ => None,
        };
        let violation = self.contract(scene);
        let mut pairs = Some(0);
        for (at, one) in walked.iter_mut().enumerate() {
            let cell = &grid.cells[one.cell];
            let shape = grid.shape(cell);
            let sent = all_sent[at].as_ref();
            // What is undefined is not written (RFC 6570, 2.3), and of what is optional that is one of its
            // values.
            let is_nothing = |value: &Value| match value {
                Value::Null => true,
                Value::Array(items) => items.is_empty(),
                Value::Object(members) => members.is_empty(),
                _ => false,
            };
            let is_of_pairs = matches!(
                cell.carrier,
                Carrier::Parameter(Way { place: Place::Query | Place::Cookie, style, .. }) if style != Style::Json
            );
            let is_null = sent.is_some_and(|value| value.is_null() || is_of_pairs && is_nothing(value))
                && !cell.required;
            let is_json = matches!(
                cell.carrier,
                Carrier::Parameter(Way { style: Style::Json, .. }) | Carrier::Header { json: true, .. }
            );
            let written = match is_json {
                true => sent.filter(|value| cell.required || !value.is_null()),
                false => sent.filter(|value| !value.is_null() && !is_null),
            };
            let judged = match (cell.carrier, &field) {
                // Of what is optional, null may be written or left out.
                (Carrier::Parameter(way), _) if is_json && written.is_none() => {
                    judge(way, &names[at], at + 1, None, &seen)
                        .or_else(|_| judge(way, &names[at], at + 1, sent, &seen))
                }
                (Carrier::Parameter(way), _) => judge(way, &names[at], at + 1, written, &seen),
                (Carrier::Segment(between), _) => {
                    judge(SEGMENT, &names[at], at + 1, written, &seen.split(between))
                }
                (Carrier::Header { explode, json }, _) => {
                    let style = if json { Style::Json } else { Style::Simple };
                    let way = Way { place: Place::Header, style, explode, reserved: false, empty: false };
                    judge(way, &names[at], 0, written, &seen)
                }
                (Carrier::Property(_, encoding), Some(Ok(field))) => {
                    let judged = |value| field.judge(&names[at], encoding, shape.is_file, value).map(|()| 0);
                    match encoding {
                        // Null is JSON, too.
                        Encoding::Typed("application/json") if written.is_none() => {
                            judged(sent).or_else(|_| judged(None))
                        }
                        _ => judged(written),
                    }
                }
                (_, Some(Err(error))) => Err(error.clone()),
                _ => Ok(0),
            };
            pairs = pairs.zip(judged.as_ref().ok().copied()).map(|(sum, count)| sum + count);
            if !active.contains(&at) {
                continue;
            }
            let bytes = match what {
                Together::Parameters => format!(
                    "{target} {:?}",
                    seen.headers
                        .iter()
                        .filter(|(name, _)| name == "cookie" || names[at].eq_ignore_ascii_case(name))
                        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value)))
                        .collect::<Vec<_>>()
                ),
                Together::Properties => format!("{body:?}"),
                Together::Headers => {
                    let line = |(name, value): &(String, Vec<u8>)| {
                        format!("{name}: {}", String::from_utf8_lossy(value))
                    };
                    format!("{:?}", seen.headers.iter().map(line).collect::<Vec<_>>())
                }
            };
            let shown = sent.map_or_else(|| "nothing".to_owned(), Value::to_string);
            let carried = sent.map_or(Carried::Must, |value| grid.carried(cell, value));
            match (sent, &arrived[at]) {
                (None, None) => one.arrived += 1,
                (Some(_), None) if is_null => one.arrived += 1,
                // What is read back has no place for null; that it was written is judged below.
                (Some(Value::Null), None) if cell.required && is_json => one.arrived += 1,
                (Some(sent), Some(back))
                    if is_same(sent, back, false) || shape.is_loose && is_alike(sent, back) =>
                {
                    one.arrived += 1
                }
                // Nothing tells them apart but the encoding of a query.
                (Some(sent), Some(back))
                    if shape.is_loose && !is_in_query(cell.carrier) && is_joined(sent, back) =>
                {
                    one.arrived += 1
                }
                (Some(_), None) => {
                    one.fault(Kind::Vanished, format!("{shown}; the bytes are {bytes}"));
                    continue;
                }
                (_, back) => {
                    let back = back.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
                    one.fault(Kind::Otherwise, format!("{shown} arrived as {back}; the bytes are {bytes}"));
                    continue;
                }
            }
            let is_defined = grid.defined(cell) == Defined::Yes;
            if let (Err(why), true) = (judged, is_defined && (carried != Carried::Cannot || is_null)) {
                one.fault(Kind::Bytes, format!("{shown}: {why}; the bytes are {bytes}"));
            }
            let is_told = |at: usize, text: &str| {
                let members =
                    all_sent[at].as_ref().and_then(Value::as_object).into_iter().flat_map(|own| own.keys());
                let mut own = members.chain(std::iter::once(&names[at]));
                own.any(|name| text.contains(&format!("`{name}`")) || text.contains(&format!("/{name}")))
            };
            let is_its = |text: &&String| {
                is_told(at, text)
                    || active.first() == Some(&at) && !(0..names.len()).any(|other| is_told(other, text))
            };
            if let Some(violation) = violation.as_ref().filter(is_its) {
                one.fault(Kind::Contract, format!("{shown}: {violation}; the bytes are {bytes}"));
            }
        }
        let there = seen.pairs.len() + seen.cookies.len();
        if what == Together::Parameters
            && pairs.is_some_and(|pairs| pairs != there)
            && let Some(at) = active.first()
        {
            walked[*at].fault(
                Kind::Bytes,
                format!(
                    "there are {there} pairs, and not those of the parameters: {target} {:?}",
                    seen.cookies
                ),
            );
        }
    }

    /// Whole bodies of requests, one after another.
    async fn bodies(&self, index: usize, own: &Operation, grid: &Grid, walked: &mut [Walked]) {
        for (at, one) in walked.iter_mut().enumerate() {
            let (cell, media) = (&grid.cells[one.cell], grid.wire_name(one.cell, at));
            let Some(form) = own.bodies.iter().position(|own| *own == media) else {
                one.fault(Kind::NoRust, format!("the client has no body {media}"));
                continue;
            };
            let absent = (!cell.required).then_some(None);
            let values: Vec<Option<Value>> =
                grid.shape(cell).values.iter().cloned().map(Some).chain(absent).collect();
            for value in values {
                let Some(answer) = own.answers.first() else { break };
                let is_bytes = MediaKind::of(&media) == MediaKind::Bytes || grid.shape(cell).is_file;
                let Some(given) = value
                    .as_ref()
                    .map(|value| in_body(&media, is_bytes, value))
                    .map_or(Some(None), |own| own.map(Some))
                else {
                    continue;
                };
                let mut sent = Values { form, body: given.clone(), ..Values::default() };
                if media.contains('*') && given.is_some() {
                    sent.parameters.push(Some(concrete(&media).into()));
                }
                let (headers, body) = (Vec::new(), None);
                let prepared = Prepared {
                    operation: index,
                    variant: answer.variant,
                    form: answer.form,
                    status: 204,
                    headers,
                    body,
                };
                let (returned, scene) = self.exchange(sent, prepared).await;
                let shown = value.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
                let exchange = scene.exchanges.first();
                let bytes = exchange
                    .map(|(request, _)| String::from_utf8_lossy(request.body()).into_owned())
                    .unwrap_or_default();
                let [(_, arrived)] = scene.calls.as_slice() else {
                    let client = returned.err().unwrap_or_default();
                    let kind = match exchange {
                        Some(_) => Kind::Unread,
                        None if client.contains("is not taken: ") => Kind::NoValue,
                        None => Kind::Refused,
                    };
                    let answered = exchange
                        .map(|(_, own)| format!("{} {}", own.status(), String::from_utf8_lossy(own.body())));
                    one.fault(
                        kind,
                        format!("{shown} as {bytes:?}: {}; {client}", answered.unwrap_or_default()),
                    );
                    continue;
                };
                if let Some(complaint) = scene.complaints.first() {
                    one.fault(Kind::Unread, format!("{shown}: {complaint}"));
                    continue;
                }
                let is_null = given.as_ref().is_some_and(Value::is_null) && !cell.required;
                match (&given, &arrived.body) {
                    (None, None) => {}
                    (Some(given), Some(back)) if is_same(given, back, false) && arrived.form == form => {}
                    (Some(given), Some(back)) if is_text_type(&media) && is_its_text(given, back) => {}
                    (Some(given), Some(back)) if media.contains('*') && is_its_text(back, given) => {}
                    (Some(_), None) if is_null => {}
                    (Some(_), None) => {
                        one.fault(Kind::Vanished, format!("{shown}; the bytes are {bytes:?}"));
                        continue;
                    }
                    (_, back) => {
                        let back = back.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
                        one.fault(
                            Kind::Otherwise,
                            format!("{shown} arrived as {back}; the bytes are {bytes:?}"),
                        );
                        continue;
                    }
                }
                one.arrived += 1;
                let Some((request, _)) = exchange else { continue };
                let content_type =
                    request.headers().get("content-type").and_then(|value| value.to_str().ok());
                let judged = match &value {
                    Some(value) => is_body(&media, content_type, request.body(), value),
                    None if request.body().is_empty() => Ok(()),
                    None => Err(format!("there is a body {bytes:?}")),
                };
                if let Err(why) = judged {
                    one.fault(Kind::Bytes, format!("{shown}: {why}"));
                }
                if let Some(violation) = self.contract(&scene) {
                    one.fault(Kind::Contract, format!("{shown}: {violation}; the bytes are {bytes:?}"));
                }
            }
        }
    }

    /// Whole answers, one after another.
    async fn answers(
        &self,
        index: usize,
        own: &Operation,
        api: &spec_api::Operation,
        grid: &Grid,
        walked: &mut [Walked],
    ) {
        for (at, one) in walked.iter_mut().enumerate() {
            let (cell, media) = (&grid.cells[one.cell], grid.wire_name(one.cell, at));
            let status = match cell.carrier {
                Carrier::Answer(status, _) => status,
                _ => "200",
            };
            // RFC 9110, 15.3.5, 15.3.6 and 15.4.5: these have no body, whatever a document says.
            let media = if ["101", "204", "205", "304"].contains(&status) { String::new() } else { media };
            let is_it = |answer: &&Answer| {
                answer.status.to_string().eq_ignore_ascii_case(status) && name_of(answer.content) == media
            };
            let Some(answer) = own.answers.iter().find(is_it) else {
                one.fault(Kind::NoRust, format!("the server has no answer {status} {media}"));
                continue;
            };
            let code = match code(api, answer) {
                Ok(code) => code,
                Err(why) => {
                    one.fault(Kind::NoRust, format!("the answer {status}: {why}"));
                    continue;
                }
            };
            let values = if media.is_empty() { vec![Value::Null] } else { grid.shape(cell).answers.clone() };
            for value in values {
                let is_bytes = matches!(answer.content, Content::Bytes(_));
                let body =
                    if media.is_empty() { Some(None) } else { in_body(&media, is_bytes, &value).map(Some) };
                let Some(body) = body else { continue };
                let is_type = |name: &str| name.eq_ignore_ascii_case("content-type");
                let headers = answer
                    .headers
                    .iter()
                    .map(|name| is_type(name).then(|| Value::from(concrete(&media))))
                    .collect();
                let prepared = Prepared {
                    operation: index,
                    variant: answer.variant,
                    form: answer.form,
                    status: code,
                    headers,
                    body,
                };
                let (returned, scene) = self.exchange(Values::default(), prepared.clone()).await;
                let Some((_, response)) = scene.exchanges.first() else {
                    one.fault(
                        Kind::Unread,
                        format!("{value}: nothing was sent: {}", returned.err().unwrap_or_default()),
                    );
                    continue;
                };
                let bytes = String::from_utf8_lossy(response.body()).into_owned();
                if let Some(complaint) = scene.complaints.first() {
                    one.fault(Kind::NoValue, format!("{value}: {complaint}"));
                    continue;
                }
                if let Err(why) = came_back(&returned, &prepared, answer) {
                    let kind = if returned.is_err() { Kind::Unread } else { Kind::Otherwise };
                    one.fault(kind, format!("{value}: {why}; the bytes are {} {bytes:?}", response.status()));
                    continue;
                }
                one.arrived += 1;
                let content_type =
                    response.headers().get("content-type").and_then(|value| value.to_str().ok());
                let judged = match media.is_empty() {
                    true if response.body().is_empty() => Ok(()),
                    true => Err(format!("there is a body {bytes:?}")),
                    false => is_body(&media, content_type, response.body(), &value),
                };
                if let Err(why) = judged {
                    one.fault(Kind::Bytes, format!("{value}: {why}"));
                }
                if let Some(violation) = self.contract(&scene) {
                    one.fault(Kind::Contract, format!("{value}: {violation}; the bytes are {bytes:?}"));
                }
            }
        }
    }
}

/// Whether a refusal names a parameter, property or header: in marks, as a pointer, or by its number.
fn is_named(text: &str, number: usize, name: &str) -> bool {
    let (text, name) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
    let marks = [
        format!("`{name}`"),
        format!("\"{name}\""),
        format!("/{name}\""),
        format!("/{name}/"),
        format!("{name}: "),
    ];
    marks.iter().any(|mark| text.contains(mark)) || text.contains(&format!("number {number} is"))
}

/// Whether what was refused is what stands there while others are tried.
fn chosen_again(round: usize, base: usize, sent: &Option<Value>, values: &[Option<Value>]) -> bool {
    base < values.len() && (round == base || *sent == values[base])
}

fn name_of(content: Content) -> &'static str {
    match content {
        Content::Empty => "",
        Content::Json(name)
        | Content::Text(name)
        | Content::Bytes(name)
        | Content::Texts(name)
        | Content::Items(name) => name,
    }
}

/// A value as a client or server is given it for a body of this media type; none where there is no such text.
fn in_body(media: &str, is_bytes: bool, value: &Value) -> Option<Value> {
    if MediaKind::of(media) == MediaKind::Json {
        return Some(value.clone());
    }
    let text = crate::cells::text(value)?;
    // What is no text has a type of its own, wherever it is written as a text.
    Some(if is_bytes { of_bytes(text.as_bytes()) } else { value.clone() })
}

/// Whether the encoding of commas in a value is kept until it is read.
fn is_in_query(carrier: Carrier) -> bool {
    matches!(
        carrier,
        Carrier::Segment(_)
            | Carrier::Parameter(Way { place: Place::Query | Place::Path, reserved: false, .. })
    )
}

/// Whether a text is what the items of a list are, with commas between them.
fn is_joined(text: &Value, list: &Value) -> bool {
    let items: Option<Vec<String>> =
        list.as_array().and_then(|items| items.iter().map(crate::cells::text).collect());
    text.as_str().is_some_and(|text| items.is_some_and(|items| items.join(",") == text))
}

/// Whether what is of a media type is a text.
fn is_text_type(media: &str) -> bool {
    MediaKind::of(media) == MediaKind::Text
}

/// Whether two values have the same text, wherever it stands.
fn is_alike(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_alike(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let same =
                |(name, left): (&String, &Value)| right.get(name).is_some_and(|right| is_alike(left, right));
            left.len() == right.len() && left.iter().all(same)
        }
        (Value::Array(items), one) | (one, Value::Array(items)) if items.len() == 1 => {
            is_alike(&items[0], one)
        }
        (left, right) => crate::cells::text(left).is_some_and(|text| Some(text) == crate::cells::text(right)),
    }
}
