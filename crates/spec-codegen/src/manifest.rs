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

/// Crates that the code of one kind uses, each with what the manifest says of it where it stands alone.
fn used(krate: CrateKind, text: &str) -> Vec<(&'static str, &'static str)> {
    let uses = |name: &str| names_crate(text, name);
    let mut names = Vec::new();
    let mut add = |name, standalone, used: bool| {
        if used {
            names.push((name, standalone));
        }
    };
    add("axum", r#"{ version = "0.8", default-features = false }"#, krate == CrateKind::Server);
    add("bytes", r#""1""#, uses("bytes"));
    add("chrono", r#"{ version = "0.4", default-features = false, features = ["serde"] }"#, uses("chrono"));
    add("indexmap", r#"{ version = "2", features = ["serde"] }"#, uses("indexmap"));
    add(
        "reqwest",
        r#"{ version = "0.13", default-features = false, features = ["rustls"] }"#,
        krate == CrateKind::Client,
    );
    add("schemars", r#"{ version = "1", features = ["chrono04", "indexmap2", "uuid1"] }"#, uses("schemars"));
    add("serde", r#"{ version = "1", features = ["derive"] }"#, uses("serde"));
    add("serde_json", r#"{ version = "1", features = ["preserve_order"] }"#, uses("serde_json"));
    add("uuid", r#"{ version = "1", default-features = false, features = ["serde"] }"#, uses("uuid"));
    names
}

/// Whether some path in the text begins with a crate, `bytes::Bytes` or `::bytes::Bytes`; `bytes` inside
/// another path is no crate.
fn names_crate(text: &str, name: &str) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let path = format!("{name}::");
    text.match_indices(&path).any(|(at, _)| {
        let before = &text[..at];
        let before = before.strip_suffix("::").unwrap_or(before);
        !before.ends_with(is_word) && !before.ends_with(['>', '#'])
    })
}

/// The feature of the runtime that the code of one kind uses.
pub(crate) fn runtime_feature(krate: CrateKind, text: &str) -> Option<&'static str> {
    match krate {
        CrateKind::Models if text.contains("spec_runtime::validation::") => Some("validation"),
        CrateKind::Models => None,
        CrateKind::Client => Some("client"),
        CrateKind::Server => Some("server"),
    }
}

/// Names of the crates that generated code uses, its models and runtime aside.
pub(crate) fn dependencies(krate: CrateKind, text: &str) -> Vec<&'static str> {
    used(krate, text).into_iter().map(|(name, _)| name).collect()
}

/// The manifest of a new crate.
pub(crate) fn manifest(
    settings: &ApiSettings,
    krate: CrateKind,
    generated: &Generated,
    from: &Dependencies,
) -> String {
    let name = settings.crate_name(krate);
    let text = &generated.text(krate);
    let package = match from {
        Dependencies::Workspace => {
            "version.workspace = true\nedition.workspace = true\nrust-version.workspace = true\nlicense.workspace = true\npublish.workspace = true\n"
        }
        Dependencies::Standalone(_) => "version = \"0.1.0\"\nedition = \"2024\"\npublish = false\n",
    };
    let mut lines: Vec<String> = used(krate, text)
        .into_iter()
        .map(|(name, standalone)| match from {
            Dependencies::Workspace => match features(name) {
                "" => format!("{name}.workspace = true"),
                features => format!("{name} = {{ workspace = true, features = [{features}] }}"),
            },
            Dependencies::Standalone(_) => format!("{name} = {standalone}"),
        })
        .collect();
    let feature = runtime_feature(krate, text);
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

/// A text as TOML has it: the escapes of JSON, and that of one sign more (TOML 1.0, "String").
fn text_of_toml(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

/// Features that a crate of a workspace asks for.
fn features(name: &str) -> &'static str {
    match name {
        "chrono" | "indexmap" | "uuid" => "\"serde\"",
        "reqwest" => "\"rustls\"",
        "schemars" => "\"chrono04\", \"indexmap2\", \"uuid1\"",
        _ => "",
    }
}

/// The hand-written `lib.rs` of a new crate.
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

#[cfg(test)]
mod tests {
    use super::names_crate;

    #[test]
    fn crates_are_told_from_what_is_called_alike() {
        assert!(names_crate("use bytes::Bytes;", "bytes"));
        assert!(names_crate("Error<::bytes::Bytes>", "bytes"));
        assert!(!names_crate("use spec_runtime::stream::bytes::Bytes;", "bytes"));
        assert!(!names_crate("to_bytes::<u8>()", "bytes"));
        assert!(!names_crate("fn bytes(self)", "bytes"));
    }
}
