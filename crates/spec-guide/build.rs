//! Generates what the pages show of `pets.yaml`: as the module `pets`, and as a crate with a build script has
//! it.

use serde_json::{Map, Value};
use spec_codegen::{Builder, samples};
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The samples of the workspace's document, as they are committed.
const SAMPLES: &str = "../../openapi/outbound-campaigns.samples.json";

fn main() -> Result<(), Box<dyn Error>> {
    let out = Path::new(&std::env::var("OUT_DIR")?).to_owned();
    let pets = Builder::document("pets.yaml").models_path("crate::pets::models").out_dir(out.join("pets"));
    let pets = pets.generate()?.samples("spec_guide::pets::client", "spec_guide::pets::models");
    Builder::document("pets.yaml").generate()?;
    println!("cargo::rerun-if-changed={SAMPLES}");
    let campaigns = fs::read_to_string(SAMPLES)?;
    let modules = modules("pets", &samples::to_json(&pets))? + &modules("campaigns", &campaigns)?;
    fs::write(out.join("samples.rs"), modules)?;
    Ok(())
}

/// Makes a module of samples, in which each is a module of its own, and a table of their paths and methods.
fn modules(name: &str, samples: &str) -> Result<String, Box<dyn Error>> {
    let paths: Map<String, Value> = serde_json::from_str(samples)?;
    let (mut modules, mut table) = (String::new(), String::new());
    let methods = paths
        .iter()
        .flat_map(|(path, methods)| methods.as_object().into_iter().flatten().map(move |own| (path, own)));
    for (index, (path, (method, list))) in methods.enumerate() {
        for sample in list.as_array().into_iter().flatten() {
            let source = sample["source"].as_str().ok_or("a sample without a source")?;
            writeln!(modules, "    mod s{index} {{\n{source}}}")?;
            writeln!(table, "        {:?},", format!("{method} {path}"))?;
        }
    }
    Ok(format!(
        "#[allow(dead_code, deprecated)]\nmod {name} {{\n    pub(super) const SAMPLES: &[&str] = &[\n\
         {table}    ];\n{modules}}}\n"
    ))
}
