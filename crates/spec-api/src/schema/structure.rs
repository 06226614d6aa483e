//! Types and structure: what `type`, `enum`, `const`, `items` and `properties` say of the values.
//!
//! Must not know what `allOf`, `anyOf`, `oneOf` and `$ref` say beside them.

use super::SchemaReader;
use super::null::Null;
use super::read::Draft;
use crate::SchemaId;
use crate::cursor::Cursor;
use crate::dialect;
use crate::input::Input;
use crate::model::{Additional, Kind, Object, Property};
use serde_json::{Map, Value};
use spec_document::{Code, Diagnostic};
use std::collections::HashSet;

/// Returns whether a schema calls its texts base64 in the words of JSON Schema.
pub(super) fn is_base64(at: &Cursor<'_>) -> bool {
    let encoding = at.child("contentEncoding").and_then(|encoding| encoding.node.as_str());
    at.child("format").is_none() && encoding.is_some_and(dialect::is_base64)
}

/// Reads what a schema says of its values without other schemas in their place.
pub(super) fn read<'a>(reader: &mut SchemaReader<'a>, input: &mut Input<'a>, draft: &mut Draft<'a>) -> Kind {
    let Draft { at, schema, null, .. } = draft;
    let mut types = at.child("type").and_then(|declared| read_types(input, &declared));
    *null = Null::read(input, at, types.as_deref());
    if let Some(types) = &mut types {
        types.retain(|name| *name != "null");
    }
    schema.typed = types.is_some() || at.child("enum").is_some() || at.child("const").is_some();
    let mut kind = read_kind(reader, input, at, types.as_deref());
    if let (Kind::Array(items), true) = (&mut kind, schema.assertions.contains_key("prefixItems")) {
        // `items` is then about the elements after those, and says nothing of all.
        if let (Some(_), Some(rest)) = (items.take(), at.child("items")) {
            schema.assertions.insert("items".to_owned(), rest.node.to_json());
        }
        kind = read_tuple(reader, input, at, &schema.assertions).map_or(kind, Kind::Tuple);
    }
    kind
}

/// Reads the names of types; none where there is no name.
fn read_types<'a>(input: &mut Input<'a>, at: &Cursor<'a>) -> Option<Vec<&'a str>> {
    let declared = if at.node.as_array().is_some() { at.items() } else { vec![at.clone()] };
    let mut names = Vec::new();
    for at in declared {
        let name = match at.node.as_str() {
            Some(name) => {
                check_type(input, &at, name);
                name
            }
            None if at.node.is_null() => {
                // YAML takes `null` without quotes for the value; what is meant is plain.
                let location = input.location(&at.pointer);
                let message = "the name of a type must be a string, not null";
                input.push(
                    Diagnostic::warning(Code::WrongType, location, message).help("write \"null\" in quotes"),
                );
                input.corrections.replace(at.pointer.clone(), "null");
                "null"
            }
            None => {
                input.wrong_type(&at, "the name of a type");
                continue;
            }
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    // What is no type at all has been reported; it shall not look as if no value were allowed.
    (!names.is_empty()).then_some(names)
}

fn check_type<'a>(input: &mut Input<'a>, at: &Cursor<'a>, name: &str) {
    if ["null", "boolean", "integer", "number", "string", "array", "object"].contains(&name) {
        return;
    }
    let help = match name {
        "file" => "write `type: string` with `format: binary`",
        "int" | "int32" | "int64" | "long" => "write `type: integer`, with a `format` if need be",
        "float" | "double" | "decimal" => "write `type: number`, with a `format` if need be",
        "date" | "date-time" | "datetime" | "uuid" | "binary" => "write `type: string` with a `format`",
        "any" => "leave out `type` where any value will do",
        _ => "use null, boolean, integer, number, string, array or object",
    };
    let location = input.location(&at.pointer);
    let message = format!("there is no type {name:?}");
    input.push(Diagnostic::error(Code::InvalidValue, location, message).help(help));
}

/// Reads the kind of values that the types name, null aside, or the keywords where there is no type.
fn read_kind<'a>(
    reader: &mut SchemaReader<'a>,
    input: &mut Input<'a>,
    at: &Cursor<'a>,
    types: Option<&[&'a str]>,
) -> Kind {
    let format = input.string(at, "format");
    // `required: true` in a property's own schema is a common mistake.
    if let Some(required) = at.child("required").filter(|required| required.node.as_array().is_none()) {
        input.ignore(&required, "a list of the names of properties");
    }
    if let Some(kind) = read_values(at) {
        return kind;
    }
    let describes_objects =
        ["properties", "additionalProperties", "required"].iter().any(|key| at.child(key).is_some());
    match types {
        None if describes_objects => read_object(reader, input, at),
        None if at.child("items").is_some() => read_array(reader, input, at),
        None => Kind::Any,
        Some([]) => Kind::Never,
        Some(["boolean"]) => Kind::Boolean,
        Some(["integer"]) => Kind::Integer(format),
        Some(["number"] | ["integer", "number"] | ["number", "integer"]) => Kind::Number(format),
        // JSON Schema 2020-12 validation, 8.3; OpenAPI 3.0 calls it `byte`.
        Some(["string"]) => Kind::String(format.or_else(|| is_base64(at).then(|| "byte".to_owned()))),
        Some(["array"]) => read_array(reader, input, at),
        Some(["object"]) => read_object(reader, input, at),
        Some(_) => {
            // Several types: read what they hold, for its diagnostics; a validator says the rest.
            read_object(reader, input, at);
            read_array(reader, input, at);
            Kind::Opaque
        }
    }
}

/// Reads the values that `const` or `enum` lists, null aside.
fn read_values(at: &Cursor<'_>) -> Option<Kind> {
    let values = match at.child("const") {
        Some(constant) => vec![constant],
        None => at.child("enum")?.items(),
    };
    let values: Vec<Value> =
        values.iter().filter(|value| !value.node.is_null()).map(|value| value.node.to_json()).collect();
    Some(if values.is_empty() { Kind::Never } else { Kind::Enum(values) })
}

fn read_array<'a>(reader: &mut SchemaReader<'a>, input: &mut Input<'a>, at: &Cursor<'a>) -> Kind {
    let Some(items) = at.child("items") else { return Kind::Array(None) };
    Kind::Array(Some(reader.read(input, items)))
}

