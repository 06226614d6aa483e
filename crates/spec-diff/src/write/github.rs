//! For reviews on GitHub: workflow commands, which become annotations at the lines of the document.
//!
//! Must not know whether a workflow runs.

use super::{operations, position, reason, summary};
use crate::report::{Level, Report};
use spec_document::Sources;

/// Writes a report as workflow commands of GitHub, a line each.
#[must_use]
pub fn github(report: &Report, sources: &Sources) -> String {
    let mut text = String::new();
    for change in &report.changes {
        let word = match change.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "notice",
        };
        // Annotations are shown in what is reviewed: what is gone has no line there.
        let place =
            change.revision.as_ref().or(change.base.as_ref()).map(|location| position(sources, location));
        let place = match place {
            Some((file, line, column)) => format!("file={},line={line},col={column},", property(&file)),
            None => String::new(),
        };
        let mut message = change.text.clone();
        for part in operations(change).map(|own| format!("in {own}")).into_iter().chain(reason(change)) {
            message.push('\n');
            message.push_str(&part);
        }
        text.push_str(&format!("::{word} {place}title={}::{}\n", property(&change.id), data(&message)));
    }
    text.push_str(&summary(report));
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
