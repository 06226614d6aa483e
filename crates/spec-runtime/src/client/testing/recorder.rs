//! The transport that records: it passes requests on, and writes down what was sent and answered.
//!
//! Must not know what is secret: see `redact`.

use super::super::credentials::Secret;
use super::super::operation::CalledOperation;
use super::super::transport::{AttemptError, BoxFuture, Transport};
use super::exchange::{Answered, Asked, Exchange};
use super::redact::{Redaction, Secrets};
use super::{Broken, buffer, pass, put_together, take_apart, transport_by_send};
use reqwest::{Request, Response};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A transport that passes requests on to another one, and writes each of them with its answer into a file: a
/// *cassette*, which [`Replay`](super::Replay) plays.
///
/// Nothing secret reaches the file: no credential, wherever the document has it, no cookie, no header that is
/// marked as sensitive, and of a request for a token and its answer only what is known to be none. Other
/// secrets have to be told ([`with_secret`](Recorder::with_secret)).
///
/// Bodies are buffered, streams too. What is not answered, or breaks off, is not written down.
pub struct Recorder<T> {
    transport: T,
    path: PathBuf,
    state: Mutex<State>,
}

struct State {
    file: File,
    secrets: Secrets,
}

impl<T> Recorder<T> {
    /// Begins a cassette, in place of the file that may be there. Folders are made as they are needed.
    ///
    /// # Errors
    ///
    /// When the file can't be written.
    pub fn create(path: impl AsRef<Path>, transport: T) -> io::Result<Self> {
        let path = path.as_ref().to_owned();
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let state = State { file: File::create(&path)?, secrets: Secrets::default() };
        Ok(Recorder { transport, path, state: Mutex::new(state) })
    }

    /// Keeps a text out of the cassette, wherever it stands: in a URL, in a header, in a body.
    #[must_use]
    pub fn with_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.state.get_mut().unwrap_or_else(PoisonError::into_inner).secrets.add(secret.into());
        self
    }
}

impl<T: Transport> Recorder<T> {
    fn send(
        &self,
        operation: Option<CalledOperation>,
        mut request: Request,
    ) -> BoxFuture<'_, Result<Response, AttemptError>> {
        Box::pin(async move {
            let sent = buffer(&mut request).await?;
            let mut bare = Request::new(request.method().clone(), request.url().clone());
            bare.headers_mut().clone_from(request.headers());
            let response = pass(&self.transport, operation.as_ref(), request).await?;
            let url = response.url().clone();
            let (parts, body, broken) = take_apart(response).await;
            if broken.is_none() {
                let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                let State { file, secrets } = &mut *state;
                let redaction = Redaction::of(secrets, operation.as_ref(), &bare);
                let exchange = Exchange {
                    request: Asked::of(&redaction, &bare, &sent),
                    answer: Answered::of(&redaction, &parts, &body),
                };
                write(file, &exchange).map_err(|error| {
                    let path = self.path.display();
                    AttemptError::unusable(format!("the cassette {path} can't be written: {error}"))
                })?;
            }
            put_together(&parts, body, broken.map(Broken::from), url)
        })
    }
}

fn write(file: &mut File, exchange: &Exchange) -> io::Result<()> {
    let mut line = serde_json::to_vec(exchange)?;
    line.push(b'\n');
    file.write_all(&line)
}

transport_by_send!(Recorder<T>, T);

impl<T> fmt::Debug for Recorder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("path", &self.path).finish_non_exhaustive()
    }
}
