//! `spec proxy`: a proxy that holds a service to its document.
//!
//! Knows arguments, which are those of Prism where it has them, and how findings are shown. Must not know how
//! messages are judged or passed on.

use crate::documents;
use spec_document::{Diagnostics, Renderer, Severity, Sources};
use spec_guard::proxy::{Proxy, Upstream};
use spec_guard::{Contract, Counts, Guard, Mode, Report, Sides, Unknown};
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

const HELP: &str = "\
Stands before a service, lets everything pass, and says what is not as the OpenAPI document says.

Usage: spec proxy DOCUMENT URL [OPTIONS]

The document is a path, a URL, or REVISION:PATH for a file as a revision of Git has it. URL is that of the
service; its path stands before that of each request.

  -p, --port PORT               the port to listen on: 4010, or 0 for any that is free
  -h, --host HOST               the address to listen on: 127.0.0.1
      --errors                  answer bad requests and replace bad answers, instead of letting them pass
      --validate-request=false  let requests pass unjudged
      --validate-response=false
                                let answers pass unjudged
      --only OPERATION          judge this operation alone; may be given again
      --sample SHARE            judge a share of all exchanges, from 0 to 1
      --seed NUMBER             which exchanges are in the sample
      --limit BYTES             the largest body that is judged: 10485760
      --cors                    let pages of other origins ask, where the service says nothing of them
      --header=false            do not tell callers, in the header `sl-violations`, what is wrong
      --help                    this text

What is wrong is written to the standard error, a line each, without headers and credentials. Requests to no
operation of the document pass, with a warning. Ends at an interrupt (SIGINT, SIGTERM): with 0 when nothing
was wrong, and 1 when something was. Exits with 2 when it could not run.
";

struct Arguments {
    words: Vec<String>,
    host: String,
    port: u16,
    errors: bool,
    requests: bool,
    responses: bool,
    only: Vec<String>,
    sample: f64,
    seed: u64,
    limit: usize,
    cors: bool,
    header: bool,
}

impl Default for Arguments {
    fn default() -> Self {
        Arguments {
            words: Vec::new(),
            host: "127.0.0.1".to_owned(),
            port: 4010,
            errors: false,
            requests: true,
            responses: true,
            only: Vec::new(),
            sample: 1.0,
            seed: 0,
            limit: 10 * 1024 * 1024,
            cors: false,
            header: true,
        }
    }
}

/// Runs the command.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    crate::command(arguments(words), HELP, |own| stand(&own))
}

fn arguments(words: Vec<OsString>) -> Result<Option<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments::default();
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(word) if arguments.words.len() < 2 => arguments.words.push(word.string()?),
            Short('p') | Long("port") => arguments.port = parser.value()?.parse()?,
            Short('h') | Long("host") => arguments.host = parser.value()?.string()?,
            Long("errors") => arguments.errors = switch(&mut parser)?,
            Long("validate-request") => arguments.requests = switch(&mut parser)?,
            Long("validate-response") => arguments.responses = switch(&mut parser)?,
            Long("only") => arguments.only.push(parser.value()?.string()?),
            Long("sample") => arguments.sample = share(&parser.value()?.string()?)?,
            Long("seed") => arguments.seed = parser.value()?.parse()?,
            Long("limit") => arguments.limit = parser.value()?.parse()?,
            Long("cors") => arguments.cors = switch(&mut parser)?,
            Long("header") => arguments.header = switch(&mut parser)?,
            Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    if arguments.words.len() < 2 {
        return Err("say which document counts, and where the service is: DOCUMENT URL".into());
    }
    Ok(Some(arguments))
}

/// Reads a switch: `--cors`, `--cors=true` or `--cors=false`.
fn switch(parser: &mut lexopt::Parser) -> Result<bool, lexopt::Error> {
    match parser.optional_value().map(|value| value.into_string()).transpose()?.as_deref() {
        None | Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(other) => Err(format!("`{other}` is neither true nor false").into()),
    }
}

fn share(word: &str) -> Result<f64, String> {
    let share = word.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| format!("`{word}` is no share: write a number from 0 to 1"))
}

