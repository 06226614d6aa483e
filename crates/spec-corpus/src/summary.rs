//! A report → tables for people: on the terminal, and as Markdown.
//!
//! Names and numbers of documents, and nothing that stands in them.

use crate::count::DocumentCounts;
use crate::report::{Compiled, Entry, GeneratedCode, Report, Status};
use spec_oracle::table::{mebibytes, percent, table};
use std::collections::{BTreeMap, BTreeSet};

/// The number of the slowest and of the largest documents that are named.
const MAX_NAMED: usize = 10;

/// The documents that were asked for.
pub struct Summary<'a> {
    report: &'a Report,
    entries: Vec<(&'a str, &'a Entry)>,
    classes: &'a BTreeMap<String, String>,
}

type Rows = Vec<Vec<String>>;

impl<'a> Summary<'a> {
    /// Takes the documents of these names.
    pub fn new(report: &'a Report, names: &BTreeSet<&str>, classes: &'a BTreeMap<String, String>) -> Self {
        let all = report.documents.iter().map(|(name, entry)| (name.as_str(), entry));
        Summary { report, entries: all.filter(|(name, _)| names.contains(name)).collect(), classes }
    }

    /// Returns whether nothing went wrong that is ours to mend.
    pub fn is_well(&self) -> bool {
        self.entries.iter().all(|(_, entry)| entry.is_well())
    }

