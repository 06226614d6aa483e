//! Parameters: values that a request carries outside of its body (OpenAPI 3.1, 4.8.12).
//!
//! Must not know how a value of a style is written.

use super::{SchemaId, Style};
use spec_document::Location;

/// A parameter (OpenAPI 3.1, 4.8.12), its defaults filled in.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Where it stands.
    pub location: Location,
    /// Its name on the wire.
    pub name: String,
    /// A Rust name that the document pins with `x-rust-name`.
    pub pinned_name: Option<String>,
    /// The part of the request that carries it.
    pub place: ParameterIn,
    /// Its description.
    pub description: Option<String>,
    /// True if a request without it is refused.
    pub required: bool,
    /// True if callers should stop using it.
    pub deprecated: bool,
    /// The style in which its value becomes text.
    pub style: Style,
    /// True if each item or property stands alone.
    pub explode: bool,
    /// True if reserved characters go out as they are.
    pub allow_reserved: bool,
    /// True if its name may stand in the query without a value.
    pub allow_empty: bool,
    /// The schema of its values.
    pub schema: SchemaId,
    /// The media type of a parameter that is written with `content`.
    pub content: Option<String>,
}

/// The part of a request that carries a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the part of its name")]
pub enum ParameterIn {
    Path,
    Query,
    Header,
    Cookie,
}

impl ParameterIn {
    /// Returns the word that documents use.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            ParameterIn::Path => "path",
            ParameterIn::Query => "query",
            ParameterIn::Header => "header",
            ParameterIn::Cookie => "cookie",
        }
    }
}
