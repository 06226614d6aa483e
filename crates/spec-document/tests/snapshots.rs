//! Texts as data: every file in `documents` parses without a diagnostic, and its tree is in the
//! snapshot with the place of each value; every file in `bad` has the diagnostics in the snapshot.

use std::fmt::Write;
use std::path::Path;

use spec_document::{Diagnostics, Document, Node, Pointer, Renderer, SourceId, Sources, Value};

/// Parses a file and gives its tree, or its diagnostics if there are any.
fn check(path: &Path) -> String {
    let mut sources = Sources::new();
    let name = path.file_name().expect("a file").to_string_lossy();
    let text = std::fs::read_to_string(path).expect("a readable file");
    let id = sources.add(name, text);
    let mut diagnostics = Diagnostics::new();
    match sources.parse(id, None, &mut diagnostics) {
        Some(document) if diagnostics.is_empty() => tree(&sources, &document),
        _ => Renderer::new(&sources).render_all(&diagnostics),
    }
}

#[test]
fn documents() {
    insta::glob!("documents/*", |path| insta::assert_snapshot!(check(path)));
}

#[test]
fn bad() {
    insta::glob!("bad/*", |path| insta::assert_snapshot!(check(path)));
}

/// A line for each value: pointer, value, first and last position, and the key's position.
fn tree(sources: &Sources, document: &Document) -> String {
    let mut lines = String::new();
    line(&mut lines, sources, document.source(), &Pointer::root(), document.root(), None);
    lines
}

fn line(
    lines: &mut String,
    sources: &Sources,
    id: SourceId,
    pointer: &Pointer,
    node: &Node,
    key: Option<usize>,
) {
    let position = |offset| sources.position(id, offset);
    let value = match &node.value {
        Value::Number(number) => number.as_str().to_owned(),
        Value::Array(_) | Value::Object(_) => node.kind().to_owned(),
        _ => node.to_json().to_string(),
    };
    let (start, end) = (position(node.span().start), position(node.span().end));
    let _ = write!(lines, "{:12} {value} @ {start}-{end}", pointer.as_str());
    let _ = match key {
        Some(key) => writeln!(lines, " key @ {}", position(key)),
        None => writeln!(lines),
    };
    match &node.value {
        Value::Array(nodes) => {
            for (index, node) in nodes.iter().enumerate() {
                line(lines, sources, id, &pointer.join(index), node, None);
            }
        }
        Value::Object(object) => {
            for (key, node) in object.iter() {
                let place = object.key_span(key).map(|span| span.start);
                line(lines, sources, id, &pointer.join(key), node, place);
            }
        }
        _ => {}
    }
}
