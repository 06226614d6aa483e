//! Values that were sent together, held against the bytes that they were sent in and against what arrived.
//!
//! Knows where a value stands in a message. What is right there, [`cells`](crate::cells) says.

use super::super::stage::Scene;
use super::together::Together;
use super::{Exchange, Walk};
use crate::cells::{
    Carried, Carrier, Cell, Defined, Encoding, Field, Grid, Kind, Parts, Place, SEGMENT, Seen, Style, Walked,
    Way, judge,
};
use crate::check::is_same;
use serde_json::Value;
use std::borrow::Cow;

impl Walk {
    /// Checks whether values arrived as they were, in the right bytes.
    #[expect(clippy::too_many_arguments, reason = "they are all that is known of a round")]
    pub(super) fn compare(
        &self,
        what: Together,
        grid: &Grid,
        walked: &mut [Walked],
        names: &[String],
        (all_sent, arrived): (&[Option<Value>], &[Option<Value>]),
        active: &[usize],
        scene: &Scene,
    ) {
        let Some(exchange) = scene.exchanges.first() else { return };
        let wire = Wire::new(what, exchange);
        let violation = self.contract(scene);
        let mut pairs = Some(0);
        for (at, one) in walked.iter_mut().enumerate() {
            let cell = &grid.cells[one.cell];
            let sent = all_sent[at].as_ref();
            let judged = wire.judge(cell, grid.shape(cell).is_file, (at, &names[at]), sent);
            pairs = pairs.zip(judged.as_ref().ok().copied()).map(|(sum, count)| sum + count);
            if !active.contains(&at) {
                continue;
            }
            let bytes = wire.bytes(&names[at]);
            let shown = sent.map_or_else(|| "nothing".to_owned(), Value::to_string);
            let carried = sent.map_or(Carried::Must, |value| grid.carried(cell, value));
            let is_null = is_nothing(cell, sent);
            if !is_arrived(cell, grid.shape(cell).is_loose, sent, arrived[at].as_ref()) {
                match (sent, &arrived[at]) {
                    (Some(_), None) => one.fault(Kind::Vanished, format!("{shown}; the bytes are {bytes}")),
                    (_, back) => {
                        let back = back.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
                        one.fault(
                            Kind::Otherwise,
                            format!("{shown} arrived as {back}; the bytes are {bytes}"),
                        );
                    }
                }
                continue;
            }
            one.arrived += 1;
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
        if what == Together::Parameters
            && let (Some(text), Some(at)) = (wire.others(pairs), active.first())
        {
            walked[*at].fault(Kind::Bytes, text);
        }
    }
}

/// A message as it was on the wire, taken apart for the values that stand in it.
struct Wire<'s> {
    what: Together,
    target: &'s str,
    seen: Seen,
    body: Cow<'s, str>,
    /// The fields of a form.
    field: Option<Result<Field, String>>,
}

impl<'s> Wire<'s> {
    /// Takes apart the message that the values stand in.
    fn new(what: Together, (request, response): &'s Exchange) -> Self {
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        let message = if what == Together::Headers { response.headers() } else { request.headers() };
        let seen = Seen::new(target, message.iter().map(|(name, value)| (name.as_str(), value.as_bytes())));
        let body = String::from_utf8_lossy(request.body());
        let field = (what == Together::Properties).then(|| {
            let content_type =
                message.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
            match content_type.starts_with("multipart/") {
                true => Parts::new(content_type, request.body()).map(Field::Parts),
                false => Ok(Field::Pairs(Seen::form(&body))),
            }
        });
        Wire { what, target, seen, body, field }
    }

