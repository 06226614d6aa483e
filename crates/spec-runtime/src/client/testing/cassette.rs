//! Cassettes: recorded where the environment says so, and else played.

use super::super::credentials::Secret;
use super::super::http_client::http_client;
use super::super::operation::CalledOperation;
use super::super::transport::{AttemptError, BoxFuture, Transport};
use super::recorder::Recorder;
use super::replay::Replay;
use reqwest::{Request, Response};
use std::env;
use std::io;
use std::path::Path;

/// The variable of the environment that says that cassettes are recorded anew.
const RECORD: &str = "RECORD";

/// A transport that plays a cassette; with `RECORD=1` in the environment it calls the server, and records the
/// cassette anew.
///
/// ```
/// use spec_runtime::client::testing::Cassette;
/// # use spec_runtime::client::Configure;
/// # fn f(client: impl Configure) -> std::io::Result<impl Configure> {
/// Ok(client.with_transport(Cassette::open("tests/cassettes/campaigns.jsonl")?))
/// # }
/// ```
#[derive(Debug)]
pub struct Cassette(Way);

#[derive(Debug)]
enum Way {
    Record(Box<Recorder<reqwest::Client>>),
    Replay(Box<Replay>),
}

impl Cassette {
    /// Opens a cassette: to play it, or with `RECORD=1` to record it.
    ///
    /// # Errors
    ///
    /// When it is to be played and there is none, or it can't be read; or when it is to be recorded and can't
    /// be written.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        if env::var_os(RECORD).is_some_and(|value| !value.is_empty() && value != "0") {
            let client = http_client().build().map_err(io::Error::other)?;
            return Ok(Cassette(Way::Record(Box::new(Recorder::create(path, client)?))));
        }
        let replay = Replay::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                let message = format!("there is no cassette {}: record it with {RECORD}=1", path.display());
                io::Error::new(io::ErrorKind::NotFound, message)
            }
            _ => error,
        });
        Ok(Cassette(Way::Replay(Box::new(replay?))))
    }

    /// Keeps a text out of the cassette, wherever it stands.
    #[must_use]
    pub fn with_secret(self, secret: impl Into<Secret>) -> Self {
        Cassette(match self.0 {
            Way::Record(recorder) => Way::Record(Box::new(recorder.with_secret(secret))),
            Way::Replay(replay) => Way::Replay(Box::new(replay.with_secret(secret))),
        })
    }

    /// Returns true if the server is called, and the cassette is recorded.
    pub fn is_recording(&self) -> bool {
        matches!(self.0, Way::Record(_))
    }
}

impl Transport for Cassette {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, AttemptError>> {
        match &self.0 {
            Way::Record(recorder) => recorder.call(request),
            Way::Replay(replay) => replay.call(request),
        }
    }

    fn call_operation(
        &self,
        operation: &CalledOperation,
        request: Request,
    ) -> BoxFuture<'_, Result<Response, AttemptError>> {
        match &self.0 {
            Way::Record(recorder) => recorder.call_operation(operation, request),
            Way::Replay(replay) => replay.call_operation(operation, request),
        }
    }
}
