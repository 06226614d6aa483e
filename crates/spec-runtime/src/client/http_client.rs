//! The HTTP client that generated clients send requests by, where their user brings no other.

#[cfg(not(target_arch = "wasm32"))]
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
#[cfg(not(target_arch = "wasm32"))]
use std::time::Duration;

/// The longest time that a connection takes to be made.
#[cfg(not(target_arch = "wasm32"))]
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The time for which a connection is kept that nobody uses. Many servers close them after a minute, some
/// after five seconds; a request that meets that moment is lost.
#[cfg(not(target_arch = "wasm32"))]
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// Returns a builder of the HTTP client that a generated client makes for itself: the one of the browser,
/// which connects and follows redirections as it likes.
#[cfg(target_arch = "wasm32")]
pub fn http_client() -> ClientBuilder {
    Client::builder()
}

/// Returns a builder of the HTTP client that a generated client makes for itself, for who wants to change it:
/// a proxy, certificates, other limits.
///
/// It connects within five seconds, keeps an unused connection for 15, and leaves redirections to the
/// generated client, which shows no other server what was meant for this one.
#[cfg(not(target_arch = "wasm32"))]
pub fn http_client() -> ClientBuilder {
    Client::builder()
        .redirect(Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
}

/// Returns the HTTP client of a generated client, which says who it is.
#[must_use]
pub fn transport(user_agent: &str) -> Client {
    // The builder fails where `new` panics.
    http_client().user_agent(user_agent).build().unwrap_or_else(|_| Client::new())
}
