//! `oracle exercise`: generated clients against generated servers, on loopback, judged by their documents.
//!
//! Writes the crate that does it, and reads what it says; the exercise itself is `loopback` of the library.

use crate::harness::{self, Harness, Module};
use serde::Serialize;
use serde_json::json;
use spec_codegen::Builder;
use spec_oracle::report::Report;
use spec_oracle::table::table;
use spec_oracle::{children, glue};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The number of rounds, where nobody says.
pub const TIMES: usize = 3;

/// The options of the command.
pub struct Options {
    /// The documents.
    pub documents: Vec<PathBuf>,
    /// The seed of random values.
    pub seed: u64,
    /// Rounds of each answer.
    pub times: usize,
    /// The number of requests that mean harm and are sent instead, to all operations together.
    pub hostile: Option<usize>,
    /// Where the report goes as JSON, too.
    pub json: Option<PathBuf>,
    /// The folder to work in.
    pub keep: Option<PathBuf>,
}

/// A document that was generated, or why it was not.
struct Generated {
    name: String,
    path: PathBuf,
    operations: usize,
    /// The fault, before anything is asked.
    error: Option<String>,
}

/// The outcome of a document.
#[derive(Debug, Default, Serialize)]
struct Exercised {
    document: String,
    error: Option<String>,
    operations: usize,
    /// Operations of which at least one answer was given.
    exercised: usize,
    exchanges: usize,
    answers: usize,
    answered: usize,
    violations: usize,
    mismatches: usize,
    details: Vec<Report>,
}

/// Exercises all documents; the text of the report, and whether all is well.
///
/// # Errors
///
/// When something other than a document can't be read, written, started or compiled.
pub fn run(options: &Options) -> Result<(String, bool), String> {
    let folder = options.keep.clone().unwrap_or_else(|| harness::target().join("oracle").join("exercise"));
    let harness = Harness {
        folder,
        name: "oracle-exercise",
        main: include_str!("../harness/exercise.rs"),
        release: options.hostile.is_some(),
        crates: CRATES,
        dependencies: own(),
        row: "spec_oracle::loopback::Document",
    };
    harness.clear()?;
    let (mut generated, modules) = generated(options, &harness);
    harness::progress(&format!("{} documents; compiling", modules.len()));
    let own: Vec<Module> = modules.iter().map(|(_, module)| module.clone()).collect();
    let built = harness.build(&own)?;
    for (index, module) in &modules {
        let one = &mut generated[*index];
        one.error = built.failed.get(&module.name).map(|error| format!("its code does not compile: {error}"));
    }
    let job = harness.folder.join("job.json");
    let mut documents = BTreeMap::new();
    for one in generated.iter().filter(|one| one.error.is_none()) {
        let path = fs::canonicalize(&one.path).map_err(|error| format!("{}: {error}", one.path.display()))?;
        documents.insert(one.name.clone(), path);
    }
    let count = generated.iter().filter(|one| one.error.is_none()).map(|one| one.operations).sum();
    let hostile = options.hostile.map(|requests| requests.div_ceil(usize::max(count, 1)));
    let asked =
        json!({ "seed": options.seed, "times": options.times, "hostile": hostile, "documents": documents });
    harness::write(&job, &asked.to_string())?;
    let broken = |why: &str| json!({ "mismatches": 1, "said": [why] });
    let mut said = |done: usize| {
        if done.is_multiple_of(50) {
            harness::progress(&format!("{done} of {count} operations"));
        }
    };
    let mut answers = children::answers(&built.program, &job, count, &broken, &mut said)?.into_iter();
    let mut all = Vec::new();
    for one in generated {
        let mut exercised = Exercised {
            document: one.name,
            error: one.error,
            operations: one.operations,
            ..Exercised::default()
        };
        if exercised.error.is_none() {
            let reports = answers.by_ref().take(one.operations).map(serde_json::from_value::<Report>);
            exercised.add(
                reports
                    .collect::<Result<_, _>>()
                    .map_err(|error| format!("{}: {error}", built.program.display()))?,
            );
        }
        all.push(exercised);
    }
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(&all).map_err(|error| error.to_string())?;
        harness::write(path, &text)?;
    }
    Ok(summary(&all))
}

/// Generates all documents; the modules of those that could be, with the numbers of their documents.
fn generated(options: &Options, harness: &Harness) -> (Vec<Generated>, Vec<(usize, Module)>) {
    let (mut generated, mut modules) = (Vec::new(), Vec::new());
    for (number, path) in options.documents.iter().enumerate() {
        let module = format!("exercise/d{number:03}");
        let mut one =
            Generated { name: name_of(path, &generated), path: path.clone(), operations: 0, error: None };
        match generate(path, &one.name, &module, &harness.folder.join("src").join(&module)) {
            Ok(operations) => {
                one.operations = operations;
                let rows = format!("    {}::glue::DOCUMENT,\n", module.replace('/', "::"));
                modules.push((generated.len(), Module { name: module, rows, weight: operations }));
            }
            Err(error) => one.error = Some(error),
        }
        generated.push(one);
    }
    (generated, modules)
}

