//! The guard: its settings, and what they say of one exchange.
//!
//! Must not know bodies, nor how answers look.

use crate::background::Background;
use crate::counters::Counters;
use crate::report::Sink;
use crate::sample::Sampler;
use http::{HeaderMap, HeaderName, Method, Uri};
use spec_contract::{Contract, Head, Part};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// The largest number of bytes of bodies that wait to be judged on a thread of its own.
const WAITING: usize = 64 * 1024 * 1024;

/// What a guard does with the messages of an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// They pass, and nobody looks at them.
    Off,
    /// They pass as they are, and what is wrong with them is told.
    #[default]
    Observe,
    /// Those that are wrong do not pass.
    Enforce,
}

/// The messages that a guard looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sides {
    /// Requests alone.
    Requests,
    /// Answers alone.
    Responses,
    /// Both.
    #[default]
    Both,
}

/// What becomes of requests to no operation of the document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Unknown {
    /// They pass, and are counted.
    #[default]
    Pass,
    /// They pass, and sinks are told of them.
    Report,
    /// They are answered with 404 or 405, where the guard enforces. Else they pass, and sinks are told of
    /// them.
    Refuse,
}

/// An operation that the document does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownOperation {
    id: String,
    known: Vec<String>,
}

impl fmt::Display for UnknownOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the document has no operation `{}`", self.id)?;
        match self.known.as_slice() {
            [] => f.write_str(", nor any other"),
            known => write!(f, "; it has {}", known.join(", ")),
        }
    }
}

impl std::error::Error for UnknownOperation {}

/// A layer that holds a service to its document. See the page of the crate.
#[derive(Clone)]
pub struct Guard(pub(crate) Arc<Settings>);

#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) contract: Contract,
    pub(crate) mode: Mode,
    pub(crate) modes: HashMap<String, Mode>,
    pub(crate) requests: bool,
    pub(crate) responses: bool,
    pub(crate) unknown: Unknown,
    pub(crate) body_limit: usize,
    pub(crate) messages: bool,
    pub(crate) header: Option<HeaderName>,
    pub(crate) sinks: Vec<Arc<dyn Sink>>,
    pub(crate) counters: Counters,
    pub(crate) background: Option<Arc<Background>>,
    pub(crate) sampler: Sampler,
    /// What may stand before the paths of the document, the longest first.
    prefixes: Vec<String>,
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("contract", &self.0.contract).finish_non_exhaustive()
    }
}

impl Guard {
    /// Makes a guard that observes all operations, and tells nobody but its counters.
    #[must_use]
    pub fn new(contract: Contract) -> Guard {
        let paths = contract.api().servers.iter().map(|server| path_of(&server.url));
        let mut prefixes: Vec<String> = paths.filter(|path| !path.is_empty()).map(str::to_owned).collect();
        prefixes.sort_by_key(|path| std::cmp::Reverse(path.len()));
        prefixes.dedup();
        Guard(Arc::new(Settings {
            contract,
            mode: Mode::Observe,
            modes: HashMap::new(),
            requests: true,
            responses: true,
            unknown: Unknown::Pass,
            body_limit: 1024 * 1024,
            messages: false,
            header: None,
            sinks: Vec::new(),
            counters: Counters::default(),
            background: None,
            sampler: Sampler::default(),
            prefixes,
        }))
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Guard {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Lets everything pass as it is, and tells a sink what is wrong: a closure, `Tracing`
    /// or `Metrics`.
    #[must_use]
    pub fn observe(self, sink: impl Sink) -> Guard {
        self.sink(sink).with(|settings| settings.mode = Mode::Observe)
    }

    /// Keeps bad requests from the service, and bad answers from callers.
    #[must_use]
    pub fn enforce(self) -> Guard {
        self.with(|settings| settings.mode = Mode::Enforce)
    }

    /// Tells one more sink what is wrong.
    #[must_use]
    pub fn sink(self, sink: impl Sink) -> Guard {
        self.with(|settings| settings.sinks.push(Arc::new(sink)))
    }

    /// Sets the mode of one operation, by its `operationId`, or by the id that [`Contract`] gives one
    /// without.
    ///
    /// # Errors
    ///
    /// When the document has no such operation.
    pub fn operation(self, id: &str, mode: Mode) -> Result<Guard, UnknownOperation> {
        let operations = &self.0.contract.api().operations;
        if !operations.iter().any(|operation| operation.id == id) {
            let known = operations.iter().map(|operation| operation.id.clone()).collect();
            return Err(UnknownOperation { id: id.to_owned(), known });
        }
        let own = (id.to_owned(), mode);
        Ok(self.with(|settings| settings.modes.extend([own])))
    }

    /// Sets the mode of all operations that have none of their own.
    #[must_use]
    pub fn mode(self, mode: Mode) -> Guard {
        self.with(|settings| settings.mode = mode)
    }

    /// Sets which messages are looked at.
    #[must_use]
    pub fn sides(self, sides: Sides) -> Guard {
        self.with(|settings| {
            settings.requests = sides != Sides::Responses;
            settings.responses = sides != Sides::Requests;
        })
    }

    /// Looks at a share of all exchanges only, from 0 to 1.
    #[must_use]
    pub fn sample(self, share: f64) -> Guard {
        self.with(|settings| settings.sampler.share(share))
    }

    /// Sets which exchanges are in the sample: the same seed chooses the same ones, by their number.
    #[must_use]
    pub fn seed(self, seed: u64) -> Guard {
        self.with(|settings| settings.sampler.seed(seed))
    }

    /// Sets the largest length of a body, or of an item of a stream, that is judged; 1 MiB unless it is set.
    /// Longer ones pass unjudged, and are counted.
    #[must_use]
    pub fn body_limit(self, bytes: usize) -> Guard {
        self.with(|settings| settings.body_limit = bytes)
    }

    /// Sets what becomes of requests to no operation of the document.
    #[must_use]
    pub fn unknown(self, unknown: Unknown) -> Guard {
        self.with(|settings| settings.unknown = unknown)
    }

    /// Tells sinks, and callers whose answer was refused, sentences that may repeat short values of bodies,
    /// paths and queries; never those of headers, cookies and credentials. It is for those who develop a
    /// service.
    #[must_use]
    pub fn messages(self, messages: bool) -> Guard {
        self.with(|settings| settings.messages = messages)
    }

    /// Tells callers in a header of the answer what is wrong, as a list in JSON of at most 8 KB. For that,
    /// answers that are observed wait until their body is there, save streams and what is longer than the
    /// limit.
    #[must_use]
    pub fn header(self, name: HeaderName) -> Guard {
        self.with(|settings| settings.header = Some(name))
    }

    /// Judges bodies that are observed on a thread of its own, so that no message waits for it. At most so
    /// many messages, and 64 MiB of bodies, wait for the thread; others pass unjudged, and are counted. Sinks
    /// are called there, a moment later. Streams are judged where they pass, and so is all that is enforced
    /// or told in a header.
    #[must_use]
    pub fn background(self, messages: usize) -> Guard {
        self.with(|settings| settings.background = Some(Arc::new(Background::new(messages, WAITING))))
    }

    /// Waits until all that has passed is judged: in a test, or before a program ends. Only where there is a
    /// [`Guard::background`] is there anything to wait for.
    pub fn flush(&self) {
        if let Some(background) = &self.0.background {
            background.flush();
        }
    }

    /// Returns the counters, which this guard and its clones share.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.0.counters.clone()
    }
}

impl Settings {
    /// Says whether nothing is ever looked at.
    pub(crate) fn is_idle(&self) -> bool {
        let modes = || self.modes.values().chain([&self.mode]);
        (!self.requests && !self.responses) || modes().all(|mode| *mode == Mode::Off)
    }

