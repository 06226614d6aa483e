//! `spec diff`: what the step from one document to another breaks.
//!
//! Must not know how changes are found.

use crate::documents::{self, Paths};
use spec_diff::{Calendar, Ignore, Level, Report, write};
use spec_document::{Code, Diagnostic, Diagnostics, Location, Renderer, Severity, SourceId, Sources};
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
Says what the step from one OpenAPI document to another breaks, and for whom.

Usage: spec diff BASE REVISION [OPTIONS]

Both are paths, URLs, or REVISION:PATH for a file as a revision of Git has it: main:openapi/pets.yaml. Such a
path begins at the root of the repository, or here where it begins with `./`.

  --format FORMAT    text (the default), json, markdown, or github for annotations in a workflow
  --ignore FILE      accepted changes, in TOML; an entry that fits nothing any more is an error
  --fail-on LEVEL    the least level that is a finding: error (the default), warning, or info
  --level LEVEL      the least level that is shown: info (the default), warning, or error
  --deprecation-days-stable DAYS
                     the least number of days between deprecation and `x-sunset` (0, as it is by default,
                     asks for no sunset)
  --deprecation-days-beta DAYS
                     the same for what is `beta` by `x-stability-level`
  --help             this text

Exits with 0 when nothing is found, 1 when something is, 2 when a document, the file or the command itself is
wrong.
";

#[derive(Clone, Copy, Default)]
enum Format {
    #[default]
    Text,
    Json,
    Markdown,
    Github,
}

#[derive(Default)]
struct Arguments {
    documents: Vec<String>,
    format: Format,
    ignore: Option<PathBuf>,
    fail_on: Option<Level>,
    shown: Option<Level>,
    stable_days: u32,
    beta_days: u32,
}

/// Runs the command.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    crate::command(arguments(words), HELP, |own| compare(&own))
}

fn arguments(words: Vec<OsString>) -> Result<Option<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments::default();
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(document) if arguments.documents.len() < 2 => arguments.documents.push(document.string()?),
            Long("format") => {
                arguments.format = match parser.value()?.string()?.as_str() {
                    "text" => Format::Text,
                    "json" => Format::Json,
                    "markdown" => Format::Markdown,
                    "github" => Format::Github,
                    other => return Err(format!("there is no format `{other}`").into()),
                }
            }
            Long("ignore") => arguments.ignore = Some(PathBuf::from(parser.value()?)),
            Long("fail-on") => arguments.fail_on = Some(level(&parser.value()?.string()?)?),
            Long("level") => arguments.shown = Some(level(&parser.value()?.string()?)?),
            Long("deprecation-days-stable") => arguments.stable_days = parser.value()?.parse()?,
            Long("deprecation-days-beta") => arguments.beta_days = parser.value()?.parse()?,
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    if arguments.documents.len() < 2 {
        return Err("say which two documents to compare: BASE REVISION".into());
    }
    Ok(Some(arguments))
}

fn level(word: &str) -> Result<Level, String> {
    [Level::Error, Level::Warning, Level::Info]
        .into_iter()
        .find(|level| level.to_string() == word)
        .ok_or_else(|| format!("there is no level `{word}`; write error, warning or info"))
}

/// Compares the documents, and writes the report.
fn compare(arguments: &Arguments) -> Result<ExitCode, String> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let mut apis = Vec::new();
    for written in &arguments.documents {
        let api = documents::read(written, &mut sources, &mut diagnostics)
            .map_err(|own| format!("error: {own}"))?;
        apis.extend(api);
    }
    let [base, revision] = apis.as_slice() else { return Err(wrong(diagnostics, &sources)) };
    if diagnostics.iter().any(is_fatal) {
        return Err(wrong(diagnostics, &sources));
    }
    if diagnostics.has_errors() {
        eprintln!("{}\n", left_out(diagnostics, &sources));
    }
    let today = chrono::Utc::now().date_naive().to_string();
    let calendar = Calendar {
        today: Some(today.clone()),
        stable_days: arguments.stable_days,
        beta_days: arguments.beta_days,
    };
    let mut report = spec_diff::compare_on(base, revision, calendar);
    let is_stale = match &arguments.ignore {
        Some(path) => accept(path, &mut report, &today, &mut sources)?,
        None => false,
    };
    let least = arguments.fail_on.unwrap_or(Level::Error);
    let is_found = report.worst().is_some_and(|worst| worst >= least);
    report.changes.retain(|change| change.level >= arguments.shown.unwrap_or(Level::Info));
    print(arguments.format, &report, (&sources, revision.source))?;
    Ok(match (is_stale, is_found) {
        (true, _) => ExitCode::from(2),
        (_, true) => ExitCode::from(1),
        _ => ExitCode::SUCCESS,
    })
}

