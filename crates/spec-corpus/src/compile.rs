//! Generated crates → what the compiler says of them.
//!
//! Knows cargo. Crates of many documents are members of one workspace, so that what they depend on is
//! compiled once; they are checked in groups, so that a run that is ended loses little, and that one document
//! can't spoil all others.

use crate::child;
use crate::documents::{Document, add_folder, hex};
use crate::report::{Compiled, write};
use serde_json::Value;
use spec_codegen::CrateKind;
use spec_oracle::children::{self, Ended};
use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The size of a group that is checked at once: generated lines, and documents.
const LINES: usize = 200_000;
const DOCUMENTS: usize = 24;

/// The longest time that a group may take.
const TIMEOUT: Duration = Duration::from_secs(2 * 60 * 60);

/// The length of a message that is kept, in characters.
const MAX_CHARACTERS: usize = 4000;

/// Groups documents, each with its lines, in their order.
pub fn groups<'a>(documents: &[(&'a Document, usize)]) -> Vec<Vec<&'a Document>> {
    let mut groups: Vec<Vec<&Document>> = Vec::new();
    let mut sum = 0;
    for (document, lines) in documents {
        match groups.last_mut().filter(|group| group.len() < DOCUMENTS && sum + lines <= LINES) {
            Some(group) => {
                group.push(document);
                sum += lines;
            }
            None => {
                groups.push(vec![document]);
                sum = *lines;
            }
        }
    }
    groups
}

/// Returns a number that changes with the compiler, the versions of dependencies and the runtime.
///
/// # Errors
///
/// Why one of them can't be asked.
pub fn fingerprint() -> Result<String, String> {
    let mut hasher = DefaultHasher::new();
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    children::ask(Command::new(rustc).arg("-vV"))?.hash(&mut hasher);
    lock()?.hash(&mut hasher);
    add_folder(&crate::root().join("crates/spec-runtime"), &mut hasher, &mut 0)?;
    Ok(hex(&hasher))
}

