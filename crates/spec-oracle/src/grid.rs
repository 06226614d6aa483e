//! `oracle grid`: all that a document can say about a message, cell by cell: right, or refused by the
//! generator.
//!
//! Asks the generator about each cell, writes crates for those that it takes, and reads what they say; what
//! is right is for `cells` and `loopback` of the library to say.

use crate::exercise;
use crate::harness::{self, Harness, Module};
use serde::Serialize;
use serde_json::json;
use spec_codegen::Builder;
use spec_oracle::cells::{Fault, Grid, Kind, Paper, Said, Walked, asked, papers};
use spec_oracle::table::table;
use spec_oracle::{children, glue};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The largest number of examples of a kind of fault that are shown.
const SHOWN: usize = 8;

/// The number of times that what could not be judged is asked again.
const ROUNDS: usize = 5;

/// The options of the command.
pub struct Options {
    /// Only cells in whose names this stands.
    pub only: Option<String>,
    /// Where the report goes as JSON, too.
    pub json: Option<PathBuf>,
    /// Where it goes as Markdown, too.
    pub markdown: Option<PathBuf>,
    /// The folder to work in.
    pub keep: Option<PathBuf>,
}

/// The outcome of a cell.
#[derive(Debug, Serialize)]
struct Came {
    name: String,
    place: String,
    style: String,
    /// Why the generator refuses it.
    refusal: Option<String>,
    arrived: usize,
    refused: usize,
    faults: Vec<Fault>,
}

/// Walks through the grid; the text of the report, and whether all is well.
///
/// # Errors
///
/// When something other than a cell can't be read, written, started or compiled.
pub fn run(options: &Options) -> Result<(String, bool), String> {
    let grid = Grid::new();
    let is_wanted = |cell: &usize| {
        options.only.as_ref().is_none_or(|only| grid.name(&grid.cells[*cell]).contains(only.as_str()))
    };
    let wanted: Vec<usize> = (0..grid.cells.len()).filter(is_wanted).collect();
    let mut came: BTreeMap<usize, Came> =
        wanted.iter().map(|cell| (*cell, Came::new(&grid, *cell))).collect();
    harness::progress(&format!("{} cells; asking the generator", wanted.len()));
    let mut taken = Vec::new();
    for (cell, said) in asked(&grid, &wanted) {
        let Some(own) = came.get_mut(&cell) else { continue };
        match said {
            Said::Refused(why, true) => own.refusal = Some(why),
            Said::Refused(text, false) => own.faults.push(Fault { kind: Kind::NoPlace, text }),
            Said::Taken => taken.push(cell),
        }
    }
    for walked in walk(&grid, &taken, options)? {
        let Some(own) = came.get_mut(&walked.cell) else { continue };
        own.arrived = walked.arrived;
        own.refused = walked.refused;
        own.faults.extend(walked.faults);
    }
    let came: Vec<Came> = came.into_values().collect();
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(&came).map_err(|error| error.to_string())?;
        harness::write(path, &text)?;
    }
    if let Some(path) = &options.markdown {
        harness::write(path, &markdown(&came))?;
    }
    Ok(summary(&came))
}

impl Came {
    fn new(grid: &Grid, cell: usize) -> Came {
        let own = &grid.cells[cell];
        let (name, place, style) = (grid.name(own), own.place(), own.style());
        Came { name, place, style, refusal: None, arrived: 0, refused: 0, faults: Vec::new() }
    }
}

