//! Arguments and environment: what the service is told when it starts.
//!
//! Knows names of options. Must not know what is done with them.

use crate::keys::{KeyError, Keys, make};
use lexopt::{Arg, Parser, ValueExt as _};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;
use thiserror::Error;
use tracing::Level;

/// The text that `--help` prints.
pub const HELP: &str = "\
Serves outbound campaigns.

Usage: outbound-service [OPTIONS]
       outbound-service key NAME     Makes a key: prints it, and the line for the file of keys.

Options:
  --listen ADDRESS     Where to listen [default: 127.0.0.1:8080]
  --database DATABASE  A file of SQLite, or postgres://… [default: outbound-campaigns.db]
  --keys FILE          Who may use the service: a line `NAME sha256:DIGEST` for each key
  --rate NUMBER        How often each key may be used in a second; 0 for no limit [default: 100]
  --metrics ADDRESS    Where Prometheus finds /metrics; nowhere, if it is left out
  --log FORMAT         text or json [default: text]
  --log-level LEVEL    error, warn, info, debug or trace [default: info]
  -h, --help           Prints this

Environment:
  OUTBOUND_DATABASE    The same as --database, for URLs that hold a password
  OUTBOUND_KEYS        Keys for trying it out, instead of --keys: name:key,…

Without any keys, and listening at a loopback address, the service makes a key for this run, and prints it.";

/// The task that the service is given.
#[derive(Debug)]
pub enum Command {
    /// To serve.
    Serve(Box<Settings>),
    /// To make a key with this name.
    Key(String),
    /// To print [`HELP`].
    Help,
}

/// The settings of the service.
#[derive(Debug)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// A file of SQLite, or a URL of PostgreSQL.
    pub database: String,
    /// Who may use the service, and how often.
    pub keys: Keys,
    /// A key that was made for this run, to be printed.
    pub made: Option<String>,
    /// Where the page of metrics is, if anywhere.
    pub metrics: Option<SocketAddr>,
    /// The form of logs.
    pub log: LogFormat,
    /// The lowest level that is logged.
    pub level: Level,
}

/// The form of logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: an object on each line.
    Json,
}

impl FromStr for LogFormat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err(()),
        }
    }
}

/// Arguments that can't be kept.
#[derive(Debug, Error)]
pub enum ArgumentError {
    /// They are none that the service has.
    #[error("{0}; see --help")]
    Arguments(#[from] lexopt::Error),
    /// An option with a value that it can't have.
    #[error("{option} {value}: write {wanted}")]
    Value {
        /// The option.
        option: &'static str,
        /// The value that was given.
        value: String,
        /// The values that it can have.
        wanted: &'static str,
    },
    /// A file that can't be read.
    #[error("--keys {}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A file that is not one of keys.
    #[error("--keys {}: {error}", path.display())]
    Keys {
        /// The file.
        path: PathBuf,
        /// Why.
        error: KeyError,
    },
    /// A variable that holds no keys.
    #[error("OUTBOUND_KEYS: {0}")]
    Variable(KeyError),
    /// Keys in two places.
    #[error("keys come from --keys or from OUTBOUND_KEYS: leave one of them out")]
    TwoSources,
    /// Nobody could use the service, or everybody.
    #[error("there are no keys, and {0} can be reached from elsewhere: give --keys FILE or OUTBOUND_KEYS")]
    NoKeys(SocketAddr),
    /// The system has no random numbers.
    #[error("a key can't be made: {0}")]
    Random(#[from] getrandom::Error),
}

/// Reads arguments; variables of the environment are looked up by name.
///
/// # Errors
///
/// When they can't be kept; the message says which, and what to do.
pub fn read(
    arguments: impl IntoIterator<Item = OsString>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Command, ArgumentError> {
    let mut listen = SocketAddr::from(([127, 0, 0, 1], 8080));
    let mut database = variable("OUTBOUND_DATABASE");
    let (mut keys, mut metrics) = (None::<PathBuf>, None);
    let (mut log, mut level, mut rate) = (LogFormat::Text, Level::INFO, NonZeroU32::new(100));
    let mut parser = Parser::from_iter(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("listen") => {
                listen = value(&mut parser, "--listen", "an address, such as 127.0.0.1:8080")?
            }
            Arg::Long("database") => database = Some(parser.value()?.string()?),
            Arg::Long("keys") => keys = Some(parser.value()?.into()),
            Arg::Long("rate") => rate = NonZeroU32::new(value(&mut parser, "--rate", "a number, 0 or more")?),
            Arg::Long("metrics") => {
                metrics = Some(value(&mut parser, "--metrics", "an address, such as 127.0.0.1:9090")?);
            }
            Arg::Long("log") => log = value(&mut parser, "--log", "text or json")?,
            Arg::Long("log-level") => {
                level = value(&mut parser, "--log-level", "error, warn, info, debug or trace")?;
            }
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
            Arg::Value(command) if command == "key" => return Ok(Command::Key(parser.value()?.string()?)),
            other => return Err(other.unexpected().into()),
        }
    }
    let (keys, made) = match (keys, variable("OUTBOUND_KEYS")) {
        (Some(_), Some(_)) => return Err(ArgumentError::TwoSources),
        (Some(path), None) => (keys_of_file(path)?, None),
        (None, Some(text)) => (Keys::from_variable(&text).map_err(ArgumentError::Variable)?, None),
        (None, None) if listen.ip().is_loopback() => {
            let (key, line) = make("you@example.com")?;
            (Keys::from_file(&line).map_err(ArgumentError::Variable)?, Some(key))
        }
        (None, None) => return Err(ArgumentError::NoKeys(listen)),
    };
    let database = database.unwrap_or_else(|| "outbound-campaigns.db".to_owned());
    let keys = keys.with_rate(rate);
    Ok(Command::Serve(Box::new(Settings { listen, database, keys, made, metrics, log, level })))
}

fn value<T: FromStr>(
    parser: &mut Parser,
    option: &'static str,
    wanted: &'static str,
) -> Result<T, ArgumentError> {
    let value = parser.value()?.string()?;
    value.parse().map_err(|_| ArgumentError::Value { option, value, wanted })
}

fn keys_of_file(path: PathBuf) -> Result<Keys, ArgumentError> {
    match std::fs::read_to_string(&path) {
        Ok(text) => Keys::from_file(&text).map_err(|error| ArgumentError::Keys { path, error }),
        Err(error) => Err(ArgumentError::File { path, error }),
    }
}
