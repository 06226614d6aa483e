//! `spec replay`: what was found once, sent again.
//!
//! Must not know how findings are judged.

use crate::test::{credential, identity};
use spec_suite::{Outcome, Replay};
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
Sends the requests of findings again, and judges the answers as they were judged when they were found.

Usage: spec replay FILE [OPTIONS]

FILE is a report that `spec test --report json=FILE` has written. It holds all that is needed but secrets.

  --url URL                    where the service is, if it is not where it was
  --credential SCHEME=VALUE    a secret for a security scheme; env:NAME as VALUE takes it from a variable
  --identity [NAME:]SCHEME=VALUE
                               a secret of a second person
  --help                       this text

Exits with 0 when nothing fails any more, 1 while something does, 2 when nothing can be said.
";

#[derive(Default)]
struct Arguments {
    file: Option<PathBuf>,
    url: Option<String>,
    credentials: Vec<(String, String)>,
    identities: Vec<(String, String, String)>,
}

/// Runs the command.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    crate::command(arguments(words), HELP, |own| replay(&own).map_err(|why| format!("error: {why}")))
}

fn arguments(words: Vec<OsString>) -> Result<Option<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut own = Arguments::default();
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(word) if own.file.is_none() => own.file = Some(PathBuf::from(word)),
            Long("url") => own.url = Some(parser.value()?.string()?),
            Long("credential") => own.credentials.push(credential(&parser.value()?.string()?)?),
            Long("identity") => own.identities.push(identity(&parser.value()?.string()?)?),
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    if own.file.is_none() {
        return Err("say which report is meant: spec replay FILE".into());
    }
    Ok(Some(own))
}

fn replay(own: &Arguments) -> Result<ExitCode, String> {
    let path = own.file.clone().unwrap_or_default();
    let text = std::fs::read_to_string(&path);
    let text = text.map_err(|error| format!("{} can't be read: {error}", path.display()))?;
    let mut replay = Replay::read(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    for (scheme, value) in &own.credentials {
        replay = replay.credential(scheme, value);
    }
    for (name, scheme, value) in &own.identities {
        replay = replay.identity(name, scheme, value);
    }
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let outcomes = runtime.block_on(replay.url(own.url.as_deref()))?;
    let (mut fails, mut is_unclear) = (false, false);
    for (check, operation, outcome) in outcomes {
        let words = match outcome {
            Outcome::Fails(message) => {
                fails = true;
                format!("fails: {message}")
            }
            Outcome::Passes => "passes".to_owned(),
            Outcome::Unclear(why) => {
                is_unclear = true;
                format!("can't be told: {why}")
            }
        };
        // Whoever reads may have enough.
        let _ = writeln!(std::io::stdout(), "{} ({operation}): {words}", check.name());
    }
    Ok(match (fails, is_unclear) {
        (true, _) => ExitCode::from(1),
        (_, true) => ExitCode::from(2),
        _ => ExitCode::SUCCESS,
    })
}
