//! A mock server for any OpenAPI document. Every answer is held against the document before it leaves.
//!
//! * [`Mock`] answers requests: a tower service, a router of axum, or a server of its own.
//! * [`Fault`] is what goes wrong on purpose.
//!
//! Knows HTTP, the contract, and makers of values. Must not know any particular API, generated code, or
//! files.

mod answer;
mod body;
mod callbacks;
mod cors;
mod examples;
mod expression;
mod faults;
mod fill;
mod friendly;
mod headers;
mod hidden;
mod mock;
mod negotiate;
mod once;
mod prefer;
mod prepared;
mod problem;
mod refuse;
mod respond;
mod sample;
mod seed;
mod serve;
mod state;
mod xml;

pub use faults::Fault;
pub use mock::Mock;

/// Tests the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
