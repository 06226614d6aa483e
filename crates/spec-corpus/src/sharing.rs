//! A document, and the same with its references written out: whether both become the same types.
//!
//! Knows how both are generated, and what is said of them. Each document has a process of its own.

use crate::alike::kinds;
use crate::child;
use crate::documents::Document;
use crate::generate::Limits;
use crate::report;
use crate::written_out::{size, written_out};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec_codegen::settings::ApiSettings;
use spec_codegen::{Generated, generate, workspace};
use spec_document::{Diagnostics, Sources};
use spec_oracle::children;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Instant;

/// The hidden command.
pub const COMMAND: &str = "write-one-out";

/// The largest number of models that are named where they differ.
const SHOWN: usize = 5;

/// The growth of lines that is no fault: other names take a line or two.
const GROWTH: f64 = 1.2;

/// The code that one document became.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Made {
    /// Models, other names aside.
    pub models: usize,
    /// Places that share the model of another one.
    pub shared: usize,
    /// Lines of all crates.
    pub lines: usize,
    /// The time that it took.
    pub seconds: f64,
}

/// What became of a document.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// References that were written out, and those that were left.
    pub references: (usize, usize),
    /// The document as it is: with a type for each place, and with types that are shared; none where it is
    /// refused.
    pub as_is: Option<(Made, Made)>,
    /// The same document written out.
    pub written_out: Option<(Made, Made)>,
    /// Models that only the document as it is has.
    pub missing: Vec<String>,
    /// Models that only the one that is written out has.
    pub added: Vec<String>,
}

impl Outcome {
    /// Says what is wrong, if anything is.
    fn fault(&self) -> Option<String> {
        let (_, as_is) = self.as_is?;
        let Some((_, out)) = self.written_out else { return Some("refused when written out".to_owned()) };
        let names = |what: &str, names: &[String]| {
            format!("{} {what}: {}", names.len(), names[..names.len().min(SHOWN)].join(", "))
        };
        let mut faults = Vec::new();
        if !self.missing.is_empty() {
            faults.push(names("missing", &self.missing));
        }
        if !self.added.is_empty() {
            faults.push(names("more", &self.added));
        }
        if out.lines as f64 > as_is.lines as f64 * GROWTH {
            faults.push(format!("{:.2} times as many lines", out.lines as f64 / as_is.lines as f64));
        }
        (!faults.is_empty()).then(|| faults.join("; "))
    }
}

/// Compares the types of a document with those of the same one written out.
///
/// # Errors
///
/// That it can't be read.
pub fn compare(path: &Path) -> Result<Outcome, String> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let Some(document) = workspace::read(path, &mut sources, &mut diagnostics) else {
        return Ok(Outcome::default());
    };
    let document = document.root().to_json();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // Beyond that it is no longer about what bundlers write.
    let out = written_out(&document, 100_000 + 4 * size(&document));
    let mut outcome = Outcome { references: (out.written, out.left), ..Outcome::default() };
    let (Some(as_is), Some(as_is_apart)) = (make(&name, &document, true), make(&name, &document, false))
    else {
        return Ok(outcome);
    };
    outcome.as_is = Some((as_is_apart.1, as_is.1));
    if let (Some(shared), Some(apart)) = (make(&name, &out.document, true), make(&name, &out.document, false))
    {
        outcome.written_out = Some((apart.1, shared.1));
        let (before, after) = (kinds(&as_is.0.plan), kinds(&shared.0.plan));
        let only = |one: &BTreeMap<u64, Vec<String>>, other: &BTreeMap<u64, Vec<String>>| {
            one.iter()
                .filter(|(kind, _)| !other.contains_key(kind))
                .map(|(_, names)| names[0].clone())
                .collect()
        };
        outcome.missing = only(&before, &after);
        outcome.added = only(&after, &before);
    }
    Ok(outcome)
}

/// Generates a document; none where it is refused.
fn make(name: &str, document: &Value, sharing: bool) -> Option<(Generated, Made)> {
    let start = Instant::now();
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add(name, document.to_string());
    let settings = ApiSettings { sharing, ..ApiSettings::for_document("api", name) };
    let parsed = sources.parse(source, None, &mut diagnostics)?;
    let generated = generate(&parsed, name, &settings, &mut diagnostics)?;
    let counts = generated.models();
    let made = Made {
        models: counts.by_engine + counts.by_emitter,
        shared: generated.shared(),
        lines: generated.files.iter().map(|file| file.text.lines().count()).sum(),
        seconds: start.elapsed().as_secs_f64(),
    };
    Some((generated, made))
}

/// Does what the hidden command is for, and returns its line of JSON.
///
/// # Errors
///
/// Why it can't be done.
pub fn run_one(arguments: &[OsString]) -> Result<String, String> {
    let [path, memory] = arguments else { return Err("this is no command for people".to_owned()) };
    let memory = memory.to_str().and_then(|text| text.parse().ok()).ok_or("this is no number")?;
    child::limit(memory)?;
    serde_json::to_string(&compare(&PathBuf::from(path))?).map_err(|error| error.to_string())
}

