//! Reports as texts: for people, for programs, for pages, for reviews.
//!
//! Must not know how changes are found, nor where a text goes.

mod github;
mod json;
mod markdown;
mod text;

pub use github::github;
pub use json::json;
pub use markdown::markdown;
pub use text::text;

use crate::report::{Change, Direction, Evidence, Level, Report};
use spec_document::{Location, Sources};

/// The longest witness, as JSON, that is repeated in a message.
const SHORT: usize = 200;

/// The number of operations that are named in a message.
const NAMED: usize = 3;

/// Says what a change rests on.
fn reason(change: &Change) -> Option<String> {
    match &change.evidence {
        Evidence::Witness(value) => {
            let mut text = value.to_string();
            if text.len() > SHORT {
                let end = (0..=SHORT).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
                text.truncate(end);
                text.push('…');
            }
            Some(match change.direction {
                Some(Direction::Response) => format!("{text} may come now, and could not before"),
                Some(Direction::Request) | None => format!("{text} was fine, and no longer is"),
            })
        }
        Evidence::Stated(reason) if reason.is_empty() || change.level == Level::Info => None,
        Evidence::Stated(reason) => Some(reason.clone()),
        Evidence::Unknown => {
            Some("no value shows that it breaks something, and no proof that it does not".to_owned())
        }
        Evidence::Compatible => None,
    }
}

/// Shows a request in one line, if it is short.
fn request(change: &Change) -> Option<String> {
    let request = change.request.as_ref()?;
    let body = request.body.as_ref().map_or_else(String::new, |body| format!(" with {body}"));
    let line = format!("refused: {} {}{body}", request.method, request.path);
    (line.len() <= SHORT).then_some(line)
}

/// Names the operations that a change reaches.
fn operations(change: &Change) -> Option<String> {
    let all = &change.operations;
    let named = all.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match all.len() {
        0 => None,
        count if count <= NAMED => Some(named),
        count => Some(format!("{named} and {} more", count - NAMED)),
    }
}

/// Returns `file:line:column` of a place.
fn position(sources: &Sources, location: &Location) -> (String, usize, usize) {
    let resolved = sources.resolve(location);
    let position = sources.line_column(location);
    (sources.name(resolved.source).to_owned(), position.line, position.column)
}

/// Says in one line how many changes there are, and which step they ask for.
fn summary(report: &Report) -> String {
    let count = |level, one: &str, many: &str| match report.count(level) {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    };
    let counts = [
        count(Level::Error, "breaking change", "breaking changes"),
        count(Level::Warning, "warning", "warnings"),
        count(Level::Info, "change that breaks nothing", "changes that break nothing"),
    ];
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    if counts.is_empty() {
        return "no changes".to_owned();
    }
    let advice = &report.advice;
    let (was, is) = &advice.versions;
    let followed = match advice.is_followed() {
        Some(true) => format!(" (from {was} to {is}, as it is)"),
        Some(false) => format!(" (but the document goes from {was} to {is})"),
        None => String::new(),
    };
    let counts = counts.join(", ");
    format!("{counts}\nversion of the API: {}{followed}; of generated crates: {}", advice.api, advice.crates)
}
