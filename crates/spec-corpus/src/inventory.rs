//! A table of documents by others → the class of each: what kind it is, and whether a validator takes it.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// A row; columns beside these are of no use here.
#[derive(Debug, Deserialize)]
struct Row {
    name: String,
    kind: String,
    validator: String,
}

/// Reads the classes, by the names of documents.
///
/// # Errors
///
/// Why the table can't be read.
pub fn read(path: &Path) -> Result<BTreeMap<String, String>, String> {
    let at = |error: csv::Error| format!("{}: {error}", path.display());
    let mut reader = csv::Reader::from_path(path).map_err(at)?;
    let mut classes = BTreeMap::new();
    for row in reader.deserialize() {
        let row: Row = row.map_err(at)?;
        classes.insert(row.name, format!("{}, {}", row.kind, row.validator));
    }
    Ok(classes)
}
