//! Which values of headers can't be sent: those that HTTP has no way to write.
//!
//! Knows which signs a header can hold. Must not know how the document was written.

use crate::SchemaId;
use crate::model::{Api, Kind, ParameterIn, Style};
use serde_json::Value;
use spec_document::{Code, Diagnostic, Diagnostics, Location};
use spec_http::style::to_text;

/// Reports the values of enumerations that no header holds.
pub(crate) fn settle(api: &Api, diagnostics: &mut Diagnostics) {
    let mut known: Vec<Location> = Vec::new();
    for operation in api.operations.iter().chain(&api.webhooks) {
        let asked = operation.parameters.iter().filter(|own| own.place == ParameterIn::Header);
        let asked = asked.filter(|own| own.content.is_none());
        let asked = asked.map(|own| (&own.location, &own.name, own.schema, own.explode));
        let answered = operation.responses.iter().flat_map(|response| &response.headers);
        let answered = answered.filter(|own| !own.is_json);
        let answered = answered.map(|own| (&own.location, &own.name, own.schema, own.explode));
        for (location, name, schema, explode) in asked.chain(answered) {
            let Some(value) = unwritable(api, schema, explode).filter(|_| !known.contains(location)) else {
                continue;
            };
            let message = format!(
                "the header `{name}` can't hold {value}: its text has printable ASCII signs, spaces inside \
                 it, and commas between the items of a list only (RFC 9110, 5.5 and 5.6.1); requests and \
                 answers with it are refused before they are sent"
            );
            let help =
                "write the value in other signs, or declare the header with `content: application/json`";
            diagnostics.push(Diagnostic::warning(Code::Unsupported, location.clone(), message).help(help));
            known.push(location.clone());
        }
    }
}

/// Returns the first value of an enumeration, or of a list of them, that has no text in a header.
fn unwritable(api: &Api, schema: SchemaId, explode: bool) -> Option<Value> {
    let is_held = |value: &Value| match to_text("", value, Style::Simple, explode, str::to_owned) {
        Ok(text) => text.is_none_or(|text| {
            text.trim() == text && text.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
        }),
        Err(_) => false,
    };
    match &api.schema(api.resolve(schema)).kind {
        Kind::Enum(values) => values.iter().find(|value| !is_held(value)).cloned(),
        Kind::Array(Some(items)) => match &api.schema(api.resolve(*items)).kind {
            Kind::Enum(values) => {
                values.iter().find(|value| !is_held(&Value::Array(vec![(*value).clone()]))).cloned()
            }
            _ => None,
        },
        _ => None,
    }
}
