//! Documents as data: every file in `documents` is read without an error, and what it means is in the
//! snapshot; every file in `bad` has the diagnostics in the snapshot. No document whatsoever makes the reader
//! panic.

use serde_json::{Value, json};
use spec_api::{
    Additional, Api, Body, Calling, Discriminator, Header, Kind, MediaType, Operation, Parameter,
    Requirement, Response, Schema, SchemaId,
};
use spec_document::{Diagnostics, Document, Location, Place, Pointer, Renderer, Sources};
use std::fmt::Write;
use std::path::Path;

#[test]
fn documents() {
    insta::glob!("documents/*", |path| insta::assert_snapshot!(check(path)));
}

#[test]
fn bad() {
    insta::glob!("bad/*", |path| insta::assert_snapshot!(check_bad(path)));
}

/// Says what a document means.
fn check(path: &Path) -> String {
    let (sources, document, mut diagnostics) = parse(path);
    let api = spec_api::read(&document, &mut diagnostics).expect("an Api");
    let rendered = Renderer::new(&sources).render_all(&diagnostics);
    assert!(!diagnostics.has_errors(), "{rendered}");
    let mut dump = dump(&api, &document);
    for diagnostic in diagnostics.sorted(&sources) {
        let place = place(&diagnostic.location);
        let _ = writeln!(dump, "warning {} at {place}: {}", diagnostic.code, diagnostic.message);
    }
    dump
}

/// Says what is wrong with a document.
fn check_bad(path: &Path) -> String {
    let (sources, document, mut diagnostics) = parse(path);
    let _ = spec_api::read(&document, &mut diagnostics);
    assert!(!diagnostics.is_empty(), "{} is a good document", path.display());
    Renderer::new(&sources).render_all(&diagnostics)
}

fn parse(path: &Path) -> (Sources, Document, Diagnostics) {
    let mut sources = Sources::new();
    let mut diagnostics = Diagnostics::new();
    let name = path.file_name().expect("a file").to_string_lossy();
    let id = sources.add(name, std::fs::read_to_string(path).expect("a readable file"));
    let document = sources.parse(id, None, &mut diagnostics).expect("a document");
    assert!(diagnostics.is_empty(), "{}", Renderer::new(&sources).render_all(&diagnostics));
    (sources, document, diagnostics)
}

fn dump(api: &Api, document: &Document) -> String {
    let mut out = format!(
        "{:?} {:?} {:?}{}\n",
        api.version,
        api.title,
        api.api_version,
        words(&[("", &api.description)])
    );
    for server in &api.servers {
        let _ = writeln!(out, "server {:?}{}", server.url, words(&[("", &server.description)]));
    }
    for tag in &api.tags {
        let _ = writeln!(out, "tag {:?}{}", tag.name, words(&[("", &tag.description)]));
    }
    for (name, scheme) in &api.security_schemes {
        let _ = writeln!(out, "scheme {name}: {:?}{}", scheme.scheme, words(&[("", &scheme.description)]));
    }
    for operation in &api.operations {
        dump_operation(&mut out, api, operation);
    }
    let mut names = api.components.iter().collect::<Vec<_>>();
    names.retain(|(name, id)| api.schema(**id).component.as_ref() != Some(*name));
    assert!(names.is_empty(), "components have their names");
    for (id, schema) in api.schemas() {
        if let Some(pointer) = schema.pointer() {
            assert!(api.json.pointer(pointer).is_some(), "{pointer} is in the JSON");
            let _ = writeln!(out, "schema {pointer} = {}", said(api, id));
        }
    }
    for example in &api.examples {
        let (place, schema) = (place(&example.location), target(api, example.schema));
        let word = if example.is_default { "default" } else { "example" };
        let _ = writeln!(out, "{word} {place} of {schema}: {}", example.value);
    }
    let original = document.root().to_json();
    for (id, schema) in api.schemas().filter(|(_, schema)| schema.component.is_some()) {
        let json = api.json_schema(id);
        if schema.pointer().and_then(|pointer| original.pointer(pointer)) != Some(json) {
            let _ = writeln!(out, "json {} = {json}", schema.component.as_deref().unwrap_or_default());
        }
    }
    out
}

