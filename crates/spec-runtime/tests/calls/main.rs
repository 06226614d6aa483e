//! Calls on loopback, against servers that misbehave as they are told: retries, timeouts, options,
//! interceptors, redirections, bodies, and what errors say.

#[cfg(feature = "blocking")]
mod blocking;
mod bodies;
mod errors;
mod in_process;
mod options;
mod redirections;
mod retries;
mod support;
mod timeouts;
