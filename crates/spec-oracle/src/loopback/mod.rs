//! Generated clients against generated servers on loopback, judged by the document.
//!
//! [`glue`](crate::glue) writes a [`Document`] for what is generated; a [`Run`] makes values of the document,
//! has the client send them and the server answer them, and holds what went over the wire against the
//! document, and what arrived against what was sent. Must not know any particular API, nor how code is
//! generated.

mod carried;
mod comparison;
mod failures;
mod hostile;
mod judge;
mod rounds;
mod stage;
mod values;
mod walk;

pub use axum;
pub use judge::{Report, Run};
pub use reqwest;
pub use spec_api::Status;
pub use stage::{Call, Stage};
pub use walk::Walk;

use futures_util::TryStreamExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use spec_runtime::server::RoutedOperation;
use spec_runtime::stream::{ByteStream, Events, JsonLines};
use std::pin::Pin;
use std::sync::Arc;

/// The generated crates of a document.
#[derive(Clone, Copy)]
pub struct Document {
    /// Its name.
    pub name: &'static str,
    /// Its operations, in the order of the document.
    pub operations: &'static [Operation],
    /// A client for a server at an URL, with credentials.
    pub connect: fn(&str, reqwest::Client) -> Box<dyn Caller>,
    /// The routes of a server that answers what the stage tells it.
    pub router: fn(Stage) -> axum::Router,
    /// The operations of these routes.
    pub routed: fn() -> &'static [RoutedOperation],
}

/// An operation, as far as its document does not say it.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Its `operationId`.
    pub id: &'static str,
    /// The media types of the bodies that its client can send.
    pub bodies: &'static [&'static str],
    /// The answers that its server can give.
    pub answers: &'static [Answer],
}

/// One answer.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// True if the client returns it as an error.
    pub is_error: bool,
    /// For which status it stands.
    pub status: Status,
    /// The name of its variant.
    pub variant: &'static str,
    /// The number of its body, of several for its status.
    pub form: usize,
    /// Its body.
    pub content: Content,
    /// The headers that the document declares.
    pub headers: &'static [&'static str],
}

/// The body of an answer, by media type.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the syntax of its name")]
pub enum Content {
    Empty,
    Json(&'static str),
    Text(&'static str),
    Bytes(&'static str),
    /// Events whose data is text.
    Texts(&'static str),
    /// Pieces of JSON: events or lines.
    Items(&'static str),
}

/// A request that is on its way.
pub type Asking = Pin<Box<dyn Future<Output = Result<Returned, String>> + Send>>;

/// A generated client.
pub trait Caller: Send + Sync {
    /// Sends what is given to the operation of this index.
    fn call(&self, operation: usize, given: Given) -> Asking;
}

/// The arguments of a call. Values are JSON; bytes are a text, each character of it a byte.
#[derive(Clone, Debug)]
pub struct Given(Arc<Values>);

/// Parameters in the order of the document, and the body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    /// Parameters; none where one is left out.
    pub parameters: Vec<Option<Value>>,
    /// The number of the form that the body has.
    pub form: usize,
    /// The body.
    pub body: Option<Value>,
}

impl Given {
    /// These values.
    #[must_use]
    pub fn new(values: Values) -> Self {
        Given(Arc::new(values))
    }

    /// A parameter, as its type.
    ///
    /// # Errors
    ///
    /// That its type does not take it.
    pub fn parameter<T: DeserializeOwned>(&self, index: usize) -> Result<Option<T>, String> {
        let value = self.0.parameters.get(index).and_then(Option::as_ref);
        value
            .map(|value| {
                decoded(value)
                    .map_err(|error| format!("the parameter number {index} is not taken: {value}: {error}"))
            })
            .transpose()
    }

    /// The number of the form that the body has.
    #[must_use]
    pub fn form(&self) -> usize {
        self.0.form
    }

    /// The body, as its type.
    ///
    /// # Errors
    ///
    /// That its type does not take it.
    pub fn body<T: DeserializeOwned>(&self) -> Result<Option<T>, String> {
        let value = self.0.body.as_ref();
        value
            .map(|value| decoded_body(value).map_err(|error| format!("the body is not taken: {error}")))
            .transpose()
    }

    /// The body as lines.
    ///
    /// # Errors
    ///
    /// That their type does not take what they hold.
    pub fn lines<T: DeserializeOwned + Send + 'static>(&self) -> Result<Option<JsonLines<T>>, String> {
        Ok(self.body::<Vec<T>>()?.map(JsonLines::from))
    }

    /// The body as bytes.
    #[must_use]
    pub fn bytes<B: From<Vec<u8>>>(&self) -> Option<B> {
        self.0.body.as_ref().map(|body| bytes_of(body).into())
    }
}

fn decoded<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    spec_runtime::from_slice(value.to_string().as_bytes()).map_err(|error| error.to_string())
}

/// The value of a body: of a number or a boolean, itself or its text, whichever the type takes.
fn decoded_body<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    let otherwise = |error| match value {
        Value::Number(_) | Value::Bool(_) => decoded(&value.to_string().into()).map_err(|_| error),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(own @ (Value::Number(_) | Value::Bool(_))) => decoded(&own).map_err(|_| error),
            _ => Err(error),
        },
        _ => Err(error),
    };
    decoded(value).or_else(otherwise)
}

