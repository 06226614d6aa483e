//! Servers: where an API is served (OpenAPI 3.1, 4.8.5).
//!
//! Must not know which server a client asks.

use indexmap::IndexMap;

/// A server (OpenAPI 3.1, 4.8.5). Variables are filled with their defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The URL as it is used; relative where the document says so.
    pub url: String,
    /// The URL with its variables in braces, as written.
    pub template: String,
    /// Its variables, by name.
    pub variables: IndexMap<String, ServerVariable>,
    /// Its description.
    pub description: Option<String>,
}

/// A variable in the URL of a server (OpenAPI 3.1, 4.8.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerVariable {
    /// The value that stands there where nobody says otherwise.
    pub default: String,
    /// The values that it may have; empty where it may have any.
    pub values: Vec<String>,
    /// Its description.
    pub description: Option<String>,
}
