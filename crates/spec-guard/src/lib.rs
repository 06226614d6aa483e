//! Holds a running service to its OpenAPI document: a [`tower::Layer`] in front of any HTTP service.
//!
//! It knows the document as [`Contract`] does, and no generated code, so what is
//! behind it may be anything: a router of axum, a proxy, a service of hyper.
//!
//! ```
//! use axum::{Router, routing};
//! use spec_guard::{Guard, Report};
//!
//! fn guarded(contract: spec_contract::Contract) -> Router {
//!     let tell = |report: &Report<'_>| {
//!         for finding in report.findings {
//!             eprintln!("{} of {:?}: {finding}", report.side, report.operation);
//!         }
//!     };
//!     let router = Router::new().route("/pets", routing::get(|| async { "[]" }));
//!     router.layer(Guard::new(contract).observe(tell).sample(0.01))
//! }
//! ```
//!
//! # Observe or enforce
//!
//! [`Guard::observe`] changes no byte of any message. What is wrong is told once a body has passed, and of
//! streams as each item passes.
//!
//! [`Guard::enforce`] answers bad requests before the service sees them: 401 without credentials, 415 for a
//! media type, 422 where the document declares it, else 400. Headers and query parameters that the document
//! does not declare are told and pass, since proxies and frameworks add theirs. In place of a bad answer
//! callers get a 500, or its own status if that is one of a failure, and nothing of the body. Such answers
//! are problem details (RFC 9457), or the JSON that the document declares, where that is problem details or a
//! list of `{loc, msg, type}`. A bad item of a stream breaks it off, and does not pass. [`Guard::operation`]
//! sets the mode of one operation.
//!
//! # What passes unjudged
//!
//! Requests to no operation ([`Guard::unknown`]), bodies beyond [`Guard::body_limit`], encoded bodies (put
//! the guard inside of layers that compress), answers of 1xx and the protocols that follow them, and 304 to a
//! conditional request. [`Counters`] says how many there were.
//!
//! # What is told
//!
//! Sinks get ids of operations, parts, kinds and JSON pointers, and no values: neither of headers, cookies
//! and credentials nor of bodies. Keys of an object stand in pointers.
//!
//! # What it costs
//!
//! Bodies that are judged are parsed, which takes some time for each. With [`Guard::background`] no message
//! waits for that. `BENCHMARKS.md` has figures.
//!
//! # Features
//!
//! * `tracing`: the sink `Tracing`.
//! * `metrics`: the sink `Metrics`.
//! * `proxy`: the guard as a proxy, in the module `proxy`.

mod background;
mod counters;
mod exchange;
mod gathered;
mod guard;
mod header;
mod held;
mod message;
mod problem;
#[cfg(feature = "proxy")]
pub mod proxy;
mod report;
mod sample;
mod service;
mod watched;

pub use counters::{Counters, Counts};
pub use exchange::Unjudged;
pub use guard::{Guard, Mode, Sides, Unknown, UnknownOperation};
pub use held::BrokenOff;
#[cfg(feature = "metrics")]
pub use report::Metrics;
#[cfg(feature = "tracing")]
pub use report::Tracing;
pub use report::{Finding, Report, Sink};
pub use service::Guarded;
pub use spec_contract::{Contract, Kind, Part, Side};

/// Tests the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
