//! Examples and defaults of the documents in `tests/examples`, and what is said of them: warnings, and errors
//! of what nobody can check.

use spec_document::{Diagnostics, Renderer, Sources};
use std::path::Path;

fn said(path: &Path) -> String {
    let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
    let text = std::fs::read_to_string(path).expect("a document");
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add(name, text);
    let document = sources.parse(source, None, &mut diagnostics).expect("a tree");
    let api = spec_api::read(&document, &mut diagnostics).expect("an Api");
    // What is wrong apart from examples is reported by others; what there is of the Api is still checked.
    let mut found = Diagnostics::new();
    spec_contract::examples::check(&api, &mut found);
    Renderer::new(&sources).render_all(&found)
}

#[test]
fn examples() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::glob!("examples/*.yaml", |path| insta::assert_snapshot!(said(path)));
    });
}

/// The document that this workspace starts from has no wrong example.
#[test]
fn outbound_campaigns() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/outbound-campaigns.yaml");
    assert_eq!(said(&path), "");
}
