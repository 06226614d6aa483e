//! Generates the three modules from the document, whenever it changes.

use std::path::Path;

fn main() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/outbound-campaigns.yaml");
    if let Err(error) = spec_codegen::workspace::build_script(&document) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}
