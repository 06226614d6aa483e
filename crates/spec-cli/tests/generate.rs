//! The commands that write files of documents, as a program.

use std::path::Path;
use std::process::{Command, Output};

const PETS: &str = "openapi: 3.1.0\ninfo: {title: Pets, version: 1.0.0}\npaths:\n  /pets:\n    get:\n\
                    \x20     operationId: list\n      responses:\n        '204': {description: none}\n";

fn spec(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spec"));
    command.current_dir(folder).args(arguments).output().expect("the program runs")
}

fn folder(document: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("pets.yaml"), document).expect("a file");
    folder
}

#[test]
fn a_document_becomes_crates_anywhere() {
    let folder = folder(PETS);
    let output = spec(folder.path(), &["codegen", "pets.yaml", "--out", "crates"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for name in ["models", "client", "server"] {
        let manifest = folder.path().join(format!("crates/pets-{name}/Cargo.toml"));
        assert!(manifest.is_file(), "{}", manifest.display());
    }
    // Without a repository around it, the runtime is the published one.
    let manifest =
        std::fs::read_to_string(folder.path().join("crates/pets-client/Cargo.toml")).expect("a file");
    assert!(manifest.contains("spec-runtime = { version = "), "{manifest}");
    let check = spec(folder.path(), &["codegen", "pets.yaml", "--out", "crates", "--check"]);
    assert_eq!(check.status.code(), Some(0), "{check:?}");
    let file = folder.path().join("crates/pets-client/src/generated.rs");
    let text = std::fs::read_to_string(&file).expect("a file");
    std::fs::write(&file, text.replace("fn list", "fn list_all")).expect("a file");
    let check = spec(folder.path(), &["codegen", "pets.yaml", "--out", "crates", "--check"]);
    assert_eq!(check.status.code(), Some(1), "{check:?}");
    assert!(String::from_utf8_lossy(&check.stderr).contains("run `spec codegen`"), "{check:?}");
}

#[test]
fn a_document_becomes_a_page() {
    let folder = folder(PETS);
    let output = spec(folder.path(), &["docs", "pets.yaml", "--out", "page"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(folder.path().join("page/pets/index.html").is_file(), "{output:?}");
    assert!(!folder.path().join("page/pets-models").exists());
}

#[test]
fn a_url_has_to_be_written_to_a_file() {
    let folder = folder(PETS);
    for command in ["codegen", "docs", "scaffold-service"] {
        let output = spec(folder.path(), &[command, "http://127.0.0.1:9/openapi.json", "--out", "out"]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("`curl -o openapi.json http://127.0.0.1:9/openapi.json`"), "{said}");
    }
}

#[test]
fn what_is_wrong_is_shown_at_its_line_and_nothing_is_written() {
    let folder = folder(&PETS.replace("'204'", "'20'"));
    for command in ["codegen", "docs"] {
        let output = spec(folder.path(), &[command, "pets.yaml", "--out", "out"]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("pets.yaml:8:"), "{output:?}");
        assert!(!folder.path().join("out").exists());
    }
}
