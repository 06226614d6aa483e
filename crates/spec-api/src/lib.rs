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
mod input;
mod json;
mod meaning;
mod model;
mod operations;
mod references;
mod root;
mod schema;
mod settle;
mod specification;
mod spelling;

pub use meaning::Meanings;
pub use model::{
    Additional, AnswerPlace, Api, Backoff, Body, Calling, Discriminator, Encoding, Example, Header, Kind,
    MediaKind, MediaType, Method, OAuthFlow, OAuthFlowKind, Object, Operation, PageInput, PageOutput,
    PageStyle, Pagination, Parameter, ParameterIn, Property, RequestPlace, Requirement, Response, Retries,
    Schema, SchemaId, Scheme, SecurityScheme, Sequence, Server, ServerVariable, Status, Style, Tag, Version,
};
pub use references::files::{Text, gather, not_a_file};
pub use references::identity::is_metaschema;
pub use references::uri::resolve as resolve_uri;
pub use schema::untyped::Untyped;
pub use spelling::nearest;

use crate::cursor::Cursor;
use crate::input::Input;
use crate::root::{components, info, security, servers};
use crate::schema::SchemaReader;
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
    let root = Cursor::root(document);
    let release = root::version::read(document, &root, diagnostics)?;
    let mut input = Input::new(document, release, diagnostics);
    let mut schemas = SchemaReader::default();

    input.check_fields(&root, &specification::OPENAPI);
    let info = info::read(&mut input, &root);
    let servers = servers::read_root(&mut input, &root);
    let tags = info::read_tags(&mut input, &root);
    let mut security_schemes = security::read_schemes(&mut input, &root);
    let components = components::read(&mut input, &mut schemas, &root);
    let (operations, webhooks) =
        operations::read(&mut input, &mut schemas, &mut security_schemes, &root, &servers);
    operations::read_unused(&mut input, &mut schemas, &root);
    schemas.finish(&mut input, untyped);
    input.report_repeated();
    let json = json::write(&input, &schemas, untyped);

    let mut api = Api {
        source: document.source(),
        version: release.version(),
        title: info.title,
        api_version: info.version,
        description: info.description,
        servers,
        tags,
        security_schemes,
        operations,
        webhooks,
        components,
        examples: schemas.examples,
        json,
        schemas: schemas.table.into_schemas(),
    };
    settle::formats::settle(&mut api, diagnostics);
    settle::interim::settle(&mut api, diagnostics);
    settle::bodies::settle(&mut api, diagnostics);
    settle::headers::settle(&api, diagnostics);
    settle::path_templates::settle(&mut api, diagnostics);
    Some(api)
}
