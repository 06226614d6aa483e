//! Document → Api: what an OpenAPI document means.
//!
//! Knows OpenAPI 3.0 and 3.1, of 3.2 what says the same, and JSON Schema. After this stage nobody asks which
//! version a document was written in: null written as `nullable: true`, as a type array or as a member of
//! `anyOf` is one notion ([`Schema::nullable`]), and [`Api::json`] holds every schema in the dialect of JSON
//! Schema 2020-12.
//!
//! Must not know Rust names or types, any engine, or any file. Everything keeps its
//! [`Location`](spec_document::Location), so that what a later stage finds wrong can be shown in the text.

mod cursor;
mod dialect;
mod merge;
mod model;
mod operations;
mod reader;
mod references;
mod schema;
mod schemas;
mod settle;
mod spelling;

pub use model::{
    Additional, Api, Body, Discriminator, Encoding, Example, Header, Kind, MediaKind, MediaType, Method,
    OAuthFlow, OAuthFlowKind, Object, Operation, Parameter, ParameterIn, Property, Requirement, Response,
    Schema, SchemaId, Scheme, SecurityScheme, Sequence, Server, ServerVariable, Status, Style, Tag, Version,
};
pub use references::files::{Text, gather, not_a_file};
pub use references::identity::is_metaschema;
pub use references::uri::resolve as resolve_uri;
pub use schema::untyped::Untyped;

use spec_document::{Diagnostics, Document};

/// Reads a document, schemas that name no type as people mean them.
///
/// Everything that is wrong is pushed to `diagnostics`; the Api that comes back holds whatever could be
/// understood, so that later stages can look for more. `None` means that nothing can be said at all: the root
/// or its version is unusable.
#[must_use]
pub fn read(document: &Document, diagnostics: &mut Diagnostics) -> Option<Api> {
    read_as(document, Untyped::Guess, diagnostics)
}

/// Reads a document; `untyped` says how schemas are taken that name no type.
#[must_use]
pub fn read_as(document: &Document, untyped: Untyped, diagnostics: &mut Diagnostics) -> Option<Api> {
    reader::Reader::new(document, untyped, diagnostics).read()
}
