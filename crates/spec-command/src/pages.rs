//! What shells and `man` read: completions and manual pages.
//!
//! Must not know any command.

use crate::failure::Failure;
use crate::output::print;
use clap::{ArgMatches, Command};
use clap_complete::Shell;
use std::path::Path;

/// Prints what a shell completes commands by.
pub(crate) fn completions(mut program: Command, name: &str, matches: &ArgMatches) -> Result<(), Failure> {
    let Some(shell) = matches.get_one::<Shell>("shell") else {
        return Err(Failure::usage("no shell was named"));
    };
    let mut text = Vec::new();
    clap_complete::generate(*shell, &mut program, name, &mut text);
    print(&text)
}

/// Prints the manual page of the program, or writes those of all commands into a folder.
pub(crate) fn manual(program: Command, matches: &ArgMatches) -> Result<(), Failure> {
    let unwritten = |error: std::io::Error| Failure::usage(format!("the pages can't be written: {error}"));
    match matches.get_one::<String>("folder") {
        Some(folder) => {
            std::fs::create_dir_all(Path::new(folder)).map_err(unwritten)?;
            clap_mangen::generate_to(program, folder).map_err(unwritten)
        }
        None => {
            let mut text = Vec::new();
            clap_mangen::Man::new(program).render(&mut text).map_err(unwritten)?;
            print(&text)
        }
    }
}
