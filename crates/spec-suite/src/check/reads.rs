//! What was written is read: members of objects that were sent stand in later answers, and what was not
//! written stays as it was.

use super::{Check, Failure, Judge, pointer};
use crate::case::Place;
use crate::exchange::Exchange;
use serde_json::{Map, Value};
use spec_api::{Api, Kind, MediaKind, Method, Object, Operation, Property};

impl Judge<'_> {
    /// Holds an answer against what was sent in steps, the first of which may only have read.
    pub(super) fn reads(&self, operation: &Operation, exchange: &Exchange, steps: &[usize]) -> Vec<Failure> {
        let Some(answer) = answered(self.api(), operation, exchange) else { return Vec::new() };
        let mut expected: Map<String, Value> = Map::new();
        let mut written: Vec<String> = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            let Some(earlier) = (self.earlier)(*step) else { return Vec::new() };
            let Some(own) = self.operation(&earlier) else { return Vec::new() };
            match (own.method, earlier.case.value()) {
                (Method::Get, _) if number == 0 => {
                    let writable = self.writable(steps);
                    let known = answered(self.api(), own, &earlier).unwrap_or_default();
                    expected.extend(known.into_iter().filter(|(name, _)| writable.contains(name)));
                }
                (_, Some(Value::Object(members))) => {
                    // What is put stands in place of all that there was (RFC 9110, 9.3.4).
                    if own.method == Method::Put {
                        expected.clear();
                    }
                    for (name, value) in members {
                        expected.insert(name.clone(), value.clone());
                        written.push(name.clone());
                    }
                }
                _ => {}
            }
        }
        self.compared(operation, &answer, &expected, &written)
    }

    /// Holds the answer of an operation that writes against what it was sent.
    pub(super) fn answers(&self, operation: &Operation, exchange: &Exchange) -> Vec<Failure> {
        let is_write = matches!(operation.method, Method::Post | Method::Put | Method::Patch);
        let Some(Value::Object(sent)) = exchange.case.value().filter(|_| is_write) else { return Vec::new() };
        let Some(answer) = answered(self.api(), operation, exchange) else { return Vec::new() };
        // What is done with values, and makes nothing, answers what came of them.
        let is_new = |name: &String| is_id(name) && !sent.contains_key(name);
        let is_made = exchange.status() == Some(201) || answer.keys().any(is_new);
        if operation.method == Method::Post && !is_made {
            return Vec::new();
        }
        // An answer that shows less than half of what was sent is about something else.
        if sent.keys().filter(|name| answer.contains_key(*name)).count() * 2 < sent.len() {
            return Vec::new();
        }
        let written: Vec<String> = sent.keys().cloned().collect();
        self.compared(operation, &answer, sent, &written)
    }

    /// Holds members of an answer against what they have to be; some of them were written just now.
    fn compared(
        &self,
        operation: &Operation,
        answer: &Map<String, Value>,
        expected: &Map<String, Value>,
        written: &[String],
    ) -> Vec<Failure> {
        let declared = declared(self.api(), operation);
        let mut failures = Vec::new();
        for (name, value) in expected {
            let Some(property) = declared.iter().find(|own| own.name == *name) else { continue };
            let schema = self.api().schema(self.api().resolve(property.schema));
            let is_one_way = schema.write_only || self.api().schema(property.schema).write_only;
            if is_one_way || is_managed(name) {
                continue;
            }
            let format = match &schema.kind {
                Kind::String(format) => format.as_deref(),
                _ => None,
            };
            // Null may say that nothing is changed, where nothing that is read can be null.
            let is_unsaid = value.is_null() && !self.api().is_nullable(property.schema);
            if is_unsaid || is_read(value, answer.get(name), format) {
                continue;
            }
            let was = if written.contains(name) { "sent as" } else { "there before, as" };
            let now = answer.get(name).map_or_else(|| "gone".to_owned(), |own| format!("{}", Short(own)));
            let message = format!("`{name}` was {was} {}, and is {now} in the answer", Short(value));
            let kind = if written.contains(name) { "written" } else { "kept" };
            failures.push(Failure::new(
                Check::ReadYourWrites,
                format!("{kind} {name}"),
                message,
                pointer(operation),
            ));
        }
        failures
    }

    /// Returns the names of what requests of the steps' operations can set.
    fn writable(&self, steps: &[usize]) -> Vec<String> {
        let earlier = steps.iter().filter_map(|step| (self.earlier)(*step));
        let mut names = Vec::new();
        for own in earlier {
            let Some(operation) = self.operation(&own) else { continue };
            let schema = operation.body.iter().flat_map(|body| &body.content).find_map(|media| media.schema);
            let Some(Kind::Object(object)) = schema.map(|id| &self.api().schema(self.api().resolve(id)).kind)
            else {
                continue;
            };
            let is_read_only = |id| self.api().schema(id).read_only;
            let own = object
                .properties
                .iter()
                .filter(|own| !is_read_only(own.schema) && !is_read_only(self.api().resolve(own.schema)));
            names.extend(own.map(|own| own.name.clone()));
        }
        names
    }

    /// Holds an answer against the parameters that name what is asked for: a thing has the id by which it is
    /// found.
    pub(super) fn echo(&self, operation: &Operation, exchange: &Exchange) -> Vec<Failure> {
        if !exchange.is_success() || operation.method == Method::Delete {
            return Vec::new();
        }
        let Some(answer) = answered(self.api(), operation, exchange) else { return Vec::new() };
        let mut failures = Vec::new();
        let own_name = crate::links::last_name(&operation.path);
        for argument in exchange.case.arguments.iter().filter(|own| own.place == Place::Path) {
            let properties = declared(self.api(), operation);
            let has = |name: &str| properties.iter().any(|own| own.name == name);
            let name = match own_name == Some(argument.name.as_str()) && !has(&argument.name) {
                // `{customerId}` is the `id` of a customer, where it was taken from such an `id`.
                true if has("id") && is_taken_from_id(argument) => "id",
                _ => argument.name.as_str(),
            };
            // `{id}` before the end of a path is that of a thing around what is answered.
            let is_around = own_name != Some(argument.name.as_str());
            if is_around && crate::links::is_handle(&argument.name) {
                continue;
            }
            let Some(value) = answer.get(name).filter(|_| has(name)) else { continue };
            let is_scalar = value.is_string() || value.is_number();
            if is_scalar && !is_same_text(&argument.value, value) {
                let message = format!(
                    "{} was asked for, and `{name}` of the answer is {}",
                    Short(&argument.value),
                    Short(value)
                );
                let kind = format!("echo {name}");
                failures.push(Failure::new(Check::ReadYourWrites, kind, message, pointer(operation)));
            }
        }
        failures
    }
}

