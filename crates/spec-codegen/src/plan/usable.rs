//! Finds models that no server could check: of every value of such a model it would say that it does not fit.
//!
//! Asks the validator that generated code has, in the way it is asked there. Must not know what the keywords
//! mean.

use super::{Definition, Plan};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use spec_api::Api;
use spec_document::{Code, Diagnostic, Diagnostics, Location, Pointer};
use spec_json_schema::validator::unusable;
use std::collections::HashSet;

/// Reports what can't be checked: the patterns of names, each in its place, and, where those are fine, what
/// else it may be.
pub(super) fn check(api: &Api, plan: &Plan, diagnostics: &mut Diagnostics) {
    if !patterns(api, diagnostics) {
        keywords(plan, diagnostics);
    }
}

/// Reports patterns of names; says whether there was anything to report.
fn patterns(api: &Api, diagnostics: &mut Diagnostics) -> bool {
    let mut found = false;
    for (_, schema) in api.schemas() {
        let Some(patterns) = schema.assertions.get("patternProperties").and_then(Value::as_object) else {
            continue;
        };
        let Some(place) = schema.pointer().and_then(Pointer::parse) else { continue };
        for pattern in patterns.keys() {
            if unusable(&json!({"patternProperties": {pattern: true}})).is_none() {
                continue;
            }
            let place = place.join("patternProperties").join(pattern);
            let location = Location::pointer(schema.location.source, place).key();
            let message = format!("{pattern:?} is no pattern of names that can be checked");
            let help = "use the syntax of ECMA-262 regular expressions (JSON Schema 2020-12, 6.4)";
            diagnostics.push(Diagnostic::error(Code::InvalidPattern, location, message).help(help));
            found = true;
        }
    }
    found
}

/// Notes the models that a schema refers to, each as a schema that takes anything.
fn find_models(schema: &Value, names: &HashSet<&str>, found: &mut Map<String, Value>) {
    match schema {
        Value::String(text) => {
            let name = text.strip_prefix("#/$defs/").and_then(|rest| rest.split('/').next());
            // A fragment of a URI is ASCII (RFC 3986, 3.5).
            let name = name.and_then(|name| percent_decode_str(name).decode_utf8().ok());
            if let Some(name) = name.filter(|name| names.contains(&**name)) {
                found.insert(name.into_owned(), Value::Bool(true));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| find_models(item, names, found)),
        Value::Object(members) => members.values().for_each(|value| find_models(value, names, found)),
        _ => {}
    }
}

/// Reports what models, parameters and bodies are asked for beyond their types.
fn keywords(plan: &Plan, diagnostics: &mut Diagnostics) {
    let names: HashSet<&str> = plan.types.iter().map(|ty| ty.name.as_str()).collect();
    let mut hold = |assertions: &Map<String, Value>, location: &Location| {
        let is_plain = |(keyword, value): (&String, &Value)| {
            let is_list = matches!(
                keyword.as_str(),
                "enum" | "const" | "required" | "default" | "examples" | "example"
            );
            is_list || !(value.is_object() || value.is_array())
        };
        let is_plain =
            assertions.iter().all(is_plain) && !assertions.keys().any(|keyword| keyword.ends_with("Ref"));
        if is_plain {
            return;
        }
        let mut schema = assertions.clone();
        // Models that it refers to stand beside it.
        let mut models = Map::new();
        assertions.values().for_each(|value| find_models(value, &names, &mut models));
        if !models.is_empty() {
            schema.insert("$defs".to_owned(), models.into());
        }
        if let Some(why) = unusable(&schema.into()) {
            let message = format!("what is asked for here can't be checked: {why}");
            let help = "correct the schema, or leave the keyword out; a server would refuse every value";
            diagnostics.push(Diagnostic::error(Code::Unsupported, location.clone(), message).help(help));
        }
    };
    for ty in &plan.types {
        hold(&ty.assertions, &ty.location);
        match &ty.definition {
            Definition::Struct(body) => {
                body.fields.iter().for_each(|field| hold(&field.assertions, &ty.location));
                body.extra.iter().for_each(|extra| hold(&extra.assertions, &ty.location));
            }
            Definition::Union(union) => {
                union.variants.iter().for_each(|variant| hold(&variant.assertions, &ty.location))
            }
            Definition::Opaque(Value::Object(schema), _) => hold(schema, &ty.location),
            _ => {}
        }
    }
    for operation in plan.operations.iter().chain(&plan.webhooks) {
        operation.parameters.iter().for_each(|parameter| hold(&parameter.assertions, &operation.location));
        let forms = operation.body.iter().flat_map(|body| &body.forms);
        forms.for_each(|form| hold(&form.assertions, &operation.location));
    }
}
