//! What is done with every request, around the router: its id, its span, its limits, and answers for what the
//! router does not answer.
//!
//! Everything here is called after axum has routed, so the route and the operation are known. Must not know
//! sockets.

use crate::activity::Keeping;
use crate::body::{Bounded, Fault, Progress, Times};
use crate::config::Config;
use crate::observe;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use http::header::{
    ACCEPT_ENCODING, ALLOW, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, RETRY_AFTER,
};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Uri, Version};
use http_body::Body as _;
use spec_runtime::server::{Cause, OperationId, Problem, RoutedOperation};
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _};
use tower_http::decompression::RequestDecompressionLayer;

/// The longest time that a check of readiness may take.
const READY_TIMEOUT: Duration = Duration::from_secs(5);

/// The header of the id of a request.
const REQUEST_ID: &str = "x-request-id";

/// The id of a request, as an extension of it: what the caller gave if it is sane, else a new one. It is in
/// the answer, too.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// Returns the id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes the id of a caller, as far as it can stand in a log: 1 to 128 letters, digits and `-_.:+/=@`.
    fn of(headers: &HeaderMap) -> Self {
        let is_sane = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:+/=@".contains(byte);
        let given = headers.get(REQUEST_ID).map(HeaderValue::as_bytes);
        let given = given.filter(|id| (1..=128).contains(&id.len()) && id.iter().all(is_sane));
        match given.and_then(|id| std::str::from_utf8(id).ok()) {
            Some(id) => RequestId(id.into()),
            None => RequestId(uuid::Uuid::new_v4().to_string().into()),
        }
    }
}

/// The state that all requests share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: Config,
    in_flight: Arc<Semaphore>,
    is_draining: AtomicBool,
}

impl Shared {
    pub(crate) fn new(config: Config) -> Arc<Self> {
        let in_flight = Arc::new(Semaphore::new(config.in_flight));
        Arc::new(Shared { config, in_flight, is_draining: AtomicBool::new(false) })
    }

    /// Says that no more work is to come.
    pub(crate) fn drain(&self) {
        self.is_draining.store(true, Ordering::Relaxed);
    }
}

/// Puts everything around a router.
pub(crate) fn around(router: Router, shared: &Arc<Shared>) -> Router {
    let config = &shared.config;
    // From the inside out.
    let mut router = router.layer(DefaultBodyLimit::disable()).layer(from_fn(bounded));
    if config.decompression {
        router = router.layer(RequestDecompressionLayer::new());
    }
    router = router.layer(from_fn_with_state(shared.clone(), limited));
    if config.compression {
        router = router
            .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(is_worth_compressing)));
    }
    if let Some(cors) = &config.cors {
        router = router.layer(cors.clone());
    }
    router.layer(from_fn_with_state(shared.clone(), observed))
}

/// Returns whether an answer may be worth its compression by what its head says: not what is compressed
/// already, nor what comes bit by bit.
fn is_worth_compressing(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    const STREAMS: [&str; 4] =
        ["application/x-ndjson", "application/jsonl", "application/json-seq", "multipart/"];
    const CLOSED: [&str; 5] =
        ["application/zip", "application/gzip", "application/octet-stream", "video/", "audio/"];
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !STREAMS.iter().chain(&CLOSED).any(|kind| content_type.starts_with(kind))
}

/// Gives a request its id and its span, and looks at what comes back.
async fn observed(State(shared): State<Arc<Shared>>, mut request: Request, next: Next) -> Response {
    let id = RequestId::of(request.headers());
    let header = HeaderValue::from_str(id.as_str()).ok();
    if let Some(header) = &header {
        request.headers_mut().insert(REQUEST_ID, header.clone());
    }
    request.extensions_mut().insert(id.clone());
    let operation = operation_of(&shared.config, &request);
    if let Some(operation) = operation {
        request.extensions_mut().insert(operation.id());
        request.extensions_mut().insert(Meant(operation));
    }
    let watch = observe::Watch::begin(&shared.config, &request, &id);
    let answer = AssertUnwindSafe(watch.follow(next.run(request))).catch_unwind().await;
    let mut response = answer.unwrap_or_else(|panic| {
        let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the server failed to answer");
        let problem = problem.with_cause(Cause::of(&Panicked(observe::said(&*panic))));
        declared(operation, problem.into_response())
    });
    if let Some(header) = header {
        response.headers_mut().insert(REQUEST_ID, header);
    }
    watch.end(response)
}

/// The operation that a request means, as an extension of it.
#[derive(Clone, Copy)]
struct Meant(&'static RoutedOperation);

/// Writes a problem in the shape that the operation declares for its status.
fn declared(operation: Option<&RoutedOperation>, response: Response) -> Response {
    match operation {
        Some(operation) => operation.declared(response),
        None => response,
    }
}

/// A handler panicked, and said this.
#[derive(Debug)]
struct Panicked(String);

impl std::fmt::Display for Panicked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the handler panicked: {}", self.0)
    }
}

