//! The commands that hold generated models against what others wrote: arguments and output only.

mod document;
mod exercise;
mod grid;
mod harness;
mod known;
mod ours;
mod pairs;
mod suite;
mod theirs;
mod translate;
mod types;

use spec_codegen::Remote;
use spec_oracle::{children, table};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
Holds generated models against oracles that others wrote.

Usage: oracle COMMAND PATH... [OPTIONS]

  suite DIR          the files of a JSON-Schema-Test-Suite (2020-12): what our models say of each instance, \
                     and what those of
                     plain typify say
    --remote URL=DIR the folder with the schemas whose addresses begin with URL; may be repeated
    --json FILE      the report as JSON, too
    --keep FOLDER    work in this folder
  document FILE      every model of an OpenAPI document: whether it takes and gives back what the \
                     document says
    --instances N    of all models together; 100000 if not said
    --seed S         what random instances begin with
    --known FILE     disagreements that are known: [[known]] model, text, reason
    --keep FOLDER    work in this folder
  exercise FILE...   clients against servers on loopback: every operation of these documents, every answer, \
                     with valid values; each
                     exchange is held against the document, and what arrived against what was sent
    --times N        rounds: with everything, with as little as can be, at random; 3 if not said
    --seed S         what random values begin with
    --json FILE      the report as JSON, too
    --keep FOLDER    work in this folder
  hostile FILE...    requests that mean harm, made of valid ones, to every operation of these documents, \
                     without a socket: none may
                     make a server panic, take long, or answer at length
    --requests N     to all operations together; 1000000 if not said
    --seed S         what chance begins with
    --json FILE      the report as JSON, too
    --keep FOLDER    work in this folder
  grid               all that a document can say about a message, cell by cell, in documents \
                     that are made for it: right on the wire
                     and where it arrives, or refused by the generator
    --only TEXT      cells in whose names this stands
    --json FILE      the report as JSON, too
    --markdown FILE  the tables as Markdown, too
    --keep FOLDER    work in this folder
  pairs              every two keywords of JSON Schema in one schema: models against the `jsonschema` crate, \
                     as `document` does it
    --only TEXT      pairs in whose names this stands
    --known FILE     disagreements that are known, as above
    --seed S         what random instances begin with
    --keep FOLDER    work in this folder
  types FILE         which schemas and properties of a document get a real type, and which only JSON

Exits with 0 when all is well, 1 when models do not agree, 2 when something could not be done.
";

enum Command {
    Help,
    Suite(suite::Options),
    Document(document::Options),
    Exercise(exercise::Options),
    Grid(grid::Options),
    Pairs(pairs::Options),
    Types(PathBuf),
    /// A question to a child.
    Child(suite::Child, PathBuf, PathBuf, Vec<Remote>),
}

fn main() -> ExitCode {
    let command = match arguments() {
        Ok(command) => command,
        Err(error) => {
            eprintln!("error: {error}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let result = match command {
        Command::Help => Ok((HELP.to_owned(), true)),
        Command::Suite(options) => suite::run(&options),
        Command::Document(options) => document::run(&options),
        Command::Exercise(options) => exercise::run(&options),
        Command::Grid(options) => grid::run(&options),
        Command::Pairs(options) => pairs::run(&options),
        Command::Types(document) => types::run(&document),
        Command::Child(generate, from, to, remote) => match generate(&from, &to, &remote) {
            Ok(()) => Ok((String::new(), true)),
            // The parent tells what it is about.
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::from(2);
            }
        },
    };
    match result {
        Ok((text, is_well)) => {
            // A reader that has gone away is no error.
            let _ = std::io::stdout().write_all(text.as_bytes());
            if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn arguments() -> Result<Command, lexopt::Error> {
    use lexopt::prelude::*;
    let mut values: Vec<std::ffi::OsString> = Vec::new();
    let (mut json, mut keep, mut known, mut remote) = (None, None, None, Vec::new());
    let (mut only, mut markdown) = (None, None);
    let (mut instances, mut seed, mut times, mut requests) =
        (document::INSTANCES, 1, exercise::TIMES, 1_000_000);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(value) => values.push(value),
            Long("json") => json = Some(PathBuf::from(parser.value()?)),
            Long("keep") => keep = Some(PathBuf::from(parser.value()?)),
            Long("known") => known = Some(PathBuf::from(parser.value()?)),
            Long("remote") => {
                let text = parser.value()?.string()?;
                let (prefix, folder) =
                    text.rsplit_once('=').ok_or_else(|| format!("--remote takes URL=DIR, not {text:?}"))?;
                remote.push(Remote { prefix: prefix.to_owned(), folder: folder.to_owned() });
            }
            Long("only") => only = Some(parser.value()?.string()?),
            Long("markdown") => markdown = Some(PathBuf::from(parser.value()?)),
            Long("instances") => instances = parser.value()?.parse()?,
            Long("requests") => requests = parser.value()?.parse()?,
            Long("times") => times = parser.value()?.parse()?,
            Long("seed") => seed = parser.value()?.parse()?,
            Long("help") | Short('h') => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        }
    }
    let mut values = values.into_iter();
    let Some(name) = values.next() else { return Ok(Command::Help) };
    let paths: Vec<PathBuf> = values.map(PathBuf::from).collect();
    match (name.to_string_lossy().as_ref(), paths.as_slice()) {
        ("suite", [suite]) => Ok(Command::Suite(suite::Options { suite: suite.clone(), remote, json, keep })),
        ("document", [document]) => {
            let (document, values) = (document.clone(), Vec::new());
            Ok(Command::Document(document::Options { document, instances, values, seed, known, keep }))
        }
        ("exercise" | "hostile", [_, ..]) => {
            let hostile = (name == "hostile").then_some(requests);
            Ok(Command::Exercise(exercise::Options { documents: paths, seed, times, hostile, json, keep }))
        }
        ("grid", []) => Ok(Command::Grid(grid::Options { only, json, markdown, keep })),
        ("pairs", []) => Ok(Command::Pairs(pairs::Options { only, seed, known, keep })),
        ("types", [document]) => Ok(Command::Types(document.clone())),
        (suite::CHILD_OF_OURS, [from, to]) => {
            Ok(Command::Child(suite::module_of_ours, from.clone(), to.clone(), remote))
        }
        (suite::CHILD_OF_THEIRS, [from, to]) => {
            Ok(Command::Child(suite::module_of_theirs, from.clone(), to.clone(), remote))
        }
        ("exercise" | "hostile", []) => Err("it takes documents".into()),
        ("grid" | "pairs", _) => Err("it takes no path".into()),
        ("suite" | "document" | "types", _) => Err("it takes one path".into()),
        (other, _) => Err(format!("there is no command `{other}`").into()),
    }
}
