//! What others get who depend on a crate: code, its licence and a page to read, and nothing of tests; and how
//! long the lines and files are that they read.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// What a package may hold beside `src`.
const OTHERS: &[&str] = &[
    ".cargo_vcs_info.json",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "Cargo.toml.orig",
    "LICENSE",
    "README.md",
    // What documentation leads to.
    "examples/",
    // The reference page.
    "page/",
    "vendor/",
];

/// How many characters a line may have, those of comments and texts included, which `rustfmt` leaves alone.
const WIDTH: usize = 110;

/// How many lines a file may have.
const LENGTH: usize = 600;

#[test]
fn packages_have_a_licence_and_no_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let licence = fs::read_to_string(root.join("LICENSE")).unwrap();
    let mut packages = 0;
    for entry in fs::read_dir(root.join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        if manifest.lines().any(|line| matches!(line, "publish = false" | "publish.workspace = true")) {
            continue;
        }
        packages += 1;
        let name = folder.file_name().unwrap().to_string_lossy();
        assert_eq!(fs::read_to_string(folder.join("LICENSE")).unwrap(), licence, "{name}");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["package", "--list", "--allow-dirty", "--offline", "--manifest-path"]);
        let output = cargo.arg(folder.join("Cargo.toml")).output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let listed = String::from_utf8(output.stdout).unwrap().replace('\\', "/");
        let has = |file: &str| listed.lines().any(|line| line == file);
        for file in ["LICENSE", "README.md", "CHANGELOG.md"] {
            assert!(has(file), "{name} has no {file}");
        }
        assert!(has("src/lib.rs") || has("src/main.rs"), "{name} has no code");
        // Code, and the tables that it has in it.
        let is_code =
            |line: &str| line.starts_with("src/") && (line.ends_with(".rs") || line.ends_with(".txt"));
        let is_other =
            |line: &str| OTHERS.iter().any(|own| line == *own || own.ends_with('/') && line.starts_with(own));
        let wrong: Vec<&str> = listed.lines().filter(|line| !is_code(line) && !is_other(line)).collect();
        assert!(wrong.is_empty(), "name these in `exclude` of {name}: {wrong:#?}");
    }
    assert!(packages > 5, "{packages}");
}

#[test]
fn lines_and_files_are_short() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (mut files, mut wrong) = (0, Vec::new());
    let mut folders = vec![root.join("crates"), root.join("xtask")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            // What the generator writes is as long as its document.
            if path.ends_with("src/generated.rs") || path.ends_with("src/generated") {
                continue;
            }
            if path.is_dir() {
                let name = path.file_name().unwrap().to_string_lossy();
                if name != "target" && !name.starts_with('.') {
                    folders.push(path);
                }
                continue;
            }
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            files += 1;
            let text = fs::read_to_string(&path).unwrap();
            let shown = path.strip_prefix(&root).unwrap().display();
            for (index, line) in text.lines().enumerate() {
                let length = line.chars().count();
                if length > WIDTH && !may_be_long(line) {
                    wrong.push(format!("{shown}:{}: {length} characters", index + 1));
                }
            }
            // A test that is one file may be longer: its cases are read one by one.
            let length = text.lines().count();
            if length > LENGTH && !folder.ends_with("tests") {
                wrong.push(format!("{shown}: {length} lines"));
            }
        }
    }
    assert!(wrong.is_empty(), "a line has {WIDTH} characters at most, a file {LENGTH} lines: {wrong:#?}");
    assert!(files > 500, "{files}");
}

/// Says whether a line can't be broken: a comment with a URL, or with a row of a table.
fn may_be_long(line: &str) -> bool {
    let comment = line.trim_start().strip_prefix("//");
    comment.is_some_and(|text| {
        text.contains("://") || text.trim_start_matches(['/', '!']).trim_start().starts_with('|')
    })
}
