//! Which part of an Api is generated: operations by tag, path and name, and the schemas that these reach.
//!
//! Knows the settings `only` and `except`. Must not know Rust.

use crate::plan::{reachable, reachable_from};
use crate::settings::{ApiSettings, Patterns, Setting};
use serde_json::Value;
use spec_api::{Api, Kind, Operation, SchemaId};
use spec_document::{Code, Diagnostic, Diagnostics, Location, Place, Pointer};
use std::collections::HashSet;

/// Takes away what the settings do not ask for, and what was said of it. A pattern that fits nothing is an
/// error: it has no effect, and nobody would notice.
pub(crate) fn apply(api: &mut Api, settings: &ApiSettings, diagnostics: &mut Diagnostics) {
    if settings.only.is_empty() && settings.except.is_empty() {
        return;
    }
    check(api, &settings.only, diagnostics);
    check(api, &settings.except, diagnostics);
    let is_wanted = |operation: &Operation| {
        (settings.only.is_empty() || fits(&settings.only, operation)) && !fits(&settings.except, operation)
    };
    let mut removed: Vec<Location> = Vec::new();
    for operations in [&mut api.operations, &mut api.webhooks] {
        let (kept, others): (Vec<Operation>, Vec<Operation>) =
            std::mem::take(operations).into_iter().partition(is_wanted);
        *operations = kept;
        removed.extend(others.into_iter().map(|operation| operation.location));
    }
    let reached = reached(api);
    let unreached: Vec<SchemaId> =
        api.components.values().filter(|id| !reached.contains(id)).copied().collect();
    removed.extend(unreached.into_iter().map(|id| api.schema(id).location.clone()));
    api.components.retain(|_, id| reached.contains(id));
    let removed: HashSet<Pointer> = removed.iter().filter_map(pointer).cloned().collect();
    let is_removed = |location: &Location| {
        let above = std::iter::successors(pointer(location).cloned(), Pointer::parent);
        above.into_iter().any(|place| removed.contains(&place))
    };
    api.examples.retain(|example| !is_removed(&example.location));
    *diagnostics = std::mem::take(diagnostics)
        .into_iter()
        .filter(|found| !is_removed(&found.location))
        .fold(Diagnostics::new(), with);
}

fn with(mut diagnostics: Diagnostics, diagnostic: Diagnostic) -> Diagnostics {
    diagnostics.push(diagnostic);
    diagnostics
}

fn pointer(location: &Location) -> Option<&Pointer> {
    match &location.place {
        Place::Pointer { pointer, .. } => Some(pointer),
        _ => None,
    }
}

/// Says whether an operation fits any of these.
fn fits(patterns: &Patterns, operation: &Operation) -> bool {
    patterns.tags.iter().any(|own| operation.tags.contains(&own.value))
        || patterns.paths.iter().any(|own| matches(&own.value, &operation.path))
        || patterns.operations.iter().any(|own| matches(&own.value, &operation.id))
}

/// Says whether a text fits a pattern, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(text) = text.strip_prefix(first) else { return false };
    (0..=text.len()).filter(|at| text.is_char_boundary(*at)).any(|at| matches(rest, &text[at..]))
}

/// Reports patterns that no operation fits.
fn check(api: &Api, patterns: &Patterns, diagnostics: &mut Diagnostics) {
    let operations: Vec<&Operation> = api.operations.iter().chain(&api.webhooks).collect();
    let mut stale = |setting: &Setting, what: &str, help: String| {
        let message = format!("no operation has the {what} {:?}", setting.value);
        diagnostics
            .push(Diagnostic::error(Code::InvalidSetting, setting.location.clone(), message).help(help));
    };
    for setting in &patterns.tags {
        if !operations.iter().any(|operation| operation.tags.contains(&setting.value)) {
            let mut known: Vec<&str> =
                operations.iter().flat_map(|operation| &operation.tags).map(String::as_str).collect();
            known.sort_unstable();
            known.dedup();
            stale(setting, "tag", format!("tags in the document: {}", known.join(", ")));
        }
    }
    for setting in &patterns.paths {
        if !operations.iter().any(|operation| matches(&setting.value, &operation.path)) {
            stale(setting, "path", "write a path as the document does; `*` stands for any text".to_owned());
        }
    }
    for setting in &patterns.operations {
        if !operations.iter().any(|operation| matches(&setting.value, &operation.id)) {
            stale(
                setting,
                "operationId",
                "write an operationId as the document does; `*` stands for any text".to_owned(),
            );
        }
    }
}

/// Returns all schemas that operations and webhooks reach, those in schemas that only a validator understands
/// included.
fn reached(api: &Api) -> HashSet<SchemaId> {
    let mut found = HashSet::new();
    let mut todo: Vec<SchemaId> = reachable(api).into_iter().collect();
    while let Some(id) = todo.pop() {
        if !found.insert(id) {
            continue;
        }
        if api.schema(id).kind == Kind::Opaque {
            let mut names = Vec::new();
            references(api.json_schema(id), &mut names);
            let named = names.into_iter().filter_map(|name| api.components.get(&name));
            todo.extend(named.filter(|id| !found.contains(id)).flat_map(|id| reachable_from(api, *id)));
        }
    }
    found
}

/// Collects the components that a schema refers to.
fn references(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(members) => {
            let pointer = members.get("$ref").and_then(Value::as_str).and_then(Pointer::from_fragment);
            if let Some(pointer) = pointer {
                let tokens: Vec<_> = pointer.tokens().collect();
                if let [components, schemas, name, ..] = tokens.as_slice()
                    && (&**components, &**schemas) == ("components", "schemas")
                {
                    found.push(name.to_string());
                }
            }
            members.values().for_each(|member| references(member, found));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, text, expected) in [
            ("/pets", "/pets", true),
            ("/pets", "/pets/1", false),
            ("/pets*", "/pets/1", true),
            ("*/{id}", "/pets/{id}", true),
            ("/a*b*c", "/a-b-b-c", true),
            ("/a*b*c", "/a-c", false),
            ("*", "", true),
            ("ü*", "üü", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{text} by {pattern}");
        }
    }
}
