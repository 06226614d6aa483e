//! Parameters of a request → one JSON object, for a model to be decoded from.
//!
//! Knows the styles and where parameters stand. What a text stands for (a number, a list, …) is what the
//! model's schema says.

use crate::security::{self, SecurityScheme};
use crate::texts::{Schema, as_it_is};
use crate::validation::{Checker, Step, Violation};
use axum::extract::{FromRequestParts, RawPathParams};
use http::HeaderMap;
use http::header::COOKIE;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use spec_http::style::Style;
use spec_http::template::Template;
use std::borrow::Cow;

/// A parameter of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    key: &'static str,
    name: &'static str,
    place: ParameterIn,
    style: Style,
    explode: bool,
    is_json: bool,
    may_be_empty: bool,
}

/// The place of a parameter in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterIn {
    /// In the path, as the parameter of this position in the route.
    Path(usize),
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// In a cookie.
    Cookie,
}

impl ParameterIn {
    fn word(self) -> &'static str {
        match self {
            ParameterIn::Path(_) => "path",
            ParameterIn::Query => "query",
            ParameterIn::Header => "header",
            ParameterIn::Cookie => "cookie",
        }
    }
}

impl Parameter {
    /// Makes a parameter in the style that its place has by default. `key` is the name of the field that it
    /// fills.
    pub const fn new(place: ParameterIn, name: &'static str, key: &'static str) -> Self {
        let (style, explode) = match place {
            ParameterIn::Path(_) | ParameterIn::Header => (Style::Simple, false),
            ParameterIn::Query | ParameterIn::Cookie => (Style::Form, true),
        };
        Parameter { key, name, place, style, explode, is_json: false, may_be_empty: false }
    }

    /// Sets another style.
    #[must_use]
    pub const fn styled(mut self, style: Style, explode: bool) -> Self {
        self.style = style;
        self.explode = explode;
        self
    }

    /// Makes it a parameter that is written as JSON (OpenAPI 3.1, 4.8.12.2: `content`).
    #[must_use]
    pub const fn json(mut self) -> Self {
        self.is_json = true;
        self
    }

    /// Lets the parameter come without a value (OpenAPI 3.1, 4.8.12.2: `allowEmptyValue`): a boolean is true
    /// then, and what no empty text can be is left out.
    #[must_use]
    pub const fn may_be_empty(mut self) -> Self {
        self.may_be_empty = true;
        self
    }

    /// Returns the name of its field and its position in the path, if it stands there as most do.
    pub(super) fn position(&self) -> Option<(&'static str, usize)> {
        match self.place {
            ParameterIn::Path(index) if self.style == Style::Simple && !self.is_json => {
                Some((self.key, index))
            }
            _ => None,
        }
    }

    pub(crate) fn is_for(&self, key: &str) -> bool {
        self.key == key
    }

    pub(crate) fn is_header(&self, name: &str) -> bool {
        self.place == ParameterIn::Header && self.name.eq_ignore_ascii_case(name)
    }

    pub(crate) fn steps(&self) -> Vec<Step> {
        vec![self.place.word().into(), self.name.into()]
    }
}

/// The parameters of a request, before any of them is read.
#[derive(Default)]
struct RawParameters<'p> {
    path: Vec<Cow<'p, str>>,
    query: Vec<(String, String)>,
    /// Texts of the query in which commas stand as they are, still encoded.
    joined: Vec<(String, String)>,
    cookies: Vec<(String, String)>,
    /// The names of pairs in the query, and of cookies, that are no texts.
    broken: (Vec<String>, Vec<String>),
}

/// The declared parameters of an operation.
#[derive(Clone, Copy)]
pub(crate) struct Declared {
    pub(crate) parameters: &'static [Parameter],
    /// The path, where its values are not those that the router found.
    pub(crate) template: Option<&'static str>,
    pub(crate) security: &'static [&'static [SecurityScheme]],
}

impl Declared {
    /// Returns true if a name in the query or in a cookie is that of a credential, or stands in the path of
    /// the document.
    fn is_elsewhere(self, place: ParameterIn, key: &str) -> bool {
        let is_credential = |scheme: &SecurityScheme| match scheme.place {
            security::CredentialPlace::Query(name) => place == ParameterIn::Query && name == key,
            security::CredentialPlace::Cookie(name) => place == ParameterIn::Cookie && name == key,
            _ => false,
        };
        let is_in_path =
            || self.template.is_some_and(|template| Template::new(template).query().any(|name| name == key));
        self.security.iter().copied().flatten().any(is_credential)
            || (place == ParameterIn::Query && is_in_path())
    }
}

