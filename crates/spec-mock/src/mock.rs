//! The mock: settings, and the documents, memory and counters that requests share.
//!
//! Must not know how an answer is made.

use crate::answer;
use crate::faults::Fault;
use crate::prepared::Prepared;
use crate::state::store::Store;
use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use spec_contract::Contract;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::task::{Context, Poll};
use std::time::Duration;
use tower::Service;

/// Where lines for people go.
type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// A server that answers as a document says. It is a tower service; clones share their document and their
/// memory.
///
/// ```
/// use spec_document::{Diagnostics, Sources};
/// use tower::ServiceExt as _;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let text = r#"
/// openapi: 3.1.0
/// info: {title: Pets, version: "1"}
/// paths:
///   /pets/{id}:
///     get:
///       operationId: pet
///       parameters:
///       - {name: id, in: path, required: true, schema: {type: integer}}
///       responses:
///         "200":
///           description: A pet
///           content:
///             application/json:
///               schema: {type: object, properties: {name: {type: string, examples: [Rex]}}}
/// "#;
/// let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
/// let source = sources.add("pets.yaml", text);
/// let document = sources.parse(source, None, &mut diagnostics).unwrap();
/// let api = spec_api::read(&document, &mut diagnostics).unwrap();
///
/// let mock = spec_mock::Mock::new(spec_contract::Contract::new(api)).seed(7);
/// let request = http::Request::get("/pets/1").body(axum::body::Body::empty()).unwrap();
/// let response = mock.clone().oneshot(request).await.unwrap();
/// let body = axum::body::to_bytes(response.into_body(), 1024).await.unwrap();
/// assert_eq!(body, r#"{"name":"Rex"}"#);
///
/// let wrong = http::Request::get("/pets/x").body(axum::body::Body::empty()).unwrap();
/// assert_eq!(mock.oneshot(wrong).await.unwrap().status(), 422);
/// # }
/// ```
#[derive(Clone)]
pub struct Mock {
    pub(crate) settings: Arc<Settings>,
    shared: Arc<Shared>,
}

/// The settings of a mock.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) seed: u64,
    pub(crate) dynamic: bool,
    pub(crate) examples: bool,
    pub(crate) errors: bool,
    pub(crate) state: bool,
    pub(crate) callbacks: bool,
    pub(crate) cors: bool,
    /// Says in a header what is wrong.
    pub(crate) violations: bool,
    pub(crate) delay: Option<Duration>,
    pub(crate) fault: Option<(Fault, f64)>,
    /// Schemes, with credentials that are good for them.
    pub(crate) credentials: Vec<(String, String)>,
    pub(crate) body_limit: usize,
    log: Log,
}

/// What clones of a mock share.
struct Shared {
    prepared: RwLock<Arc<Prepared>>,
    /// The number of requests that a fault was drawn for.
    draws: AtomicU64,
    store: Mutex<Store>,
}

impl fmt::Debug for Mock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mock").field("title", &self.prepared().api().title).finish_non_exhaustive()
    }
}

