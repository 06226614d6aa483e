//! For pages and comments: Markdown.
//!
//! Must not know where it is shown.

use super::{operations, position, reason, summary};
use crate::report::{Change, Level, Report};
use spec_document::Sources;

/// Writes a report as Markdown, with a table for each level.
#[must_use]
pub fn markdown(report: &Report, sources: &Sources) -> String {
    let mut text = format!("{}\n", summary(report).replace('\n', "  \n"));
    for (level, title) in
        [(Level::Error, "Breaking"), (Level::Warning, "Warnings"), (Level::Info, "Other changes")]
    {
        let rows: Vec<String> =
            report.changes.iter().filter(|own| own.level == level).map(|own| row(own, sources)).collect();
        if !rows.is_empty() {
            text.push_str(&format!(
                "\n## {title}\n\n| change | what | where | why |\n|---|---|---|---|\n{}\n",
                rows.join("\n")
            ));
        }
    }
    text
}

fn row(change: &Change, sources: &Sources) -> String {
    let place = change.revision.as_ref().or(change.base.as_ref()).map(|location| position(sources, location));
    let place = place.map(|(file, line, _)| format!("{file}:{line}")).unwrap_or_default();
    let operations = operations(change).unwrap_or_default();
    let what = format!(
        "{} {}",
        change.text,
        if operations.is_empty() { String::new() } else { format!("({operations})") }
    );
    let cells = [format!("`{}`", change.id), what, place, reason(change).unwrap_or_default()];
    let cells: Vec<String> = cells.iter().map(|cell| escaped(cell.trim())).collect();
    format!("| {} |", cells.join(" | "))
}

/// Keeps a text within its cell, and from being read as tags.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace(['\n', '\r'], " ")
}
