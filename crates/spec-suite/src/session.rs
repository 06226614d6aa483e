//! A run: what was sent so far, what is left of the budget, what is alive in the service, what was found.
//!
//! Must not know which requests are worth sending.

use crate::case::{Body, Case, Content, Expect, Fault, Source, Use};
use crate::check::{Check, Failure, Judge};
use crate::coverage::Coverage;
use crate::credentials;
use crate::exchange::Exchange;
use crate::finding::{Finding, Key};
use crate::knowledge;
use crate::links::{Link, links};
use crate::make::is_opaque;
use crate::message;
use crate::pace;
use crate::settings::Settings;
use crate::transport::{Lost, Transport};
use indexmap::IndexMap;
use serde_json::Value;
use spec_api::{Api, Operation, Status};
use spec_contract::{Contract, Kind, Part, Side, Violation, sides};
use spec_values::Values;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::RwLock;
use tokio::time::Instant;

/// The number of times in a row that a service may not be reached.
const UNREACHED: usize = 3;

/// The part of the budget that making findings smaller may take.
const SHRINKING: usize = 4;

/// The longest target that is sent where it has to be taken, in bytes.
const LONGEST: usize = 4_000;

/// Why a request was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    /// It is not what was meant, and why.
    Skip(String),
    /// The run is over.
    Stop,
}

/// A run.
pub(crate) struct Session {
    pub(crate) contract: Contract,
    pub(crate) values: Values,
    pub(crate) settings: Settings,
    pub(crate) links: Vec<Link>,
    pub(crate) transport: Arc<dyn Transport>,
    state: Mutex<State>,
    /// When the next request may leave.
    next: Mutex<Option<Instant>>,
    /// Held in part by requests of a run, and as a whole by who must not be disturbed.
    pub(crate) quiet: RwLock<()>,
}

tokio::task_local! {
    /// The number of the worker.
    pub(crate) static WORKER: usize;
}

/// Returns the number of the worker that this is a part of.
fn worker() -> usize {
    WORKER.try_with(|own| *own).unwrap_or_default()
}

/// What changes during a run.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) log: Vec<Arc<Exchange>>,
    /// The worker of each exchange.
    pub(crate) workers: Vec<usize>,
    /// Exchanges that made, or showed, what is there now, by worker and operation: nobody changes what others
    /// use.
    pub(crate) pool: HashMap<(usize, String), Vec<usize>>,
    /// How often nothing could be made by an operation.
    pub(crate) failed: HashMap<String, usize>,
    pub(crate) findings: IndexMap<Key, Finding>,
    /// Findings that nobody has tried to make smaller.
    pub(crate) fresh: Vec<Key>,
    /// Refusals of values that may have to be known, by operation, until it accepts some that were made up.
    pub(crate) held: HashMap<String, Vec<(Key, Finding)>>,
    /// Operations that accepted what was made up, although it may have to be known.
    pub(crate) knowing: HashSet<String>,
    pub(crate) coverage: Coverage,
    /// Requests that were sent already.
    pub(crate) asked: HashSet<u64>,
    pub(crate) skipped: IndexMap<String, usize>,
    pub(crate) sent: usize,
    pub(crate) shrinking: usize,
    pub(crate) unreached: usize,
    /// Paths of things of which one was watched while another one changed.
    pub(crate) watched: HashSet<String>,
    /// Requests that only looked whether an answer changes by itself.
    pub(crate) settling: usize,
    /// Why the run could not go on.
    pub(crate) error: Option<String>,
}

impl State {
    /// Notes that an operation accepts what is made up, so that what it refused is a finding.
    fn accept(&mut self, operation: &str) {
        self.knowing.insert(operation.to_owned());
        for (key, finding) in self.held.remove(operation).unwrap_or_default() {
            match self.findings.get_mut(&key) {
                Some(known) => known.count += 1,
                None => {
                    self.findings.insert(key.clone(), finding);
                    self.fresh.push(key);
                }
            }
        }
    }
}

/// Writes whole numbers as such: `1.0` is an integer, but many readers take it for none.
fn plain_numbers(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let float = number.as_f64().unwrap_or_default();
            if float.fract() == 0.0 && float.abs() < 1e15 {
                *value = Value::from(float as i64);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(plain_numbers),
        Value::Object(members) => members.values_mut().for_each(plain_numbers),
        _ => {}
    }
}

