//! Options of a client and of single calls: one type for both, of which the call's own wins.
//!
//! Knows what can be set. Must not know what becomes of it.

use super::credentials::Secret;
use super::interceptor::{Attempt, Interceptor, Next};
use super::retry::{Budget, Retry};
#[cfg(feature = "opentelemetry")]
use super::trace::Durations;
use super::trace::Observer;
use super::transport::{AttemptError, BoxFuture, Transport};
use http::header::{HeaderName, HeaderValue};
use http::{Extensions, HeaderMap};
use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The longest wait for the head of an answer, from the last byte of the request.
pub(super) const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// The longest wait from one piece of a body to the next.
pub(super) const STALL_TIMEOUT: Duration = Duration::from_secs(30);

/// The largest body that is buffered, in bytes.
pub(super) const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// Options of a client, or of one call: see [`Configure`] and [`Call`](super::Call) for what can be set.
#[derive(Clone, Default)]
pub struct Options {
    /// Most calls have none of their own.
    own: Option<Box<Own>>,
    /// Of a client, and shared by its clones.
    shared: Option<Arc<Shared>>,
}

/// The parts that a client and its clones share.
#[derive(Default)]
struct Shared {
    /// The retries that are left.
    budget: Budget,
    /// Where the durations of requests go.
    #[cfg(feature = "opentelemetry")]
    durations: Durations,
}

/// A time that nobody has set, or one, or none for ever.
type Timeout = Option<Option<Duration>>;

#[derive(Clone, Default)]
struct Own {
    timeout: Timeout,
    head_timeout: Timeout,
    stall_timeout: Timeout,
    retry: Option<Retry>,
    attempts: Option<u32>,
    body_limit: Option<usize>,
    headers: HeaderMap,
    query: Vec<(String, String)>,
    /// The message of a header that could not be made.
    invalid: Option<String>,
    interceptors: Vec<Arc<dyn Interceptor>>,
    transport: Option<Arc<dyn Transport>>,
    extensions: Extensions,
    /// The headers that spans show.
    #[cfg(feature = "tracing")]
    traced_headers: Vec<HeaderName>,
    base_url: Option<String>,
    credential: Option<Secret>,
    idempotency_key: Option<String>,
    is_idempotent: Option<bool>,
}

impl Options {
    /// Makes the options of a client, which has a budget of retries for itself and its clones.
    #[must_use]
    pub fn of_client() -> Self {
        Options { own: None, shared: Some(Arc::default()) }
    }

    fn own(&mut self) -> &mut Own {
        self.own.get_or_insert_default()
    }

    /// Returns the base URL of the call, if it has one of its own.
    #[must_use]
    pub fn base_url<'u>(&'u self, of_client: &'u str) -> &'u str {
        self.own.as_ref().and_then(|own| own.base_url.as_deref()).unwrap_or(of_client)
    }

    pub(super) fn set_base_url(&mut self, base_url: &str) {
        self.own().base_url = Some(base_url.trim_end_matches('/').to_owned());
    }

    pub(super) fn set_credential(&mut self, secret: Secret) {
        self.own().credential = Some(secret);
    }

    pub(super) fn set_idempotency_key(&mut self, key: String) {
        self.own().idempotency_key = Some(key);
    }

    pub(super) fn set_idempotent(&mut self, is_idempotent: bool) {
        self.own().is_idempotent = Some(is_idempotent);
    }
}

/// A header's name or value, or anything else that may turn out to be none.
fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let unusable = || format!("`{name}` can't be sent as a header with the value that it was given");
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable())?;
    let mut value = HeaderValue::from_str(value).map_err(|_| unusable())?;
    // Whether it is secret is not known; it does no harm not to show it, and not to take it elsewhere.
    value.set_sensitive(true);
    Ok((name, value))
}

/// The options of a client, for all its calls, and of a call, for itself. The call's own wins over the
/// client's, and that over what the document says.
pub trait Configure: Sized {
    /// Returns the options themselves.
    fn options_mut(&mut self) -> &mut Options;