/// Returns whether a member is the name of a thing that its service gives.
fn is_id(name: &str) -> bool {
    ["id", "uuid"].contains(&crate::links::plain(name).as_str())
}

/// Returns whether a member is one that services set themselves, whatever is sent: which id a thing has, when
/// it was changed, and how often.
fn is_managed(name: &str) -> bool {
    let plain = crate::links::plain(name);
    let words = ["version", "revision", "updated", "modified", "created", "changed", "timestamp", "etag"];
    is_id(name) || plain == "rev" || words.iter().any(|word| plain.contains(word))
}

fn is_taken_from_id(argument: &crate::case::Argument) -> bool {
    let source = argument.from.as_ref().map(|own| &own.source);
    match source {
        Some(crate::case::Source::Answer(pointer)) => pointer.ends_with("/id"),
        Some(crate::case::Source::Path { .. }) => true,
        _ => false,
    }
}

/// Returns the object that an answer is, without what stands around it.
pub(super) fn answered(api: &Api, operation: &Operation, exchange: &Exchange) -> Option<Map<String, Value>> {
    if !exchange.is_success() {
        return None;
    }
    let Value::Object(answer) = exchange.json()? else { return None };
    match wrapper(api, operation) {
        Some(name) => answer.get(name)?.as_object().cloned(),
        None => Some(answer),
    }
}

/// Returns the object that an operation answers with when all is well.
fn object<'a>(api: &'a Api, operation: &'a Operation) -> Option<&'a Object> {
    let well = operation.responses.iter().filter(|own| own.status.is_success());
    let mut content = well.flat_map(|own| &own.content).filter(|own| own.kind == MediaKind::Json);
    match &api.schema(api.resolve(content.find_map(|own| own.schema)?)).kind {
        Kind::Object(object) => Some(object),
        _ => None,
    }
}

/// Returns the one property that holds what is answered: `{"data": {…}}`.
fn wrapper<'a>(api: &'a Api, operation: &'a Operation) -> Option<&'a str> {
    let object = object(api, operation)?;
    let is_object = |own: &&Property| matches!(api.schema(api.resolve(own.schema)).kind, Kind::Object(_));
    let mut objects = object.properties.iter().filter(is_object);
    let only = objects.next().filter(|_| objects.next().is_none())?;
    let is_wrapper = ["data", "result", "item", "attributes"].contains(&only.name.as_str())
        || object.properties.len() == 1;
    is_wrapper.then_some(only.name.as_str())
}

