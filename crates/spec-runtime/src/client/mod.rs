//! What generated clients call: errors, credentials, and what progenitor's own support crate does not carry.
//!
//! Requests are sent by `reqwest`; hooks and response values are those of `progenitor_client`. Nothing here
//! knows any particular API.

mod credentials;
mod error;
mod form;
mod parameter;
mod redirect;
mod response;
mod token;

pub use crate::encoding::Encoding;
pub use crate::headers::{read_header, read_header_as};
pub use crate::security::SecurityScheme;
pub use credentials::{Authorized, Credentials, Secret, environment};
pub(crate) use error::without_query;
pub use error::{Error, RawResponse};
pub use form::{multipart, urlencoded};
pub use parameter::{
    apart, as_json, cookie, encoded, header, joined_query, needed, path, query, query_value, reserved_query,
    segment, text_of,
};
pub use progenitor_client::{ClientHooks, ClientInfo, OperationInfo, QueryParam, ResponseValue};
pub use redirect::{following, transport};
pub use response::{byte_stream, bytes, empty, event_texts, events, form, json, json_lines, text, wrap};
pub use spec_http::style::Style;
pub use token::{TokenEndpoint, TokenRefusal};
