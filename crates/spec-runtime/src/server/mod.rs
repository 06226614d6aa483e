//! What generated servers call: requests → parameters and bodies that fit the document, or an answer that
//! says what does not.
//!
//! The order is fixed: credentials first, then parameters and body together, so that one answer names
//! everything that is wrong. Nothing here knows any particular API.

mod body;
mod multipart;
mod operation;
mod parameter;
mod problem;
mod reply;

pub use crate::encoding::Encoding;
pub use crate::security::SecurityScheme;
pub use crate::validation::{Step, Violation};
pub use body::{CheckedLines, Content, FromBody, Lines, NoBody, Payload, RawBody, Refused, Streaming, Text};
pub use operation::{Candidate, Context, Credential, NoParameters, Operation, Rejection, which};
pub use parameter::{Parameter, Place};
pub use problem::{Failure, Problem, method_not_allowed, not_found};
pub use reply::{
    Headers, byte_stream, bytes, empty, event_texts, events, json, json_lines, reply, text, text_of,
};
pub use spec_http::media_type::MediaKind;
pub use spec_http::style::Style;