/// Takes away what a file accepts; returns whether it has entries that are stale.
fn accept(
    path: &std::path::Path,
    report: &mut Report,
    today: &str,
    sources: &mut Sources,
) -> Result<bool, String> {
    let name = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("error: {name} can't be read: {error}"))?;
    let source = sources.add(name, text.clone());
    let mut faults = Diagnostics::new();
    let mut push = |own: spec_diff::Fault| {
        faults.push(Diagnostic::error(Code::InvalidSetting, Location::span(source, own.span), own.message));
    };
    match Ignore::read(&text) {
        Ok(ignore) => ignore.apply(report, today).into_iter().for_each(&mut push),
        Err(wrong) => {
            wrong.into_iter().for_each(&mut push);
            return Err(rendered(&faults, sources));
        }
    }
    if !faults.is_empty() {
        eprintln!("{}\n", rendered(&faults, sources));
    }
    Ok(!faults.is_empty())
}

/// The number of names in the pointer of what stands inside of an operation or a component.
const INSIDE: usize = 4;

/// Returns true if nothing can be compared for what is wrong. A value of the wrong type inside of an
/// operation or a component is left out: whoever has it in the base could not get rid of it otherwise.
fn is_fatal(diagnostic: &Diagnostic) -> bool {
    let is_value = matches!(diagnostic.code, Code::WrongType | Code::InvalidValue);
    let depth = diagnostic.location.as_pointer().map_or(0, |pointer| pointer.as_str().matches('/').count());
    diagnostic.severity == Severity::Error && !(is_value && depth >= INSIDE)
}

/// Says what is wrong with the documents and left out of the comparison.
fn left_out(diagnostics: Diagnostics, sources: &Sources) -> String {
    let mut warnings = Diagnostics::new();
    let errors = diagnostics.into_iter().filter(|own| own.severity == Severity::Error);
    warnings.extend(errors.map(|own| Diagnostic { severity: Severity::Warning, ..own }));
    format!("{}\n\nthis was left out of the comparison", rendered(&warnings, sources))
}

/// Says what is wrong with the documents; warnings are for those who generate from them.
fn wrong(diagnostics: Diagnostics, sources: &Sources) -> String {
    let mut errors = Diagnostics::new();
    errors.extend(diagnostics.into_iter().filter(|own| own.severity == Severity::Error));
    format!("{}\n\nnothing was compared", rendered(&errors, sources))
}

fn rendered(diagnostics: &Diagnostics, sources: &Sources) -> String {
    Renderer::new(sources).color(std::io::stderr().is_terminal()).render_all(diagnostics)
}

fn print(format: Format, report: &Report, (sources, revision): (&Sources, SourceId)) -> Result<(), String> {
    let paths = Paths::default();
    let text = match format {
        Format::Text => write::text(report, sources, std::io::stdout().is_terminal()),
        Format::Json => format!("{:#}", write::json(report, sources)),
        Format::Markdown => write::markdown(report, sources).trim_end().to_owned(),
        Format::Github => write::github(report, sources, revision, &|name| paths.of(name)),
    };
    let written = writeln!(std::io::stdout(), "{text}");
    match written {
        // Whoever reads has enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| format!("error: the report can't be written: {error}")),
    }
}
