//! Redirections: followed as usual, save where the operation that is called declares one as an answer.
//!
//! `reqwest` asks about a redirection with nothing but URLs, from within the request that is being polled; so what the operation
//! declares is said for as long as its request is. Must not know operations.

use reqwest::redirect::Policy;
use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;

thread_local! {
    /// The statuses that are answers to the request that this thread polls.
    static DECLARED: Cell<&'static [u16]> = const { Cell::new(&[]) };
}

/// An HTTP client that follows redirections as `reqwest` does, but returns those that are [declared](declaring).
pub fn returning() -> reqwest::Client {
    let policy = Policy::custom(|attempt| {
        // Only what the operation itself is answered is declared, not what comes after.
        let is_first = attempt.previous().len() == 1;
        let is_declared = is_first && DECLARED.get().contains(&attempt.status().as_u16());
        if is_declared { attempt.stop() } else { Policy::default().redirect(attempt) }
    });
    let client = reqwest::Client::builder().redirect(policy).build();
    // The builder fails where `new` panics.
    client.unwrap_or_else(|_| reqwest::Client::new())
}

/// A request to which redirections of these statuses are answers, where the client is one that [returns](returning) them.
pub async fn declaring<F: Future>(statuses: &'static [u16], request: F) -> F::Output {
    let mut request = pin!(request);
    poll_fn(|context| {
        let _saying = Saying::new(statuses);
        request.as_mut().poll(context)
    })
    .await
}

/// Says what is declared until it is dropped.
struct Saying {
    before: &'static [u16],
}

impl Saying {
    fn new(statuses: &'static [u16]) -> Self {
        Saying { before: DECLARED.replace(statuses) }
    }
}

impl Drop for Saying {
    fn drop(&mut self) {
        DECLARED.set(self.before);
    }
}
