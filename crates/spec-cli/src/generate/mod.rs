//! The commands that write files of a document: `codegen`, `scaffold-service`, `docs`.
//!
//! Arguments and output only: what they do is in `spec-codegen` and `spec-docs`. Knows where the one who
//! calls keeps documents and crates ([`House`]).

mod codegen;
mod docs;
mod scaffold;

use crate::usage;
use spec_codegen::workspace::{self, Input, Run};
use spec_codegen::{Remote, Runtime};
use spec_document::{Diagnostic, Diagnostics, Renderer, Severity};
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const CODEGEN: &str = "\
Generates models, client and server from OpenAPI documents.

Usage: PROGRAM codegen [DOCUMENT --out DIR] [OPTIONS]

Without DOCUMENT it does so for each API of openapi/codegen.toml, which is looked for here and in the folders
above.

  --out DIR            the folder for the crates of DOCUMENT
  --check              change nothing; exit with 1 when generated code is not what the documents say
OPTIONS
Exits with 0 when all is well, 1 when generated code is stale (--check), 2 when a document, the settings or
the command itself are wrong.
";

const SCAFFOLD: &str = "\
Writes the beginning of a service: every operation with its signature, and a program that serves it. Never
writes over a file.

Usage: PROGRAM scaffold-service [DOCUMENT] --out FILE [OPTIONS]

It writes the Cargo.toml of a new crate, too. Of DOCUMENT, the generated crates are taken to be beside the new
one; without it, an API of openapi/codegen.toml is meant.

  --out FILE           the program, such as crates/pets-service/src/main.rs
OPTIONS
Exits with 0 when it is written, 2 when it is not.
";

const DOCS: &str = "\
Writes the reference page of documents, for any file server: a folder for each.

Usage: PROGRAM docs [DOCUMENT] [OPTIONS]

Without DOCUMENT it does so for each API of openapi/codegen.toml, which is looked for here and in the folders
above.

  --out DIR            the folder for the pages: target/docs, if not said
OPTIONS
Exits with 0 when all is well, 2 when a document, the settings or the command itself are wrong.
";

/// Options of all of them.
const OPTIONS: &str = "  \
  --api NAME           only this API of openapi/codegen.toml
  --document PATH      another way to say DOCUMENT
  --overlay FILE       changes to DOCUMENT (OpenAPI Overlay 1.0); may be repeated, in the order of use
  --remote URL=DIR     the folder with copies of files whose addresses begin with URL; may be repeated
  --only OPERATIONS    only these of DOCUMENT: tag=NAME, path=TEMPLATE or operation=ID, where `*` stands for
                       any text in the last two; schemas that nothing needs any more are left out, too; may be
                       repeated
  --except OPERATIONS  not these of DOCUMENT, written alike; may be repeated
";

const RUNTIME: &str = "  \
  --runtime TABLE      where the crates of DOCUMENT have `spec-runtime` from, as the setting `runtime` says
                       it, such as '{ path = \"../spec/crates/spec-runtime\" }'; if not said,
                       it is RUNTIME
";

/// The file that names the APIs of a workspace.
const SETTINGS: &str = "openapi/codegen.toml";

/// The place that documents are generated in.
#[derive(Clone, Debug)]
pub struct House {
    /// The words that the command is called with: `cargo xtask`.
    pub program: &'static str,
    /// The folder that has `openapi/codegen.toml`.
    pub root: PathBuf,
    /// Where new crates have `spec-runtime` from, if nothing is said; if none, it is the version of the
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
    let help = help(words.first().and_then(|word| word.to_str()), house);
    match arguments(words, house) {
        Ok(Some(Arguments { input, command })) => match command {
            Command::Codegen { check } => codegen::run(&input, check, house),
            Command::Docs(out) => docs::write(&input, &out),
            Command::Scaffold(file) => scaffold::write(&input, &file, house),
        },
        Ok(None) => usage::show(&help),
        Err(error) => usage::wrong(&error, &help),
    }
}

/// Returns the help of a command; of none, that of all of them.
fn help(command: Option<&str>, house: &House) -> String {
    let text = match command {
        Some("codegen") => CODEGEN,
        Some("scaffold-service") => SCAFFOLD,
        Some("docs") => DOCS,
        _ => return overview(house),
    };
    let runtime = match house.runtime {
        Some(_) => "the folder that this program was built from",
        None => "the version of this program",
    };
    let own = if command == Some("docs") { "" } else { RUNTIME };
    let options = format!("{OPTIONS}{own}  --help               this text\n\n");
    let text = text.replacen("OPTIONS\n", &options, 2).replace("RUNTIME", runtime);
    text.replace("PROGRAM", house.program)
}

fn overview(house: &House) -> String {
    let House { program, more, .. } = house;
    format!(
        "Writes files of OpenAPI documents.\n\n\
         Usage: {program} COMMAND [DOCUMENT] [OPTIONS]\n\n  \
         codegen           generates models, client and server\n  \
         scaffold-service  writes the beginning of a service\n  \
         docs              writes the reference page\n\n  \
         --help            this text\n\n\
         `{program} COMMAND --help` says more of each.\n{more}"
    )
}

