//! The side of clients: errors, credentials, and what progenitor's own support crate does not carry.
//!
//! What callers get and give stands here; what only generated code calls stands in `codegen::client`.
//! Requests are sent by `reqwest`; hooks and response values are those of `progenitor_client`. Nothing here
//! knows any particular API.

pub(crate) mod credentials;
mod error;
pub(crate) mod form;
pub(crate) mod parameter;
pub(crate) mod redirect;
pub(crate) mod response;
pub(crate) mod token;

pub use credentials::Secret;
pub(crate) use error::without_query;
pub use error::{Error, RawResponse};
pub use progenitor_client::{ClientHooks, ClientInfo, OperationInfo, ResponseValue};
pub use token::TokenRefusal;
