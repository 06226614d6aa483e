//! The paths of a document (OpenAPI 3.1, 4.8.8), and the operations of each.
//!
//! Must not know what an operation says.

use super::ids::Ids;
use super::{OperationReader, Surroundings, calling, operation, parameter, template};
use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::{Calling, Method, Operation, Server};
use crate::root::{security, servers};
use crate::specification::{self, Release};
use spec_document::{Code, Diagnostic};

/// Members of which a document of OpenAPI 3.1 must have one.
const ROOTS: [&str; 3] = ["paths", "components", "webhooks"];

/// Reads the operations of all paths. `api_servers` are those of the document.
pub(super) fn read<'a>(
    reader: &mut OperationReader<'_, 'a>,
    root: &Cursor<'a>,
    api_servers: &[Server],
) -> Vec<Operation> {
    let mut operations: Vec<Operation> = Vec::new();
    let mut ids = Ids::default();
    let security = root
        .child("security")
        .map(|security| security::read_requirements(reader.input, reader.schemes, &security))
        .unwrap_or_default();
    let calling = calling::read(reader.input, root, &Calling::default());
    let may_lack_paths =
        reader.input.release != Release::V3_0 && ROOTS.iter().any(|member| root.child(member).is_some());
    if root.child("paths").is_none() && !may_lack_paths {
        reader.input.warn_missing(root, "paths");
    }
    for (path, item) in reader.input.members_of(root, "paths") {
        if path.starts_with("x-") {
            continue;
        }
        check_slash(reader.input, path, &item);
        let path = &*template::plain(reader.input, path, &item);
        let Some(item) = path_item(reader.input, item) else { continue };
        let path_servers = servers::read(reader.input, &item);
        let parameters = parameter::read_list(reader.input, reader.schemas, &item);
        let surroundings =
            Surroundings { path, parameters: &parameters, security: &security, calling: &calling };
        for (method, at) in methods(&item) {
            let Some(mut operation) = operation::read(reader, &at, method, &surroundings, None) else {
                continue;
            };
            if operation.servers.is_empty() {
                operation.servers.clone_from(&path_servers);
            }
            if operation.servers == api_servers {
                operation.servers.clear();
            }
            ids.claim(reader, &mut operation, &at, path);
            operations.push(operation);
        }
    }
    operations
}

fn check_slash<'a>(input: &mut Input<'a>, path: &str, item: &Cursor<'a>) {
    if !path.starts_with('/') {
        let location = input.location(&item.pointer).key();
        let message = format!("the path {path:?} must begin with a slash; it is taken for \"/{path}\"");
        input.push(
            Diagnostic::warning(Code::InvalidValue, location, message).help(format!("write \"/{path}\"")),
        );
    }
}

/// Returns the path item that stands at a cursor, or is referred to there (OpenAPI 3.1, 4.8.9).
pub(super) fn path_item<'a>(input: &mut Input<'a>, at: Cursor<'a>) -> Option<Cursor<'a>> {
    let item = input.follow(at)?;
    input.expect_object(&item)?;
    input.check_fields(&item, &specification::PATH_ITEM);
    for key in specification::PATH_ITEM.since_3_2 {
        if let Some(at) = item.child(key) {
            let location = input.location(&at.pointer).key();
            let message = format!("`{key}` is not supported, and is ignored");
            input.push(
                Diagnostic::warning(Code::Unsupported, location, message)
                    .help("use one of the methods of OpenAPI 3.1"),
            );
        }
    }
    Some(item)
}

/// Returns the methods of a path item, in the order of the document.
pub(super) fn methods<'a>(item: &Cursor<'a>) -> Vec<(Method, Cursor<'a>)> {
    let method = |key: &str| Method::ALL.into_iter().find(|method| method.key() == key);
    item.members().into_iter().filter_map(|(key, at)| Some((method(key)?, at))).collect()
}