/// Compares each document, so many of them at a time, and returns what is to be said of them, and whether all
/// is well. The tables are written anew with each document.
///
/// # Errors
///
/// When a process can't be started, or a file can't be written.
pub fn run(
    documents: &[&Document],
    limits: Limits,
    jobs: usize,
    markdown: Option<&Path>,
) -> Result<(String, bool), String> {
    let program =
        std::env::current_exe().map_err(|error| format!("this program can't find itself: {error}"))?;
    let next = AtomicUsize::new(0);
    let (sender, results) = channel();
    let work = |sender: Sender<(usize, Result<Said, String>)>| {
        while let Some((index, document)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|index| Some((index, documents.get(index)?)))
        {
            if sender.send((index, ask(&program, document, limits))).is_err() {
                // The tables can't be written.
                break;
            }
        }
    };
    let mut table = Table::default();
    thread::scope(|scope| {
        for _ in 0..jobs {
            let (sender, work) = (sender.clone(), &work);
            scope.spawn(move || work(sender));
        }
        drop(sender);
        for (index, said) in results {
            let name = &documents[index].name;
            table.add(index, name, said?);
            crate::progress(&format!("{}/{} {name}", table.rows.len(), documents.len()));
            if let Some(path) = markdown {
                report::write(path, &table.markdown())?;
            }
        }
        Ok::<(), String>(())
    })?;
    Ok((table.text(), table.faults.is_empty()))
}

/// What a process said of a document, and what is wrong with it.
type Said = (Option<Outcome>, Option<String>);

/// Compares a document in a process of its own.
fn ask(program: &Path, document: &Document, limits: Limits) -> Result<Said, String> {
    let mut command = Command::new(program);
    command.arg(COMMAND).arg(&document.path).arg(limits.memory.to_string()).env("RUST_BACKTRACE", "0");
    let ended = children::run(&mut command, limits.timeout, &mut |_| {})?;
    Ok(match serde_json::from_str::<Outcome>(&ended.out) {
        Ok(outcome) => {
            let fault = outcome.fault();
            (Some(outcome), fault)
        }
        Err(_) if ended.status.is_none() => (None, Some("it took too long".to_owned())),
        Err(_) => (None, Some(ended.complaint.lines().next().unwrap_or("it said nothing").to_owned())),
    })
}

/// What became of all documents, in their order.
#[derive(Default)]
struct Table {
    rows: BTreeMap<usize, String>,
    faults: BTreeMap<usize, String>,
    sums: Sums,
}

impl Table {
    fn add(&mut self, index: usize, name: &str, (outcome, fault): Said) {
        let cells = outcome.as_ref().map_or_else(|| format!("- | - |{}", " - |".repeat(8)), cells);
        self.rows.insert(index, format!("| {name} | {cells} |\n"));
        if let Some(outcome) = outcome {
            self.sums.add(&outcome);
        }
        if let Some(fault) = fault {
            eprintln!("{name}: {fault}");
            self.faults.insert(index, format!("{name}: {fault}\n"));
        }
    }

    fn text(&self) -> String {
        let faults: String = self.faults.values().map(String::as_str).collect();
        format!("{} documents, {} with a fault; {}{faults}", self.rows.len(), self.faults.len(), self.sums)
    }

    fn markdown(&self) -> String {
        let rows: String = self.rows.values().map(String::as_str).collect();
        format!("{HEAD}{rows}\n```text\n{}```\n", self.text())
    }
}

const HEAD: &str = "# Documents with their references written out

Written by `cargo xtask corpus DIR --written-out`. A type for each place, then types that are shared; \
    as the document is, then written
out.

| document | references | left | models | shared | lines | shared | \
    models, out | shared | lines, out | shared |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
";

/// Returns the cells of a row, its first aside.
fn cells(outcome: &Outcome) -> String {
    let both = |made: &Option<(Made, Made)>| match made {
        Some((apart, shared)) => {
            format!("{} | {} | {} | {}", apart.models, shared.models, apart.lines, shared.lines)
        }
        None => "- | - | - | -".to_owned(),
    };
    let (written, left) = outcome.references;
    format!("{written} | {left} | {} | {}", both(&outcome.as_is), both(&outcome.written_out))
}

/// Sums of all documents.
#[derive(Default)]
struct Sums {
    refused: usize,
    as_is: [Made; 2],
    out: [Made; 2],
}

impl Sums {
    fn add(&mut self, outcome: &Outcome) {
        let (Some(as_is), Some(out)) = (outcome.as_is, outcome.written_out) else {
            self.refused += 1;
            return;
        };
        for (sums, (apart, shared)) in [(&mut self.as_is, as_is), (&mut self.out, out)] {
            for (sum, made) in sums.iter_mut().zip([apart, shared]) {
                sum.models += made.models;
                sum.shared += made.shared;
                sum.lines += made.lines;
                sum.seconds += made.seconds;
            }
        }
    }
}

impl std::fmt::Display for Sums {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} refused", self.refused)?;
        for (what, [apart, shared]) in [("as they are", self.as_is), ("written out", self.out)] {
            writeln!(
                f,
                "{what}: {} models for each place, {} shared by {} more places; {} and {} lines; \
                 {:.1} s and {:.1} s",
                apart.models,
                shared.models,
                shared.shared,
                apart.lines,
                shared.lines,
                apart.seconds,
                shared.seconds
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::compare;
    use std::fs;
    use std::path::Path;

    #[test]
    fn writing_small_documents_out_changes_no_type() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec-codegen/tests/documents");
        let (mut written, mut faults) = (0, Vec::new());
        for entry in fs::read_dir(folder).expect("small documents") {
            let path = entry.expect("a document").path();
            if path.is_file() {
                let outcome = compare(&path).expect("a comparison");
                written += outcome.references.0;
                faults.extend(outcome.fault().map(|fault| format!("{}: {fault}", path.display())));
            }
        }
        assert!(written > 100, "only {written} references were written out");
        assert!(faults.is_empty(), "{faults:#?}");
    }
}
