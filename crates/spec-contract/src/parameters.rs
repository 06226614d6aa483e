//! Parameters of a request: path, query, headers and cookies.
//!
//! Knows where parameters stand and that the runtime's styles read them. Must not know security, save that
//! credentials have their own places, nor bodies.

use crate::contract::pointer;
use crate::headers;
use crate::judgement::{Kind, Part, Side, Violation};
use crate::path::{Template, Values};
use crate::security::is_credential;
use crate::texts::{self, Parts, Read};
use crate::validators::Validators;
use http::HeaderMap;
use percent_encoding::percent_decode_str;
use spec_api::{Api, MediaKind, Operation, Parameter, ParameterIn};
use spec_http::style::{Shape, Style};

/// The texts of a request, taken apart.
pub(crate) struct RequestParts {
    /// As they stand in the path.
    pub(crate) path: Values,
    /// Decoded (WHATWG URL, 5.1: `+` is a space).
    pub(crate) query: Vec<(String, String)>,
    /// Texts of the query in which commas stand as they are, still encoded but for `+`.
    joined: Vec<(String, String)>,
    /// As they stand in the header.
    pub(crate) cookies: Vec<(String, String)>,
}

impl RequestParts {
    pub(crate) fn new(path: Values, query: Option<&str>, headers: &HeaderMap) -> RequestParts {
        let joined = query.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        let joined = joined
            .filter(|(_, text)| text.contains(','))
            .map(|(key, text)| (decoded(key), text.replace('+', "%20")));
        let (joined, query) = (joined.collect(), pairs(query.unwrap_or_default()));
        RequestParts { path, query, joined, cookies: headers::cookies(headers) }
    }
}

/// Returns a text of a query or a form, without its encoding.
fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// Returns the pairs of a query or a form.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |text: &str| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (decoded(name), decoded(value))
    };
    text.split('&').filter(|text| !text.is_empty()).map(pair).collect()
}

/// The text of one parameter, as read.
enum ReadParameter {
    Nothing,
    /// The values that it may stand for.
    Value(Read),
    /// It can't be read.
    Malformed(String),
}

/// Holds all parameters against the operation, and looks for what is no parameter.
pub(crate) fn check(
    api: &Api,
    validators: &Validators<'_>,
    operation: &Operation,
    headers: &HeaderMap,
    found: &RequestParts,
    violations: &mut Vec<Violation>,
) {
    let own = |place| operation.parameters.iter().filter(move |parameter| parameter.place == place);
    let judge = |parameter: &Parameter, said: ReadParameter, violations: &mut Vec<Violation>| {
        judge(api, validators, parameter, said, violations);
    };
    for parameter in own(ParameterIn::Path) {
        judge(parameter, in_path(api, parameter, found), violations);
    }
    let mut claims = Claims::new(api, operation, ParameterIn::Query, &found.query);
    for parameter in own(ParameterIn::Query) {
        let joined =
            found.joined.iter().rfind(|(name, _)| *name == parameter.name).map(|(_, text)| text.as_str());
        let is_joined = parameter.style == Style::Form && !parameter.explode && parameter.content.is_none();
        let said = match joined.filter(|_| {
            is_joined && found.query.iter().filter(|(name, _)| *name == parameter.name).count() == 1
        }) {
            Some(text) => {
                let values = texts::read_text(
                    &parameter.name,
                    text,
                    Style::Simple,
                    false,
                    shapes(api, parameter),
                    decoded,
                );
                ReadParameter::Value(Read::Texts(values))
            }
            None => claims.read(parameter, &found.query),
        };
        judge(parameter, said, violations);
    }
    claims.undeclared(|name| {
        let is_in_path = Template::new(&operation.path).query().any(|own| own == name);
        if !is_in_path && !is_credential(api, ParameterIn::Query, name) {
            violations.push(undeclared(operation, Part::Query, name, "the query parameter is not declared"));
        }
    });
    for parameter in own(ParameterIn::Header) {
        judge(parameter, in_header(api, parameter, headers), violations);
    }
    let mut names: Vec<&str> = headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    for name in names {
        let is_declared = own(ParameterIn::Header).any(|parameter| parameter.name.eq_ignore_ascii_case(name));
        if !is_declared && !headers::is_standard(name) && !is_credential(api, ParameterIn::Header, name) {
            violations.push(undeclared(operation, Part::Header, name, "the header is not declared"));
        }
    }
    let mut cookies = found.cookies.clone();
    for (_, value) in &mut cookies {
        *value = percent_decode_str(value).decode_utf8_lossy().into_owned();
    }
    let mut claims = Claims::new(api, operation, ParameterIn::Cookie, &cookies);
    for parameter in own(ParameterIn::Cookie) {
        judge(parameter, claims.read(parameter, &cookies), violations);
    }
}

