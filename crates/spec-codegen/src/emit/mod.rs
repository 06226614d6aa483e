//! Code that more than one of models, client and server prints: bodies, headers, security schemes, styles,
//! checks, defaults, and what serde asks for.
//!
//! Must not know which of them it prints for.

pub(crate) mod aliases;
pub(crate) mod bodies;
pub(crate) mod check;
pub(crate) mod defaults;
pub(crate) mod headers;
mod keywords;
pub(crate) mod literals;
pub(crate) mod security;
pub(crate) mod serde;
pub(crate) mod styles;
