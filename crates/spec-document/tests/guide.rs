//! The list of codes in the guide is the list of codes.

use spec_document::Code;

#[test]
fn every_code_is_in_the_guide() {
    let page = include_str!("../../spec-guide/pages/diagnostics.md");
    let table: String = Code::ALL.iter().map(|code| format!("| `{code}` | {} |\n", code.explain())).collect();
    let expected = format!("<!-- codes -->\n| code | meaning |\n|---|---|\n{table}<!-- /codes -->");
    assert!(
        page.contains(&expected),
        "put this into crates/spec-guide/pages/diagnostics.md:\n\n{expected}\n"
    );
}