fn undeclared(operation: &Operation, part: Part, name: &str, message: &str) -> Violation {
    Violation {
        side: Side::Request,
        part,
        name: Some(name.to_owned()),
        pointer: String::new(),
        schema: pointer(&operation.location),
        message: message.to_owned(),
        kind: Kind::Undeclared,
    }
}

fn judge(
    api: &Api,
    validators: &Validators<'_>,
    parameter: &Parameter,
    said: ReadParameter,
    violations: &mut Vec<Violation>,
) {
    let part = match parameter.place {
        ParameterIn::Path => Part::Path,
        ParameterIn::Query => Part::Query,
        ParameterIn::Header => Part::Header,
        ParameterIn::Cookie => Part::Cookie,
    };
    let mut push = |pointer: String, schema: String, message: String, kind: Kind| {
        violations.push(Violation {
            side: Side::Request,
            part,
            name: Some(parameter.name.clone()),
            pointer,
            schema,
            message,
            kind,
        });
    };
    let declaration = pointer(&parameter.location);
    match said {
        ReadParameter::Nothing if parameter.required => {
            push(
                String::new(),
                declaration,
                format!("the {} parameter is missing", parameter.place.key()),
                Kind::Missing,
            );
        }
        ReadParameter::Nothing => {}
        ReadParameter::Malformed(message) => push(String::new(), declaration, message, Kind::Malformed),
        ReadParameter::Value(value) => {
            let secret = is_credential(api, parameter.place, &parameter.name);
            for finding in texts::findings(api, validators, parameter.schema, value, secret) {
                push(finding.pointer, finding.schema, finding.message, finding.kind);
            }
        }
    }
}

/// Reads a parameter with `content`: one text in that media type (OpenAPI 3.1, 4.8.12.2.2).
fn content(parameter: &Parameter, text: &str) -> Option<ReadParameter> {
    let media_type = parameter.content.as_deref()?;
    if MediaKind::of(media_type) != MediaKind::Json {
        return Some(ReadParameter::Value(Read::Texts(vec![text.into()])));
    }
    Some(match serde_json::from_str(text) {
        Ok(value) => ReadParameter::Value(Read::Typed(value)),
        Err(_) => ReadParameter::Malformed("the value is not JSON".to_owned()),
    })
}

fn shapes(api: &Api, parameter: &Parameter) -> Vec<Shape> {
    Parts::new(&api.json, api.json_schema(parameter.schema)).shapes()
}

fn in_style(api: &Api, parameter: &Parameter, text: &str, decode: impl Fn(&str) -> String) -> ReadParameter {
    let shapes = shapes(api, parameter);
    let values = texts::read_text(&parameter.name, text, parameter.style, parameter.explode, shapes, decode);
    match values.is_empty() {
        true => ReadParameter::Malformed(format!("the value is not in the style {}", parameter.style.name())),
        false => ReadParameter::Value(Read::Texts(values)),
    }
}

fn in_path(api: &Api, parameter: &Parameter, found: &RequestParts) -> ReadParameter {
    let Some((_, text)) = found.path.iter().find(|(name, _)| *name == parameter.name) else {
        return ReadParameter::Nothing;
    };
    let Ok(plain) = percent_decode_str(text).decode_utf8() else {
        return ReadParameter::Malformed("the value is not UTF-8".to_owned());
    };
    // What separates items is not encoded, what belongs to them is; so they are decoded after they are split.
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    content(parameter, &plain).unwrap_or_else(|| in_style(api, parameter, text, decode))
}

fn in_header(api: &Api, parameter: &Parameter, headers: &HeaderMap) -> ReadParameter {
    match headers::text(headers, &parameter.name) {
        None => ReadParameter::Nothing,
        Some(Err(())) => ReadParameter::Malformed("the value is not a text".to_owned()),
        Some(Ok(text)) => {
            let text = text.trim();
            content(parameter, text).unwrap_or_else(|| in_style(api, parameter, text, str::to_owned))
        }
    }
}

fn in_pairs(
    parameter: &Parameter,
    shapes: &[Shape],
    pairs: &[(String, String)],
    names: &[String],
) -> ReadParameter {
    let own: Vec<&str> =
        pairs.iter().filter(|(name, _)| *name == parameter.name).map(|(_, text)| text.as_str()).collect();
    let last = own.last().copied();
    if own.len() > 1 && (parameter.content.is_some() || shapes == [Shape::Scalar] || !parameter.explode) {
        return ReadParameter::Malformed(format!("the parameter is given {} times", own.len()));
    }
    if parameter.content.is_some() {
        return last.and_then(|text| content(parameter, text)).unwrap_or(ReadParameter::Nothing);
    }
    // OpenAPI 3.1, 4.8.12.2: `allowEmptyValue` lets a parameter come without a value.
    if parameter.allow_empty && own == [""] {
        return ReadParameter::Value(Read::Texts(Vec::new()));
    }
    let shapes = shapes.to_vec();
    let is_member = |name: &str| names.iter().any(|own| own == name);
    let values =
        texts::read_pairs(&parameter.name, pairs, parameter.style, parameter.explode, shapes, is_member);
    match (values.is_empty(), last) {
        (false, _) => ReadParameter::Value(Read::Texts(values)),
        (true, None) => ReadParameter::Nothing,
        (true, Some(_)) => {
            ReadParameter::Malformed(format!("the value is not in the style {}", parameter.style.name()))
        }
    }
}

