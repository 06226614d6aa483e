//! What a server is told to answer, what arrived at it, and what went over the wire.
//!
//! Knows HTTP as `axum` has it. Must not know what is right.

use super::{Values, bytes_of, of_bytes};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::TryStreamExt;
use http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use spec_runtime::server::Failure;
use spec_runtime::stream::{ByteStream, Event, Events, JsonLines};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The answer that a server is told to give.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) operation: usize,
    pub(super) variant: &'static str,
    /// The number of the body, of several.
    pub(super) form: usize,
    pub(super) status: u16,
    /// Headers in the order of the document.
    pub(super) headers: Vec<Option<Value>>,
    /// JSON; bytes are a text, each character of it a byte.
    pub(super) body: Option<Value>,
}

/// All that happened while one request was on its way.
#[derive(Debug, Default)]
pub(super) struct Scene {
    prepared: Option<Prepared>,
    /// The methods that were called: operations, and what arrived.
    pub(super) calls: Vec<(usize, Values)>,
    /// The messages that were caught.
    pub(super) exchanges: Vec<(http::Request<Bytes>, http::Response<Bytes>)>,
    /// Complaints: of what could not be done, or panicked.
    pub(super) complaints: Vec<String>,
}

/// Stands between a run and its server.
#[derive(Clone, Debug, Default)]
pub struct Stage(Arc<Mutex<Scene>>);

impl Stage {
    fn scene(&self) -> MutexGuard<'_, Scene> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins anew, with an answer that the server is to give.
    pub(super) fn prepare(&self, prepared: Prepared) {
        *self.scene() = Scene { prepared: Some(prepared), ..Scene::default() };
    }

    /// Takes what happened since.
    pub(super) fn take(&self) -> Scene {
        std::mem::take(&mut self.scene())
    }

    /// The method of an operation is called.
    #[must_use]
    pub fn called(&self, operation: usize) -> Call {
        let prepared = self.scene().prepared.clone().filter(|prepared| prepared.operation == operation);
        Call { stage: self.clone(), operation, prepared, arrived: Values::default() }
    }

    /// The routes, and around them what catches everything that goes over the wire.
    pub(super) fn around(&self, routes: axum::Router) -> axum::Router {
        routes.layer(from_fn_with_state(self.clone(), catch))
    }
}

