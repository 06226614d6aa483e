//! What a mock expects, what came, and how the two are held against each other.
//!
//! Knows operations by their ids, and handlers by the types of what they take and give. Must not know how
//! requests are read.

use super::super::failure::Failure;
use super::super::operation::Context;
use super::super::routed::OperationId;
use super::times::{Count, Times};
use http::StatusCode;
use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A handler of an operation, as it is kept: what it takes is a tuple.
type Handler<A, R> = Box<dyn Fn(A) -> Answer<R> + Send + Sync>;

/// The answer of a handler, sooner or later.
type Answer<R> = Pin<Box<dyn Future<Output = Result<R, Failure>> + Send>>;

/// The expectations of a mock, and the calls that it had. Clones share both; the last one that is dropped
/// panics where they do not agree.
#[doc(hidden)]
#[derive(Clone)]
pub struct Expectations(Arc<State>);

/// The state that all clones share.
struct State {
    /// The name of the trait.
    interface: &'static str,
    script: Mutex<Script>,
}

#[derive(Default)]
struct Script {
    expected: Vec<Expectation>,
    calls: Vec<&'static str>,
    /// The faults, each as a sentence.
    faults: Vec<String>,
}

/// The expectations of an operation.
struct Expectation {
    operation: &'static str,
    times: Times,
    calls: usize,
    /// A `Handler` of what the operation takes and gives.
    handler: Arc<dyn Any + Send + Sync>,
    /// Where it was set up.
    place: &'static Location<'static>,
}

impl Expectations {
    /// Makes the expectations of a mock of a trait: none.
    #[must_use]
    pub fn of(interface: &'static str) -> Self {
        Expectations(Arc::new(State { interface, script: Mutex::default() }))
    }

    /// Expects any number of calls of an operation, which a handler answers.
    ///
    /// # Panics
    ///
    /// If it would never be reached, because one before it takes all calls.
    #[track_caller]
    pub fn expect<A: 'static, R: 'static>(
        &self,
        operation: &'static str,
        handler: impl Fn(A) -> Answer<R> + Send + Sync + 'static,
    ) {
        let handler: Handler<A, R> = Box::new(handler);
        let place = Location::caller();
        let mut script = self.0.script();
        let before = script.expected.iter().find(|own| own.operation == operation && own.times.is_endless());
        if let Some(before) = before {
            let (times, place) = (before.times, before.place);
            drop(script);
            panic!(
                "this expectation of `{operation}` would never be reached: the one at {place} takes {times}; \
                 say there by `.times(…)` how many"
            );
        }
        script.expected.push(Expectation {
            operation,
            times: Times::from(..),
            calls: 0,
            handler: Arc::new(handler),
            place,
        });
    }

    /// Says how many calls meet the expectation that was set up last.
    ///
    /// # Panics
    ///
    /// If there is none, or no number is one of these.
    #[track_caller]
    pub fn times(&self, times: Times) {
        assert!(!times.is_empty(), "no number of calls is in an empty range: {times}");
        let mut script = self.0.script();
        if let Some(last) = script.expected.last_mut() {
            last.times = times;
            return;
        }
        drop(script);
        panic!("`times` is about the expectation before it, and there is none: name an operation first");
    }

    /// Returns the calls so far.
    #[must_use]
    pub fn calls(&self) -> Calls {
        Calls(self.0.script().calls.clone())
    }

    /// Panics if what came is not what is expected.
    ///
    /// # Panics
    ///
    /// Then, with everything that is wrong.
    #[track_caller]
    pub fn verify(&self) {
        if let Some(message) = self.0.message() {
            panic!("{message}");
        }
    }

