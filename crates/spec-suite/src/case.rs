//! Requests as what they are made of: values for parameters and a body, who asks, and what must become of it.
//!
//! A case can be written again with other values, and its values know from which answer they were taken, so
//! that a sequence can be sent anew to a service that gives out other ids. Must not know how values become
//! bytes, nor how anything is sent.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec_api::ParameterIn;

/// The part of a request that carries a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "each is the part of its name")]
pub enum Place {
    Path,
    Query,
    Header,
    Cookie,
}

impl Place {
    /// Returns the word that documents use.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
            Place::Cookie => "cookie",
        }
    }
}

impl From<ParameterIn> for Place {
    fn from(place: ParameterIn) -> Place {
        match place {
            ParameterIn::Path => Place::Path,
            ParameterIn::Query => Place::Query,
            ParameterIn::Header => Place::Header,
            ParameterIn::Cookie => Place::Cookie,
        }
    }
}

/// A place in an exchange from which a value is taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// The value at a JSON pointer in the body of the answer.
    Answer(String),
    /// The value at a JSON pointer in the body of the request.
    Request(String),
    /// A whole header of the answer.
    Header(String),
    /// A path parameter, read from the path in a header such as `Location` by a template of the document.
    Path {
        /// The header.
        header: String,
        /// The path template.
        template: String,
        /// The parameter in it.
        name: String,
    },
    /// A parameter of the request.
    Argument(Place, String),
}

/// An earlier exchange, and the place in it from which a value is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// The number of the exchange.
    pub step: usize,
    /// The place in it.
    pub source: Source,
}

/// A value for a parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Argument {
    /// The part of the request.
    pub place: Place,
    /// The name of the parameter.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// Where the value was taken from; none where it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Use>,
}

/// What a body holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Content {
    /// A value, written in the syntax of its media type.
    Value(Value),
    /// A text as it is.
    Text(String),
}

/// A body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// The media type of the document by which it is written, as written there.
    pub declared: String,
    /// The media type that is said; none for that of `declared`, and an empty one for none at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// What it holds.
    pub content: Content,
    /// Places in it, by JSON pointer, whose values were taken from earlier exchanges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<(String, Use)>,
}

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Who {
    /// Whoever the credentials are of.
    #[default]
    Own,
    /// A second person, by name.
    Other(String),
    /// Nobody: no credentials are sent.
    Nobody,
    /// Somebody with credentials that are none.
    Wrong(Wrong),
}

/// A way in which credentials are wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Wrong {
    /// They were never given out.
    Invented,
    /// They are the right ones with a sign more.
    Longer,
    /// They are the beginning of the right ones.
    Shorter,
    /// There is nothing behind the name of the scheme.
    Empty,
    /// They stand behind the name of another scheme.
    OtherScheme,
}

/// What must become of a request, beyond an answer that the document declares.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Expect {
    /// Nothing more.
    #[default]
    Declared,
    /// It is what the document asks for, and must not be refused as if it were not. The pointer into the
    /// document is that of the keyword whose edge it is at.
    Accepted(Option<String>),
    /// It violates the document, and must be refused.
    Refused(Fault),
    /// The path does not have the method.
    NoMethod,
    /// The methods that the path has must be told.
    Methods,
    /// The body has a media type that the document does not declare.
    NoMediaType,
    /// The credentials are missing or wrong.
    Unauthorized,
    /// Somebody else asks for what belongs to the one who made it in this step.
    Hidden(usize),
    /// The answer to somebody else names nothing that an answer of this step named.
    HiddenIn(usize, Source),
    /// What it asks for was deleted in this step.
    Gone(usize),
    /// What it asks for was made in this step.
    There(usize),
    /// The answer has what was sent in these steps, the newest last, and for the rest what the first one
    /// answered.
    Reads(Vec<usize>),
    /// The answer lists what the answer of this step named; or lists it no more, since it was deleted in
    /// another step.
    Lists(usize, Source, Option<usize>),
    /// Nothing has changed since the answer of this step, whose `ETag` the request names.
    NotModified(usize),
    /// The request names an `ETag` that nothing has.
    Precondition,
    /// The answer has none of the items that this step answered.
    NextPage(usize),
}

/// A fault of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The part of the request.
    pub part: String,
    /// The pointer into the document to what is violated.
    pub schema: String,
    /// The fault, in a sentence.
    pub message: String,
    /// True if something that must be there is missing.
    pub is_missing: bool,
}

