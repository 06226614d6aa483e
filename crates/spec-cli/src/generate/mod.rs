//! The commands that write files of a document: `codegen`, `scaffold-service`, `docs`.
//!
//! Arguments and output only: what they do is in `spec-codegen` and `spec-docs`. Knows where the one who calls
//! keeps documents and crates ([`House`]).

mod codegen;
mod docs;
mod scaffold;

use spec_codegen::workspace::{self, Input, Run};
use spec_codegen::{Remote, Runtime};
use spec_document::Renderer;
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
Generates models, client and server from OpenAPI documents, and their reference pages.

Usage: PROGRAM codegen [DOCUMENT] [OPTIONS]
       PROGRAM scaffold-service [DOCUMENT] --out FILE [OPTIONS]
       PROGRAM docs [DOCUMENT] [--api NAME] [--out DIR]

  --check            change nothing; exit with 1 when generated code is not what the documents say
  --api NAME         only this API of openapi/codegen.toml
  --document PATH    this document instead of those in openapi/codegen.toml, as DOCUMENT; needs --out
  --out DIR          the folder for the crates of --document
  --remote URL=DIR   for --document: the folder with copies of files whose addresses begin with URL; may be repeated
  --runtime TABLE    for --document: where its crates have `spec-runtime` from, as the setting `runtime` says it, such as
                     '{ version = \"0.1\" }'; if not said, it is RUNTIME
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
in target/docs. Of DOCUMENT alone it writes one.
";

/// The place that documents are generated in.
#[derive(Clone, Debug)]
pub struct House {
    /// The words that the command is called with: `cargo xtask`.
    pub program: &'static str,
    /// The folder that has `openapi/codegen.toml`.
    pub root: PathBuf,
    /// Where crates of a document have `spec-runtime` from, if nothing is said; if none, it is the version of the
    /// generator.
    pub runtime: Option<Runtime>,
    /// The file that remembers the last run, so that one with nothing to do ends at once.
    pub memory: Option<PathBuf>,
    /// The last lines of the help.
    pub more: &'static str,
}

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

/// Runs one of the commands; the first word names it.
#[must_use]
pub fn run(words: Vec<OsString>, house: &House) -> ExitCode {
    match arguments(words, house) {
        Ok(Some(Arguments { input, command })) => match command {
            Command::Codegen { check } => codegen::run(&input, check, house),
            Command::Docs(out) => docs::write(&input, &out),
            Command::Scaffold(file) => scaffold::write(&input, &file),
        },
        Ok(None) => {
            let _ = write!(std::io::stdout(), "{}", help(house));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}\n\n{}", help(house));
            ExitCode::from(2)
        }
    }
}

fn help(house: &House) -> String {
    let runtime = match house.runtime {
        Some(_) => "the path to this repository",
        None => "the version of this program",
    };
    let text = HELP.replace("PROGRAM", house.program).replace("RUNTIME", runtime);
    format!("{text}{}", house.more)
}

fn arguments(words: Vec<OsString>, house: &House) -> Result<Option<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let (mut check, mut only, mut document, mut out) = (false, None, None, None);
    let (mut remote, mut overlays, mut runtime) = (Vec::new(), Vec::new(), None);
    let (mut operations, mut except) = (Vec::new(), Vec::new());
    let mut command = None;
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(name) if command.is_none() => command = Some(name.string()?),
            Value(path) if document.is_none() => document = Some(PathBuf::from(path)),
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
    if let Some(url) = document.as_deref().and_then(Path::to_str).filter(|text| crate::is_url(text)) {
        return Err(format!(
            "{url} is a URL, and what is generated has to stay the same: write the document to a file first, as \
             with `curl -o openapi.json {url}`, and name the file"
        )
        .into());
    }
    let root = house.root.clone();
    let command = match command.as_deref() {
        Some("codegen") => Command::Codegen { check },
        Some("docs") => {
            if check || runtime.is_some() {
                return Err("`docs` takes neither --check nor --runtime: it writes a page".into());
            }
            let folder = out.take().unwrap_or_else(|| root.join("target/docs"));
            out = document.is_some().then(|| folder.clone());
            Command::Docs(folder)
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
            let runtime = runtime.or_else(|| house.runtime.clone());
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

/// Prints a line; a reader that has gone away is no error.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
