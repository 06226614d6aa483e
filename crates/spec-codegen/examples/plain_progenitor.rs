//! What plain progenitor makes of a document, for comparison: `plain_progenitor DOCUMENT OUT_FILE`.
//!
//! The document is brought down to OpenAPI 3.0 in the simplest way that progenitor takes (type arrays become
//! `nullable`, the first of several examples becomes the example); nothing of this workspace's own lowering
//! is used.

use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::{Map, Value};
use spec_document::{Diagnostics, Sources};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [document, out] = arguments.as_slice() else {
        return Err("usage: plain_progenitor DOCUMENT OUT_FILE".into());
    };
    let mut sources = Sources::new();
    let source = sources.add(document.clone(), std::fs::read_to_string(document)?);
    let parsed =
        sources.parse(source, None, &mut Diagnostics::new()).ok_or("the document can't be parsed")?;
    let mut value = parsed.root().to_json();
    value["openapi"] = "3.0.3".into();
    lower(&mut value);
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Builder);
    let tokens = Generator::new(&settings).generate_tokens(&serde_json::from_value(value)?)?;
    let text = prettyplease::unparse(&syn::parse2(tokens)?);
    println!("{} lines", text.lines().count());
    std::fs::write(out, text)?;
    Ok(())
}

fn lower(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(lower),
        Value::Object(members) => {
            lower_schema(members);
            members.values_mut().for_each(lower);
        }
        _ => {}
    }
}

fn lower_schema(members: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = members.get("type").cloned() {
        let own = types.into_iter().find(|name| name != "null").unwrap_or_default();
        members.insert("type".to_owned(), own);
        members.insert("nullable".to_owned(), Value::Bool(true));
    }
    if let Some(Value::Array(examples)) = members.get("examples").cloned()
        && let Some(first) = examples.into_iter().next()
    {
        members.remove("examples");
        members.insert("example".to_owned(), first);
    }
}
