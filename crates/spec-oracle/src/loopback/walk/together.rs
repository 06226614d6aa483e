//! Values that are sent together, as parameters, properties or headers: in each round one of each cell.
//!
//! Knows whom a refusal names, and what stays when others are tried. Must not know what is right on the wire.

use super::super::stage::{Prepared, Scene};
use super::super::{Answer, Operation, Returned, Values};
use super::{Exchange, Walk};
use crate::cells::{Carried, Defined, Grid, Kind, Walked};
use serde_json::Value;

/// The outcome of values that were sent together.
pub(super) enum Tried {
    /// They arrived: each, and what went over the wire.
    Arrived(Vec<Option<Value>>, Box<Scene>),
    /// Whoever writes has refused.
    Refused(String),
    /// Whoever reads has refused: what it said, and what was sent.
    Unread(String, String),
}

/// The carriers of values that are sent together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Together {
    Parameters,
    Properties,
    Headers,
}

impl Walk {
    /// Values that are sent together: in each round one of each cell, as long as it has some.
    pub(super) async fn together(
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
        let all: Vec<Vec<Option<Value>>> = walked.iter().map(|one| tried(what, grid, one.cell)).collect();
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
                    for at in guilty.iter().filter(|at| active.contains(at)) {
                        // What need not be there, and is not, is blamed for what others are.
                        let Some(value) = values[*at].as_ref() else { continue };
                        self.refused(grid, &mut walked[*at], value, (&text, sent.as_deref(), is_named));
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
                            others.for_each(|at| walked[at].fault(Kind::Hidden, text.clone()));
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
        value: &Value,
        (text, sent, is_named): (&str, Option<&str>, bool),
    ) {
        let cell = &grid.cells[walked.cell];
        let shown = value.to_string();
        if let Some(sent) = sent {
            return walked.fault(Kind::Unread, format!("{shown} is refused: {text}; the bytes are {sent}"));
        }
        let mut carried = grid.carried(cell, value);
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
        let (sent, prepared) = prepared(what, index, answer, api, names, values);
        let (returned, scene) = self.exchange(sent, prepared).await;
        outcome(what, answer, api, names, &returned, scene)
    }
}

/// The values of a cell that are tried, one of them that there is none, if there need not be one.
fn tried(what: Together, grid: &Grid, cell: usize) -> Vec<Option<Value>> {
    let cell = &grid.cells[cell];
    let shape = grid.shape(cell);
    let values = if what == Together::Headers { &shape.answers } else { &shape.values };
    values.iter().cloned().map(Some).chain((!cell.required).then_some(None)).collect()
}

/// Makes what the client is given, and what the server is told, so that values stand where they belong.
fn prepared(
    what: Together,
    index: usize,
    answer: &Answer,
    api: &spec_api::Operation,
    names: &[String],
    values: &[Option<Value>],
) -> (Values, Prepared) {
    let status = if what == Together::Headers { 200 } else { 204 };
    let (form, headers, body) = (answer.form, Vec::new(), None);
    let mut prepared = Prepared { operation: index, variant: answer.variant, form, status, headers, body };
    let mut sent = Values::default();
    let at = |wire: &str| names.iter().position(|name| name.eq_ignore_ascii_case(wire));
    match what {
        Together::Parameters => {
            sent.parameters =
                api.parameters.iter().map(|own| at(&own.name).and_then(|at| values[at].clone())).collect();
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
    (sent, prepared)
}

/// Says what became of values, by what the client returned and what was seen.
fn outcome(
    what: Together,
    answer: &Answer,
    api: &spec_api::Operation,
    names: &[String],
    returned: &Result<Returned, String>,
    scene: Scene,
) -> Tried {
    let (answered, bytes) = scene.exchanges.first().map(shown).unwrap_or_default();
    let complaint = scene.complaints.first().cloned();
    match (what, returned) {
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
            let headers = scene.exchanges.first().map(|(_, response)| format!("{:?}", response.headers()));
            Tried::Unread(error.clone(), headers.unwrap_or_default())
        }
        (_, Ok(_)) if complaint.is_none() && scene.calls.len() == 1 => {
            let all = arrived(what, api, names, &scene.calls[0].1);
            Tried::Arrived(all, Box::new(scene))
        }
        (_, returned) => {
            let client = returned.as_ref().err().cloned().unwrap_or_default();
            let complaint = complaint.unwrap_or_default();
            Tried::Unread(format!("{answered} {complaint} {client}"), bytes)
        }
    }
}

/// The values that arrived, in the order of their names.
fn arrived(
    what: Together,
    api: &spec_api::Operation,
    names: &[String],
    arrived: &Values,
) -> Vec<Option<Value>> {
    match what {
        Together::Parameters => {
            let place =
                |name: &String| api.parameters.iter().position(|own| own.name.eq_ignore_ascii_case(name));
            names.iter().map(|name| arrived.parameters.get(place(name)?).cloned().flatten()).collect()
        }
        _ => {
            names.iter().map(|name| arrived.body.as_ref().and_then(|body| body.get(name)).cloned()).collect()
        }
    }
}

/// An answer and a request as reports show them.
fn shown((request, response): &Exchange) -> (String, String) {
    let headers = if request.uri().query().is_none() && request.body().is_empty() {
        format!(" {:?}", request.headers())
    } else {
        String::new()
    };
    let (sent, body) = (String::from_utf8_lossy(request.body()), String::from_utf8_lossy(response.body()));
    let bytes = format!("{} {}{headers} {sent:?}", request.method(), request.uri());
    (format!("{} {body}", response.status()), bytes)
}

/// Returns true if a refusal names a parameter, property or header: in marks, as a pointer, or by its number.
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

/// Returns true if what was refused is what stands there while others are tried.
fn chosen_again(round: usize, base: usize, sent: &Option<Value>, values: &[Option<Value>]) -> bool {
    base < values.len() && (round == base || *sent == values[base])
}
