//! Findings made smaller: fewer steps, fewer parts, smaller values, as long as they show the same.
//!
//! Each try is sent, and judged as the first one was.

use crate::case::{Case, Content, Expect};
use crate::check::Check;
use crate::exchange::Exchange;
use crate::finding::{Finding, Key};
use crate::pace;
use crate::session::{Halt, Session};
use std::sync::Arc;

/// The largest number of requests that one finding may take.
const REQUESTS: usize = 40;

/// The largest number of requests that it may take to find which of many steps a finding hangs on.
const REDUCING: usize = 160;

/// What became of steps that were sent again.
pub(crate) enum Played {
    /// The last one shows the same, in these exchanges.
    Shown(Vec<Arc<Exchange>>, String),
    /// The last one does not show it.
    NotShown(Arc<Exchange>),
    /// A step before the last one had another outcome, and so nothing is known.
    Unclear(String),
}

impl Session {
    /// Sends steps again, values of earlier answers taken anew.
    pub(crate) async fn play(&self, cases: &[Case], wanted: &Key, was: &[bool]) -> Result<Played, Halt> {
        let mut done: Vec<Arc<Exchange>> = Vec::new();
        for (number, case) in cases.iter().enumerate() {
            let Some(case) = renewed(case, &done) else {
                return Ok(Played::Unclear(format!(
                    "step {} needs what an earlier answer does not have",
                    number + 1
                )));
            };
            let exchange = Arc::new(self.deliver(case, true).await?);
            done.push(Arc::clone(&exchange));
            if number + 1 < cases.len() {
                if was.get(number).is_some_and(|was| *was && !exchange.is_success()) {
                    let status = exchange.status().map_or("nothing".to_owned(), |own| own.to_string());
                    return Ok(Played::Unclear(format!("step {} is answered with {status}", number + 1)));
                }
                continue;
            }
            let failures = self.failures(&exchange, &|step| done.get(step).cloned());
            let same = failures.into_iter().find(|own| own.check == wanted.check && own.kind == wanted.kind);
            return Ok(match same {
                Some(same) => Played::Shown(done, same.message),
                None => Played::NotShown(exchange),
            });
        }
        Ok(Played::Unclear("there is no step".to_owned()))
    }

    /// Makes the findings smaller that nobody has tried.
    pub(crate) async fn shrink_all(&self) -> Result<(), Halt> {
        loop {
            let next = {
                let mut state = self.state();
                if state.fresh.is_empty() { None } else { Some(state.fresh.remove(0)) }
            };
            let Some(key) = next else { return Ok(()) };
            let Some(finding) = self.state().findings.get(&key).cloned() else { continue };
            let shrunk = self.shrink(&key, finding).await;
            let mut state = self.state();
            if let Some(own) = state.findings.get_mut(&key) {
                let count = own.count;
                *own = Finding { count, ..shrunk };
            }
        }
    }

    /// Makes one finding smaller, as far as the budget lets it.
    async fn shrink(&self, key: &Key, mut finding: Finding) -> Finding {
        // What others do meanwhile must not be told as its doing.
        let _alone = self.quiet.write().await;
        let mut left = REQUESTS;
        let was = |finding: &Finding| finding.steps.iter().map(|own| own.is_success()).collect::<Vec<_>>();
        // Once more as it was: what is not seen again can't be made smaller.
        match self.play(&finding.cases(), key, &was(&finding)).await {
            Ok(Played::Shown(steps, message)) => (finding.steps, finding.message) = (steps, message),
            other => {
                finding.is_refuted = matches!(other, Ok(Played::NotShown(_)));
                let is_over = other.is_err() && !pace::is_of_time(finding.check);
                if is_over || !self.with_all(key, &mut finding).await {
                    return finding;
                }
            }
        }
        finding.is_reproduced = true;
        left = left.saturating_sub(finding.steps.len());
        let mut candidates = self.candidates(&finding).into_iter();
        while let Some(cases) = candidates.next() {
            if left < cases.len() {
                break;
            }
            left -= cases.len();
            let was: Vec<bool> = match cases.len() == finding.steps.len() {
                true => was(&finding),
                false => vec![true; cases.len()],
            };
            match self.play(&cases, key, &was).await {
                Ok(Played::Shown(steps, message)) => {
                    (finding.steps, finding.message) = (steps, message);
                    candidates = self.candidates(&finding).into_iter();
                }
                Err(Halt::Stop) => break,
                _ => {}
            }
        }
        finding
    }