    /// Sets the longest time that a call takes altogether: attempts, waits, and a body that is buffered.
    /// Nobody limits it by default.
    #[must_use]
    fn with_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.options_mut().own().timeout = Some(timeout.into());
        self
    }

    /// Sets the longest wait for the head of an answer, from the last byte of the request on, for each
    /// attempt: a minute by default.
    #[must_use]
    fn with_head_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.options_mut().own().head_timeout = Some(timeout.into());
        self
    }

    /// Sets the longest wait from one piece of a body to the next, in both directions: half a minute by
    /// default. Between the end of the request and the head of the answer it does not hold, nor by default
    /// between events or lines, which come when they come.
    #[must_use]
    fn with_stall_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.options_mut().own().stall_timeout = Some(timeout.into());
        self
    }

    /// Sets the rules by which calls are tried again.
    #[must_use]
    fn with_retry(mut self, retry: Retry) -> Self {
        self.options_mut().own().retry = Some(retry);
        self
    }

    /// Sets how often a call is tried at most, the first time included.
    #[must_use]
    fn with_attempts(mut self, attempts: u32) -> Self {
        self.options_mut().own().attempts = Some(attempts);
        self
    }

    /// Sets the largest body that is buffered, in bytes: 64 MiB by default. A larger one is not read to its
    /// end.
    #[must_use]
    fn with_body_limit(mut self, bytes: usize) -> Self {
        self.options_mut().own().body_limit = Some(bytes);
        self
    }

    /// Sets a header, in place of any other of its name. It is taken for a secret: no message shows it, and
    /// no server of another origin sees it.
    #[must_use]
    fn with_header(mut self, name: &str, value: &str) -> Self {
        let own = self.options_mut().own();
        match header(name, value) {
            Ok((name, value)) => drop(own.headers.insert(name, value)),
            Err(message) => own.invalid = Some(message),
        }
        self
    }

    /// Adds a parameter to the query.
    #[must_use]
    fn with_query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options_mut().own().query.push((name.into(), value.into()));
        self
    }

    /// Adds an interceptor. The first that is added is the outermost, those of the client are outside those
    /// of the call.
    #[must_use]
    fn with_interceptor(mut self, interceptor: impl Interceptor + 'static) -> Self {
        self.options_mut().own().interceptors.push(Arc::new(interceptor));
        self
    }

    /// Adds a function as an interceptor.
    ///
    /// ```
    /// # use spec_runtime::client::{Configure, Options};
    /// # fn f(client: impl Configure) -> impl Configure {
    /// client.with_interceptor_fn(|mut attempt, next| {
    ///     let number = attempt.number.into();
    ///     attempt.request.headers_mut().insert("x-attempt", number);
    ///     next.call(attempt)
    /// })
    /// # }
    /// ```
    #[must_use]
    fn with_interceptor_fn<F>(self, function: F) -> Self
    where
        F: for<'a> Fn(Attempt<'a>, Next<'a>) -> BoxFuture<'a, Result<reqwest::Response, AttemptError>>
            + Send
            + Sync
            + 'static,
    {
        self.with_interceptor(function)
    }

    /// Sends requests by something else than the HTTP client: a recorder, a service of `tower`, a router in
    /// the same process.
    #[must_use]
    fn with_transport(mut self, transport: impl Transport + 'static) -> Self {
        self.options_mut().own().transport = Some(Arc::new(transport));
        self
    }

    /// Adds headers, of requests and of answers, that spans show: `http.request.headers` and
    /// `http.response.headers`. None is shown by default. What is secret never is, even if it is named here:
    /// credentials, cookies, and whatever [`with_header`](Self::with_header) has set.
    #[cfg(feature = "tracing")]
    #[must_use]
    fn with_traced_headers<N: AsRef<str>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        let own = self.options_mut().own();
        for name in names {
            match HeaderName::from_bytes(name.as_ref().as_bytes()) {
                Ok(name) => own.traced_headers.push(name),
                Err(_) => own.invalid = Some(format!("`{}` is no name of a header", name.as_ref())),
            }
        }
        self
    }

    /// Hands a value to interceptors: `attempt.extensions.get::<T>()`.
    #[must_use]
    fn with_extension<T: Clone + Any + Send + Sync>(mut self, value: T) -> Self {
        self.options_mut().own().extensions.insert(value);
        self
    }
}

