//! Names of commands and flags: made of words of the document, never twice the same in one place.
//!
//! The rules:
//!
//! * A group is the first tag of its operations, without the name of the program before it. Operations
//!   without a tag are commands of the program itself.
//! * A command is the operationId, without the name of the program before it, and without the words of its
//!   group. Where two commands of a group would be the same, both have all words of their ids.
//! * A flag is the name on the wire. One that every command has already, or that comes twice, has its place
//!   before it: `--query-output`, `--header-id`, `--body-help`.
//! * The property of a tool is the flag with `_` for `-`, and so never one that all tools have: `body`,
//!   `body_type`.
//! * What is the same even so has a number behind it, in the order of the document.

use crate::names::{Scope, command_name};
use indexmap::IndexMap;
use spec_api::ParameterIn;
use std::collections::HashMap;

/// Commands that every program has.
const COMMANDS: [&str; 4] = ["completions", "help", "man", "mcp"];

/// Flags that every command has, or may have.
pub(crate) const FLAGS: [&str; 18] = [
    "all",
    "attempts",
    "base-url",
    "body",
    "body-type",
    "curl",
    "dry-run",
    "header",
    "help",
    "max-items",
    "null",
    "output",
    "output-file",
    "profile",
    "query",
    "timeout",
    "verbose",
    "version",
];

/// The names of all groups and commands.
pub(super) struct Names {
    /// The groups, in the order of their first commands.
    pub(super) groups: Vec<String>,
    /// The group and the name of each command.
    pub(super) commands: Vec<(Option<String>, String)>,
}

impl Names {
    /// Names the commands of operations, given their first tags and their ids.
    pub(super) fn new(program: &str, tags: &[Option<&str>], ids: &[&str]) -> Names {
        let program = words(program);
        let mut top = Scope::reserving(&COMMANDS);
        let mut groups: IndexMap<String, String> = IndexMap::new();
        for tag in tags.iter().flatten() {
            let wanted = without_prefix(&words(tag), &program).join("-");
            if !groups.contains_key(&wanted) {
                let (name, _) = top.claim(&wanted);
                groups.insert(wanted, name);
            }
        }
        let group_of = |tag: &Option<&str>| {
            let wanted = without_prefix(&words((*tag)?), &program).join("-");
            let name = groups.get(&wanted)?.clone();
            Some((wanted, name))
        };
        let wanted: Vec<(Option<(String, String)>, String)> = tags
            .iter()
            .zip(ids)
            .map(|(tag, id)| {
                let group = group_of(tag);
                let name = short(&words(id), &program, group.as_ref().map(|(wanted, _)| wanted.as_str()));
                (group, name)
            })
            .collect();
        let mut counts: HashMap<(Option<&str>, &str), usize> = HashMap::new();
        for (group, name) in &wanted {
            *counts.entry((group.as_ref().map(|(_, name)| name.as_str()), name)).or_default() += 1;
        }
        let mut scopes: HashMap<Option<&str>, Scope> = HashMap::from([(None, top)]);
        let mut commands = Vec::new();
        for ((group, name), id) in wanted.iter().zip(ids) {
            let group = group.as_ref().map(|(_, name)| name.as_str());
            let is_alone = counts.get(&(group, name.as_str())) == Some(&1);
            let name = if is_alone { name.clone() } else { words(id).join("-") };
            let scope = scopes.entry(group).or_insert_with(|| Scope::reserving(&["help"]));
            commands.push((group.map(str::to_owned), scope.claim(&name).0));
        }
        Names { groups: groups.into_values().collect(), commands }
    }
}

/// Returns the words of a name.
fn words(text: &str) -> Vec<String> {
    command_name(text).split('-').map(str::to_owned).collect()
}

/// Returns words without those that all names of a program begin with, if any are left.
fn without_prefix(words: &[String], prefix: &[String]) -> Vec<String> {
    match words.strip_prefix(prefix) {
        Some(rest) if !rest.is_empty() => rest.to_vec(),
        _ => words.to_vec(),
    }
}

