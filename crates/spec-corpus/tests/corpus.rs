//! The command, run as its users run it, on the documents beside this file.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder of a test's own, empty at its beginning.
struct Place(PathBuf);

/// The end of the command.
struct Ended {
    code: Option<i32>,
    out: String,
    complaint: String,
}

impl Place {
    fn new(test: &str) -> Place {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus").join(test);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        Place(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn corpus(&self, documents: &Path, arguments: &[&str]) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_corpus"));
        command.arg(documents).args(arguments).args(["--out", "out"]).current_dir(&self.0);
        let output = command.output().expect("it runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ended { code: output.status.code(), out: text(&output.stdout), complaint: text(&output.stderr) }
    }

    /// The report of an earlier call.
    fn report(&self) -> Value {
        serde_json::from_str(&fs::read_to_string(self.path("report.json")).expect("a report")).expect("JSON")
    }

    /// Says something else in the report, by which one knows whether an entry was made again.
    fn forge(&self, pointer: &str, value: Value) {
        let mut report = self.report();
        *report.pointer_mut(pointer).expect("a place in the report") = value;
        fs::write(self.path("report.json"), report.to_string()).expect("a file");
    }
}

fn documents() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents")
}

/// Without what is another number each time, or with each change of the generator.
fn redact(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match key.as_str() {
                    "seconds" | "hash" | "executable" | "lines" => *value = "…".into(),
                    "memory" if !value.is_null() => *value = "…".into(),
                    _ => redact(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(redact),
        _ => {}
    }
}

#[test]
fn a_report_says_what_became_of_each_document() {
    let place = Place::new("report");
    let ended = place.corpus(&documents(), &["--json", "report.json", "--markdown", "report.md"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.complaint);
    assert!(ended.out.starts_with("6 documents: 4 generated, 2 errors ("), "{}", ended.out);
    let mut report = place.report();
    redact(&mut report);
    insta::assert_json_snapshot!(report);
    let markdown = fs::read_to_string(place.path("report.md")).expect("tables");
    let (_, all) = markdown.split_once("\n## All\n").expect("a table of all");
    let row = all.lines().find(|line| line.starts_with("| good |")).expect("a row");
    assert!(row.starts_with("| good | generated | 3 | 3 | 3 | 2 | 2 | 2 | 2 | "), "{row}");
    assert!(markdown.contains("\n| unresolved-reference | error | 1 | 4 |\n"), "{markdown}");
    // Crates of two documents never have one name, and each finds the workspace.
    for krate in ["folder-client", "folder-2-client", "good-models"] {
        assert!(place.path("out").join(krate).join("src/generated.rs").is_file(), "{krate}");
    }
}

#[test]
fn what_is_in_a_report_is_not_done_again() {
    let place = Place::new("resume");
    let folder = place.path("documents");
    fs::create_dir(&folder).expect("a folder");
    for name in ["good.yaml", "errors.yaml"] {
        fs::copy(documents().join(name), folder.join(name)).expect("a copy");
    }
    let run = |arguments: &[&str]| {
        let ended = place.corpus(&folder, &[&["--json", "report.json"], arguments].concat());
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.complaint);
        let report = place.report();
        [
            report["documents"]["good"]["code"]["models"].clone(),
            report["documents"]["errors"]["seconds"].clone(),
        ]
    };
    run(&[]);
    let forge = || {
        place.forge("/documents/good/code/models", 99.into());
        place.forge("/documents/errors/seconds", 7.5.into());
    };
    forge();
    assert_eq!(run(&[]), [Value::from(99), Value::from(7.5)], "both are kept");
    let text = fs::read_to_string(folder.join("good.yaml")).expect("a text");
    fs::write(folder.join("good.yaml"), format!("{text}\n")).expect("a file");
    let [models, seconds] = run(&["--filter", "errors"]);
    assert_eq!(
        (models, seconds),
        (Value::Null, 7.5.into()),
        "what was not asked for and does not hold is left out"
    );
    let [models, seconds] = run(&[]);
    assert_eq!((models, seconds), (2.into(), 7.5.into()), "another document is another result");
    forge();
    let [models, seconds] = run(&["--fresh", "--filter", "good"]);
    assert_eq!((models, seconds), (2.into(), 7.5.into()), "all that is asked for is done again");
    forge();
    let [models, seconds] = run(&["--timeout", "61"]);
    assert_eq!(models, 2, "other limits are another generator");
    assert_ne!(seconds, 7.5);
}

#[test]
fn changes_are_said() {
    let place = Place::new("against");
    place.corpus(&documents(), &["--json", "report.json"]);
    let ended = place.corpus(&documents(), &["--against", "report.json"]);
    assert!(ended.out.ends_with("\nChanges\nnothing changed\n"), "{}", ended.out);
    place.forge("/documents/good/code/client", 2.into());
    place.forge("/documents/good/code/lines/client", 1.into());
    place.forge("/documents/errors/status", "panic".into());
    place.forge("/documents/errors/errors/wrong-type", 3.into());
    place.forge("/documents/warnings/seconds", 1000.0.into());
    place.forge("/documents/warnings/memory", (1_u64 << 40).into());
    let mut report = place.report();
    let entries = report["documents"].as_object_mut().expect("entries");
    let entry = entries.remove("broken").expect("an entry");
    entries.insert("gone".to_owned(), entry);
    fs::write(place.path("report.json"), report.to_string()).expect("a file");
    let ended = place.corpus(&documents(), &["--against", "report.json"]);
    let (_, changes) = ended.out.split_once("\nChanges\n").expect("changes");
    let changes: Vec<&str> = changes.lines().collect();
    assert_eq!(
        changes[..3],
        ["broken: added: errors", "errors: status panic → errors; errors wrong-type 3 → 1", "gone: removed"]
    );
    assert!(changes[3].starts_with("good: client 2 → 3; lines "), "{changes:?}");
    assert!(changes[4].starts_with("warnings: seconds 1000.00 → 0."), "{changes:?}");
    assert!(changes[4].contains("; MiB 1048576 → "), "{changes:?}");
    assert_eq!(changes[5..], ["5 documents changed"]);
}

#[test]
fn what_takes_too_long_is_ended() {
    let place = Place::new("timeout");
    let ended =
        place.corpus(&documents(), &["--timeout", "0.001", "--filter", "good", "--json", "report.json"]);
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.complaint);
    assert!(ended.out.contains("\ngood: timeout after 0.0 s\n"), "{}", ended.out);
    let good = &place.report()["documents"]["good"];
    assert_eq!(
        (&good["status"], &good["document"]["operations"], &good["code"]),
        (&"timeout".into(), &3.into(), &Value::Null)
    );
}

