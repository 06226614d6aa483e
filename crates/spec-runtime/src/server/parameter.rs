//! Parameters of a request → one JSON object, for a model to be decoded from.
//!
//! Knows the styles and where parameters stand. What a text stands for (a number, a list, …) is what the model's schema says.

use crate::style::{Shape, Style, from_pairs, from_text};
use crate::template::Template;
use crate::texts::{coerce, names, shape, types};
use crate::validation::{Step, Violation};
use axum::extract::{FromRequestParts, RawPathParams};
use http::header::COOKIE;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Number, Value};

/// A parameter of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    key: &'static str,
    name: &'static str,
    place: Place,
    style: Style,
    explode: bool,
    is_json: bool,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the path, as the parameter of this position in the route.
    Path(usize),
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// In a cookie.
    Cookie,
}

impl Place {
    fn word(self) -> &'static str {
        match self {
            Place::Path(_) => "path",
            Place::Query => "query",
            Place::Header => "header",
            Place::Cookie => "cookie",
        }
    }
}

impl Parameter {
    /// A parameter in the style that its place has by default. `key` is the name of the field that it fills.
    pub const fn new(place: Place, name: &'static str, key: &'static str) -> Self {
        let (style, explode) = match place {
            Place::Path(_) | Place::Header => (Style::Simple, false),
            Place::Query | Place::Cookie => (Style::Form, true),
        };
        Parameter { key, name, place, style, explode, is_json: false }
    }

    /// The same parameter in another style.
    #[must_use]
    pub const fn styled(mut self, style: Style, explode: bool) -> Self {
        self.style = style;
        self.explode = explode;
        self
    }

    /// The same parameter, written as JSON (OpenAPI 3.1, 4.8.12.2: `content`).
    #[must_use]
    pub const fn json(mut self) -> Self {
        self.is_json = true;
        self
    }

    pub(crate) fn is_for(&self, key: &str) -> bool {
        self.key == key
    }

    pub(crate) fn is_header(&self, name: &str) -> bool {
        self.place == Place::Header && self.name.eq_ignore_ascii_case(name)
    }

    pub(crate) fn steps(&self) -> Vec<Step> {
        vec![self.place.word().into(), self.name.into()]
    }
}

/// Where the parameters of a request are found.
struct Found {
    path: Vec<String>,
    query: Vec<(String, String)>,
    cookies: Vec<(String, String)>,
    /// The names of pairs in the query, and of cookies, that are no texts.
    broken: (Vec<String>, Vec<String>),
}

/// Reads all parameters into one object. `schema` is the schema of the model that it is for.
/// `template` is the path where its values are not those that the router found.
pub(crate) async fn read(
    parameters: &[Parameter],
    template: Option<&str>,
    parts: &mut Parts,
    schema: &Value,
) -> Result<Value, Vec<Violation>> {
    let mut found = find(parts).await?;
    if let Some(template) = template {
        let values = Template::new(template).matches(parts.uri.path(), parts.uri.query()).unwrap_or_default();
        found.path = values.into_iter().map(|(_, value)| value).collect();
    }
    let mut object = Map::new();
    let mut violations = Vec::new();
    for parameter in parameters {
        let property = schema.pointer(&format!("/properties/{}", parameter.key)).unwrap_or(&Value::Bool(true));
        if let Some(violation) = parameter.unreadable(&found, parts, schema, property) {
            violations.push(violation);
            continue;
        }
        let Some(value) = parameter.texts(&found, parts, &mut violations, schema, property) else { continue };
        object.insert(parameter.key.to_owned(), parameter.canonical(value, &found, schema, property));
    }
    if violations.is_empty() { Ok(Value::Object(object)) } else { Err(violations) }
}

async fn find(parts: &mut Parts) -> Result<Found, Vec<Violation>> {
    let not_text = |_| vec![Violation::new(vec!["path".into()], "the path is not UTF-8", "encoding")];
    let path = RawPathParams::from_request_parts(parts, &()).await.map_err(not_text)?;
    // The segments as they came: what separates items in a style is told from the same sign within an item by its encoding.
    let segments: Vec<&str> = parts.uri.path().split('/').collect();
    let mut next = 0;
    let mut raw = |value: &str| match segments[next..].iter().position(|segment| plain(segment) == value) {
        Some(skipped) => {
            next += skipped + 1;
            segments[next - 1].to_owned()
        }
        // Of a router around this one, which has taken its part of the path.
        None => value.to_owned(),
    };
    let mut broken = (Vec::new(), Vec::new());
    let is_text = |text: &str| percent_decode_str(text).decode_utf8().is_ok();
    let spaced = parts.uri.query().unwrap_or_default().replace('+', " ");
    let mut query = Vec::new();
    for text in spaced.split('&').filter(|text| !text.is_empty()) {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        broken.0.extend((!is_text(text)).then(|| plain(key)));
        query.push((plain(key), plain(value)));
    }
    let mut cookies = Vec::new();
    let cookie_headers = parts.headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    for (key, value) in cookie_headers.flat_map(|header| header.split(';')).filter_map(|text| text.split_once('=')) {
        let (key, value) = (key.trim(), value.trim());
        broken.1.extend((!is_text(value)).then(|| key.to_owned()));
        cookies.push((key.to_owned(), plain(value)));
    }
    Ok(Found { path: path.iter().map(|(_, value)| raw(value)).collect(), query, cookies, broken })
}

