//! Whole bodies of requests and whole answers, one after another.
//!
//! Knows which of them have no body, whatever a document says. What is right of bytes,
//! [`cells`](crate::cells) says.

use super::super::comparison::came_back;
use super::super::judge::{code, concrete};
use super::super::stage::{Prepared, Scene};
use super::super::{Answer, Content, Operation, Values, is_its_text, of_bytes};
use super::Walk;
use crate::cells::{Carrier, Grid, Kind, Walked, is_body};
use crate::check::is_same;
use serde_json::Value;
use spec_api::MediaKind;

impl Walk {
    /// Whole bodies of requests, one after another.
    pub(super) async fn bodies(&self, index: usize, own: &Operation, grid: &Grid, walked: &mut [Walked]) {
        for (at, one) in walked.iter_mut().enumerate() {
            let (cell, media) = (&grid.cells[one.cell], grid.wire_name(one.cell, at));
            let Some(form) = own.bodies.iter().position(|own| *own == media) else {
                one.fault(Kind::NoRust, format!("the client has no body {media}"));
                continue;
            };
            let Some(answer) = own.answers.first() else { continue };
            let absent = (!cell.required).then_some(None);
            let values: Vec<Option<Value>> =
                grid.shape(cell).values.iter().cloned().map(Some).chain(absent).collect();
            let is_bytes = MediaKind::of(&media) == MediaKind::Bytes || grid.shape(cell).is_file;
            for value in values {
                let given = value.as_ref().map(|value| in_body(&media, is_bytes, value));
                // Of some values there is no such text.
                let Some(given) = given.map_or(Some(None), |own| own.map(Some)) else { continue };
                let mut sent = Values { form, body: given, ..Values::default() };
                if media.contains('*') && sent.body.is_some() {
                    sent.parameters.push(Some(concrete(&media).into()));
                }
                match self.body(index, answer, (&media, !cell.required), value.as_ref(), sent).await {
                    Ok(faults) => {
                        one.arrived += 1;
                        faults.into_iter().for_each(|(kind, text)| one.fault(kind, text));
                    }
                    Err((kind, text)) => one.fault(kind, text),
                }
            }
        }
    }

    /// Sends one body; what is wrong of its bytes.
    ///
    /// # Errors
    ///
    /// Why it did not arrive as it was.
    async fn body(
        &self,
        index: usize,
        answer: &Answer,
        (media, is_optional): (&str, bool),
        value: Option<&Value>,
        sent: Values,
    ) -> Result<Vec<Wrong>, Wrong> {
        let (given, form) = (sent.body.clone(), sent.form);
        let prepared = Prepared {
            operation: index,
            variant: answer.variant,
            form: answer.form,
            status: 204,
            headers: Vec::new(),
            body: None,
        };
        let (returned, scene) = self.exchange(sent, prepared).await;
        let shown = value.map_or_else(|| "nothing".to_owned(), Value::to_string);
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
            let answered =
                exchange.map(|(_, own)| format!("{} {}", own.status(), String::from_utf8_lossy(own.body())));
            let answered = answered.unwrap_or_default();
            return Err((kind, format!("{shown} as {bytes:?}: {answered}; {client}")));
        };
        if let Some(complaint) = scene.complaints.first() {
            return Err((Kind::Unread, format!("{shown}: {complaint}")));
        }
        let is_null = given.as_ref().is_some_and(Value::is_null) && is_optional;
        match (&given, &arrived.body) {
            (None, None) => {}
            (Some(given), Some(back)) if is_same(given, back, false) && arrived.form == form => {}
            (Some(given), Some(back)) if is_text_type(media) && is_its_text(given, back) => {}
            (Some(given), Some(back)) if media.contains('*') && is_its_text(back, given) => {}
            (Some(_), None) if is_null => {}
            (Some(_), None) => {
                return Err((Kind::Vanished, format!("{shown}; the bytes are {bytes:?}")));
            }
            (_, back) => {
                let back = back.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
                let text = format!("{shown} arrived as {back}; the bytes are {bytes:?}");
                return Err((Kind::Otherwise, text));
            }
        }
        let Some((request, _)) = exchange else { return Ok(Vec::new()) };
        let judged = match value {
            Some(value) => is_body(media, content_type(request.headers()), request.body(), value),
            None if request.body().is_empty() => Ok(()),
            None => Err(format!("there is a body {bytes:?}")),
        };
        Ok(self.wrong(&scene, &shown, &bytes, judged))
    }

    /// Whole answers, one after another.
    pub(super) async fn answers(
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
                match self.answer(index, (answer, code), &media, &value).await {
                    Some(Ok(faults)) => {
                        one.arrived += 1;
                        faults.into_iter().for_each(|(kind, text)| one.fault(kind, text));
                    }
                    Some(Err((kind, text))) => one.fault(kind, text),
                    None => {}
                }
            }
        }
    }

    /// Has one answer given; what is wrong of its bytes, or why it did not come back. None where there is no
    /// such text.
    async fn answer(
        &self,
        index: usize,
        (answer, code): (&Answer, u16),
        media: &str,
        value: &Value,
    ) -> Option<Result<Vec<Wrong>, Wrong>> {
        let is_bytes = matches!(answer.content, Content::Bytes(_));
        let body = if media.is_empty() { None } else { Some(in_body(media, is_bytes, value)?) };
        let is_type = |name: &str| name.eq_ignore_ascii_case("content-type");
        let headers =
            answer.headers.iter().map(|name| is_type(name).then(|| Value::from(concrete(media)))).collect();
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
            let text = format!("{value}: nothing was sent: {}", returned.err().unwrap_or_default());
            return Some(Err((Kind::Unread, text)));
        };
        let bytes = String::from_utf8_lossy(response.body()).into_owned();
        if let Some(complaint) = scene.complaints.first() {
            return Some(Err((Kind::NoValue, format!("{value}: {complaint}"))));
        }
        if let Err(why) = came_back(&returned, &prepared, answer) {
            let kind = if returned.is_err() { Kind::Unread } else { Kind::Otherwise };
            let text = format!("{value}: {why}; the bytes are {} {bytes:?}", response.status());
            return Some(Err((kind, text)));
        }
        let judged = match media.is_empty() {
            true if response.body().is_empty() => Ok(()),
            true => Err(format!("there is a body {bytes:?}")),
            false => is_body(media, content_type(response.headers()), response.body(), value),
        };
        Some(Ok(self.wrong(&scene, &value.to_string(), &bytes, judged)))
    }

    /// Lists what is wrong of a value that arrived: its bytes, and what the document says of them.
    fn wrong(&self, scene: &Scene, shown: &str, bytes: &str, judged: Result<(), String>) -> Vec<Wrong> {
        let of_bytes = judged.err().map(|why| (Kind::Bytes, format!("{shown}: {why}")));
        let violation = self.contract(scene);
        let of_contract =
            violation.map(|text| (Kind::Contract, format!("{shown}: {text}; the bytes are {bytes:?}")));
        of_bytes.into_iter().chain(of_contract).collect()
    }
}

/// One thing that is wrong.
type Wrong = (Kind, String);

fn content_type(headers: &http::HeaderMap) -> Option<&str> {
    headers.get("content-type").and_then(|value| value.to_str().ok())
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

/// Returns true if what is of a media type is a text.
fn is_text_type(media: &str) -> bool {
    MediaKind::of(media) == MediaKind::Text
}
