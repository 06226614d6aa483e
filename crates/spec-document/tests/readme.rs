//! The list of codes in the README is the list of codes.

use spec_document::Code;

#[test]
fn every_code_is_in_the_readme() {
    let readme = include_str!("../../../README.md");
    let table: String = Code::ALL.iter().map(|code| format!("| `{code}` | {} |\n", code.explain())).collect();
    let expected = format!("<!-- codes -->\n| code | meaning |\n|---|---|\n{table}<!-- /codes -->");
    assert!(readme.contains(&expected), "put this into the README:\n\n{expected}\n");
}