impl Session {
    /// Begins a run.
    ///
    /// # Errors
    ///
    /// Why the document's schemas can't be used.
    pub(crate) fn new(
        contract: Contract,
        settings: Settings,
        transport: Arc<dyn Transport>,
    ) -> Result<Session, String> {
        let api = contract.api();
        let document = sides::of(api, Side::Request).unwrap_or_else(|| sides::shared(api).into_owned());
        let values = Values::new(document, "readOnly")?;
        let links = links(api);
        let state = Mutex::new(State { coverage: Coverage::new(api), ..State::default() });
        let (next, quiet) = (Mutex::new(None), RwLock::new(()));
        Ok(Session { links, values, settings, transport, state, next, quiet, contract })
    }

    pub(crate) fn api(&self) -> &Api {
        self.contract.api()
    }

    pub(crate) fn operation(&self, id: &str) -> Option<&Operation> {
        self.api().operations.iter().find(|own| own.id == id)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the run; returns what became of it.
    pub(crate) fn into_state(self) -> (Contract, Settings, State) {
        (self.contract, self.settings, self.state.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn exchange(&self, step: usize) -> Option<Arc<Exchange>> {
        self.state().log.get(step).cloned()
    }

    /// Returns whether nothing more is to be sent.
    pub(crate) fn is_over(&self) -> bool {
        let state = self.state();
        state.error.is_some()
            || state.sent >= self.settings.budget
            || (self.settings.fail_fast && !state.findings.is_empty() && state.fresh.is_empty())
    }

    /// Sends a case, and looks at the answer; returns its number.
    pub(crate) async fn send(&self, case: Case) -> Result<usize, Halt> {
        let case = self.meant(case).inspect_err(|halt| {
            if let Halt::Skip(why) = halt {
                *self.state().skipped.entry(why.clone()).or_default() += 1;
            }
        })?;
        let exchange = Arc::new(self.deliver(case, false).await?);
        let (exchange, mut failures) = self.settled(exchange).await;
        // What is asked only for the sake of others is not what is tested.
        if self.operation(&exchange.case.operation).is_some_and(|own| !self.settings.is_chosen(own)) {
            failures.clear();
        }
        let mut state = self.state();
        let number = state.log.len();
        state.log.push(Arc::clone(&exchange));
        state.workers.push(worker());
        state.coverage.count(self.api(), &exchange);
        let log = std::mem::take(&mut state.log);
        let is_made_up = self.is_made_up(&exchange);
        if is_made_up && exchange.is_success() {
            state.accept(&exchange.case.operation);
        }
        for failure in failures {
            let key = Key::new(&failure, &exchange);
            let is_held = failure.check == Check::PositiveDataAcceptance
                && is_made_up
                && self.declares(&exchange)
                && !state.knowing.contains(&exchange.case.operation);
            let known = state.findings.get_mut(&key).map(|known| known.count += 1);
            if known.is_none() {
                let is_own = |step: usize| state.workers.get(step) == state.workers.get(number);
                let finding = Finding::new(failure, &log, number, &is_own);
                if is_held {
                    let held = state.held.entry(exchange.case.operation.clone()).or_default();
                    held.push((key, finding));
                    continue;
                }
                state.findings.insert(key.clone(), finding);
                state.fresh.push(key);
            }
        }
        state.log = log;
        Ok(number)
    }

    /// Returns whether a request holds something that has to be known, and was made up.
    fn is_made_up(&self, exchange: &Exchange) -> bool {
        let operation = self.operation(&exchange.case.operation);
        matches!(exchange.case.expect, Expect::Accepted(_))
            && operation.is_some_and(|own| knowledge::needed(self.api(), own, &exchange.case).is_some())
    }

    /// Returns whether the document declares the status of an answer by its number or its class.
    fn declares(&self, exchange: &Exchange) -> bool {
        let (Some(operation), Some(code)) = (self.operation(&exchange.case.operation), exchange.status())
        else {
            return false;
        };
        let mut all = operation.responses.iter().map(|own| own.status);
        all.any(|status| status != Status::Default && status.matches(code))
    }

    /// Returns whether a check found something in an exchange.
    pub(crate) fn is_found(&self, exchange: &Exchange, check: Check) -> bool {
        let log = self.state().log.clone();
        let failures = self.failures(exchange, &|step| log.get(step).cloned());
        failures.iter().any(|failure| failure.check == check)
    }

    /// Forgets what a check found in an exchange alone.
    pub(crate) fn take_back(&self, exchange: &Exchange, check: Check) {
        let log = self.state().log.clone();
        let failures = self.failures(exchange, &|step| log.get(step).cloned());
        let mut state = self.state();
        for failure in failures.iter().filter(|failure| failure.check == check) {
            let key = Key::new(failure, exchange);
            if state.findings.get(&key).is_some_and(|found| found.count <= 1) {
                state.findings.shift_remove(&key);
                state.fresh.retain(|own| *own != key);
            }
            if let Some(held) = state.held.get_mut(&exchange.case.operation) {
                held.retain(|(own, _)| *own != key);
            }
        }
    }

    /// Returns what is wrong with an exchange.
    pub(crate) fn failures(
        &self,
        exchange: &Exchange,
        earlier: &dyn Fn(usize) -> Option<Arc<Exchange>>,
    ) -> Vec<Failure> {
        let max_response_time = self.settings.max_response_time;
        Judge { contract: &self.contract, max_response_time, earlier }.failures(exchange)
    }

    /// Writes a case, and lets the contract judge the very bytes: it is what it is meant to be, or it is not
    /// sent.
    pub(crate) fn meant(&self, mut case: Case) -> Result<Case, Halt> {
        let skip = |why: String| Halt::Skip(why);
        case.arguments.iter_mut().for_each(|own| plain_numbers(&mut own.value));
        if let Some(Body { content: Content::Value(value), .. }) = &mut case.body {
            plain_numbers(value);
        }
        let operation = self.operation(&case.operation).ok_or_else(|| skip("no operation".to_owned()))?;
        let request = message::write(self.api(), operation, &case).map_err(skip)?;
        let judgement = self.contract.request(&request);
        let mut violations = judgement.violations;
        violations.retain(|own| own.part != Part::Security);
        if case.expect == Expect::NoMethod || case.expect == Expect::Methods {
            return match violations.as_slice() {
                [one] if one.part == Part::Method => Ok(case),
                _ => Err(skip("the path has the method".to_owned())),
            };
        }
        if matches!(case.expect, Expect::Accepted(_)) {
            if is_opaque(operation, &case) {
                case.expect = Expect::Declared;
            }
            // Servers and proxies have limits for targets (RFC 9112, 3).
            if request.uri().path_and_query().is_some_and(|own| own.as_str().len() > LONGEST) {
                return Err(skip("its target is longer than servers take".to_owned()));
            }
        }
        if judgement.operation.as_deref() != Some(operation.id.as_str()) {
            return Err(skip("the path is that of another operation".to_owned()));
        }
        match (&mut case.expect, violations.as_slice()) {
            (Expect::NoMediaType, [one]) if one.part == Part::ContentType => Ok(case),
            (Expect::NoMediaType, _) => Err(skip("the media type is declared".to_owned())),
            (Expect::Refused(fault), violations) => {
                *fault = self.fault(violations, &fault.schema).map_err(skip)?;
                Ok(case)
            }
            (_, []) => Ok(case),
            (_, [first, ..]) => Err(skip(format!("it is not what the document asks for: {first}"))),
        }
    }

    /// Returns the one fault of a request.
    fn fault(&self, violations: &[Violation], wanted: &str) -> Result<Fault, String> {
        let Some(first) = violations.first() else {
            return Err("what was written is what the document asks for".to_owned());
        };
        if violations.iter().any(|own| own.kind == Kind::Unchecked) {
            return Err("nobody can say whether it is a fault".to_owned());
        }
        let meant = violations.iter().find(|own| own.schema == wanted).unwrap_or(first);
        let is_one = |own: &Violation| {
            own.part == meant.part && own.name == meant.name && own.pointer == meant.pointer
        };
        if !violations.iter().all(is_one) {
            return Err("it has more faults than one".to_owned());
        }
        // Many services pass over what nobody declared, beside bodies.
        if meant.kind == Kind::Undeclared && meant.part != Part::Body {
            return Err("what is not declared may be passed over".to_owned());
        }
        let is_whole_body = meant.pointer.is_empty() && meant.message == "the body is missing";
        let mut message = format!("{}", meant.part);
        if let Some(name) = &meant.name {
            message.push_str(&format!(" `{name}`"));
        }
        if !meant.pointer.is_empty() {
            message.push_str(&format!(" at {}", meant.pointer));
        }
        Ok(Fault {
            part: meant.part.as_str().to_owned(),
            schema: meant.schema.clone(),
            message: format!("{message}: {}", meant.message),
            // A member that is missing in a body is a fault of a value.
            is_missing: meant.kind == Kind::Missing && (meant.part != Part::Body || is_whole_body),
        })
    }

    /// Sends what was judged, within the budget and the rate.
    pub(crate) async fn deliver(&self, case: Case, is_shrinking: bool) -> Result<Exchange, Halt> {
        let Some(operation) = self.operation(&case.operation) else { return Err(Halt::Stop) };
        let request = message::write(self.api(), operation, &case).map_err(Halt::Skip)?;
        self.take(is_shrinking)?;
        self.wait().await;
        // Whoever makes findings smaller holds it as a whole.
        let _shared = if is_shrinking { None } else { Some(self.quiet.read().await) };
        let mut signed = request.clone();
        credentials::add(self.api(), operation, &self.settings, &case.who, false, &mut signed);
        let mut begun = Instant::now();
        let mut answer = self.transport.send(signed.clone()).await;
        let mut elapsed = begun.elapsed();
        for round in 0..pace::ROUNDS {
            let Some(pause) = answer.as_ref().ok().and_then(|answer| pace::pause(answer, round)) else {
                break;
            };
            if self.take(is_shrinking).is_err() {
                break;
            }
            tokio::time::sleep(pause).await;
            begun = Instant::now();
            answer = self.transport.send(signed.clone()).await;
            elapsed = begun.elapsed();
        }
        if let Err(Lost::Unreachable(why)) = &answer {
            self.note_unreached(why);
            tokio::time::sleep(Duration::from_millis(200)).await;
            return Err(Halt::Skip("the service can't be reached".to_owned()));
        }
        self.state().unreached = 0;
        Ok(Exchange { case, request, answer, elapsed })
    }

    fn note_unreached(&self, why: &str) {
        let mut state = self.state();
        state.unreached += 1;
        state.sent -= 1;
        if state.unreached >= UNREACHED {
            state.error = Some(format!("the service can't be reached: {why}"));
        }
    }

    /// Takes a request from the budget.
    pub(crate) fn take(&self, is_shrinking: bool) -> Result<(), Halt> {
        if self.is_over() && !(is_shrinking && self.settings.fail_fast) {
            return Err(Halt::Stop);
        }
        let mut state = self.state();
        if state.sent >= self.settings.budget || state.error.is_some() {
            return Err(Halt::Stop);
        }
        if is_shrinking {
            if state.shrinking >= self.settings.budget / SHRINKING {
                return Err(Halt::Stop);
            }
            state.shrinking += 1;
        }
        state.sent += 1;
        Ok(())
    }

    /// Waits until the rate lets a request go.
    async fn wait(&self) {
        // Slower than one an hour is no rate.
        let Some(rate) = self.settings.rate.filter(|rate| *rate > 1.0 / 3600.0) else { return };
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let at = next.unwrap_or_else(Instant::now).max(Instant::now());
            *next = Some(at + Duration::from_secs_f64(1.0 / rate));
            at
        };
        tokio::time::sleep_until(at).await;
    }

    /// Returns a value that a link takes from an exchange.
    pub(crate) fn taken(&self, step: usize, source: &Source) -> Option<(Value, Use)> {
        let value = self.exchange(step)?.value(source)?;
        Some((value, Use { step, source: source.clone() }))
    }

    /// Notes what is there now.
    pub(crate) fn keep(&self, operation: &str, step: usize) {
        self.state().pool.entry((worker(), operation.to_owned())).or_default().push(step);
    }

    /// Returns the newest exchange of an operation that made, or showed, what is there now.
    pub(crate) fn kept(&self, operation: &str) -> Option<usize> {
        self.state().pool.get(&(worker(), operation.to_owned()))?.last().copied()
    }

    /// Forgets what an exchange showed not to be there any more.
    pub(crate) fn forget(&self, exchange: &Exchange) {
        let used: Vec<usize> = exchange.case.rests_on().collect();
        let mut state = self.state();
        state.pool.values_mut().for_each(|steps| steps.retain(|step| !used.contains(step)));
    }
}
