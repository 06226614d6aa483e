//! The members of a document beside its paths: version, info, tags, servers, security and components.
//!
//! Must not know what an operation is.

pub(crate) mod components;
pub(crate) mod info;
mod oauth;
pub(crate) mod security;
pub(crate) mod servers;
pub(crate) mod version;