/// Reads all parameters into one object. `checker` is that of the model that it is for.
pub(crate) async fn read(
    declared: Declared,
    parts: &mut Parts,
    checker: &Checker,
) -> Result<Value, Vec<Violation>> {
    let route = route(parts, declared.parameters).await?;
    let parts = &*parts;
    let mut found = find(route.as_ref(), parts, declared.parameters);
    if let Some(template) = declared.template {
        let values = Template::new(template).matches(parts.uri.path(), parts.uri.query()).unwrap_or_default();
        found.path = values.into_iter().map(|(_, value)| value.into()).collect();
    }
    let mut object = Map::new();
    let mut violations = Vec::new();
    let own = |parameter: &Parameter| checker.property(parameter.key);
    // Names that an object which takes any has taken already.
    let mut taken: Vec<String> = Vec::new();
    for parameter in declared.parameters {
        let is_free = |key: &str| {
            let others = declared
                .parameters
                .iter()
                .filter(|other| other.key != parameter.key && other.place == parameter.place);
            !declared.is_elsewhere(parameter.place, key)
                && !taken.iter().any(|known| known == key)
                && !others.into_iter().any(|other| other.owns(key, own(other)))
        };
        let schema = own(parameter);
        if let Some(violation) = parameter.unreadable(&found, parts, schema) {
            violations.push(violation);
            continue;
        }
        let Some(value) = parameter.texts(&found, parts, &mut violations, schema, is_free) else {
            continue;
        };
        if parameter.is_spread() {
            taken.extend(value.as_object().into_iter().flat_map(|members| members.keys().cloned()));
        }
        object.insert(parameter.key.to_owned(), parameter.canonical(value, &found, schema));
    }
    if violations.is_empty() { Ok(Value::Object(object)) } else { Err(violations) }
}

/// Returns what the router found in the path, where an operation has parameters in it.
async fn route(parts: &mut Parts, parameters: &[Parameter]) -> Result<Option<RawPathParams>, Vec<Violation>> {
    if !parameters.iter().any(|parameter| matches!(parameter.place, ParameterIn::Path(_))) {
        return Ok(None);
    }
    let not_text = |_| vec![Violation::new(vec!["path".into()], "the path is not UTF-8", "encoding")];
    RawPathParams::from_request_parts(parts, &()).await.map(Some).map_err(not_text)
}

/// Finds the texts of all places that have parameters.
fn find<'p>(
    route: Option<&'p RawPathParams>,
    parts: &'p Parts,
    parameters: &[Parameter],
) -> RawParameters<'p> {
    let has = |place| parameters.iter().any(|parameter| parameter.place == place);
    let mut found = RawParameters::default();
    if let Some(route) = route {
        found.find_in_path(route, parts.uri.path());
    }
    if has(ParameterIn::Query) {
        found.find_in_query(parts.uri.query().unwrap_or_default());
    }
    if has(ParameterIn::Cookie) {
        found.find_in_cookies(&parts.headers);
    }
    found
}

impl<'p> RawParameters<'p> {
    fn find_in_path(&mut self, route: &'p RawPathParams, path: &'p str) {
        // The segments as they came: what separates items in a style is told from the same sign within an
        // item by its encoding.
        let mut segments = path.split('/');
        for (_, value) in route {
            let rest = segments.clone();
            let raw = segments.find(|segment| percent_decode_str(segment).decode_utf8_lossy() == value);
            if raw.is_none() {
                segments = rest;
            }
            // Of a router around this one, which has taken its part of the path.
            self.path.push(raw.unwrap_or(value).into());
        }
    }

    fn find_in_query(&mut self, query: &str) {
        let is_text = |text: &str| percent_decode_str(text).decode_utf8().is_ok();
        let spaced = query.replace('+', " ");
        for text in spaced.split('&').filter(|text| !text.is_empty()) {
            let (key, value) = text.split_once('=').unwrap_or((text, ""));
            self.broken.0.extend((!is_text(text)).then(|| plain(key).into_owned()));
            self.joined.extend(value.contains(',').then(|| (plain(key).into_owned(), value.to_owned())));
            self.query.push((plain(key).into_owned(), plain(value).into_owned()));
        }
    }

    fn find_in_cookies(&mut self, headers: &HeaderMap) {
        let is_text = |text: &str| percent_decode_str(text).decode_utf8().is_ok();
        let texts = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        for (key, value) in texts.flat_map(|header| header.split(';')).filter_map(|text| text.split_once('='))
        {
            let (key, value) = (key.trim(), value.trim());
            self.broken.1.extend((!is_text(value)).then(|| key.to_owned()));
            self.cookies.push((key.to_owned(), plain(value).into_owned()));
        }
    }
}

