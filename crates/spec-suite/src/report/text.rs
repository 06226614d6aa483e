//! Reports for people.

use super::Report;
use crate::exchange::Exchange;
use crate::finding::Finding;

/// The longest body of an answer that is shown.
const LONGEST: usize = 400;

/// Writes a report.
pub(super) fn text(report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        text.push_str(&one(report, finding));
        text.push('\n');
    }
    for stale in &report.stale {
        text.push_str(&format!("error: {stale}\n"));
    }
    if let Some(error) = &report.error {
        text.push_str(&format!("error: {}\n", report.scrub(error)));
    }
    text.push_str(&beside(report));
    text.push_str(&unreached(report));
    let succeeded = report.coverage.operations.values().filter(|own| own.has_succeeded()).count();
    let coverage = report.coverage.summary().map(|(name, met, all)| match name {
        "operations" => format!("{met} of {all} {name}, {succeeded} of them with a success"),
        _ => format!("{met} of {all} {name}"),
    });
    let (requests, seed) = (report.requests, report.settings.seed);
    let findings = match report.findings.len() {
        0 => "no findings".to_owned(),
        1 => "1 finding".to_owned(),
        count => format!("{count} findings"),
    };
    let accepted = match report.accepted.len() {
        0 => String::new(),
        count => format!(" ({count} accepted)"),
    };
    text.push_str(&format!(
        "{findings}{accepted} in {requests} requests, seed {seed}; met: {}",
        coverage.join(", ")
    ));
    text
}

/// Writes which operations were asked only because those that are tested need them.
fn beside(report: &Report) -> String {
    let operations = &report.contract.api().operations;
    let asked = |own: &&spec_api::Operation| {
        let count = report.coverage.operations.get(&own.id).map_or(0, |own| own.requests);
        count > 0 && !report.settings.is_chosen(own)
    };
    let names: Vec<&str> = operations.iter().filter(asked).map(|own| own.id.as_str()).collect();
    match names.is_empty() {
        true => String::new(),
        false => format!("asked only for what the others need, and not judged: {}\n", names.join(", ")),
    }
}

/// The largest number of operations that are named.
const NAMED: usize = 20;

/// Writes which operations never succeeded, so that little was tested of them.
fn unreached(report: &Report) -> String {
    let failing = report.coverage.failing();
    let is_shut =
        |id: &str| report.coverage.operations.get(id).is_some_and(crate::OperationCoverage::is_shut);
    let shut: Vec<&str> = failing.iter().map(|(id, _)| *id).filter(|id| is_shut(id)).collect();
    let mut text = String::new();
    if !shut.is_empty() && !report.settings.credentials.is_empty() {
        text.push_str(&format!(
            "warning: all answers of {} are 401 or 403, though credentials were given: are they right, and \
             not expired?\n",
            shut.join(", ")
        ));
    }
    if failing.is_empty() {
        return text;
    }
    text.push_str("never a success, so that little of it was tested:\n");
    for (id, usual) in failing.iter().take(NAMED) {
        let usual: Vec<String> = usual.iter().map(|(code, count)| format!("{count} × {code}")).collect();
        text.push_str(&format!("  {id}: {}\n", usual.join(", ")));
    }
    if failing.len() > NAMED {
        text.push_str(&format!("  and {} more\n", failing.len() - NAMED));
    }
    text
}

/// Writes a finding.
pub(super) fn one(report: &Report, finding: &Finding) -> String {
    let operation = report.contract.api().operations.iter().find(|own| own.id == finding.operation);
    let place = operation.map(|own| format!("{} {} ", own.method, own.path)).unwrap_or_default();
    let mut text = format!("{}: {place}({})\n", finding.check.name(), finding.operation);
    text.push_str(&format!("  {}\n", report.scrub(&finding.message).replace('\n', "\n  ")));
    if !finding.pointer.is_empty() {
        text.push_str(&format!("  see {}\n", finding.pointer));
    }
    if !finding.also.is_empty() {
        let also: Vec<&str> = finding.also.iter().filter_map(|own| own.rsplit('/').next()).collect();
        text.push_str(&format!("  the same place breaks {}, too\n", also.join(", ")));
    }
    if !finding.is_reproduced {
        text.push_str("  it was not seen again when the same requests were sent once more\n");
    }
    for step in &finding.steps {
        if let Some(curl) = curl(report, step) {
            text.push_str(&format!("  {curl}\n"));
        }
        let answer = match &step.answer {
            Ok(answer) => {
                let body = String::from_utf8_lossy(answer.body()).into_owned();
                let body: String = report.scrub(&body).chars().take(LONGEST).collect();
                format!("{} {body}", answer.status().as_u16())
            }
            Err(lost) => lost.to_string(),
        };
        text.push_str(&format!("    -> {}\n", answer.trim_end().replace('\n', "\n       ")));
    }
    text
}

/// Returns a request as a command, with names in place of secrets.
pub(super) fn curl(report: &Report, exchange: &Exchange) -> Option<String> {
    let request = report.shown(exchange)?;
    let mut command =
        format!("curl -i -X {} \"$URL\"{}", request.method(), quoted(&request.uri().to_string()));
    for (name, value) in request.headers() {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        // A name of a variable stands in quotes that the shell looks into.
        let line = format!("{name}: {value}");
        match value.contains('$') {
            true => command.push_str(&format!(" -H \"{}\"", line.replace(['"', '\\', '`'], ""))),
            false => command.push_str(&format!(" -H {}", quoted(&line))),
        }
    }
    if !request.body().is_empty() {
        command.push_str(&format!(" --data-raw {}", quoted(&String::from_utf8_lossy(request.body()))));
    }
    Some(report.scrub(&command))
}

/// Puts a text into quotes that the shell does not look into.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
