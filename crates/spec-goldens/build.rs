//! Every small document, and every document of the workspace, becomes a module of this crate, and each of its
//! models a row of a table.

use serde_json::json;
use spec_codegen::plan::{Definition, Plan, PrincipalPlan};
use spec_codegen::samples::Sample;
use spec_codegen::settings::{ApiSettings, Files};
use spec_codegen::{Builder, CrateKind, Generated, MODULES};
use spec_document::{Diagnostics, Place, Renderer, Sources};
use spec_oracle::cells::{Grid, Said, asked, papers};
use spec_oracle::glue;
use std::env;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Documents that are compiled in files by tag, too.
const IN_FILES: [&str; 4] = ["tags", "negotiation", "webhooks", "paths"];

fn main() -> ExitCode {
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<(), Box<dyn Error>> {
    let crates = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("..").canonicalize()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let (mut modules, mut documents, mut models) = (String::new(), String::new(), String::new());
    let (mut glue, mut glued) = (String::new(), String::new());
    let (mut samples, mut sampled) = (String::new(), String::new());
    let (mut services, mut begun) = (String::new(), String::new());
    let mut failures = Vec::new();
    for folder in ["spec-codegen/tests/documents", "../openapi"] {
        for path in documents_in(&crates.join(folder).canonicalize()?)? {
            let name = name_of(&path);
            let module = name.replace('-', "_");
            let folder = out.join(&module);
            let models_path = format!("crate::{module}::models");
            // Tests hold the warnings of small documents; here they would only be read over.
            let builder = Builder::document(&path).without_warnings().models_path(&models_path);
            match builder.out_dir(&folder).generate() {
                Ok(generated) => {
                    writeln!(modules, "{}", module_of(&module, &folder))?;
                    writeln!(documents, "    ({name:?}, {path:?}),")?;
                    rows(&mut models, &generated.plan, &name, &module)?;
                    let code = glue::print(&generated.plan, &name, &format!("spec_goldens::{module}"))?;
                    writeln!(glue, "pub mod {module} {{\n{code}}}")?;
                    writeln!(glued, "    {module}::DOCUMENT,")?;
                    services.push_str(&service_of(&generated, &module));
                    begun.push_str(&format!("    ({name:?}, {module}::asked),\n"));
                    samples.push_str(&samples_of(&generated, &module));
                    let counts = (generated.plan.operations.len(), samples_in(&generated, &module).len());
                    writeln!(sampled, "    ({name:?}, {}, {}),", counts.0, counts.1)?;
                }
                Err(error) => failures.push(error.to_string()),
            }
        }
    }
    for name in IN_FILES {
        let document = crates.join("spec-codegen/tests/documents").join(name).with_extension("yaml");
        match in_files(&document, &out, name) {
            Ok(module) => modules.push_str(&module),
            Err(error) => failures.push(error.to_string()),
        }
    }
    if !failures.is_empty() {
        return Err(failures.join("\n\n").into());
    }
    modules.push_str(&grid(&out)?);
    let all = format!(
        "{modules}\n\
         /// Every document: its name and its path.\n\
         pub const DOCUMENTS: &[(&str, &str)] = &[\n{documents}];\n\n\
         /// Every model of every document.\n\
         #[allow(deprecated)]\n\
         pub const MODELS: &[Model] = &[\n{models}];\n"
    );
    fs::write(out.join("all.rs"), all)?;
    let table = "/// Documents, with the numbers of operations and of samples.\n\
                 pub const SAMPLED: &[(&str, usize, usize)]";
    fs::write(out.join("samples.rs"), format!("{samples}\n{table} = &[\n{sampled}];\n"))?;
    let table = "/// Services as they are begun.\npub const SERVICES: &[Begun]";
    fs::write(out.join("services.rs"), format!("{services}\n{table} = &[\n{begun}];\n"))?;
    let table = "/// What is exercised.\npub const GLUED: &[spec_oracle::loopback::Document]";
    fs::write(out.join("glue.rs"), format!("{glue}\n{table} = &[\n{glued}];\n"))?;
    Ok(())
}

/// A fixed part of the grid: the modules of its documents, and beside them the code between clients and
/// servers, and what the generator said of the cells.
fn grid(out: &Path) -> Result<String, Box<dyn Error>> {
    let grid = Grid::new();
    let (mut taken, mut refused) = (Vec::new(), Vec::new());
    for (cell, said) in asked(&grid, &grid.some()) {
        match said {
            Said::Refused(_, has_place) => refused.push((cell, has_place)),
            Said::Taken => taken.push(cell),
        }
    }
    let (mut modules, mut glue, mut glued, mut made) =
        (String::new(), String::new(), String::new(), Vec::new());
    for paper in papers(&grid, &taken) {
        let (module, path) = (paper.name.replace('-', "_"), out.join(&paper.name).with_extension("json"));
        fs::write(&path, &paper.text)?;
        let folder = out.join(&module);
        let models_path = format!("crate::{module}::models");
        let builder = Builder::document(&path).without_warnings().models_path(&models_path);
        let generated = builder.out_dir(&folder).generate()?;
        writeln!(modules, "{}", module_of(&module, &folder))?;
        writeln!(
            glue,
            "pub mod {module} {{\n{}}}",
            glue::print(&generated.plan, &paper.name, &format!("spec_goldens::{module}"))?
        )?;
        writeln!(glued, "    {module}::DOCUMENT,")?;
        made.push(json!({ "text": paper.text, "operations": paper.operations }));
    }
    let made = json!({ "papers": made, "refused": refused });
    fs::write(out.join("grid.json"), made.to_string())?;
    let table = "/// What is walked through.\npub const PAPERS: &[spec_oracle::loopback::Document]";
    fs::write(out.join("grid_glue.rs"), format!("{glue}\n{table} = &[\n{glued}];\n"))?;
    Ok(modules)
}

/// Documents in the order of their names: a file, or a folder that has one called `openapi` and what it
/// refers to. Cargo is told to watch the folder and all that is in it. A file that does not begin as a
/// document does is a part of one.
fn documents_in(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let is_document = |path: &PathBuf| {
        let is_named = path.extension().is_some_and(|ending| ending == "yaml" || ending == "json");
        let mut text = fs::read_to_string(path).unwrap_or_default();
        text.retain(|c| c != '"' && c != ' ');
        is_named && text.lines().any(|line| line.trim_start_matches('{').starts_with("openapi:"))
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        paths.push(if path.is_dir() { path.join("openapi.yaml") } else { path });
    }
    paths.retain(is_document);
    paths.sort_by_key(|path| name_of(path));
    Ok(paths)
}

/// What a document is called by: its folder, where it has one of its own.
fn name_of(path: &Path) -> String {
    let folder = path.parent().and_then(Path::file_name).filter(|_| path.ends_with("openapi.yaml"));
    folder.or(path.file_stem()).unwrap_or_default().to_string_lossy().into_owned()
}

/// The module of a document. What it allows is what the generated code of no document is asked to avoid: each
/// file knows nothing of who uses it, and what a document calls deprecated is used by the code around it.
fn module_of(module: &str, folder: &Path) -> String {
    let inner = CrateKind::ALL.map(|krate| {
        let file = folder.join(krate.word()).with_extension("rs");
        format!("    pub mod {} {{ include!({file:?}); }}\n", krate.word())
    });
    format!("#[allow(clippy::all, deprecated, missing_docs)]\npub mod {module} {{\n{}}}\n", inner.concat())
}

/// The samples of a document, as programs that have this crate.
fn samples_in(generated: &Generated, module: &str) -> Vec<Sample> {
    let path = format!("spec_goldens::{module}");
    generated.samples(&format!("{path}::client"), &format!("{path}::models"))
}

/// The samples of a document as modules: each is a file of its own.
fn samples_of(generated: &Generated, module: &str) -> String {
    let samples = samples_in(generated, module);
    let samples = samples
        .iter()
        .enumerate()
        .map(|(index, sample)| format!("pub mod s{index} {{\n{}}}\n", sample.source));
    format!(
        "#[allow(dead_code, deprecated, missing_docs)]\npub mod {module} {{\n{}}}\n",
        samples.collect::<String>()
    )
}

/// The service that a document begins with, as a module: its program, and what tests ask.
fn service_of(generated: &Generated, module: &str) -> String {
    let [server, models] = ["server", "models"].map(|krate| format!("spec_goldens::{module}::{krate}"));
    let text = generated.skeleton(&server, &models);
    // Comments about the file are not about the module that it stands in.
    let inner: String =
        text.lines().filter(|line| !line.starts_with("//!")).map(|line| format!("{line}\n")).collect();
    let plan = &generated.plan;
    let (operations, router, list) = match plan.operations.is_empty() && !plan.webhooks.is_empty() {
        true => (&plan.webhooks, "webhooks", "webhook_operations"),
        false => (&plan.operations, "router", "operations"),
    };
    let asks = operations.iter().any(|operation| operation.principal() != PrincipalPlan::None);
    let service = if asks { "Service { key: super::KEY.to_owned() }" } else { "Service" };
    format!(
        "#[allow(dead_code, reason = \"tests call the service without its program\")]\nmod {module} {{\n\
         {inner}\n\
         pub(super) fn asked() -> super::Asked {{ ({router}({service}), {list}()) }}\n}}\n"
    )
}

/// A document in files by tag, as a module whose name ends in `_in_files`.
fn in_files(document: &Path, out: &Path, name: &str) -> Result<String, Box<dyn Error>> {
    let module = format!("{}_in_files", name.replace('-', "_"));
    let folder = out.join(&module);
    let models_path = Some(format!("crate::{module}::models"));
    // Here, each place has a type of its own.
    let files = Files::ByTag;
    let settings =
        ApiSettings { models_path, files, sharing: false, ..ApiSettings::for_document("api", name) };
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let source = sources.add(name, fs::read_to_string(document)?);
    let parsed = sources.parse(source, None, &mut diagnostics);
    let generated =
        parsed.and_then(|parsed| spec_codegen::generate(&parsed, name, &settings, &mut diagnostics));
    let Some(generated) = generated else {
        return Err(Renderer::new(&sources).render_all(&diagnostics).into());
    };
    // A file that is named by its path has its modules beside it.
    for file in &generated.files {
        let beside = Path::new(&file.path).strip_prefix(MODULES).unwrap_or(Path::new("mod.rs"));
        let path = folder.join(file.krate.word()).join(beside);
        fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        fs::write(path, &file.text)?;
    }
    let inner = CrateKind::ALL.map(|krate| {
        format!(
            "    #[path = {:?}]\n    pub mod {};\n",
            folder.join(krate.word()).join("mod.rs"),
            krate.word()
        )
    });
    Ok(format!(
        "#[allow(clippy::all, deprecated, missing_docs)]\npub mod {module} {{\n{}}}\n",
        inner.concat()
    ))
}

/// A row for each model: where its schema stands, and the type.
fn rows(models: &mut String, plan: &Plan, document: &str, module: &str) -> Result<(), Box<dyn Error>> {
    for ty in &plan.types {
        let Place::Pointer { pointer, .. } = &ty.location.place else {
            return Err(format!("{document}: the model {} has no place in the document", ty.name).into());
        };
        let is_alias = matches!(ty.definition, Definition::Alias(_));
        writeln!(
            models,
            "    Model::of::<{module}::models::{}>({document:?}, {:?}, {:?}, {is_alias}, {:?}),",
            ty.name,
            ty.name,
            pointer.as_str(),
            ty.side.map(|side| side.to_string()).unwrap_or_default()
        )?;
    }
    Ok(())
}
