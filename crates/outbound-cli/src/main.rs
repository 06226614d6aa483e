//! Command-line program of Syllable Outbound Campaigns.

#[allow(clippy::all, deprecated)]
#[rustfmt::skip]
mod generated;

use std::process::ExitCode;

fn main() -> ExitCode {
    spec_command::run(&generated::API)
}
