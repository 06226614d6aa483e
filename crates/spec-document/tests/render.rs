//! How diagnostics of later stages look: places named by pointers, warnings, whole files.

use spec_document::{
    Code, Diagnostic, Diagnostics, Location, Part, Pointer, Position, Renderer, SourceId, Sources,
};

const TEXT: &str = "info:\r\n  title: Ünï\r\n  tags: [ä, {b: 1}]\r\npaths:\r\n  /a/{id}:\r\n    get: 1\r\n";

fn sources() -> (Sources, SourceId) {
    let mut sources = Sources::new();
    let id = sources.add("api.yaml", TEXT);
    let mut diagnostics = Diagnostics::new();
    sources.parse(id, None, &mut diagnostics).expect("a document");
    assert!(diagnostics.is_empty());
    (sources, id)
}

fn pointer(text: &str) -> Pointer {
    Pointer::parse(text).expect("a pointer")
}

#[test]
fn pointers_lead_to_text() {
    let (sources, id) = sources();
    let document = sources.document(id).expect("a document");
    for (place, part, text, position) in [
        ("/info/title", Part::Value, "Ünï", (2, 10)),
        ("/info/title", Part::Key, "title", (2, 3)),
        ("/info/tags/1/b", Part::Key, "b", (3, 14)),
        ("/info/tags/1/b", Part::Value, "1", (3, 17)),
        ("/info/tags/0", Part::Key, "ä", (3, 10)),
        ("/paths/~1a~1{id}/get", Part::Value, "1", (6, 10)),
        // Nearest ancestors.
        ("/info/missing/x", Part::Value, "info", (1, 1)),
        ("/info/tags/7", Part::Value, "tags", (3, 3)),
    ] {
        let span = document.span(&pointer(place), part);
        assert_eq!(&TEXT[span.clone()], text, "{place}");
        let (line, column) = position;
        assert_eq!(sources.position(id, span.start), Position { line, column }, "{place}");
    }
    assert_eq!(sources.position(id, usize::MAX).to_string(), "7:1");
}

#[test]
fn all_parts_of_a_diagnostic() {
    let (mut sources, id) = sources();
    let config = sources.add("settings.toml", "");
    let at = |text| Location::pointer(id, pointer(text));
    let mut diagnostics = Diagnostics::new();
    diagnostics.push(Diagnostic::error(Code::UnreadableFile, Location::file(config), "cannot be read"));
    let collision = Diagnostic::error(Code::NameCollision, at("/paths/~1a~1{id}/get").key(), "two names")
        .related(at("/info/title"), "first here")
        .related(Location::file(config), "no frame for a file")
        .help("rename one");
    diagnostics.push(collision.clone());
    diagnostics.push(collision);
    diagnostics.push(Diagnostic::warning(Code::UnknownField, at("/info").key(), "unknown field"));
    diagnostics.push(Diagnostic::error(Code::MissingField, at("/info/version"), "no version"));
    assert_eq!(diagnostics.len(), 4);
    insta::assert_snapshot!(Renderer::new(&sources).render_all(&diagnostics), @r"
    warning[unknown-field]: unknown field
     --> api.yaml:1:1
      |
    1 | info:
      | ^^^^
      |
      = pointer: /info

    error[missing-field]: no version
     --> api.yaml:1:1
      |
    1 | info:
      | ^^^^
      |
      = pointer: /info/version

    error[name-collision]: two names
     --> api.yaml:6:5
      |
    2 |   title: Ünï
      |          --- first here
    ...
    6 |     get: 1
      |     ^^^
     ::: settings.toml
      = note: no frame for a file
      = pointer: /paths/~1a~1{id}/get
      = help: rename one

    error[unreadable-file]: cannot be read
    --> settings.toml

    3 errors, 1 warning
    ");
}
