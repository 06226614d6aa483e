//! Paths and webhooks → operations: parameters, bodies, responses and what they ask for.
//!
//! Knows the objects of OpenAPI from `paths` down to the media type. Must not know what a schema means.

mod body;
mod calling;
mod header;
mod ids;
mod operation;
mod pagination;
mod parameter;
mod paths;
mod response;
pub(crate) mod template;
mod webhooks;

pub(crate) use header::check_name;

use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::{Calling, Operation, Parameter, Requirement, Server, Status};
use crate::root::security::SecuritySchemes;
use crate::schema::SchemaReader;
use spec_document::Pointer;

/// Reads operations one after another.
struct OperationReader<'r, 'a> {
    input: &'r mut Input<'a>,
    schemas: &'r mut SchemaReader<'a>,
    schemes: &'r mut SecuritySchemes,
    /// Callbacks of the operations that were read.
    callbacks: Vec<Operation>,
    /// Path items of callbacks that are being read, each within the one before.
    receiving: Vec<Pointer>,
}

/// The surroundings of an operation: where it is, and what it inherits from there.
struct Surroundings<'s> {
    path: &'s str,
    /// Parameters of the path item.
    parameters: &'s [Parameter],
    /// Requirements of the document.
    security: &'s [Requirement],
    /// How operations of the document are called.
    calling: &'s Calling,
}

/// Reads all operations, and what the API itself sends: webhooks, then callbacks.
pub(crate) fn read<'a>(
    input: &mut Input<'a>,
    schemas: &mut SchemaReader<'a>,
    schemes: &mut SecuritySchemes,
    root: &Cursor<'a>,
    servers: &[Server],
) -> (Vec<Operation>, Vec<Operation>) {
    let mut reader =
        OperationReader { input, schemas, schemes, callbacks: Vec::new(), receiving: Vec::new() };
    let operations = paths::read(&mut reader, root, servers);
    let mut sent = webhooks::read(&mut reader, root);
    sent.append(&mut reader.callbacks);
    ids::tell_apart(&mut sent);
    (operations, sent)
}

/// Reads components that nothing may refer to, for what is wrong with them.
pub(crate) fn read_unused<'a>(input: &mut Input<'a>, schemas: &mut SchemaReader<'a>, root: &Cursor<'a>) {
    let Some(components) = input.member(root, "components") else { return };
    for (_, at) in input.members_of(&components, "parameters") {
        if let Some(at) = input.follow(at) {
            parameter::read(input, schemas, &at);
        }
    }
    for (_, at) in input.members_of(&components, "requestBodies") {
        body::read(input, schemas, at);
    }
    for (_, at) in input.members_of(&components, "responses") {
        response::read(input, schemas, at, Status::Default);
    }
    header::read_all(input, schemas, &components);
}
