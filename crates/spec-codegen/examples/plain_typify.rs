//! What typify prints by itself for the schemas of a document: the measure for how long generated models take
//! to compile.
//!
//! `cargo run --release -p spec-codegen --example plain_typify DOCUMENT OUT.rs`
//!
//! Schemas are rewritten only so far that typify takes them: references point to `definitions`, and what
//! draft 7 does not know is left out.

use schemars08::schema::Schema;
use serde_json::{Map, Value};
use spec_document::{Diagnostics, Sources};
use std::error::Error;
use std::fs;
use typify::{TypeSpace, TypeSpaceSettings};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [document, out] = arguments.as_slice() else {
        return Err("usage: plain_typify DOCUMENT OUT.rs".into());
    };
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add(document, fs::read_to_string(document)?);
    let parsed = sources.parse(source, None, &mut diagnostics).ok_or("the document is no JSON or YAML")?;
    let api = spec_api::read(&parsed, &mut diagnostics).ok_or("the document is no OpenAPI")?;
    let schemas =
        api.json.pointer("/components/schemas").and_then(Value::as_object).ok_or("there are no schemas")?;
    let mut definitions: Vec<(String, Schema)> = Vec::new();
    for (name, schema) in schemas {
        definitions.push((name.clone(), serde_json::from_value(lowered(schema))?));
    }
    let count = definitions.len();
    let mut space = TypeSpace::new(&TypeSpaceSettings::default());
    space.add_ref_types(definitions)?;
    fs::write(out, prettyplease::unparse(&syn::parse2(space.to_stream())?))?;
    println!("{count} schemas");
    Ok(())
}

fn lowered(schema: &Value) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(lowered).collect(),
        Value::Object(members) => {
            let known = |key: &&String| {
                !["discriminator", "example", "examples", "prefixItems", "default"].contains(&key.as_str())
            };
            let member = |key: &String| {
                let value = &members[key];
                let value = match value.as_str() {
                    Some(text) if key == "$ref" => {
                        Value::from(text.replace("#/components/schemas/", "#/definitions/"))
                    }
                    _ => lowered(value),
                };
                (key.clone(), value)
            };
            Value::Object(members.keys().filter(known).map(member).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}
