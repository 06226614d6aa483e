//! Generates what the pages show of `pets.yaml`: as the module `pets`, and as a crate with a build script has
//! it.

use spec_codegen::workspace::{build_script, into_folder};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let document = Path::new("pets.yaml");
    let folder = Path::new(&std::env::var("OUT_DIR")?).join("pets");
    into_folder(document, "crate::pets::models", &folder)?;
    build_script(document)?;
    Ok(())
}
