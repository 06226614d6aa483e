//! The commands that write files of documents, and how commands are called, as a program.

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
    // Nothing is released: the runtime is the one that the program was built with.
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("crates/spec-runtime; `--runtime TABLE`, or the setting `runtime`, says"),
        "{said}"
    );
    let manifest =
        std::fs::read_to_string(folder.path().join("crates/pets-client/Cargo.toml")).expect("a file");
    assert!(manifest.contains("spec-runtime = { path = "), "{manifest}");
    let again = spec(folder.path(), &["codegen", "pets.yaml", "--out", "crates"]);
    assert!(again.stderr.is_empty(), "{again:?}");
    let other = ["codegen", "pets.yaml", "--out", "other", "--runtime", "{ version = \"0.1\" }"];
    assert!(spec(folder.path(), &other).stderr.is_empty());
    let other = std::fs::read_to_string(folder.path().join("other/pets-client/Cargo.toml"));
    assert!(other.expect("a file").contains("spec-runtime = { version = \"0.1\""));
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

const COMMANDS: [&str; 11] = [
    "codegen",
    "scaffold-service",
    "docs",
    "mock",
    "proxy",
    "test",
    "replay",
    "links",
    "diff",
    "completions",
    "help",
];

/// Runs in an empty folder; returns the code, and what stands on both outputs.
fn call(arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let output = spec(folder.path(), arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn each_command_has_a_help() {
    let (code, overview, _) = call(&["--help"]);
    assert_eq!(code, Some(0));
    for command in COMMANDS {
        assert!(overview.contains(&format!("\n  {command} ")), "{command} in {overview}");
        let (code, help, said) = call(&[command, "--help"]);
        assert_eq!((code, said.as_str()), (Some(0), ""), "{command}");
        assert!(help.contains(&format!("Usage: spec {command} ")) || command == "help", "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 110), "{help}");
        assert_eq!((code, &help), (call(&[command, "-h"]).0, &call(&[command, "-h"]).1), "{command}");
        assert_eq!(help, call(&["help", command]).1, "{command}");
    }
    assert!(!call(&["docs", "--help"]).1.contains("--check"));
    assert_eq!(call(&["-V"]), (Some(0), format!("spec {}\n", env!("CARGO_PKG_VERSION")), String::new()));
}

#[test]
fn what_is_called_wrongly_is_said_in_two_lines() {
    for (arguments, message, help) in [
        (&["mcok"][..], "there is no command `mcok`; did you mean `mock`?", "spec"),
        (&["scaffold"], "there is no command `scaffold`; did you mean `scaffold-service`?", "spec"),
        (&["help", "tset"], "there is no command `tset`; did you mean `test`?", "spec"),
        (&["--verison"], "there is no option `--verison`; did you mean `--version`?", "spec"),
        (
            &["mock", "a.yaml", "--prot", "1"],
            "there is no option `--prot`; did you mean `--port`?",
            "spec mock",
        ),
        (&["test", "--buget=1"], "there is no option `--buget`; did you mean `--budget`?", "spec test"),
        (&["diff", "a", "b", "c"], "there is no place for `c`", "spec diff"),
        (&["mock"], "say which document to answer by", "spec mock"),
        (
            &["docs"],
            "name a document, as in `spec docs openapi.yaml`: there is no openapi/codegen.toml here",
            "spec docs",
        ),
        (&["codegen"], "name a document, as in `spec codegen openapi.yaml --out crates`: ", "spec codegen"),
        (
            &["codegen", "a.yaml"],
            "say where its crates go, as in `spec codegen a.yaml --out crates`",
            "spec codegen",
        ),
        (&["completions", "tcsh"], "there are no completions for `tcsh`", "spec completions"),
    ] {
        let (code, out, said) = call(arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}");
        let lines: Vec<&str> = said.lines().collect();
        assert!(lines[0].starts_with(&format!("error: {message}")), "{said}");
        assert_eq!(lines[1..], [format!("try '{help} --help'")], "{said}");
    }
}

#[test]
fn shells_complete_commands_and_options() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("spec.bash");
    std::fs::write(&script, call(&["completions", "bash"]).1).expect("a file");
    let complete = |words: &[&str]| {
        let line = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
        let text = format!(
            "set -eu; . {}; COMP_WORDS=({line}); COMP_CWORD={}; _spec; echo \"${{COMPREPLY[@]-}}\"",
            script.display(),
            words.len() - 1
        );
        let output = Command::new("bash").args(["-c", &text]).output().expect("bash runs");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    };
    assert_eq!(complete(&["spec", "sc"]), "scaffold-service");
    assert_eq!(complete(&["spec", "mock", "--cr"]), "--credential");
    assert_eq!(complete(&["spec", "test", "--id"]), "--identity");
    assert_eq!(complete(&["spec", "completions", "f"]), "fish");
    assert_eq!(complete(&["spec", "mock", "pets.y"]), "", "files are for bash");
    for (shell, line) in [
        ("zsh", "'*--port[the port\\: 4010 is the default, 0 is any that is free]:PORT:_files'"),
        (
            "fish",
            "complete -c spec -n '__fish_seen_subcommand_from mock' -s p -l 'port' -r -d 'the port: 4010",
        ),
    ] {
        let text = call(&["completions", shell]).1;
        assert!(text.contains(line), "{text}");
    }
}
