//! Values that JSON Schemas describe, for tests of those who send or take them.
//!
//! * [`Values`] makes valid values, proved by a validator, values at the edges of keywords, and values with
//!   one fault.
//! * [`smaller`] gives simpler values to try in place of one.
//! * [`pattern`]: texts that match a regular expression.
//! * [`random`] and [`instances`] make values of which nobody has yet said whether they are valid.
//!
//! Must not know documents, models of Rust, nor what a value is needed for.

pub mod instances;
pub mod pattern;
pub mod random;
mod smaller;
mod values;
mod variants;

pub use smaller::smaller;
pub use values::{NOT_CARRIED, Values};
pub use variants::Variant;

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// Follows a reference within a document.
fn target<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(&pointer(reference)?)
}

/// Returns the pointer that a reference within a document means.
fn pointer(reference: &str) -> Option<String> {
    Some(percent_decode_str(reference.strip_prefix('#')?).decode_utf8().ok()?.into_owned())
}
