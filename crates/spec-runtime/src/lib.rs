//! What generated code calls, so that generated code stays thin.
//!
//! The root holds what models need; `client`, `server` and `validation` stand behind features of their names.
//! Nothing here knows any particular API.

mod base64;
#[cfg(any(feature = "client", feature = "server"))]
mod charset;
pub mod check;
#[cfg(feature = "client")]
pub mod client;
mod decode;
#[cfg(any(feature = "client", feature = "server"))]
mod encoding;
pub mod enumeration;
mod extra;
mod field;
mod file;
#[cfg(any(feature = "client", feature = "server"))]
mod headers;
mod json;
mod missing;
mod numbers;
pub mod object;
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
pub use check::Check;
pub use extra::Extra;
pub use field::{Field, Nullable};
pub use file::{File, FileContent};
#[cfg(any(feature = "client", feature = "server"))]
pub use headers::HeaderText;
pub use json::{DecodeError, from_slice, from_value};
pub use missing::MissingFields;
pub use parse::UnknownValue;
pub use union::{ByKind, ByTag, Kind, Untagged, by_kind, by_tag, one_of, tagged, untagged};

/// What macros of this crate expand to. Not for anyone else.
#[doc(hidden)]
pub mod private {
    pub use {schemars, serde, serde_json};

    /// A JSON text that the generator wrote.
    pub fn json(text: &str) -> serde_json::Value {
        serde_json::from_str(text).unwrap_or_default()
    }
}