    /// Sends all steps again that touched the thing, and takes out those that do not matter. Returns whether
    /// it was seen; the steps are all of them if it was not.
    async fn with_all(&self, key: &Key, finding: &mut Finding) -> bool {
        if finding.whole.is_empty() || !is_of_state(finding.check) {
            return false;
        }
        finding.steps = std::mem::take(&mut finding.whole);
        let count = finding.steps.len();
        let Ok(Played::Shown(steps, message)) = self.play(&finding.cases(), key, &vec![false; count]).await
        else {
            return false;
        };
        (finding.steps, finding.message, finding.is_refuted) = (steps, message, false);
        let (mut left, mut size) = (REDUCING, count / 2);
        while size > 0 {
            let mut end = finding.steps.len() - 1;
            while end > 0 {
                let start = end.saturating_sub(size);
                let mut cases = finding.cases();
                for step in (start..end).rev() {
                    cases = without(&cases, step).unwrap_or(cases);
                }
                end = start;
                if cases.len() == finding.steps.len() {
                    continue;
                }
                if left < cases.len() {
                    return true;
                }
                left -= cases.len();
                match self.play(&cases, key, &vec![false; cases.len()]).await {
                    Ok(Played::Shown(steps, message)) => (finding.steps, finding.message) = (steps, message),
                    Err(Halt::Stop) => return true,
                    _ => {}
                }
            }
            size /= 2;
        }
        true
    }

    /// Returns sequences that are smaller by one thing, the smallest first; each request is still what it is
    /// meant to be.
    fn candidates(&self, finding: &Finding) -> Vec<Vec<Case>> {
        let cases = finding.cases();
        let mut all = Vec::new();
        for step in 0..cases.len().saturating_sub(1) {
            all.extend(without(&cases, step));
        }
        for (step, case) in cases.iter().enumerate().rev() {
            for smaller in self.smaller(case) {
                let mut other = cases.clone();
                other[step] = smaller;
                all.push(other);
            }
        }
        all
    }

    /// Returns cases that are smaller by one thing.
    fn smaller(&self, case: &Case) -> Vec<Case> {
        let mut all = Vec::new();
        for argument in &case.arguments {
            let mut less = case.clone();
            less.unset(argument.place, &argument.name);
            all.push(less);
        }
        for (number, _) in case.headers.iter().enumerate() {
            let mut less = case.clone();
            less.headers.remove(number);
            all.push(less);
        }
        if let Some(body) = &case.body {
            let mut less = case.clone();
            less.body = None;
            all.push(less);
            if let Content::Value(value) = &body.content {
                for smaller in spec_values::smaller(value) {
                    // What was taken from an answer stays as it is.
                    let keeps = body
                        .from
                        .iter()
                        .all(|(pointer, _)| smaller.pointer(pointer) == value.pointer(pointer));
                    if keeps {
                        let mut less = case.clone();
                        less.set_value(smaller);
                        all.push(less);
                    }
                }
            }
        }
        for argument in case.arguments.iter().filter(|own| own.from.is_none()) {
            for smaller in spec_values::smaller(&argument.value) {
                let mut less = case.clone();
                less.set(argument.place, &argument.name, smaller);
                all.push(less);
            }
        }
        let is_meant = |less: Case| {
            let meant = self.meant(less).ok()?;
            match (&meant.expect, &case.expect) {
                // The same fault, not another one.
                (Expect::Refused(now), Expect::Refused(was)) if now.schema != was.schema => None,
                _ => Some(meant),
            }
        };
        all.into_iter().filter_map(is_meant).collect()
    }
}

/// Returns whether a finding may come of what other workers did meanwhile, as long as it was not seen again
/// while nothing else ran.
pub(crate) fn is_of_others(finding: &Finding) -> bool {
    let needs_quiet = pace::is_of_time(finding.check) || finding.check == Check::ObjectLevelAuthorization;
    needs_quiet || finding.check == Check::PositiveDataAcceptance && finding.is_refuted
}

/// Returns whether what a check finds may hang on what was done before.
fn is_of_state(check: Check) -> bool {
    pace::is_of_time(check)
        || matches!(
            check,
            Check::NotAServerError
                | Check::Panics
                | Check::StatusCodeConformance
                | Check::ResponseSchemaConformance
                | Check::PositiveDataAcceptance
                | Check::ObjectLevelAuthorization
        )
}

/// Returns steps without one that no other takes anything from.
fn without(cases: &[Case], step: usize) -> Option<Vec<Case>> {
    let mut cases = cases.to_vec();
    for case in &mut cases {
        case.after.retain(|own| *own != step);
        if let Expect::Reads(steps) = &mut case.expect
            && steps.len() > 1
        {
            steps.retain(|own| *own != step);
        }
    }
    if cases.iter().any(|case| case.rests_on().any(|own| own == step)) {
        return None;
    }
    cases.remove(step);
    for case in &mut cases {
        case.renumber(&|own| if own > step { own - 1 } else { own });
    }
    Some(cases)
}

/// Returns a case with the values that earlier steps have now.
fn renewed(case: &Case, done: &[Arc<Exchange>]) -> Option<Case> {
    let mut case = case.clone();
    let taken = |own: &crate::case::Use| done.get(own.step)?.value(&own.source);
    for argument in &mut case.arguments {
        if let Some(from) = &argument.from {
            argument.value = taken(from)?;
        }
    }
    for (name, from) in case.headers_from.clone() {
        let value = spec_http::style::scalar(&taken(&from)?);
        case.headers.retain(|(own, _)| *own != name);
        case.headers.push((name, value));
    }
    if let Some(body) = &mut case.body
        && let Content::Value(value) = &mut body.content
    {
        for (pointer, from) in &body.from {
            *value.pointer_mut(pointer)? = taken(from)?;
        }
    }
    Some(case)
}
