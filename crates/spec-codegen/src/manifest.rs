//! What a new crate needs beside its generated code: a manifest and a few hand-written lines around it.
//!
//! Written once, where there is nothing yet; from then on they belong to the user. Must not read files: what
//! stands around a crate it is told.

use crate::markdown::{harmless, in_one_line};
use crate::plan::depth::recursion_limit;
use crate::settings::{ApiSettings, GitReference, Runtime};
use crate::{CrateKind, Generated};

/// The crate that all generated code depends on.
pub(crate) const RUNTIME: &str = "spec-runtime";

/// The crate that all command-line programs call.
pub(crate) const COMMANDS: &str = "spec-command";

/// The crate that serves routers.
pub(crate) const SERVING: &str = "spec-server";

/// The surroundings of a new crate.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    /// The keys of `[workspace.package]`, which hold for all packages.
    pub(crate) inherited: Vec<String>,
    /// Where the runtime comes from, a path being one from the new crate; the workspace says it where absent.
    pub(crate) runtime: Option<Runtime>,
    /// Where `spec-command` comes from, as the runtime does.
    pub(crate) commands: Option<Runtime>,
    /// The path of the models' crate from the new one.
    pub(crate) models: String,
    /// The path of the client's crate from the new one.
    pub(crate) client: String,
}

/// Returns the feature that generated code needs, and the crate that has it: the runtime, or what runs
/// programs.
pub(crate) fn needed_feature(
    krate: CrateKind,
    generated: &Generated,
) -> Option<(&'static str, &'static str)> {
    match krate {
        CrateKind::Models => {
            let imports = generated.imports.get(&krate)?;
            imports.uses("spec_runtime::validation").then_some((RUNTIME, "validation"))
        }
        CrateKind::Client => Some((RUNTIME, "client")),
        CrateKind::Server => Some((RUNTIME, "server")),
        CrateKind::Cli => {
            let program = generated.plan.program.as_ref()?;
            program.commands.iter().any(|command| command.tool.is_some()).then_some((COMMANDS, "mcp"))
        }
    }
}

/// Returns the crates that generated code needs.
pub(crate) fn dependencies<'s>(
    settings: &'s ApiSettings,
    krate: CrateKind,
    generated: &Generated,
) -> Vec<&'s str> {
    match krate {
        CrateKind::Models => vec![RUNTIME],
        CrateKind::Client | CrateKind::Server => vec![settings.crate_name(CrateKind::Models), RUNTIME],
        CrateKind::Cli => {
            let mut names = vec![settings.crate_name(CrateKind::Client), COMMANDS];
            names.extend(needs_runtime(generated).then_some(RUNTIME));
            names
        }
    }
}

/// Says whether a command-line program names what the runtime has, such as types of parameters.
fn needs_runtime(generated: &Generated) -> bool {
    generated.imports.get(&CrateKind::Cli).is_some_and(|imports| imports.uses("spec_runtime"))
}

/// Writes the manifest of a new crate.
pub(crate) fn manifest(
    settings: &ApiSettings,
    krate: CrateKind,
    generated: &Generated,
    around: &Surroundings,
) -> String {
    if krate == CrateKind::Cli {
        return program(settings, generated, around);
    }
    let mut lines = Vec::new();
    if krate != CrateKind::Models {
        let models = settings.crate_name(CrateKind::Models);
        lines.push(format!("{models} = {{ path = {} }}", text_of_toml(&around.models)));
    }
    let source = source(around.runtime.as_ref());
    let mut features: Vec<String> =
        needed_feature(krate, generated).iter().map(|(_, feature)| format!("\"{feature}\"")).collect();
    if krate == CrateKind::Client {
        // So that it can call servers of the network, too.
        features.push("\"rustls\"".to_owned());
    }
    lines.push(match features.is_empty() {
        true => format!("{RUNTIME} = {{ {source} }}"),
        false => format!("{RUNTIME} = {{ {source}, features = [{}] }}", features.join(", ")),
    });
    lines.sort();
    let what = match krate {
        CrateKind::Models => "Models",
        CrateKind::Client => "Client",
        CrateKind::Server => "Server",
        CrateKind::Cli => "Command-line program",
    };
    let package = package(settings.crate_name(krate), what, generated, &around.inherited);
    let features = match krate {
        CrateKind::Client => client_features(),
        CrateKind::Server => MOCK.to_owned(),
        CrateKind::Models | CrateKind::Cli => String::new(),
    };
    format!("{package}\n{DOCTESTS}{features}\n[dependencies]\n{}\n", lines.join("\n"))
}

