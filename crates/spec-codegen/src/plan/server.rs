//! Servers of the document: where requests go.
//!
//! Knows URLs and their variables. Must not know operations beyond the servers of their own.

use super::SchemePlan;
use super::docs::lines;
use crate::names::{Scope, type_name, value_name};
use spec_api::{Api, Operation, Server, ServerVariable};
use spec_document::{Code, Diagnostic, Diagnostics};

/// A server that a program can choose.
#[derive(Clone, Debug)]
pub struct ServerPlan {
    /// The name of its type: `Production`.
    pub name: String,
    /// Its words.
    pub docs: Vec<String>,
    /// Its URL, with variables in braces.
    pub template: String,
    /// Its variables.
    pub variables: Vec<VariablePlan>,
}

/// A variable in the URL of a server.
#[derive(Clone, Debug)]
pub struct VariablePlan {
    /// Its name in Rust.
    pub name: String,
    /// Its name in the URL.
    pub wire: String,
    /// Its words.
    pub docs: Vec<String>,
    /// The value that stands there where nobody says otherwise.
    pub default: String,
    /// The type of its values, where the document lists them: its name, and the variants with their texts.
    pub values: Option<(String, Vec<(String, String)>)>,
}

/// Plans the servers of the document, if there is a choice among them.
pub(super) fn plan_servers(api: &Api) -> Vec<ServerPlan> {
    let absolute: Vec<&Server> =
        api.servers.iter().filter(|server| server.template.contains("://")).collect();
    if absolute.len() < 2 && absolute.iter().all(|server| server.variables.is_empty()) {
        return Vec::new();
    }
    let mut types = Scope::default();
    absolute.iter().map(|server| plan_server(server, &mut types)).collect()
}

/// Plans one server; `types` are the names of all servers and of the types of their variables.
fn plan_server(server: &Server, types: &mut Scope) -> ServerPlan {
    // A sentence is no name.
    let described = server.description.as_deref().unwrap_or_default().trim();
    let is_short = !described.is_empty() && described.split_whitespace().count() <= 4;
    let (name, _) = types.claim(&if is_short { type_name(described) } else { "Server".to_owned() });
    let mut fields = Scope::default();
    let variable = |(wire, variable): (&String, &ServerVariable)| VariablePlan {
        values: plan_values(variable, &format!("{name}{}", type_name(wire)), types),
        name: fields.claim(&value_name(wire)).0,
        wire: wire.clone(),
        docs: lines(variable.description.as_deref().unwrap_or_default()),
        default: variable.default.clone(),
    };
    let variables = server.variables.iter().map(variable).collect();
    let template = server.template.trim_end_matches('/').to_owned();
    ServerPlan { docs: lines(described), name, template, variables }
}

/// Plans the type of a variable whose values are listed: its name, and the variants with their texts.
fn plan_values(
    variable: &ServerVariable,
    wanted: &str,
    types: &mut Scope,
) -> Option<(String, Vec<(String, String)>)> {
    if variable.values.is_empty() {
        return None;
    }
    let (name, _) = types.claim(wanted);
    // A default that is not listed can't be a variant.
    if !variable.values.contains(&variable.default) {
        return None;
    }
    let mut variants = Scope::default();
    let values = variable.values.iter().map(|value| (variants.claim(&type_name(value)).0, value.clone()));
    Some((name, values.collect()))
}

/// Returns where the API is served, if the document gives an absolute URL.
pub(super) fn base_url(api: &Api) -> Option<String> {
    absolute_url(&api.servers)
}

/// Returns the variable for the base URL: what the variables of all credentials begin with, and `_BASE_URL`.
/// A variable begins with what stands before the words for a credential. Where they have no such beginning,
/// or not the same, there is none: keys must not be led elsewhere by chance.
pub(super) fn base_url_variable(api: &Api, schemes: &[SchemePlan]) -> Option<String> {
    base_url(api)?;
    let variables = schemes.iter().filter_map(|scheme| Some((scheme, scheme.environment.as_deref()?)));
    let prefixes: Vec<String> = variables.map(|(scheme, variable)| prefix(scheme, variable)).collect();
    let first = prefixes.first().filter(|prefix| !prefix.is_empty())?;
    prefixes.iter().all(|prefix| prefix == first).then(|| format!("{first}_BASE_URL"))
}

/// Returns what stands before the words for a credential in the name of a variable.
fn prefix(scheme: &SchemePlan, variable: &str) -> String {
    const WORDS: [&str; 16] = [
        "ACCESS",
        "API",
        "APIKEY",
        "AUTH",
        "AUTHORIZATION",
        "BASIC",
        "BEARER",
        "COOKIE",
        "CREDENTIALS",
        "HEADER",
        "KEY",
        "OAUTH",
        "OAUTH2",
        "PASSWORD",
        "SECRET",
        "TOKEN",
    ];
    let own: Vec<&str> = scheme.constant.split('_').collect();
    let is_credential = |word: &&str| WORDS.contains(word) || own.contains(word);
    let words: Vec<&str> = variable.split('_').collect();
    let count = words.len() - words.iter().rev().take_while(|word| is_credential(word)).count();
    words[..count].join("_")
}

/// Returns where requests for an operation go that has servers of its own. Without a host in both, nobody can
/// say.
pub(super) fn own_base_url(api: &Api, operation: &Operation) -> Option<String> {
    base_url(api)?;
    absolute_url(&operation.servers)
}

/// Returns the first absolute URL, without the slash at its end.
fn absolute_url(servers: &[Server]) -> Option<String> {
    let url = servers.iter().map(|server| server.url.as_str()).find(|url| url.contains("://"))?;
    Some(url.trim_end_matches('/').to_owned())
}

/// Returns what all paths have before them at the first server, where that is anything: the path of its URL,
/// without the slash at its end.
pub(super) fn base_path(api: &Api) -> Option<String> {
    let url = api.servers.first()?.url.split(['?', '#']).next().unwrap_or_default();
    let path = match url.split_once("//") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => url.trim_start_matches('/'),
    };
    let path = path.trim_end_matches('/');
    (!path.is_empty() && path != ".").then(|| format!("/{path}"))
}

/// Warns of servers of single operations that are ignored, because there is no host.
pub(super) fn warn_ignored(api: &Api, diagnostics: &mut Diagnostics) {
    let is_ignored =
        |operation: &&Operation| !operation.servers.is_empty() && own_base_url(api, operation).is_none();
    let mut ignored = api.operations.iter().filter(is_ignored);
    let Some(first) = ignored.next() else { return };
    let others = match ignored.count() {
        0 => String::new(),
        1 => ", here and in one other place".to_owned(),
        more => format!(", here and in {more} other places"),
    };
    let message = format!(
        "servers of a single path or operation are ignored, \
         where they or those of the document have no host{others}"
    );
    let help = "give both an absolute URL: https://example.com/v2";
    let location = first.location.clone().key();
    diagnostics.push(Diagnostic::warning(Code::Unsupported, location, message).help(help));
}
