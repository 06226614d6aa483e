//! Parameters of a request: path, query, headers and cookies.
//!
//! Knows where parameters stand and that the runtime's styles read them. Must not know security, save that
//! credentials have their own places, nor bodies.

use crate::contract::pointer;
use crate::headers;
use crate::judgement::{Kind, Part, Side, Violation};
use crate::path::Values;
use crate::rules::Rules;
use crate::security::is_credential;
use crate::texts::{self, Read, Spelling};
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
    if !text.bytes().any(|byte| matches!(byte, b'+' | b'%')) {
        return text.to_owned();
    }
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

/// An operation whose parameters are judged.
#[derive(Clone, Copy)]
pub(crate) struct Judged<'a> {
    pub(crate) api: &'a Api,
    pub(crate) validators: &'a Validators<'static>,
    pub(crate) operation: &'a Operation,
    pub(crate) rules: &'a Rules,
}

impl<'a> Judged<'a> {
    /// Returns the parameters that stand in a place.
    fn own(self, place: ParameterIn) -> impl Iterator<Item = Declared<'a>> {
        let all = self.operation.parameters.iter().zip(&self.rules.parameters);
        let all = all.map(|(parameter, spelling)| Declared { parameter, spelling });
        all.filter(move |own| own.parameter.place == place)
    }
}

/// A parameter, and what its schema says of its texts.
#[derive(Clone, Copy)]
struct Declared<'a> {
    parameter: &'a Parameter,
    spelling: &'a Spelling,
}

/// Holds all parameters against the operation, and looks for what is no parameter.
pub(crate) fn check(
    judged: &Judged<'_>,
    headers: &HeaderMap,
    found: &RequestParts,
    violations: &mut Vec<Violation>,
) {
    let (api, operation) = (judged.api, judged.operation);
    for own in judged.own(ParameterIn::Path) {
        judge(judged, own, in_path(own, found), violations);
    }
    let mut claims = Claims::new(judged, ParameterIn::Query, &found.query);
    for own in judged.own(ParameterIn::Query) {
        let said = joined(own, found).unwrap_or_else(|| claims.read(own, &found.query));
        judge(judged, own, said, violations);
    }
    claims.undeclared(|name| {
        let is_in_path = judged.rules.query_of_path.iter().any(|own| own == name);
        if !is_in_path && !is_credential(api, ParameterIn::Query, name) {
            violations.push(undeclared(operation, Part::Query, name, "the query parameter is not declared"));
        }
    });
    for own in judged.own(ParameterIn::Header) {
        judge(judged, own, in_header(own, headers), violations);
    }
    let names = headers.keys().map(http::HeaderName::as_str);
    let is_declared = |name: &str| {
        let mut declared = judged.own(ParameterIn::Header);
        declared.any(|own| own.parameter.name.eq_ignore_ascii_case(name))
    };
    let is_own = |name: &&str| {
        !headers::is_standard(name) && !is_declared(name) && !is_credential(api, ParameterIn::Header, name)
    };
    let mut names: Vec<&str> = names.filter(is_own).collect();
    names.sort_unstable();
    for name in names {
        violations.push(undeclared(operation, Part::Header, name, "the header is not declared"));
    }
    let mut cookies = found.cookies.clone();
    for (_, value) in &mut cookies {
        *value = percent_decode_str(value).decode_utf8_lossy().into_owned();
    }
    let mut claims = Claims::new(judged, ParameterIn::Cookie, &cookies);
    for own in judged.own(ParameterIn::Cookie) {
        judge(judged, own, claims.read(own, &cookies), violations);
    }
}