/// Crates that the generated code needs, beside those of all projects.
pub const CRATES: &[(&str, bool, &str)] =
    &[("axum", false, ""), ("reqwest", false, ""), ("tokio", false, "\"net\", \"rt\", \"time\"")];

/// Crates of this workspace, likewise.
pub fn own() -> Vec<String> {
    let path = |name: &str| harness::root().join("crates").join(name);
    let plain = |name: &str| format!("{name} = {{ path = {:?} }}", path(name));
    let oracle = format!(
        "spec-oracle = {{ path = {:?}, default-features = false, features = [\"loopback\"] }}",
        path("spec-oracle")
    );
    vec![plain("spec-api"), plain("spec-codegen"), plain("spec-document"), oracle]
}

/// The name of a document, unlike that of any before it.
fn name_of(path: &Path, before: &[Generated]) -> String {
    let stem = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let taken = |name: &String| before.iter().any(|one| one.name == *name);
    let others = (2..).map(|number| format!("{stem} {number}"));
    std::iter::once(stem.clone()).chain(others).find(|name| !taken(name)).unwrap_or_default()
}

/// Generates a module; how many operations it has.
fn generate(path: &Path, name: &str, module: &str, folder: &Path) -> Result<usize, String> {
    let models = format!("crate::rows::{}::models", module.replace('/', "::"));
    let generated = Builder::document(path).models_path(&models).out_dir(folder).generate();
    let generated = generated.map_err(|error| error.to_string())?;
    let glue = glue::print(&generated.plan, name, "super")?;
    harness::write(&folder.join("glue.rs"), &glue)?;
    harness::write(
        &folder.join("mod.rs"),
        "pub mod client;\npub mod glue;\npub mod models;\npub mod server;\n",
    )?;
    Ok(generated.plan.operations.len())
}

impl Exercised {
    fn add(&mut self, reports: Vec<Report>) {
        for report in &reports {
            self.exercised += usize::from(report.answered > 0);
            self.exchanges += report.exchanges;
            self.answers += report.answers;
            self.answered += report.answered;
            self.violations += report.violations;
            self.mismatches += report.mismatches;
        }
        self.details = reports;
    }
}

fn summary(all: &[Exercised]) -> (String, bool) {
    let head =
        ["document", "operations", "exercised", "answers", "given", "exchanges", "violations", "mismatches"];
    let row = |name: &str, counts: [usize; 7]| -> Vec<String> {
        std::iter::once(name.to_owned()).chain(counts.iter().map(usize::to_string)).collect()
    };
    let counts = |one: &Exercised| {
        [
            one.operations,
            one.exercised,
            one.answers,
            one.answered,
            one.exchanges,
            one.violations,
            one.mismatches,
        ]
    };
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(all.iter().map(|one| row(&one.document, counts(one))));
    let mut sums = [0; 7];
    for one in all {
        sums.iter_mut().zip(counts(one)).for_each(|(sum, count)| *sum += count);
    }
    rows.push(row("all", sums));
    let mut text = table(&rows);
    let mut is_well = sums[5] + sums[6] == 0;
    for one in all {
        if let Some(error) = &one.error {
            is_well = false;
            text.push_str(&format!("\n{}: {}\n", one.document, error.trim_end()));
        }
        for report in one.details.iter().filter(|report| !report.said.is_empty()) {
            text.push_str(&format!("\n{}: {}\n", one.document, report.operation));
            report.said.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
        }
    }
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for one in all {
        for report in &one.details {
            let place = || format!("{}: {}", one.document, report.operation);
            report.left_out.iter().for_each(|why| reasons.entry(why).or_default().push(place()));
        }
    }
    if !reasons.is_empty() {
        text.push_str("\nNot exercised:\n");
    }
    for (why, places) in reasons {
        let first = places.first().cloned().unwrap_or_default();
        let more = if places.len() > 1 { format!(", and {} more", places.len() - 1) } else { String::new() };
        text.push_str(&format!("  {why} ({first}{more})\n"));
    }
    (text, is_well)
}

#[cfg(test)]
mod tests {
    use super::{Exercised, summary};
    use spec_oracle::report::Report;

    #[test]
    fn what_is_wrong_and_what_is_left_out_is_said() {
        let mut one = Exercised { document: "pets".to_owned(), operations: 2, ..Exercised::default() };
        let left_out = vec!["the answer 204: it has a body".to_owned()];
        one.add(vec![
            Report {
                operation: "list".to_owned(),
                exchanges: 3,
                answers: 2,
                answered: 1,
                left_out,
                ..Report::default()
            },
            Report {
                operation: "add".to_owned(),
                mismatches: 1,
                said: vec!["mismatch: 200".to_owned()],
                ..Report::default()
            },
        ]);
        let (text, is_well) = summary(&[one]);
        assert!(!is_well);
        assert!(text.contains("\npets: add\n  mismatch: 200\n"), "{text}");
        assert!(text.ends_with("  the answer 204: it has a body (pets: list)\n"), "{text}");
        assert!(summary(&[Exercised::default()]).1);
        assert!(!summary(&[Exercised { error: Some("no".to_owned()), ..Exercised::default() }]).1);
    }
}
