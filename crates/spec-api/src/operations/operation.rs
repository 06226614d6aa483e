//! One operation (OpenAPI 3.1, 4.8.10), and its path held against its parameters.
//!
//! Must not know how each part of an operation is read.

use super::{
    OperationReader, Surroundings, body, calling, ids, pagination, parameter, response, template, webhooks,
};
use crate::cursor::Cursor;
use crate::model::{Method, Operation, Parameter, ParameterIn, Style};
use crate::root::{security, servers};
use crate::specification;
use crate::spelling::nearest;
use spec_document::{Code, Diagnostic};

/// Reads the operation at a cursor. `fallback_id` is the id of one that need not have any of its own.
pub(super) fn read<'a>(
    reader: &mut OperationReader<'_, 'a>,
    at: &Cursor<'a>,
    method: Method,
    surroundings: &Surroundings<'_>,
    fallback_id: Option<&str>,
) -> Option<Operation> {
    reader.input.expect_object(at)?;
    let at = &reader.input.follow_leniently(at.clone())?;
    reader.input.check_fields(at, &specification::OPERATION);
    let mut parameters = parameter::read_list(reader.input, reader.schemas, at);
    let inherited: Vec<Parameter> = surroundings
        .parameters
        .iter()
        .filter(|shared| !parameters.iter().any(|own| parameter::is_same(own, shared)))
        .cloned()
        .collect();
    parameters.splice(0..0, inherited);
    let path = template::sent(surroundings.path, &parameters);
    check_template(reader, &path, at, &mut parameters);
    let id = ids::read(reader, at, method, surroundings.path, fallback_id);
    webhooks::read_callbacks(reader, at, &id);
    let OperationReader { input, schemas, schemes, .. } = reader;
    let pagination = pagination::read(input, at, &id);
    Some(Operation {
        location: input.location(&at.pointer),
        id,
        pinned_name: input.string(at, "x-rust-name"),
        method,
        path,
        sent_to: None,
        tags: input.strings(at, "tags"),
        summary: input.optional_text(at, "summary"),
        description: input.optional_text(at, "description"),
        deprecated: input.bool(at, "deprecated").unwrap_or(false),
        parameters,
        body: at.child("requestBody").and_then(|body| body::read(input, schemas, body)),
        responses: response::read_all(input, schemas, at),
        security: match at.child("security") {
            Some(security) => security::read_requirements(input, schemes, &security),
            None => surroundings.security.to_vec(),
        },
        servers: servers::read(input, at),
        calling: calling::read(input, at, surroundings.calling),
        pagination,
    })
}

/// Holds a path against the parameters: each `{name}` needs one, and each one a `{name}`.
fn check_template<'a>(
    reader: &mut OperationReader<'_, 'a>,
    path: &str,
    at: &Cursor<'a>,
    parameters: &mut Vec<Parameter>,
) {
    let names = template::names(path);
    for name in &names {
        if !parameters.iter().any(|own| own.place == ParameterIn::Path && own.name == *name) {
            parameters.push(undeclared(reader, name, at));
        }
    }
    parameters.retain(|parameter| {
        let fits = parameter.place != ParameterIn::Path || names.contains(&parameter.name.as_str());
        if !fits {
            let name = &parameter.name;
            let message =
                format!("the parameter `{name}` is in the path, but {path} has no {{{name}}}; it is ignored");
            let help = match nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("add {{{name}}} to the path, or remove the parameter"),
            };
            reader.input.push(
                Diagnostic::warning(Code::PathParameterMissing, parameter.location.clone(), message)
                    .help(help),
            );
        }
        fits
    });
}

/// Makes the parameter for a name of the path that none declares; warns of it.
fn undeclared<'a>(reader: &mut OperationReader<'_, 'a>, name: &str, at: &Cursor<'a>) -> Parameter {
    let message =
        format!("the path has {{{name}}}, but no parameter `{name}` is declared; it is taken for a text");
    let location = reader.input.location(&at.pointer).key();
    reader.input.push(
        Diagnostic::warning(Code::PathParameterUndeclared, location.clone(), message)
            .help(format!("add a parameter with `in: path` and `name: {name}`")),
    );
    Parameter {
        location,
        name: name.to_owned(),
        pinned_name: None,
        place: ParameterIn::Path,
        description: None,
        required: true,
        deprecated: false,
        style: Style::Simple,
        explode: false,
        allow_reserved: false,
        allow_empty: false,
        schema: reader.schemas.add_text(reader.input, &at.pointer),
        content: None,
    }
}