/// Reads a parameter whose items stand in one text of the query, between commas that are not encoded.
fn joined(own: Declared<'_>, found: &RequestParts) -> Option<ReadParameter> {
    let Declared { parameter, spelling } = own;
    let (_, text) = found.joined.iter().rfind(|(name, _)| *name == parameter.name)?;
    let is_joined = parameter.style == Style::Form && !parameter.explode && parameter.content.is_none();
    let is_alone = || found.query.iter().filter(|(name, _)| *name == parameter.name).count() == 1;
    if !is_joined || !is_alone() {
        return None;
    }
    let shapes = &spelling.shapes;
    let values = texts::read_text(&parameter.name, text, Style::Simple, false, shapes, decoded);
    Some(ReadParameter::Value(Read::Texts(values)))
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

fn judge(judged: &Judged<'_>, own: Declared<'_>, said: ReadParameter, violations: &mut Vec<Violation>) {
    let Declared { parameter, spelling } = own;
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
    let declaration = || pointer(&parameter.location);
    match said {
        ReadParameter::Nothing if parameter.required => {
            push(
                String::new(),
                declaration(),
                format!("the {} parameter is missing", parameter.place.key()),
                Kind::Missing,
            );
        }
        ReadParameter::Nothing => {}
        ReadParameter::Malformed(message) => push(String::new(), declaration(), message, Kind::Malformed),
        ReadParameter::Value(value) => {
            let secret = is_credential(judged.api, parameter.place, &parameter.name);
            for finding in spelling.findings(judged.api, judged.validators, value, secret) {
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

fn in_style(own: Declared<'_>, text: &str, decode: impl Fn(&str) -> String) -> ReadParameter {
    let Declared { parameter, spelling } = own;
    let shapes = &spelling.shapes;
    let values = texts::read_text(&parameter.name, text, parameter.style, parameter.explode, shapes, decode);
    match values.is_empty() {
        true => ReadParameter::Malformed(format!("the value is not in the style {}", parameter.style.name())),
        false => ReadParameter::Value(Read::Texts(values)),
    }
}

fn in_path(own: Declared<'_>, found: &RequestParts) -> ReadParameter {
    let Some((_, text)) = found.path.iter().find(|(name, _)| *name == own.parameter.name) else {
        return ReadParameter::Nothing;
    };
    let Ok(plain) = percent_decode_str(text).decode_utf8() else {
        return ReadParameter::Malformed("the value is not UTF-8".to_owned());
    };
    // What separates items is not encoded, what belongs to them is; so they are decoded after they are split.
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    content(own.parameter, &plain).unwrap_or_else(|| in_style(own, text, decode))
}

fn in_header(own: Declared<'_>, headers: &HeaderMap) -> ReadParameter {
    match headers::text(headers, &own.parameter.name) {
        None => ReadParameter::Nothing,
        Some(Err(())) => ReadParameter::Malformed("the value is not a text".to_owned()),
        Some(Ok(text)) => {
            let text = text.trim();
            content(own.parameter, text).unwrap_or_else(|| in_style(own, text, str::to_owned))
        }
    }
}

fn in_pairs(own: Declared<'_>, pairs: &[(String, String)], names: &[&str]) -> ReadParameter {
    let Declared { parameter, spelling } = own;
    let shapes = spelling.shapes.as_slice();
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
    let is_member = |name: &str| names.contains(&name);
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
    judged: &'a Judged<'a>,
    place: ParameterIn,
    /// The names that are there, each once, with whether a parameter has claimed it.
    names: Vec<(&'a str, bool)>,
}

/// Returns the names that stand in the query for the properties of an exploded object; none where a parameter
/// is not one.
fn spread<'a>(own: Declared<'a>) -> Option<&'a [String]> {
    let Declared { parameter, spelling } = own;
    let by_style = parameter.content.is_none() && parameter.explode && parameter.style != Style::DeepObject;
    (by_style && spelling.shapes.contains(&Shape::Object)).then_some(&spelling.properties)
}

/// Returns true if a name is that of a property in brackets, `filter[name]`.
fn is_deep(parameter: &Parameter, name: &str) -> bool {
    let rest = || name.strip_prefix(parameter.name.as_str())?.strip_prefix('[');
    parameter.style == Style::DeepObject && rest().is_some_and(|rest| rest.ends_with(']'))
}

impl<'a> Claims<'a> {
    fn new(judged: &'a Judged<'a>, place: ParameterIn, pairs: &'a [(String, String)]) -> Claims<'a> {
        let mut names: Vec<(&str, bool)> = Vec::new();
        for (name, _) in pairs {
            if !names.iter().any(|(known, _)| known == name) {
                names.push((name, false));
            }
        }
        for own in judged.own(place) {
            for (name, claimed) in &mut names {
                *claimed |= *name == own.parameter.name
                    || spread(own).is_some_and(|properties| properties.iter().any(|own| own == name))
                    || is_deep(own.parameter, name);
            }
        }
        Claims { judged, place, names }
    }

    /// Reads a parameter.
    fn read(&mut self, own: Declared<'a>, pairs: &[(String, String)]) -> ReadParameter {
        // Nothing is there that could be its.
        if self.names.is_empty() {
            return ReadParameter::Nothing;
        }
        let names = self.names(own);
        in_pairs(own, pairs, &names)
    }

    /// Returns the properties of a parameter, and whatever no other parameter claims, where the object is
    /// open. One of which some properties must be there can't consist of others alone.
    fn names(&mut self, own: Declared<'a>) -> Vec<&'a str> {
        let Some(properties) = spread(own) else { return Vec::new() };
        let mut names: Vec<&str> = properties.iter().map(String::as_str).collect();
        let is_begun = !own.spelling.requires || self.names.iter().any(|(name, _)| names.contains(name));
        if own.spelling.is_open && is_begun {
            let Judged { api, rules, .. } = *self.judged;
            let place = self.place;
            let is_in_path =
                |own: &str| place == ParameterIn::Query && rules.query_of_path.iter().any(|name| name == own);
            for (name, claimed) in self.names.iter_mut().filter(|(_, claimed)| !claimed) {
                if !is_credential(api, place, name) && !is_in_path(name) {
                    *claimed = true;
                    names.push(name);
                }
            }
        }
        names
    }

    fn undeclared(&mut self, mut report: impl FnMut(&str)) {
        self.names.sort_unstable();
        self.names.iter().filter(|(_, claimed)| !claimed).for_each(|(name, _)| report(name));
    }
}
