//! Whole cases of an operation: each value from an earlier answer where a link leads there, or else made of
//! its schema.

use crate::case::{Argument, Body, Case, Content, Expect, Place, Source, Use};
use crate::exchange::Exchange;
use crate::links::{Target, places};
use crate::message;
use crate::session::{Halt, Session};
use serde_json::{Value, json};
use spec_api::{Api, MediaKind, MediaType, Operation, Parameter, ParameterIn, SchemaId, Sequence};
use spec_values::random::Filling;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// The depth to which things are made for the sake of others.
const DEPTH: usize = 4;

/// The number of times that an operation may fail to make something, in a row.
const FAILURES: usize = 3;

/// The number of values that are tried until a request is what the document asks for.
const TRIALS: u64 = 6;

/// Headers that are the connection's, or say how the body is written.
const OWN_HEADERS: [&str; 10] = [
    "accept",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "transfer-encoding",
];

/// How a case is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Making<'a> {
    /// Exchanges whose values are taken before those of others, the newest last.
    pub(crate) context: &'a [usize],
    pub(crate) filling: Filling,
    pub(crate) seed: u64,
    /// True if nothing may be taken that others use, too.
    pub(crate) is_fresh: bool,
    /// True if path parameters are made, even where links lead to what there is.
    pub(crate) is_unlinked: bool,
    /// True if references in the body are made, even where links lead to what there is.
    pub(crate) is_dangling: bool,
    pub(crate) depth: usize,
}

impl Making<'_> {
    pub(crate) fn new(filling: Filling, seed: u64) -> Making<'static> {
        Making {
            context: &[],
            filling,
            seed,
            is_fresh: false,
            is_unlinked: false,
            is_dangling: false,
            depth: 0,
        }
    }
}

/// Mixes numbers into a seed.
pub(crate) fn mixed(seed: u64, parts: &[u64]) -> u64 {
    parts.iter().fold(seed ^ 0x9e37_79b9_7f4a_7c15, |own, part| {
        let mut own = (own ^ part).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        own ^= own >> 29;
        own.wrapping_mul(0x94d0_49bb_1331_11eb) ^ (own >> 31)
    })
}

/// Mixes a text into a seed.
pub(crate) fn mixed_text(seed: u64, text: &str) -> u64 {
    text.bytes().fold(seed, |own, byte| mixed(own, &[u64::from(byte)]))
}

/// Returns the pointer of a schema.
pub(crate) fn pointer(api: &Api, id: SchemaId) -> Option<&str> {
    api.schema(id).pointer()
}

/// Returns whether a parameter can carry a value.
pub(crate) fn carries(api: &Api, operation: &Operation, parameter: &Parameter, value: &Value) -> bool {
    if value.is_null() {
        return false;
    }
    let place = Place::from(parameter.place);
    let argument = Argument { place, name: parameter.name.clone(), value: value.clone(), from: None };
    let alone = Operation { parameters: vec![parameter.clone()], body: None, ..operation.clone() };
    let path = match place {
        Place::Path => format!("/{{{}}}", parameter.name),
        _ => "/".to_owned(),
    };
    let alone = Operation { path, ..alone };
    let case = Case { operation: operation.id.clone(), arguments: vec![argument], ..Case::default() };
    message::write(api, &alone, &case).is_ok()
}

/// Returns the media type of an operation's body that is written where any will do.
pub(crate) fn preferred(operation: &Operation) -> Option<&MediaType> {
    let content = &operation.body.as_ref()?.content;
    content.iter().find(|media| message::kind_of(media) == MediaKind::Json).or(content.first())
}

/// The largest number that every service has room for, where its document says nothing else.
const ROOM: i64 = 1_000_000;

/// Returns whether every service keeps a sign as it is.
fn is_plain(sign: char) -> bool {
    !sign.is_control() && !matches!(sign, '\u{301}' | '\u{2028}' | '\u{10ffff}')
}

/// Returns a value that every service has room for: other signs in place of those that are not plain, and
/// numbers that are no larger than many columns. Whether it is valid, a validator says.
fn plainer(value: &Value, is_plain: &dyn Fn(char) -> bool) -> Value {
    match value {
        Value::String(text) => {
            let plain: String = text.chars().map(|sign| if is_plain(sign) { sign } else { 'a' }).collect();
            // A text of blanks alone is none for many.
            if plain.trim().is_empty() { "a".repeat(plain.chars().count()).into() } else { plain.into() }
        }
        Value::Number(number) => match (number.as_i64(), number.as_f64().unwrap_or_default()) {
            (Some(whole), _) if whole.unsigned_abs() > ROOM.unsigned_abs() => (whole % ROOM).into(),
            (None, float) if float.abs() > 1e6 || (float != 0.0 && float.abs() < 1e-3) => json!(0.5),
            _ => value.clone(),
        },
        Value::Array(items) => items.iter().map(|own| plainer(own, is_plain)).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, own)| (name.clone(), plainer(own, is_plain))).collect())
        }
        _ => value.clone(),
    }
}

