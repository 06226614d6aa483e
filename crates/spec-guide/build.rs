//! Generates what the pages show of `pets.yaml`.

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("pets.yaml");
    println!("cargo::rerun-if-changed={}", document.display());
    let out = PathBuf::from(env::var("OUT_DIR")?);
    spec_codegen::workspace::into_folder(&document, "crate::pets::models", &out)?;
    Ok(())
}
