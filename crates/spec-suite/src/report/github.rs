//! For reviews on GitHub: workflow commands, which become annotations at the lines of the document.
//!
//! Must not know whether a workflow runs.

use super::{Report, text};
use spec_document::{Location, Pointer, Sources};

/// Writes findings as workflow commands of GitHub, a line each. `file` returns the path of a source from the
/// root of the repository; where it has none, the annotation is of no file.
pub(super) fn github(report: &Report, sources: &Sources, file: &dyn Fn(&str) -> Option<String>) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let mut message = report.scrub(&finding.message);
        for step in &finding.steps {
            if let Some(curl) = text::curl(report, step) {
                message.push_str(&format!("\n{curl}"));
            }
        }
        let place = Pointer::parse(&finding.pointer).and_then(|pointer| {
            let location = Location::pointer(report.contract.api().source, pointer);
            let (resolved, position) = (sources.resolve(&location), sources.line_column(&location));
            let file = property(&file(sources.name(resolved.source))?);
            Some(format!("file={file},line={},col={},", position.line, position.column))
        });
        let place = place.unwrap_or_default();
        let title = property(&format!("{} ({})", finding.check.name(), finding.operation));
        text.push_str(&format!("::error {place}title={title}::{}\n", data(&message)));
    }
    for wrong in report.error.iter().chain(&report.stale) {
        text.push_str(&format!("::error title=spec test::{}\n", data(&report.scrub(wrong))));
    }
    text
}

/// Escapes the text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