    pub(crate) fn mode_of(&self, operation: &str) -> Mode {
        self.modes.get(operation).copied().unwrap_or(self.mode)
    }

    /// Holds the head of a request against the document. Its path is one of the document, or stands below
    /// that of a server.
    pub(crate) fn head(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Head {
        let head = self.contract.request_head(method, uri, headers);
        if head.payload.is_some() || self.prefixes.is_empty() {
            return head;
        }
        let below = self.prefixes.iter().filter_map(|prefix| without(uri, prefix));
        let mut heads = below.map(|uri| self.contract.request_head(method, &uri, headers));
        let is_near = |head: &Head| {
            head.payload.is_some()
                || head.judgement.violations.iter().any(|violation| violation.part == Part::Method)
        };
        heads.find(is_near).unwrap_or(head)
    }

    /// Returns the methods that the document has for a path.
    pub(crate) fn allowed(&self, uri: &Uri) -> Vec<&'static str> {
        let all = [
            Method::GET,
            Method::PUT,
            Method::POST,
            Method::DELETE,
            Method::OPTIONS,
            Method::HEAD,
            Method::PATCH,
            Method::TRACE,
        ];
        let has = |method: &Method| self.head(method, uri, &HeaderMap::new()).payload.is_some();
        let methods = all.iter().filter(|method| has(method));
        methods.map(|method| spec_http::message::known_method(method.as_str())).collect()
    }
}

/// Returns the path of a server's URL, without a slash at its end.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    if path.starts_with('/') { path.trim_end_matches('/') } else { "" }
}

/// Returns a URI without what stands before its path.
fn without(uri: &Uri, prefix: &str) -> Option<Uri> {
    let rest = uri.path().strip_prefix(prefix)?;
    if !rest.starts_with('/') {
        return None;
    }
    let target = uri.query().map_or_else(|| rest.to_owned(), |query| format!("{rest}?{query}"));
    target.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{path_of, without};
    use http::Uri;

    #[test]
    fn paths_stand_below_those_of_servers() {
        let rows = [
            ("https://example.com/v1/", "/v1"),
            ("https://example.com", ""),
            ("/api?x#y", "/api"),
            ("/", ""),
            ("v1", ""),
        ];
        for (url, path) in rows {
            assert_eq!(path_of(url), path, "{url}");
        }
        let below = |uri: &'static str| without(&Uri::from_static(uri), "/v1").map(|uri| uri.to_string());
        assert_eq!(below("/v1/pets?a=1"), Some("/pets?a=1".to_owned()));
        assert_eq!(below("http://h/v1/pets"), Some("/pets".to_owned()));
        assert_eq!((below("/v10/pets"), below("/v1"), below("/pets")), (None, None, None));
    }
}