/// A text without its percent-encoding.
fn plain(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl Parameter {
    /// What is wrong with the parameter before anybody looks at its value: it is no text, or is there more than once though it is
    /// one value (of headers: RFC 9110, 5.3).
    fn unreadable(&self, found: &Found, parts: &Parts, root: &Value, schema: &Value) -> Option<Violation> {
        let (pairs, broken) = match self.place {
            Place::Query => (&found.query, &found.broken.0),
            Place::Cookie => (&found.cookies, &found.broken.1),
            Place::Header if self.is_one(root, schema) && parts.headers.get_all(self.name).into_iter().count() > 1 => {
                return Some(Violation::new(self.steps(), "the header is given more than once", "duplicate"));
            }
            Place::Header | Place::Path(_) => return None,
        };
        let is_spread = self.style == Style::Form && self.explode;
        let is_own = |key: &String| {
            let is_within = || key.strip_prefix(self.name).is_some_and(|rest| rest.starts_with('['));
            key == self.name || is_within() || (is_spread && names(root, schema, 0).contains(key))
        };
        if broken.iter().any(is_own) {
            return Some(Violation::new(self.steps(), "the parameter is not UTF-8", "encoding"));
        }
        let is_again = self.is_one(root, schema) && pairs.iter().filter(|(key, _)| key == self.name).count() > 1;
        is_again.then(|| Violation::new(self.steps(), "the parameter is given more than once", "duplicate"))
    }

    /// Whether the parameter is one value, and no list or object.
    fn is_one(&self, root: &Value, schema: &Value) -> bool {
        self.is_json || (shape(root, schema) == Shape::Scalar && !types(root, schema, 0).is_empty())
    }

    /// The value; an integer in a path only in the one way to write it, so that a resource has one URL: neither `1.0` nor `1e0`,
    /// and no more `-0` than `01`.
    fn canonical(&self, value: Value, found: &Found, root: &Value, schema: &Value) -> Value {
        let Place::Path(index) = self.place else { return value };
        let text = found.path.get(index).map(|text| plain(text)).unwrap_or_default();
        let is_canonical = |number: &Number| !number.is_f64() && text.ends_with(&number.to_string());
        match value {
            Value::Number(number) if types(root, schema, 0).contains(&"integer") && !is_canonical(&number) => text.into(),
            value => value,
        }
    }

    fn texts(
        &self,
        found: &Found,
        parts: &Parts,
        violations: &mut Vec<Violation>,
        root: &Value,
        schema: &Value,
    ) -> Option<Value> {
        let shape = if self.is_json { Shape::Scalar } else { shape(root, schema) };
        let mut unreadable = |message: &str| {
            violations.push(Violation::new(self.steps(), message, "encoding"));
            None
        };
        let value = match self.place {
            Place::Path(index) => {
                let text = found.path.get(index)?;
                match from_text(self.name, text, self.style, self.explode, shape, plain) {
                    Some(value) => value,
                    None => return unreadable("the parameter is not in its style"),
                }
            }
            Place::Header => {
                let mut texts = Vec::new();
                for value in parts.headers.get_all(self.name) {
                    match value.to_str() {
                        Ok(text) => texts.push(text),
                        Err(_) => return unreadable("the header is not plain text"),
                    }
                }
                if texts.is_empty() {
                    return None;
                }
                from_text(self.name, &texts.join(","), Style::Simple, self.explode, shape, str::to_owned)?
            }
            Place::Query => from_pairs(self.name, &found.query, self.style, self.explode, shape, &names(root, schema, 0))?,
            Place::Cookie => from_pairs(self.name, &found.cookies, self.style, self.explode, shape, &names(root, schema, 0))?,
        };
        if self.is_json {
            return match serde_json::from_str(value.as_str().unwrap_or_default()) {
                Ok(value) => Some(value),
                Err(_) => unreadable("the parameter is not JSON"),
            };
        }
        Some(coerce(value, root, schema))
    }
}
