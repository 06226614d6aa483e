//! Says how long a comparison takes: `cargo run -p spec-diff --example clock -- BASE REVISION`.

use spec_document::{Diagnostics, Sources};
use std::error::Error;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let mut apis = Vec::new();
    for path in std::env::args().skip(1) {
        let start = Instant::now();
        let id = sources.add(&path, std::fs::read_to_string(&path)?);
        let document = sources.parse(id, None, &mut diagnostics).ok_or("no document")?;
        apis.push(spec_api::read_as(&document, spec_api::Untyped::Any, &mut diagnostics).ok_or("no API")?);
        println!("read in {:?}", start.elapsed());
    }
    let [base, revision] = apis.as_slice() else { return Err("give two documents".into()) };
    let start = Instant::now();
    let report = spec_diff::compare(base, revision);
    println!("compared in {:?}: {} changes", start.elapsed(), report.changes.len());
    for change in report.changes.iter().take(5) {
        println!("  {} {} {}", change.id, change.pointer(), change.text);
    }
    Ok(())
}
