//! `oracle suite`: the JSON-Schema-Test-Suite, asked of models.
//!
//! Every group's schema becomes a model of ours and one of plain typify; every test is an instance that both
//! are asked about.

use crate::harness::{self, Harness, Module};
use crate::table::{percent, table};
use crate::{children, ours, theirs, translate};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use spec_codegen::Remote;
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::panic::set_hook;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The share of tests that our models must agree with, in percent.
const FLOOR: usize = 98;

/// Hidden commands, by which a child is asked for the models of one schema.
pub const CHILD_OF_OURS: &str = "model-of-ours";
pub const CHILD_OF_THEIRS: &str = "model-of-typify";

/// A function that makes a module of a file in a folder.
pub type Child = fn(&Path, &Path, &[Remote]) -> Result<(), String>;

/// The options of the command.
pub struct Options {
    /// The folder of the suite.
    pub suite: PathBuf,
    /// Folders with the schemas that others refer to.
    pub remote: Vec<Remote>,
    /// A file for the report as JSON.
    pub json: Option<PathBuf>,
    /// The folder to work in.
    pub keep: Option<PathBuf>,
}

/// A schema and what is said of it.
#[derive(Debug, Deserialize)]
struct Group {
    #[serde(skip)]
    file: String,
    description: String,
    schema: Value,
    tests: Vec<Test>,
}

#[derive(Debug, Deserialize)]
struct Test {
    description: String,
    data: Value,
    valid: bool,
}

/// Whose models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Ours,
    Typify,
}

impl Side {
    const ALL: [Side; 2] = [Side::Ours, Side::Typify];

    fn word(self) -> &'static str {
        match self {
            Side::Ours => "ours",
            Side::Typify => "typify",
        }
    }

    fn module(self, index: usize) -> String {
        format!("{}/g{index:03}", self.word())
    }
}

/// The verdict of a model on an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Taken,
    Refused(String),
    /// It panics, it ends the process, or there is none.
    Broken(String),
}

impl Verdict {
    fn read(answer: &Value) -> Verdict {
        match (answer["refused"].as_str(), answer["broken"].as_str()) {
            (Some(reason), _) => Verdict::Refused(reason.to_owned()),
            (_, Some(reason)) => Verdict::Broken(reason.to_owned()),
            _ => Verdict::Taken,
        }
    }

    fn agrees(&self, valid: bool) -> bool {
        matches!((self, valid), (Verdict::Taken, true) | (Verdict::Refused(_), false))
    }

    fn words(&self) -> String {
        match self {
            Verdict::Taken => "taken".to_owned(),
            Verdict::Refused(reason) => format!("refused: {reason}"),
            Verdict::Broken(reason) => reason.clone(),
        }
    }
}

/// Asks a suite; the text of the report, and whether enough of it agrees.
///
/// # Errors
///
/// When a file can't be read or written, or a program not started or compiled.
pub fn run(options: &Options) -> Result<(String, bool), String> {
    let groups = read(&options.suite)?;
    let folder = options.keep.clone().unwrap_or_else(|| harness::target().join("oracle").join("suite"));
    let main = include_str!("../harness/suite.rs");
    let row = "(&'static str, fn(&[u8]) -> Result<(), String>)";
    let harness = Harness {
        folder,
        name: "oracle-suite",
        main,
        release: false,
        crates: &[],
        dependencies: Vec::new(),
        row,
    };
    harness.clear()?;
    let (modules, mut missing) = generate(&groups, &remotes(&options.remote)?, &harness.folder)?;
    harness::progress(&format!("{} models of {} schemas; compiling", modules.len(), groups.len()));
    let built = harness.build(&modules)?;
    for (name, error) in built.failed {
        missing.insert(name, format!("does not compile: {error}"));
    }
    let mut report = Report::new(&groups, &ask(&groups, &missing, &built.program, &harness.folder)?);
    report.typify_refused = refused(&groups, &missing, Side::Typify);
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
        harness::write(path, &format!("{text}\n"))?;
    }
    Ok((report.text(), report.is_enough()))
}

