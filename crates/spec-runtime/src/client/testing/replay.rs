//! The transport that plays a cassette: it answers as it was answered, and sends nothing.

use super::super::operation::CalledOperation;
use super::super::transport::{AttemptError, BoxFuture};
use super::exchange::{Asked, Exchange};
use super::redact::{Redaction, Secrets};
use super::{buffer, put_together, transport_by_send};
use crate::client::Secret;
use reqwest::{Request, Response};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How many requests a message names.
const NAMED: usize = 10;

/// A transport that answers from a cassette, and sends nothing.
///
/// A request has the first answer that is left of those to requests with its method, path template, path,
/// query and body. The server may be another one, headers may be others. Where there is none left, the call
/// ends with an error that says what was asked and what is left.
pub struct Replay {
    path: PathBuf,
    state: Mutex<State>,
}

struct State {
    /// The exchanges that are left.
    left: Vec<Exchange>,
    secrets: Secrets,
}

impl Replay {
    /// Opens a cassette.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or a line of it is no exchange.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref().to_owned();
        let text = fs::read_to_string(&path)?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let left = lines.map(|(index, line)| {
            serde_json::from_str(line).map_err(|error| {
                let message = format!("line {} of {} is no exchange: {error}", index + 1, path.display());
                io::Error::new(io::ErrorKind::InvalidData, message)
            })
        });
        let left = left.collect::<io::Result<Vec<Exchange>>>()?;
        Ok(Replay { path, state: Mutex::new(State { left, secrets: Secrets::default() }) })
    }

    /// Says which text the recorder was told to keep out of the cassette, so that requests with it are found.
    #[must_use]
    pub fn with_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.state.get_mut().unwrap_or_else(PoisonError::into_inner).secrets.add(secret.into());
        self
    }

    /// Returns the number of exchanges that are left: 0 when everything that was recorded was asked for.
    pub fn left(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).left.len()
    }

    /// Takes the exchange that answers a request.
    fn take(
        &self,
        operation: Option<&CalledOperation>,
        request: &Request,
        body: &[u8],
    ) -> Result<Exchange, AttemptError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { left, secrets } = &mut *state;
        let asked = Asked::of(&Redaction::of(secrets, operation, request), request, body);
        let found = left.iter().position(|exchange| exchange.request.is_like(&asked));
        let Some(index) = found else {
            let path = self.path.display();
            let mut message = format!("the cassette {path} has no answer to {asked}; it has ");
            let names: Vec<String> =
                left.iter().take(NAMED).map(|exchange| exchange.request.to_string()).collect();
            match left.len() {
                0 => message += "none left",
                more if more > NAMED => message += &format!("{more} left, first {}", names.join(", ")),
                _ => message += &format!("left: {}", names.join(", ")),
            }
            return Err(AttemptError::refused(message));
        };
        Ok(left.remove(index))
    }

    fn send(
        &self,
        operation: Option<CalledOperation>,
        mut request: Request,
    ) -> BoxFuture<'_, Result<Response, AttemptError>> {
        Box::pin(async move {
            let body = buffer(&mut request).await?;
            let exchange = self.take(operation.as_ref(), &request, &body)?;
            let (parts, body) = exchange.answer.parts().map_err(|message| {
                let path = self.path.display();
                AttemptError::refused(format!("the cassette {path} has no answer in {exchange:?}: {message}"))
            })?;
            put_together(&parts, body, None, request.url().clone())
        })
    }
}

transport_by_send!(Replay);

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay").field("path", &self.path).finish_non_exhaustive()
    }
}
