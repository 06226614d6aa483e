//! What became of each document, as data: written while it is found out, read again by the next run.
//!
//! Knows the form of the report. Must not know how anything in it was found out. Fields are in this order in
//! the file, documents in that of their names.

use crate::count::DocumentCounts;
use crate::documents::Content;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// A report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The generator.
    pub generator: Generator,
    /// The compiler, where anything was compiled.
    pub compiler: Option<Compiler>,
    /// The outcome of each document, by name.
    pub documents: BTreeMap<String, Entry>,
}

/// The generator and its limits. With another one, no result holds any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generator {
    /// A number that changes with the executable.
    pub executable: String,
    /// The longest time that a document may take, in seconds.
    pub timeout: f64,
    /// The address space that it may use, in bytes.
    pub memory: u64,
}

/// The compiler. With another one, no result of compiling holds any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compiler {
    /// A number that changes with the compiler, the versions of dependencies and the runtime.
    pub fingerprint: String,
    /// The time that compiling took, over all runs that this report comes of, in seconds.
    pub seconds: f64,
}

/// The end of generating a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// There are crates.
    Generated,
    /// The document was refused, with errors that say why.
    Errors,
    /// The generator panicked.
    Panic,
    /// It took longer than it may.
    Timeout,
    /// It needed more memory than it may.
    Memory,
    /// The process was ended by a signal.
    Crashed,
}

impl Status {
    /// Every status.
    pub const ALL: [Status; 6] =
        [Status::Generated, Status::Errors, Status::Panic, Status::Timeout, Status::Memory, Status::Crashed];

    /// Returns the name, as reports have it.
    pub fn name(self) -> &'static str {
        match self {
            Status::Generated => "generated",
            Status::Errors => "errors",
            Status::Panic => "panic",
            Status::Timeout => "timeout",
            Status::Memory => "memory",
            Status::Crashed => "crashed",
        }
    }
}

/// The outcome of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its bytes.
    pub bytes: u64,
    /// A number that changes with them.
    pub hash: String,
    /// Its end.
    pub status: Status,
    /// The last words, where it did not end well.
    pub ending: Option<String>,
    /// The time that reading and generating took, in seconds.
    pub seconds: f64,
    /// The most memory that was in use at once, in bytes, where the system tells.
    pub memory: Option<u64>,
    /// Errors, by code.
    pub errors: BTreeMap<String, usize>,
    /// Warnings, by code.
    pub warnings: BTreeMap<String, usize>,
    /// The first errors, as people see them.
    pub shown: Vec<String>,
    /// The counts of the document; `None` where it is neither JSON nor YAML.
    pub document: Option<DocumentCounts>,
    /// The counts of the generated code.
    pub code: Option<GeneratedCode>,
    /// Operations that vanished without a word: the crate, and the request.
    pub lost: Vec<String>,
    /// The words of the compiler.
    pub compiled: Option<Compiled>,
}

/// The counts of generated code, made in its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GeneratedCode {
    /// A number that changes with the files.
    pub hash: String,
    /// Operations of the client.
    pub client: usize,
    /// Operations of the server.
    pub server: usize,
    /// Operations that the server receives: webhooks and callbacks.
    pub received: usize,
    /// Models.
    pub models: usize,
    /// Lines, by crate.
    pub lines: BTreeMap<String, usize>,
}

impl GeneratedCode {
    /// Counts the lines of all crates.
    pub fn all_lines(&self) -> usize {
        self.lines.values().sum()
    }
}

/// The words of the compiler on the three crates of a document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Compiled {
    /// The number of errors.
    pub errors: usize,
    /// The number of warnings.
    pub warnings: usize,
    /// Crates that were not looked at, because one that they need has errors.
    pub unchecked: Vec<String>,
    /// The first error.
    pub first_error: Option<String>,
    /// The first warning.
    pub first_warning: Option<String>,
}

impl Compiled {
    /// Returns whether all crates compile, be it with warnings.
    pub fn is_well(&self) -> bool {
        self.errors == 0 && self.unchecked.is_empty()
    }

    /// Returns whether the compiler said nothing at all.
    pub fn is_clean(&self) -> bool {
        self.is_well() && self.warnings == 0
    }
}

impl Entry {
    /// Returns whether nothing went wrong that is ours to mend: a document that is refused with errors is as
    /// it should be.
    pub fn is_well(&self) -> bool {
        matches!(self.status, Status::Generated | Status::Errors)
            && self.lost.is_empty()
            && self.compiled.as_ref().is_none_or(Compiled::is_well)
    }

    /// Returns whether it is about the same bytes.
    pub fn is_about(&self, content: &Content) -> bool {
        self.hash == content.hash && self.bytes == content.bytes
    }

    /// Counts the operations of the document; none where it can't be read.
    pub fn operations(&self) -> usize {
        self.document.as_ref().map(|document| document.operations).unwrap_or_default()
    }
}

impl Report {
    /// Reads a report; `None` where there is no file.
    ///
    /// # Errors
    ///
    /// Why it can't be read, or that it is no report.
    pub fn read(path: &Path) -> Result<Option<Report>, String> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        serde_json::from_str(&text)
            .map(Some)
            .map_err(|error| format!("{} is no report: {error}", path.display()))
    }

    /// Writes the report, all or nothing.
    ///
    /// # Errors
    ///
    /// Why it can't be written.
    pub fn write(&self, path: &Path) -> Result<(), String> {
        let text =
            serde_json::to_string_pretty(self).map_err(|error| format!("{}: {error}", path.display()))?;
        write(path, &format!("{text}\n"))
    }
}

/// Writes a file, all or nothing.
///
/// # Errors
///
/// Why it can't be written.
pub fn write(path: &Path, text: &str) -> Result<(), String> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    fs::write(&beside, text)
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|error| format!("{}: {error}", path.display()))
}
