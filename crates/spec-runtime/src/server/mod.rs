//! The side of servers: requests → parameters and bodies that fit the document, or an answer that says what
//! does not.
//!
//! What handlers get and give stands here; what only generated code calls stands in `codegen::server`. What
//! an operation refuses, and what handlers fail with, has the shape that the document declares for it.
//!
//! The order is fixed: credentials first, then parameters and body together, so that one answer names
//! everything that is wrong. Nothing here knows any particular API.

mod authentication;
pub(crate) mod body;
mod credential;
pub(crate) mod declared;
mod failure;
pub(crate) mod integers;
mod mock;
mod multipart;
pub(crate) mod operation;
pub(crate) mod parameter;
pub(crate) mod problem;
pub(crate) mod reply;
mod routed;
#[cfg(feature = "testing")]
pub mod testing;

pub use crate::validation::{Step, Violation};
pub use authentication::{Authenticate, AuthenticationAttempt, Denied};
pub use credential::Credential;
pub use failure::{Failure, ServiceError};
pub use operation::Context;
pub use problem::{Cause, Problem};
pub use routed::{OperationId, RoutedOperation};
