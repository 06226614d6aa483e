//! What generated code calls, so that generated code stays thin.
//!
//! The root holds what models need; [`client`] and [`server`] stand behind features of their names. Nothing here knows any
//! particular API.

#[cfg(feature = "client")]
pub mod client;
mod field;
mod file;
mod json;
mod missing;
mod parse;
#[cfg(any(feature = "client", feature = "server"))]
mod security;
#[cfg(feature = "server")]
pub mod server;
pub mod style;
mod union;

pub use field::{Field, Nullable, nullable, present};
pub use file::File;
pub use json::{DecodeError, from_slice, from_value};
pub use missing::MissingFields;
pub use parse::UnknownValue;
pub use union::{Tagged, Untagged, one_of};
