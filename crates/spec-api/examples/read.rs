//! Reads documents and says how many operations, schemas, errors and warnings each has.
//!
//! `cargo run --release -p spec-api --example read -- [--verbose] DOCUMENT…`; with `--verbose` the
//! diagnostics follow.

use spec_document::{Diagnostics, Renderer, Severity, Sources};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let (options, paths): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let verbose = options.iter().any(|option| option == "--verbose");
    if paths.is_empty() || options.iter().any(|option| option != "--verbose") {
        eprintln!("usage: read [--verbose] DOCUMENT…");
        return ExitCode::FAILURE;
    }
    let mut all_good = true;
    for path in &paths {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("{path}: {error}");
                all_good = false;
                continue;
            }
        };
        let name = Path::new(path)
            .file_name()
            .map_or_else(|| path.clone(), |name| name.to_string_lossy().into_owned());
        let mut sources = Sources::new();
        let mut diagnostics = Diagnostics::new();
        let id = sources.add(name.as_str(), text);
        let document = sources.parse(id, None, &mut diagnostics);
        let start = Instant::now();
        let api = document.and_then(|document| spec_api::read(&document, &mut diagnostics));
        let milliseconds = start.elapsed().as_millis();
        let (operations, schemas) = api.map_or((0, 0), |api| (api.operations.len(), api.schemas().count()));
        let (errors, warnings) = (diagnostics.count(Severity::Error), diagnostics.count(Severity::Warning));
        println!(
            "{name}: {operations} operations, {schemas} schemas, {errors} errors, \
             {warnings} warnings ({milliseconds} ms)"
        );
        if verbose && !diagnostics.is_empty() {
            println!("{}\n", Renderer::new(&sources).render_all(&diagnostics));
        }
        all_good &= errors == 0;
    }
    if all_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
