//! Operations as tools of the Model Context Protocol: what each is called, takes, and answers.
//!
//! Knows which property of a tool's arguments is which argument of its command. Must not know the protocol
//! itself, nor how a tool is called.

use super::schemas::Schemas;
use super::{ArgumentKind, ArgumentPlan, CommandPlan, ProgramPlan, names};
use crate::plan::{BodyPlan, OperationPlan, Plan, RustType, Stream};
use serde_json::{Map, Value, json};
use spec_api::{Api, Kind, MediaKind, MediaType, Operation, Response, SchemaId, Status};
use spec_contract::Side;
use std::collections::{HashMap, HashSet};

/// An operation as a tool.
#[derive(Clone, Debug)]
pub struct ToolPlan {
    /// Its name.
    pub name: String,
    /// The schema of its arguments.
    pub input: Value,
    /// The schema of its answer, where that is always an object.
    pub output: Option<Value>,
}

/// Plans a tool for each command of a program, and the schemas that they share. The operations of the
/// document are known by their ids.
pub(super) fn plan_tools(
    api: &Api,
    declared: &HashMap<&str, &Operation>,
    plan: &Plan,
    program: &mut ProgramPlan,
) {
    let (mut names, mut schemas) = (ToolNames::default(), Schemas::new(api));
    for (operation, command) in plan.operations.iter().zip(&mut program.commands) {
        let Some(declared) = declared.get(operation.id.as_str()) else { continue };
        let name = names.claim(command.group.as_deref(), &command.name);
        let input = input(&mut schemas, declared, operation, command);
        let output = answer(api, declared).map(|id| object(schemas.of(id, Side::Response)));
        command.tool = Some(ToolPlan { name, input, output });
    }
    program.definitions = schemas.finish();
}

/// Names of tools, which are at most 64 letters of ASCII, digits and underscores.
#[derive(Default)]
struct ToolNames(HashSet<String>);

impl ToolNames {
    /// The longest name that all clients take.
    const LONGEST: usize = 64;

    /// Takes the name for the words of a command: they are put together, and what is the same even so has a
    /// number behind it, in the order of the document.
    fn claim(&mut self, group: Option<&str>, command: &str) -> String {
        let words = group.into_iter().chain([command]).collect::<Vec<_>>().join("_").replace('-', "_");
        let plain: String =
            words.chars().filter(|sign| sign.is_ascii_alphanumeric() || *sign == '_').collect();
        let plain = Some(plain.trim_matches('_')).filter(|name| !name.is_empty()).unwrap_or("operation");
        let numbers = std::iter::once(String::new()).chain((2_usize..).map(|number| number.to_string()));
        let stem = |number: &str| &plain[..plain.len().min(Self::LONGEST - number.len())];
        let mut wanted = numbers.map(|number| format!("{}{number}", stem(&number)));
        let name = wanted.find(|name| !self.0.contains(name)).unwrap_or_default();
        self.0.insert(name.clone());
        name
    }
}

/// Returns the schema of a tool's arguments.
fn input(
    schemas: &mut Schemas<'_>,
    declared: &Operation,
    operation: &OperationPlan,
    command: &CommandPlan,
) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for (parameter, argument) in operation.parameters.iter().zip(&command.parameters) {
        let found =
            declared.parameters.iter().find(|own| own.name == parameter.wire && own.place == parameter.place);
        let mut schema = found.map(|own| members(schemas.of(own.schema, Side::Request))).unwrap_or_default();
        if let Some(words) = found.and_then(|own| own.description.as_deref()) {
            schema.insert("description".to_owned(), words.trim().into());
        }
        if argument.is_deprecated {
            schema.insert("deprecated".to_owned(), true.into());
        }
        let name = names::property(&argument.flag);
        required.extend(argument.is_required.then(|| Value::from(name.as_str())));
        properties.insert(name, schema.into());
    }
    if let Some(body) = &operation.body {
        let content = declared.body.iter().flat_map(|own| &own.content);
        let content: Vec<&MediaType> = content.collect();
        properties.insert("body".to_owned(), body_schema(schemas, body, &content, command));
        if body.forms.len() > 1 {
            let types: Vec<&str> = body.forms.iter().map(|form| form.media_type.as_str()).collect();
            let words = "The media type of the body.";
            let schema = json!({"enum": types, "default": types[0], "description": words});
            properties.insert("body_type".to_owned(), schema);
        }
        required.extend(body.required.then(|| Value::from("body")));
    }
    let mut input = json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !required.is_empty() {
        input["required"] = required.into();
    }
    input
}

