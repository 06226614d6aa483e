//! Which file of a large document's crates holds what: operations by tag, models with the operations that use
//! them.
//!
//! Knows tags, paths and which model holds which. Must not know syntax; names in generated code do not depend
//! on files.

use super::{OperationPlan, RustType, TypePlan};
use crate::names::{Scope, value_name};
use crate::settings::{ApiSettings, Files};
use indexmap::IndexMap;
use spec_api::{Api, Operation};
use std::collections::BTreeMap;

/// Documents with more operations than this are split, where the settings do not say.
const LARGE: usize = 50;

/// Names that modules of files can't have, because the file above them has such a module, imports one, or
/// begins a path with it.
const TAKEN: [&str; 20] = [
    "alloc",
    "builder",
    "client",
    "core",
    "fmt",
    "generated",
    "handlers",
    "models",
    "paging",
    "receivers",
    "reqwest",
    "routing",
    "server",
    "servers",
    "spec_command",
    "spec_runtime",
    "std",
    "stream",
    "u32",
    "usize",
];

/// Puts operations and models into groups, and returns the names of their modules. Without groups, everything
/// stands in one file.
pub(super) fn plan_groups(
    api: &Api,
    settings: &ApiSettings,
    operations: &mut [OperationPlan],
    types: &mut [TypePlan],
) -> Vec<String> {
    let is_split = match settings.files {
        Files::One => false,
        Files::ByTag => true,
        Files::Auto => operations.len() > LARGE,
    };
    if !is_split {
        return Vec::new();
    }
    let mut groups: IndexMap<String, String> = IndexMap::new();
    let mut scope = Scope::reserving(&TAKEN);
    scope.reserve(settings.models_path().split("::").next().unwrap_or_default());
    for (plan, operation) in operations.iter_mut().zip(&api.operations) {
        let wanted = group(operation);
        let entry = groups.entry(wanted);
        plan.group = Some(entry.index());
        entry.or_insert_with_key(|name| scope.claim(&value_name(name)).0);
    }
    let owners = owners(operations, types);
    for (ty, owner) in types.iter_mut().zip(owners) {
        ty.group = match owner {
            Owner::Group(group) => Some(group),
            Owner::Nobody | Owner::Several => None,
        };
    }
    groups.into_values().collect()
}

/// The operations of a file, in their order, each with its position among all.
pub(crate) type Grouped<'a> = Vec<(usize, &'a OperationPlan)>;

/// Sorts operations by their group, in one walk: a large document has many of both.
pub(crate) fn by_group(operations: &[OperationPlan]) -> BTreeMap<Option<usize>, Grouped<'_>> {
    let mut groups: BTreeMap<Option<usize>, Grouped<'_>> = BTreeMap::new();
    for (position, operation) in operations.iter().enumerate() {
        groups.entry(operation.group).or_default().push((position, operation));
    }
    groups
}

/// Returns the group of an operation: its first tag; without tags, the first word of the path that says what
/// it is about.
fn group(operation: &Operation) -> String {
    if let Some(tag) = operation.tags.first() {
        return tag.clone();
    }
    let is_version = |word: &str| {
        let digits = word.strip_prefix(['v', 'V']).unwrap_or(word);
        digits.starts_with(|c: char| c.is_ascii_digit())
            || ["api", "rest"].iter().any(|own| word.eq_ignore_ascii_case(own))
    };
    let mut words =
        operation.path.split('/').filter(|word| !word.is_empty() && !word.contains('{') && !is_version(word));
    words.next().unwrap_or("other").to_owned()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Nobody,
    Group(usize),
    Several,
}

/// Finds the group that uses each model, if only one does.
fn owners(operations: &mut [OperationPlan], types: &mut [TypePlan]) -> Vec<Owner> {
    let held: Vec<Vec<usize>> = types
        .iter_mut()
        .map(|ty| {
            let mut held = Vec::new();
            ty.each_type(&mut |ty: &mut RustType| ty.models(false, &mut held));
            held.into_iter().map(|id| id.0).collect()
        })
        .collect();
    let mut owners = vec![Owner::Nobody; types.len()];
    let mut todo: Vec<(usize, Owner)> = Vec::new();
    for operation in operations {
        let Some(group) = operation.group else { continue };
        let mut used = Vec::new();
        operation.each_type(&mut |ty| ty.models(false, &mut used));
        todo.extend(used.into_iter().map(|id| (id.0, Owner::Group(group))));
    }
    while let Some((index, user)) = todo.pop() {
        let merged =
            if owners[index] == Owner::Nobody || owners[index] == user { user } else { Owner::Several };
        // Each model changes hands twice at most.
        if merged != owners[index] {
            owners[index] = merged;
            todo.extend(held[index].iter().map(|inner| (*inner, merged)));
        }
    }
    owners
}
