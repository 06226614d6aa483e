//! Doubles of services for tests: what a generated `Mock` is made of.
//!
//! With the feature `testing`. A mock stands behind the generated router, so that requests which do not fit
//! the document never reach it. Must not know any particular API.

mod expectations;
mod serve;
mod times;

pub use expectations::{Calls, Expectations};
pub use serve::MockServer;
pub use times::Times;
