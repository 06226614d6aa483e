//! Generates what the pages show of `pets.yaml`: as the module `pets`, and as a crate with a build script has
//! it.

use spec_codegen::Builder;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&std::env::var("OUT_DIR")?).join("pets");
    Builder::document("pets.yaml").models_path("crate::pets::models").out_dir(folder).generate()?;
    Builder::document("pets.yaml").generate()?;
    Ok(())
}
