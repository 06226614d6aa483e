//! Commands → tools: which of them are offered, and what is said of each.
//!
//! Must not know how a tool is called.

use crate::failure::Failure;
use crate::table::{Api, Command};
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A command that is offered, and the tool that it is.
pub(super) struct Offered<C: 'static> {
    pub(super) command: &'static Command<C>,
    pub(super) tool: Tool,
}

/// The tools that a user wants to have offered.
#[derive(Default)]
pub(super) struct Choice {
    /// True if no tool is to change anything.
    pub(super) is_read_only: bool,
    /// The names of tools and groups; none where all are wanted.
    pub(super) only: Vec<String>,
}

impl Choice {
    fn has<C>(&self, command: &Command<C>, name: &str) -> bool {
        let is_named = |own: &String| own == name || command.group == Some(own.as_str());
        (!self.is_read_only || is_safe(command.method))
            && (self.only.is_empty() || self.only.iter().any(is_named))
    }
}

/// Returns the tools that are offered, in the order of the commands.
pub(super) fn offered<C>(api: &Api<C>, choice: &Choice) -> Result<Vec<Offered<C>>, Failure> {
    let commands = || api.commands.iter().filter_map(|command| Some((command, command.tool?)));
    let is_known =
        |name: &str| commands().any(|(command, tool)| tool.name == name || command.group == Some(name));
    if let Some(name) = choice.only.iter().find(|name| !is_known(name)) {
        let groups = api.groups.iter().map(|group| group.name);
        let known: Vec<&str> = groups.chain(commands().map(|(_, tool)| tool.name)).collect();
        let help = format!("choose from {}", known.join(", "));
        return Err(Failure::usage(format!("--only: there is no tool and no group `{name}`")).help(&help));
    }
    let definitions = Definitions(api.definitions.iter().copied().collect());
    commands()
        .filter(|(command, tool)| choice.has(command, tool.name))
        .map(|(command, own)| {
            let input = definitions.complete(own.name, own.input)?;
            let words = described(command);
            let mut tool = Tool::new_with_raw(own.name, Some(words.into()), input);
            if let Some(output) = own.output {
                tool = tool.with_raw_output_schema(definitions.complete(own.name, output)?);
            }
            if let Some(title) = command.about.lines().next().map(str::trim).filter(|line| !line.is_empty()) {
                tool = tool.with_title(title);
            }
            Ok(Offered { command, tool: tool.with_annotations(annotations(command.method)) })
        })
        .collect()
}

/// Returns what a tool does, in words.
fn described<C>(command: &Command<C>) -> String {
    let words = match command.about.trim() {
        "" => format!("Sends {} {}.", command.method, command.path),
        words => words.to_owned(),
    };
    if command.is_deprecated { format!("{words}\n\nThis is deprecated.") } else { words }
}

/// Says whether a method changes nothing.
fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD")
}

/// Returns what a method says of its operations (RFC 9110, 9.2). A POST may do anything.
fn annotations(method: &str) -> ToolAnnotations {
    let own = ToolAnnotations::new().read_only(is_safe(method)).open_world(true);
    match method {
        "GET" | "HEAD" => own.idempotent(true),
        "PUT" | "DELETE" => own.idempotent(true).destructive(true),
        "PATCH" => own.idempotent(false).destructive(true),
        _ => own.idempotent(false),
    }
}

/// The schemas that those of tools refer to.
struct Definitions(BTreeMap<&'static str, &'static str>);

impl Definitions {
    /// Returns a schema that stands alone: with all definitions that it needs. It says itself what it and its
    /// properties are, because some clients look no further.
    fn complete(&self, tool: &str, text: &str) -> Result<Arc<JsonObject>, Failure> {
        let wrong = |what: String| Failure::usage(format!("a schema of the tool `{tool}` is wrong: {what}"));
        let mut schema = self.direct(read(text).map_err(wrong)?).map_err(wrong)?;
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            for property in properties.values_mut() {
                *property = self.direct(property.take()).map_err(wrong)?;
            }
        }
        let (mut needed, mut names) = (Map::new(), Vec::new());
        references(&schema, &mut names);
        while let Some(name) = names.pop() {
            if !needed.contains_key(&name) {
                let definition = self.get(&name).map_err(wrong)?;
                references(&definition, &mut names);
                needed.insert(name, definition);
            }
        }
        let Value::Object(mut schema) = schema else { return Err(wrong("it is no object".to_owned())) };
        if !needed.is_empty() {
            schema.insert("$defs".to_owned(), needed.into());
        }
        Ok(Arc::new(schema))
    }

    fn get(&self, name: &str) -> Result<Value, String> {
        read(self.0.get(name).ok_or_else(|| format!("there is no `{name}`"))?)
    }

    /// Returns a schema with what it refers to in place of the reference; what it says itself stays.
    fn direct(&self, mut schema: Value) -> Result<Value, String> {
        let mut seen = BTreeSet::new();
        while let Some(name) = reference(&schema).map(str::to_owned).filter(|name| seen.insert(name.clone()))
        {
            let (mut meant, Value::Object(mut own)) = (self.get(&name)?, schema.take()) else { break };
            own.shift_remove("$ref");
            match &mut meant {
                Value::Object(meant) => meant.extend(own),
                // What nothing can be stays that, and what anything can be is what is said beside it.
                Value::Bool(true) => meant = own.into(),
                _ => {}
            }
            schema = meant;
        }
        Ok(schema)
    }
}

fn read(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// Returns the name of the definition that a schema refers to.
fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

/// Adds the names of the definitions that a schema refers to, anywhere in it.
fn references(schema: &Value, names: &mut Vec<String>) {
    names.extend(reference(schema).map(str::to_owned));
    match schema {
        Value::Object(members) => members.values().for_each(|value| references(value, names)),
        Value::Array(items) => items.iter().for_each(|value| references(value, names)),
        _ => {}
    }
}