/// Reads the schema of each item, where a list has as many as it describes, no more and no less.
fn read_tuple<'a>(
    reader: &mut SchemaReader<'a>,
    input: &mut Input<'a>,
    at: &Cursor<'a>,
    assertions: &Map<String, Value>,
) -> Option<Vec<SchemaId>> {
    let described = input.items_of(at, "prefixItems");
    let count = |keyword: &str| assertions.get(keyword).and_then(Value::as_u64).map(|count| count as usize);
    let most = match assertions.get("items") {
        Some(Value::Bool(false)) => {
            Some(count("maxItems").map_or(described.len(), |most| most.min(described.len())))
        }
        _ => count("maxItems"),
    };
    (count("minItems") == Some(described.len()) && most == Some(described.len()))
        .then(|| described.into_iter().map(|item| reader.read(input, item)).collect())
}

fn read_object<'a>(reader: &mut SchemaReader<'a>, input: &mut Input<'a>, at: &Cursor<'a>) -> Kind {
    let is_list = at.child("required").is_some_and(|required| required.node.as_array().is_some());
    let required = if is_list { input.strings(at, "required") } else { Vec::new() };
    let names: HashSet<&str> = required.iter().map(String::as_str).collect();
    let mut properties: Vec<Property> = Vec::new();
    for (name, property) in input.members_of(at, "properties") {
        let schema = reader.read(input, property);
        properties.push(Property { name: name.to_owned(), schema, required: names.contains(name) });
    }
    let mut described: HashSet<String> = properties.iter().map(|property| property.name.clone()).collect();
    let additional = read_additional(reader, input, at);
    for name in required {
        if described.insert(name.clone()) {
            let schema = add_undeclared(reader, input, at, &additional, &name);
            properties.push(Property { name, schema, required: true });
        }
    }
    Kind::Object(Object { properties, additional })
}

/// Returns the schema of a property that is required and not declared: it is as all others are.
fn add_undeclared<'a>(
    reader: &mut SchemaReader<'a>,
    input: &mut Input<'a>,
    at: &Cursor<'a>,
    additional: &Additional,
    name: &str,
) -> SchemaId {
    if at.child("patternProperties").is_some() {
        return reader.add_any(input, &at.pointer);
    }
    if let Additional::Allowed(Some(others)) = additional {
        return *others;
    }
    let schema = reader.add_any(input, &at.pointer);
    if *additional == Additional::Refused || refuses_unevaluated(at, additional) {
        reader.table[schema].kind = Kind::Never;
        let location = input.location(&at.pointer.join("required"));
        let message = format!("`{name}` must be there, and may not: no property is called so");
        let help = "declare it under `properties`, or do not require it";
        input.push(Diagnostic::warning(Code::SchemaConflict, location, message).help(help));
    }
    schema
}

/// Returns whether a schema refuses all that it does not declare by `unevaluatedProperties`: beside nothing
/// that looks at properties, these are the ones that are not evaluated (JSON Schema 2020-12 core, 11.3).
fn refuses_unevaluated(at: &Cursor<'_>, additional: &Additional) -> bool {
    const LOOKING: [&str; 8] =
        ["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if", "dependentSchemas"];
    let refused = at.child("unevaluatedProperties").is_some_and(|own| own.node.as_bool() == Some(false));
    refused && *additional == Additional::Unsaid && !LOOKING.iter().any(|keyword| at.child(keyword).is_some())
}

fn read_additional<'a>(reader: &mut SchemaReader<'a>, input: &mut Input<'a>, at: &Cursor<'a>) -> Additional {
    let Some(declared) = at.child("additionalProperties") else { return Additional::Unsaid };
    match declared.node.as_bool() {
        Some(false) => Additional::Refused,
        Some(true) => Additional::Allowed(None),
        None if declared.object().is_some() => Additional::Allowed(Some(reader.read(input, declared))),
        None => {
            input.wrong_type(&declared, "an object, true or false");
            Additional::Unsaid
        }
    }
}
