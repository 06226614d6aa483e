//! Responses of an operation (OpenAPI 3.1, 4.8.16 and 4.8.17).
//!
//! Must not know what its headers and bodies hold.

use super::{body, header};
use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::{Response, Status};
use crate::schema::SchemaReader;
use crate::specification::{self, Release};
use spec_document::{Code, Diagnostic, Pointer};

/// Reads the responses of an operation.
pub(super) fn read_all<'a>(
    input: &mut Input<'a>,
    schemas: &mut SchemaReader<'a>,
    operation: &Cursor<'a>,
) -> Vec<Response> {
    let mut responses = Vec::new();
    if input.release == Release::V3_0 {
        input.warn_missing(operation, "responses");
    }
    let Some(declared) = input.member(operation, "responses") else { return responses };
    if input.expect_object(&declared).is_none() {
        return responses;
    }
    for (key, at) in declared.members() {
        if key.starts_with("x-") {
            continue;
        }
        let Some(status) = status(key) else {
            let location = input.location(&at.pointer).key();
            let message = format!("{key:?} is no status");
            input.push(
                Diagnostic::error(Code::InvalidValue, location, message)
                    .help("use a code such as \"200\", a range such as \"4XX\", or \"default\""),
            );
            continue;
        };
        responses.extend(read(input, schemas, at, status));
    }
    responses
}

fn status(key: &str) -> Option<Status> {
    match key.as_bytes() {
        b"default" => Some(Status::Default),
        [hundreds @ b'1'..=b'5', b'X' | b'x', b'X' | b'x'] => Some(Status::Range(hundreds - b'0')),
        [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'] => Some(Status::Code(key.parse().unwrap_or_default())),
        _ => None,
    }
}

/// Says whether a pointer leads to a component, in whichever file.
fn is_component(pointer: &Pointer) -> bool {
    pointer.parent().is_some_and(|parent| parent.as_str().ends_with("/components/responses"))
}

/// Reads one response.
pub(super) fn read<'a>(
    input: &mut Input<'a>,
    schemas: &mut SchemaReader<'a>,
    at: Cursor<'a>,
    status: Status,
) -> Option<Response> {
    let (location, declared) = (input.location(&at.pointer).key(), at.pointer.clone());
    let at = input.follow(at)?;
    input.expect_object(&at)?;
    input.check_fields(&at, &specification::RESPONSE);
    if input.release < Release::V3_2 {
        input.warn_missing(&at, "description");
    }
    Some(Response {
        location,
        component: (at.pointer != declared && is_component(&at.pointer)).then(|| at.pointer.clone()),
        status,
        description: input.optional_text(&at, "description"),
        headers: header::read_all(input, schemas, &at),
        content: body::read_content(input, schemas, &at),
    })
}