fn dump_operation(out: &mut String, api: &Api, operation: &Operation) {
    let Operation { id, pinned_name, method, path, tags, summary, description, deprecated, .. } = operation;
    let deprecated = if *deprecated { " deprecated" } else { "" };
    let about = words(&[("pinned", pinned_name), ("summary", summary), ("", description)]);
    let tags = if tags.is_empty() { String::new() } else { format!(" tags {tags:?}") };
    let _ = writeln!(out, "{method} {path} {id:?}{tags}{deprecated}{about}");
    for parameter in &operation.parameters {
        let Parameter { name, pinned_name, place, description, required, deprecated, style, explode, .. } =
            parameter;
        let flags = [
            ("required", required),
            ("deprecated", deprecated),
            ("reserved", &parameter.allow_reserved),
            ("empty", &parameter.allow_empty),
        ];
        let about = words(&[("pinned", pinned_name), ("", description), ("content", &parameter.content)]);
        let explode = if *explode { " explode" } else { "" };
        let schema = target(api, parameter.schema);
        let _ =
            writeln!(out, "  {} {name:?} {style:?}{explode}{}: {schema}{about}", place.key(), set(&flags));
    }
    if let Some(Body { description, required, content, .. }) = &operation.body {
        let _ = writeln!(out, "  body{}{}", set(&[("required", required)]), words(&[("", description)]));
        dump_content(out, api, content);
    }
    for Response { status, description, headers, content, .. } in &operation.responses {
        let _ = writeln!(out, "  {status}{}", words(&[("", description)]));
        for Header { name, required, schema, .. } in headers {
            let _ = writeln!(
                out,
                "    header {name:?}{}: {}",
                set(&[("required", required)]),
                target(api, *schema)
            );
        }
        dump_content(out, api, content);
    }
    if operation.calling != Calling::default() {
        let _ = writeln!(out, "  {:?}", operation.calling);
    }
    if !operation.security.is_empty() {
        let alternatives: Vec<String> = operation.security.iter().map(requirement).collect();
        let _ = writeln!(out, "  security {}", alternatives.join(" or "));
    }
}

fn dump_content(out: &mut String, api: &Api, content: &[MediaType]) {
    for MediaType { name, kind, schema, encoding, .. } in content {
        let schema = schema.map_or_else(|| "nothing said".to_owned(), |id| target(api, id));
        let _ = writeln!(out, "    {name} {kind:?}: {schema}");
        for (property, encoding) in encoding {
            let about = words(&[("content", &encoding.content_type)]);
            let style =
                encoding.style.map(|(style, explode)| format!(" {style:?}{}", set(&[("explode", &explode)])));
            let _ = writeln!(out, "      {property:?}{}{about}", style.unwrap_or_default());
        }
    }
}

fn requirement(requirement: &Requirement) -> String {
    let schemes: Vec<String> = requirement
        .schemes
        .iter()
        .map(|(name, scopes)| if scopes.is_empty() { name.clone() } else { format!("{name}{scopes:?}") })
        .collect();
    if schemes.is_empty() { "nothing".to_owned() } else { schemes.join(" + ") }
}

/// Everything that a schema says.
fn said(api: &Api, id: SchemaId) -> String {
    let Schema { pinned_name, title, description, default, examples, assertions, .. } = api.schema(id);
    let schema = api.schema(id);
    let null = [("or null", &schema.nullable)];
    let flags = [
        ("deprecated", &schema.deprecated),
        ("read-only", &schema.read_only),
        ("write-only", &schema.write_only),
    ];
    let assertions = if assertions.is_empty() { String::new() } else { format!(" {}", json!(assertions)) };
    let default = default.as_ref().map(|default| format!(" default {default}")).unwrap_or_default();
    let examples: String = examples.iter().map(|(_, example)| format!(" example {example}")).collect();
    let about = words(&[("pinned", pinned_name), ("title", title), ("", description)]);
    format!("{}{}{assertions}{}{default}{examples}{about}", kind(api, &schema.kind), set(&null), set(&flags))
}

