//! Enumerations without the values that no message can have.
//!
//! Asks the contract which these are. Must not know Rust.

use crate::settings::{ApiSettings, FormatChoice};
use serde_json::Value;
use spec_api::Api;
use spec_contract::enumerations::impossible;
use spec_document::{Code, Diagnostic, Diagnostics, Location, Pointer};

/// Takes values away that the rest of their schema refuses, and reports each.
pub(crate) fn settle(api: &mut Api, settings: &ApiSettings, diagnostics: &mut Diagnostics) {
    for own in impossible(api) {
        let is_remark = |keyword: &Pointer| {
            let format = api.json.pointer(keyword.as_str()).and_then(Value::as_str).unwrap_or_default();
            keyword.last().is_some_and(|last| last == "format")
                && settings.formats.choice(format) == FormatChoice::Any
        };
        let keywords = own.keywords.iter().filter_map(|keyword| Pointer::parse(keyword));
        let Some(keyword) = keywords.into_iter().find(|keyword| !is_remark(keyword)) else { continue };
        let schema = api.schema(own.schema);
        let source = schema.location.source;
        let listed = api.json_schema(own.schema).get("enum").and_then(Value::as_array);
        let index = listed.and_then(|values| values.iter().position(|value| *value == own.value));
        let place = schema.pointer().and_then(Pointer::parse);
        let location = match place.zip(index) {
            Some((place, index)) => Location::pointer(source, place.join("enum").join(index.to_string())),
            None => schema.location.clone(),
        };
        let message = format!("{} can never be a value: its own schema refuses it", own.value);
        let diagnostic = Diagnostic::warning(Code::SchemaConflict, location, message)
            .help("remove the value, or correct what refuses it")
            .related(Location::pointer(source, keyword), "this refuses it");
        diagnostics.push(diagnostic);
        api.remove_value(own.schema, &own.value);
    }
}
