//! What generated models are held against: the validator of others, by values that are made of the document
//! itself.
//!
//! [`instances`] and [`random`] make values, [`check`] asks models about them, `loopback` has clients send
//! them to servers. The binary beside this library writes crates that do so for any document; tests do it for
//! documents that are compiled with them. [`children`] and [`table`] serve every command that asks other
//! processes and reports to people.

#[cfg(any(feature = "glue", feature = "loopback"))]
pub mod cells;
pub mod check;
pub mod children;
#[cfg(feature = "glue")]
pub mod glue;
#[cfg(feature = "loopback")]
pub mod loopback;
pub mod report;
pub mod table;

// Makers of values, for whoever is written against this crate alone.
pub use spec_values::{instances, random};
