//! The side of clients: calls, their options and errors, credentials, and what progenitor's own support crate
//! does not carry.
//!
//! What callers get and give stands here; what only generated code calls stands in `codegen::client`.
//! Requests are sent by `reqwest`, or any other [`Transport`]; hooks and response values are those of
//! `progenitor_client`. Nothing here knows any particular API.

pub(crate) mod answer;
#[cfg(feature = "blocking")]
mod blocking;
pub(crate) mod browser;
pub(crate) mod call;
pub(crate) mod credentials;
mod error;
mod evidence;
pub(crate) mod form;
pub(crate) mod http_client;
#[cfg(not(target_arch = "wasm32"))]
mod in_process;
mod interceptor;
pub(crate) mod operation;
mod options;
pub(crate) mod parameter;
pub(crate) mod redirect;
pub(crate) mod response;
mod retry;
mod secrets;
pub(crate) mod send;
pub(crate) mod server;
#[cfg(feature = "testing")]
pub mod testing;
pub(crate) mod token;
mod trace;
mod transport;
mod upload;
#[cfg(not(target_arch = "wasm32"))]
mod watched;

#[cfg(feature = "blocking")]
pub(crate) use blocking::block_on;
pub use call::Call;
pub(crate) use call::call_built;
pub use credentials::Secret;
pub(crate) use error::without_query;
pub use error::{Error, ErrorResponse, RawResponse};
pub use evidence::Evidence;
pub use http_client::http_client;
#[cfg(not(target_arch = "wasm32"))]
pub use in_process::InProcess;
pub use interceptor::{Attempt, Event, Interceptor, Next, Reason};
pub use operation::CalledOperation;
pub use options::{Configure, Options};
pub use progenitor_client::{ClientHooks, ClientInfo, OperationInfo, ResponseValue};
pub use retry::Retry;
pub use token::TokenRefusal;
pub use transport::{AttemptError, BoxFuture, TimeoutKind, Transport};
