//! Has progenitor print a client as it prints them by itself, to be compared with.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

const DOCUMENT: &str = "scenes/plain.json";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={DOCUMENT}");
    let document: openapiv3::OpenAPI = serde_json::from_str(&fs::read_to_string(DOCUMENT)?)?;
    let mut settings = progenitor::GenerationSettings::default();
    settings.with_interface(progenitor::InterfaceStyle::Builder);
    let tokens = progenitor::Generator::new(&settings).generate_tokens(&document)?;
    let out = PathBuf::from(env::var("OUT_DIR")?).join("plain.rs");
    fs::write(out, prettyplease::unparse(&syn::parse2(tokens)?))?;
    Ok(())
}
