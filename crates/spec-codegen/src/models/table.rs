//! The tables from which macros of `spec-runtime` make what a model has beside its declaration: a line for
//! each field or variant, so that a change of the document is a change of a line.

use crate::plan::{Definition, EnumPlan, EnumValues, ExtraPlan, FieldPlan, Presence, StructPlan, TypePlan};
use crate::printer::Printer;
use crate::rust::{is_long, number_text};
use serde_json::{Map, Value};
use std::fmt::Write;

/// Prints the table of a struct or an enumeration.
pub(super) fn print_table(printer: &mut Printer<'_>, ty: &TypePlan) -> Option<String> {
    match &ty.definition {
        Definition::Struct(body) => Some(object(printer, ty, body)),
        Definition::Enum(body) => Some(enumeration(ty, body)),
        _ => None,
    }
}

/// Writes the table of a struct.
fn object(printer: &mut Printer<'_>, ty: &TypePlan, body: &StructPlan) -> String {
    let mut text = format!("spec_runtime::object!({} {{\n", ty.name);
    for field in &body.fields {
        let FieldPlan { name, wire, presence, asked, assertions, .. } = field;
        // Rust has its own notion of two names being one, outside of ASCII.
        let wire =
            if wire == name && name.is_ascii() { String::new() } else { format!(" as {}", literal(wire)) };
        let presence = match presence {
            Presence::Required => "required",
            Presence::RequiredNullable => "nullable",
            Presence::Optional if *asked => "asked",
            Presence::Optional => "optional",
            Presence::OptionalNullable if *asked => "asked_field",
            Presence::OptionalNullable => "field",
        };
        let ty = printer.type_text(&field.ty);
        let _ = writeln!(text, "    {name}{wire}: {presence} {ty}{},", braced(assertions));
    }
    let rest = match &body.extra {
        None => "closed".to_owned(),
        Some(ExtraPlan { name, ty: None, .. }) => format!("open {name}"),
        Some(ExtraPlan { name, ty: Some(ty), assertions }) => {
            format!("each {name}: {}{}", printer.type_text(ty), braced(assertions))
        }
    };
    let _ = write!(text, "}} {rest}");
    let mut whole = ty.assertions.clone();
    if body.extra.as_ref().is_none_or(|extra| extra.ty.is_some()) {
        // How other keys are taken has been said.
        whole.shift_remove("additionalProperties");
    }
    let with = if whole.is_empty() { String::new() } else { format!(", with{}", braced(&whole)) };
    text + &with + ");\n"
}

/// Writes the table of an enumeration.
fn enumeration(ty: &TypePlan, body: &EnumPlan) -> String {
    let kind = match body.values {
        EnumValues::Text => "text",
        EnumValues::OpenText => "open text",
        EnumValues::Integer => "integer",
        EnumValues::Any => "any",
    };
    let mut text = format!("spec_runtime::enumeration!({}: {kind} {{\n", ty.name);
    for variant in &body.variants {
        let wire = match &variant.wire {
            Value::String(text) => literal(text),
            Value::Number(number) if body.values == EnumValues::Any => number_text(number),
            other => other.to_string(),
        };
        let _ = writeln!(text, "    {} = {wire},", variant.name);
    }
    text + "});\n"
}

/// Writes a text as a literal of Rust.
fn literal(text: &str) -> String {
    proc_macro2::Literal::string(text).to_string()
}

/// Writes assertions as an object of `json!`, in braces however long they are; JSON but for the texts, whose
/// escapes are those of Rust.
fn braced(assertions: &Map<String, Value>) -> String {
    if assertions.is_empty() { String::new() } else { format!(" {}", members_of(assertions)) }
}

/// Writes members as an object of `json!`.
fn members_of(members: &Map<String, Value>) -> String {
    let members: Vec<String> =
        members.iter().map(|(key, value)| format!("{}: {}", literal(key), json(value))).collect();
    format!("{{{}}}", members.join(", "))
}

/// Writes a value as it stands in `json!`.
fn json(value: &Value) -> String {
    match value {
        _ if is_long(value) => {
            format!("spec_runtime::codegen::models::json({})", literal(&value.to_string()))
        }
        Value::String(text) => literal(text),
        Value::Array(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => members_of(members),
        Value::Number(number) => number_text(number),
        Value::Null | Value::Bool(_) => value.to_string(),
    }
}
