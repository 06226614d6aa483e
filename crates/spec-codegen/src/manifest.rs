//! What a new crate needs beside its generated code: a manifest and a few hand-written lines around it.
//!
//! Written once, where there is nothing yet; from then on they belong to the user.

use crate::markdown::{harmless, in_one_line};
use crate::plan::depth::recursion_limit;
use crate::settings::ApiSettings;
use crate::{CrateKind, Generated};

/// Where a crate's dependencies come from.
#[derive(Clone, Debug)]
pub(crate) enum Dependencies {
    /// The workspace lists them.
    Workspace,
    /// The crate stands alone; `spec-runtime` is in this folder.
    Standalone(String),
}

/// Returns the crates that generated code uses, its models and runtime aside, each with what a manifest says
/// of it where the generated crate stands alone.
fn used(krate: CrateKind, generated: &Generated) -> Vec<(&'static str, &'static str)> {
    let all = [
        ("axum", r#"{ version = "0.8", default-features = false }"#),
        ("bytes", r#""1""#),
        ("chrono", r#"{ version = "0.4", default-features = false, features = ["serde"] }"#),
        ("indexmap", r#"{ version = "2", features = ["serde"] }"#),
        ("reqwest", r#"{ version = "0.13", default-features = false, features = ["rustls"] }"#),
        ("schemars", r#"{ version = "1", features = ["chrono04", "indexmap2", "uuid1"] }"#),
        ("serde", r#"{ version = "1", features = ["derive"] }"#),
        ("serde_json", r#"{ version = "1", features = ["preserve_order"] }"#),
        ("uuid", r#"{ version = "1", default-features = false, features = ["serde"] }"#),
    ];
    let is_used = |(name, _): &(&str, &str)| match (*name, krate) {
        ("axum", CrateKind::Server) | ("reqwest", CrateKind::Client) => true,
        (name, _) => generated.imports.get(&krate).is_some_and(|imports| imports.uses(name)),
    };
    all.into_iter().filter(is_used).collect()
}

/// Returns the feature of the runtime that generated code uses.
pub(crate) fn runtime_feature(krate: CrateKind, generated: &Generated) -> Option<&'static str> {
    match krate {
        CrateKind::Models => {
            let imports = generated.imports.get(&krate)?;
            imports.uses("spec_runtime::validation").then_some("validation")
        }
        CrateKind::Client => Some("client"),
        CrateKind::Server => Some("server"),
    }
}

/// Returns the names of the crates that generated code uses, its models and runtime aside.
pub(crate) fn dependencies(krate: CrateKind, generated: &Generated) -> Vec<&'static str> {
    used(krate, generated).into_iter().map(|(name, _)| name).collect()
}

/// Writes the manifest of a new crate.
pub(crate) fn manifest(
    settings: &ApiSettings,
    krate: CrateKind,
    generated: &Generated,
    from: &Dependencies,
) -> String {
    let name = settings.crate_name(krate);
    let package = match from {
        Dependencies::Workspace => {
            "version.workspace = true\nedition.workspace = true\nrust-version.workspace = true\nlicense.workspace = true\npublish.workspace = true\n"
        }
        Dependencies::Standalone(_) => "version = \"0.1.0\"\nedition = \"2024\"\npublish = false\n",
    };
    let mut lines: Vec<String> = used(krate, generated)
        .into_iter()
        .map(|(name, standalone)| match from {
            Dependencies::Workspace => match features(name) {
                "" => format!("{name}.workspace = true"),
                features => format!("{name} = {{ workspace = true, features = [{features}] }}"),
            },
            Dependencies::Standalone(_) => format!("{name} = {standalone}"),
        })
        .collect();
    let feature = runtime_feature(krate, generated);
    if krate != CrateKind::Models {
        let models = settings.crate_name(CrateKind::Models);
        lines.push(format!("{models} = {{ path = \"../{models}\" }}"));
    }
    let source = match from {
        Dependencies::Workspace => "workspace = true".to_owned(),
        Dependencies::Standalone(path) => format!("path = {}", text_of_toml(path)),
    };
    lines.push(match feature {
        Some(feature) => format!("spec-runtime = {{ {source}, features = [\"{feature}\"] }}"),
        None => format!("spec-runtime = {{ {source} }}"),
    });
    lines.sort();
    let what = match krate {
        CrateKind::Models => "Models",
        CrateKind::Client => "Client",
        CrateKind::Server => "Server",
    };
    let description = text_of_toml(&format!("{what} of {}", in_one_line(&generated.plan.title)));
    format!(
        "[package]\nname = \"{name}\"\ndescription = {description}\n{package}\n{DOCTESTS}\n[dependencies]\n{}\n",
        lines.join("\n")
    )
}

/// Comments of generated code are a document's words: nothing in them is to be run, should it ever look like
/// code.
const DOCTESTS: &str = "[lib]\ndoctest = false\n";

/// Quotes a text for TOML: the escapes of JSON, and that of one sign more (TOML 1.0, "String").
fn text_of_toml(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

/// Returns the features of a dependency that the workspace lists.
fn features(name: &str) -> &'static str {
    match name {
        "chrono" | "indexmap" | "uuid" => "\"serde\"",
        "reqwest" => "\"rustls\"",
        "schemars" => "\"chrono04\", \"indexmap2\", \"uuid1\"",
        _ => "",
    }
}

/// Writes the `lib.rs` of a new crate.
pub(crate) fn library(settings: &ApiSettings, krate: CrateKind, generated: &Generated) -> String {
    let title = generated.plan.title.trim_end_matches('.');
    let models = settings.crate_name(CrateKind::Models).replace('-', "_");
    let head = match krate {
        CrateKind::Models => format!("Models of {title}: shared by its client and its server."),
        CrateKind::Client => format!("Client of {title}."),
        CrateKind::Server => {
            format!("Server of {title}: a trait to implement, and a router that answers for it.")
        }
    };
    let head: String = harmless(&in_one_line(&head)).lines().map(|line| format!("//! {line}\n")).collect();
    let reexport = match krate {
        CrateKind::Models => String::new(),
        CrateKind::Client | CrateKind::Server => format!("pub use {models} as models;\n"),
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
    format!(
        "{head}{limit}\n#[allow(clippy::all, deprecated)]\n#[rustfmt::skip]\nmod generated;\n\n{allow}pub use generated::*;\n{reexport}"
    )
}
