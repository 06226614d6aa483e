//! Which names changes have, and how much each counts where its name alone decides.
//!
//! Names that people know are those of the checker [oasdiff](https://github.com/oasdiff/oasdiff)
//! (Apache-2.0), with the levels that it gives them. What it has no name for begins with `spec-`. Must not
//! know how changes are found.

use crate::report::Level;
use std::collections::HashMap;
use std::sync::LazyLock;

static RULES: LazyLock<HashMap<&'static str, Level>> = LazyLock::new(|| {
    let level = |word: &str| match word {
        "error" => Level::Error,
        "warning" => Level::Warning,
        _ => Level::Info,
    };
    include_str!("rules.txt")
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(id, word)| (id, level(word)))
        .collect()
});

/// Returns the level that goes with a well-known name of a change; none of a name that oasdiff does not have.
///
/// ```
/// use spec_diff::{Level, known_level};
///
/// assert_eq!(known_level("request-parameter-removed"), Some(Level::Warning));
/// assert_eq!(known_level("spec-server-removed"), None);
/// ```
#[must_use]
pub fn level(id: &str) -> Option<Level> {
    RULES.get(id).copied()
}

/// Returns the name as it is known, or with our prefix where nobody else has it.
pub(crate) fn name(id: String) -> String {
    if RULES.contains_key(id.as_str()) { id } else { format!("spec-{id}") }
}

/// Returns true if a change stays a warning although a value shows it: answers with values that a list of
/// them did not have, or of another pattern, and limits that are written down for the first time, which
/// servers most often had before.
pub(crate) fn is_tolerated(id: &str) -> bool {
    let is_answer = id.starts_with("response-") || id.starts_with("spec-response-");
    let is_pattern = ["-added", "-changed", "-generalized", "-removed"]
        .iter()
        .any(|word| id.strip_suffix(word).is_some_and(|stem| stem.ends_with("-pattern")));
    level(id) == Some(Level::Warning) && (id.ends_with("-set") || id.ends_with("-enum-value-added"))
        || id == "spec-response-body-enum-value-added"
        || is_answer && is_pattern
}
