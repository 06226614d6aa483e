//! What a run is told: who asks, how much, and of what.

use spec_api::Api;
use std::fmt;
use std::time::Duration;

/// A secret for a security scheme. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credential {
    pub(crate) scheme: String,
    pub(crate) value: String,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

impl Credential {
    /// Makes one for a scheme of a document. A scheme that it does not have means the one whose name differs
    /// in case alone, or the only one that there is.
    pub(crate) fn known(api: &Api, scheme: String, value: String) -> Credential {
        let schemes = &api.security_schemes;
        let same = schemes.keys().find(|own| own.eq_ignore_ascii_case(&scheme));
        let only = schemes.keys().next().filter(|_| schemes.len() == 1);
        let scheme = match schemes.contains_key(&scheme) {
            true => scheme,
            false => same.or(only).cloned().unwrap_or(scheme),
        };
        Credential { scheme, value }
    }
}

/// Settings of a run.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) credentials: Vec<Credential>,
    /// Credentials of second persons, by name.
    pub(crate) identities: Vec<(String, Credential)>,
    pub(crate) seed: u64,
    pub(crate) budget: usize,
    pub(crate) workers: usize,
    /// Requests in a second; none for no limit.
    pub(crate) rate: Option<f64>,
    /// Ids of operations, or tags; empty for all.
    pub(crate) only: Vec<String>,
    pub(crate) max_response_time: Option<Duration>,
    pub(crate) timeout: Duration,
    /// Where the service is; none for one in this process.
    pub(crate) url: Option<String>,
    /// Stop at the first finding.
    pub(crate) fail_fast: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            credentials: Vec::new(),
            identities: Vec::new(),
            seed: 1,
            budget: 2_000,
            workers: 1,
            rate: None,
            only: Vec::new(),
            max_response_time: None,
            timeout: Duration::from_secs(10),
            url: None,
            fail_fast: false,
        }
    }
}