fn kind(api: &Api, kind: &Kind) -> String {
    let of_format = |name: &str, format: &Option<String>| match format {
        Some(format) => format!("{name}({format})"),
        None => name.to_owned(),
    };
    match kind {
        Kind::Reference(id) => format!("-> {}", target(api, *id)),
        Kind::Integer(format) => of_format("integer", format),
        Kind::Number(format) => of_format("number", format),
        Kind::String(format) => of_format("string", format),
        Kind::Enum(values) => format!("enum {}", json!(values)),
        Kind::Tuple(items) => {
            let items: Vec<String> = items.iter().map(|id| target(api, *id)).collect();
            format!("tuple of ({})", items.join(", "))
        }
        Kind::Array(items) => {
            format!("array of {}", items.map_or_else(|| "anything".to_owned(), |id| target(api, id)))
        }
        Kind::Object(object) => {
            let mut members: Vec<String> = Vec::new();
            for property in &object.properties {
                let mark = if property.required { "!" } else { "" };
                members.push(format!("{}{mark}: {}", property.name, target(api, property.schema)));
            }
            members.extend(match object.additional {
                Additional::Unsaid => None,
                Additional::Refused => Some("nothing else".to_owned()),
                Additional::Allowed(None) => Some("*: anything".to_owned()),
                Additional::Allowed(Some(id)) => Some(format!("*: {}", target(api, id))),
            });
            format!("object {{{}}}", members.join(", "))
        }
        Kind::Union { variants, exclusive, discriminator } => {
            let word = if *exclusive { "one of" } else { "any of" };
            let variants: Vec<String> = variants.iter().map(|id| target(api, *id)).collect();
            let by = discriminator.as_ref().map(|Discriminator { property, mapping }| {
                let mapping: Vec<String> =
                    mapping.iter().map(|(value, index)| format!("{value}={index}")).collect();
                format!(" by {property} ({})", mapping.join(", "))
            });
            format!("{word} [{}]{}", variants.join(", "), by.unwrap_or_default())
        }
        Kind::Any | Kind::Never | Kind::Boolean | Kind::Opaque => format!("{kind:?}").to_lowercase(),
    }
}

/// A schema by its place.
fn target(api: &Api, id: SchemaId) -> String {
    api.schema(id).pointer().unwrap_or("anything").to_owned()
}

fn place(location: &Location) -> &str {
    match &location.place {
        Place::Pointer { pointer, .. } => pointer.as_str(),
        _ => "?",
    }
}

fn words(texts: &[(&str, &Option<String>)]) -> String {
    let mut words = String::new();
    for (name, text) in texts {
        if let Some(text) = text {
            let _ = write!(words, " {name}{}{text:?}", if name.is_empty() { "" } else { " " });
        }
    }
    words
}

fn set(flags: &[(&str, &bool)]) -> String {
    flags.iter().filter(|(_, set)| **set).map(|(name, _)| format!(" {name}")).collect()
}

/// Each value of each document is replaced by one of every kind: nothing panics, and every schema has JSON.
#[test]
fn documents_with_anything_anywhere_are_read() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let entries = ["documents", "bad"]
        .into_iter()
        .flat_map(|folder| std::fs::read_dir(tests.join(folder)).expect("a folder"));
    std::thread::scope(|scope| {
        for entry in entries {
            scope.spawn(|| read_mutants(&entry.expect("an entry").path()));
        }
    });
}