/// A request, and what must become of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The `operationId`; that of an operation on the same path where the method is none of the document.
    pub operation: String,
    /// The method, where it is another one than that of the operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Values of parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<Argument>,
    /// Its body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// Further headers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// Headers whose values are taken from earlier answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers_from: Vec<(String, Use)>,
    /// Who asks.
    #[serde(default)]
    pub who: Who,
    /// Steps that must come before, beyond those that values are taken from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<usize>,
    /// What must become of it.
    #[serde(default)]
    pub expect: Expect,
}

impl Case {
    /// Returns the value of a parameter.
    #[must_use]
    pub fn argument(&self, place: Place, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|own| own.place == place && own.name == name).map(|own| &own.value)
    }

    /// Returns the value of the body, where it is one.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        match &self.body.as_ref()?.content {
            Content::Value(value) => Some(value),
            Content::Text(_) => None,
        }
    }

    /// Sets the value of a parameter, which is no longer that of an earlier exchange.
    pub fn set(&mut self, place: Place, name: &str, value: Value) {
        let own = self.arguments.iter_mut().find(|own| own.place == place && own.name == name);
        match own {
            Some(own) => (own.value, own.from) = (value, None),
            None => self.arguments.push(Argument { place, name: name.to_owned(), value, from: None }),
        }
    }

    /// Takes a parameter out.
    pub fn unset(&mut self, place: Place, name: &str) {
        self.arguments.retain(|own| own.place != place || own.name != name);
    }

    /// Sets the value of the body.
    pub fn set_value(&mut self, value: Value) {
        if let Some(body) = &mut self.body {
            body.content = Content::Value(value);
        }
    }

    /// Returns whether every service can be asked for its values, if its document says nothing else.
    #[must_use]
    pub fn is_modest(&self) -> bool {
        self.arguments.iter().all(|own| is_modest(&own.value)) && self.value().is_none_or(is_modest)
    }

    /// Returns the steps that it rests on, in no order.
    pub fn rests_on(&self) -> impl Iterator<Item = usize> {
        let uses = self.arguments.iter().filter_map(|own| own.from.as_ref());
        let uses = uses.chain(self.body.iter().flat_map(|body| body.from.iter().map(|(_, own)| own)));
        let uses = uses.chain(self.headers_from.iter().map(|(_, own)| own));
        let expected: Vec<usize> = match &self.expect {
            Expect::Hidden(step)
            | Expect::HiddenIn(step, _)
            | Expect::Gone(step)
            | Expect::There(step)
            | Expect::NotModified(step)
            | Expect::NextPage(step) => vec![*step],
            Expect::Lists(step, _, deleted) => std::iter::once(*step).chain(*deleted).collect(),
            Expect::Reads(steps) => steps.clone(),
            _ => Vec::new(),
        };
        uses.map(|own| own.step).chain(self.after.iter().copied()).chain(expected)
    }

    /// Gives all steps other numbers.
    pub fn renumber(&mut self, number: &dyn Fn(usize) -> usize) {
        let uses = self.arguments.iter_mut().filter_map(|own| own.from.as_mut());
        let uses = uses.chain(self.body.iter_mut().flat_map(|body| body.from.iter_mut().map(|(_, own)| own)));
        let uses = uses.chain(self.headers_from.iter_mut().map(|(_, own)| own));
        uses.for_each(|own| own.step = number(own.step));
        self.after.iter_mut().for_each(|own| *own = number(*own));
        match &mut self.expect {
            Expect::Hidden(step)
            | Expect::HiddenIn(step, _)
            | Expect::Gone(step)
            | Expect::There(step)
            | Expect::NotModified(step)
            | Expect::NextPage(step) => *step = number(*step),
            Expect::Lists(step, _, deleted) => {
                *step = number(*step);
                deleted.iter_mut().for_each(|own| *own = number(*own));
            }
            Expect::Reads(steps) => steps.iter_mut().for_each(|own| *own = number(*own)),
            _ => {}
        }
    }
}

/// The largest whole number of which every reader of JSON knows each unit (RFC 8259, 6).
const SAFE: f64 = 9_007_199_254_740_991.0;

/// Returns whether every service can be asked for a value, if its document says nothing else: a service may
/// have limits of its own for what is without measure.
pub(crate) fn is_modest(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some_and(|own| own.abs() <= SAFE),
        Value::String(text) => !text.contains('\0'),
        Value::Array(items) => items.iter().all(is_modest),
        Value::Object(members) => members.values().all(is_modest),
        _ => true,
    }
}
