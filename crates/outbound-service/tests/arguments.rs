//! Arguments of the service: what is told at start, and in which words.

use outbound_service::arguments::{Command, read};
use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt::Write as _;

/// Reads a command line, with variables of the environment before it, and says what comes of it.
fn said(line: &str) -> String {
    let (variables, arguments): (Vec<&str>, Vec<&str>) =
        line.split_whitespace().partition(|word| word.starts_with("OUTBOUND_"));
    let variables: HashMap<&str, &str> = variables.iter().filter_map(|word| word.split_once('=')).collect();
    let arguments = ["outbound-service"].into_iter().chain(arguments).map(OsString::from);
    match read(arguments, |name| variables.get(name).map(|value| (*value).to_owned())) {
        Ok(Command::Serve(settings)) => format!(
            "serves {:?} at {} for {:?}{}, metrics {:?}, log {:?} {}",
            settings.database,
            settings.listen,
            settings.keys,
            if settings.made.is_some() { " with a key for this run" } else { "" },
            settings.metrics,
            settings.log,
            settings.level,
        ),
        Ok(other) => format!("{other:?}"),
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn arguments_are_kept_or_told() {
    let mut told = String::new();
    for line in [
        "",
        "OUTBOUND_KEYS=ada:a,bob:b --listen 0.0.0.0:80 --log json --log-level debug --metrics 127.0.0.1:9",
        "OUTBOUND_DATABASE=postgres://a:b@c/d",
        "OUTBOUND_DATABASE=postgres://a:b@c/d --database x.db --rate 0",
        "key ada@example.com",
        "--help",
        "--listen 0.0.0.0:80",
        "--listen here",
        "--log xml",
        "--log-level loud",
        "--rate -1",
        "--keys /no/such/file",
        "OUTBOUND_KEYS=ada:a --keys x",
        "OUTBOUND_KEYS=ada",
        "OUTBOUND_KEYS=,",
        "--port 80",
        "key",
        "serve",
    ] {
        writeln!(told, "{line}\n    {}", said(line)).unwrap();
    }
    insta::assert_snapshot!(told);
}