/// Compiles and walks through cells.
fn walk(grid: &Grid, cells: &[usize], options: &Options) -> Result<Vec<Walked>, String> {
    let folder = options.keep.clone().unwrap_or_else(|| harness::target().join("oracle").join("grid"));
    let harness = Harness {
        folder,
        name: "oracle-grid",
        main: include_str!("../harness/grid.rs"),
        release: false,
        crates: exercise::CRATES,
        dependencies: exercise::own(),
        row: "spec_oracle::loopback::Document",
    };
    harness.clear()?;
    let mut all: BTreeMap<usize, Walked> = BTreeMap::new();
    let mut left = papers(grid, cells);
    // Where a document does not compile, each of its operations is asked alone; what could not be judged for
    // what stands beside it is asked without that, and at last alone.
    for round in 0..ROUNDS {
        let (walked, failed) = compiled(&harness, &left)?;
        all.extend(walked.into_iter().map(|one| (one.cell, one)));
        let mut alone: Vec<Vec<usize>> = Vec::new();
        for (paper, error) in failed {
            match paper.operations.as_slice() {
                [cells] => all.extend(cells.iter().map(|cell| (*cell, broken(*cell, &error)))),
                operations => alone.extend(operations.iter().cloned()),
            }
        }
        let is_hidden = |one: &&Walked| one.faults.iter().any(|fault| fault.kind == Kind::Hidden);
        let hidden: Vec<usize> = all.values().filter(is_hidden).map(|one| one.cell).collect();
        if round + 2 < ROUNDS {
            alone.extend(papers(grid, &hidden).into_iter().flat_map(|paper| paper.operations));
        } else {
            alone.extend(hidden.into_iter().map(|cell| vec![cell]));
        }
        let name = |number: usize| format!("again-{round}-{number:03}");
        left = alone
            .iter()
            .enumerate()
            .map(|(number, cells)| Paper::alone(grid, &name(number), cells))
            .collect();
        if left.is_empty() {
            break;
        }
    }
    Ok(all.into_values().collect())
}

fn broken(cell: usize, error: &str) -> Walked {
    Walked { cell, faults: vec![Fault { kind: Kind::NoRust, text: error.to_owned() }], ..Walked::default() }
}

/// The outcomes of cells, and the documents of which no code compiles, with the reason.
type Compiled<'a> = (Vec<Walked>, Vec<(&'a Paper, String)>);

/// Compiles documents and walks through what compiles; and those that do not, with the error.
fn compiled<'a>(harness: &Harness, papers: &'a [Paper]) -> Result<Compiled<'a>, String> {
    let (mut modules, mut failed, mut asked) = (Vec::new(), Vec::new(), Vec::new());
    for paper in papers {
        let (path, name) = (
            harness.folder.join(&paper.name).with_extension("json"),
            format!("grid/{}", paper.name.replace('-', "_")),
        );
        harness::write(&path, &paper.text)?;
        let folder = harness.folder.join("src").join(&name);
        match generate(&path, &paper.name, &name, &folder) {
            Ok(()) => {
                let rows = format!("    {}::glue::DOCUMENT,\n", name.replace('/', "::"));
                modules.push(Module { name, rows, weight: paper.operations.len() });
                asked.push((paper, path));
            }
            Err(error) => failed.push((paper, error)),
        }
    }
    if modules.is_empty() {
        return Ok((Vec::new(), failed));
    }
    harness::progress(&format!("{} documents; compiling", modules.len()));
    let built = harness.build(&modules)?;
    let mut left = Vec::new();
    for ((paper, path), module) in asked.into_iter().zip(&modules) {
        match built.failed.get(&module.name) {
            Some(error) => failed.push((paper, error.clone())),
            None => left.push((paper, path)),
        }
    }
    let job: BTreeMap<&str, _> = left
        .iter()
        .map(|(paper, path)| (paper.name.as_str(), json!({ "path": path, "operations": paper.operations })))
        .collect();
    let file = harness.folder.join("job.json");
    harness::write(&file, &json!(job).to_string())?;
    let operations: Vec<&Vec<usize>> = left.iter().flat_map(|(paper, _)| &paper.operations).collect();
    let broken_off = |why: &str| json!(why);
    let mut said = |done: usize| {
        if done.is_multiple_of(50) {
            harness::progress(&format!("{done} of {} operations", operations.len()));
        }
    };
    let answers = children::answers(&built.program, &file, operations.len(), &broken_off, &mut said)?;
    let mut walked = Vec::new();
    for (answer, cells) in answers.into_iter().zip(&operations) {
        match answer.as_str() {
            Some(why) => walked.extend(cells.iter().map(|cell| broken(*cell, why))),
            None => {
                let own: Vec<Walked> = serde_json::from_value(answer)
                    .map_err(|error| format!("{}: {error}", built.program.display()))?;
                walked.extend(own);
            }
        }
    }
    Ok((walked, failed))
}