impl std::error::Error for Panicked {}

/// Finds the operation that a request means.
fn operation_of(config: &Config, request: &Request) -> Option<&'static RoutedOperation> {
    let route = request.extensions().get::<MatchedPath>()?.as_str();
    config.operations.iter().find_map(|nested| {
        let route = route.strip_prefix(nested.below)?;
        let uri = match nested.below {
            "" => request.uri().clone(),
            below => Uri::from(stripped(request.uri(), below)?),
        };
        let (method, headers) = (request.method(), request.headers());
        RoutedOperation::find(nested.operations, route, method, &uri, headers)
    })
}

/// Returns path and query without what a router is nested below.
fn stripped(uri: &Uri, below: &str) -> Option<PathAndQuery> {
    uri.path_and_query()?.as_str().strip_prefix(below)?.parse().ok()
}

/// Does so much and no more, and writes what is refused as the operation declares it.
async fn limited(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let operation = request.extensions().get::<Meant>().map(|meant| meant.0);
    declared(operation, within_limits(&shared, request, next).await)
}

/// Answers what the service is asked about itself, and refuses what is too much or too slow.
async fn within_limits(shared: &Arc<Shared>, request: Request, next: Next) -> Response {
    let config = &shared.config;
    if !has_one_host(&request) {
        let problem = Problem::new(StatusCode::BAD_REQUEST, "the request must have one header `Host`");
        return problem.into_response();
    }
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    if let Some(answer) = probed(shared, &method, &path).await {
        return answer;
    }
    if method == Method::OPTIONS && path == "*" {
        return able(config);
    }
    let Ok(permit) = shared.in_flight.clone().try_acquire_owned() else {
        return overloaded(config.retry_after);
    };
    let operation = request.extensions().get::<OperationId>();
    let own = operation.and_then(|operation| config.body_bytes_of.get(operation.0));
    let progress = Progress::new(own.copied().unwrap_or(config.body_bytes));
    let (mut parts, body) = request.into_parts();
    if let Some(refusal) = refused(config, &parts, &body, progress.limit()) {
        return refusal;
    }
    let is_routed = parts.extensions.get::<MatchedPath>().is_some();
    let version = parts.version;
    parts.extensions.insert(progress.clone());
    let times = Times { whole: config.body_timeout, stall: config.stall_timeout };
    let body = Bounded::body(body, progress.clone(), Some(times));
    let mut answer = pin!(next.run(Request::from_parts(parts, body)));
    let mut due = progress.last() + config.handler_timeout;
    let response = loop {
        tokio::select! {
            biased;
            response = &mut answer => break response,
            () = tokio::time::sleep_until(due) => {
                // The time that the body takes is the caller's.
                due = progress.last() + config.handler_timeout;
                if due <= Instant::now() {
                    let detail = "the server took too long to answer";
                    break Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).into_response();
                }
            }
        }
    };
    let response = match progress.fault() {
        Some(fault) if response.status().is_client_error() || response.status().is_server_error() => {
            faulty(fault, version)
        }
        _ => spoken(response, is_routed, &method, &path),
    };
    response.map(|body| Keeping::around(body, permit))
}

