//! What the generator says of cells: code, or a refusal.
//!
//! Knows how the generator is called. Must not know what is right of what it makes.

use super::{Grid, Paper, papers};
use spec_codegen::settings::ApiSettings;
use spec_document::{Diagnostic, Diagnostics, Place, Renderer, Severity, Sources};
use std::thread;

/// The answer of the generator to a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Code.
    Taken,
    /// The fault of the document, and whether that names a place.
    Refused(String, bool),
}

/// Asks the generator about each cell. Those that it takes together it takes alone.
#[must_use]
pub fn asked(grid: &Grid, cells: &[usize]) -> Vec<(usize, Said)> {
    let operations: Vec<Vec<usize>> =
        papers(grid, cells).into_iter().flat_map(|paper| paper.operations).collect();
    let share = operations.len().div_ceil(thread::available_parallelism().map_or(1, usize::from)).max(1);
    let of_share = |share: &[Vec<usize>]| -> Vec<(usize, Said)> {
        let mut all = Vec::new();
        for operation in share {
            // What is ignored needs a word for each.
            if operation.iter().any(|cell| grid.cells[*cell].is_ignored()) {
                all.extend(
                    operation.iter().map(|cell| (*cell, ignored(&Paper::alone(grid, "alone", &[*cell])))),
                );
                continue;
            }
            match generated(&Paper::alone(grid, "together", operation)) {
                Said::Taken => all.extend(operation.iter().map(|cell| (*cell, Said::Taken))),
                Said::Refused(..) => {
                    all.extend(
                        operation
                            .iter()
                            .map(|cell| (*cell, generated(&Paper::alone(grid, "alone", &[*cell])))),
                    );
                }
            }
        }
        all
    };
    thread::scope(|scope| {
        let running: Vec<_> =
            operations.chunks(share).map(|share| scope.spawn(move || of_share(share))).collect();
        running.into_iter().filter_map(|share| share.join().ok()).flatten().collect()
    })
}

/// Asks about what the generator makes nothing of: a warning, in the place of a refusal.
fn ignored(paper: &Paper) -> Said {
    match warnings(&paper.text) {
        Ok(warnings) => match warnings.into_iter().find(|(_, has_place)| *has_place) {
            Some((why, has_place)) => Said::Refused(why, has_place),
            None => Said::Refused("nothing is said of it".to_owned(), false),
        },
        Err((why, has_place)) => Said::Refused(why, has_place),
    }
}

/// Says whether the generator takes a document.
fn generated(paper: &Paper) -> Said {
    refusal(&paper.text).map_or(Said::Taken, |(why, has_place)| Said::Refused(why, has_place))
}

/// Why the generator does not take a document, JSON, and whether it says where; none where it does.
#[must_use]
pub fn refusal(text: &str) -> Option<(String, bool)> {
    warnings(text).err()
}

/// Lists the warnings of a document, JSON, and whether they name a place.
///
/// # Errors
///
/// The same of what keeps it from taking the document.
fn warnings(text: &str) -> Result<Vec<(String, bool)>, (String, bool)> {
    const NAME: &str = "document.json";
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add(NAME, text.to_owned());
    let settings = ApiSettings::for_document("api", NAME);
    let parsed = sources.parse(source, None, &mut diagnostics);
    let generated =
        parsed.and_then(|parsed| spec_codegen::generate(&parsed, NAME, &settings, &mut diagnostics));
    let has_place = |found: &Diagnostic| match &found.location.place {
        Place::Pointer { pointer, .. } => !pointer.as_str().is_empty(),
        _ => false,
    };
    let of = |severity: Severity| {
        let of = diagnostics.iter().filter(move |found| found.severity == severity);
        of.map(|found| (found.message.clone(), has_place(found))).collect::<Vec<_>>()
    };
    if generated.is_some() {
        return Ok(of(Severity::Warning));
    }
    let errors = of(Severity::Error);
    let is_placed = errors.iter().any(|(_, has_place)| *has_place);
    let why = errors.into_iter().next().map(|(why, _)| why);
    Err((why.unwrap_or_else(|| Renderer::new(&sources).render_all(&diagnostics)), is_placed))
}