/// Returns true if a value is what came back of it, where it may be the text of a number or a boolean.
fn is_its_text(sent: &Value, back: &Value) -> bool {
    matches!(sent, Value::Number(_) | Value::Bool(_)) && back.as_str() == Some(sent.to_string().as_str())
}

/// The answer that a client returned.
#[derive(Clone, Debug, PartialEq)]
pub struct Returned {
    is_error: bool,
    status: u16,
    /// The variant of its enumeration, where there is one.
    variant: Option<&'static str>,
    /// The number of the body, of several.
    form: usize,
    headers: Vec<Value>,
    body: Option<Value>,
}

impl Returned {
    /// An answer of this status, on one side of success.
    #[must_use]
    pub fn new(is_error: bool, status: u16) -> Self {
        Returned { is_error, status, variant: None, form: 0, headers: Vec::new(), body: None }
    }

    /// Says which variant it is.
    #[must_use]
    pub fn variant(mut self, name: &'static str) -> Self {
        self.variant = Some(name);
        self
    }

    /// Says which of several bodies it has.
    #[must_use]
    pub fn form(mut self, form: usize) -> Self {
        self.form = form;
        self
    }

    /// Adds the next header; null where it is absent.
    ///
    /// # Errors
    ///
    /// That its value can't be written.
    pub fn header(mut self, value: &impl Serialize) -> Result<Self, String> {
        let value =
            serde_json::to_value(value).map_err(|error| format!("a header can't be written: {error}"))?;
        self.headers.push(value);
        Ok(self)
    }

    /// Says that it has no body.
    ///
    /// # Errors
    ///
    /// None; it is called like its siblings.
    pub fn with_nothing(self, (): ()) -> Result<Self, String> {
        Ok(self)
    }

    /// Adds a model.
    ///
    /// # Errors
    ///
    /// That the model can't be written.
    pub fn with_json(mut self, body: &impl Serialize) -> Result<Self, String> {
        let body = serde_json::to_value(body)
            .map_err(|error| format!("what the client returned can't be written: {error}"))?;
        self.body = Some(body);
        Ok(self)
    }

    /// Adds a text.
    ///
    /// # Errors
    ///
    /// None; it is called like its siblings.
    pub fn with_text(mut self, body: String) -> Result<Self, String> {
        self.body = Some(Value::String(body));
        Ok(self)
    }

    /// Adds bytes as they come.
    ///
    /// # Errors
    ///
    /// That they do not come to an end.
    pub async fn with_stream(self, body: ByteStream) -> Result<Self, String> {
        let bytes = body.collect().await.map_err(|error| format!("the stream breaks off: {error}"))?;
        self.with_bytes(&bytes)
    }

    /// Adds what events hold.
    ///
    /// # Errors
    ///
    /// That they do not come to an end, or can't be decoded.
    pub async fn with_events<T: Serialize + Unpin>(self, body: Events<T>) -> Result<Self, String> {
        let data: Result<Vec<T>, _> = body.map_ok(|event| event.data).try_collect().await;
        self.with_json(&data.map_err(|error| format!("the events break off: {error}"))?)
    }

    /// Adds what stands in lines.
    ///
    /// # Errors
    ///
    /// That they do not come to an end, or can't be decoded.
    pub async fn with_lines<T: Serialize + Unpin>(self, body: JsonLines<T>) -> Result<Self, String> {
        let items: Result<Vec<T>, _> = body.try_collect().await;
        self.with_json(&items.map_err(|error| format!("the lines break off: {error}"))?)
    }

    /// Adds bytes.
    ///
    /// # Errors
    ///
    /// None; it is called like its siblings.
    pub fn with_bytes(mut self, body: &[u8]) -> Result<Self, String> {
        self.body = Some(of_bytes(body));
        Ok(self)
    }
}

/// Bytes as JSON: a text, each character of it a byte.
fn of_bytes(bytes: &[u8]) -> Value {
    bytes.iter().copied().map(char::from).collect::<String>().into()
}

/// The bytes of such a text.
fn bytes_of(value: &Value) -> Vec<u8> {
    value
        .as_str()
        .unwrap_or_default()
        .chars()
        .map(|character| u8::try_from(character).unwrap_or(b'?'))
        .collect()
}