    /// Takes the first expectation of an operation that has room for one call more.
    ///
    /// # Errors
    ///
    /// 501 where there is none. By default, clients do not repeat a call for that.
    pub fn take<P, A: 'static, R: 'static>(&self, context: &Context<P>) -> Result<Taken<'_, A, R>, Failure> {
        let OperationId(operation) = context.operation;
        let mut script = self.0.script();
        script.calls.push(operation);
        let next = script
            .expected
            .iter_mut()
            .find(|own| own.operation == operation && own.times.has_room_after(own.calls));
        let handler = next.and_then(|expectation| {
            expectation.calls += 1;
            Arc::downcast(Arc::clone(&expectation.handler)).ok()
        });
        if let Some(handler) = handler {
            return Ok(Taken { state: &self.0, operation, handler });
        }
        let asked = format!("{} {}", context.method, context.uri.path());
        let had: usize = script.of(operation).map(|own| own.calls).sum();
        let said = match script.of(operation).count() {
            0 => format!("`{operation}` is not expected, but `{asked}` came"),
            _ => format!("`{operation}` is expected no more after {}, but `{asked}` came", Count(had)),
        };
        script.faults.push(said.clone());
        Err(Failure::new(StatusCode::NOT_IMPLEMENTED, format!("the mock can't answer: {said}")))
    }
}

impl State {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says what is wrong, if anything is.
    fn message(&self) -> Option<String> {
        let script = self.script();
        let unmet = script.expected.iter().filter(|own| !own.times.is_met_by(own.calls)).map(|own| {
            let Expectation { operation, times, calls, place, .. } = own;
            format!("`{operation}` is expected to have {times} ({place}), and had {}", Count(*calls))
        });
        let wrong: Vec<String> = unmet.chain(script.faults.iter().cloned()).collect();
        if wrong.is_empty() {
            return None;
        }
        let lines: String = wrong.iter().map(|line| format!("\n  * {line}")).collect();
        let calls = if script.calls.is_empty() { "none".to_owned() } else { script.calls.join(", ") };
        Some(format!("a mock of `{}` was not called as expected:{lines}\n  calls: {calls}", self.interface))
    }
}

impl Drop for State {
    /// Panics if what came is not what is expected; not while something else has gone wrong already.
    fn drop(&mut self) {
        if !std::thread::panicking()
            && let Some(message) = self.message()
        {
            panic!("{message}");
        }
    }
}

impl Script {
    fn of(&self, operation: &'static str) -> impl Iterator<Item = &Expectation> {
        self.expected.iter().filter(move |own| own.operation == operation)
    }
}

impl fmt::Debug for Expectations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let script = self.0.script();
        let expected = script.expected.iter().map(|own| (own.operation, own.times.to_string(), own.calls));
        let expected: Vec<_> = expected.collect();
        f.debug_struct("Expectations").field("expected", &expected).field("calls", &script.calls).finish()
    }
}

/// An expectation that a call has taken.
#[doc(hidden)]
pub struct Taken<'a, A, R> {
    state: &'a State,
    operation: &'static str,
    handler: Arc<Handler<A, R>>,
}

impl<A, R> Taken<'_, A, R> {
    /// Answers the call.
    ///
    /// # Errors
    ///
    /// The failure of the handler.
    pub async fn answer(self, arguments: A) -> Result<R, Failure> {
        let mut watch = Watch { state: self.state, operation: self.operation, is_over: false };
        let answer = (self.handler)(arguments).await;
        watch.is_over = true;
        answer
    }
}

/// A watch over a handler: one that panics, in a task of a server, say, is a fault of the test.
struct Watch<'a> {
    state: &'a State,
    operation: &'static str,
    is_over: bool,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if !self.is_over && std::thread::panicking() {
            self.state.script().faults.push(format!("the handler of `{}` panicked", self.operation));
        }
    }
}

/// The calls of a mock, as the `operationId` of each, in the order in which they came.
///
/// ```
/// # use spec_runtime::server::testing::Calls;
/// # fn f(calls: Calls) {
/// assert_eq!(calls, ["create_pet", "get_pet", "get_pet"]);
/// assert_eq!(calls.count("get_pet"), 2);
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calls(Vec<&'static str>);

impl Calls {
    /// Counts the calls of an operation.
    #[must_use]
    pub fn count(&self, operation: &str) -> usize {
        self.0.iter().filter(|own| **own == operation).count()
    }
}

impl Deref for Calls {
    type Target = [&'static str];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<const N: usize> PartialEq<[&str; N]> for Calls {
    fn eq(&self, other: &[&str; N]) -> bool {
        self.0 == other
    }
}

impl PartialEq<Vec<&str>> for Calls {
    fn eq(&self, other: &Vec<&str>) -> bool {
        self.0 == *other
    }
}