/// Returns the properties that an answer declares.
fn declared<'a>(api: &'a Api, operation: &'a Operation) -> &'a [Property] {
    let Some(object) = object(api, operation) else { return &[] };
    let inner =
        wrapper(api, operation).and_then(|name| object.properties.iter().find(|own| own.name == name));
    match inner.map(|own| &api.schema(api.resolve(own.schema)).kind) {
        Some(Kind::Object(inner)) => &inner.properties,
        _ => &object.properties,
    }
}

/// Returns whether a value is what was sent, as far as two writings of one value are the same.
fn is_read(sent: &Value, read: Option<&Value>, format: Option<&str>) -> bool {
    let is_nothing = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    let Some(read) = read else { return is_nothing(sent) };
    if is_nothing(sent) && is_nothing(read) {
        return true;
    }
    match (sent, read) {
        (Value::Object(sent), Value::Object(read)) => {
            sent.iter().all(|(name, value)| is_read(value, read.get(name), None))
        }
        // In which order, and how often, a service keeps what is the same is its own.
        (Value::Array(sent), Value::Array(read)) => {
            sent.iter().all(|sent| read.iter().any(|read| is_read(sent, Some(read), None)))
                && read.iter().all(|read| sent.iter().any(|sent| is_read(sent, Some(read), None)))
        }
        (Value::Number(sent), Value::String(read)) => read.trim().parse().ok() == sent.as_f64(),
        (Value::Number(sent), Value::Number(read)) => {
            let (sent, read) = (sent.as_f64().unwrap_or_default(), read.as_f64().unwrap_or_default());
            // As much as a number of 32 bits keeps.
            (sent - read).abs() <= sent.abs().max(read.abs()) * f64::from(f32::EPSILON)
                && (sent == read || sent.fract() != 0.0 || read.fract() != 0.0)
                || is_rounded(sent, read)
        }
        (Value::String(sent), Value::String(read)) => is_same(sent, read, format),
        (sent, Value::Null) => is_nothing(sent),
        (sent, read) => sent == read,
    }
}

/// Returns whether a number is another one with fewer decimals, but with some.
fn is_rounded(sent: f64, read: f64) -> bool {
    let decimals = read.to_string().split_once('.').map_or(0, |(_, own)| own.len()).min(9) as i32;
    decimals > 0 && (sent - read).abs() < 10_f64.powi(-decimals)
}

/// Returns whether two texts of a format mean the same.
fn is_same(sent: &str, read: &str, format: Option<&str>) -> bool {
    // Blanks at the ends and in a row, and signs that nobody sees, may go.
    let plain = |text: &str| {
        let seen: String = text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
        seen.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (sent, read) = (plain(sent), plain(read));
    // Names, addresses and codes are kept in one case by many, and markup is taken out.
    if sent.to_lowercase() == read.to_lowercase() || sent.contains(['<', '&']) {
        return true;
    }
    // Where a value stands deeper, its format is not at hand.
    if format.is_none() && is_time(&sent) && is_time(&read) {
        return true;
    }
    match format {
        // A time may be told in another zone, and with other fractions; that it is the same is not for us.
        Some("date-time" | "time" | "duration") => true,
        Some("email" | "idn-email" | "uuid" | "hostname" | "uri" | "url" | "ipv6" | "byte") => {
            sent.trim_end_matches(['/', '=']).eq_ignore_ascii_case(read.trim_end_matches(['/', '=']))
        }
        _ => false,
    }
}

/// Returns whether a text is a date with a time (RFC 3339, 5.6).
fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 19
        && bytes[..4].iter().all(u8::is_ascii_digit)
        && (bytes[4], bytes[7], bytes[13], bytes[16]) == (b'-', b'-', b':', b':')
}

/// Returns whether a value is the one of a path, in which everything is a text.
fn is_same_text(asked: &Value, read: &Value) -> bool {
    let text = spec_http::style::scalar;
    text(asked).trim().eq_ignore_ascii_case(text(read).trim())
        || asked.as_f64().is_some() && asked.as_f64() == read.as_f64()
        || text(asked).parse::<f64>().ok().is_some_and(|asked| text(read).parse() == Ok(asked))
}

/// The longest value that is repeated in a message.
const LONGEST: usize = 120;

/// A value, shortened.
pub(super) struct Short<'a>(pub(super) &'a Value);

impl std::fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = self.0.to_string();
        match text.char_indices().nth(LONGEST) {
            Some((end, _)) => write!(f, "{}…", &text[..end]),
            None => f.write_str(&text),
        }
    }
}
