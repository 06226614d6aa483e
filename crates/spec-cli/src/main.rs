//! The command `spec`: finds the command that is meant, and nothing else. Each has a module of its own, which
//! reads its arguments and writes its output. Must not know what any of them does.

mod diff;
mod documents;
mod links;
mod replay;
mod test;

use std::ffi::OsString;
use std::process::ExitCode;

const HELP: &str = "\
Works with OpenAPI documents.

Usage: spec COMMAND [OPTIONS]

Commands:
  diff    says what the step from one document to another breaks
  links   lists which values of which answers go into which requests
  replay  sends what `test` found once more
  test    finds where a service breaks its document

`spec COMMAND --help` says more of each. Exits with 0 when all is well, 1 when something was found, 2 when the
command could not run.
";

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let command = words.next();
    let rest: Vec<OsString> = words.collect();
    match command.as_ref().and_then(|word| word.to_str()) {
        Some("diff") => diff::run(rest),
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

/// Says why a command could not run, and how it is used.
fn failed(message: &str, help: &str) -> ExitCode {
    eprintln!("error: {message}\n\n{help}");
    ExitCode::from(2)
}
