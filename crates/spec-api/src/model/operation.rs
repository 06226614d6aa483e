//! Operations: a method on a path, and all that is said of it (OpenAPI 3.1, 4.8.10).
//!
//! Must not know how the path and the parameters were found.

use super::{Body, Calling, Pagination, Parameter, Requirement, Response, Server};
use spec_document::Location;
use std::fmt;

/// One operation: a method on a path.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Where it stands.
    pub location: Location,
    /// `operationId`, or one made of method and path where the document gives none.
    pub id: String,
    /// A Rust name that the document pins with `x-rust-name`.
    pub pinned_name: Option<String>,
    /// The method.
    pub method: Method,
    /// The path template, `/pets/{id}`.
    pub path: String,
    /// Of a callback, where it is sent: a runtime expression (OpenAPI 3.1, 4.8.20.4).
    pub sent_to: Option<String>,
    /// Tags, as written.
    pub tags: Vec<String>,
    /// A short description, in one line.
    pub summary: Option<String>,
    /// A long description, in Markdown.
    pub description: Option<String>,
    /// True if callers should stop using it.
    pub deprecated: bool,
    /// Parameters of the operation, and those of its path that it does not redefine.
    pub parameters: Vec<Parameter>,
    /// The request body.
    pub body: Option<Body>,
    /// Responses by status.
    pub responses: Vec<Response>,
    /// Alternatives, any of which will do; empty where no credentials are asked for.
    pub security: Vec<Requirement>,
    /// Servers of its own, or of its path; empty where those of the Api are meant.
    pub servers: Vec<Server>,
    /// What extensions say of how it is called.
    pub calling: Calling,
    /// The way in which its list comes in pages, if the document declares it.
    pub pagination: Option<Pagination>,
}

/// HTTP methods that a path item can declare (OpenAPI 3.1, 4.8.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the method of its name")]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Options,
    Head,
    Patch,
    Trace,
}

impl Method {
    /// All methods, in the order of the specification.
    pub const ALL: [Method; 8] = [
        Method::Get,
        Method::Put,
        Method::Post,
        Method::Delete,
        Method::Options,
        Method::Head,
        Method::Patch,
        Method::Trace,
    ];

    /// Returns the key in a path item.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Method::Get => "get",
            Method::Put => "put",
            Method::Post => "post",
            Method::Delete => "delete",
            Method::Options => "options",
            Method::Head => "head",
            Method::Patch => "patch",
            Method::Trace => "trace",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key().to_ascii_uppercase())
    }
}
