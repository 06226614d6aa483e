//! A table by hand: what no document asks for yet, and what the generator has to know.

use futures_util::stream::{self, StreamExt};
use serde_json::json;
use spec_command::{Api, Argument, Arguments, Command, Failure, Items, Kind, Place, Prepared, run_from};
use spec_runtime::client::Options;
use std::path::Path;
use std::process::ExitCode;

/// A client that is only its settings: nothing is sent.
const API: Api<Options> = Api {
    name: "numbers",
    version: "1.2.3",
    about: "Count",
    base_url: Some("http://127.0.0.1:1"),
    base_url_variable: None,
    connect: |_| Options::default(),
    schemes: &[],
    groups: &[],
    commands: &[LIST],
    definitions: &[],
};

const LIST: Command<Options> = Command::new("list", "GET", "/numbers", refuse)
    .parameters(&[Argument::new("limit", "limit", Place::Query, Kind::Integer)])
    .pages(numbers);

fn refuse<'c>(_: &'c Options, _: &Arguments) -> Result<Prepared<'c>, Failure> {
    Err(Failure::usage("one page was asked for"))
}

/// Counts to a limit; a third page is never asked for where two are enough.
fn numbers<'c>(_: &'c Options, arguments: &Arguments) -> Result<Items<'c>, Failure> {
    let limit: u64 = arguments.required("limit")?;
    Ok(stream::iter((1..=limit).map(|number| match number {
        1..=6 => Ok(json!({ "number": number })),
        _ => Err(Failure::usage("a page too many was asked for")),
    }))
    .boxed())
}

fn run(file: &Path, words: &[&str]) -> (ExitCode, String) {
    let own = ["numbers", "--output-file", file.to_str().unwrap()];
    let code = run_from(&API, [&own[..], words].concat());
    (code, std::fs::read_to_string(file).unwrap_or_default())
}

#[test]
fn pages_are_gone_through_as_far_as_asked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out");
    let (code, text) = run(&file, &["list", "--limit", "3", "--all", "-o", "jsonl"]);
    assert_eq!(
        (code, text.as_str()),
        (ExitCode::SUCCESS, "{\"number\":1}\n{\"number\":2}\n{\"number\":3}\n")
    );
    let (code, text) =
        run(&file, &["list", "--limit", "99", "--max-items", "2", "--query", "/number", "-o", "raw"]);
    assert_eq!((code, text.as_str()), (ExitCode::SUCCESS, "1\n2\n"));
    let (code, text) = run(&file, &["list", "--limit", "2", "--all", "--query", "$.number"]);
    assert_eq!((code, text.as_str()), (ExitCode::SUCCESS, "[\n  1,\n  2\n]\n"), "one list, of each item");
    let (code, text) = run(&file, &["list", "--limit", "2", "--all"]);
    let both = "[\n  {\n    \"number\": 1\n  },\n  {\n    \"number\": 2\n  }\n]\n";
    assert_eq!((code, text.as_str()), (ExitCode::SUCCESS, both));
    // Nothing that is wrong takes away what was there.
    for wrong in [&["--limit", "9", "--all"][..], &["--limit", "9"], &["--all", "--query", "/~2"]] {
        let (code, text) = run(&file, &[&["list"], wrong].concat());
        assert_eq!((code, text.as_str()), (ExitCode::from(2), both), "{wrong:?}");
    }
    let (code, text) = run(&file, &["list", "--limit", "2", "--all", "--query", "/size"]);
    assert_eq!((code, text.as_str()), (ExitCode::SUCCESS, ""), "a query that finds nothing is no mistake");
}

/// The generator keeps parameters from the flags that every command has; both lists are the same.
#[test]
fn the_generator_knows_every_flag() {
    let source = include_str!("../../spec-codegen/src/plan/commands/names.rs");
    let list = source.split("FLAGS: [&str;").nth(1).unwrap().split("];").next().unwrap();
    let reserved: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    // However the source is laid out; help and version are those of clap.
    let program: String = include_str!("../src/program.rs").split_whitespace().collect();
    let mut named = vec!["help", "version"];
    for begin in [".long(\"", "flag(\"", "switch(\""] {
        named.extend(program.split(begin).skip(1).map(|rest| rest.split('"').next().unwrap()));
    }
    named.sort_unstable();
    named.dedup();
    assert_eq!(named, reserved);
}
