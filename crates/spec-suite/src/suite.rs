//! The tester: what a run is told, and the run itself.

use crate::baseline::Baseline;
use crate::plan::{self, Task};
use crate::report::Report;
use crate::resource::resources;
use crate::session::{Halt, Session, State};
use crate::settings::{Credential, Settings};
use crate::transport::{Client, InProcess, Transport};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use spec_api::Operation;
use spec_contract::Contract;
use std::collections::VecDeque;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tower::Service;

/// The number of tasks in a row that may send nothing before a run ends.
const IDLE: usize = 200;

/// Tests a service against its document.
///
/// ```
/// use spec_document::{Diagnostics, Sources};
///
/// # async fn keeps_its_document(router: axum::Router) {
/// let text = "openapi: 3.1.0\ninfo: {title: Pets, version: '1'}\n\
///             paths: {/pets: {get: {responses: {'204': {description: None}}}}}";
/// let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
/// let source = sources.add("pets.yaml", text);
/// let document = sources.parse(source, None, &mut diagnostics).unwrap();
/// let api = spec_api::read(&document, &mut diagnostics).unwrap();
///
/// let suite = spec_suite::Suite::new(spec_contract::Contract::new(api)).seed_from_env().budget(500);
/// suite.router(router).await.assert_clean();
/// # }
/// # let none = || async { http::StatusCode::NO_CONTENT };
/// # let router = axum::Router::new().route("/pets", axum::routing::get(none));
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
/// # runtime.block_on(keeps_its_document(router));
/// ```
#[derive(Clone, Debug)]
pub struct Suite {
    contract: Contract,
    settings: Settings,
    baseline: Option<PathBuf>,
}

impl Suite {
    /// Makes a tester that holds services against a contract: with seed 1, 2,000 requests, one at a time.
    #[must_use]
    pub fn new(contract: Contract) -> Suite {
        Suite { contract, settings: Settings::default(), baseline: None }
    }

    /// Gives a secret for a security scheme: a token, a key, or `name:password`. A scheme that the document
    /// does not have is an error of the report; the word of HTTP, such as `bearer`, means the only one of it.
    #[must_use]
    pub fn credential(mut self, scheme: impl Into<String>, value: impl Into<String>) -> Suite {
        let credential = Credential::known(self.contract.api(), scheme.into(), value.into());
        self.settings.credentials.push(credential);
        self
    }

    /// Gives a secret of a second person, from whom the things of the first are kept.
    #[must_use]
    pub fn identity(
        mut self,
        name: impl Into<String>,
        scheme: impl Into<String>,
        value: impl Into<String>,
    ) -> Suite {
        let credential = Credential::known(self.contract.api(), scheme.into(), value.into());
        self.settings.identities.push((name.into(), credential));
        self
    }