/// Features of the runtime that a client hands on, each with what it is for. All are off by default.
const CLIENT_FEATURES: [(&str, &str); 3] = [
    ("blocking", "Calls without `async`."),
    ("opentelemetry", "The context of the trace in requests, and their durations, by OpenTelemetry."),
    ("tracing", "Spans and events of calls and requests."),
];

/// Writes the features of a client.
fn client_features() -> String {
    let features =
        CLIENT_FEATURES.iter().map(|(name, words)| format!("# {words}\n{name} = [\"{RUNTIME}/{name}\"]\n"));
    std::iter::once("\n[features]\n".to_owned()).chain(features).collect()
}

/// Writes the manifest of a new command-line program.
fn program(settings: &ApiSettings, generated: &Generated, around: &Surroundings) -> String {
    let client = settings.crate_name(CrateKind::Client);
    let features = needed_feature(CrateKind::Cli, generated);
    let features = features.map(|(_, name)| format!(", features = [\"{name}\"]")).unwrap_or_default();
    let mut lines = vec![
        format!("{client} = {{ path = {} }}", text_of_toml(&around.client)),
        format!("{COMMANDS} = {{ {}{features} }}", source(around.commands.as_ref())),
    ];
    if needs_runtime(generated) {
        lines.push(format!("{RUNTIME} = {{ {} }}", source(around.runtime.as_ref())));
    }
    lines.sort();
    let name = settings.crate_name(CrateKind::Cli);
    let package = package(name, "Command-line program", generated, &around.inherited);
    let program = settings.program_name();
    format!(
        "{package}\n[[bin]]\nname = \"{program}\"\npath = \"src/main.rs\"\n\n[dependencies]\n{}\n",
        lines.join("\n")
    )
}

/// Writes what a manifest says of its package; `inherited` are the keys that the workspace says.
fn package(name: &str, what: &str, generated: &Generated, inherited: &[String]) -> String {
    // Cargo itself has no need of a Rust version and a licence.
    let keys = [
        ("version", Some("\"0.1.0\"")),
        ("edition", Some("\"2024\"")),
        ("rust-version", None),
        ("license", None),
        ("publish", Some("false")),
    ];
    let keys: String = keys
        .iter()
        .filter_map(|(key, own)| match inherited.iter().any(|inherited| inherited == key) {
            true => Some(format!("{key}.workspace = true\n")),
            false => own.map(|own| format!("{key} = {own}\n")),
        })
        .collect();
    let description = text_of_toml(&format!("{what} of {}", in_one_line(&generated.plan.title)));
    format!("[package]\nname = \"{name}\"\ndescription = {description}\n{keys}")
}

/// The surroundings of the crate of a service that is begun.
#[derive(Clone, Debug)]
pub(crate) struct ServiceSurroundings {
    /// The keys of `[workspace.package]`, which hold for all packages.
    pub(crate) inherited: Vec<String>,
    /// The name of the server's crate, and its path from the new one.
    pub(crate) server: (String, String),
    /// Where the runtime comes from; the workspace says it where absent.
    pub(crate) runtime: Option<Runtime>,
    /// Where `spec-server` comes from; the workspace says it where absent.
    pub(crate) serving: Option<Runtime>,
    /// Where tokio comes from; the workspace says it where absent.
    pub(crate) tokio: Option<Runtime>,
}

/// Returns what the program of a service depends on, by name, each as a line of its manifest.
pub(crate) fn service_dependencies(around: &ServiceSurroundings) -> Vec<(&str, String)> {
    let (server, path) = &around.server;
    let mut dependencies = vec![
        (server.as_str(), format!("{{ path = {} }}", text_of_toml(path))),
        (RUNTIME, format!("{{ {}, features = [\"server\"] }}", source(around.runtime.as_ref()))),
        (SERVING, format!("{{ {} }}", source(around.serving.as_ref()))),
        (
            "tokio",
            format!("{{ {}, features = [\"macros\", \"rt-multi-thread\"] }}", source(around.tokio.as_ref())),
        ),
    ];
    dependencies.sort();
    dependencies
}

