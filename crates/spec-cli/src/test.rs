//! `spec test`: where a service breaks its document.
//!
//! Must not know how that is found.

use crate::documents::{self, Paths};
use spec_contract::Contract;
use spec_document::Sources;
use spec_suite::{Report, Suite};
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
Sends requests that an OpenAPI document allows, and such that it does not, and says where the answers break
it.

Usage: spec test DOC --url URL [OPTIONS]

DOC is a path, or REVISION:PATH for a file as a revision of Git has it.

  --url URL                    where the service is; it stands before the paths of the document
  --credential SCHEME=VALUE    a secret for a security scheme of the document; env:NAME as VALUE takes it from
                               a variable
  --identity [NAME:]SCHEME=VALUE
                               a secret of a second person, who must not get what the first one makes
  --seed N                     the seed (SPEC_SEED, or 1)
  --budget N                   the largest number of requests (2000)
  --workers N                  requests that are under way at once (1)
  --rate N                     the largest number of requests in a second
  --only NAME                  an operationId or a tag; may come again
  --max-response-time MS       answers that take longer are findings
  --timeout SECONDS            how long an answer is waited for (10)
  --baseline FILE              accepted findings, in TOML; an entry that fits nothing any more is an error
  --report FORMAT=FILE         writes a report: text, json, junit, har, ndjson (all exchanges), github
                               (annotations); `-` is standard output
  --fail-fast                  ends at the first finding
  --help                       this text

Exits with 0 when nothing is found, 1 when something is, 2 when the test could not be made.
";

#[derive(Default)]
struct Arguments {
    document: Option<String>,
    url: Option<String>,
    credentials: Vec<(String, String)>,
    identities: Vec<(String, String, String)>,
    seed: Option<u64>,
    budget: Option<usize>,
    workers: Option<usize>,
    rate: Option<f64>,
    only: Vec<String>,
    max_response_time: Option<u64>,
    timeout: Option<u64>,
    baseline: Option<PathBuf>,
    reports: Vec<(Format, PathBuf)>,
    fail_fast: bool,
}

#[derive(Clone, Copy)]
enum Format {
    Text,
    Json,
    Junit,
    Har,
    Ndjson,
    Github,
}

/// Runs the command.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    crate::command(arguments(words), HELP, test)
}

fn arguments(words: Vec<OsString>) -> Result<Option<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut own = Arguments::default();
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(word) if own.document.is_none() => own.document = Some(word.string()?),
            Long("url") => own.url = Some(parser.value()?.string()?),
            Long("credential") => own.credentials.push(credential(&parser.value()?.string()?)?),
            Long("identity") => own.identities.push(identity(&parser.value()?.string()?)?),
            Long("seed") => own.seed = Some(parser.value()?.parse()?),
            Long("budget") => own.budget = Some(parser.value()?.parse()?),
            Long("workers") => own.workers = Some(parser.value()?.parse()?),
            Long("rate") => own.rate = Some(parser.value()?.parse()?),
            Long("only") => own.only.push(parser.value()?.string()?),
            Long("max-response-time") => own.max_response_time = Some(parser.value()?.parse()?),
            Long("timeout") => own.timeout = Some(parser.value()?.parse()?),
            Long("baseline") => own.baseline = Some(PathBuf::from(parser.value()?)),
            Long("report") => own.reports.push(report(&parser.value()?.string()?)?),
            Long("fail-fast") => own.fail_fast = true,
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    if own.document.is_none() {
        return Err("say which document is meant: spec test DOC --url URL".into());
    }
    if own.url.is_none() {
        return Err("say where the service is: --url URL".into());
    }
    Ok(Some(own))
}