fn read_mutants(path: &Path) {
    let (_, document, _) = parse(path);
    let whole = document.root().to_json();
    let mut pointers = Vec::new();
    list_pointers(&whole, &Pointer::root(), &mut pointers);
    for pointer in pointers {
        for other in [Value::Null, json!(7), json!(["x"]), json!({}), json!("x")] {
            let mut mutant = whole.clone();
            *mutant.pointer_mut(pointer.as_str()).expect("a value") = other;
            read_text(&mutant.to_string());
        }
    }
}

fn list_pointers(value: &Value, at: &Pointer, pointers: &mut Vec<Pointer>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                list_pointers(item, &at.join(index), pointers);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                list_pointers(member, &at.join(key), pointers);
            }
        }
        _ => {}
    }
    // The root itself is for the stage before.
    if *at != Pointer::root() {
        pointers.push(at.clone());
    }
}

fn read_text(text: &str) -> (Option<Api>, Diagnostics) {
    let mut sources = Sources::new();
    let mut diagnostics = Diagnostics::new();
    let id = sources.add("document.json", text);
    let api = sources
        .parse(id, None, &mut diagnostics)
        .and_then(|document| spec_api::read(&document, &mut diagnostics));
    for (id, schema) in api.iter().flat_map(Api::schemas) {
        let api = api.as_ref().expect("an Api");
        let _ = (api.is_nullable(id), api.resolve(id));
        if let Some(pointer) = schema.pointer() {
            assert!(api.json.pointer(pointer).is_some(), "{pointer} is in the JSON of {text}");
        }
    }
    (api, diagnostics)
}

/// A document that is nothing but these schemas.
fn with_schemas(schemas: impl IntoIterator<Item = (String, Value)>) -> String {
    let schemas: serde_json::Map<String, Value> = schemas.into_iter().collect();
    let info = json!({"title": "Schemas", "version": "1"});
    json!({"openapi": "3.1.0", "info": info, "paths": {}, "components": {"schemas": schemas}}).to_string()
}

/// References, `allOf` and `anyOf` may form chains of any length; the stack is not where they are kept.
#[test]
fn chains_have_no_limit() {
    let last = ("S2000".to_owned(), json!({"type": "object", "properties": {"name": {"type": "string"}}}));
    for link in [
        |next: Value| next,
        |next: Value| json!({"allOf": [next]}),
        |next: Value| json!({"allOf": [next, {"properties": {"more": {"type": "string"}}}]}),
        |next: Value| json!({"anyOf": [next, {"type": "null"}]}),
        |next: Value| json!({"oneOf": [next, {"type": "integer"}]}),
        |next: Value| json!({"type": "object", "properties": {"next": next}}),
    ] {
        let chain = (0..2000)
            .map(|n| (format!("S{n}"), link(json!({"$ref": format!("#/components/schemas/S{}", n + 1)}))));
        let (api, diagnostics) = read_text(&with_schemas(chain.chain([last.clone()])));
        assert_eq!(api.expect("an Api").components.len(), 2001);
        assert!(diagnostics.is_empty());
    }
}

/// What stands inside each other is as deep as a document can be.
#[test]
fn nesting_fits_the_stack() {
    for (keyword, levels, wrap) in [
        ("items", spec_document::MAX_DEPTH - 4, (|inner| inner) as fn(Value) -> Value),
        ("not", spec_document::MAX_DEPTH - 4, |inner| inner),
        ("allOf", spec_document::MAX_DEPTH / 2 - 2, |inner| json!([inner])),
        ("anyOf", spec_document::MAX_DEPTH / 2 - 2, |inner| json!([inner, {"type": "string"}])),
        ("properties", spec_document::MAX_DEPTH / 2 - 2, |inner| json!({"inner": inner})),
    ] {
        let mut schema = json!({"type": "string"});
        for _ in 0..levels {
            schema = json!({keyword: wrap(schema)});
        }
        let (api, diagnostics) = read_text(&with_schemas([("Deep".to_owned(), schema)]));
        assert!(api.expect("an Api").schemas().count() > levels, "{keyword}");
        assert!(diagnostics.is_empty(), "{keyword}");
    }
}