/// Writes the manifest of a new service.
pub(crate) fn service(name: &str, generated: &Generated, around: &ServiceSurroundings) -> String {
    let package = package(name, "Service", generated, &around.inherited);
    let lines: Vec<String> =
        service_dependencies(around).into_iter().map(|(name, source)| format!("{name} = {source}")).collect();
    format!("{package}\n[dependencies]\n{}\n", lines.join("\n"))
}

/// Writes where a crate comes from, as a manifest has it; the workspace says it where nothing else does.
fn source(runtime: Option<&Runtime>) -> String {
    let Some(runtime) = runtime else { return "workspace = true".to_owned() };
    match runtime {
        Runtime::Path(path) => format!("path = {}", text_of_toml(path)),
        Runtime::Version(version) => format!("version = {}", text_of_toml(version)),
        Runtime::Git { url, at } => {
            let at = at.as_ref().map(|at| match at {
                GitReference::Branch(name) => format!(", branch = {}", text_of_toml(name)),
                GitReference::Rev(id) => format!(", rev = {}", text_of_toml(id)),
                GitReference::Tag(name) => format!(", tag = {}", text_of_toml(name)),
            });
            format!("git = {}{}", text_of_toml(url), at.unwrap_or_default())
        }
    }
}

/// Comments of generated code are a document's words: nothing in them is to be run, should it ever look like
/// code.
const DOCTESTS: &str = "[lib]\ndoctest = false\n";

/// The feature of a server that has mocks, for tests of those who call it.
const MOCK: &str =
    "\n[features]\n# A double of the API for tests: `Mock`.\nmock = [\"spec-runtime/testing\"]\n";

/// Quotes a text for TOML: the escapes of JSON, and that of one sign more (TOML 1.0, "String").
fn text_of_toml(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

/// Returns the path of the file of a crate that is written once: its `lib.rs`, or its `main.rs`.
pub(crate) fn root_file(krate: CrateKind) -> &'static str {
    if krate == CrateKind::Cli { "src/main.rs" } else { "src/lib.rs" }
}

/// Writes the `lib.rs` of a new crate, or its `main.rs`.
pub(crate) fn library(settings: &ApiSettings, krate: CrateKind, generated: &Generated) -> String {
    let title = generated.plan.title.trim_end_matches('.');
    let models = settings.crate_name(CrateKind::Models).replace('-', "_");
    let head = match krate {
        CrateKind::Models => format!("Models of {title}: shared by its client and its server."),
        CrateKind::Client => format!("Client of {title}."),
        CrateKind::Server => {
            format!("Server of {title}: a trait to implement, and a router that answers for it.")
        }
        CrateKind::Cli => format!("Command-line program of {title}."),
    };
    let head: String = harmless(&in_one_line(&head)).lines().map(|line| format!("//! {line}\n")).collect();
    let reexport = match krate {
        CrateKind::Models => String::new(),
        CrateKind::Client | CrateKind::Server => format!("pub use {models} as models;\n"),
        CrateKind::Cli => String::new(),
    };
    let is_empty = krate == CrateKind::Models && generated.plan.types.is_empty();
    let allow = if is_empty {
        "#[allow(unused_imports, reason = \"the document has no schemas yet\")]\n"
    } else {
        ""
    };
    let limit =
        recursion_limit(&generated.plan).map(|limit| format!("\n#![recursion_limit = \"{limit}\"]\n"));
    let limit = limit.unwrap_or_default();
    if krate == CrateKind::Cli {
        return format!(
            "{head}{limit}\n#[allow(clippy::all, deprecated)]\n#[rustfmt::skip]\nmod generated;\n\n\
             use std::process::ExitCode;\n\n\
             fn main() -> ExitCode {{\n    spec_command::run(&generated::API)\n}}\n"
        );
    }
    format!(
        "{head}{limit}\n#[allow(clippy::all, deprecated)]\n#[rustfmt::skip]\nmod generated;\n\n\
         {allow}pub use generated::*;\n{reexport}"
    )
}
