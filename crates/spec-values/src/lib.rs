//! Values that schemas describe, for tests of those who send or take them.
//!
//! * [`pattern`]: texts that match a regular expression.
//!
//! Must not know documents, models of Rust, nor what a value is needed for.

pub mod pattern;