    /// Writes the summary for a terminal.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.sentence());
        for (title, rows) in self.tables().into_iter().chain([("Compile warnings", self.compile_warnings())])
        {
            if rows.len() > 1 {
                text.push_str(&format!("\n{title}\n{}", table(&rows)));
            }
        }
        for (name, entry) in self.entries.iter().filter(|(_, entry)| !entry.is_well()) {
            text.push_str(&format!("\n{name}: {}\n", failure(entry).join("; ")));
            let compiled = entry.compiled.as_ref().and_then(|compiled| compiled.first_error.as_deref());
            for words in [entry.ending.as_deref(), compiled].into_iter().flatten() {
                text.extend(words.trim_end().lines().map(|line| format!("    {line}\n")));
            }
        }
        text
    }

    /// Writes the summary for a file that is kept beside the code.
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "# What becomes of a folder of documents\n\nWritten by `cargo xtask corpus`: names and numbers \
             only; the documents belong to others.\n\n{}\n",
            self.sentence()
        );
        for (title, rows) in self.tables().into_iter().chain([("All", self.all())]) {
            if rows.len() > 1 {
                text.push_str(&format!("\n## {title}\n\n{}", markdown_table(&rows)));
            }
        }
        text
    }

    /// Makes the tables that both show; one with nothing below its head is left out.
    fn tables(&self) -> Vec<(&'static str, Rows)> {
        vec![
            ("By class", if self.classes.is_empty() { Vec::new() } else { self.by_class() }),
            ("By code", self.by_code()),
            ("Slowest", self.first(|entry| entry.seconds)),
            ("Largest", self.first(|entry| entry.code.as_ref().map_or(0, GeneratedCode::all_lines) as f64)),
        ]
    }

    /// Writes the totals as one sentence.
    fn sentence(&self) -> String {
        let mut parts = Vec::new();
        for status in Status::ALL {
            let count = self.entries.iter().filter(|(_, entry)| entry.status == status).count();
            if count > 0 {
                parts.push(format!("{count} {}", status.name()));
            }
        }
        let lost = self.entries.iter().filter(|(_, entry)| !entry.lost.is_empty()).count();
        if lost > 0 {
            parts.push(format!("{lost} with lost operations"));
        }
        let seconds: f64 = self.entries.iter().map(|(_, entry)| entry.seconds).sum();
        let mut text = format!("{} documents: {} ({seconds:.1} s)", self.entries.len(), parts.join(", "));
        let compiled: Vec<&Compiled> =
            self.entries.iter().filter_map(|(_, entry)| entry.compiled.as_ref()).collect();
        if !compiled.is_empty() {
            let well = compiled.iter().filter(|compiled| compiled.is_well()).count();
            let clean = compiled.iter().filter(|compiled| compiled.is_clean()).count();
            let seconds = self.report.compiler.as_ref().map_or(0.0, |compiler| compiler.seconds);
            text.push_str(&format!(
                "; of {} compiled, {well} without an error, {clean} without a warning ({seconds:.0} s)",
                compiled.len()
            ));
        }
        text
    }

    fn by_class(&self) -> Rows {
        let head = [
            "class",
            "documents",
            "generated",
            "%",
            "compile",
            "%",
            "clean",
            "operations",
            "client",
            "%",
            "server",
            "%",
        ];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        let classes: BTreeSet<&str> = self.entries.iter().map(|(name, _)| self.class(name)).collect();
        let all = if classes.len() > 1 { Some("all") } else { None };
        for class in classes.into_iter().chain(all) {
            let is_in = |name: &str| class == "all" || self.class(name) == class;
            let own: Vec<&Entry> =
                self.entries.iter().filter(|(name, _)| is_in(name)).map(|(_, entry)| *entry).collect();
            let count = |is: &dyn Fn(&Entry) -> bool| own.iter().filter(|entry| is(entry)).count();
            let generated = count(&|entry| entry.status == Status::Generated);
            let well = count(&|entry| entry.compiled.as_ref().is_some_and(Compiled::is_well));
            let clean = count(&|entry| entry.compiled.as_ref().is_some_and(Compiled::is_clean));
            let was_compiled = own.iter().any(|entry| entry.compiled.is_some());
            let or_none = |text: String| if was_compiled { text } else { "-".to_owned() };
            let operations: usize = own.iter().map(|entry| entry.operations()).sum();
            let codes = || own.iter().filter_map(|entry| entry.code.as_ref());
            let (client, server) =
                (codes().map(|code| code.client).sum(), codes().map(|code| code.server).sum());
            rows.push(vec![
                class.to_owned(),
                own.len().to_string(),
                generated.to_string(),
                percent(generated, own.len()),
                or_none(well.to_string()),
                or_none(percent(well, own.len())),
                or_none(clean.to_string()),
                operations.to_string(),
                format!("{client}"),
                percent(client, operations),
                format!("{server}"),
                percent(server, operations),
            ]);
        }
        rows
    }

    fn class(&self, name: &str) -> &str {
        self.classes.get(name).map_or("not in the inventory", String::as_str)
    }

    fn by_code(&self) -> Rows {
        let mut counts: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
        for (_, entry) in &self.entries {
            for (severity, codes) in [("error", &entry.errors), ("warning", &entry.warnings)] {
                for (code, count) in codes {
                    let (documents, all) = counts.entry((severity, code)).or_default();
                    *documents += 1;
                    *all += count;
                }
            }
        }
        let mut rows = vec![["code", "severity", "documents", "times"].map(str::to_owned).to_vec()];
        rows.extend(counts.into_iter().map(|((severity, code), (documents, all))| {
            vec![code.to_owned(), severity.to_owned(), documents.to_string(), all.to_string()]
        }));
        rows
    }

    /// Lists the documents that have the most of something.
    fn first(&self, of: impl Fn(&Entry) -> f64) -> Rows {
        let mut entries: Vec<_> = self.entries.iter().filter(|(_, entry)| of(entry) > 0.0).collect();
        entries.sort_by(|(_, left), (_, right)| of(right).total_cmp(&of(left)));
        let mut rows = vec![["document", "seconds", "MiB", "KiB read", "lines"].map(str::to_owned).to_vec()];
        for (name, entry) in entries.into_iter().take(MAX_NAMED) {
            let lines = entry.code.as_ref().map_or("-".to_owned(), |code| code.all_lines().to_string());
            let read = entry.bytes.div_ceil(1024).to_string();
            rows.push(vec![(*name).to_owned(), format!("{:.2}", entry.seconds), memory(entry), read, lines]);
        }
        rows
    }

    /// Lists documents of which the compiler has something to say, each with the first line of it.
    fn compile_warnings(&self) -> Rows {
        let mut rows = vec![["document", "times", "first"].map(str::to_owned).to_vec()];
        for (name, entry) in &self.entries {
            let Some(compiled) = entry.compiled.as_ref().filter(|compiled| compiled.warnings > 0) else {
                continue;
            };
            let first =
                compiled.first_warning.as_deref().and_then(|text| text.lines().next()).unwrap_or_default();
            rows.push(vec![(*name).to_owned(), compiled.warnings.to_string(), first.to_owned()]);
        }
        rows
    }

    /// Lists every document.
    fn all(&self) -> Rows {
        let head = [
            "document",
            "outcome",
            "operations",
            "client",
            "server",
            "webhooks and callbacks",
            "received",
            "schemas",
            "models",
            "seconds",
            "MiB",
            "lines",
            "compile errors",
            "compile warnings",
            "errors",
        ];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for (name, entry) in &self.entries {
            let none = || "-".to_owned();
            let document = |number: fn(&DocumentCounts) -> usize| {
                entry.document.as_ref().map_or_else(none, |counts| number(counts).to_string())
            };
            let code = |number: fn(&GeneratedCode) -> usize| {
                entry.code.as_ref().map_or_else(none, |code| number(code).to_string())
            };
            let compiled = |number: fn(&Compiled) -> usize| {
                entry.compiled.as_ref().map_or_else(none, |compiled| number(compiled).to_string())
            };
            let errors: Vec<String> =
                entry.errors.iter().map(|(code, count)| format!("{code} {count}")).collect();
            rows.push(vec![
                (*name).to_owned(),
                if entry.lost.is_empty() {
                    entry.status.name().to_owned()
                } else {
                    format!("{}, lost", entry.status.name())
                },
                document(|counts| counts.operations),
                code(|code| code.client),
                code(|code| code.server),
                document(|counts| counts.webhooks + counts.callbacks),
                code(|code| code.received),
                document(|counts| counts.schemas),
                code(|code| code.models),
                format!("{:.2}", entry.seconds),
                memory(entry),
                code(GeneratedCode::all_lines),
                compiled(|compiled| compiled.errors),
                compiled(|compiled| compiled.warnings),
                errors.join(", "),
            ]);
        }
        rows
    }
}

