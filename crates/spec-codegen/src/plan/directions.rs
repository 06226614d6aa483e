//! Which schemas requests hold, and which responses.
//!
//! Knows where bodies stand and what schemas hold. Must not know Rust.

use spec_api::{Additional, Api, Kind, SchemaId};
use std::collections::HashSet;

/// Schemas by the direction in which their values go; one may go both ways.
#[derive(Debug, Default)]
pub(super) struct Directions {
    pub(super) in_requests: HashSet<SchemaId>,
    pub(super) in_responses: HashSet<SchemaId>,
}

impl Directions {
    /// Sorts all schemas by the messages that hold them.
    pub(super) fn of(api: &Api) -> Directions {
        let mut directions = Directions::default();
        for operation in api.operations.iter().chain(&api.webhooks) {
            let bodies =
                operation.body.iter().flat_map(|body| &body.content).filter_map(|media| media.schema);
            let parameters = operation.parameters.iter().map(|parameter| parameter.schema);
            bodies.chain(parameters).for_each(|id| reach(api, id, &mut directions.in_requests));
            let answers = operation
                .responses
                .iter()
                .flat_map(|response| &response.content)
                .filter_map(|media| media.schema);
            let headers =
                operation.responses.iter().flat_map(|response| &response.headers).map(|header| header.schema);
            answers.chain(headers).for_each(|id| reach(api, id, &mut directions.in_responses));
        }
        directions
    }
}

/// Returns all schemas that operations and webhooks hold, save what only a validator understands.
pub(crate) fn reachable(api: &Api) -> HashSet<SchemaId> {
    let Directions { mut in_requests, in_responses } = Directions::of(api);
    in_requests.extend(in_responses);
    in_requests
}

/// Returns a schema and all that it holds.
pub(crate) fn reachable_from(api: &Api, id: SchemaId) -> HashSet<SchemaId> {
    let mut found = HashSet::new();
    reach(api, id, &mut found);
    found
}

/// Adds a schema and all that it holds.
fn reach(api: &Api, id: SchemaId, found: &mut HashSet<SchemaId>) {
    let mut todo = vec![id];
    while let Some(id) = todo.pop() {
        if !found.insert(id) {
            continue;
        }
        match &api.schema(id).kind {
            Kind::Reference(target) => todo.push(*target),
            Kind::Array(items) => todo.extend(items),
            Kind::Tuple(items) => todo.extend(items),
            Kind::Object(object) => {
                todo.extend(object.properties.iter().map(|property| property.schema));
                if let Additional::Allowed(Some(values)) = &object.additional {
                    todo.push(*values);
                }
            }
            Kind::Union { variants, .. } => todo.extend(variants),
            Kind::Any
            | Kind::Never
            | Kind::Boolean
            | Kind::Integer(_)
            | Kind::Number(_)
            | Kind::String(_)
            | Kind::Enum(_) => {}
            // A validator says what it holds; nothing in it becomes a field.
            Kind::Opaque => {}
        }
    }
}