/// Returns the schema of a body, in any of its forms.
fn body_schema(
    schemas: &mut Schemas<'_>,
    body: &BodyPlan,
    content: &[&MediaType],
    command: &CommandPlan,
) -> Value {
    let forms = body.forms.iter().enumerate().map(|(number, form)| {
        let media = content.iter().find(|own| own.name == form.media_type);
        let declared = media.and_then(|own| own.schema);
        let whole = match (&form.ty, form.kind) {
            (RustType::Stream(Stream::Lines(_)), _) => {
                let schema = declared.map_or(Value::Bool(true), |id| schemas.of(id, Side::Request));
                return match media.is_some_and(|own| own.is_item) {
                    true => json!({"type": "array", "items": schema}),
                    false => schema,
                };
            }
            (RustType::Stream(_) | RustType::Bytes, _) => return base64(),
            (_, MediaKind::Text | MediaKind::Bytes) if declared.is_none() => return json!({"type": "string"}),
            _ => declared,
        };
        let files: Vec<_> = command.fields.iter().filter(|field| field.kind == ArgumentKind::File).collect();
        match whole {
            Some(id) if command.form == Some(number) && !files.is_empty() => {
                let mut schema = members(schemas.written_out(id, Side::Request));
                let properties = schema.entry("properties").or_insert_with(|| json!({}));
                if let Value::Object(properties) = properties {
                    properties.extend(files.into_iter().map(|field| (field.wire.clone(), file(field))));
                }
                schema.into()
            }
            Some(id) => schemas.of(id, Side::Request),
            None => Value::Bool(true),
        }
    });
    let mut forms: Vec<Value> = forms.collect();
    let mut schema = members(if forms.len() == 1 { forms.remove(0) } else { json!({"anyOf": forms}) });
    if let Some(words) = &body.description {
        schema.insert("description".to_owned(), words.trim().into());
    }
    schema.into()
}

/// Returns the schema of a file, or of several.
fn file(field: &ArgumentPlan) -> Value {
    if field.is_repeated { json!({"type": "array", "items": base64()}) } else { base64() }
}

/// Returns the schema of bytes, which JSON has as a text of base64.
fn base64() -> Value {
    json!({"type": "string", "contentEncoding": "base64"})
}

/// Returns the schema of what an operation answers with; none unless that is always the same object of JSON.
fn answer(api: &Api, operation: &Operation) -> Option<SchemaId> {
    let responses = || operation.responses.iter();
    let mut hoped: Vec<&Response> = responses().filter(|own| own.status.is_success()).collect();
    if hoped.is_empty() {
        hoped.extend(responses().filter(|own| own.status == Status::Default));
    }
    let [response] = hoped.as_slice() else { return None };
    let [media] = response.content.as_slice() else { return None };
    let id = media.schema.filter(|_| media.kind == MediaKind::Json && media.sequence().is_none())?;
    let meant = api.schema(api.resolve(id));
    let is_null = meant.nullable || api.schema(id).nullable;
    (matches!(meant.kind, Kind::Object(_)) && meant.typed && !is_null).then_some(id)
}

/// Returns a schema that says at its root that values are objects, as the protocol has it.
fn object(schema: Value) -> Value {
    let mut object = Map::from_iter([("type".to_owned(), Value::from("object"))]);
    object.extend(members(schema).into_iter().filter(|(name, _)| name != "type"));
    object.into()
}

/// Returns the keywords of a schema; `true` has none.
fn members(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(members) => members,
        Value::Bool(false) => Map::from_iter([("not".to_owned(), json!({}))]),
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tools_are_such_that_all_clients_take_them() {
        let long = "x".repeat(70);
        let mut names = ToolNames::default();
        for (group, command, expected) in [
            (Some("campaigns"), "get-by-id", "campaigns_get_by_id"),
            (None, "health-check", "health_check"),
            (Some("a-b"), "c", "a_b_c"),
            (Some("a"), "b-c", "a_b_c2"),
            (None, "größe", "gre"),
            (None, "名", "operation"),
            (Some("名"), "前", "operation2"),
            (None, &long, &long[..64]),
            (None, &long, &format!("{}2", &long[..63])),
        ] {
            assert_eq!(names.claim(group, command), expected);
        }
    }
}
