//! Words of the document as lines of comments.
//!
//! Knows what the document says beside descriptions: defaults, bounds, examples. Must not know Rust.

use super::words;
use crate::markdown;
use serde_json::{Map, Value};
use spec_api::Schema;

/// Returns a text of the document as lines of a comment, without blank ones at either end. What begins in it
/// ends in it.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let text = text.trim();
    if text.is_empty() { Vec::new() } else { markdown::harmless(text).lines().map(str::to_owned).collect() }
}

/// Returns the words of a schema.
pub(super) fn docs(schema: &Schema) -> Vec<String> {
    let text = schema.description.as_deref().or(schema.title.as_deref()).unwrap_or_default();
    lines(text)
}

/// Returns words with what the document says beside them: a default, bounds, an example.
pub(super) fn with_details(
    mut docs: Vec<String>,
    schema: &Schema,
    assertions: &Map<String, Value>,
    optional: bool,
) -> Vec<String> {
    let mut details = Vec::new();
    if let Some(default) = schema.default.as_ref().filter(|_| optional) {
        details.push(format!("Default: `{default}`."));
    }
    details.extend(words::bounds(assertions).map(|bounds| format!("{bounds}.")));
    if let Some((_, example)) = schema.examples.first() {
        details.push(format!("Example: `{}`.", words::short(example)));
    }
    if details.is_empty() {
        return docs;
    }
    if !docs.is_empty() {
        docs.push(String::new());
    }
    docs.push(details.join(" "));
    docs
}
