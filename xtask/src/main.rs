//! The commands of this workspace: arguments and output only. What they do is in `spec-codegen`, in `spec-docs`, and
//! in `spec-corpus`, which is built only when it is called.

mod docs;
mod scaffold;

use spec_codegen::workspace::{self, ApiRun, Input, Run, Written};
use spec_codegen::{CrateKind, Remote, Runtime};
use spec_document::Renderer;
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};
use std::time::Instant;

const HELP: &str = "\
Generates models, client and server from OpenAPI documents, and their reference pages.

Usage: cargo xtask codegen [OPTIONS]
       cargo xtask scaffold-service --out FILE [OPTIONS]
       cargo xtask docs [--api NAME] [--out DIR]
       cargo xtask corpus DIR [OPTIONS]

  --check            change nothing; exit with 1 when generated code is not what the documents say
  --api NAME         only this API of openapi/codegen.toml
  --document PATH    this document instead of those in openapi/codegen.toml; needs --out
  --out DIR          the folder for the crates of --document
  --remote URL=DIR   for --document: the folder with copies of files whose addresses begin with URL; may be repeated
  --runtime TABLE    for --document: where its crates have `spec-runtime` from, as the setting `runtime` says it, such as
                     '{ version = \"0.1\" }'; if not said, it is the path to this repository
  --overlay FILE     for --document: changes to it (OpenAPI Overlay 1.0); may be repeated, and is applied in this order
  --only OPERATIONS  for --document: only these: tag=NAME, path=TEMPLATE or operation=ID, where `*` stands for any text in
                     the last two; schemas that nothing needs any more are left out, too; may be repeated
  --except OPERATIONS  for --document: not these, written alike; may be repeated
  --help             this text

Exits with 0 when all is well, 1 when generated code is stale (--check), 2 when a document, the settings or the command
itself are wrong.

`scaffold-service` writes the beginning of a service, such as crates/pets-service/src/main.rs: every operation with its
signature, and a program that serves it. It takes the options above but for --check, and never writes over a file.
It writes the Cargo.toml of a new crate, too. For --document, it takes the generated crates to be beside the new one.

`docs` writes the reference page of each API of openapi/codegen.toml, for any file server: a folder for each, by default
in target/docs.

`corpus` tries a folder of documents; it builds and runs a program of its own, with its exit code
(cargo run --release -p spec-corpus): see `cargo xtask corpus --help`.
";

struct Arguments {
    input: Input,
    command: Command,
}

enum Command {
    Codegen {
        check: bool,
    },
    /// The folder for the pages.
    Docs(PathBuf),
    /// The file for the program.
    Scaffold(PathBuf),
}

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|command| command == "corpus") {
        return corpus(words);
    }
    match arguments() {
        Ok(Some(Arguments { input, command })) => match command {
            Command::Codegen { check } => codegen(&input, check),
            Command::Docs(out) => docs::write(&input, &out),
            Command::Scaffold(file) => scaffold::write(&input, &file),
        },
        Ok(None) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}

fn arguments() -> Result<Option<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let (mut check, mut only, mut document, mut out) = (false, None, None, None);
    let (mut remote, mut overlays, mut runtime) = (Vec::new(), Vec::new(), None);
    let (mut operations, mut except) = (Vec::new(), Vec::new());
    let mut command = None;
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(name) if command.is_none() => command = Some(name.string()?),
            Long("check") => check = true,
            Long("api") => only = Some(parser.value()?.string()?),
            Long("document") => document = Some(PathBuf::from(parser.value()?)),
            Long("out") => out = Some(PathBuf::from(parser.value()?)),
            Long("remote") => remote.push(pair(&parser.value()?.string()?)?),
            Long("runtime") => runtime = Some(source(&parser.value()?.string()?)?),
            Long("overlay") => overlays.push(PathBuf::from(parser.value()?)),
            Long("only") => operations.push(parser.value()?.string()?),
            Long("except") => except.push(parser.value()?.string()?),
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    let root = root();
    let command = match command.as_deref() {
        Some("codegen") => Command::Codegen { check },
        Some("docs") => {
            let others =
                !remote.is_empty() || !overlays.is_empty() || runtime.is_some() || document.is_some();
            if check || others {
                return Err("`docs` takes --api and --out only".into());
            }
            Command::Docs(out.take().unwrap_or_else(|| root.join("target/docs")))
        }
        Some("scaffold-service") => {
            if check {
                return Err("`scaffold-service` does not take --check: what it writes is yours".into());
            }
            let Some(file) = out.take() else {
                return Err(
                    "`scaffold-service` needs --out FILE, such as crates/pets-service/src/main.rs".into()
                );
            };
            out = document.is_some().then(|| workspace::folder_of_crates(&file));
            Command::Scaffold(file)
        }
        Some(other) => return Err(format!("there is no command `{other}`").into()),
        None => return Ok(None),
    };
    let input = match (document, out) {
        (Some(path), Some(out)) => {
            let here = || Runtime::Path(root.join("crates/spec-runtime").to_string_lossy().into_owned());
            let runtime = Some(runtime.unwrap_or_else(here));
            Input::Document { path, name: None, out, runtime, remote, overlays, only: operations, except }
        }
        (None, None)
            if runtime.is_some()
                || [&overlays.is_empty(), &remote.is_empty(), &operations.is_empty(), &except.is_empty()]
                    .contains(&&false) =>
        {
            return Err("--remote, --overlay, --runtime, --only and --except go with --document; else they \
                        are settings of openapi/codegen.toml"
                .into());
        }
        (None, None) => Input::Workspace { root, only },
        _ => return Err("--document and --out go together".into()),
    };
    Ok(Some(Arguments { input, command }))
}

