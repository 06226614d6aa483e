//! A part of the grid of all that a document can say about a message: each value arrives as it was, in bytes
//! that the standards have for it, or the generator refuses the document. `oracle grid` walks through all of
//! it.

use serde::Deserialize;
use spec_document::{Diagnostics, Sources};
use spec_oracle::cells::{Fault, Grid, Kind};
use spec_oracle::loopback::Walk;

// What is not used of a document is not asked for, either.
#[allow(clippy::all, deprecated, missing_docs, unused)]
mod glue {
    include!(concat!(env!("OUT_DIR"), "/grid_glue.rs"));
}

/// What the build script made.
#[derive(Deserialize)]
struct Made {
    papers: Vec<Paper>,
    /// Cells that the generator refuses, and whether it names a place.
    refused: Vec<(usize, bool)>,
}

#[derive(Deserialize)]
struct Paper {
    text: String,
    operations: Vec<Vec<usize>>,
}

#[tokio::test]
async fn cells_are_right_or_refused() {
    let made: Made =
        serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/grid.json"))).expect("what was made");
    let grid = Grid::new();
    let (mut arrived, mut wrong) = (0, Vec::new());
    let mut found = |cell: usize, fault: &Fault| {
        wrong.push(format!("{}: {}: {}", grid.name(&grid.cells[cell]), fault.kind.words(), fault.text))
    };
    for (cell, _) in made.refused.iter().filter(|(_, has_place)| !has_place) {
        found(*cell, &Fault { kind: Kind::NoPlace, text: String::new() });
    }
    for (document, paper) in glue::PAPERS.iter().zip(&made.papers) {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add(document.name, paper.text.clone());
        let parsed = sources.parse(source, None, &mut diagnostics).expect("a tree");
        let api = spec_api::read(&parsed, &mut diagnostics).expect("an Api");
        let walk = Walk::new(*document, api).await.expect("a server");
        for (index, cells) in paper.operations.iter().enumerate() {
            for walked in walk.operation(index, &grid, cells).await {
                arrived += walked.arrived;
                walked.faults.iter().for_each(|fault| found(walked.cell, fault));
            }
        }
    }
    wrong.sort();
    assert!(arrived > 5000, "{arrived}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