impl Mock {
    /// Makes a mock of a contract: static answers, cross-origin requests allowed, nothing remembered, nothing
    /// wrong.
    #[must_use]
    pub fn new(contract: Contract) -> Mock {
        let settings = Settings {
            seed: 0,
            dynamic: false,
            examples: true,
            errors: false,
            state: false,
            callbacks: true,
            cors: true,
            violations: true,
            delay: None,
            fault: None,
            credentials: Vec::new(),
            body_limit: 16 * 1024 * 1024,
            log: Arc::new(|_| {}),
        };
        let prepared = RwLock::new(Arc::new(Prepared::new(contract, true)));
        let shared = Shared { prepared, draws: AtomicU64::new(0), store: Mutex::default() };
        Mock { settings: Arc::new(settings), shared: Arc::new(shared) }
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Mock {
        change(Arc::make_mut(&mut self.settings));
        self
    }

    /// Sets what made values and faults depend on, besides the request. The same seed and request give the
    /// same bytes, on every machine.
    #[must_use]
    pub fn seed(self, seed: u64) -> Mock {
        self.with(|settings| settings.seed = seed)
    }

    /// Answers with values that are made from the schemas, instead of examples.
    #[must_use]
    pub fn dynamic(self, dynamic: bool) -> Mock {
        self.with(|settings| settings.dynamic = dynamic)
    }

    /// Looks at the examples of the document; without them, answers are as if it had none.
    #[must_use]
    pub fn examples(self, examples: bool) -> Mock {
        let mock = self.with(|settings| settings.examples = examples);
        mock.answer_by(mock.prepared().contract.clone());
        mock
    }

    /// Answers with 500 and the violations where an example of the document is not what its schema says,
    /// instead of leaving it out.
    #[must_use]
    pub fn errors(self, errors: bool) -> Mock {
        self.with(|settings| settings.errors = errors)
    }

    /// Remembers what requests make: what is made can be read, is listed, can be changed, and is gone after
    /// it is deleted. Which operations do that is inferred from the document: `/things` is a collection, and
    /// `/things/{id}` a thing in it. `GET /__state` answers all that is remembered, `PUT /__state` sets it,
    /// and `DELETE /__state` clears it.
    #[must_use]
    pub fn state(self, state: bool) -> Mock {
        self.with(|settings| settings.state = state)
    }

    /// Sends the callbacks that an operation declares (OpenAPI 3.1, 4.8.18) after each success. They go
    /// wherever a request says, over plain HTTP; what is sent, and what is answered, is held against the
    /// document.
    #[must_use]
    pub fn callbacks(self, callbacks: bool) -> Mock {
        self.with(|settings| settings.callbacks = callbacks)
    }

    /// Lets pages of every origin ask (Fetch Standard, 3.2).
    #[must_use]
    pub fn cors(self, cors: bool) -> Mock {
        self.with(|settings| settings.cors = cors)
    }

    /// Tells in the header `sl-violations` what is wrong with a request, or with an example.
    #[must_use]
    pub fn violations_header(self, is_there: bool) -> Mock {
        self.with(|settings| settings.violations = is_there)
    }

    /// Waits before each answer.
    #[must_use]
    pub fn delay(self, delay: Duration) -> Mock {
        self.with(|settings| settings.delay = Some(delay))
    }

    /// Lets requests go wrong at a rate from 0 to 1; which of them do, the seed says.
    #[must_use]
    pub fn fault(self, fault: Fault, rate: f64) -> Mock {
        self.with(|settings| settings.fault = Some((fault, rate)))
    }

    /// Takes a credential for good: a key, a token, or of Basic `name:password`. Others of the same security
    /// scheme, by its name in the document, are then refused. Of a scheme for which nothing is said,
    /// everything is good.
    #[must_use]
    pub fn credential(self, scheme: &str, credential: &str) -> Mock {
        self.with(|settings| settings.credentials.push((scheme.to_owned(), credential.to_owned())))
    }

    /// Sets the largest body of a request, in bytes; a larger one is refused with 413. The default is 16 MiB.
    #[must_use]
    pub fn body_limit(self, bytes: usize) -> Mock {
        self.with(|settings| settings.body_limit = bytes)
    }

    /// Sets where lines for people go: requests that are refused, examples that are left out. None has a
    /// credential in it.
    #[must_use]
    pub fn log(self, log: impl Fn(&str) + Send + Sync + 'static) -> Mock {
        self.with(|settings| settings.log = Arc::new(log))
    }

    /// Returns the mock as a router, to be merged or nested.
    pub fn router(&self) -> Router {
        Router::new().fallback_service(self.clone())
    }

    /// Finds out now what every answer needs of the document, and not when the first request comes. Requests
    /// may come meanwhile.
    pub fn prepare(&self) {
        self.prepared().contract.prepare();
    }

    /// Answers by another document from the next request on. Requests that are being answered are not
    /// disturbed.
    pub fn replace(&self, contract: Contract) {
        contract.prepare();
        self.answer_by(contract);
    }

    fn answer_by(&self, contract: Contract) {
        let prepared = Arc::new(Prepared::new(contract, self.settings.examples));
        *self.shared.prepared.write().unwrap_or_else(PoisonError::into_inner) = prepared;
    }

    /// Forgets all that was made, and how many faults were drawn.
    pub fn reset(&self) {
        self.store().clear();
        self.rewind();
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.shared.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Draws faults from the beginning again.
    pub(crate) fn rewind(&self) {
        self.shared.draws.store(0, Ordering::Relaxed);
    }

    pub(crate) fn prepared(&self) -> Arc<Prepared> {
        Arc::clone(&self.shared.prepared.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn say(&self, line: &str) {
        (self.settings.log)(line);
    }

    /// Returns a number that no other request is given, in the order of requests.
    pub(crate) fn draw(&self) -> u64 {
        self.shared.draws.fetch_add(1, Ordering::Relaxed)
    }
}

impl Service<Request<Body>> for Mock {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let mock = self.clone();
        Box::pin(async move { Ok(answer::answer(&mock, request).await) })
    }
}
