//! `spec links`: which values of which answers go into which requests.
//!
//! Must not know how links are found.

use crate::documents;
use serde_json::{Value, json};
use spec_suite::Link;
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

const HELP: &str = "\
Lists which values of which answers `spec test` puts into which requests, each with its reason: links of the
document, and those that names and paths tell.

Usage: spec links DOC [OPTIONS]

DOC is a path, a URL, or REVISION:PATH for a file as a revision of Git has it.

  --format FORMAT  text, in columns on a terminal and else a line for each (the default), or json
  --help           this text
";

/// The heads of the columns, which are the names of members in JSON as well.
const HEADS: [&str; 5] = ["from", "value", "to", "place", "reason"];

#[derive(Default)]
struct Arguments {
    document: String,
    is_json: bool,
}

/// Runs the command.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    crate::command(arguments(words), HELP, |own| list(&own))
}

/// Writes the links of a document.
fn list(own: &Arguments) -> Result<ExitCode, String> {
    let (api, _) = documents::api(&own.document)?;
    let links = spec_suite::links(&api);
    let text = if own.is_json {
        format!("{:#}\n", Value::from(links.iter().map(object).collect::<Vec<_>>()))
    } else if std::io::stdout().is_terminal() {
        columns(&links)
    } else {
        links.iter().map(|link| format!("{link}\n")).collect()
    };
    // Whoever reads may have enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}

/// Returns what stands in the columns of a link.
fn row(link: &Link) -> [String; 5] {
    let (start, place) = (format!("{} (", link.from), link.target.to_string());
    let end = format!(") -> {} ({place}): {}", link.to, link.reason);
    // Says where its value comes from, as the line of a link does.
    let line = link.to_string();
    let value = line.strip_prefix(&start).and_then(|rest| rest.strip_suffix(&end)).unwrap_or_default();
    [link.from.clone(), value.to_owned(), link.to.clone(), place, link.reason.clone()]
}

fn object(link: &Link) -> Value {
    let mut object: Value = HEADS.into_iter().map(str::to_owned).zip(row(link).map(Value::from)).collect();
    object["rank"] = json!(link.rank);
    object
}

/// Writes links below each other, each part as wide as the longest.
fn columns(links: &[Link]) -> String {
    let heads = HEADS.map(str::to_uppercase);
    let rows: Vec<[String; 5]> = std::iter::once(heads).chain(links.iter().map(row)).collect();
    let width = |index: usize| rows.iter().map(|row| row[index].chars().count()).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2), width(3)];
    let line = |row: &[String; 5]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}  "));
        format!("{}{}\n", cells.collect::<String>(), row[4])
    };
    rows.iter().map(line).collect()
}

fn arguments(words: Vec<OsString>) -> Result<Option<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut own = Arguments::default();
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(word) if own.document.is_empty() => own.document = word.string()?,
            Long("format") => {
                own.is_json = match parser.value()?.string()?.as_str() {
                    "text" => false,
                    "json" => true,
                    other => return Err(format!("there is no format `{other}`; write text or json").into()),
                }
            }
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    if own.document.is_empty() {
        return Err("say which document is meant: spec links DOC".into());
    }
    Ok(Some(own))
}

#[cfg(test)]
mod tests {
    use super::{columns, object};
    use serde_json::json;
    use spec_document::{Diagnostics, Sources};

    #[test]
    fn links_have_columns_and_members() {
        let text = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    post:\n      \
                    operationId: make\n      responses: {'201': {description: d, content: \
                    {application/json: {schema: {type: object, required: [id], \
                    properties: {id: {type: string}}}}}}}\n  '/a/{id}':\n    get:\n      \
                    operationId: one\n      parameters: [{name: id, in: path, required: true, \
                    schema: {type: string}}]\n      \
                    responses: {'204': {description: d}}\n";
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let source = sources.add("a.yaml", text);
        let document = sources.parse(source, None, &mut diagnostics).expect("a tree");
        let links = spec_suite::links(&spec_api::read(&document, &mut diagnostics).expect("an API"));
        let table = columns(&links);
        let mut lines = table.lines();
        assert_eq!(lines.next(), Some("FROM  VALUE       TO   PLACE    REASON"));
        assert!(
            lines.next().is_some_and(|line| line.starts_with("make  answer /id  one  path id  ")),
            "{table}"
        );
        let own = object(&links[0]);
        assert_eq!(
            (&own["from"], &own["value"], &own["place"]),
            (&json!("make"), &json!("answer /id"), &json!("path id"))
        );
        assert!(own["rank"].is_number() && own["reason"].is_string(), "{own}");
    }
}
