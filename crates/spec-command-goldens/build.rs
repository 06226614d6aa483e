//! Documents become modules of this crate: models, a client, and a command-line program.

use spec_codegen::{Builder, CrateKind};
use std::env;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Small documents of the generator that have what is hard to say on a command line.
const DOCUMENTS: [&str; 18] = [
    "attacks.yaml",
    "bodies.yaml",
    "certificates.yaml",
    "files.yaml",
    "form-fields.yaml",
    "hostile-texts.yaml",
    "names.yaml",
    "negotiation.yaml",
    "no-operation-ids.json",
    "nowhere.yaml",
    "parameters.yaml",
    "recursion.yaml",
    "security.yaml",
    "shadows.yaml",
    "streams.yaml",
    "tags.yaml",
    "three-states.yaml",
    "tokens.yaml",
];

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let (mut modules, mut programs) = (String::new(), String::new());
    let documents = DOCUMENTS.iter().map(|name| Path::new("../spec-codegen/tests/documents").join(name));
    for path in documents.chain([PathBuf::from("commands.yaml")]) {
        let module = path.file_stem().unwrap_or_default().to_string_lossy().replace('-', "_");
        let folder = out.join(&module);
        Builder::document(&path)
            .without_warnings()
            .crates([CrateKind::Models, CrateKind::Client])
            .cli("cli")
            .mcp(true)
            .models_path(&format!("crate::{module}::models"))
            .client_path(&format!("crate::{module}::client"))
            .out_dir(&folder)
            .generate()?;
        let inner = ["models", "client", "cli"].map(|name| {
            format!("    pub mod {name} {{ include!({:?}); }}\n", folder.join(format!("{name}.rs")))
        });
        writeln!(
            modules,
            "#[allow(clippy::all, deprecated, missing_docs)]\npub mod {module} {{\n{}}}",
            inner.concat()
        )?;
        let own = format!("&{module}::cli::API");
        let run = format!("|words| spec_command::run_from({own}, words)");
        writeln!(programs, "    ({module:?}, {run}, || spec_command::tools({own})),")?;
    }
    let table = "/// Every program: its document, what runs it, and what returns its tools.\n\
                 pub const PROGRAMS: &[(&str, Program, Tools)]";
    fs::write(out.join("all.rs"), format!("{modules}\n{table} = &[\n{programs}];\n"))?;
    Ok(())
}
