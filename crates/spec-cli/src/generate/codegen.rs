//! `codegen`: the crates of each API, and whether they are what the documents say.
//!
//! Must not know how code is generated.

use super::{House, errors_of, say};
use spec_codegen::CrateKind;
use spec_codegen::workspace::{self, ApiRun, Input, Written};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Generates the crates, or says which of their files are stale.
pub(super) fn run(input: &Input, is_check: bool, house: &House) -> ExitCode {
    let start = Instant::now();
    // `--check` looks at everything, every time.
    let memory = house.memory.as_deref().filter(|_| !is_check).and_then(|path| Memory::new(input, path));
    if memory.as_ref().is_some_and(Memory::is_current) {
        say(&format!("nothing changed ({} ms)", start.elapsed().as_millis()));
        return ExitCode::SUCCESS;
    }
    let run = workspace::run_with(input, house.runtime.as_ref());
    if errors_of(&run, true) {
        return ExitCode::from(2);
    }
    for note in run.apis.iter().flat_map(|api| &api.notes) {
        eprintln!("note: {note}");
    }
    if is_check {
        return check(&run.apis, house.program);
    }
    match workspace::write(&run.apis) {
        Ok(written) => {
            summary(&run.apis, written, start);
            // A run with something to say says it again next time.
            if let Some(memory) = memory
                .filter(|_| run.diagnostics.is_empty() && run.apis.iter().all(|api| api.notes.is_empty()))
            {
                memory.keep(&run.files);
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}\nnothing was written");
            ExitCode::from(2)
        }
    }
}

/// The fingerprint of the last run and the files that it read, a line each, kept in a file: with it, a run
/// that has nothing to do ends at once.
struct Memory {
    path: PathBuf,
    root: PathBuf,
}

impl Memory {
    /// Only a full run is remembered.
    fn new(input: &Input, path: &Path) -> Option<Memory> {
        match input {
            Input::Workspace { root, only: None } => {
                Some(Memory { path: path.to_owned(), root: root.clone() })
            }
            _ => None,
        }
    }

    fn is_current(&self) -> bool {
        let Ok(kept) = std::fs::read_to_string(&self.path) else { return false };
        let mut lines = kept.lines();
        let number = lines.next().and_then(|line| line.parse().ok());
        let files: Vec<PathBuf> = lines.map(PathBuf::from).collect();
        number.is_some() && number == workspace::fingerprint(&self.root, &files)
    }

    /// A memory that can't be kept only costs time.
    fn keep(&self, files: &[PathBuf]) {
        let names: Option<Vec<&str>> =
            files.iter().map(|file| file.to_str().filter(|name| !name.contains('\n'))).collect();
        if let (Some(names), Some(number)) = (names, workspace::fingerprint(&self.root, files)) {
            let _ = std::fs::write(&self.path, format!("{number}\n{}", names.join("\n")));
        }
    }
}

fn check(apis: &[ApiRun], program: &str) -> ExitCode {
    let mut stale = false;
    for api in apis {
        for file in api.stale() {
            stale = true;
            let here = std::env::current_dir().unwrap_or_default();
            let path = file.path.strip_prefix(&here).unwrap_or(&file.path);
            eprintln!("stale: {}: {}", path.display(), file.names.join(", "));
        }
    }
    if stale {
        eprintln!("\nrun `{program} codegen` and commit what it writes");
        return ExitCode::FAILURE;
    }
    say("generated code is what the documents say");
    ExitCode::SUCCESS
}

fn summary(apis: &[ApiRun], written: Written, start: Instant) {
    for api in apis {
        let (operations, models) = (api.generated.operations(), api.generated.models());
        let lines = api.lines();
        let count = |krate| lines.get(&krate).copied().unwrap_or_default();
        say(&format!(
            "{}: {} operations ({} with progenitor's builder, {} by our emitter), {} models ({} confirmed by \
             typify, {} unconfirmed){}{}; lines: {} models, {} client, {} server{}",
            api.name,
            operations.by_engine + operations.by_emitter,
            operations.by_engine,
            operations.by_emitter,
            models.by_engine + models.by_emitter,
            models.by_engine,
            models.by_emitter,
            match api.generated.shared() {
                0 => String::new(),
                1 => ", shared by 1 other place".to_owned(),
                places => format!(", shared by {places} other places"),
            },
            match api.generated.conversions() {
                0 => String::new(),
                1 => ", 1 pair that converts".to_owned(),
                pairs => format!(", {pairs} pairs that convert"),
            },
            count(CrateKind::Models),
            count(CrateKind::Client),
            count(CrateKind::Server),
            match count(CrateKind::Cli) {
                0 => String::new(),
                lines => format!(", {lines} command-line program"),
            },
        ));
    }
    let removed = match written.removed {
        0 => String::new(),
        removed => format!(", {removed} removed"),
    };
    let milliseconds = start.elapsed().as_millis();
    if written.written == 0 && written.removed == 0 {
        say(&format!(
            "nothing changed: {} files are what the documents say ({milliseconds} ms)",
            written.unchanged
        ));
    } else {
        say(&format!(
            "{} files written, {} unchanged{removed} ({milliseconds} ms)",
            written.written, written.unchanged
        ));
    }
}
