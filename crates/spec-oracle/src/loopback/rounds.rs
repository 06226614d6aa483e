//! What one round of an exercise takes: parameters, bodies and headers, as the document declares them.
//!
//! Knows what of it may be left out, and what no schema says of it. How a value is made, and whether it can
//! be carried, is for the other modules to say.

use super::carried::{by_body, by_header, by_parameter, by_text};
use super::comparison::text;
use super::judge::{Report, Run, concrete, declared, mixed};
use super::{Answer, Content, Operation, Values, of_bytes};
use crate::random::Filling;
use serde_json::{Value, json};
use spec_api::{Api, MediaKind, MediaType, Parameter, ParameterIn, SchemaId, Scheme, Sequence, Style};
use spec_http::message::is_framing;

/// The arguments of the client, and the body and the headers of the answer.
type Round = (Values, Option<Value>, Vec<Option<Value>>);

impl Run {
    /// Makes what one round takes.
    pub(super) fn round(
        &mut self,
        (own, api): (&Operation, &spec_api::Operation),
        answer: &Answer,
        form: usize,
        (round, seed): (usize, u64),
        report: &mut Report,
    ) -> Result<Round, String> {
        let filling = match round {
            0 => Filling::All,
            1 => Filling::Least,
            _ => Filling::Some,
        };
        let of_answer = |why: String| format!("the answer {}: {why}", answer.status);
        let body = self.answer(api, answer, filling, seed).map_err(of_answer)?;
        let headers = self.headers(api, answer, filling, seed, report).map_err(of_answer)?;
        Ok((self.request((own, api), form, filling, seed, report)?, body, headers))
    }

    /// Makes the body of an answer.
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
                self.responses.valid(pointer.as_deref(), filling, seed, &|_| true)?
            }
            Content::Text(name) | Content::Bytes(name)
                if matches!(MediaKind::of(name), MediaKind::Form | MediaKind::Multipart) =>
            {
                return Err(format!("a body of {name} is made by the service itself"));
            }
            Content::Text(name) => {
                let pointer = self.pointer(media(name));
                let fits = |value: &Value| by_text(name, value);
                let made = self.responses.valid(pointer.as_deref(), filling, seed, &fits);
                some_text(name, made)?
            }
            Content::Bytes(_) => some_bytes(filling),
            Content::Texts(_) => json!(["some text", "two\nlines"]),
            Content::Items(name) => self.pieces(true, media(name), filling, seed)?,
        };
        Ok(Some(value))
    }

    /// Makes what comes piece by piece, as JSON.
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
            |number: usize| values.valid(pointer.as_deref(), filling, mixed(seed, [number, 5, 1]), &|_| true);
        Ok((0..count).map(item).collect::<Result<Vec<_>, _>>()?.into())
    }

    /// Makes the arguments of a client.
    pub(super) fn request(
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
            let is_there = is_there(parameter.required, number);
            values.parameters.push(self.parameter(
                api,
                (number, parameter),
                is_there,
                (filling, seed),
                report,
            )?);
        }
        let (Some(media_type), Some(body)) = (own.bodies.get(form), &api.body) else { return Ok(values) };
        if !is_there(body.required, usize::MAX) {
            return Ok(values);
        }
        let media = body.content.iter().find(|media| media.name == *media_type);
        if media.is_some_and(MediaType::is_chosen) {
            // After the parameters of the document comes that which says what the body is.
            values.parameters.push(Some(concrete(media_type).into()));
        }
        match self.body(media_type, media, filling, seed) {
            Ok(value) => values.body = Some(value),
            Err(why) if body.required => return Err(format!("the body: {why}")),
            Err(why) => report.leave_out(format!("the body, which may be left out: {why}")),
        }
        Ok(values)
    }

    /// Makes the value of a parameter; none where it is left out.
    fn parameter(
        &mut self,
        api: &spec_api::Operation,
        (number, parameter): (usize, &Parameter),
        is_there: bool,
        (filling, seed): (Filling, u64),
        report: &mut Report,
    ) -> Result<Option<Value>, String> {
        // A parameter that is a credential as well arrives in any case.
        let is_key = is_key(self.contract.api(), api, parameter);
        // Whoever says that a body is compressed compresses it; nobody does here.
        let is_coding =
            parameter.place == ParameterIn::Header && parameter.name.eq_ignore_ascii_case("content-encoding");
        if !is_key && !is_there || (is_coding && !parameter.required) {
            return Ok(None);
        }
        // In an exploded object, what has the name of another parameter is taken for that.
        let is_other = |name: &String| api.parameters.iter().any(|other| other.name == *name);
        let whole = self.contract.api();
        let declared = match &whole.schema(whole.resolve(parameter.schema)).kind {
            spec_api::Kind::Object(object) => object.properties.as_slice(),
            _ => &[],
        };
        let is_overshadowed = whole.overshadowed_objects(api).iter().any(|own| std::ptr::eq(*own, parameter));
        if is_overshadowed && declared.is_empty() && !parameter.required {
            report.leave_out(format!(
                "the parameter `{}`: another one takes its names, of which the generator warns",
                parameter.name
            ));
            return Ok(None);
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
        let is_told =
            |value: &Value| !is_beside || text(&Some(value.clone())).trim_matches('"').chars().count() == 1;
        let fits = |value: &Value| {
            let is_empty = *value == json!("");
            let is_whole = is_own(value) && is_told(value) && (!is_text || value.is_string());
            by_parameter(parameter, value) && is_whole && !(is_key && is_empty)
        };
        let pointer = self.schema(parameter.schema);
        match self.requests.valid(pointer.as_deref(), filling, mixed(seed, [number, 1, 2]), &fits) {
            Ok(value) => Ok(Some(value)),
            Err(why) if parameter.required => Err(format!("the parameter `{}`: {why}", parameter.name)),
            Err(why) => {
                report.leave_out(format!("the parameter `{}`, which may be left out: {why}", parameter.name));
                Ok(None)
            }
        }
    }

    /// Makes the body of a request.
    fn body(
        &mut self,
        media_type: &str,
        media: Option<&MediaType>,
        filling: Filling,
        seed: u64,
    ) -> Result<Value, String> {
        let (kind, pointer) =
            (media.map_or_else(|| MediaKind::of(media_type), |media| media.kind), self.pointer(media));
        let encoding = |property: &str| media?.encoding.get(property).cloned();
        match kind {
            _ if matches!(Sequence::of(media_type), Some(Sequence::Lines | Sequence::Records)) => {
                self.pieces(false, media, filling, seed)
            }
            MediaKind::Bytes => Ok(some_bytes(filling)),
            MediaKind::Text => some_text(
                media_type,
                self.requests.valid(pointer.as_deref(), filling, seed, &|value| by_text(media_type, value)),
            ),
            MediaKind::Form | MediaKind::Multipart if pointer.is_none() => Ok(json!({})),
            MediaKind::Json | MediaKind::Form | MediaKind::Multipart => {
                self.requests
                    .valid(pointer.as_deref(), filling, seed, &|value| by_body(kind, encoding, value))
            }
        }
    }

    /// Makes the headers of an answer.
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
            match self.responses.valid(pointer.as_deref(), filling, mixed(seed, [number, 3, 2]), &|value| {
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
        Filling::All => of_bytes(&(0..=255).collect::<Vec<u8>>()),
        Filling::Least => of_bytes(&[0]),
        Filling::Some => of_bytes(b"\xff\xfe some bytes\r\n"),
    }
}

/// Returns true if a parameter is what some security scheme of the operation asks for.
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
