//! Calls on loopback, against servers that misbehave as they are told: retries, timeouts, options,
//! interceptors, redirections, bodies, and what errors say.

mod bodies;
mod errors;
mod options;
mod redirections;
mod retries;
mod support;
mod timeouts;