/// Answers questions about the service itself.
async fn probed(shared: &Shared, method: &Method, path: &str) -> Option<Response> {
    let config = &shared.config;
    let is_ready_asked = Some(path) == config.ready_path.as_deref();
    #[cfg(feature = "metrics")]
    let page = config.metrics.as_ref().and_then(|metrics| metrics.page(path));
    #[cfg(not(feature = "metrics"))]
    let page: Option<Response> = None;
    if !is_ready_asked && Some(path) != config.health_path.as_deref() && page.is_none() {
        return None;
    }
    if ![Method::GET, Method::HEAD].contains(method) {
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are allowed here");
        return Some(problem.with_header(ALLOW, HeaderValue::from_static("GET,HEAD")).into_response());
    }
    if page.is_some() {
        return page;
    }
    let json = |text: &'static str| ([(CONTENT_TYPE, "application/json")], text).into_response();
    if !is_ready_asked {
        return Some(json(r#"{"status":"ok"}"#));
    }
    let unready = |detail: &str| Some(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).into_response());
    if shared.is_draining.load(Ordering::Relaxed) {
        return unready("the server is shutting down");
    }
    let Some(check) = &config.ready_check else { return Some(json(r#"{"status":"ready"}"#)) };
    match tokio::time::timeout(READY_TIMEOUT, check()).await {
        Ok(Ok(())) => Some(json(r#"{"status":"ready"}"#)),
        Ok(Err(why)) => {
            tracing::warn!(why, "the service is not ready");
            unready("the service is not ready")
        }
        Err(_) => {
            tracing::warn!("the check of readiness takes too long");
            unready("the service is not ready")
        }
    }
}

/// Says whether a request has the one `Host` that it must have (RFC 9112, 3.2); other versions have no need
/// of it.
fn has_one_host(request: &Request) -> bool {
    request.version() != Version::HTTP_11 || request.headers().get_all(HOST).iter().count() == 1
}

/// Answers what the server can do as a whole (`OPTIONS *`, RFC 9110, 9.3.7): the methods of all operations.
fn able(config: &Config) -> Response {
    let operations = config.operations.iter().flat_map(|nested| nested.operations);
    let methods: BTreeSet<&str> =
        operations.map(RoutedOperation::method).chain(["GET", "HEAD", "OPTIONS"]).collect();
    let allowed = HeaderValue::from_str(&methods.into_iter().collect::<Vec<_>>().join(","));
    let headers: HeaderMap = allowed.into_iter().map(|allowed| (ALLOW, allowed)).collect();
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Answers that there is too much to do.
fn overloaded(retry_after: Duration) -> Response {
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the server has too much to do");
    problem.with_header(RETRY_AFTER, HeaderValue::from(retry_after.as_secs().max(1))).into_response()
}

/// Refuses a body by what the head says of it, before a piece of it is read or asked for (RFC 9110, 10.1.1).
fn refused(config: &Config, parts: &Parts, body: &Body, limit: usize) -> Option<Response> {
    let headers = &parts.headers;
    // HTTP/2 counts bytes only.
    if headers.len() > config.header_count {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Some(Problem::new(status, "the request has too many headers").into_response());
    }
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > limit) || body.size_hint().lower() > limit {
        return Some(faulty(Fault::TooLarge, parts.version));
    }
    if !config.decompression || body.is_end_stream() {
        return None;
    }
    let codings = headers.get_all(CONTENT_ENCODING);
    let is_known =
        |value: &HeaderValue| [b"gzip".as_slice(), b"zstd", b"identity"].contains(&value.as_bytes());
    if codings.iter().count() <= 1 && codings.iter().all(is_known) {
        return None;
    }
    let detail = "the body must be encoded (`Content-Encoding`) by one of gzip and zstd, or not at all";
    let problem = Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail);
    // RFC 9110, 12.5.3.
    Some(problem.with_header(ACCEPT_ENCODING, HeaderValue::from_static("gzip, zstd")).into_response())
}

/// Answers what is wrong with a body. The connection can't be used on: the rest of the body would follow.
fn faulty(fault: Fault, version: Version) -> Response {
    let problem = match fault {
        Fault::TooLarge => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"),
        Fault::TooSlow => Problem::new(StatusCode::REQUEST_TIMEOUT, "the body did not come in time"),
    };
    let is_http1 = version <= Version::HTTP_11;
    let problem = match is_http1 {
        true => problem.with_header(CONNECTION, HeaderValue::from_static("close")),
        // There, a stream is ended, and not the connection.
        false => problem,
    };
    problem.into_response()
}

/// Gives axum's own refusals words: those without a body that no handler made.
fn spoken(response: Response, is_routed: bool, method: &Method, path: &str) -> Response {
    let is_silent =
        response.body().size_hint().exact() == Some(0) && !response.headers().contains_key(CONTENT_TYPE);
    let detail = match response.status() {
        StatusCode::NOT_FOUND if !is_routed => "there is nothing at",
        StatusCode::METHOD_NOT_ALLOWED => "this method is not allowed at",
        _ => return response,
    };
    if !is_silent || method == Method::HEAD {
        return response;
    }
    let path: String = path.chars().take(256).collect();
    let (parts, _) = response.into_parts();
    let mut problem = Problem::new(parts.status, format!("{detail} {path}")).into_response();
    for (name, value) in &parts.headers {
        if name != CONTENT_LENGTH {
            problem.headers_mut().insert(name, value.clone());
        }
    }
    *problem.extensions_mut() = parts.extensions;
    problem
}

/// Limits what a body is decoded to.
async fn bounded(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = match parts.extensions.get::<Progress>() {
        Some(progress) => Bounded::body(body, progress.clone(), None),
        None => body,
    };
    next.run(Request::from_parts(parts, body)).await
}

#[cfg(test)]
mod tests {
    use super::RequestId;
    use http::{HeaderMap, HeaderValue};

    #[test]
    fn an_id_is_taken_if_it_can_stand_in_a_log() {
        let id = |text: &'static [u8]| {
            let mut headers = HeaderMap::new();
            headers.insert("x-request-id", HeaderValue::from_bytes(text).unwrap());
            RequestId::of(&headers).as_str().as_bytes() == text
        };
        assert!(id(b"7b1f-A.b:c"));
        assert!(!id(b""));
        assert!(!id(b"two words"));
        assert!(!id(b"\xff"));
        assert!(!id(&[b'a'; 129]));
    }
}
