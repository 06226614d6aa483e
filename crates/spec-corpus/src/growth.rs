//! Documents that are made, each larger than the one before: whether time and memory grow as they do.
//!
//! Knows how such a document looks: things with the five operations that most have, and schemas of their
//! own. Must not know what becomes of one; a process of its own says that.

use crate::child::{Outcome, Task};
use crate::generate::Limits;
use crate::report;
use serde_json::{Map, Value, json};
use spec_oracle::children;
use std::fs;
use std::path::Path;

/// The numbers of operations, unless others are asked for.
pub const SIZES: [usize; 4] = [100, 1_000, 10_000, 50_000];

/// The number of operations of each thing.
const OPERATIONS: usize = 5;

/// The growth of what an operation takes, from the second document to the last, that is no fault.
const GROWTH: f64 = 1.2;

/// The number of times that each document is generated; the median counts.
const ROUNDS: usize = 3;

/// The cost of one document.
struct Taken {
    operations: usize,
    seconds: f64,
    /// In bytes; none where the system does not tell.
    memory: Option<u64>,
    lines: usize,
}

/// Generates documents of so many operations, one after the other. Returns a table, and whether what an
/// operation takes stays the same.
///
/// # Errors
///
/// Returns why a document could not be made, or was not generated.
pub fn run(
    sizes: &[usize],
    limits: Limits,
    out: &Path,
    markdown: Option<&Path>,
) -> Result<(String, bool), String> {
    let mut all = Vec::new();
    for operations in sizes {
        let things = operations.div_ceil(OPERATIONS);
        let path = out.join(format!("grown{operations}.json"));
        fs::write(&path, document(things).to_string())
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            // Smaller ones that are known are told nevertheless.
            let taken = taken(things * OPERATIONS, &path, limits, out);
            rounds.push(taken.map_err(|error| format!("{error}\n\n{}", table(&all).0))?);
        }
        rounds.sort_by(|left, right| left.seconds.total_cmp(&right.seconds));
        all.push(rounds.swap_remove(ROUNDS / 2));
    }
    let (table, is_well) = table(&all);
    if let Some(path) = markdown {
        report::write(path, &table)?;
    }
    Ok((table, is_well))
}

fn taken(operations: usize, path: &Path, limits: Limits, out: &Path) -> Result<Taken, String> {
    let krate = "grown".to_owned();
    let task = Task { path: path.to_owned(), krate, out: out.to_owned(), memory: limits.memory };
    let ended = children::run(&mut task.command()?, limits.timeout, &mut |_| {})?;
    let said = ended.status.is_some_and(|status| status.success()).then_some(&ended.out);
    let outcome: Option<Outcome> = said.and_then(|out| serde_json::from_str(out).ok());
    match outcome.filter(|outcome| outcome.generated) {
        Some(outcome) => Ok(Taken {
            operations,
            seconds: outcome.seconds,
            memory: outcome.memory,
            lines: outcome.lines.values().sum(),
        }),
        None => {
            let limit = limits.timeout.as_secs_f64();
            let why = match ended.status {
                None => format!("it took more than {limit} s; --timeout gives it longer"),
                Some(_) => ended.complaint.trim().to_owned(),
            };
            Err(format!("{operations} operations were not generated: {why}"))
        }
    }
}

/// Returns the table, and whether an operation of the last document takes as much as one of the second.
fn table(all: &[Taken]) -> (String, bool) {
    let each = |taken: &Taken| taken.seconds / taken.operations as f64;
    let memory_of_each = |taken: &Taken| Some(taken.memory? as f64 / taken.operations as f64);
    let mut table = String::from(
        "| operations | lines | seconds | ms for one | peak, MiB | KiB for one |\n\
         |---:|---:|---:|---:|---:|---:|\n",
    );
    for taken in all {
        let (operations, lines, seconds) = (taken.operations, taken.lines, taken.seconds);
        let peak =
            taken.memory.map_or("?".to_owned(), |own| format!("{:.0}", own as f64 / f64::from(1 << 20)));
        let own = memory_of_each(taken).map_or("?".to_owned(), |own| format!("{:.1}", own / 1024.0));
        let one = each(taken) * 1e3;
        table.push_str(&format!("| {operations} | {lines} | {seconds:.2} | {one:.2} | {peak} | {own} |\n"));
    }
    let ([_, from, .., to] | [from, to]) = all else { return (table, true) };
    let time = each(to) / each(from);
    let memory = memory_of_each(to).zip(memory_of_each(from)).map(|(to, from)| to / from);
    let (first, last) = (from.operations, to.operations);
    let said = memory.map_or_else(String::new, |memory| format!(", and {memory:.2} times the memory"));
    table.push_str(&format!(
        "\nFrom {first} to {last} operations, one takes {time:.2} times the time{said}.\n"
    ));
    (table, time <= GROWTH && memory.is_none_or(|memory| memory <= GROWTH))
}

