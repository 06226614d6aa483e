//! Which schemas requests hold, and which responses.
//!
//! Knows where bodies stand and what schemas hold. Must not know Rust.

use super::types::Sharing;
use spec_api::{Additional, Api, Kind, SchemaId};
use std::collections::HashSet;

/// Schemas by the direction in which their values go; one may go both ways.
#[derive(Debug, Default)]
pub(super) struct Directions {
    pub(super) in_requests: HashSet<SchemaId>,
    pub(super) in_responses: HashSet<SchemaId>,
}

impl Directions {
    /// Sorts all schemas by the messages that hold them; those that share a model go where any of them goes.
    pub(super) fn shared(api: &Api, sharing: &Sharing) -> Directions {
        let mut directions = Directions::of(api);
        for reached in [&mut directions.in_requests, &mut directions.in_responses] {
            let mut todo: Vec<SchemaId> = reached.iter().copied().collect();
            let mut seen = HashSet::new();
            while let Some(id) = todo.pop() {
                if seen.insert(sharing.home(id)) {
                    sharing.members(id).iter().for_each(|member| todo.extend(reach(api, *member, reached)));
                }
            }
        }
        directions
    }

    /// Sorts all schemas by the messages that hold them.
    fn of(api: &Api) -> Directions {
        let mut directions = Directions::default();
        for operation in api.operations.iter().chain(&api.webhooks) {
            let bodies =
                operation.body.iter().flat_map(|body| &body.content).filter_map(|media| media.schema);
            let parameters = operation.parameters.iter().map(|parameter| parameter.schema);
            for id in bodies.chain(parameters) {
                reach(api, id, &mut directions.in_requests);
            }
            let answers = operation
                .responses
                .iter()
                .flat_map(|response| &response.content)
                .filter_map(|media| media.schema);
            let headers =
                operation.responses.iter().flat_map(|response| &response.headers).map(|header| header.schema);
            for id in answers.chain(headers) {
                reach(api, id, &mut directions.in_responses);
            }
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

/// Adds a schema and all that it holds, and returns what is new.
fn reach(api: &Api, id: SchemaId, found: &mut HashSet<SchemaId>) -> Vec<SchemaId> {
    let (mut todo, mut new) = (vec![id], Vec::new());
    while let Some(id) = todo.pop() {
        if !found.insert(id) {
            continue;
        }
        new.push(id);
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
    new
}
