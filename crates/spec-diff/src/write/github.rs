//! For reviews on GitHub: workflow commands, which become annotations at the lines of the document.
//!
//! Must not know whether a workflow runs.

use super::{operations, position, reason, summary};
use crate::report::{Level, Report};
use spec_document::{Location, SourceId, Sources};

/// Writes a report as workflow commands of GitHub, a line each.
///
/// Annotations stand at lines of the `revision`, as it is reviewed: of what is gone, at what is left around
/// it. `file` returns the path of a source from the root of the repository; where it has none, the annotation
/// is of no file.
#[must_use]
pub fn github(
    report: &Report,
    sources: &Sources,
    revision: SourceId,
    file: &dyn Fn(&str) -> Option<String>,
) -> String {
    let mut text = String::new();
    for change in &report.changes {
        let word = match change.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "notice",
        };
        let gone = || change.base.as_ref()?.as_pointer().map(|own| Location::pointer(revision, own.clone()));
        let location = change.revision.clone().or_else(gone);
        let place = location.map(|location| position(sources, &location));
        let place = place.and_then(|(name, line, column)| Some((file(&name)?, line, column)));
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