/// Makes a document of so many things.
fn document(things: usize) -> Value {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    for number in 0..things {
        let name = format!("Thing{number}");
        let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let content = |schema: Value| json!({ "application/json": { "schema": schema } });
        let answer =
            |schema: Value| json!({ "description": "The thing as it is kept.", "content": content(schema) });
        let body = json!({ "required": true, "content": content(reference(&format!("{name}Input"))) });
        let whole = answer(reference(&name));
        let gone = json!({ "description": "There is nothing any more." });
        let page = answer(json!({ "type": "array", "items": reference(&name) }));
        let limit = json!({ "name": "limit", "in": "query", "schema": { "type": "integer", "minimum": 1 } });
        let id = json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } });
        let own = |verb: &str| format!("{verb}{name}");
        paths.insert(
            format!("/things{number}"),
            json!({
                "get": { "operationId": own("list"), "parameters": [limit], "responses": { "200": page } },
                "post": { "operationId": own("create"), "requestBody": body, "responses": { "201": whole } },
            }),
        );
        paths.insert(
            format!("/things{number}/{{id}}"),
            json!({
                "parameters": [id],
                "get": { "operationId": own("get"), "responses": { "200": whole } },
                "put": { "operationId": own("update"), "requestBody": body, "responses": { "200": whole } },
                "delete": { "operationId": own("delete"), "responses": { "204": gone } },
            }),
        );
        schemas.insert(format!("{name}Input"), input(number));
        let kept = json!({
            "type": "object",
            "required": ["id", "created_at"],
            "properties": {
                "id": { "type": "string" },
                "created_at": { "type": "string", "format": "date-time" },
            },
        });
        schemas.insert(name.clone(), json!({ "allOf": [reference(&format!("{name}Input")), kept] }));
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Grown", "version": "1" },
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

/// Makes the schema of what a thing is made of; no two mean the same.
fn input(number: usize) -> Value {
    json!({
        "type": "object",
        "description": "What somebody says of a thing.",
        "required": ["title", "kind"],
        "properties": {
            "title": { "type": "string", "minLength": 1, "maxLength": 40 + number },
            "kind": { "type": "string", "enum": ["small", "large", format!("other{number}")] },
            "count": { "type": ["integer", "null"], "minimum": 0, "description": "How many there are." },
            "labels": { "type": "object", "additionalProperties": { "type": "string" } },
            "place": {
                "type": "object",
                "required": ["street"],
                "properties": {
                    "street": { "type": "string" },
                    "number": { "type": "integer", "maximum": number + 1 },
                },
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::{Taken, document, table};
    use crate::count;
    use std::fs;

    #[test]
    fn documents_have_the_operations_that_are_asked_for() {
        let folder = std::env::temp_dir().join(format!("spec-corpus-growth-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("grown.json");
        fs::write(&path, document(3).to_string()).expect("a file");
        let counted = count::document(&path).expect("a document").counts;
        assert_eq!((counted.operations, counted.schemas), (15, 6));
        fs::remove_dir_all(&folder).expect("a folder");
    }

    #[test]
    fn growth_counts_from_the_second_document() {
        let taken = |operations: usize, seconds: f64, memory: u64| Taken {
            operations,
            seconds,
            memory: Some(memory),
            lines: 7,
        };
        let (text, is_well) =
            table(&[taken(10, 1.0, 1000), taken(100, 1.0, 1000), taken(1000, 11.0, 11_000)]);
        assert!(
            is_well && text.ends_with("one takes 1.10 times the time, and 1.10 times the memory.\n"),
            "{text}"
        );
        assert!(!table(&[taken(10, 1.0, 1000), taken(100, 13.0, 10_000)]).1);
        assert!(!table(&[taken(10, 1.0, 1000), taken(100, 10.0, 13_000)]).1);
    }
}
