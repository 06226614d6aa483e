//! Generates the three modules from the document, whenever it changes.

use spec_codegen::{Builder, Error};

fn main() -> Result<(), Error> {
    Builder::document("../../openapi/outbound-campaigns.yaml").generate()?;
    Ok(())
}