fn generate(path: &Path, name: &str, module: &str, folder: &Path) -> Result<(), String> {
    let models = format!("crate::rows::{}::models", module.replace('/', "::"));
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let generated = Builder::document(path).models_path(&models).out_dir(folder).generate();
    let generated = generated.map_err(|error| error.to_string())?;
    let glue = glue::print(&generated.plan, name, "super")?;
    harness::write(&folder.join("glue.rs"), &glue)?;
    harness::write(
        &folder.join("mod.rs"),
        "pub mod client;\npub mod glue;\npub mod models;\npub mod server;\n",
    )
}

/// Counts the cells that are right, refused by the generator, and wrong, by place and style.
fn counts(came: &[Came]) -> Vec<Vec<String>> {
    let head = ["place", "style", "cells", "right", "refused at generation", "failed"];
    let mut rows: Vec<(String, String, [usize; 4])> = Vec::new();
    let mut sums = [0; 4];
    for one in came {
        let row = match rows.iter_mut().find(|(place, style, _)| *place == one.place && *style == one.style) {
            Some((_, _, row)) => row,
            None => {
                rows.push((one.place.clone(), one.style.clone(), [0; 4]));
                let last = rows.len() - 1;
                &mut rows[last].2
            }
        };
        let column = match (one.faults.is_empty(), one.refusal.is_some()) {
            (false, _) => 3,
            (true, true) => 2,
            (true, false) => 1,
        };
        for counts in [row, &mut sums] {
            counts[0] += 1;
            counts[column] += 1;
        }
    }
    let row = |place: &str, style: &str, counts: &[usize; 4]| -> Vec<String> {
        [place.to_owned(), style.to_owned()].into_iter().chain(counts.iter().map(usize::to_string)).collect()
    };
    let all = std::iter::once(head.map(str::to_owned).to_vec());
    let all = all.chain(rows.iter().map(|(place, style, counts)| row(place, style, counts)));
    all.chain(std::iter::once(row("all", "", &sums))).collect()
}

/// Cells by what is wrong with them.
fn faults(came: &[Came]) -> Vec<(Kind, Vec<(&Came, &Fault)>)> {
    let of = |kind: Kind| {
        let cells = came.iter().flat_map(|one| {
            one.faults.iter().filter(move |fault| fault.kind == kind).map(move |fault| (one, fault))
        });
        (kind, cells.collect::<Vec<_>>())
    };
    Kind::ALL.map(of).into_iter().filter(|(_, cells)| !cells.is_empty()).collect()
}

fn summary(came: &[Came]) -> (String, bool) {
    let mut text = table(&counts(came));
    let faults = faults(came);
    for (kind, cells) in &faults {
        text.push_str(&format!("\n{}: {} cells\n", kind.words(), cells.len()));
        let step = cells.len().div_ceil(SHOWN).max(1);
        for (one, fault) in cells.iter().step_by(step) {
            text.push_str(&format!("  {}\n    {}\n", one.name, fault.text));
        }
    }
    (text, faults.is_empty())
}

fn markdown(came: &[Came]) -> String {
    let rows = counts(came);
    let row = |cells: &Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text =
        "# The grid\n\n```sh\ncargo run -p spec-oracle -- grid --markdown crates/spec-oracle/GRID.md\n```\n\n"
            .to_owned();
    let (head, rest) =
        rows.split_first().map_or((String::new(), [].as_slice()), |(head, rest)| (row(head), rest));
    text.push_str(&head);
    text.push_str("|---|---|--:|--:|--:|--:|\n");
    rest.iter().for_each(|cells| text.push_str(&row(cells)));
    let faults = faults(came);
    if !faults.is_empty() {
        text.push_str("\n| what is wrong | cells | for example |\n|---|--:|---|\n");
    }
    for (kind, cells) in faults {
        let example = cells.first().map(|(one, _)| one.name.as_str()).unwrap_or_default();
        text.push_str(&format!("| {} | {} | {example} |\n", kind.words(), cells.len()));
    }
    text
}
