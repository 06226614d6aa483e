//! The rules of JSON Schema 2020-12 that all who judge values share.
//!
//! Models, servers, contracts and whoever makes values ask here, so that a value that fits in one place fits
//! in all.
//!
//! * [`keywords`]: under which keywords no schema stands, or one for each name.
//! * [`pattern`]: regular expressions of ECMA-262, matched in linear time wherever they can be.
//! * `validator`: how a validator is made, with patterns and formats as they are meant here.
//! * `format`: the formats of OpenAPI, and which integers a format means.
//! * `property_patterns`: patterns of names, as a validator has to be told them.
//!
//! The last three stand behind the feature `validator`. Must not know HTTP, OpenAPI documents, or models of
//! Rust.

#[cfg(feature = "validator")]
pub mod format;
pub mod keywords;
pub mod pattern;
#[cfg(feature = "validator")]
mod property_patterns;
#[cfg(feature = "validator")]
pub mod validator;

#[cfg(feature = "validator")]
pub use property_patterns::PropertyPatterns;