    /// Checks whether the bytes say the value of a cell; how many pairs of the query and of cookies do so.
    fn judge(
        &self,
        cell: &Cell,
        is_file: bool,
        (at, name): (usize, &str),
        sent: Option<&Value>,
    ) -> Result<usize, String> {
        let is_json = is_json(cell);
        let written = match is_json {
            true => sent.filter(|value| cell.required || !value.is_null()),
            false => sent.filter(|value| !value.is_null() && !is_nothing(cell, sent)),
        };
        match (cell.carrier, &self.field) {
            // Of what is optional, null may be written or left out.
            (Carrier::Parameter(way), _) if is_json && written.is_none() => {
                judge(way, name, at + 1, None, &self.seen)
                    .or_else(|_| judge(way, name, at + 1, sent, &self.seen))
            }
            (Carrier::Parameter(way), _) => judge(way, name, at + 1, written, &self.seen),
            (Carrier::Segment(between), _) => {
                judge(SEGMENT, name, at + 1, written, &self.seen.split(between))
            }
            (Carrier::Header { explode, json }, _) => {
                let style = if json { Style::Json } else { Style::Simple };
                let way = Way { place: Place::Header, style, explode, reserved: false, empty: false };
                judge(way, name, 0, written, &self.seen)
            }
            (Carrier::Property(_, encoding), Some(Ok(field))) => {
                let judged = |value| field.judge(name, encoding, is_file, value).map(|()| 0);
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
        }
    }

    /// The bytes that a value of this name stands in, as reports show them.
    fn bytes(&self, name: &str) -> String {
        let line = |(name, value): &(String, Vec<u8>)| format!("{name}: {}", String::from_utf8_lossy(value));
        let headers = self.seen.headers.iter();
        match self.what {
            Together::Parameters => {
                let own = headers.filter(|(own, _)| own == "cookie" || name.eq_ignore_ascii_case(own));
                format!("{} {:?}", self.target, own.map(line).collect::<Vec<_>>())
            }
            Together::Properties => format!("{:?}", self.body),
            Together::Headers => format!("{:?}", headers.map(line).collect::<Vec<_>>()),
        }
    }

    /// Says what is wrong where there are more pairs, or fewer, than those of the parameters.
    fn others(&self, pairs: Option<usize>) -> Option<String> {
        let there = self.seen.pairs.len() + self.seen.cookies.len();
        pairs.filter(|pairs| *pairs != there).map(|_| {
            format!(
                "there are {there} pairs, and not those of the parameters: {} {:?}",
                self.target, self.seen.cookies
            )
        })
    }
}

/// Returns true if a value is written as JSON.
fn is_json(cell: &Cell) -> bool {
    matches!(
        cell.carrier,
        Carrier::Parameter(Way { style: Style::Json, .. }) | Carrier::Header { json: true, .. }
    )
}

/// Returns true if a value of what is optional is not written: what is undefined is not (RFC 6570, 2.3), and
/// of what is optional that is one of its values.
fn is_nothing(cell: &Cell, sent: Option<&Value>) -> bool {
    let is_undefined = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    let is_of_pairs = matches!(
        cell.carrier,
        Carrier::Parameter(Way { place: Place::Query | Place::Cookie, style, .. }) if style != Style::Json
    );
    !cell.required && sent.is_some_and(|value| value.is_null() || is_of_pairs && is_undefined(value))
}

/// Returns true if what arrived is what was sent, as far as it can be told.
fn is_arrived(cell: &Cell, is_loose: bool, sent: Option<&Value>, back: Option<&Value>) -> bool {
    match (sent, back) {
        (None, None) => true,
        (Some(_), None) if is_nothing(cell, sent) => true,
        // What is read back has no place for null; that it was written is judged apart.
        (Some(Value::Null), None) => cell.required && is_json(cell),
        (Some(sent), Some(back)) => {
            is_same(sent, back, false)
                || is_loose && is_alike(sent, back)
                // Nothing tells them apart but the encoding of a query.
                || is_loose && !is_in_query(cell.carrier) && is_joined(sent, back)
        }
        _ => false,
    }
}

/// Returns true if the encoding of commas in a value is kept until it is read.
fn is_in_query(carrier: Carrier) -> bool {
    matches!(
        carrier,
        Carrier::Segment(_)
            | Carrier::Parameter(Way { place: Place::Query | Place::Path, reserved: false, .. })
    )
}

/// Returns true if a text is what the items of a list are, with commas between them.
fn is_joined(text: &Value, list: &Value) -> bool {
    let items: Option<Vec<String>> =
        list.as_array().and_then(|items| items.iter().map(crate::cells::text).collect());
    text.as_str().is_some_and(|text| items.is_some_and(|items| items.join(",") == text))
}

/// Returns true if two values have the same text, wherever it stands.
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
