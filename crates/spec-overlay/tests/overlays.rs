//! Overlays as data: each file in `overlays` holds a document and the overlays that are applied to it, one
//! YAML text after the other; the snapshot has the result, and where each value of it was written. Files in
//! `bad` have the diagnostics.

use spec_document::{Diagnostics, Document, Location, Node, Pointer, Renderer, Sources, Value};
use std::fmt::Write;
use std::path::Path;

struct Outcome {
    sources: Sources,
    document: Document,
    diagnostics: Diagnostics,
}

fn check(path: &Path) -> Outcome {
    let text = std::fs::read_to_string(path).expect("a text");
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let mut document: Option<Document> = None;
    for (index, text) in text.split("---\n").enumerate() {
        let name = if index == 0 { "document.yaml".to_owned() } else { format!("overlay-{index}.yaml") };
        let source = sources.add(name, text);
        let parsed = sources.parse(source, None, &mut diagnostics).expect("a tree");
        document = Some(match document {
            None => parsed,
            Some(document) => {
                let names = |text: &str| text == "document.yaml";
                spec_overlay::apply(&document, &parsed, &names, &mut sources, &mut diagnostics)
            }
        });
    }
    Outcome { sources, document: document.expect("a document"), diagnostics }
}

/// A line for each value that holds no others: its place, the value, and where it and its key were written.
fn dump(out: &mut String, outcome: &Outcome, at: &Pointer, node: &Node) {
    match &node.value {
        Value::Object(object) if !object.is_empty() => {
            object.iter().for_each(|(key, node)| dump(out, outcome, &at.join(key), node));
        }
        Value::Array(nodes) if !nodes.is_empty() => {
            nodes.iter().enumerate().for_each(|(index, node)| dump(out, outcome, &at.join(index), node));
        }
        _ => {
            let location = Location::pointer(outcome.document.source(), at.clone());
            let (source, key) = (
                outcome.sources.resolve(&location).source,
                outcome.sources.line_column(&location.clone().key()),
            );
            let place = outcome.sources.line_column(&location);
            let _ =
                writeln!(out, "{at} = {} @ {}:{key} {place}", node.to_json(), outcome.sources.name(source));
        }
    }
}

#[test]
fn overlays() {
    insta::glob!("overlays/*", |path| {
        let outcome = check(path);
        let rendered = Renderer::new(&outcome.sources).render_all(&outcome.diagnostics);
        assert!(!outcome.diagnostics.has_errors(), "{rendered}");
        let mut text = String::new();
        dump(&mut text, &outcome, &Pointer::root(), outcome.document.root());
        insta::assert_snapshot!(format!("{text}\n{rendered}").trim());
    });
}

#[test]
fn bad_overlays() {
    insta::glob!("bad/*", |path| {
        let outcome = check(path);
        assert!(!outcome.diagnostics.is_empty(), "{} is a good overlay", path.display());
        insta::assert_snapshot!(Renderer::new(&outcome.sources).render_all(&outcome.diagnostics));
    });
}
