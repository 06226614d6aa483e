//! Parameters (OpenAPI 3.1, 4.8.12): where each stands, its style and its schema.
//!
//! Must not know what the values of a parameter are.

use super::header;
use crate::SchemaId;
use crate::cursor::Cursor;
use crate::input::Input;
use crate::model::{Parameter, ParameterIn, Style};
use crate::schema::SchemaReader;
use crate::specification;
use spec_document::{Code, Diagnostic};

/// Returns whether two parameters are the same one: by name and location, the names of headers in any case
/// (RFC 9110, 5.1).
pub(super) fn is_same(left: &Parameter, right: &Parameter) -> bool {
    left.place == right.place
        && (left.name == right.name
            || (left.place == ParameterIn::Header && left.name.eq_ignore_ascii_case(&right.name)))
}

/// Reads the parameters that an operation or a path item lists.
pub(super) fn read_list<'a>(
    input: &mut Input<'a>,
    schemas: &mut SchemaReader<'a>,
    owner: &Cursor<'a>,
) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for at in input.items_of(owner, "parameters") {
        let location = input.location(&at.pointer);
        let Some(at) = input.follow(at) else { continue };
        let Some(parameter) = read(input, schemas, &at) else { continue };
        if let Some(first) = parameters.iter().find(|own| is_same(own, &parameter)) {
            let message =
                format!("the {} parameter `{}` is declared twice", parameter.place.key(), parameter.name);
            let diagnostic = Diagnostic::error(Code::DuplicateParameter, location, message)
                .related(first.location.clone(), "first declared here")
                .help("remove one of them");
            input.push(diagnostic);
            continue;
        }
        parameters.push(parameter);
    }
    parameters
}

/// Reads one parameter.
pub(super) fn read<'a>(
    input: &mut Input<'a>,
    schemas: &mut SchemaReader<'a>,
    at: &Cursor<'a>,
) -> Option<Parameter> {
    input.check_fields(at, &specification::PARAMETER);
    let name = input.required_string(at, "name")?;
    let place = read_place(input, at)?;
    if place == ParameterIn::Header
        && (!header::check_name(input, &name, input.location(&at.pointer.join("name")))
            || is_reserved_header(input, &name, at))
    {
        return None;
    }
    let style = read_style(input, at, place);
    let (schema, content) = read_schema(input, schemas, at);
    let required = input.bool(at, "required").unwrap_or(false);
    if place == ParameterIn::Path && !required {
        let location = input.location(&at.pointer);
        let message = format!("the path parameter `{name}` must be required");
        input.push(
            Diagnostic::warning(Code::InvalidValue, location, message)
                .help("add `required: true`; it is taken as such"),
        );
    }
    Some(Parameter {
        location: input.location(&at.pointer),
        pinned_name: input.string(at, "x-rust-name"),
        place,
        description: input.optional_text(at, "description"),
        required: required || place == ParameterIn::Path,
        deprecated: input.bool(at, "deprecated").unwrap_or(false),
        explode: input.bool(at, "explode").unwrap_or(style == Style::Form),
        style,
        allow_reserved: input.bool(at, "allowReserved").unwrap_or(false),
        allow_empty: place == ParameterIn::Query && input.bool(at, "allowEmptyValue").unwrap_or(false),
        schema,
        content,
        name,
    })
}

fn read_place<'a>(input: &mut Input<'a>, at: &Cursor<'a>) -> Option<ParameterIn> {
    match input.required_string(at, "in")?.as_str() {
        "path" => Some(ParameterIn::Path),
        "query" => Some(ParameterIn::Query),
        "header" => Some(ParameterIn::Header),
        "cookie" => Some(ParameterIn::Cookie),
        other => {
            let message = format!("a parameter can't be in {other:?}");
            input.invalid_value(at, "in", message, "use `path`, `query`, `header` or `cookie`");
            None
        }
    }
}

