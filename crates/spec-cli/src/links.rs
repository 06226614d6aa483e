//! `spec links`: which values of which answers go into which requests.
//!
//! Must not know how links are found.

use crate::documents;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

const HELP: &str = "\
Lists which values of which answers `spec test` puts into which requests, each with its reason: links of the
document, and those that names and paths tell.

Usage: spec links DOC

DOC is a path, a URL, or REVISION:PATH for a file as a revision of Git has it.

  --help  this text
";

/// Runs the command.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    crate::command(arguments(words), HELP, |document| list(&document))
}

/// Writes the links of a document.
fn list(document: &str) -> Result<ExitCode, String> {
    let (api, _) = documents::api(document)?;
    let text: String = spec_suite::links(&api).iter().map(|link| format!("{link}\n")).collect();
    // Whoever reads may have enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}

fn arguments(words: Vec<OsString>) -> Result<Option<String>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut document = None;
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(word) if document.is_none() => document = Some(word.string()?),
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    document.map(Some).ok_or_else(|| "say which document is meant: spec links DOC".into())
}
