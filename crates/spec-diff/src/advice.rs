//! The step of a version that changes ask for (Semantic Versioning 2.0.0): of the API, and of crates that are
//! generated from it.
//!
//! Must not know how changes are found.

use crate::report::{Change, Direction, Level};
use std::fmt;

/// A step of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Step {
    /// Nothing changed.
    #[default]
    None,
    /// Nothing that callers see.
    Patch,
    /// Something was added.
    Minor,
    /// Something that worked no longer does.
    Major,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Step::None => "none",
            Step::Patch => "patch",
            Step::Minor => "minor",
            Step::Major => "major",
        })
    }
}

/// The steps that a report asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Advice {
    /// The step of the API: of `info.version`.
    pub api: Step,
    /// The step of the generated crates. What is a change of names or types in Rust counts, whether it breaks
    /// messages or not.
    pub crates: Step,
    /// `info.version` of base and revision.
    pub versions: (String, String),
}

impl Advice {
    /// Returns the advice on changes.
    pub(crate) fn of(changes: &[Change], versions: (String, String)) -> Advice {
        let api = changes.iter().map(api_step).max().unwrap_or_default();
        let crates = changes.iter().map(crate_step).max().unwrap_or_default();
        Advice { api, crates, versions }
    }

    /// Returns true if `info.version` makes at least the step that the API asks for. None if one of the two
    /// is no semantic version.
    #[must_use]
    pub fn is_followed(&self) -> Option<bool> {
        let numbers = |text: &str| {
            let core = text.trim_start_matches('v').split(['-', '+']).next()?;
            let numbers: Option<Vec<u64>> = core.split('.').map(|own| own.parse().ok()).collect();
            numbers.filter(|own| own.len() == 3)
        };
        let (old, new) = (numbers(&self.versions.0)?, numbers(&self.versions.1)?);
        // Before 1.0.0 anything may break with the second number (Semantic Versioning, 4).
        let first = usize::from(old[0] == 0 && new[0] == 0);
        Some(match self.api {
            Step::None => new >= old,
            Step::Patch => new > old,
            Step::Minor => new > old && (first == 1 || new[..2] > old[..2]),
            Step::Major => new[..=first] > old[..=first],
        })
    }
}

fn api_step(change: &Change) -> Step {
    let is_addition =
        ["added", "new-", "generalized", "widened", "became-optional", "increased", "decreased", "unset"];
    match change.level {
        Level::Error => Step::Major,
        Level::Warning => Step::Minor,
        Level::Info if is_addition.iter().any(|word| change.id.contains(word)) => Step::Minor,
        Level::Info => Step::Patch,
    }
}

fn crate_step(change: &Change) -> Step {
    let id = change.id.as_str();
    let has = |words: &[&str]| words.iter().any(|word| id.contains(word));
    // Enumerations are open: a value more is a constant more. What a limit says is checked when the program
    // runs.
    let is_checked = has(&["-max", "-min", "pattern", "multiple-of", "unique-items", "default-value"]);
    let is_name_or_type =
        has(&["type-", "became-nullable", "became-not-nullable", "became-required", "became-optional"])
            || has(&[
                "property-removed",
                "parameter-removed",
                "endpoint-removed",
                "operation-id",
                "one-of",
                "any-of",
                "list-of-types",
            ])
            || has(&[
                "became-enum",
                "enum-removed",
                "const-",
                "read-only",
                "write-only",
                "media-type",
                "status-removed",
                "format",
            ]);
    match change.level {
        _ if has(&["enum-value-added"]) => Step::Minor,
        _ if has(&["enum-value-removed", "operation-id-added"]) => Step::Major,
        _ if is_checked => {
            if change.level == Level::Error {
                Step::Minor
            } else {
                Step::Patch
            }
        }
        _ if is_name_or_type => Step::Major,
        Level::Error => Step::Major,
        // A struct that is built by name has one field more; answers are made by builders.
        _ if has(&["added", "new-"]) => Step::Minor,
        Level::Warning if change.direction == Some(Direction::Response) => Step::Major,
        _ => Step::Patch,
    }
}