/// `URL=DIR`; addresses can have the sign, too, but folders hardly do.
fn pair(text: &str) -> Result<Remote, String> {
    let (prefix, folder) =
        text.rsplit_once('=').ok_or_else(|| format!("--remote takes URL=DIR, not {text:?}"))?;
    Ok(Remote { prefix: prefix.to_owned(), folder: folder.to_owned() })
}

/// Where the runtime is from, as the settings say it.
fn source(text: &str) -> Result<Runtime, String> {
    text.parse().map_err(|report| format!("--runtime is no setting `runtime`:\n{report}"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}

/// The program has more dependencies than this one, and has to be fast: it is not part of it.
fn corpus(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let mut command = process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(["run", "--release", "--quiet", "-p", "spec-corpus", "--manifest-path"])
        .arg(root().join("Cargo.toml"));
    match command.arg("--").args(arguments).status() {
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(2)),
        Err(error) => {
            eprintln!("error: cargo can't be run: {error}");
            ExitCode::from(2)
        }
    }
}

/// Shows what was found; returns whether anything is wrong.
fn errors_of(run: &Run) -> bool {
    if !run.diagnostics.is_empty() {
        let renderer = Renderer::new(&run.sources).color(std::io::stderr().is_terminal());
        eprintln!("{}\n", renderer.render_all(&run.diagnostics));
    }
    let has_errors = run.diagnostics.has_errors();
    if has_errors {
        eprintln!("nothing was written");
    }
    has_errors
}

fn codegen(input: &Input, is_check: bool) -> ExitCode {
    let start = Instant::now();
    // `--check` looks at everything, every time.
    let memory = Memory::new(input).filter(|_| !is_check);
    if memory.as_ref().is_some_and(Memory::is_current) {
        say(&format!("nothing changed ({} ms)", start.elapsed().as_millis()));
        return ExitCode::SUCCESS;
    }
    let run = workspace::run(input);
    if errors_of(&run) {
        return ExitCode::from(2);
    }
    for note in run.apis.iter().flat_map(|api| &api.notes) {
        eprintln!("note: {note}");
    }
    if is_check {
        return check(&run.apis);
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

/// The fingerprint of the last run and the files that it read, a line each, kept beside the executable: with
/// it, a run that has nothing to do ends at once.
struct Memory {
    path: PathBuf,
    root: PathBuf,
}

impl Memory {
    /// Only a full run is remembered.
    fn new(input: &Input) -> Option<Memory> {
        match input {
            Input::Workspace { root, only: None } => {
                let path = std::env::current_exe().ok()?.with_extension("fingerprint");
                Some(Memory { path, root: root.clone() })
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

fn check(apis: &[ApiRun]) -> ExitCode {
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
        eprintln!("\nrun `cargo xtask codegen` and commit what it writes");
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
             typify, {} unconfirmed); lines: {} models, {} client, {} server{}",
            api.name,
            operations.by_engine + operations.by_emitter,
            operations.by_engine,
            operations.by_emitter,
            models.by_engine + models.by_emitter,
            models.by_engine,
            models.by_emitter,
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

/// Prints a line; a reader that has gone away is no error.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
