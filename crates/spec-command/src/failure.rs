//! Why a command did not do what was asked for, and the exit code of each reason.
//!
//! Must not know which command it was.

use spec_runtime::client::Error;
use std::fmt;
use std::process::ExitCode;

/// The reason for a failure, by which its exit code is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The API answered with an error: exit code 1.
    Api,
    /// The command line, the settings or a file is wrong: exit code 2.
    Usage,
    /// Credentials are missing, or the server does not know them (401): exit code 3.
    Credentials,
    /// The server was not reached, or did not answer in time: exit code 4.
    Network,
}

impl Reason {
    /// Returns the exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Reason::Api => 1,
            Reason::Usage => 2,
            Reason::Credentials => 3,
            Reason::Network => 4,
        }
    }
}

/// Why a command failed, in words for the user.
#[derive(Clone, Debug)]
pub struct Failure {
    reason: Reason,
    message: String,
    /// The body of the answer, if the server answered.
    body: Option<Vec<u8>>,
}

impl Failure {
    pub(crate) fn new(reason: Reason, message: impl Into<String>) -> Self {
        Failure { reason, message: message.into(), body: None }
    }

    /// Makes the failure of a command line that can't be followed.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Self {
        Failure::new(Reason::Usage, message)
    }

    /// Makes the failure of a call.
    #[must_use]
    pub fn of_call<E: fmt::Debug>(error: &Error<E>) -> Self {
        let reason = match error {
            Error::InvalidRequest(_) => Reason::Usage,
            Error::MissingCredentials { .. } | Error::TokenRefused(_) => Reason::Credentials,
            Error::Communication(..) | Error::Timeout(..) => Reason::Network,
            // RFC 9110, 15.5.2: there are no valid credentials.
            _ if error.status().is_some_and(|status| status.as_u16() == 401) => Reason::Credentials,
            _ => Reason::Api,
        };
        let body = error.raw().map(|raw| raw.body.to_vec());
        Failure { reason, message: error.to_string(), body }
    }

    /// Returns the reason.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// Returns the body of the answer, if the server answered.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// Adds the body of the answer that is none of what was asked for.
    #[cfg(feature = "mcp")]
    pub(crate) fn with_body(mut self, body: &[u8]) -> Self {
        self.body = Some(body.to_vec());
        self
    }

    /// Adds what to do about it.
    pub(crate) fn help(mut self, text: &str) -> Self {
        self.message = format!("{}\nhelp: {text}", self.message);
        self
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.reason.code())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
