//! Holds reports against those that oasdiff gives: `cargo run -p spec-diff --example oasdiff -- DIR [--all]`.
//!
//! The folder has `cases.jsonl` and `synthetic.jsonl`, a pair of documents each line: `base`, `revision`,
//! `expected_ids`, `breaking`. Prints how often both agree, and where they do not.

use spec_diff::{Calendar, Evidence, Level, Report};
use spec_document::{Diagnostics, Sources};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

/// The counts of a run.
#[derive(Default)]
struct Tally {
    pairs: usize,
    agreed: usize,
    explained: usize,
    expected: usize,
    /// Names that were expected of pairs that say the same, so that there is nothing to find.
    nothing: usize,
    found: usize,
    slowest: Duration,
    /// Names that were expected and not found, with how often.
    missing: BTreeMap<String, usize>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments.first().ok_or("give the folder with cases.jsonl and synthetic.jsonl")?;
    let all = arguments.iter().any(|own| own == "--all");
    let folder = Path::new(folder);
    for name in ["cases.jsonl", "synthetic.jsonl"] {
        let mut tally = Tally::default();
        for line in std::fs::read_to_string(folder.join(name))?.lines() {
            pair(folder, &serde_json::from_str(line)?, all, &mut tally)?;
        }
        let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        println!(
            "{name}: {} pairs, verdicts agree {:.1} %, with those that evidence explains {:.1} %; \
             names found {}/{} = {:.1} %, {:.1} % without pairs that say the same; slowest {:?}",
            tally.pairs,
            percent(tally.agreed, tally.pairs),
            percent(tally.agreed + tally.explained, tally.pairs),
            tally.found,
            tally.expected,
            percent(tally.found, tally.expected),
            percent(tally.found, tally.expected - tally.nothing),
            tally.slowest,
        );
        let mut missing: Vec<_> = tally.missing.into_iter().collect();
        missing.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        println!("  not found: {missing:?}");
    }
    Ok(())
}

/// Names without a counterpart: that `info.version` does not tell of what breaks, which the advice says.
fn is_about_versions(id: &str) -> bool {
    id.starts_with("api-version-") || id.starts_with("api-major-version-")
}

fn pair(folder: &Path, case: &serde_json::Value, all: bool, tally: &mut Tally) -> Result<(), Box<dyn Error>> {
    let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
    let start = Instant::now();
    let Some(report) = compare(folder, &text("base"), &text("revision"), &text("today"))? else {
        println!("unreadable {}", text("id"));
        return Ok(());
    };
    tally.slowest = tally.slowest.max(start.elapsed());
    tally.pairs += 1;
    let own: BTreeSet<&str> = report.changes.iter().map(|change| change.id.as_str()).collect();
    let expected =
        case["expected_ids"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
    let expected: Vec<&str> = expected.filter(|id| !is_about_versions(id)).collect();
    let missing: Vec<&str> = expected.iter().copied().filter(|id| !own.contains(id)).collect();
    tally.expected += expected.len();
    if report.changes.is_empty() {
        tally.nothing += expected.len();
    }
    tally.found += expected.len() - missing.len();
    missing.iter().for_each(|id| *tally.missing.entry((*id).to_owned()).or_default() += 1);
    let is_breaking = case["breaking"] == true;
    let agrees = is_breaking == report.is_breaking();
    if agrees {
        tally.agreed += 1;
    } else if is_explained(&report, is_breaking, &expected) {
        tally.explained += 1;
    }
    if !agrees || (all && !missing.is_empty()) {
        let word = if agrees {
            "names"
        } else if is_breaking {
            "MILDER"
        } else {
            "STRICTER"
        };
        println!("{word} {} {} expected {expected:?}", text("id"), case["tests"]);
        for change in &report.changes {
            println!(
                "    {} {} {} {:?} {}",
                change.level,
                change.id,
                change.text,
                change.evidence,
                change.pointer()
            );
        }
    }
    Ok(())
}

/// Returns whether a verdict that is another one has a proof or a witness.
fn is_explained(report: &Report, is_breaking: bool, expected: &[&str]) -> bool {
    let of_level = |level| report.changes.iter().filter(move |change| change.level == level);
    if is_breaking {
        !report.changes.is_empty()
            && of_level(Level::Warning).count() == 0
            && expected.iter().all(|id| report.changes.iter().any(|change| change.id == *id))
    } else {
        of_level(Level::Error)
            .all(|change| matches!(change.evidence, Evidence::Witness(_) | Evidence::Stated(_)))
    }
}

fn compare(folder: &Path, base: &str, revision: &str, today: &str) -> Result<Option<Report>, Box<dyn Error>> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let mut read = |path: &str| -> Result<_, Box<dyn Error>> {
        let id = sources.add(path, std::fs::read_to_string(folder.join(path))?);
        let document = sources.parse(id, None, &mut diagnostics);
        let api = document.and_then(|own| spec_api::read_as(&own, spec_api::Untyped::Any, &mut diagnostics));
        Ok(api)
    };
    let (Some(base), Some(revision)) = (read(base)?, read(revision)?) else { return Ok(None) };
    let calendar = Calendar { today: Some(today.to_owned()), ..Calendar::default() };
    Ok(Some(spec_diff::compare_on(&base, &revision, calendar)))
}