/// Reads the lock file: the versions of this workspace hold for generated crates, too.
fn lock() -> Result<String, String> {
    let path = crate::root().join("Cargo.lock");
    fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes the workspace. Generated crates find it, and bring none of their own.
///
/// # Errors
///
/// Why it can't be written.
pub fn write_workspace(out: &Path, documents: &[&Document]) -> Result<(), String> {
    fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
    let members = documents.iter().flat_map(|document| {
        CrateKind::ALL.map(|kind| format!("    \"{}-{}\",\n", document.krate, kind.word()))
    });
    let members: String = members.collect();
    let text =
        format!("[workspace]\nresolver = \"3\"\nmembers = [\n{members}]\n\n[profile.dev]\ndebug = false\n");
    write(&out.join("Cargo.toml"), &text)?;
    write(&out.join("Cargo.lock"), &lock()?)
}

/// Checks the crates of documents, and returns what was said of each, by name.
///
/// # Errors
///
/// That cargo can't be run.
pub fn run(out: &Path, documents: &[&Document]) -> Result<BTreeMap<String, Compiled>, String> {
    write_workspace(out, documents)?;
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(["check", "--quiet", "--workspace", "--keep-going", "--message-format=json"])
        .current_dir(out);
    command.env("CARGO_TARGET_DIR", out.join("target")).env("CARGO_INCREMENTAL", "0");
    let Ended { status, out: said, complaint } = children::run(&mut command, TIMEOUT, &mut |_| {})?;
    if status.is_none() {
        return Err(format!("cargo was not done within {} seconds", TIMEOUT.as_secs()));
    }
    let messages: Vec<Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    // Without this, cargo did not get as far as the compiler: a manifest is no good, and no other crate is to
    // blame.
    if !messages.iter().any(|message| message["reason"] == "build-finished") {
        if let [document] = documents {
            let error =
                Compiled { errors: 1, first_error: Some(shorten(complaint.trim())), ..Compiled::default() };
            return Ok(BTreeMap::from([(document.name.clone(), error)]));
        }
        let mut all = BTreeMap::new();
        for document in documents {
            all.extend(run(out, &[document])?);
        }
        return Ok(all);
    }
    Ok(results(&messages, documents, complaint.trim()))
}

/// Sums up what messages say of each document.
fn results(messages: &[Value], documents: &[&Document], complaint: &str) -> BTreeMap<String, Compiled> {
    let mut results: BTreeMap<String, Compiled> =
        documents.iter().map(|document| (document.name.clone(), Compiled::default())).collect();
    let mut crates = BTreeMap::new();
    for document in documents {
        for kind in CrateKind::ALL {
            let folder = child::folder(Path::new(""), &document.krate, kind).to_string_lossy().into_owned();
            crates.insert(folder, (document.name.as_str(), kind));
        }
    }
    let mut done = BTreeSet::new();
    for message in messages {
        let manifest =
            message["manifest_path"].as_str().map(Path::new).and_then(Path::parent).and_then(Path::file_name);
        let Some(folder) = manifest.map(|name| name.to_string_lossy()) else { continue };
        let Some((name, _)) = crates.get(folder.as_ref()) else { continue };
        let Some(result) = results.get_mut(*name) else { continue };
        match message["reason"].as_str() {
            Some("compiler-artifact") => {
                done.insert(folder.into_owned());
            }
            Some("compiler-message") => {
                let message = &message["message"];
                let rendered = message["rendered"].as_str().unwrap_or_default();
                match message["level"].as_str() {
                    _ if is_summary(message) => {}
                    Some("error" | "error: internal compiler error") => {
                        done.insert(folder.into_owned());
                        result.errors += 1;
                        result.first_error.get_or_insert_with(|| shorten(rendered));
                    }
                    Some("warning") => {
                        result.warnings += 1;
                        result.first_warning.get_or_insert_with(|| shorten(rendered));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    for (folder, (name, kind)) in crates.iter().filter(|(folder, _)| !done.contains(*folder)) {
        let Some(result) = results.get_mut(*name) else { continue };
        // Of a compiler that was ended, only cargo speaks.
        if complaint.contains(&format!("could not compile `{folder}`")) {
            result.errors += 1;
            result.first_error.get_or_insert_with(|| shorten(complaint));
        } else {
            result.unchecked.push(kind.word().to_owned());
        }
    }
    results
}

/// Returns whether a message only sums up the others.
fn is_summary(message: &Value) -> bool {
    let text = message["message"].as_str().unwrap_or_default();
    let has_place = message["spans"].as_array().is_some_and(|spans| !spans.is_empty());
    !has_place
        && (text.starts_with("aborting due to")
            || text.ends_with("warning emitted")
            || text.ends_with("warnings emitted"))
}

/// Cuts a message off where it becomes too long to keep.
fn shorten(text: &str) -> String {
    text.chars().take(MAX_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::{groups, results};
    use crate::documents::Document;
    use crate::report::Compiled;
    use serde_json::json;

    fn documents(names: &[&str]) -> Vec<Document> {
        let document = |name: &&str| Document {
            name: (*name).to_owned(),
            krate: (*name).to_owned(),
            path: "".into(),
            folder: None,
        };
        names.iter().map(document).collect()
    }

    #[test]
    fn messages_belong_to_documents() {
        let documents = documents(&["a", "b", "c"]);
        let all: Vec<&Document> = documents.iter().collect();
        let about = |krate: &str, rest: serde_json::Value| {
            let mut message = json!({ "manifest_path": format!("/out/{krate}/Cargo.toml") });
            message.as_object_mut().expect("an object").extend(rest.as_object().cloned().unwrap_or_default());
            message
        };
        let artifact = |krate: &str| about(krate, json!({ "reason": "compiler-artifact" }));
        let said = |krate: &str, level: &str, text: &str, spans: serde_json::Value| {
            let rendered = format!("{level}: {text}");
            let message = json!({ "level": level, "message": text, "rendered": rendered, "spans": spans });
            about(krate, json!({ "reason": "compiler-message", "message": message }))
        };
        let messages = [
            said("serde", "warning", "not ours", json!([{}])),
            artifact("a-models"),
            said("a-client", "warning", "unused", json!([{}])),
            said("a-client", "warning", "1 warning emitted", json!([])),
            artifact("a-client"),
            artifact("a-server"),
            said("b-models", "error", "no such type", json!([{}])),
            said("b-models", "error", "no such trait", json!([{}])),
            said("b-models", "error", "aborting due to 2 previous errors", json!([])),
            artifact("c-models"),
            artifact("c-server"),
            json!({ "reason": "build-finished", "success": false }),
        ];
        let found =
            results(&messages, &all, "error: could not compile `c-client` (lib) (signal: 9, SIGKILL: kill)");
        assert_eq!(found["a"].warnings, 1);
        assert!(found["a"].is_well() && !found["a"].is_clean());
        let unchecked = ["client", "server"].map(str::to_owned).to_vec();
        let first_error = Some("error: no such type".to_owned());
        assert_eq!(found["b"], Compiled { errors: 2, unchecked, first_error, ..Compiled::default() });
        assert_eq!(found["c"].errors, 1);
        assert!(found["c"].unchecked.is_empty());
    }

    #[test]
    fn groups_are_bounded() {
        let documents = documents(&["a", "b", "c", "d"]);
        let lines = [150_000, 40_000, 20_000, 900_000];
        let groups = groups(&documents.iter().zip(lines).collect::<Vec<_>>());
        let names: Vec<Vec<&str>> =
            groups.iter().map(|group| group.iter().map(|own| own.name.as_str()).collect()).collect();
        assert_eq!(names, [vec!["a", "b"], vec!["c"], vec!["d"]]);
    }
}
