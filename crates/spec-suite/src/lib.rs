//! Tests a service against its OpenAPI document, in any language or in process.
//!
//! [`Suite`] sends requests that the document allows, and such that it does not, and holds the answers
//! against it. The [`Report`] has what is broken, with the fewest requests that show it, and [`Replay`] sends
//! them again. A request is judged by the [`Contract`](spec_contract::Contract) before it leaves, on the very
//! bytes: what is sent as wrong is wrong, in one thing.
//!
//! Must not know generated code, any particular API, or files, but for the baseline.

mod baseline;
pub mod case;
mod check;
mod coverage;
mod credentials;
mod exchange;
mod finding;
mod knowledge;
mod links;
mod make;
mod message;
mod pace;
mod plan;
mod replay;
mod report;
mod resource;
mod session;
mod settings;
mod shrink;
mod suite;
mod touched;
mod transport;

pub use baseline::Baseline;
pub use check::Check;
pub use coverage::{Coverage, Met, OperationCoverage};
pub use exchange::Exchange;
pub use finding::Finding;
pub use links::{Link, Target, links};
pub use replay::{Outcome, Replay};
pub use report::Report;
pub use suite::Suite;
pub use transport::Lost;

/// The example of the README, as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