/// The parameters to which names of a query, or of the cookies, belong.
struct Claims<'a> {
    api: &'a Api,
    operation: &'a Operation,
    place: ParameterIn,
    /// The names that are there, each once, with whether a parameter has claimed it.
    names: Vec<(&'a str, bool)>,
    /// All parameters in this place; none where nothing is there that could be theirs.
    claimants: Vec<Claimant<'a>>,
}

/// What the schema of a parameter says of how it is written.
struct Claimant<'a> {
    parameter: &'a Parameter,
    parts: Parts<'a>,
    shapes: Vec<Shape>,
    /// The names that stand in the query for the properties of an exploded object; none where it is not one.
    properties: Option<Vec<String>>,
}

impl<'a> Claimant<'a> {
    fn new(api: &'a Api, parameter: &'a Parameter) -> Claimant<'a> {
        let parts = Parts::new(&api.json, api.json_schema(parameter.schema));
        let shapes = parts.shapes();
        let by_style =
            parameter.content.is_none() && parameter.explode && parameter.style != Style::DeepObject;
        let is_spread = by_style && shapes.contains(&Shape::Object);
        let properties = is_spread.then(|| parts.names());
        Claimant { parameter, parts, shapes, properties }
    }
}

impl<'a> Claims<'a> {
    fn new(
        api: &'a Api,
        operation: &'a Operation,
        place: ParameterIn,
        pairs: &'a [(String, String)],
    ) -> Claims<'a> {
        let mut names: Vec<(&str, bool)> = Vec::new();
        for (name, _) in pairs {
            if !names.iter().any(|(known, _)| known == name) {
                names.push((name, false));
            }
        }
        let parameters = operation.parameters.iter().filter(|own| own.place == place && !names.is_empty());
        let claimants: Vec<Claimant<'_>> = parameters.map(|own| Claimant::new(api, own)).collect();
        for Claimant { parameter, properties, .. } in &claimants {
            let prefix = format!("{}[", parameter.name);
            let is_deep = parameter.style == Style::DeepObject;
            for (name, claimed) in &mut names {
                *claimed |= *name == parameter.name
                    || properties.iter().flatten().any(|property| property == name)
                    || (is_deep && name.starts_with(&prefix) && name.ends_with(']'));
            }
        }
        Claims { api, operation, place, names, claimants }
    }

    /// Reads a parameter.
    fn read(&mut self, parameter: &Parameter, pairs: &[(String, String)]) -> ReadParameter {
        let names = self.names(parameter);
        match self.claimants.iter().find(|own| std::ptr::eq(own.parameter, parameter)) {
            Some(claimant) => in_pairs(parameter, &claimant.shapes, pairs, &names),
            None => ReadParameter::Nothing,
        }
    }

    /// Returns the properties of a parameter, and whatever no other parameter claims, where the object is
    /// open. One of which some properties must be there can't consist of others alone.
    fn names(&mut self, parameter: &Parameter) -> Vec<String> {
        let claimant = self.claimants.iter().find(|own| std::ptr::eq(own.parameter, parameter));
        let Some(Claimant { parts, properties: Some(properties), .. }) = claimant else { return Vec::new() };
        let mut own = properties.clone();
        let is_begun =
            !parts.requires() || self.names.iter().any(|(name, _)| own.iter().any(|own| own == name));
        if parts.is_open() && is_begun {
            let (api, place) = (self.api, self.place);
            let template = Template::new(&self.operation.path);
            let is_in_path =
                |own: &str| place == ParameterIn::Query && template.query().any(|name| name == own);
            for (name, claimed) in self.names.iter_mut().filter(|(_, claimed)| !claimed) {
                if !is_credential(api, place, name) && !is_in_path(name) {
                    *claimed = true;
                    own.push((*name).to_owned());
                }
            }
        }
        own
    }

    fn undeclared(&mut self, mut report: impl FnMut(&str)) {
        self.names.sort_unstable();
        self.names.iter().filter(|(_, claimed)| !claimed).for_each(|(name, _)| report(name));
    }
}
