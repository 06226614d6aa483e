//! What a document says of how its operations are called, by extensions that others have introduced:
//! `x-speakeasy-retries`, `x-speakeasy-timeout` and `x-idempotent`.
//!
//! Must not know who calls, nor what else decides whether a call is repeated.

use std::time::Duration;

/// The words of a document on how an operation is called. What is absent is not said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calling {
    /// Whether and how it is tried again.
    pub retries: Option<Retries>,
    /// The longest time that a call takes.
    pub timeout: Option<Duration>,
    /// True if it may be repeated whatever its method is, false if it may not.
    pub idempotent: Option<bool>,
}

/// Whether and how an operation is tried again.
#[derive(Clone, Debug, PartialEq)]
pub enum Retries {
    /// It is not.
    Never,
    /// It is, with waits that grow.
    Backoff(Backoff),
}

/// Waits that grow from one to the next, and what is worth another attempt. What is absent is not said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Backoff {
    /// The first wait.
    pub first_wait: Option<Duration>,
    /// The longest wait.
    pub longest_wait: Option<Duration>,
    /// The time, from the beginning of a call, after which no attempt begins.
    pub within: Option<Duration>,
    /// The factor from one wait to the next.
    pub factor: Option<f64>,
    /// The statuses that are worth another attempt, as ranges with their ends.
    pub statuses: Option<Vec<(u16, u16)>>,
    /// True if what was not answered is worth another attempt.
    pub connection_errors: Option<bool>,
}
