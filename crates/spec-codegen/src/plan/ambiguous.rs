//! Warnings of parameters and headers that nothing tells apart: two values with one text, two objects that
//! take any name, two parameters under one.
//!
//! Knows how styles separate items. Must not know Rust.

use spec_api::{Api, Kind, Operation, ParameterIn, SchemaId, Style};
use spec_document::{Code, Diagnostic, Diagnostics, Location};

/// The depth to which unions within unions are looked into.
const DEPTH: usize = 8;

/// Warns of exploded objects of which another one takes the names, and of places where a text with a comma in
/// it and a list of texts are written alike. Only the path and the query keep the encoding that tells a comma
/// in an item from one between items (RFC 6570, 3.2.1; OpenAPI 3.1.1, appendix D).
pub(super) fn warn(api: &Api, operation: &Operation, diagnostics: &mut Diagnostics) {
    let parameters =
        operation.parameters.iter().filter(|own| own.content.is_none()).filter(|own| match own.place {
            ParameterIn::Header => true,
            ParameterIn::Cookie => !own.explode,
            ParameterIn::Query => own.allow_reserved && own.style == Style::Form && !own.explode,
            ParameterIn::Path => false,
        });
    for own in api.overshadowed_objects(operation) {
        let message = format!(
            "another object takes all names that no parameter declares, so that `{}` has none of them",
            own.name
        );
        let help = "use `style: deepObject`, or declare the properties of one of them and refuse others";
        diagnostics.push(Diagnostic::warning(Code::Unsupported, own.location.clone(), message).help(help));
    }
    for (own, name) in api.shared_names(operation) {
        let message =
            format!("two parameters stand under the name `{name}`, and nothing tells their values apart");
        let help = "use `style: deepObject` for the object whose property it is, or give it another name";
        diagnostics.push(Diagnostic::warning(Code::Unsupported, own.location.clone(), message).help(help));
    }
    let parameters = parameters.map(|own| (own.schema, &own.location));
    let headers =
        operation.responses.iter().flat_map(|response| &response.headers).filter(|header| !header.is_json);
    let mut said: Vec<&Location> = Vec::new();
    for (schema, location) in parameters.chain(headers.map(|header| (header.schema, &header.location))) {
        let (mut is_text, mut is_list) = (false, false);
        look(api, schema, 0, &mut is_text, &mut is_list);
        if !(is_text && is_list) || said.contains(&location) {
            continue;
        }
        said.push(location);
        let message = "a text with a comma in it and a list of texts are written alike here".to_owned();
        let help = "say `content: {application/json: …}` in place of `schema`, or allow only one of them";
        diagnostics.push(Diagnostic::warning(Code::Unsupported, location.clone(), message).help(help));
    }
}

fn look(api: &Api, schema: SchemaId, depth: usize, is_text: &mut bool, is_list: &mut bool) {
    match &api.schema(api.resolve(schema)).kind {
        Kind::String(_) => *is_text = true,
        Kind::Array(_) | Kind::Tuple(_) => *is_list = true,
        Kind::Union { variants, .. } if depth < DEPTH => {
            variants.iter().for_each(|variant| look(api, *variant, depth + 1, is_text, is_list));
        }
        _ => {}
    }
}