/// Reads a secret, and the scheme that it is for.
pub(crate) fn credential(word: &str) -> Result<(String, String), String> {
    let wrong = || {
        format!(
            "`{}` is no secret: write SCHEME=VALUE, or SCHEME=env:NAME",
            word.split('=').next().unwrap_or_default()
        )
    };
    let (scheme, value) = word.split_once('=').ok_or_else(wrong)?;
    let value = match value.strip_prefix("env:") {
        Some(name) => std::env::var(name).map_err(|_| format!("the variable {name} is not set"))?,
        None => value.to_owned(),
    };
    Ok((scheme.to_owned(), value))
}

/// Reads a secret of a second person: name, scheme, value.
pub(crate) fn identity(word: &str) -> Result<(String, String, String), String> {
    let (scheme, value) = credential(word)?;
    Ok(match scheme.split_once(':') {
        Some((name, scheme)) => (name.to_owned(), scheme.to_owned(), value),
        None => ("other".to_owned(), scheme, value),
    })
}

fn report(word: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) =
        word.split_once('=').ok_or_else(|| format!("`{word}` is no report: write FORMAT=FILE"))?;
    let format = match format {
        "text" => Format::Text,
        "json" => Format::Json,
        "junit" => Format::Junit,
        "har" => Format::Har,
        "ndjson" => Format::Ndjson,
        "github" => Format::Github,
        other => return Err(format!("there is no format `{other}`")),
    };
    Ok((format, PathBuf::from(file)))
}

fn suite(own: &Arguments, contract: Contract) -> Suite {
    let mut suite = Suite::new(contract).seed_from_env().fail_fast(own.fail_fast).only(own.only.clone());
    for (scheme, value) in &own.credentials {
        suite = suite.credential(scheme, value);
    }
    for (name, scheme, value) in &own.identities {
        suite = suite.identity(name, scheme, value);
    }
    if let Some(seed) = own.seed {
        suite = suite.seed(seed);
    }
    if let Some(budget) = own.budget {
        suite = suite.budget(budget);
    }
    if let Some(workers) = own.workers {
        suite = suite.workers(workers);
    }
    if let Some(path) = &own.baseline {
        suite = suite.baseline(path);
    }
    if let Some(rate) = own.rate {
        suite = suite.rate(rate);
    }
    if let Some(limit) = own.max_response_time {
        suite = suite.max_response_time(std::time::Duration::from_millis(limit));
    }
    if let Some(limit) = own.timeout {
        suite = suite.timeout(std::time::Duration::from_secs(limit));
    }
    suite
}

fn test(own: Arguments) -> Result<ExitCode, String> {
    let (api, sources) = documents::api(own.document.as_deref().unwrap_or_default())?;
    let suite = suite(&own, Contract::new(api));
    let runtime = tokio::runtime::Runtime::new().map_err(|error| format!("error: {error}"))?;
    let report = runtime.block_on(suite.url(own.url.as_deref().unwrap_or_default()));
    for (format, path) in &own.reports {
        write(*format, path, &report, &sources)?;
    }
    let is_shown = own.reports.iter().any(|(_, path)| path.as_os_str() == "-");
    if !is_shown {
        let _ = writeln!(std::io::stdout(), "{}", report.text());
    }
    Ok(match (&report.error, report.stale.is_empty(), report.findings.is_empty()) {
        (_, _, false) => ExitCode::from(1),
        (None, true, true) => ExitCode::SUCCESS,
        _ => ExitCode::from(2),
    })
}

fn write(format: Format, path: &std::path::Path, report: &Report, sources: &Sources) -> Result<(), String> {
    let text = match format {
        Format::Text => report.text(),
        Format::Json => format!("{:#}", report.json()),
        Format::Junit => report.junit(),
        Format::Har => format!("{:#}", report.har()),
        Format::Ndjson => report.ndjson(),
        Format::Github => {
            let paths = Paths::default();
            report.github(sources, &|name| paths.of(name))
        }
    };
    if path.as_os_str() == "-" {
        let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
        return Ok(());
    }
    std::fs::write(path, text.trim_end().to_owned() + "\n")
        .map_err(|error| format!("error: {} can't be written: {error}", path.display()))
}
