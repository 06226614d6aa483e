//! Trials of the client: `trials --help`.
//!
//! * [`scenes`]: a server that misbehaves as it is told, for clients of any language;
//! * [`clients`]: our client, and what progenitor prints by itself, in those scenes;
//! * [`proxy`] and [`endurance`]: the real service behind a proxy that fails at random, and what may never
//!   be;
//! * [`load`]: what a call costs, beside `reqwest` by hand.

mod clients;
mod endurance;
mod load;
mod proxy;
mod scenes;
#[cfg(test)]
mod tests;
mod wire;

use lexopt::{Arg, Parser, ValueExt as _};
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

const HELP: &str = "\
Tries the client on servers and networks that misbehave.

Usage: trials scenes                          Serves the scenes, and prints where
       trials client WHO URL SCENE            Plays ours or progenitor in a scene
       trials endurance [--calls N] [--seed N] [--workers N]
                                              Calls the service through a proxy that fails at random
       trials server [--wait SECONDS]         Serves one campaign to load, and prints where
       trials load WHO URL [--calls N] [--workers N]
                                              Calls it as ours, once (ours without retries), or by-hand
                                              (reqwest), and prints figures";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("trials: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The arguments: words, and options with numbers.
struct Arguments {
    words: Vec<String>,
    calls: usize,
    workers: usize,
    seed: u64,
    wait: u64,
}

fn arguments() -> Result<Option<Arguments>, lexopt::Error> {
    let mut read = Arguments { words: Vec::new(), calls: 100_000, workers: 64, seed: 1, wait: 0 };
    let mut parser = Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("calls") => read.calls = parser.value()?.parse()?,
            Arg::Long("workers") => read.workers = parser.value()?.parse()?,
            Arg::Long("seed") => read.seed = parser.value()?.parse()?,
            Arg::Long("wait") => read.wait = parser.value()?.parse()?,
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Value(word) => read.words.push(word.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(read))
}

#[tokio::main]
async fn run() -> Result<ExitCode, Box<dyn Error>> {
    let Some(read) = arguments()? else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let words: Vec<&str> = read.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["scenes"] => scenes::serve().await?,
        ["client", who, url, scene] => println!("{}", clients::play(who, url, scene).await?),
        ["endurance"] => {
            let report = endurance::endure(read.calls, read.workers, read.seed).await?;
            println!("{report}");
            return Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        ["server"] => load::serve(Duration::from_secs(read.wait)).await?,
        ["load", who, url] => println!("{}", load::measure(who, url, read.calls, read.workers).await?),
        _ => return Err(HELP.into()),
    }
    Ok(ExitCode::SUCCESS)
}
