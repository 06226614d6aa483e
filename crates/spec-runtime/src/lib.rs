//! The library that generated models, clients and servers call.
//!
//! The root holds what models have in their fields: [`Field`] and [`Nullable`] for what may be null,
//! [`Extra`] for names that the document does not list, [`File`] for parts of forms. [`Validate`] says
//! whether a value is all that the document asks for. Streams of bytes, events and lines are in `stream`.
//!
//! ```
//! use spec_runtime::Field;
//!
//! /// Returns the note to store in place of `stored`, as a patch says it.
//! fn patched(stored: Option<String>, note: Field<String>) -> Option<String> {
//!     match note {
//!         Field::Absent => stored,
//!         Field::Null => None,
//!         Field::Value(text) => Some(text),
//!     }
//! }
//! assert_eq!(patched(Some("old".to_owned()), Field::Null), None);
//! ```
//!
//! # Clients
//!
//! With the feature `client`. Generated clients answer with `client::Error` where there is nothing that the
//! document declares for a success:
//!
//! ```
//! # #[cfg(feature = "client")]
//! # mod example {
//! use spec_runtime::client::Error;
//!
//! fn explain<E: std::fmt::Debug>(error: Error<E>) -> String {
//!     match error {
//!         Error::ErrorResponse(answer) => format!("refused: {:?}", answer.into_inner()),
//!         Error::UnexpectedResponse(raw) => format!("an answer of another document: {}", raw.text()),
//!         other => other.to_string(),
//!     }
//! }
//! # }
//! ```
//!
//! # Servers
//!
//! With the feature `server`. A handler that has no answer of the document's returns `server::Failure`. With
//! `?`, errors of the standard library become one, a 500; errors of a service say by `server::ServiceError`
//! what they become:
//!
//! ```
//! # #[cfg(feature = "server")]
//! # mod example {
//! use axum::http::StatusCode;
//! use spec_runtime::server::Failure;
//!
//! fn lines(file: &str) -> Result<usize, Failure> {
//!     if file.contains("..") {
//!         return Err(Failure::new(StatusCode::BAD_REQUEST, "a name of a file has no dots in a row"));
//!     }
//!     Ok(std::fs::read_to_string(file)?.lines().count())
//! }
//! # }
//! ```
//!
//! # Validation
//!
//! With the feature `validation`, which `server` has in it: all violations of a value, not only the first.
//!
//! # Crates of others
//!
//! Types of other crates stand in generated models, clients and servers. These crates are here under their
//! own names, in the versions that generated code has, so that a manifest need not list them:
//!
//! ```
//! use spec_runtime::chrono::{DateTime, Utc};
//! use spec_runtime::indexmap::IndexMap;
//!
//! let sent: DateTime<Utc> = "2024-05-01T12:00:00Z".parse()?;
//! let times: IndexMap<String, DateTime<Utc>> = IndexMap::from([("sent".to_owned(), sent)]);
//! # Ok::<(), spec_runtime::chrono::ParseError>(())
//! ```
//!
//! `chrono`, `indexmap`, `serde_json` and `uuid` are always there; `bytes` and `http` with `client` or
//! `server`, `reqwest` with `client`, and `axum` with `server`. Whoever wants more of their features names
//! the crate in a manifest, too: cargo makes one crate of both.
//!
//! Nothing here knows any particular API. Other modules are for generated code alone, and are not stable.

mod base64;
#[cfg(any(feature = "client", feature = "server"))]
mod charset;
#[doc(hidden)]
pub mod check;
#[cfg(feature = "client")]
pub mod client;
#[doc(hidden)]
pub mod codegen;
mod decode;
#[cfg(any(feature = "client", feature = "server"))]
mod encoding;
#[doc(hidden)]
pub mod enumeration;
mod extra;
mod field;
mod file;
#[cfg(any(feature = "client", feature = "server"))]
mod headers;
mod json;
mod missing;
mod numbers;
#[doc(hidden)]
pub mod object;
#[cfg(feature = "client")]
pub mod pages;
mod parse;
mod reading;
#[cfg(any(feature = "client", feature = "server"))]
mod security;
#[cfg(feature = "server")]
pub mod server;
mod step;
#[cfg(any(feature = "client", feature = "server"))]
pub mod stream;
#[cfg(any(feature = "client", feature = "server"))]
mod texts;
mod union;
#[cfg(feature = "validation")]
pub mod validation;
#[cfg(feature = "validation")]
mod view;
#[cfg(feature = "validation")]
mod violation;

pub use base64::Base64;
pub use check::Validate;
pub use extra::Extra;
pub use field::{Field, Nullable};
pub use file::{File, FileContent};
pub use json::{DecodeError, from_slice, from_value};
pub use missing::MissingFields;
pub use parse::UnknownValue;

#[cfg(feature = "server")]
#[doc(no_inline)]
pub use axum;
#[cfg(any(feature = "client", feature = "server"))]
#[doc(no_inline)]
pub use bytes;
#[doc(no_inline)]
pub use chrono;
#[cfg(any(feature = "client", feature = "server"))]
#[doc(no_inline)]
pub use http;
#[doc(no_inline)]
pub use indexmap;
#[cfg(feature = "client")]
#[doc(no_inline)]
pub use reqwest;
#[doc(no_inline)]
pub use serde_json;
#[doc(no_inline)]
pub use uuid;

/// Items that macros of this crate expand to. Not for anyone else.
#[doc(hidden)]
pub mod private {
    pub use {schemars, serde, serde_json};

    /// Returns a JSON text that the generator wrote.
    pub fn json(text: &str) -> serde_json::Value {
        serde_json::from_str(text).unwrap_or_default()
    }
}