/// Returns the words of an operation that its program and its group do not say.
fn short(id: &[String], program: &[String], group: Option<&str>) -> String {
    let own = without_prefix(id, program);
    let group: Vec<String> = group.into_iter().flat_map(|name| name.split('-')).map(str::to_owned).collect();
    let is_group = |window: &[String]| window.iter().zip(&group).all(|(left, right)| is_same(left, right));
    let found = match group.len() {
        0 => None,
        length => own.windows(length).position(is_group).filter(|_| own.len() > length),
    };
    match found {
        Some(at) => [&own[..at], &own[at + group.len()..]].concat().join("-"),
        None => own.join("-"),
    }
}

/// Says whether two words are the same, one in the plural or not.
fn is_same(left: &str, right: &str) -> bool {
    let is_plural = |one: &str, many: &str| {
        many.strip_suffix('s') == Some(one)
            || one.strip_suffix('y').is_some_and(|stem| many.strip_suffix("ies") == Some(stem))
    };
    left == right || is_plural(left, right) || is_plural(right, left)
}

/// Names of the flags of one command.
pub(super) struct Flags(Scope);

impl Flags {
    /// Makes the names of a command that has only the flags of every command.
    pub(super) fn new() -> Flags {
        Flags(Scope::reserving(&FLAGS))
    }

    /// Takes the flag for a name on the wire.
    pub(super) fn claim(&mut self, wire: &str, place: &str) -> String {
        let wanted = command_name(wire);
        if self.0.reserve(&wanted) { wanted } else { self.0.claim(&format!("{place}-{wanted}")).0 }
    }
}

/// Returns the property of a tool's arguments that a flag is.
pub(super) fn property(flag: &str) -> String {
    flag.replace('-', "_")
}

/// Returns the word that stands before a flag that is taken; members of bodies have no place of a parameter.
pub(super) fn place_word(place: Option<ParameterIn>) -> &'static str {
    match place {
        Some(ParameterIn::Path) => "path",
        Some(ParameterIn::Query) => "query",
        Some(ParameterIn::Header) => "header",
        Some(ParameterIn::Cookie) => "cookie",
        None => "body",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns commands as they are typed.
    fn typed(program: &str, operations: &[(&str, &str)]) -> Vec<String> {
        let tags: Vec<Option<&str>> =
            operations.iter().map(|(tag, _)| Some(*tag).filter(|tag| !tag.is_empty())).collect();
        let ids: Vec<&str> = operations.iter().map(|(_, id)| *id).collect();
        let command = |(group, name): &(Option<String>, String)| match group {
            Some(group) => format!("{group} {name}"),
            None => name.clone(),
        };
        Names::new(program, &tags, &ids).commands.iter().map(command).collect()
    }

    #[test]
    fn commands_say_nothing_twice() {
        let operations = [
            ("outbound.campaigns", "outbound_campaign_update"),
            ("outbound.campaigns", "outbound_campaign_get_by_id"),
            ("outbound", "outbound_status"),
            ("Pet Stories", "listPetStories"),
            ("pets", "pets"),
            ("", "healthCheck"),
        ];
        assert_eq!(
            typed("outbound", &operations),
            [
                "campaigns update",
                "campaigns get-by-id",
                "outbound status",
                "pet-stories list",
                "pets pets",
                "health-check"
            ]
        );
    }

    /// Names that would be the same are told apart by all of their words, and then by numbers.
    #[test]
    fn commands_that_clash_are_told_apart() {
        let operations = [
            ("pets", "listPets"),
            ("pets", "list"),
            ("pets", "get-pet"),
            ("pets", "get_pet"),
            ("help", "help"),
            ("man", "x"),
            ("", "completions"),
            ("", "pets"),
            ("Pets", "show"),
        ];
        assert_eq!(
            typed("shop", &operations),
            [
                "pets list-pets",
                "pets list",
                "pets get-pet",
                "pets get-pet2",
                "help2 help2",
                "man2 x",
                "completions2",
                "pets2",
                "pets show"
            ]
        );
    }

    #[test]
    fn flags_that_are_taken_say_their_place() {
        let mut flags = Flags::new();
        for (wire, place, expected) in [
            ("campaign_id", "path", "campaign-id"),
            ("help", "query", "query-help"),
            ("output", "header", "header-output"),
            ("body", "body", "body-body"),
            ("campaignId", "query", "query-campaign-id"),
            ("campaign-id", "query", "query-campaign-id2"),
            ("If-Match", "header", "if-match"),
        ] {
            assert_eq!(flags.claim(wire, place), expected);
        }
    }
}
