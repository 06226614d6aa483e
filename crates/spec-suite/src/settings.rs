//! What a run is told: who asks, how much, and of what.

use spec_api::{Api, Operation};
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
    /// Makes one for a scheme of a document: that of the name in whatever case, or the only one of an
    /// authentication scheme of HTTP, such as `bearer` (RFC 9110, 11.1). Another name is kept, to be refused.
    pub(crate) fn known(api: &Api, scheme: String, value: String) -> Credential {
        let schemes = &api.security_schemes;
        let same = schemes.keys().find(|own| own.eq_ignore_ascii_case(&scheme));
        let is_word = |own: &&String| {
            let word = schemes.get(*own).and_then(|own| own.scheme.authorization());
            word.is_some_and(|word| word.eq_ignore_ascii_case(&scheme))
        };
        let mut of_word = schemes.keys().filter(is_word);
        let only = of_word.next().filter(|_| of_word.next().is_none());
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

impl Settings {
    /// Returns whether an operation is to be tested.
    pub(crate) fn is_chosen(&self, operation: &Operation) -> bool {
        let is_named = |name: &String| operation.id == *name || operation.tags.contains(name);
        self.only.is_empty() || self.only.iter().any(is_named)
    }

    /// Returns which of the security schemes that secrets are given for the document lacks, in a sentence.
    pub(crate) fn unknown_scheme(&self, api: &Api) -> Option<String> {
        let known = || api.security_schemes.keys().map(String::as_str);
        let all = self.credentials.iter().chain(self.identities.iter().map(|(_, own)| own));
        let wrong = &all.map(|own| &own.scheme).find(|own| !api.security_schemes.contains_key(*own))?;
        let advice = match spec_api::nearest(wrong, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known().next().is_none() => "it has none".to_owned(),
            None => format!("it has {}", known().collect::<Vec<_>>().join(", ")),
        };
        Some(format!("the document has no security scheme `{wrong}`; {advice}"))
    }

    /// Returns what of the settings means nothing, in a sentence.
    pub(crate) fn unusable(&self, api: &Api) -> Option<String> {
        if self.budget == 0 {
            return Some("a budget of 0 requests tests nothing: give at least 1".to_owned());
        }
        if self.workers == 0 {
            return Some("0 workers do nothing: give at least 1".to_owned());
        }
        let has = |name: &String| api.operations.iter().any(|own| own.id == *name || own.tags.contains(name));
        let Some(wrong) = self.only.iter().find(|name| !has(name)) else { return self.unknown_scheme(api) };
        let tags = api.operations.iter().flat_map(|own| &own.tags);
        let names = api.operations.iter().map(|own| &own.id).chain(tags).map(String::as_str);
        let near = spec_api::nearest(wrong, names).map(|near| format!(": did you mean `{near}`?"));
        Some(format!("the document has no operation and no tag `{wrong}`{}", near.unwrap_or_default()))
    }
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
