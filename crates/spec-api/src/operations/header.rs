//! Headers of responses (OpenAPI 3.1, 4.8.21).
//!
//! Must not know what the values of a header are.

use super::parameter;
use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::{Header, MediaKind};
use crate::schema::SchemaReader;
use crate::specification;
use spec_document::{Code, Diagnostic, Location};

/// Returns whether a header can have a name (RFC 9110, 5.1 and 5.6.2), and warns if not.
pub(crate) fn check_name(input: &mut Input<'_>, name: &str, location: Location) -> bool {
    let is_token_character =
        |character: char| character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character);
    let is_name = !name.is_empty() && name.chars().all(is_token_character);
    if !is_name {
        let message = format!("no header can be called {name:?}; it is ignored");
        let help = "use letters, digits and hyphens (RFC 9110, 5.6.2), or remove it";
        input.push(Diagnostic::warning(Code::InvalidValue, location, message).help(help));
    }
    is_name
}

/// Reads the headers of a response.
pub(super) fn read_all<'a>(
    input: &mut Input<'a>,
    schemas: &mut SchemaReader<'a>,
    response: &Cursor<'a>,
) -> Vec<Header> {
    let mut headers = Vec::new();
    for (name, at) in input.members_of(response, "headers") {
        let Some(at) = input.follow(at) else { continue };
        // OpenAPI 3.1, 4.8.17: `Content-Type` is described by the content.
        if input.expect_object(&at).is_none() || name.eq_ignore_ascii_case("content-type") {
            continue;
        }
        if check_name(input, name, input.location(&at.pointer).key()) {
            headers.push(read(input, schemas, name, &at));
        }
    }
    headers
}

fn read<'a>(input: &mut Input<'a>, schemas: &mut SchemaReader<'a>, name: &str, at: &Cursor<'a>) -> Header {
    input.check_fields(at, &specification::HEADER);
    let content = parameter::read_content(input, at);
    let is_json = content.as_ref().is_some_and(|(name, _)| MediaKind::of(name) == MediaKind::Json);
    let schema = at.child("schema").or_else(|| content.and_then(|(_, media)| media.child("schema")));
    let schema = match schema {
        Some(schema) => schemas.read(input, schema),
        None => schemas.add_any(input, &at.pointer),
    };
    schemas.read_examples(input, at, schema);
    let required = input.bool(at, "required").unwrap_or(false);
    Header {
        location: input.location(&at.pointer),
        name: name.to_owned(),
        description: input.optional_text(at, "description"),
        deprecated: input.bool(at, "deprecated").unwrap_or(false),
        required,
        explode: input.bool(at, "explode").unwrap_or(false),
        is_json,
        schema,
    }
}