/// Returns whether nobody here knows the syntax of a body, so that a service may well refuse what is made up.
pub(crate) fn is_opaque(operation: &Operation, case: &Case) -> bool {
    let Some(body) = &case.body else { return false };
    let content = operation.body.iter().flat_map(|own| &own.content);
    let Some(media) = content.into_iter().find(|own| own.name == body.declared) else { return false };
    match message::kind_of(media) {
        MediaKind::Json | MediaKind::Form | MediaKind::Multipart => false,
        MediaKind::Text => media.essence() != "text/plain",
        MediaKind::Bytes => media.essence() != "application/octet-stream",
    }
}

impl Session {
    /// Makes a case that is what the document asks for.
    pub(crate) async fn make(&self, operation: &Operation, making: Making<'_>) -> Result<Case, Halt> {
        let mut why = Halt::Skip("nothing was made".to_owned());
        for trial in 0..TRIALS {
            let filling = if trial < TRIALS / 2 { making.filling } else { Filling::Least };
            let seed = mixed(making.seed, &[trial]);
            let case = self.one(operation, Making { filling, seed, ..making }).await?;
            match self.meant(Case { expect: Expect::Declared, ..case.clone() }) {
                Ok(_) => return Ok(case),
                Err(halt) => why = halt,
            }
        }
        Err(why)
    }

    async fn one(&self, operation: &Operation, making: Making<'_>) -> Result<Case, Halt> {
        let mut case = Case { operation: operation.id.clone(), ..Case::default() };
        for (number, parameter) in operation.parameters.iter().enumerate() {
            let is_own = parameter.place == ParameterIn::Header
                && OWN_HEADERS.iter().any(|own| parameter.name.eq_ignore_ascii_case(own));
            let seed = mixed(making.seed, &[number as u64, 1]);
            let is_there = parameter.required
                || match making.filling {
                    Filling::All => true,
                    Filling::Least => false,
                    Filling::Some => seed & 1 == 0,
                };
            if is_own || !is_there {
                continue;
            }
            let place = Place::from(parameter.place);
            let target = Target::Argument(place, parameter.name.clone());
            let linked = match making.is_unlinked && place == Place::Path {
                true => None,
                false => self.linked(operation, &target, making, parameter.required).await?,
            };
            let (value, from) = match linked {
                Some((value, from)) => (value, Some(from)),
                None => match self.argument(operation, parameter, making.filling, seed) {
                    Ok(value) => (value, None),
                    Err(why) if parameter.required => {
                        return Err(Halt::Skip(format!("the parameter `{}`: {why}", parameter.name)));
                    }
                    Err(_) => continue,
                },
            };
            case.arguments.push(Argument { place, name: parameter.name.clone(), value, from });
        }
        let is_there = operation.body.as_ref().is_some_and(|body| body.required)
            || making.filling != Filling::Least
            || operation.body.as_ref().is_some_and(|_| operation.method != spec_api::Method::Delete);
        if is_there && let Some(media) = preferred(operation) {
            let body = self.body(media, making.filling, mixed(making.seed, &[2])).map_err(Halt::Skip)?;
            case.body = Some(body);
            if !making.is_dangling {
                self.link_body(operation, &mut case, making).await?;
            }
        }
        Ok(case)
    }

    /// Makes a value for a parameter.
    pub(crate) fn argument(
        &self,
        operation: &Operation,
        parameter: &Parameter,
        filling: Filling,
        seed: u64,
    ) -> Result<Value, String> {
        let fits = |value: &Value| carries(self.api(), operation, parameter, value) && *value != json!("");
        let schema = pointer(self.api(), parameter.schema);
        let made = self.values.valid(schema, filling, seed, &fits)?;
        // What stands in a path, routers take apart before a service sees it.
        let is_path = parameter.place == ParameterIn::Path;
        let plainer =
            plainer(&made, &|sign| if is_path { sign.is_ascii_alphanumeric() } else { is_plain(sign) });
        let is_right = fits(&plainer) && schema.is_none_or(|schema| self.values.is_valid(schema, &plainer));
        Ok(if is_right { plainer } else { made })
    }

    /// Makes a body.
    pub(crate) fn body(&self, media: &MediaType, filling: Filling, seed: u64) -> Result<Body, String> {
        let schema = media.schema.and_then(|id| pointer(self.api(), id));
        let content = match (media.sequence(), message::kind_of(media)) {
            (Some(Sequence::Lines | Sequence::Records), _) => {
                let item = self.api().item(media).and_then(|id| pointer(self.api(), id));
                let one = |number| self.values.valid(item, filling, mixed(seed, &[number]), &|_| true);
                Value::Array(vec![one(0)?, one(1)?])
            }
            (_, MediaKind::Bytes) => json!("some bytes"),
            (_, MediaKind::Text) => {
                let made = self
                    .values
                    .valid(schema, filling, seed, &|value| value.is_string() && *value != json!(""));
                made.unwrap_or_else(|_| json!("some text"))
            }
            (_, MediaKind::Form | MediaKind::Multipart) if schema.is_none() => json!({}),
            _ => self.values.valid(schema, filling, seed, &|_| true)?,
        };
        let plainer = plainer(&content, &is_plain);
        let content = match schema {
            Some(schema) if self.values.is_valid(schema, &plainer) => plainer,
            _ => content,
        };
        let declared = media.name.clone();
        Ok(Body { declared, media_type: None, content: Content::Value(content), from: Vec::new() })
    }

