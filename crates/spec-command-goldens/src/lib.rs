//! Documents as command-line programs: some of the small documents of `spec-codegen`, and `commands.yaml`,
//! which has what only a command line finds hard.

use serde_json::Value;
use spec_command::Failure;
use std::process::ExitCode;

/// Runs a program with these words, the first of which is its name.
pub type Program = fn(&[&str]) -> ExitCode;

/// Returns what a program says of its tools.
pub type Tools = fn() -> Result<Vec<Value>, Failure>;

include!(concat!(env!("OUT_DIR"), "/all.rs"));
