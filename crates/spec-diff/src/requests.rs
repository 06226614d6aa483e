//! Whole requests that show what breaks: ready to be sent, but for credentials.
//!
//! A request has what the base asks for and nothing more, with the one value that no longer is fine. What
//! can't be written is left out. Must not know what changed.

use crate::form::Place;
use crate::inclusion::Pair;
use crate::parameters::place_of;
use crate::report::{Direction, Request};
use crate::side::Side;
use crate::types::Types;
use crate::values::Maker;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use spec_api::{MediaType, Operation, Parameter, ParameterIn};
use spec_http::style::{to_pairs, to_text};

/// Signs that stand for themselves wherever they are (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The depth to which values are made around the one that is shown.
const DEPTH: usize = 6;

/// What a value is sent as.
pub(crate) enum Sent<'o> {
    Parameter(&'o Parameter, Value),
    Body(&'o MediaType, Value),
    /// Nothing but what has to be there.
    Nothing,
}

/// Writes a request that the base takes; none where a value can't be made or written.
pub(crate) fn write(side: &Side<'_>, operation: &Operation, sent: &Sent<'_>) -> Option<Request> {
    let mut path = operation.path.clone();
    let (mut query, mut cookies, mut headers) = (Vec::new(), Vec::new(), Vec::new());
    for own in &operation.parameters {
        let value = match sent {
            Sent::Parameter(one, value) if std::ptr::eq(*one, own) => value.clone(),
            _ if !own.required => continue,
            _ => fitting(side, &place_of(side.api, own.schema))?,
        };
        if own.content.is_some() {
            let text = value.to_string();
            match own.place {
                ParameterIn::Path => path = path.replace(&format!("{{{}}}", own.name), &encoded(&text)),
                ParameterIn::Query => query.push((own.name.clone(), text)),
                ParameterIn::Header => headers.push((own.name.clone(), text)),
                ParameterIn::Cookie => cookies.push((own.name.clone(), text)),
            }
            continue;
        }
        let pairs = || to_pairs(&own.name, &value, own.style, own.explode).ok();
        match own.place {
            ParameterIn::Path => {
                let text = to_text(&own.name, &value, own.style, own.explode, encoded).ok()??;
                path = path.replace(&format!("{{{}}}", own.name), &text);
            }
            ParameterIn::Query => query.extend(pairs()?),
            ParameterIn::Cookie => cookies.extend(pairs()?),
            ParameterIn::Header => {
                let text = to_text(&own.name, &value, own.style, own.explode, str::to_owned).ok()??;
                headers.push((own.name.clone(), text));
            }
        }
    }
    if !query.is_empty() {
        path.push(if path.contains('?') { '&' } else { '?' });
        path.push_str(&joined(&query, "&"));
    }
    if !cookies.is_empty() {
        headers.push(("Cookie".to_owned(), joined(&cookies, "; ")));
    }
    let body = body(side, operation, sent)?;
    if let Some((name, _)) = &body {
        headers.push(("Content-Type".to_owned(), name.clone()));
    }
    Some(Request { method: operation.method.to_string(), path, headers, body: body.map(|(_, text)| text) })
}

/// Returns the media type and the text of the body, if one has to be there; none where it can't be written.
fn body(side: &Side<'_>, operation: &Operation, sent: &Sent<'_>) -> Option<Option<(String, String)>> {
    let (own, value) = match (sent, &operation.body) {
        (Sent::Body(own, value), _) => (*own, value.clone()),
        (_, Some(body)) if body.required => {
            let own = body.content.iter().find(|own| is_json(own))?;
            (own, fitting(side, &place_of(side.api, own.schema?))?)
        }
        _ => return Some(None),
    };
    is_json(own).then(|| Some((own.name.clone(), value.to_string())))
}

fn is_json(own: &MediaType) -> bool {
    let name = own.essence();
    name == "application/json" || name.ends_with("+json")
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn joined(pairs: &[(String, String)], between: &str) -> String {
    let pair = |(name, text): &(String, String)| format!("{}={}", encoded(name), encoded(text));
    pairs.iter().map(pair).collect::<Vec<_>>().join(between)
}

/// Returns a value that a place takes.
fn fitting(side: &Side<'_>, place: &Place) -> Option<Value> {
    let judge = side.judge(Direction::Request, place);
    let judge = judge.as_ref().as_ref()?;
    let simple = Maker::new(side, side).one(place, DEPTH);
    if judge.is_valid(&simple) {
        return Some(simple);
    }
    Maker::new(side, side).values(place, place).into_iter().find(|value| judge.is_valid(value))
}

/// Puts a value where a way of steps leads, into a whole value that the base takes and the revision refuses.
pub(crate) fn around(pair: Pair<'_>, places: (&Place, &Place), path: &str, value: &Value) -> Option<Value> {
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
    let whole = embedded(pair.part, places.0, &steps, value)?;
    crate::witness::holds(pair, places.0, places.1, &whole).then_some(whole)
}

fn embedded(side: &Side<'_>, place: &Place, steps: &[&str], value: &Value) -> Option<Value> {
    let Some((step, rest)) = steps.split_first() else { return Some(value.clone()) };
    let form = side.form(place);
    if let Some(choice) = step.strip_suffix(']').and_then(|step| step.split_once("Of[")) {
        let variants = form.choices.iter().flat_map(|own| &own.variants);
        let named = |variant: &&Place| {
            variant.first().and_then(|own| side.json(own)).is_some_and(|own| {
                let name = own.get("$ref").or(own.get("title")).and_then(Value::as_str);
                name.is_some_and(|name| name.rsplit('/').next() == Some(choice.1))
            }) || variant.first().is_some_and(|own| own.rsplit('/').next() == Some(choice.1))
        };
        return embedded(side, variants.into_iter().find(named)?, rest, value);
    }
    let simple = Maker::new(side, side).one(place, DEPTH);
    let with = |name: &str, inner: &Place| {
        let mut members = match &simple {
            Value::Object(members) => members.clone(),
            _ => Map::new(),
        };
        members.insert(name.to_owned(), embedded(side, inner, rest, value)?);
        Some(Value::Object(members))
    };
    match *step {
        name if form.properties.contains_key(name) => with(name, &form.properties[name]),
        "items" if form.types.meets(Types::ARRAY) => {
            let item = embedded(side, &form.items, rest, value)?;
            let least = form.bounds.get("minItems").map_or(1.0, |said| said.value.clamp(1.0, 50.0));
            Some(Value::Array(vec![item; least as usize]))
        }
        "additionalProperties" => with("other", &form.additional),
        _ => None,
    }
}
