//! One call, from the request to the answer: credentials, interceptors, timeouts, retries, and the body of
//! the answer, as far as it is buffered.
//!
//! Must not know what requests and answers mean.

use super::Error;
use super::answer::{Answer, AnswerBody, Limits, read};
use super::browser::{Instant, now, on_its_thread, sleep, staying, timeout_at};
use super::credentials::{Credentials, TransportContext};
use super::evidence::Evidence;
use super::interceptor::{Attempt, Event, Interceptor, Next, Reason};
use super::operation::CalledOperation;
use super::options::{Options, Settings};
use super::redirect::following;
use super::retry::{Retry, told_wait};
use super::secrets::marked;
use super::server::BaseUrl;
use super::trace::CallTrace;
use super::transport::{AttemptError, BoxFuture, TimeoutKind};
use super::upload::{make_replayable, watch, within};
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use progenitor_client::OperationInfo;
use reqwest::{Request, Response};
use std::convert::Infallible;
use std::time::Duration;

/// The header of keys that make a request idempotent, where the document names no other
/// (draft-ietf-httpapi-idempotency-key-header).
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// The error of a hook.
pub type HookError = progenitor_client::Error<Infallible>;

/// A generated client, as calls see it.
pub trait ApiClient: Send + Sync {
    /// Returns what it is made of.
    fn parts(&self) -> ClientParts<'_>;

    /// Runs the hook before an attempt.
    fn before(
        &self,
        request: &mut Request,
        info: &OperationInfo,
    ) -> impl Future<Output = Result<(), HookError>> + Send;

    /// Sends a request.
    fn transmit(
        &self,
        request: Request,
        info: &OperationInfo,
    ) -> impl Future<Output = reqwest::Result<Response>> + Send;

    /// Runs the hook after an attempt.
    fn after(
        &self,
        result: &reqwest::Result<Response>,
        info: &OperationInfo,
    ) -> impl Future<Output = Result<(), HookError>> + Send;
}

/// The parts of a client.
#[derive(Clone, Copy, Debug)]
pub struct ClientParts<'c> {
    /// The server.
    pub base_url: &'c BaseUrl,
    /// The HTTP client.
    pub http: &'c reqwest::Client,
    /// The credentials, where some operation asks for them.
    pub credentials: Option<&'c Credentials>,
    /// The options of all calls.
    pub options: &'c Options,
}

impl<C: ApiClient> ApiClient for &C {
    fn parts(&self) -> ClientParts<'_> {
        C::parts(self)
    }

    fn before(
        &self,
        request: &mut Request,
        info: &OperationInfo,
    ) -> impl Future<Output = Result<(), HookError>> + Send {
        C::before(self, request, info)
    }

    fn transmit(
        &self,
        request: Request,
        info: &OperationInfo,
    ) -> impl Future<Output = reqwest::Result<Response>> + Send {
        C::transmit(self, request, info)
    }

    fn after(
        &self,
        result: &reqwest::Result<Response>,
        info: &OperationInfo,
    ) -> impl Future<Output = Result<(), HookError>> + Send {
        C::after(self, result, info)
    }
}

/// Calls an operation.
pub(super) async fn send<C: ApiClient>(
    client: &C,
    operation: &CalledOperation,
    options: &Options,
    mut request: Request,
    trace: &CallTrace,
) -> Result<Answer, Error<Infallible>> {
    let settings = Settings::new(client.parts().options, options);
    let unusable = |what| Error::InvalidRequest(format!("the base URL can't be asked: {what}"));
    super::server::check(options.base_url(client.parts().base_url), request.url()).map_err(unusable)?;
    settings.write(&mut request).map_err(Error::InvalidRequest)?;
    let retry = settings.retry(operation.retry);
    let own = settings.is_idempotent().or(operation.is_idempotent);
    let may_repeat = retry.attempts > 1 && own != Some(false);
    let key = idempotency_key(operation, &settings, &mut request, may_repeat)?;
    let broken = |error| Error::InvalidRequest(format!("the body can't be read: {error}"));
    make_replayable(&mut request).await.map_err(broken)?;
    let rules = Rules {
        retry,
        is_idempotent: own.unwrap_or_else(|| key.is_some() || request.method().is_idempotent()),
        is_keyed: key.is_some() && own != Some(false),
    };
    let begun = Instant::now();
    let mut call = Sending {
        begun,
        deadline: settings.timeout(operation.timeout).and_then(|time| begun.checked_add(time)),
        evidence: Box::new(Evidence::new(operation.id(), operation.path(), &request)),
        interceptors: settings.interceptors(),
        operation,
        settings,
        rules,
        trace,
    };
    call.evidence.idempotency_key = key;
    call.run(client, request).await
}