/// Reads the files of a suite, in the order of their names.
fn read(suite: &Path) -> Result<Vec<Group>, String> {
    let at = |error: std::io::Error| format!("{}: {error}", suite.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(suite).map_err(at)? {
        let path = entry.map_err(at)?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    let mut groups = Vec::new();
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut read: Vec<Group> = serde_json::from_str(&harness::read(&path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        read.iter_mut().for_each(|group| group.file = name.clone());
        groups.append(&mut read);
    }
    if groups.is_empty() {
        return Err(format!("{}: there are no tests", suite.display()));
    }
    Ok(groups)
}

/// Arguments for children, whatever folder they start in.
fn remotes(remote: &[Remote]) -> Result<Vec<String>, String> {
    let mut arguments = Vec::new();
    for Remote { prefix, folder } in remote {
        let folder = fs::canonicalize(folder).map_err(|error| format!("{folder}: {error}"))?;
        arguments.extend(["--remote".to_owned(), format!("{prefix}={}", folder.display())]);
    }
    Ok(arguments)
}

/// Models of both sides, and why there are none where there are none.
fn generate(
    groups: &[Group],
    remote: &[String],
    folder: &Path,
) -> Result<(Vec<Module>, BTreeMap<String, String>), String> {
    let program = env::current_exe().map_err(|error| format!("this program can't be found: {error}"))?;
    let (mut modules, mut missing) = (Vec::new(), BTreeMap::new());
    for (index, group) in groups.iter().enumerate() {
        for side in Side::ALL {
            let name = side.module(index);
            let module = folder.join("src").join(&name);
            let schema = folder.join("schemas").join(format!("{}-{index:03}.json", side.word()));
            let mut child = Command::new(&program);
            match side {
                Side::Ours => {
                    harness::write(&schema, &pretty(&translate::document(&group.schema)))?;
                    child.args([CHILD_OF_OURS.as_ref(), schema.as_os_str(), module.as_os_str()]).args(remote);
                }
                Side::Typify => {
                    harness::write(&schema, &pretty(&group.schema))?;
                    child.args([CHILD_OF_THEIRS.as_ref(), schema.as_os_str(), module.as_os_str()]);
                }
            }
            match children::ask(&mut child) {
                Ok(_) => {
                    let rows = format!("    ({name:?}, {}::verdict),\n", name.replace('/', "::"));
                    modules.push(Module { name, rows, weight: 1 });
                }
                Err(error) => drop(missing.insert(name, format!("no model: {}", headline(&error)))),
            }
        }
    }
    Ok((modules, missing))
}

/// Generates our module for the schema of a document.
///
/// # Errors
///
/// When the generator refuses the document, or a file can't be written.
pub fn module_of_ours(document: &Path, folder: &Path, remote: &[Remote]) -> Result<(), String> {
    let ty = ours::model_at(document, translate::HOLDER, "super::models", folder, remote)?;
    let verdict = format!(
        "let text = [b\"{{\\\"{}\\\":\", text, b\"}}\"].concat();\n    \
         crate::strict::strict::<{ty}>(&text).map(drop)",
        translate::VALUE
    );
    harness::write(&folder.join("mod.rs"), &module(&verdict))
}

/// Generates typify's module for a schema.
///
/// # Errors
///
/// When typify refuses the schema, or a file can't be read or written.
pub fn module_of_theirs(schema: &Path, folder: &Path, _: &[Remote]) -> Result<(), String> {
    let text = harness::read(schema)?;
    let schema = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", schema.display()))?;
    // What typify says when it panics is a part of the report.
    set_hook(Box::new(|_| {}));
    harness::write(&folder.join("models.rs"), &theirs::models(&schema)?)?;
    let verdict = format!(
        "let value: ::serde_json::Value = ::serde_json::from_slice(text)\
         .map_err(|error| error.to_string())?;\n    \
         ::serde_json::from_value::<models::{}>(value).map(drop).map_err(|error| error.to_string())",
        theirs::NAME
    );
    harness::write(&folder.join("mod.rs"), &module(&verdict))
}

fn module(verdict: &str) -> String {
    format!("pub mod models;\n\npub fn verdict(text: &[u8]) -> Result<(), String> {{\n    {verdict}\n}}\n")
}

/// Groups without a model of one side.
fn refused(groups: &[Group], missing: &BTreeMap<String, String>, side: Side) -> Vec<NoModel> {
    let refused = groups
        .iter()
        .enumerate()
        .filter_map(|(index, group)| Some((group, missing.get(&side.module(index))?)));
    refused
        .map(|(group, why)| NoModel {
            file: group.file.clone(),
            group: group.description.clone(),
            why: why.clone(),
        })
        .collect()
}

/// The first line that says what is wrong: warnings may come before it.
fn headline(text: &str) -> String {
    let error = text.lines().find(|line| line.starts_with("error"));
    error.or_else(|| text.lines().find(|line| !line.is_empty())).unwrap_or_default().to_owned()
}

/// The verdicts of both sides on every test, in order.
fn ask(
    groups: &[Group],
    missing: &BTreeMap<String, String>,
    program: &Path,
    folder: &Path,
) -> Result<Vec<[Verdict; 2]>, String> {
    let asked = groups.iter().enumerate().flat_map(|(index, group)| {
        let both = |test: &'_ Test| Side::ALL.map(|side| (side.module(index), test.data.clone()));
        group.tests.iter().flat_map(both).collect::<Vec<_>>()
    });
    let asked: Vec<(String, Value)> = asked.collect();
    let there = asked.iter().filter(|(model, _)| !missing.contains_key(model));
    let cases: Vec<Value> = there.map(|(model, data)| json!({ "model": model, "data": data })).collect();
    let file = folder.join("cases.json");
    harness::write(&file, &pretty(&Value::from(cases.clone())))?;
    let broken = |why: &str| json!({ "broken": why });
    let answers = children::answers(program, &file, cases.len(), &broken, &mut |_| {})?;
    let mut answers = answers.iter();
    let verdicts: Vec<Verdict> = asked
        .iter()
        .map(|(model, _)| match missing.get(model) {
            Some(why) => Verdict::Broken(why.clone()),
            None => answers.next().map_or(Verdict::Broken("no answer".to_owned()), Verdict::read),
        })
        .collect();
    Ok(verdicts.chunks_exact(2).map(|both| [both[0].clone(), both[1].clone()]).collect())
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// The number of tests, and of those that agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
struct Count {
    tests: usize,
    ours: usize,
    typify: usize,
}

impl Count {
    fn add(&mut self, verdicts: &[Verdict; 2], valid: bool) {
        self.tests += 1;
        self.ours += usize::from(verdicts[0].agrees(valid));
        self.typify += usize::from(verdicts[1].agrees(valid));
    }

    fn row(self, name: &str) -> Vec<String> {
        vec![name.to_owned(), self.tests.to_string(), self.ours.to_string(), self.typify.to_string()]
    }
}

/// A test that our model does not agree with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Disagreement {
    file: String,
    group: String,
    test: String,
    valid: bool,
    ours: String,
}

#[derive(Debug, Serialize)]
struct Report {
    files: BTreeMap<String, Count>,
    total: Count,
    disagreements: Vec<Disagreement>,
    /// Groups that typify has no model for.
    typify_refused: Vec<NoModel>,
}

/// A group without a model, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct NoModel {
    file: String,
    group: String,
    why: String,
}

impl Report {
    fn new(groups: &[Group], verdicts: &[[Verdict; 2]]) -> Report {
        let mut report = Report {
            files: BTreeMap::new(),
            total: Count::default(),
            disagreements: Vec::new(),
            typify_refused: Vec::new(),
        };
        let tests = groups.iter().flat_map(|group| group.tests.iter().map(move |test| (group, test)));
        for ((group, test), both) in tests.zip(verdicts) {
            report.files.entry(group.file.clone()).or_default().add(both, test.valid);
            report.total.add(both, test.valid);
            if !both[0].agrees(test.valid) {
                report.disagreements.push(Disagreement {
                    file: group.file.clone(),
                    group: group.description.clone(),
                    test: test.description.clone(),
                    valid: test.valid,
                    ours: both[0].words(),
                });
            }
        }
        report
    }

    fn is_enough(&self) -> bool {
        self.total.ours * 100 >= self.total.tests * FLOOR
    }

    fn text(&self) -> String {
        let mut rows = vec![["file", "tests", "ours", "typify"].map(str::to_owned).to_vec()];
        rows.extend(self.files.iter().map(|(name, count)| count.row(name)));
        rows.push(self.total.row("total"));
        let Count { tests, ours, typify } = self.total;
        rows.push(vec![String::new(), String::new(), percent(ours, tests), percent(typify, tests)]);
        let mut text = table(&rows);
        if !self.disagreements.is_empty() {
            text.push_str("\ntests that our models do not agree with:\n");
        }
        for Disagreement { file, group, test, valid, ours } in &self.disagreements {
            let expected = if *valid { "valid" } else { "invalid" };
            let line = ours.replace(['\n', '\r'], " ");
            text.push_str(&format!("{file} · {group} · {test} · expected {expected} · {line}\n"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Count, Group, Report, Verdict, headline, read};
    use std::path::Path;

    fn groups() -> Vec<Group> {
        read(Path::new("tests/suite")).expect("a suite")
    }

    fn verdicts(groups: &[Group], wrong: usize) -> Vec<[Verdict; 2]> {
        let tests = groups.iter().flat_map(|group| &group.tests);
        let verdict = |valid: bool| if valid { Verdict::Taken } else { Verdict::Refused("why".to_owned()) };
        let both = |(index, valid): (usize, bool)| {
            [verdict(valid != (index < wrong)), Verdict::Broken("no model".to_owned())]
        };
        tests.map(|test| test.valid).enumerate().map(both).collect()
    }

    #[test]
    fn a_suite_is_read_in_order() {
        let groups = groups();
        let names: Vec<(&str, &str)> =
            groups.iter().map(|group| (&*group.file, &*group.description)).collect();
        assert_eq!(
            names,
            [("bounds.json", "a floor"), ("bounds.json", "never"), ("shapes.json", "a list of lists")]
        );
        assert!(read(Path::new("tests/nowhere")).is_err_and(|error| error.starts_with("tests/nowhere: ")));
        assert!(read(Path::new("src")).is_err_and(|error| error == "src: there are no tests"));
    }

    #[test]
    fn a_report_counts_and_names() {
        let groups = groups();
        let report = Report::new(&groups, &verdicts(&groups, 1));
        assert_eq!(report.total, Count { tests: 7, ours: 6, typify: 0 });
        assert_eq!(report.files["shapes.json"], Count { tests: 2, ours: 2, typify: 0 });
        let text = report.text();
        assert!(text.contains("total            7       6       0\n"), "{text}");
        assert!(text.contains("85.7 %"), "{text}");
        assert!(text.ends_with("bounds.json · a floor · at it · expected valid · refused: why\n"), "{text}");
    }

    #[test]
    fn ninety_eight_percent_are_enough() {
        let groups = groups();
        let mut report = Report::new(&groups, &verdicts(&groups, 0));
        assert!(report.is_enough());
        report.total = Count { tests: 1000, ours: 980, typify: 0 };
        assert!(report.is_enough());
        report.total.ours = 979;
        assert!(!report.is_enough());
    }

    #[test]
    fn nothing_broken_agrees() {
        let broken = Verdict::Broken("it panics".to_owned());
        assert!(!broken.agrees(true) && !broken.agrees(false));
    }

    #[test]
    fn errors_come_before_warnings() {
        assert_eq!(headline("warning[x]: y\n\nerror[z]: w\n"), "error[z]: w");
        assert_eq!(headline("\nthe process ended"), "the process ended");
    }
}