async fn catch(State(stage): State<Stage>, request: Request, next: Next) -> Response {
    let unreadable = |what: &str, error: axum::Error| {
        stage.scene().complaints.push(format!("{what} can't be read: {error}"));
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    };
    let (parts, body) = request.into_parts();
    let body = match to_bytes(body, usize::MAX).await {
        Ok(body) => body,
        Err(error) => return unreadable("the request", error),
    };
    let request = http::Request::from_parts(parts.clone(), body.clone());
    // In a task of its own, so that a panic is an error.
    let answer = match tokio::spawn(next.run(Request::from_parts(parts, Body::from(body)))).await {
        Ok(answer) => answer,
        Err(error) => {
            stage
                .scene()
                .complaints
                .push(format!("the server panicked: {}", super::judge::panic_text(error)));
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    };
    let (parts, body) = answer.into_parts();
    let body = match to_bytes(body, usize::MAX).await {
        Ok(body) => body,
        Err(error) => return unreadable("the answer", error),
    };
    stage.scene().exchanges.push((request, http::Response::from_parts(parts.clone(), body.clone())));
    Response::from_parts(parts, Body::from(body))
}

/// A method of a server that is being called.
#[derive(Debug)]
pub struct Call {
    stage: Stage,
    operation: usize,
    prepared: Option<Prepared>,
    arrived: Values,
}

impl Call {
    /// The next parameter that arrived.
    pub fn parameter(&mut self, value: &impl Serialize) {
        let value = self.json_of("a parameter", value);
        self.arrived.parameters.push(value.filter(|value| !value.is_null()));
    }

    /// The body that arrived, in one of its forms.
    pub fn body(&mut self, form: usize, body: &impl Serialize) {
        self.arrived.form = form;
        self.arrived.body = self.json_of("the body", body);
    }

    /// The bytes that arrived, in one of the body's forms.
    pub async fn bytes_body(&mut self, form: usize, body: ByteStream) {
        self.arrived.form = form;
        match body.collect().await {
            Ok(body) => self.arrived.body = Some(of_bytes(&body)),
            Err(error) => {
                self.stage.scene().complaints.push(format!("the body that arrived breaks off: {error}"))
            }
        }
    }

    /// The lines that arrived, in one of the body's forms.
    pub async fn lines_body<T: Serialize + Unpin>(&mut self, form: usize, body: JsonLines<T>) {
        self.arrived.form = form;
        let items: Result<Vec<T>, _> = body.try_collect().await;
        match items {
            Ok(items) => self.arrived.body = self.json_of("the body", &items),
            Err(error) => {
                self.stage.scene().complaints.push(format!("the lines that arrived break off: {error}"))
            }
        }
    }

    fn json_of(&self, what: &str, value: &impl Serialize) -> Option<Value> {
        match serde_json::to_value(value) {
            Ok(value) => Some(value),
            Err(error) => {
                self.stage
                    .scene()
                    .complaints
                    .push(format!("{what} that arrived can't be written as JSON: {error}"));
                None
            }
        }
    }

    /// The variant that is to be answered. Everything has arrived.
    ///
    /// # Errors
    ///
    /// That nothing is prepared for this operation.
    pub fn variant(&mut self) -> Result<&'static str, Failure> {
        self.stage.scene().calls.push((self.operation, std::mem::take(&mut self.arrived)));
        let prepared = self.prepared.as_ref().map(|prepared| prepared.variant);
        prepared.ok_or_else(|| {
            Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "nothing is prepared for this operation")
        })
    }

    /// The status that is to be answered.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        let status = self.prepared.as_ref().and_then(|prepared| StatusCode::from_u16(prepared.status).ok());
        status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Returns the number of the body to answer with, of several.
    #[must_use]
    pub fn form(&self) -> usize {
        self.prepared.as_ref().map_or(0, |prepared| prepared.form)
    }

    /// A header that is to be answered, as its type; none where it is left out.
    ///
    /// # Errors
    ///
    /// That its type does not take it.
    pub fn header<T: DeserializeOwned>(&self, index: usize) -> Result<Option<T>, Failure> {
        let value =
            self.prepared.as_ref().and_then(|prepared| prepared.headers.get(index)).and_then(Option::as_ref);
        let decoded = value.map(|value| super::decoded(value)).transpose();
        decoded.map_err(|error| self.fail(format!("the header number {index} is not taken: {error}")))
    }

    /// Why an answer can't be given that must have a header.
    #[must_use]
    pub fn lacks(&self, index: usize) -> Failure {
        self.fail(format!("nothing is prepared for the header {index}"))
    }

    fn fail(&self, complaint: String) -> Failure {
        self.stage.scene().complaints.push(complaint.clone());
        Failure::new(StatusCode::INTERNAL_SERVER_ERROR, complaint)
    }

    fn prepared_body(&self) -> Value {
        self.prepared.as_ref().and_then(|prepared| prepared.body.clone()).unwrap_or_default()
    }

    /// The body that is to be answered, as its type.
    ///
    /// # Errors
    ///
    /// That its type does not take it.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let decoded = super::decoded_body(&self.prepared_body());
        decoded.map_err(|error| self.fail(format!("the server's type does not take the answer: {error}")))
    }

    /// The text that is to be answered.
    #[must_use]
    pub fn text(&self) -> String {
        spec_http::style::scalar_text(&self.prepared_body()).unwrap_or_default()
    }

    /// The bytes that are to be answered.
    #[must_use]
    pub fn bytes<B: From<Vec<u8>>>(&self) -> B {
        bytes_of(&self.prepared_body()).into()
    }

    /// The events that are to be answered.
    ///
    /// # Errors
    ///
    /// That their type does not take what they hold.
    pub fn events<T: DeserializeOwned + Send + Sync + 'static>(&self) -> Result<Events<T>, Failure> {
        let data: Vec<T> = self.json()?;
        Ok(Events::new(futures_util::stream::iter(data.into_iter().map(Event::new))))
    }

    /// The lines that are to be answered.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn lines<T: DeserializeOwned + Send + Sync + 'static>(&self) -> Result<JsonLines<T>, Failure> {
        self.json::<Vec<T>>().map(JsonLines::from)
    }

    /// Why a variant can't be answered that the server does not have.
    #[must_use]
    pub fn unknown(&self, variant: &str) -> Failure {
        self.fail(format!("the server has no answer {variant}"))
    }
}