/// Returns whether a header is none that a parameter can describe, and warns of it. Some are ignored (OpenAPI
/// 3.1, 4.8.12.1); others say where a message ends, which only the connection knows (RFC 9112, 6 and 9.6).
fn is_reserved_header<'a>(input: &mut Input<'a>, name: &str, at: &Cursor<'a>) -> bool {
    let (message, help) = match name.to_ascii_lowercase().as_str() {
        "authorization" => (
            "a header parameter `Authorization` is ignored",
            "declare a security scheme (`http`, `oauth2` or `openIdConnect`), and ask for it with `security`",
        ),
        "accept" => (
            "a header parameter `Accept` is ignored",
            "remove it: the media types of the responses are what can be asked for",
        ),
        "content-type" => (
            "a header parameter `Content-Type` is ignored",
            "remove it: the media types of the request body are what can be sent",
        ),
        "connection" | "content-length" | "transfer-encoding" => (
            "a header parameter that says where a message ends is ignored",
            "remove it: the connection writes `Connection`, `Content-Length` and `Transfer-Encoding`",
        ),
        _ => return false,
    };
    input.warn_once(Code::InvalidValue, input.location(&at.pointer.join("name")), message, help);
    true
}

/// Reads the style of a parameter; warns of one that its place does not have.
fn read_style<'a>(input: &mut Input<'a>, at: &Cursor<'a>, place: ParameterIn) -> Style {
    let (default, styles): (Style, &[Style]) = match place {
        ParameterIn::Path => (Style::Simple, &[Style::Simple, Style::Label, Style::Matrix]),
        ParameterIn::Query => {
            (Style::Form, &[Style::Form, Style::SpaceDelimited, Style::PipeDelimited, Style::DeepObject])
        }
        ParameterIn::Header => (Style::Simple, &[Style::Simple]),
        ParameterIn::Cookie => (Style::Form, &[Style::Form]),
    };
    let style = read_style_name(input, at, default);
    if styles.contains(&style) {
        return style;
    }
    let message =
        format!("a {} parameter can't have this style; it is written as if none were named", place.key());
    let help = "see the OpenAPI specification, section 4.8.12.3, for the styles of each location";
    let location = input.location(&at.pointer.join("style"));
    input.push(Diagnostic::warning(Code::InvalidValue, location, message).help(help));
    default
}

/// Reads the name of a style (OpenAPI 3.1, 4.8.12.3).
pub(super) fn read_style_name<'a>(input: &mut Input<'a>, at: &Cursor<'a>, default: Style) -> Style {
    let Some(name) = input.string(at, "style") else { return default };
    Style::from_name(&name).unwrap_or_else(|| {
        let message = format!("there is no style {name:?}");
        let help = "use a style of the OpenAPI specification, section 4.8.12.3";
        input.invalid_value(at, "style", message, help);
        default
    })
}

/// Reads the schema of a parameter, its examples, and its media type if it is written with `content`.
fn read_schema<'a>(
    input: &mut Input<'a>,
    schemas: &mut SchemaReader<'a>,
    at: &Cursor<'a>,
) -> (SchemaId, Option<String>) {
    let content = read_content(input, at);
    let owner = content.as_ref().map_or(at, |(_, media)| media);
    let schema = match owner.child("schema") {
        Some(schema) => schemas.read(input, schema),
        None => {
            if content.is_none() {
                input.warn_missing(at, "schema");
            }
            schemas.add_any(input, &at.pointer)
        }
    };
    if let Some((_, media)) = &content
        && input.expect_object(media).is_some()
    {
        schemas.read_examples(input, media, schema);
    }
    schemas.read_examples(input, at, schema);
    (schema, content.map(|(media_type, _)| media_type.to_owned()))
}

/// Returns the one media type by which a parameter or header is written.
pub(super) fn read_content<'a>(input: &mut Input<'a>, at: &Cursor<'a>) -> Option<(&'a str, Cursor<'a>)> {
    let (name, media) = input.members_of(at, "content").into_iter().next()?;
    Some((name, input.follow_leniently(media)?))
}
