//! Changes that are known and accepted, from a file in TOML.
//!
//! An entry that no longer fits anything is an error, so that the file never says more than is true. Must not
//! know where the text is from.

use crate::report::{Change, Report};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The changes that a file accepts.
#[derive(Clone, Debug, Default)]
pub struct Ignore {
    entries: Vec<Entry>,
}

/// One entry of the file.
#[derive(Clone, Debug, Default)]
struct Entry {
    span: Range<usize>,
    id: String,
    pointer: Option<String>,
    operation: Option<String>,
    until: Option<String>,
    has_reason: bool,
}

/// Something that is wrong with the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The bytes of the text that it is about.
    pub span: Range<usize>,
    /// The fault, and what to do about it.
    pub message: String,
}

impl Ignore {
    /// Reads a file: tables `[[ignore]]` with `id`, `reason`, `pointer` or `operation` or both, and perhaps
    /// `until`.
    ///
    /// # Errors
    ///
    /// Returns everything that is wrong with it.
    ///
    /// ```
    /// let text = r#"
    /// [[ignore]]
    /// id = "request-parameter-removed"
    /// operation = "GET /pets"
    /// until = 2027-01-31
    /// reason = "only our own client had it"
    /// "#;
    /// assert!(spec_diff::Ignore::read(text).is_ok());
    /// assert!(spec_diff::Ignore::read("[[ignore]]\nid = 'a'\n").is_err());
    /// ```
    pub fn read(text: &str) -> Result<Ignore, Vec<Fault>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let fault = |span, message: &str| Fault { span, message: message.to_owned() };
        let mut faults: Vec<Fault> =
            errors.iter().map(|error| fault(error.span().unwrap_or_default(), error.message())).collect();
        let mut entries = Vec::new();
        for (key, value) in table.get_ref() {
            let list = value.get_ref().as_array().filter(|_| key.get_ref() == "ignore");
            let Some(list) = list else {
                faults.push(fault(key.span(), "only tables `[[ignore]]` stand here"));
                continue;
            };
            list.iter().for_each(|value| entries.extend(entry(value, &mut faults)));
        }
        if faults.is_empty() { Ok(Ignore { entries }) } else { Err(faults) }
    }

    /// Takes accepted changes out of a report; `today` is a day as `2026-11-25`. Returns entries that are
    /// stale: those whose last day is over, and those that fit no change.
    pub fn apply(&self, report: &mut Report, today: &str) -> Vec<Fault> {
        let mut stale = Vec::new();
        let mut is_accepted = vec![false; report.changes.len()];
        for entry in &self.entries {
            let fault = |message: String| Fault { span: entry.span.clone(), message };
            if let Some(until) = entry.until.as_deref().filter(|until| *until < today) {
                stale.push(fault(format!("this was accepted until {until}; mend it, or say a later day")));
                continue;
            }
            let mut is_used = false;
            for (accepted, change) in is_accepted.iter_mut().zip(&report.changes) {
                if entry.fits(change) {
                    (*accepted, is_used) = (true, true);
                }
            }
            if !is_used {
                let id = &entry.id;
                stale.push(fault(match report.changes.iter().any(|change| change.id == *id) {
                    true => format!("each `{id}` is at another place, or reaches other operations, too"),
                    false => format!("no change `{id}` is there any more; take this entry out"),
                }));
            }
        }
        let mut accepted = is_accepted.into_iter();
        report.changes.retain(|_| !accepted.next().unwrap_or_default());
        stale
    }
}

impl Entry {
    /// Returns whether a change is meant: all of it, since an entry for one operation says nothing of others.
    fn fits(&self, change: &Change) -> bool {
        let is_place = |pointer: &str| change.pointers().any(|own| own == pointer);
        let is_all = |operation: &str| {
            change.operations.iter().all(|own| own == operation) && !change.operations.is_empty()
        };
        self.id == change.id
            && self.pointer.as_deref().is_none_or(is_place)
            && self.operation.as_deref().is_none_or(is_all)
    }
}

fn entry(value: &Spanned<DeValue<'_>>, faults: &mut Vec<Fault>) -> Option<Entry> {
    let mut entry = Entry { span: value.span(), ..Entry::default() };
    let Some(table) = value.get_ref().as_table() else {
        faults.push(Fault { span: value.span(), message: "write a table `[[ignore]]` here".to_owned() });
        return None;
    };
    for (key, value) in table {
        let text = value.get_ref().as_str().map(str::to_owned);
        let day = value.get_ref().as_datetime().map(ToString::to_string).or_else(|| text.clone());
        match (key.get_ref().as_ref(), text) {
            ("id", Some(text)) => entry.id = text,
            ("pointer", Some(text)) => entry.pointer = Some(text),
            ("operation", Some(text)) => entry.operation = Some(text),
            ("reason", Some(text)) => entry.has_reason = !text.trim().is_empty(),
            ("until", _) if day.as_deref().is_some_and(is_day) => entry.until = day,
            ("until", _) => {
                faults.push(Fault {
                    span: value.span(),
                    message: "write a day here, as 2027-01-31".to_owned(),
                });
            }
            ("id" | "pointer" | "operation" | "reason", None) => {
                faults.push(Fault { span: value.span(), message: "write a text here".to_owned() });
            }
            (other, _) => {
                let message = format!("`{other}` is none of id, pointer, operation, until and reason");
                faults.push(Fault { span: key.span(), message });
            }
        }
    }
    let missing = match &entry {
        entry if entry.id.is_empty() => "this needs the `id` of a change",
        entry if entry.pointer.is_none() && entry.operation.is_none() => {
            "this needs a `pointer` or an `operation`, such as \"GET /pets\""
        }
        entry if !entry.has_reason => "this needs a `reason`, for those who read it later",
        _ => return Some(entry),
    };
    faults.push(Fault { span: entry.span, message: missing.to_owned() });
    None
}

fn is_day(text: &str) -> bool {
    spec_json_schema::format::is_format("date", text)
}
