//! The commands of `spec` that others forward to.
//!
//! [`generate`] writes files of documents: the house's `cargo xtask` calls it, and `spec`. What needs a
//! server or an HTTP client is part of the program alone, behind the feature `kit`, so that this builds fast.

pub mod generate;
pub mod usage;

/// Says whether a user wrote a URL of HTTP where a document is meant.
///
/// ```
/// assert!(spec_cli::is_url("HTTP://127.0.0.1:8000/openapi.json"));
/// assert!(!spec_cli::is_url("main:openapi/pets.yaml"));
/// ```
#[must_use]
pub fn is_url(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|scheme| scheme == "http" || scheme == "https")
}