#[test]
#[cfg(target_os = "linux")]
fn what_needs_too_much_memory_is_ended() {
    let place = Place::new("memory");
    let ended = place.corpus(&documents(), &["--memory", "1", "--filter", "good", "--json", "report.json"]);
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.complaint);
    let good = &place.report()["documents"]["good"];
    assert_eq!(good["status"], "memory", "{good}");
    assert!(ended.out.contains("\ngood: memory after 0."), "{}", ended.out);
}

#[test]
fn classes_are_summed_up() {
    let place = Place::new("classes");
    let inventory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inventory.csv");
    let inventory = inventory.to_string_lossy();
    let ended = place.corpus(
        &documents(),
        &["--jobs", "2", "--filter", "good", "--filter", "r", "--inventory", &inventory],
    );
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.complaint);
    let (_, classes) = ended.out.split_once("By class\n").expect("a table");
    let classes: Vec<String> =
        classes.lines().take(6).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    insta::assert_snapshot!(classes.join("\n"));
}

#[test]
fn what_can_not_be_done_is_said() {
    let place = Place::new("mistakes");
    fs::write(place.path("other.report"), "{}").expect("a file");
    for (folder, arguments, why) in [
        ("nowhere", vec![], "nowhere: No such file"),
        (".", vec![], "there are no documents"),
        ("", vec!["--filter", "elephant"], "no document has `elephant` in its name"),
        ("", vec!["--against", "nothing.json"], "nothing.json does not exist"),
        ("", vec!["--json", "other.report"], "other.report is no report"),
        ("", vec!["--jobs", "many"], "many"),
        ("", vec!["--elephants"], "invalid option '--elephants'"),
    ] {
        let folder = if folder.is_empty() { documents() } else { folder.into() };
        let ended = place.corpus(&folder, &arguments);
        assert_eq!(ended.code, Some(2), "{why}");
        assert!(
            ended.complaint.starts_with("error: ") && ended.complaint.contains(why),
            "{}",
            ended.complaint
        );
    }
}