/// Writes the key that makes a request idempotent, where the operation takes one and may be repeated, or the
/// caller gives one, and returns it. What is there already stays.
fn idempotency_key(
    operation: &CalledOperation,
    settings: &Settings<'_>,
    request: &mut Request,
    may_repeat: bool,
) -> Result<Option<String>, Error<Infallible>> {
    let name = operation.idempotency_header.unwrap_or(IDEMPOTENCY_KEY);
    let key = match (settings.idempotency_key(), operation.idempotency_header) {
        (Some(own), _) => own.to_owned(),
        (None, Some(_)) => match request.headers().get(name) {
            Some(there) => return Ok(there.to_str().ok().map(str::to_owned)),
            None if !may_repeat => return Ok(None),
            None => uuid::Uuid::new_v4().to_string(),
        },
        (None, None) => return Ok(None),
    };
    let unusable = || Error::InvalidRequest(format!("the key can't be written into the header `{name}`"));
    let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable())?;
    request.headers_mut().insert(header, HeaderValue::from_str(&key).map_err(|_| unusable())?);
    Ok(Some(key))
}

/// The rules by which a call is repeated.
struct Rules {
    retry: Retry,
    is_idempotent: bool,
    is_keyed: bool,
}

/// The outcome of an attempt that was answered.
struct Tried {
    status: StatusCode,
    headers: HeaderMap,
    body: AnswerBody,
    /// The error that broke the body off, if one did.
    broken: Option<AttemptError>,
}

/// A call that is being made.
struct Sending<'c> {
    operation: &'c CalledOperation,
    settings: Settings<'c>,
    rules: Rules,
    interceptors: Vec<&'c dyn Interceptor>,
    begun: Instant,
    deadline: Option<Instant>,
    evidence: Box<Evidence>,
    trace: &'c CallTrace,
}

