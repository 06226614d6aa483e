//! The command `spec`: finds the command that is meant, and nothing else. Each has a module of its own, which
//! reads its arguments and writes its output. Must not know what any of them does.

mod completions;
mod diff;
mod documents;
mod fetched;
mod links;
mod mock;
mod proxy;
mod replay;
mod test;
mod watched;

use completions::Known;
use spec_cli::generate::House;
use spec_cli::usage::{self, Usage};
use spec_codegen::Runtime;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

/// Takes a fifth off what a large document costs in time and in memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A command: its name, what it does, and what runs it.
type Row = (&'static str, &'static str, fn(Vec<OsString>) -> ExitCode);

const COMMANDS: [Row; 11] = [
    ("codegen", "generates models, client and server", |rest| generate("codegen", rest)),
    ("scaffold-service", "writes the beginning of a service", |rest| generate("scaffold-service", rest)),
    ("docs", "writes the reference page", |rest| generate("docs", rest)),
    ("mock", "answers requests as a document says", mock::run),
    ("proxy", "stands before a service, and says what is not as the document says", proxy::run),
    ("test", "finds where a service breaks its document", test::run),
    ("replay", "sends what `test` found once more", replay::run),
    ("links", "lists which values of which answers go into which requests", links::run),
    ("diff", "says what the step from one document to another breaks", diff::run),
    ("completions", "writes completions for bash, zsh or fish", |rest| completions::run(rest, known)),
    ("help", "says more of a command", help),
];

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let command = words.next();
    let mut rest: Vec<OsString> = words.collect();
    let Some(command) = command.map(|word| word.to_string_lossy().into_owned()) else {
        return failed(&format!("say which command is meant: {}", names().collect::<Vec<_>>().join(", ")));
    };
    // Some commands have another meaning for `-h` with a value: that of Prism.
    if rest.len() == 1 && rest[0] == "-h" {
        rest = vec!["--help".into()];
    }
    match command.as_str() {
        "--help" | "-h" => usage::show(&overview()),
        "--version" | "-V" => usage::show(concat!("spec ", env!("CARGO_PKG_VERSION"), "\n")),
        name => match COMMANDS.iter().find(|(own, ..)| *own == name) {
            Some((.., run)) => run(rest),
            None => failed(&unknown(name)),
        },
    }
}

fn names() -> impl Iterator<Item = &'static str> + Clone {
    COMMANDS.iter().map(|(name, ..)| *name)
}

/// Says that there is no such command, and which one may be meant.
fn unknown(name: &str) -> String {
    if name.starts_with('-') {
        return Usage::read(&overview()).unknown(name);
    }
    let meant = usage::nearest(name, names()).map(|own| format!("; did you mean `{own}`?"));
    format!("there is no command `{name}`{}", meant.unwrap_or_default())
}

/// Returns the help of the program.
fn overview() -> String {
    let rows: String = COMMANDS.iter().map(|(name, about, _)| format!("  {name:<16}  {about}\n")).collect();
    format!(
        "Works with OpenAPI documents.\n\n\
         Usage: spec COMMAND [OPTIONS]\n\n\
         Commands:\n{rows}\n  \
         -h, --help        this text\n  \
         -V, --version     the version\n\n\
         `spec help COMMAND` says more of each. Exits with 0 when all is well, 1 when something was found, \
         2 when the\n\
         command could not run.\n"
    )
}

/// Writes the help of a command.
fn help(words: Vec<OsString>) -> ExitCode {
    let word = words.first().map(|word| word.to_string_lossy().into_owned());
    match word.as_deref() {
        None | Some("--help" | "help") => usage::show(&overview()),
        Some(name) => match COMMANDS.iter().find(|(own, ..)| *own == name) {
            Some((.., run)) => run(vec!["--help".into()]),
            None => failed(&unknown(name)),
        },
    }
}

/// Returns all commands, as completions see them.
fn known() -> Vec<Known> {
    let of = |(name, about, run): &Row| Known { name, about, usage: Usage::read(&usage::help_of(run)) };
    COMMANDS.iter().map(of).collect()
}

/// Runs one of the commands that write files of documents.
fn generate(command: &str, rest: Vec<OsString>) -> ExitCode {
    let here = std::env::current_dir().unwrap_or_default();
    let has_settings = |folder: &&Path| folder.join("openapi/codegen.toml").is_file();
    let root = here.ancestors().find(has_settings).unwrap_or(&here).to_owned();
    // No version is released: what this program was built with goes with what it writes.
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("spec-runtime");
    let runtime = runtime.is_dir().then(|| Runtime::Path(runtime.to_string_lossy().into_owned()));
    let house = House { program: "spec", root, runtime, memory: None, more: "" };
    spec_cli::generate::run([vec![command.into()], rest].concat(), &house)
}

/// Does what the arguments of a command ask for, and says why it could not.
fn command<A>(
    arguments: Result<Option<A>, lexopt::Error>,
    help: &str,
    run: impl FnOnce(A) -> Result<ExitCode, String>,
) -> ExitCode {
    match arguments {
        Ok(Some(arguments)) => run(arguments).unwrap_or_else(|message| {
            eprintln!("{message}");
            ExitCode::from(2)
        }),
        Ok(None) => usage::show(help),
        Err(error) => usage::wrong(&error, help),
    }
}

/// Says why the program could not run.
fn failed(message: &str) -> ExitCode {
    eprintln!("error: {message}\ntry 'spec --help'");
    ExitCode::from(2)
}