    /// Sets the seed: the same one sends the same requests to a service that answers the same.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Suite {
        self.settings.seed = seed;
        self
    }

    /// Takes the seed from the variable `SPEC_SEED`, if it is set to a number.
    #[must_use]
    pub fn seed_from_env(mut self) -> Suite {
        let seed = std::env::var("SPEC_SEED").ok().and_then(|text| text.trim().parse().ok());
        self.settings.seed = seed.unwrap_or(self.settings.seed);
        self
    }

    /// Sets the largest number of requests.
    #[must_use]
    pub fn budget(mut self, requests: usize) -> Suite {
        self.settings.budget = requests;
        self
    }

    /// Sets the number of requests that are under way at once.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Suite {
        self.settings.workers = workers;
        self
    }

    /// Sets the largest number of requests in a second.
    #[must_use]
    pub fn rate(mut self, per_second: f64) -> Suite {
        self.settings.rate = Some(per_second);
        self
    }

    /// Tests only operations of these ids or tags; others are asked for what these need.
    #[must_use]
    pub fn only(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Suite {
        self.settings.only.extend(names.into_iter().map(Into::into));
        self
    }

    /// Finds answers that take longer.
    #[must_use]
    pub fn max_response_time(mut self, limit: Duration) -> Suite {
        self.settings.max_response_time = Some(limit);
        self
    }

    /// Sets how long an answer is waited for: 10 seconds where nothing is said. None in time is a finding.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Suite {
        self.settings.timeout = limit;
        self
    }

    /// Ends the run at the first finding.
    #[must_use]
    pub fn fail_fast(mut self, is_fast: bool) -> Suite {
        self.settings.fail_fast = is_fast;
        self
    }

    /// Takes out of reports what a file accepts; see [`Baseline`](crate::Baseline). It is read before
    /// anything is sent.
    #[must_use]
    pub fn baseline(mut self, path: impl Into<PathBuf>) -> Suite {
        self.baseline = Some(path.into());
        self
    }

    /// Tests the service at a URL, which stands before the paths of the document.
    pub async fn url(mut self, url: &str) -> Report {
        self.settings.url = Some(url.to_owned());
        match Client::new(url, self.settings.timeout) {
            Ok(client) => self.run(Arc::new(client)).await,
            Err(error) => Report::failed(&self.contract, self.settings, error),
        }
    }

    /// Tests a service in this process, such as a router of axum. A panic of it is a finding.
    pub async fn router<S, B>(self, service: S) -> Report
    where
        S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send + 'static,
        S::Future: Send,
        S::Error: Into<Box<dyn Error + Send + Sync>>,
        B: http_body::Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let timeout = self.settings.timeout;
        self.run(Arc::new(InProcess::new(service, timeout))).await
    }

    async fn run(self, transport: Arc<dyn Transport>) -> Report {
        let (contract, settings) = (self.contract.clone(), self.settings.clone());
        let baseline = match self.baseline.as_deref().map(|path| baseline(&contract, path)).transpose() {
            Ok(baseline) => baseline,
            Err(error) => return Report::failed(&contract, settings, error),
        };
        if let Some(error) = settings.unusable(contract.api()) {
            return Report::failed(&contract, settings, error);
        }
        let session = match Session::new(self.contract, self.settings, transport) {
            Ok(session) => Arc::new(session),
            Err(error) => return Report::failed(&contract, settings, error),
        };
        let operations: Vec<&Operation> = chosen(&session);
        let all = resources(session.api(), &session.links);
        let of_chosen = |own: &crate::resource::Resource| {
            let ids = [&own.create, &own.get, &own.put, &own.patch, &own.delete, &own.list];
            ids.into_iter().flatten().any(|id| operations.iter().any(|own| own.id == *id))
        };
        let all: Vec<_> = all.into_iter().filter(of_chosen).collect();
        let queue = VecDeque::from(plan::plan(&session, &operations, &all));
        let ids: Vec<String> = operations.iter().map(|own| own.id.clone()).collect();
        let shared = Arc::new(Shared { queue: Mutex::new((queue, 0)), operations: ids, resources: all });
        let workers: Vec<_> = (0..session.settings.workers)
            .map(|own| {
                let work = worker(Arc::clone(&session), Arc::clone(&shared));
                tokio::spawn(crate::session::WORKER.scope(own, work))
            })
            .collect();
        let mut panic = None;
        for worker in workers {
            if let Err(error) = worker.await {
                panic = Some(format!("the tester itself failed: {error}"));
            }
        }
        let state = Arc::try_unwrap(session).ok().map(Session::into_state);
        match (state, panic) {
            (Some((contract, settings, mut state)), panic) => {
                state.error = state.error.take().or(panic);
                if let Some(error) = all_shut(&contract, &settings, &state) {
                    // What was found says nothing of what the service does for those who may ask.
                    state.findings.clear();
                    state.error = state.error.take().or(Some(error));
                }
                state.error = state.error.take().or_else(|| nothing_taken(&state));
                Report::new(&contract, settings, state, baseline.as_ref())
            }
            (None, panic) => Report::failed(&contract, settings, panic.unwrap_or_default()),
        }
    }
}