/// The words of a command, as they were written.
#[derive(Default)]
struct Words {
    command: Option<String>,
    check: bool,
    only: Option<String>,
    document: Option<PathBuf>,
    out: Option<PathBuf>,
    remote: Vec<Remote>,
    overlays: Vec<PathBuf>,
    runtime: Option<Runtime>,
    operations: Vec<String>,
    except: Vec<String>,
}

fn arguments(words: Vec<OsString>, house: &House) -> Result<Option<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut own = Words::default();
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(name) if own.command.is_none() => own.command = Some(name.string()?),
            Value(path) if own.document.is_none() => own.document = Some(PathBuf::from(path)),
            Long("check") => own.check = true,
            Long("api") => own.only = Some(parser.value()?.string()?),
            Long("document") => own.document = Some(PathBuf::from(parser.value()?)),
            Long("out") => own.out = Some(PathBuf::from(parser.value()?)),
            Long("remote") => own.remote.push(pair(&parser.value()?.string()?)?),
            Long("runtime") => own.runtime = Some(source(&parser.value()?.string()?)?),
            Long("overlay") => own.overlays.push(PathBuf::from(parser.value()?)),
            Long("only") => own.operations.push(parser.value()?.string()?),
            Long("except") => own.except.push(parser.value()?.string()?),
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    if let Some(url) = own.document.as_deref().and_then(Path::to_str).filter(|text| crate::is_url(text)) {
        return Err(format!(
            "{url} is a URL, and what is generated has to stay the same: write the document to a file first, \
             as with `curl -o openapi.json {url}`, and name the file"
        )
        .into());
    }
    let Some(command) = own.command(house)? else { return Ok(None) };
    Ok(Some(Arguments { input: own.input(&command, house)?, command }))
}

impl Words {
    /// Finds the command, and leaves as `out` the folder of the crates.
    fn command(&mut self, house: &House) -> Result<Option<Command>, lexopt::Error> {
        let has_document = self.document.is_some();
        Ok(Some(match self.command.as_deref() {
            Some("codegen") => Command::Codegen { check: self.check },
            Some("docs") => {
                if self.check || self.runtime.is_some() {
                    return Err("`docs` takes neither --check nor --runtime: it writes a page".into());
                }
                let folder = self.out.take().unwrap_or_else(|| house.root.join("target/docs"));
                self.out = has_document.then(|| folder.clone());
                Command::Docs(folder)
            }
            Some("scaffold-service") => {
                if self.check {
                    return Err("`scaffold-service` does not take --check: what it writes is yours".into());
                }
                let Some(file) = self.out.take() else {
                    return Err("`scaffold-service` needs --out FILE, such as \
                                crates/pets-service/src/main.rs"
                        .into());
                };
                self.out = has_document.then(|| workspace::folder_of_crates(&file));
                Command::Scaffold(file)
            }
            Some(other) => {
                let names = ["codegen", "scaffold-service", "docs"];
                let meant = usage::nearest(other, names.into_iter());
                let meant = meant.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
                return Err(format!("there is no command `{other}`{meant}").into());
            }
            None => return Ok(None),
        }))
    }

    /// Finds what to generate from.
    fn input(self, command: &Command, house: &House) -> Result<Input, lexopt::Error> {
        let Words { only, document, out, remote, overlays, runtime, operations, except, .. } = self;
        let is_plain = runtime.is_none()
            && overlays.is_empty()
            && remote.is_empty()
            && operations.is_empty()
            && except.is_empty();
        match (document, out) {
            (Some(path), Some(out)) => Ok(Input::Document {
                path,
                name: None,
                out,
                runtime,
                remote,
                overlays,
                only: operations,
                except,
            }),
            (None, None) if !is_plain => {
                Err("--remote, --overlay, --runtime, --only and --except go with --document; else they \
                     are settings of openapi/codegen.toml"
                    .into())
            }
            (None, None) if !house.root.join(SETTINGS).is_file() => Err(nothing_to_do(command, house)),
            (None, None) => Ok(Input::Workspace { root: house.root.clone(), only }),
            (Some(path), None) => {
                let (program, path) = (house.program, path.display());
                let words = format!("{program} codegen {path} --out crates");
                Err(format!("say where its crates go, as in `{words}`").into())
            }
            (None, Some(_)) => {
                Err(format!("--out goes with a document; else {SETTINGS} says where crates go").into())
            }
        }
    }
}

/// Says that there is neither a document nor settings, and how to name one.
fn nothing_to_do(command: &Command, house: &House) -> lexopt::Error {
    let words = match command {
        Command::Codegen { .. } => "codegen openapi.yaml --out crates",
        Command::Docs(_) => "docs openapi.yaml",
        Command::Scaffold(_) => "scaffold-service openapi.yaml --out pets-service/src/main.rs",
    };
    let program = house.program;
    format!("name a document, as in `{program} {words}`: there is no {SETTINGS} here that names any").into()
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

/// Shows what was found; returns whether anything is wrong. Notes are of the code of clients: only those who
/// generate it have to know them.
fn errors_of(run: &Run, with_notes: bool) -> bool {
    let is_shown = |own: &Diagnostic| with_notes || own.severity != Severity::Note;
    let mut shown = Diagnostics::new();
    shown.extend(run.diagnostics.iter().filter(|own| is_shown(own)).cloned());
    if !shown.is_empty() {
        let renderer = Renderer::new(&run.sources).color(std::io::stderr().is_terminal());
        eprintln!("{}\n", renderer.render_all(&shown));
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
