//! Compares each document of a folder with itself, and says which have changes or take long:
//! `cargo run -p spec-diff --example itself -- DIR [LARGEST]`, where documents of more bytes are left out.

use spec_document::{Diagnostics, Sources};
use std::error::Error;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments.first().ok_or("give a folder")?;
    let largest: u64 = arguments.get(1).map_or(Ok(u64::MAX), |text| text.parse())?;
    let (mut count, mut slowest) = (0, Duration::ZERO);
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let metadata = std::fs::metadata(&path)?;
        if !metadata.is_file() || metadata.len() > largest {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let id = sources.add(path.display().to_string(), text);
        let Some(document) = sources.parse(id, None, &mut diagnostics) else { continue };
        let Some(api) = spec_api::read_as(&document, spec_api::Untyped::Any, &mut diagnostics) else {
            continue;
        };
        let mut other = api.clone();
        turn(&mut other.json);
        other.operations.reverse();
        let start = Instant::now();
        let report = spec_diff::compare(&api, &other);
        let took = start.elapsed();
        (count, slowest) = (count + 1, slowest.max(took));
        if !report.changes.is_empty() || took > Duration::from_secs(2) {
            println!("{}: {} changes in {took:?}", path.display(), report.changes.len());
            for change in report.changes.iter().take(3) {
                println!("  {} {} {} {:?}", change.id, change.pointer(), change.text, change.evidence);
            }
        }
    }
    println!("{count} documents, slowest {slowest:?}");
    Ok(())
}

/// Writes the members of all objects, and lists that are sets, the other way round. Nothing is to be the same
/// text.
fn turn(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            let turned: Vec<_> = std::mem::take(members).into_iter().rev().collect();
            for (name, mut member) in turned {
                turn(&mut member);
                if let (true, serde_json::Value::Array(list)) =
                    (name == "required" || name == "enum", &mut member)
                {
                    list.reverse();
                }
                if name == "description" && member.is_string() {
                    member = serde_json::Value::from("Other words");
                }
                members.insert(name, member);
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(turn),
        _ => {}
    }
}