/// Reads the findings that a file accepts, and says everything that is wrong with it.
fn baseline(contract: &Contract, path: &Path) -> Result<(Baseline, PathBuf), String> {
    let text = std::fs::read_to_string(path);
    let read = text.map_err(|error| vec![format!("it can't be read: {error}")]);
    let baseline = read.and_then(|text| {
        let baseline = Baseline::read(&text)?;
        baseline.fits(contract.api()).map(|()| baseline)
    });
    let told = |faults: Vec<String>| {
        faults.iter().map(|own| format!("{}: {own}", path.display())).collect::<Vec<_>>().join("\nerror: ")
    };
    baseline.map(|own| (own, path.to_owned())).map_err(told)
}

/// The number of requests after which a service should have taken one.
const ENOUGH: usize = 10;

/// Returns why a run says nothing: nobody was let in.
fn all_shut(contract: &Contract, settings: &Settings, state: &State) -> Option<String> {
    let asked = || state.coverage.operations.values().filter(|own| !own.answers.is_empty());
    let is_guarded = contract.api().operations.iter().any(|own| !own.security.is_empty());
    if !is_guarded || asked().next().is_none() || !asked().all(|own| own.is_shut()) {
        return None;
    }
    let why = match settings.credentials.is_empty() {
        true => "give credentials: --credential SCHEME=VALUE",
        false => "the credentials that were given are refused: are they right, and not expired?",
    };
    let count: usize = asked().flat_map(|own| own.answers.values()).sum();
    Some(format!("nothing was tested, since all {count} answers are 401 or 403; {why}"))
}

/// Returns why a run says nothing: no request was taken, so that nothing was seen of what the service does.
fn nothing_taken(state: &State) -> Option<String> {
    let statuses: Vec<u16> = state.log.iter().filter_map(|own| own.status()).collect();
    let is_taken = statuses.iter().any(|status| (100..400).contains(status));
    if is_taken || statuses.len() < ENOUGH || !state.findings.is_empty() {
        return None;
    }
    let mut counts: Vec<(u16, usize)> = Vec::new();
    for status in statuses {
        match counts.iter_mut().find(|(own, _)| *own == status) {
            Some((_, count)) => *count += 1,
            None => counts.push((status, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let told: Vec<String> =
        counts.iter().take(3).map(|(status, count)| format!("{count} × {status}")).collect();
    Some(format!(
        "no request was taken ({}): look at the URL, which has to end where the paths of the document begin, \
         and at the credentials",
        told.join(", ")
    ))
}

/// What workers share.
struct Shared {
    /// What is left to do, and how much was done at random.
    queue: Mutex<(VecDeque<Task>, u64)>,
    operations: Vec<String>,
    resources: Vec<crate::resource::Resource>,
}

/// Works until the run is over.
async fn worker(session: Arc<Session>, shared: Arc<Shared>) {
    let operations: Vec<&Operation> =
        shared.operations.iter().filter_map(|id| session.operation(id)).collect();
    let mut idle = 0;
    while !session.is_over() && idle < IDLE && !operations.is_empty() {
        let (task, number) = {
            let mut queue = shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
            let task = queue.0.pop_front();
            queue.1 += u64::from(task.is_none());
            (task, queue.1)
        };
        let task = task.or_else(|| session.chance(&operations, &shared.resources, number));
        let before = session.state().sent;
        if let Some(task) = task
            && session.work(task).await == Err(Halt::Stop)
        {
            break;
        }
        idle = if session.state().sent == before { idle + 1 } else { 0 };
        let _ = session.shrink_all().await;
    }
    // The last finding may have taken the last request of the budget.
    let _ = session.shrink_all().await;
}

/// Returns the operations that are to be tested.
fn chosen(session: &Session) -> Vec<&Operation> {
    session.api().operations.iter().filter(|own| session.settings.is_chosen(own)).collect()
}
