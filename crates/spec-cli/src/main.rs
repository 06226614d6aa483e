//! The command `spec`: finds the command that is meant, and nothing else. Each has a module of its own, which
//! reads its arguments and writes its output. Must not know what any of them does.

mod diff;
mod documents;
mod fetched;
mod links;
mod mock;
mod proxy;
mod replay;
mod test;
mod watched;

use spec_cli::generate::House;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

const HELP: &str = "\
Works with OpenAPI documents.

Usage: spec COMMAND [OPTIONS]

Commands:
  codegen           generates models, client and server
  scaffold-service  writes the beginning of a service
  docs              writes the reference page
  mock              answers requests as a document says
  proxy             stands before a service, and says what is not as the document says
  test              finds where a service breaks its document
  replay            sends what `test` found once more
  links             lists which values of which answers go into which requests
  diff              says what the step from one document to another breaks

`spec COMMAND --help` says more of each. Exits with 0 when all is well, 1 when something was found, 2 when the
command could not run.
";

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let command = words.next();
    let rest: Vec<OsString> = words.collect();
    match command.as_ref().and_then(|word| word.to_str()) {
        Some(word @ ("codegen" | "scaffold-service" | "docs")) => generate(word, rest),
        Some("diff") => diff::run(rest),
        Some("proxy") => proxy::run(rest),
        Some("mock") => mock::run(rest),
        Some("links") => links::run(rest),
        Some("replay") => replay::run(rest),
        Some("test") => test::run(rest),
        Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Some(other) => failed(&format!("there is no command `{other}`"), HELP),
        None => failed("say which command is meant", HELP),
    }
}

/// Runs one of the commands that write files of documents.
fn generate(command: &str, rest: Vec<OsString>) -> ExitCode {
    let here = std::env::current_dir().unwrap_or_default();
    let has_settings = |folder: &&Path| folder.join("openapi/codegen.toml").is_file();
    let root = here.ancestors().find(has_settings).unwrap_or(&here).to_owned();
    let house = House { program: "spec", root, runtime: None, memory: None, more: "" };
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
        Ok(None) => {
            print!("{help}");
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error.to_string(), help),
    }
}

/// Says why a command could not run, and how it is used.
fn failed(message: &str, help: &str) -> ExitCode {
    eprintln!("error: {message}\n\n{help}");
    ExitCode::from(2)
}