    /// Puts what links lead to into a body.
    async fn link_body(
        &self,
        operation: &Operation,
        case: &mut Case,
        making: Making<'_>,
    ) -> Result<(), Halt> {
        let own = self.links.iter().filter(|link| link.to == operation.id);
        let mut pointers: Vec<&str> = own
            .filter_map(|link| match &link.target {
                Target::Body(pointer) => Some(pointer.as_str()),
                Target::Argument(..) => None,
            })
            .collect();
        pointers.dedup();
        for pointer in pointers {
            let places = case.value().map(|value| places(value, pointer)).unwrap_or_default();
            if places.is_empty() {
                continue;
            }
            let target = Target::Body(pointer.to_owned());
            let Some((value, from)) = self.linked(operation, &target, making, true).await? else { continue };
            let Some(Body { content: Content::Value(whole), from: all, .. }) = &mut case.body else {
                continue;
            };
            for pointer in places {
                if let Some(place) = whole.pointer_mut(&pointer) {
                    *place = value.clone();
                    all.push((pointer, from.clone()));
                }
            }
        }
        Ok(())
    }

    /// Returns a value that a link leads to; makes what it comes from, if it has to be there.
    async fn linked(
        &self,
        operation: &Operation,
        target: &Target,
        making: Making<'_>,
        is_needed: bool,
    ) -> Result<Option<(Value, Use)>, Halt> {
        let own = |link: &&crate::links::Link| link.to == operation.id && link.target == *target;
        let links: Vec<(String, Source)> =
            self.links.iter().filter(own).map(|link| (link.from.clone(), link.source.clone())).collect();
        for step in making.context.iter().rev() {
            let Some(exchange) = self.exchange(*step) else { continue };
            for (_, source) in links.iter().filter(|(from, _)| *from == exchange.case.operation) {
                if let Some(taken) = self.taken(*step, source) {
                    return Ok(Some(taken));
                }
            }
        }
        for (from, source) in links.iter().filter(|_| !making.is_fresh) {
            if let Some(taken) = self.kept(from).and_then(|step| self.taken(step, source)) {
                return Ok(Some(taken));
            }
        }
        if !is_needed || making.depth >= DEPTH {
            return Ok(None);
        }
        for (from, source) in &links {
            // What an operation makes for itself, it does not need.
            if *from == operation.id {
                continue;
            }
            if let Some(step) = self.produce(from, making).await?
                && let Some(taken) = self.taken(step, source)
            {
                return Ok(Some(taken));
            }
        }
        Ok(None)
    }

    /// Has an operation make something; returns the number of the exchange.
    pub(crate) fn produce<'a>(
        &'a self,
        from: &'a str,
        making: Making<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<Option<usize>, Halt>> + Send + 'a>> {
        Box::pin(async move {
            let Some(operation) = self.operation(from) else { return Ok(None) };
            let failed = self.state().failed.get(from).copied().unwrap_or_default();
            if failed >= FAILURES {
                return Ok(None);
            }
            let (seed, depth) = (mixed_text(making.seed, from), making.depth + 1);
            let filling = if failed == 0 { Filling::All } else { Filling::Least };
            let making = Making { filling, seed, depth, ..making };
            let made = match self.make(operation, making).await {
                Ok(case) => self.send(Case { expect: Expect::Accepted(None), ..case }).await,
                Err(halt) => Err(halt),
            };
            match made {
                Ok(step) if self.exchange(step).is_some_and(|own| own.is_success()) => {
                    self.state().failed.remove(from);
                    if !making.is_fresh {
                        self.keep(from, step);
                    }
                    Ok(Some(step))
                }
                Err(Halt::Stop) => Err(Halt::Stop),
                _ => {
                    *self.state().failed.entry(from.to_owned()).or_default() += 1;
                    Ok(None)
                }
            }
        })
    }

    /// Sends a case, and takes note of what is not there any more.
    pub(crate) async fn ask(&self, case: Case) -> Result<Arc<Exchange>, Halt> {
        let step = self.send(case).await?;
        let exchange = self.exchange(step).ok_or(Halt::Stop)?;
        if matches!(exchange.status(), Some(404 | 410)) {
            self.forget(&exchange);
        }
        Ok(exchange)
    }
}