impl Sending<'_> {
    async fn run<C: ApiClient>(
        mut self,
        client: &C,
        mut request: Request,
    ) -> Result<Answer, Error<Infallible>> {
        let operation = self.operation;
        if let Some(budget) = self.settings.budget() {
            budget.deposit();
        }
        self.observe(&Event::Started { operation });
        loop {
            self.evidence.attempts += 1;
            let attempts = self.evidence.attempts;
            // A body that is a stream can't be sent again.
            let again = (attempts < self.rules.retry.attempts).then(|| request.try_clone()).flatten();
            let tried = self.attempt(client, request).await;
            let is_repetition = self.evidence.may_have_been_sent;
            self.note(&tried);
            self.trace.tried(reason(&tried));
            let wait = again.is_some().then(|| self.wait(&tried, is_repetition)).flatten();
            let (Some(wait), Some(next)) = (wait, again) else { return self.finish(tried) };
            self.trace.retrying(attempts, wait, reason(&tried));
            self.observe(&Event::Retrying { operation, attempts, wait, reason: reason(&tried) });
            sleep(wait).await;
            request = next;
        }
    }

    /// Tries once, until the body is there as far as it is buffered, or time is up.
    async fn attempt<C: ApiClient>(&self, client: &C, request: Request) -> Result<Tried, AttemptError> {
        let extensions = self.settings.extensions();
        let attempt = Attempt::new(self.operation, self.evidence.attempts, request, &extensions);
        let last = |attempt: Attempt<'_>| self.transmit(client, attempt.request);
        let tried = staying(async {
            let mut response = Next::new(&self.interceptors, &last).call(attempt).await?;
            let status = response.status();
            if self.operation.streams && status.is_success() {
                let headers = marked(response.headers().clone());
                return Ok(Tried {
                    status,
                    headers,
                    body: AnswerBody::Coming(on_its_thread(response)),
                    broken: None,
                });
            }
            let headers = marked(std::mem::take(response.headers_mut()));
            let (body, broken) =
                read(response, self.settings.body_limit(), self.settings.stall_timeout()).await;
            Ok(Tried { status, headers, body: AnswerBody::Whole(body), broken })
        });
        match self.deadline {
            Some(deadline) => timeout_at(deadline, tried)
                .await
                .unwrap_or_else(|_| Err(AttemptError::timeout(TimeoutKind::Total))),
            None => tried.await,
        }
    }

    /// Does what stands behind the interceptors: credentials, hooks, redirections, and the transport.
    fn transmit<'a, C: ApiClient>(
        &'a self,
        client: &'a C,
        mut request: Request,
    ) -> BoxFuture<'a, Result<Response, AttemptError>> {
        Box::pin(staying(async move {
            let parts = client.parts();
            let settings = &self.settings;
            let info = OperationInfo { operation_id: self.operation.id() };
            let security = self.operation.security;
            let context = TransportContext {
                http: parts.http,
                transport: settings.transport(),
                base_url: parts.base_url,
                timeout: settings.head_timeout(),
                observer: settings.observer(),
            };
            let none = Credentials::default();
            let credentials = parts.credentials.unwrap_or(&none);
            let authorized = credentials
                .authorize(context, &mut request, security, settings.credential())
                .await
                .map_err(AttemptError::call)?;
            let hook = |error: HookError| AttemptError::call(error.into());
            client.before(&mut request, &info).await.map_err(hook)?;
            let exchange = |request: Request| self.exchange(client, request, &info);
            let redirections = self.operation.redirections;
            let result =
                authorized.send(request, |request| following(request, redirections, &exchange)).await;
            // Hooks only know errors of the HTTP client.
            let result = match result.map_err(AttemptError::into_reqwest) {
                Ok(response) => Ok(response),
                Err(Ok(error)) => Err(error),
                Err(Err(error)) => return Err(error),
            };
            client.after(&result, &info).await.map_err(hook)?;
            result.map_err(AttemptError::from)
        }))
    }

    /// Sends one request by the transport, and waits for the head of the answer.
    async fn exchange<C: ApiClient>(
        &self,
        client: &C,
        mut request: Request,
        info: &OperationInfo,
    ) -> Result<Response, AttemptError> {
        let progress = watch(&mut request);
        let observer = self.settings.observer();
        let inside = self.trace.request(observer, &mut request);
        let sent = async {
            match self.settings.transport() {
                Some(transport) => transport.call_operation(self.operation, request).await,
                None => client.transmit(request, info).await.map_err(AttemptError::from),
            }
        };
        let (head, stall) = (self.settings.head_timeout(), self.settings.stall_timeout());
        let answered = within(inside.around(sent), progress, head, stall).await;
        self.trace.answered(observer, &answered);
        answered
    }

    fn note(&mut self, tried: &Result<Tried, AttemptError>) {
        self.evidence.elapsed = self.begun.elapsed();
        match tried {
            Ok(tried) => {
                self.evidence.note_answer(tried.status, &tried.headers);
                self.evidence.retry_after = told_wait(&tried.headers, now());
            }
            Err(error) => {
                (self.evidence.status, self.evidence.request_id, self.evidence.retry_after) =
                    Default::default();
                self.evidence.may_have_been_sent |= error.may_have_been_sent();
            }
        }
    }

    /// Returns the wait before the next attempt, if there is to be one. `is_repetition` says that an earlier
    /// attempt may have reached the server.
    fn wait(&self, tried: &Result<Tried, AttemptError>, is_repetition: bool) -> Option<Duration> {
        let Rules { retry, is_idempotent, is_keyed } = &self.rules;
        // Else the key belongs to another request, and goes on doing so.
        let may_be_busy = *is_keyed && (is_repetition || self.evidence.retry_after.is_some());
        let is_worth_it = |error: &AttemptError| {
            error.is_repeated(retry) && (*is_idempotent || !error.may_have_been_sent())
        };
        let is_repeated = match tried {
            Ok(tried) => {
                retry.repeats(tried.status, *is_idempotent, may_be_busy)
                    || tried.broken.as_ref().is_some_and(|error| *is_idempotent && is_worth_it(error))
            }
            Err(error) => is_worth_it(error),
        };
        if !is_repeated {
            return None;
        }
        let wait = match self.evidence.retry_after {
            Some(told) if told > retry.longest_told_wait => return None,
            // Never earlier, and not all at once.
            Some(told) => told.saturating_add(retry.spread(told, fastrand::f64())),
            None => retry.wait(self.evidence.attempts, fastrand::f64()),
        };
        // What is never is too late.
        let next = Instant::now().checked_add(wait)?;
        let is_too_late = |end: Option<Instant>| end.is_some_and(|end| next >= end);
        let end = retry.within.and_then(|time| self.begun.checked_add(time));
        if is_too_late(self.deadline) || is_too_late(end) {
            return None;
        }
        self.settings.budget().is_none_or(super::retry::Budget::withdraw).then_some(wait)
    }

    fn finish(self, tried: Result<Tried, AttemptError>) -> Result<Answer, Error<Infallible>> {
        self.trace.ended(&self.evidence);
        let (attempts, elapsed) = (self.evidence.attempts, self.evidence.elapsed);
        let outcome = reason(&tried);
        self.observe(&Event::Finished { operation: self.operation, attempts, elapsed, outcome });
        match tried {
            Ok(Tried { status, broken: Some(error), .. }) if status.is_success() => {
                Err(Error::from_attempt(error, self.evidence))
            }
            Ok(Tried { status, headers, body, .. }) => {
                let limits = Limits {
                    buffered: self.settings.body_limit(),
                    stall: self.settings.stall_timeout(),
                    event: self.settings.event_timeout(),
                };
                Ok(Answer { status, headers, body, evidence: self.evidence, limits })
            }
            Err(error) => Err(Error::from_attempt(error, self.evidence)),
        }
    }

    fn observe(&self, event: &Event<'_>) {
        self.interceptors.iter().for_each(|interceptor| interceptor.observe(event));
    }
}

fn reason(tried: &Result<Tried, AttemptError>) -> Reason<'_> {
    match tried {
        Ok(Tried { broken: Some(error), .. }) | Err(error) => Reason::Error(error),
        Ok(Tried { status, .. }) => Reason::Status(*status),
    }
}
