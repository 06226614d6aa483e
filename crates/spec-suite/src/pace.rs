//! Answers that come later than asked for: services that want to be asked again, and such whose reads follow
//! their writes after a while.
//!
//! Must not know which requests are worth sending.

use crate::case::Expect;
use crate::check::{Check, Failure};
use crate::exchange::Exchange;
use crate::session::Session;
use bytes::Bytes;
use http::Response;
use http::header::RETRY_AFTER;
use std::sync::Arc;
use std::time::Duration;

/// The number of times that a request is sent again where the service asks for it.
pub(crate) const ROUNDS: u32 = 4;

/// The longest time that is waited at once because a service asks for it.
const LONGEST: Duration = Duration::from_secs(20);

/// The waits before an answer that shows a finding is asked for again.
const WAITS: [u64; 3] = [100, 200, 400];

/// The part of the budget that asking again may take.
const SETTLING: usize = 8;

/// Returns how long to wait before the same request is sent again: 429 asks for it, and 503 with
/// `Retry-After` (RFC 6585, 4, and RFC 9110, 10.2.3).
pub(crate) fn pause(answer: &Response<Bytes>, round: u32) -> Option<Duration> {
    let after = answer.headers().get(RETRY_AFTER);
    if !matches!((answer.status().as_u16(), after), (429, _) | (503, Some(_))) {
        return None;
    }
    let seconds = after.and_then(|own| own.to_str().ok()).and_then(|own| own.trim().parse().ok());
    // A date says when by a clock that may be another one.
    let own = Duration::from_millis(250 << round);
    Some(seconds.map_or(own, Duration::from_secs).min(LONGEST))
}

/// Returns whether a failure may pass by itself, since the service shows what was written only after a while.
fn may_pass(failure: &Failure, exchange: &Exchange) -> bool {
    match failure.check {
        check if is_of_time(check) => true,
        Check::ObjectLevelAuthorization => matches!(exchange.case.expect, Expect::HiddenIn(..)),
        // What a request names may not be known everywhere yet.
        Check::PositiveDataAcceptance => exchange.case.rests_on().next().is_some(),
        _ => false,
    }
}

/// Returns whether a check compares what was written with what is read.
pub(crate) fn is_of_time(check: Check) -> bool {
    matches!(
        check,
        Check::UseAfterFree
            | Check::EnsureResourceAvailability
            | Check::ReadYourWrites
            | Check::ConditionalRequests
            | Check::ListConformance
    )
}

impl Session {
    /// Returns what is wrong with an exchange of a run. What may pass by itself is asked for again before it
    /// is said; the exchange is that of the last answer then.
    pub(crate) async fn settled(&self, exchange: Arc<Exchange>) -> (Arc<Exchange>, Vec<Failure>) {
        let judged = |exchange: &Exchange| self.failures(exchange, &|step| self.exchange(step));
        let (mut exchange, mut failures) = (Arc::clone(&exchange), judged(&exchange));
        for wait in WAITS {
            if !failures.iter().any(|own| may_pass(own, &exchange) && !self.is_known(own, &exchange)) {
                break;
            }
            let is_spent = {
                let mut state = self.state();
                state.settling += 1;
                state.settling > self.settings.budget / SETTLING
            };
            if is_spent {
                break;
            }
            tokio::time::sleep(Duration::from_millis(wait)).await;
            let Ok(again) = self.deliver(exchange.case.clone(), false).await else { break };
            let mut now = judged(&again);
            // What changes from one answer to the next is a clock or a counter.
            let is_moved = |own: &Failure| {
                let before = failures.iter().find(|was| was.check == own.check && was.kind == own.kind);
                own.check == Check::ReadYourWrites && before.is_some_and(|was| was.message != own.message)
            };
            now.retain(|own| !is_moved(own));
            (exchange, failures) = (Arc::new(again), now);
        }
        (exchange, failures)
    }

    /// Returns whether a failure was found before.
    fn is_known(&self, failure: &Failure, exchange: &Exchange) -> bool {
        self.state().findings.contains_key(&crate::finding::Key::new(failure, exchange))
    }
}
