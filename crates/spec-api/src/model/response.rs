//! Responses: what an operation answers, by status (OpenAPI 3.1, 4.8.16 and 4.8.17).
//!
//! Must not know what the headers and bodies hold.

use super::{MediaType, SchemaId};
use spec_document::{Location, Pointer};
use std::fmt;

/// One response.
#[derive(Clone, Debug)]
pub struct Response {
    /// Where it stands.
    pub location: Location,
    /// The place of the component, if a reference leads to one: a member of `components/responses`.
    pub component: Option<Pointer>,
    /// The status that it is sent with.
    pub status: Status,
    /// When it is sent.
    pub description: Option<String>,
    /// Headers that it carries.
    pub headers: Vec<Header>,
    /// The media types of its body; empty where there is no body.
    pub content: Vec<MediaType>,
}

/// A header of a response.
#[derive(Clone, Debug)]
pub struct Header {
    /// Where it stands.
    pub location: Location,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// True if it should not be used any more.
    pub deprecated: bool,
    /// True if it is always there.
    pub required: bool,
    /// True if each property stands with its name; the style is always `simple`.
    pub explode: bool,
    /// True if its text is JSON: it is written with `content`.
    pub is_json: bool,
    /// The schema of its values.
    pub schema: SchemaId,
}

/// The status, or statuses, of a response (OpenAPI 3.1, 4.8.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// One code.
    Code(u16),
    /// `2XX` is `Range(2)`.
    Range(u8),
    /// Every code that is not named.
    Default,
}

impl Status {
    /// Returns whether every answer with this status is without a body, whatever a document says (RFC 9110,
    /// 6.4.1 and 15.3.6).
    #[must_use]
    pub fn is_bodiless(self) -> bool {
        matches!(self, Status::Code(100..=199 | 204 | 205 | 304) | Status::Range(1))
    }

    /// Returns whether a code is meant, leaving aside that a more exact entry wins.
    #[must_use]
    pub fn matches(self, code: u16) -> bool {
        match self {
            Status::Code(own) => own == code,
            Status::Range(hundreds) => code / 100 == u16::from(hundreds),
            Status::Default => true,
        }
    }

    /// Returns whether an answer with this status is a success. `default` is none: it stands for errors.
    #[must_use]
    pub fn is_success(self) -> bool {
        match self {
            Status::Code(code) => code < 400,
            Status::Range(hundreds) => hundreds < 4,
            Status::Default => false,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Status::Code(code) => write!(f, "{code}"),
            Status::Range(hundreds) => write!(f, "{hundreds}XX"),
            Status::Default => f.write_str("default"),
        }
    }
}