/// Serves until it is interrupted.
fn stand(arguments: &Arguments) -> Result<ExitCode, String> {
    let [written, url] = arguments.words.as_slice() else { return Err(HELP.to_owned()) };
    let guard = guard(arguments, contract(written)?)?;
    let counters = guard.counters();
    let upstream = Upstream::new(url).map_err(|error| format!("error: {error}"))?;
    let proxy = Proxy::new(&guard, upstream).cors(arguments.cors);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("error: nothing can be served: {error}"))?;
    runtime.block_on(async {
        let place = (arguments.host.as_str(), arguments.port);
        let listener = tokio::net::TcpListener::bind(place).await.map_err(|error| {
            format!("error: {}:{} can't be listened on: {error}", arguments.host, arguments.port)
        })?;
        let address = listener.local_addr().map_err(|error| format!("error: {error}"))?;
        tell(&format!("listening on http://{address}, in front of {url}"));
        let served = proxy.serve(listener, interrupted()).await;
        served.map_err(|error| format!("error: nothing can be served any more: {error}"))
    })?;
    let counts = counters.snapshot();
    summarize(&counts);
    Ok(if counts.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn contract(written: &str) -> Result<Contract, String> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let api = documents::read(written, &mut sources, &mut diagnostics);
    let api = api.map_err(|own| format!("error: {own}"))?;
    match api.filter(|_| !diagnostics.has_errors()) {
        Some(api) => Ok(Contract::new(api)),
        None => {
            let mut errors = Diagnostics::new();
            errors.extend(diagnostics.into_iter().filter(|own| own.severity == Severity::Error));
            Err(Renderer::new(&sources).color(std::io::stderr().is_terminal()).render_all(&errors))
        }
    }
}

fn guard(arguments: &Arguments, contract: Contract) -> Result<Guard, String> {
    let sides = match (arguments.requests, arguments.responses) {
        (true, true) => Some(Sides::Both),
        (true, false) => Some(Sides::Requests),
        (false, true) => Some(Sides::Responses),
        (false, false) => None,
    };
    let mode = if arguments.errors { Mode::Enforce } else { Mode::Observe };
    let is_off = sides.is_none() || !arguments.only.is_empty();
    let mut guard = Guard::new(contract)
        .sink(show)
        .messages(true)
        .mode(if is_off { Mode::Off } else { mode })
        .sides(sides.unwrap_or_default())
        .sample(arguments.sample)
        .seed(arguments.seed)
        .body_limit(arguments.limit)
        .unknown(Unknown::Report);
    if arguments.header {
        guard = guard.header(http::HeaderName::from_static("sl-violations"));
    }
    for operation in arguments.only.iter().filter(|_| sides.is_some()) {
        guard = guard.operation(operation, mode).map_err(|error| format!("error: --only: {error}"))?;
    }
    Ok(guard)
}

/// Writes what was found: request, operation, what, where.
fn show(report: &Report<'_>) {
    let asked = format!("{} {}", report.method, report.path.unwrap_or_default());
    let Some(operation) = report.operation else {
        let what = report.findings.first().map_or("path", |finding| finding.part.as_str());
        return tell(&format!("warning: {asked} passes: its {what} is not in the document"));
    };
    let status = report.status.map(|status| format!(" {}", status.as_u16())).unwrap_or_default();
    let refused = if report.is_refused { " refused" } else { "" };
    for finding in report.findings {
        tell(&format!("{asked}: {operation} {}{status}{refused}: {finding}", report.side));
    }
}

fn summarize(counts: &Counts) {
    tell(&format!("{} requests and {} answers were judged", counts.requests, counts.responses));
    let rows = [
        ("requests to no operation", counts.unknown),
        ("messages refused", counts.refused),
        ("bodies beyond the limit", counts.beyond_limit),
        ("bodies that broke off", counts.unfinished),
        ("bodies that can't be judged", counts.unchecked),
    ];
    for (what, count) in rows.iter().filter(|(_, count)| *count > 0) {
        tell(&format!("  {what}: {count}"));
    }
    for ((operation, side, kind), count) in &counts.violations {
        tell(&format!("  {operation} {side}, {kind}: {count}"));
    }
}

/// Writes a line. Nobody has to read it.
fn tell(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}

/// Waits until somebody wants it to end.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        // There are no signals here.
        std::future::pending::<()>().await;
    }
}
