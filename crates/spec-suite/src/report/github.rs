//! For reviews on GitHub: workflow commands, which become annotations at the lines of the document.
//!
//! Must not know whether a workflow runs.

use super::{Report, text};
use spec_document::{Location, Pointer, Sources};

/// Writes findings as workflow commands of GitHub, a line each.
pub(super) fn github(report: &Report, sources: &Sources) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let mut message = report.scrub(&finding.message);
        for step in &finding.steps {
            if let Some(curl) = text::curl(report, step) {
                message.push_str(&format!("\n{curl}"));
            }
        }
        let place = match Pointer::parse(&finding.pointer) {
            Some(pointer) => {
                let location = Location::pointer(report.contract.api().source, pointer);
                let (resolved, position) = (sources.resolve(&location), sources.line_column(&location));
                let file = property(sources.name(resolved.source));
                format!("file={file},line={},col={},", position.line, position.column)
            }
            None => String::new(),
        };
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
