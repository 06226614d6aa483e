//! Operations, as far as calls of them depend on the document.
//!
//! Must not know how requests are built or sent.

use super::retry::Retry;
use crate::security::SecurityScheme;
use std::time::Duration;

/// An operation of the document, as far as its calls depend on it.
#[derive(Clone, Copy, Debug)]
pub struct CalledOperation {
    id: &'static str,
    path: &'static str,
    pub(crate) security: &'static [&'static [SecurityScheme]],
    pub(crate) redirections: &'static [u16],
    pub(crate) streams: bool,
    pub(crate) idempotency_header: Option<&'static str>,
    pub(crate) is_idempotent: Option<bool>,
    pub(crate) retry: Option<Retry>,
    pub(crate) timeout: Option<Duration>,
}

impl CalledOperation {
    /// Makes an operation from its `operationId` and its path template.
    #[must_use]
    pub const fn new(id: &'static str, path: &'static str) -> Self {
        CalledOperation {
            id,
            path,
            security: &[],
            redirections: &[],
            streams: false,
            idempotency_header: None,
            is_idempotent: None,
            retry: None,
            timeout: None,
        }
    }

    /// Sets its security requirements: alternatives, each with the schemes that it asks for together.
    #[must_use]
    pub const fn security(mut self, alternatives: &'static [&'static [SecurityScheme]]) -> Self {
        self.security = alternatives;
        self
    }

    /// Sets the statuses of redirections that are answers of the operation, and are not followed.
    #[must_use]
    pub const fn redirections(mut self, statuses: &'static [u16]) -> Self {
        self.redirections = statuses;
        self
    }

    /// Says that bodies of success come as streams, and are not buffered.
    #[must_use]
    pub const fn streams(mut self) -> Self {
        self.streams = true;
        self
    }

    /// Sets the header in which the operation takes a key that makes it idempotent.
    #[must_use]
    pub const fn idempotency_header(mut self, name: &'static str) -> Self {
        self.idempotency_header = Some(name);
        self
    }

    /// Says whether the operation may be repeated, whatever its method is.
    #[must_use]
    pub const fn idempotent(mut self, is_idempotent: bool) -> Self {
        self.is_idempotent = Some(is_idempotent);
        self
    }

    /// Sets what the document says of retries.
    #[must_use]
    pub const fn retry(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    /// Sets the longest time that a call takes altogether, as the document says it.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Returns its `operationId`.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Returns its path template.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }
}
