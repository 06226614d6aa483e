//! Requests that the API itself sends: webhooks (OpenAPI 3.1, 4.8.1) and callbacks (4.8.18).
//!
//! Must not know the servers of the API: whoever receives has others.

use super::{OperationReader, Surroundings, operation, parameter, paths};
use crate::cursor::Cursor;
use crate::model::{Calling, Operation};

/// Reads the webhooks of a document.
pub(super) fn read<'a>(reader: &mut OperationReader<'_, 'a>, root: &Cursor<'a>) -> Vec<Operation> {
    let mut webhooks = Vec::new();
    for (name, item) in reader.input.members_of(root, "webhooks") {
        webhooks.extend(read_item(reader, name, item, None));
    }
    webhooks
}

/// Reads the callbacks of an operation.
pub(super) fn read_callbacks<'a>(reader: &mut OperationReader<'_, 'a>, operation: &Cursor<'a>, id: &str) {
    for (name, callback) in reader.input.members_of(operation, "callbacks") {
        let Some(callback) = reader.input.follow(callback) else { continue };
        if reader.input.expect_object(&callback).is_none() {
            continue;
        }
        let items = callback.members().into_iter().filter(|(expression, _)| !expression.starts_with("x-"));
        for (index, (expression, item)) in items.enumerate() {
            // What is sent to different places is received at different ones.
            let own = if index == 0 { format!("{id}/{name}") } else { format!("{id}/{name}/{}", index + 1) };
            let received = read_item(reader, &own, item, Some(expression));
            reader.callbacks.extend(received);
        }
    }
}

/// Reads what the path item of a webhook or callback asks of the receiver.
fn read_item<'a>(
    reader: &mut OperationReader<'_, 'a>,
    name: &str,
    item: Cursor<'a>,
    sent_to: Option<&str>,
) -> Vec<Operation> {
    let mut operations = Vec::new();
    let Some(item) = paths::path_item(reader.input, item) else { return operations };
    // A callback of a callback may lead back to the first one.
    if reader.receiving.contains(&item.pointer) {
        return operations;
    }
    reader.receiving.push(item.pointer.clone());
    let parameters = parameter::read_list(reader.input, reader.schemas, &item);
    let methods = paths::methods(&item);
    let is_only = methods.len() == 1;
    let path = format!("/{}", name.trim_start_matches('/'));
    // Credentials of the API are not those of whoever receives.
    let calling = Calling::default();
    let surroundings =
        Surroundings { path: &path, parameters: &parameters, security: &[], calling: &calling };
    for (method, at) in methods {
        let id = if is_only { name.to_owned() } else { format!("{name}/{}", method.key()) };
        let Some(mut operation) = operation::read(reader, &at, method, &surroundings, Some(&id)) else {
            continue;
        };
        operation.sent_to = sent_to.map(str::to_owned);
        operations.push(operation);
    }
    reader.receiving.pop();
    operations
}
