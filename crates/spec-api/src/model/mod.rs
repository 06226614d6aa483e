//! The Api as plain data: operations, parameters, bodies, responses, security and schemas.
//!
//! Knows what each part means and where it stands. Must not know how it was written, nor what becomes of it.

mod api;
mod body;
mod calling;
mod operation;
mod pagination;
mod parameter;
mod response;
mod schema;
mod security;
mod server;

pub use api::{Api, Tag, Version};
pub use body::{Body, Encoding, MediaType};
pub use calling::{Backoff, Calling, Retries};
pub use operation::{Method, Operation};
pub use pagination::{AnswerPlace, PageInput, PageOutput, PageStyle, Pagination, RequestPlace};
pub use parameter::{Parameter, ParameterIn};
pub use response::{Header, Response, Status};
pub use schema::{Additional, Discriminator, Example, Kind, Object, Property, Schema, SchemaId};
pub use security::{OAuthFlow, OAuthFlowKind, Requirement, Scheme, SecurityScheme};
pub use server::{Server, ServerVariable};
pub use spec_http::media_type::{MediaKind, Sequence};
pub use spec_http::style::Style;
