//! `scaffold-service`: the beginning of a service, written once.

use super::{House, errors_of, say};
use spec_codegen::workspace::{self, Input};
use std::path::Path;
use std::process::ExitCode;

/// Writes the program of a service for the one API of a run.
pub(super) fn write(input: &Input, file: &Path, house: &House) -> ExitCode {
    let run = workspace::run_with(input, house.runtime.as_ref());
    if errors_of(&run, false) {
        return ExitCode::from(2);
    }
    let [api] = run.apis.as_slice() else {
        let names: Vec<&str> = run.apis.iter().map(|api| api.name.as_str()).collect();
        eprintln!("error: a service is of one API: choose it with --api, of {}", names.join(", "));
        return ExitCode::from(2);
    };
    match workspace::begin_service(api, file, house.program) {
        Ok(begun) => {
            for path in &begun.written {
                say(&format!("written, and yours from now on: {}", path.display()));
            }
            for note in &begun.notes {
                eprintln!("note: {note}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}\nnothing was written");
            ExitCode::from(2)
        }
    }
}
