//! Findings that are known and accepted, from a file in TOML.
//!
//! An entry that fits nothing any more is an error, so that the file never says more than is true. Must not
//! know where the text is from.

use crate::check::Check;
use crate::finding::Finding;
use spec_api::Api;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The findings that a file accepts.
///
/// ```
/// let text = r#"
/// [[finding]]
/// check = "not_a_server_error"
/// operation = "createPet"
/// reason = "mended in the next release"
/// "#;
/// assert!(spec_suite::Baseline::read(text).is_ok());
/// assert!(spec_suite::Baseline::read("[[finding]]\ncheck = 'panics'\n").is_err());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    entries: Vec<Entry>,
}

/// One entry of the file.
#[derive(Clone, Debug, Default)]
struct Entry {
    line: usize,
    check: String,
    operation: String,
    kind: Option<String>,
    has_reason: bool,
}

impl Baseline {
    /// Reads a file: tables `[[finding]]` with `check`, `operation` and `reason`, and perhaps `kind`, as
    /// reports name them.
    ///
    /// # Errors
    ///
    /// Returns everything that is wrong with it, each in a sentence with its line.
    pub fn read(text: &str) -> Result<Baseline, Vec<String>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let line = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
        let mut faults: Vec<String> = errors
            .iter()
            .map(|error| {
                let at = line(error.span().unwrap_or_default().start);
                format!("line {at}: {}", error.message())
            })
            .collect();
        let mut entries = Vec::new();
        for (key, value) in table.get_ref() {
            let Some(list) = value.get_ref().as_array().filter(|_| key.get_ref() == "finding") else {
                faults.push(format!("line {}: only tables `[[finding]]` stand here", line(key.span().start)));
                continue;
            };
            for value in list {
                match entry(value, line(value.span().start)) {
                    Ok(entry) => entries.push(entry),
                    Err(fault) => faults.push(fault),
                }
            }
        }
        if faults.is_empty() { Ok(Baseline { entries }) } else { Err(faults) }
    }

    /// Returns everything that names no check, or no operation of a document, each in a sentence.
    pub(crate) fn fits(&self, api: &Api) -> Result<(), Vec<String>> {
        let near = |name: &str, all: Vec<&str>| match spec_api::nearest(name, all.into_iter()) {
            Some(near) => format!(": did you mean `{near}`?"),
            None => String::new(),
        };
        let mut faults = Vec::new();
        for Entry { line, check, operation, .. } in &self.entries {
            let checks: Vec<&str> = Check::ALL.iter().map(|own| own.name()).collect();
            let operations: Vec<&str> = api.operations.iter().map(|own| own.id.as_str()).collect();
            if !checks.contains(&check.as_str()) {
                faults.push(format!("line {line}: there is no check `{check}`{}", near(check, checks)));
            }
            if !operations.contains(&operation.as_str()) {
                let near = near(operation, operations);
                faults.push(format!("line {line}: the document has no operation `{operation}`{near}"));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Takes accepted findings out of others; returns them, and each entry that fits none, in a sentence.
    pub fn apply(&self, findings: &mut Vec<Finding>) -> (Vec<Finding>, Vec<String>) {
        let mut is_used = vec![false; self.entries.len()];
        let mut accepted = Vec::new();
        findings.retain(|finding| {
            let mut is_accepted = false;
            for (used, entry) in is_used.iter_mut().zip(&self.entries) {
                if entry.fits(finding) {
                    (*used, is_accepted) = (true, true);
                }
            }
            if is_accepted {
                accepted.push(finding.clone());
            }
            !is_accepted
        });
        let stale = self.entries.iter().zip(is_used).filter(|(_, used)| !used).map(|(entry, _)| {
            let Entry { line, check, operation, .. } = entry;
            format!("line {line}: `{check}` finds nothing with `{operation}` any more; take this entry out")
        });
        (accepted, stale.collect())
    }
}

impl Entry {
    fn fits(&self, finding: &Finding) -> bool {
        self.check == finding.check.name()
            && self.operation == finding.operation
            && self.kind.as_ref().is_none_or(|kind| *kind == finding.kind)
    }
}

/// Reads one entry.
fn entry(value: &Spanned<DeValue<'_>>, line: usize) -> Result<Entry, String> {
    let mut entry = Entry { line, ..Entry::default() };
    let table = value.get_ref().as_table();
    let table = table.ok_or_else(|| format!("line {line}: write a table `[[finding]]` here"))?;
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let Some(text) = value.get_ref().as_str().map(str::to_owned) else {
            return Err(format!("line {line}: `{name}` is a text"));
        };
        match name {
            "check" => entry.check = text,
            "operation" => entry.operation = text,
            "kind" => entry.kind = Some(text),
            "reason" => entry.has_reason = !text.trim().is_empty(),
            other => {
                return Err(format!("line {line}: `{other}` is none of check, operation, kind and reason"));
            }
        }
    }
    let missing = match &entry {
        entry if entry.check.is_empty() => "the `check`",
        entry if entry.operation.is_empty() => "the `operation`",
        entry if !entry.has_reason => "a `reason`, for those who read it later",
        _ => return Ok(entry),
    };
    Err(format!("line {line}: this needs {missing}"))
}
