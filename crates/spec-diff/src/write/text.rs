//! For people: as compilers say it, with the lines of both documents.
//!
//! Must not know whether there is a terminal.

use super::{operations, reason, request, summary};
use crate::report::{Change, Level, Report};
use spec_document::{Code, Diagnostic, Renderer, Sources};

/// Writes a report for people; `color` for terminals that have some.
#[must_use]
pub fn text(report: &Report, sources: &Sources, color: bool) -> String {
    let renderer = Renderer::new(sources).color(color);
    let mut blocks: Vec<String> =
        report.changes.iter().filter_map(|change| block(change, &renderer)).collect();
    blocks.push(summary(report));
    blocks.join("\n\n")
}

fn block(change: &Change, renderer: &Renderer<'_>) -> Option<String> {
    let main = change.revision.clone().or_else(|| change.base.clone())?;
    let make = match change.level {
        Level::Error => Diagnostic::error,
        Level::Warning => Diagnostic::warning,
        Level::Info => Diagnostic::note,
    };
    // The name of the change is shown; its code is not.
    let mut diagnostic = make(Code::Unsupported, main, change.text.clone());
    if let (Some(base), true) = (&change.base, change.revision.is_some()) {
        diagnostic = diagnostic.related(base.clone(), "before");
    }
    let place = operations(change).map(|own| format!("in {own}"));
    let lines: Vec<String> = [place, reason(change), request(change)].into_iter().flatten().collect();
    if !lines.is_empty() {
        diagnostic = diagnostic.help(lines.join("; "));
    }
    Some(renderer.render_as(&change.id, &diagnostic))
}
