//! What plain typify makes of a JSON Schema: no lowering before it, no refining behind it, default settings.
//!
//! The only module that imports it.

use schemars08::schema::{RootSchema, Schema};
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};
use typify::{TypeId, TypeSpace, TypeSpaceSettings};

/// The name under which the module has the type of the schema.
pub const NAME: &str = "OracleRoot";

/// A Rust module with the types of a schema: as the root of a document, the way it is used most; should that
/// fail, as a definition with a name, for which it knows more.
///
/// # Errors
///
/// When typify refuses the schema, in whichever way.
pub fn models(schema: &Value) -> Result<String, String> {
    attempt(|| as_root(schema)).or_else(|error| attempt(|| as_definition(schema)).map_err(|_| error))
}

fn attempt(print: impl FnOnce() -> Result<String, String>) -> Result<String, String> {
    match catch_unwind(AssertUnwindSafe(print)) {
        Ok(printed) => printed,
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            Err(format!(
                "it panics: {}",
                text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
            ))
        }
    }
}

fn as_root(schema: &Value) -> Result<String, String> {
    let mut members = schema.as_object().ok_or("no object")?.clone();
    // It leaves a root without a title out.
    members.entry("title").or_insert_with(|| "Root".into());
    let root: RootSchema =
        serde_json::from_value(Value::Object(members)).map_err(|error| error.to_string())?;
    let mut space = TypeSpace::new(&TypeSpaceSettings::default());
    let id = space.add_root_schema(root).map_err(|error| error.to_string())?.ok_or("no type for the root")?;
    print(&space, &id)
}

fn as_definition(schema: &Value) -> Result<String, String> {
    let read =
        |schema: &Value| serde_json::from_value::<Schema>(schema.clone()).map_err(|error| error.to_string());
    let mut definitions = Vec::new();
    for keyword in ["definitions", "$defs"] {
        for (name, definition) in schema.get(keyword).and_then(Value::as_object).into_iter().flatten() {
            definitions.push((name.clone(), read(definition)?));
        }
    }
    let mut space = TypeSpace::new(&TypeSpaceSettings::default());
    space.add_ref_types(definitions).map_err(|error| error.to_string())?;
    let id = space
        .add_type_with_name(&read(schema)?, Some("Root".to_owned()))
        .map_err(|error| error.to_string())?;
    print(&space, &id)
}

fn print(space: &TypeSpace, root: &TypeId) -> Result<String, String> {
    let root = space.get_type(root).map_err(|error| error.to_string())?.ident();
    Ok(format!("{}\npub type {NAME} = {root};\n", space.to_stream()))
}

#[cfg(test)]
mod tests {
    use super::models;
    use serde_json::json;

    #[test]
    fn every_root_has_a_type() {
        for schema in
            [json!({ "type": "object", "properties": { "a": {} } }), json!({ "type": "string" }), json!(true)]
        {
            let text = models(&schema).expect("models");
            assert!(text.contains("pub type OracleRoot ="), "{text}");
        }
        assert!(models(&json!({ "$ref": "a" })).is_err());
    }
}