/// Returns a text without its percent-encoding.
fn plain(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

impl Parameter {
    /// Returns true if the members of an object stand alone.
    fn is_spread(&self) -> bool {
        matches!(self.place, ParameterIn::Query | ParameterIn::Cookie)
            && self.explode
            && self.style != Style::DeepObject
            && !self.is_json
    }

    /// Returns true if a name in a query or a cookie is that of the parameter, or of something in it.
    fn owns(&self, key: &str, schema: Schema<'_>) -> bool {
        let is_within = || {
            self.style == Style::DeepObject
                && key.strip_prefix(self.name).is_some_and(|rest| rest.starts_with('['))
        };
        key == self.name || is_within() || (self.is_spread() && schema.names(key))
    }

    /// Returns what is wrong with the parameter before anybody looks at its value: it is no text, or is there
    /// more than once though it is one value (of headers: RFC 9110, 5.3).
    fn unreadable(&self, found: &RawParameters, parts: &Parts, schema: Schema<'_>) -> Option<Violation> {
        let is_one = self.is_json || schema.is_one();
        let (pairs, broken) = match self.place {
            ParameterIn::Query => (&found.query, &found.broken.0),
            ParameterIn::Cookie => (&found.cookies, &found.broken.1),
            ParameterIn::Header if is_one && parts.headers.get_all(self.name).into_iter().count() > 1 => {
                return Some(Violation::new(self.steps(), "the header is given more than once", "duplicate"));
            }
            ParameterIn::Header | ParameterIn::Path(_) => return None,
        };
        if broken.iter().any(|key| self.owns(key, schema)) {
            return Some(Violation::new(self.steps(), "the parameter is not UTF-8", "encoding"));
        }
        let is_again = is_one && pairs.iter().filter(|(key, _)| key == self.name).count() > 1;
        is_again.then(|| Violation::new(self.steps(), "the parameter is given more than once", "duplicate"))
    }

    /// Returns the value; an integer in a path only in the one way to write it, so that a resource has one
    /// URL: neither `1.0` nor `1e0`, and no more `-0` than `01`.
    fn canonical(&self, value: Value, found: &RawParameters, schema: Schema<'_>) -> Value {
        let ParameterIn::Path(index) = self.place else { return value };
        if !value.is_number() || !schema.is_integer() {
            return value;
        }
        let text = found.path.get(index).map(|text| plain(text)).unwrap_or_default();
        let digits = match self.style {
            Style::Label => text.trim_start_matches('.'),
            Style::Matrix => text.split_once('=').map_or("", |(_, digits)| digits),
            _ => &text,
        };
        let digits = digits.strip_prefix('-').filter(|digits| *digits != "0").unwrap_or(digits);
        let is_canonical =
            digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
        if is_canonical { value } else { text.into() }
    }

    fn texts(
        &self,
        found: &RawParameters,
        parts: &Parts,
        violations: &mut Vec<Violation>,
        schema: Schema<'_>,
        is_free: impl Fn(&str) -> bool,
    ) -> Option<Value> {
        let mut unreadable = |message: &str| {
            violations.push(Violation::new(self.steps(), message, "encoding"));
            None
        };
        let text = match self.place {
            ParameterIn::Path(index) => Cow::Borrowed(&**found.path.get(index)?),
            ParameterIn::Header => {
                let mut texts = Vec::new();
                for value in parts.headers.get_all(self.name) {
                    match std::str::from_utf8(value.as_bytes()) {
                        Ok(text) => texts.push(text),
                        Err(_) => return unreadable("the header is not UTF-8"),
                    }
                }
                if texts.is_empty() {
                    return None;
                }
                match texts.as_slice() {
                    [text] => Cow::Borrowed(*text),
                    texts => texts.join(",").into(),
                }
            }
            ParameterIn::Query | ParameterIn::Cookie => {
                let pairs = if self.place == ParameterIn::Query { &found.query } else { &found.cookies };
                let own: Vec<&str> =
                    pairs.iter().filter(|(key, _)| key == self.name).map(|(_, text)| text.as_str()).collect();
                if self.is_json {
                    return match own.as_slice() {
                        [] => None,
                        [text] => serde_json::from_str(text)
                            .ok()
                            .or_else(|| unreadable("the parameter is not JSON")),
                        _ => unreadable("the parameter is given more than once"),
                    };
                }
                if self.may_be_empty && own == [""] {
                    return schema.of_nothing();
                }
                let joined = found
                    .joined
                    .iter()
                    .rfind(|(key, _)| key == self.name && self.place == ParameterIn::Query);
                if let Some((_, text)) = joined.filter(|_| self.style == Style::Form && !self.explode) {
                    return schema.of_text(self.name, text, Style::Simple, false, plain);
                }
                if let ([text], Style::Form, false, None) = (own.as_slice(), self.style, self.explode, joined)
                    && self.place == ParameterIn::Query
                    && let Some(value) = schema.of_one(text)
                {
                    return Some(value);
                }
                return schema.of_pairs(self.name, pairs, self.style, self.explode, is_free);
            }
        };
        let decode: fn(&str) -> Cow<'_, str> =
            if self.place == ParameterIn::Header { as_it_is } else { plain };
        if self.is_json {
            return serde_json::from_str(&decode(&text))
                .ok()
                .or_else(|| unreadable("the parameter is not JSON"));
        }
        let read = schema.of_text(self.name, &text, self.style, self.explode, decode);
        read.or_else(|| unreadable("the parameter is not in its style"))
    }
}
