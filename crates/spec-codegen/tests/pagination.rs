//! Through which operations a client pages, and how: what is declared, what is guessed, and what is refused.
//! Each document may have settings beside it.

use spec_codegen::generate;
use spec_codegen::settings::{ApiSettings, Settings};
use spec_document::{Diagnostics, Renderer, Sources};
use std::fs;
use std::path::Path;

/// Returns what is decided for each operation of a document, and what is said about it.
fn decided(path: &Path) -> String {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let source = sources.add(&name, fs::read_to_string(path).unwrap());
    let document = sources.parse(source, None, &mut diagnostics).expect("a document");
    let settings = match fs::read_to_string(path.with_extension("toml")) {
        Ok(text) => {
            let source = sources.add("codegen.toml", text);
            Settings::parse(&sources, source, &mut diagnostics).apis.remove(0)
        }
        Err(_) => ApiSettings::for_document("api", &name),
    };
    let mut decided = String::new();
    if let Some(generated) = generate(&document, &name, &settings, &mut diagnostics) {
        let plan = generated.plan.to_string();
        for operation in &generated.plan.operations {
            let head = format!("{} {} {}", operation.name, operation.method, operation.path);
            let lines = plan.lines().skip_while(|line| !line.starts_with(&head)).skip(1);
            let pages =
                lines.take_while(|line| line.starts_with(' ')).find(|line| line.starts_with("  pages by"));
            assert_eq!(pages.is_some(), operation.pagination.is_some(), "{head}");
            decided.push_str(&format!("{head}\n{}\n", pages.unwrap_or("  does not page")));
        }
    }
    format!("{decided}\n{}", Renderer::new(&sources).render_all(&diagnostics)).trim().to_owned()
}

#[test]
fn pagination() {
    insta::glob!("pagination/*.yaml", |path| insta::assert_snapshot!(decided(path)));
}
