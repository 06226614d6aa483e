//! One document in a process of its own: what the process is told, what it does, and what it says.
//!
//! Knows the generator, its limits and how it may end. Must not know reports. What a process says is one line
//! of JSON; how it ended is for its parent to judge, because one that ran out of time or memory can't say so.

use serde::{Deserialize, Serialize};
use spec_codegen::workspace::{self, Input};
use spec_codegen::{CrateKind, Runtime};
use spec_document::{Code, Renderer, Severity};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::panic::set_hook;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// The hidden command.
pub const COMMAND: &str = "generate-one";

/// The largest number of errors that are kept as they are shown to people.
const MAX_SHOWN: usize = 3;

/// The last words of a process that has no memory left; beside it the words of the allocator itself.
const OUT_OF_MEMORY: &str = "out of memory";

/// Words of what ends without memory, in this process or in what it calls.
const SIGNS_OF_NO_MEMORY: [&str; 4] =
    [OUT_OF_MEMORY, "memory allocation of", "failed to spawn thread", "Cannot allocate memory"];

/// Codes of diagnostics that never leave anything out.
const HARMLESS: [Code; 4] =
    [Code::ExampleMismatch, Code::DefaultMismatch, Code::MissingOperationId, Code::UnknownField];

/// The task of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The document.
    pub path: PathBuf,
    /// The name of its crates.
    pub krate: String,
    /// The folder in which they are made.
    pub out: PathBuf,
    /// The address space that it may use, in bytes.
    pub memory: u64,
}

/// The report of a process that came to its end.
#[derive(Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// True if there are crates.
    pub generated: bool,
    /// Errors, by code.
    pub errors: BTreeMap<String, usize>,
    /// Warnings, by code.
    pub warnings: BTreeMap<String, usize>,
    /// The first errors, as people see them.
    pub shown: Vec<String>,
    /// Pointers to what diagnostics are about that may leave something out.
    pub places: BTreeSet<String>,
    /// The time that reading and generating took.
    pub seconds: f64,
    /// The most memory that was in use at once, in bytes; `None` where the system does not tell.
    pub memory: Option<u64>,
    /// Lines of generated code, by crate.
    pub lines: BTreeMap<String, usize>,
}

impl Task {
    /// Makes the command that does the task.
    ///
    /// # Errors
    ///
    /// That this program can't find itself.
    pub fn command(&self) -> Result<Command, String> {
        let program =
            std::env::current_exe().map_err(|error| format!("this program can't find itself: {error}"))?;
        let mut command = Command::new(program);
        command.arg(COMMAND).arg(&self.path).arg(&self.krate).arg(&self.out).arg(self.memory.to_string());
        // What a panic says is kept in a report, and stays the same.
        command.env("RUST_BACKTRACE", "0");
        Ok(command)
    }

    /// Reads the task from the arguments of the command.
    pub fn read(arguments: &[OsString]) -> Option<Task> {
        let [path, krate, out, memory] = arguments else { return None };
        let memory = memory.to_str()?.parse().ok()?;
        Some(Task { path: path.into(), krate: krate.to_str()?.to_owned(), out: out.into(), memory })
    }

    /// Does the task, and returns the line of JSON that says what came of it.
    ///
    /// # Errors
    ///
    /// When it can't be done for a reason other than the document.
    pub fn run(&self) -> Result<String, String> {
        set_hook(Box::new(|panic| {
            let place = panic
                .location()
                .map(|place| format!("{}:{}: ", place.file(), place.line()))
                .unwrap_or_default();
            let payload = panic.payload();
            let text = payload
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| payload.downcast_ref::<&str>().copied());
            let text = text.unwrap_or("it panicked without a word");
            eprintln!("{place}{text}");
        }));
        limit(self.memory)?;
        // Where memory ends while the document is read, the library says that it can't be read.
        if fs::read(&self.path).is_err_and(|error| error.kind() == ErrorKind::OutOfMemory) {
            return Err(OUT_OF_MEMORY.to_owned());
        }
        let runtime = crate::root().join("crates/spec-runtime").to_string_lossy().into_owned();
        let input = Input::Document {
            path: self.path.clone(),
            name: Some(self.krate.clone()),
            out: self.out.clone(),
            runtime: Some(Runtime::Path(runtime)),
            remote: Vec::new(),
            overlays: Vec::new(),
            only: Vec::new(),
            except: Vec::new(),
        };
        let start = Instant::now();
        let run = workspace::run(&input);
        let (seconds, memory) = (start.elapsed().as_secs_f64(), peak(std::process::id()));
        let renderer = Renderer::new(&run.sources);
        let mut outcome = Outcome {
            generated: !run.apis.is_empty(),
            errors: BTreeMap::new(),
            warnings: BTreeMap::new(),
            shown: Vec::new(),
            places: BTreeSet::new(),
            seconds,
            memory,
            lines: BTreeMap::new(),
        };
        for diagnostic in run.diagnostics.sorted(&run.sources) {
            let counts = match diagnostic.severity {
                Severity::Error => &mut outcome.errors,
                Severity::Warning => &mut outcome.warnings,
                Severity::Note => continue,
            };
            *counts.entry(diagnostic.code.to_string()).or_default() += 1;
            if diagnostic.severity == Severity::Error && outcome.shown.len() < MAX_SHOWN {
                outcome.shown.push(renderer.render(diagnostic));
            }
            if let Some(pointer) = diagnostic.location.as_pointer()
                && !HARMLESS.contains(&diagnostic.code)
            {
                outcome.places.insert(pointer.as_str().to_owned());
            }
        }
        if let Some(api) = run.apis.first() {
            outcome.lines =
                api.lines().into_iter().map(|(krate, lines)| (krate.word().to_owned(), lines)).collect();
        }
        workspace::write(&run.apis).map_err(|error| error.to_string())?;
        serde_json::to_string(&outcome).map_err(|error| error.to_string())
    }
}

/// Returns whether a process that complained of this had no memory left.
pub fn lacked_memory(complaint: &str) -> bool {
    SIGNS_OF_NO_MEMORY.iter().any(|sign| complaint.contains(sign))
}

/// Returns the folder of one crate.
pub fn folder(out: &Path, krate: &str, kind: CrateKind) -> PathBuf {
    out.join(format!("{krate}-{}", kind.word()))
}

/// Limits the address space of this process.
#[cfg(unix)]
pub fn limit(bytes: u64) -> Result<(), String> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
    setrlimit(Resource::As, limit).map_err(|error| format!("memory can't be limited: {error}"))
}

/// Does nothing: elsewhere there is only the limit of time.
#[cfg(not(unix))]
pub fn limit(_: u64) -> Result<(), String> {
    Ok(())
}

/// Returns the most memory that a process had in use at once, in bytes, where the system tells (Linux:
/// proc(5), `VmHWM`).
pub fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let kibibytes =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?;
    Some(kibibytes.trim().parse::<u64>().ok()? * 1024)
}
