//! Ids of operations: each one has an id, and no two have the same.
//!
//! Must not know what an operation does.

use super::OperationReader;
use crate::cursor::Cursor;
use crate::model::{Method, Operation};
use spec_document::{Code, Diagnostic, Location};
use std::collections::{HashMap, HashSet};

/// Makes the id of an operation that has none of its own.
pub(super) fn make(method: Method, path: &str) -> String {
    format!("{}{}", method.key(), path.replace(['{', '}'], ""))
}

/// Reads the id of an operation. `fallback` is that of one that need not have any; all others should.
pub(super) fn read<'a>(
    reader: &mut OperationReader<'_, 'a>,
    at: &Cursor<'a>,
    method: Method,
    path: &str,
    fallback: Option<&str>,
) -> String {
    if let Some(id) = reader.input.string(at, "operationId") {
        return id;
    }
    if at.child("operationId").is_none() && fallback.is_none() {
        let location = reader.input.location(&at.pointer).key();
        let message = "this operation has no operationId, so its name is made from its method and path";
        reader.input.push(
            Diagnostic::warning(Code::MissingOperationId, location, message)
                .help("add an `operationId`: names that are made change with the path"),
        );
    }
    fallback.map_or_else(|| make(method, path), str::to_owned)
}

/// Ids that are in use, and where each is declared.
#[derive(Default)]
pub(super) struct Ids(HashMap<String, Location>);

impl Ids {
    /// Takes the id of an operation, or one that is free in its place.
    pub(super) fn claim<'a>(
        &mut self,
        reader: &mut OperationReader<'_, 'a>,
        operation: &mut Operation,
        at: &Cursor<'a>,
        path: &str,
    ) {
        let declared = at.child("operationId").filter(|id| id.node.as_str().is_some());
        let location = match &declared {
            Some(id) => reader.input.location(&id.pointer),
            None => operation.location.clone(),
        };
        if let Some(first) = self.0.get(&operation.id).filter(|_| declared.is_some()) {
            let made = make(operation.method, path);
            let message = format!(
                "the operationId `{}` is used twice; this operation is called `{made}`",
                operation.id
            );
            let diagnostic = Diagnostic::warning(Code::DuplicateOperationId, location.clone(), message)
                .related(first.clone(), "first used here")
                .help("give each operation an operationId of its own");
            reader.input.push(diagnostic);
            operation.id = made;
        }
        if self.0.contains_key(&operation.id) {
            // `/pets/{id}` beside `/pets/id`.
            let made = operation.id.clone();
            let mut numbers = 2..;
            while self.0.contains_key(&operation.id) {
                operation.id = format!("{made}/{}", numbers.next().unwrap_or(u64::MAX));
            }
        }
        self.0.insert(operation.id.clone(), location);
    }
}

/// Gives each operation an id that no other has.
pub(super) fn tell_apart(operations: &mut [Operation]) {
    let mut known = HashSet::new();
    for operation in operations {
        let own = operation.id.clone();
        let mut numbers = 2_u64..;
        while !known.insert(operation.id.clone()) {
            operation.id = format!("{own}/{}", numbers.next().unwrap_or(u64::MAX));
        }
    }
}