impl Configure for Options {
    fn options_mut(&mut self) -> &mut Options {
        self
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(own) = &self.own else { return f.write_str("Options") };
        // Values may be secret.
        f.debug_struct("Options")
            .field("timeout", &own.timeout)
            .field("head_timeout", &own.head_timeout)
            .field("stall_timeout", &own.stall_timeout)
            .field("retry", &own.retry)
            .field("attempts", &own.attempts)
            .field("headers", &own.headers.keys().collect::<Vec<_>>())
            .field("query", &own.query.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// The options that hold for one call: its own, its client's, the document's and this crate's, in this order.
pub(super) struct Settings<'o> {
    call: Option<&'o Own>,
    client: Option<&'o Own>,
    shared: Option<&'o Shared>,
}

impl<'o> Settings<'o> {
    pub(super) fn new(client: &'o Options, call: &'o Options) -> Self {
        let shared = client.shared.as_deref();
        Settings { call: call.own.as_deref(), client: client.own.as_deref(), shared }
    }

    /// Returns the retries that are left, where they are counted.
    pub(super) fn budget(&self) -> Option<&'o Budget> {
        self.shared.map(|shared| &shared.budget)
    }

    /// Returns what is asked to be told of a call.
    #[cfg(not(feature = "tracing"))]
    pub(super) fn observer(&self) -> Observer<'o> {
        Observer::default()
    }

    /// Returns what is asked to be told of a call.
    #[cfg(feature = "tracing")]
    pub(super) fn observer(&self) -> Observer<'o> {
        let headers = |own: Option<&'o Own>| own.map_or(&[][..], |own| &own.traced_headers);
        Observer {
            headers: [headers(self.client), headers(self.call)],
            #[cfg(feature = "opentelemetry")]
            durations: self.shared.map(|shared| &shared.durations),
        }
    }

    /// Returns the first that is set.
    fn first<T>(&self, value: impl Fn(&'o Own) -> Option<T>) -> Option<T> {
        self.call.and_then(&value).or_else(|| self.client.and_then(&value))
    }

    pub(super) fn timeout(&self, declared: Option<Duration>) -> Option<Duration> {
        self.first(|own| own.timeout).unwrap_or(declared)
    }

    pub(super) fn head_timeout(&self) -> Option<Duration> {
        self.first(|own| own.head_timeout).unwrap_or(Some(HEAD_TIMEOUT))
    }

    pub(super) fn stall_timeout(&self) -> Option<Duration> {
        self.first(|own| own.stall_timeout).unwrap_or(Some(STALL_TIMEOUT))
    }

    /// Returns the wait between events or lines: only what somebody has set.
    pub(super) fn event_timeout(&self) -> Option<Duration> {
        self.first(|own| own.stall_timeout).flatten()
    }

    /// Returns the rules of retries. A number of attempts wins over the rules that are set as a whole only
    /// where it is set no further away.
    pub(super) fn retry(&self, declared: Option<Retry>) -> Retry {
        [self.client, self.call].into_iter().flatten().fold(declared.unwrap_or_default(), |retry, own| {
            let retry = own.retry.unwrap_or(retry);
            own.attempts.map_or(retry, |attempts| retry.with_attempts(attempts))
        })
    }

    pub(super) fn body_limit(&self) -> usize {
        self.first(|own| own.body_limit).unwrap_or(BODY_LIMIT)
    }

    pub(super) fn transport(&self) -> Option<&'o dyn Transport> {
        self.first(|own| own.transport.as_deref())
    }

    pub(super) fn interceptors(&self) -> Vec<&'o dyn Interceptor> {
        let both = [self.client, self.call].into_iter().flatten();
        both.flat_map(|own| &own.interceptors).map(|interceptor| &**interceptor).collect()
    }

    pub(super) fn extensions(&self) -> Extensions {
        let mut all = Extensions::new();
        for own in [self.client, self.call].into_iter().flatten() {
            all.extend(own.extensions.clone());
        }
        all
    }

    pub(super) fn credential(&self) -> Option<&'o Secret> {
        self.call.and_then(|own| own.credential.as_ref())
    }

    pub(super) fn idempotency_key(&self) -> Option<&'o str> {
        self.call.and_then(|own| own.idempotency_key.as_deref())
    }

    pub(super) fn is_idempotent(&self) -> Option<bool> {
        self.first(|own| own.is_idempotent)
    }

    /// Writes headers and query parameters into a request.
    pub(super) fn write(&self, request: &mut reqwest::Request) -> Result<(), String> {
        for own in [self.client, self.call].into_iter().flatten() {
            if let Some(message) = &own.invalid {
                return Err(message.clone());
            }
            for (name, value) in &own.headers {
                request.headers_mut().insert(name.clone(), value.clone());
            }
            if !own.query.is_empty() {
                // The URL of a next page may have them already.
                let there: Vec<(String, String)> = request.url().query_pairs().into_owned().collect();
                let missing = own.query.iter().filter(|pair| !there.contains(pair));
                request.url_mut().query_pairs_mut().extend_pairs(missing);
            }
        }
        Ok(())
    }
}