fn memory(entry: &Entry) -> String {
    entry.memory.map_or("-".to_owned(), mebibytes)
}

/// Says what is wrong with an entry, in words.
fn failure(entry: &Entry) -> Vec<String> {
    let mut words = Vec::new();
    if !matches!(entry.status, Status::Generated | Status::Errors) {
        words.push(format!("{} after {:.1} s", entry.status.name(), entry.seconds));
    }
    if !entry.lost.is_empty() {
        words.push(format!("operations are lost: {}", entry.lost.join(", ")));
    }
    if let Some(compiled) = entry.compiled.as_ref().filter(|compiled| !compiled.is_well()) {
        words.push(format!("{} compile errors", compiled.errors));
    }
    words
}

fn markdown_table(rows: &Rows) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let escape = |cell: &String| cell.replace('|', "\\|");
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        text.push_str(&line(row.iter().map(escape).collect()));
        if index == 0 {
            // Names to the left, numbers to the right.
            let is_number = |column: usize| {
                let mut cells =
                    rows[1..].iter().filter_map(|row| row.get(column)).filter(|cell| *cell != "-").peekable();
                cells.peek().is_some() && cells.all(|cell| cell.starts_with(|c: char| c.is_ascii_digit()))
            };
            let mark = |column: usize| if is_number(column) { "---:" } else { "---" };
            text.push_str(&line((0..row.len()).map(|column| mark(column).to_owned()).collect()));
        }
    }
    text
}
