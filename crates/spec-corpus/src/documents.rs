//! A folder → its documents: which files they are, and what their crates are called.
//!
//! Knows names and bytes. Must not know what documents say.

use spec_codegen::workspace::crate_name;
use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Names of the file that a folder is read by.
const ROOTS: [&str; 3] = ["openapi.yaml", "openapi.yml", "openapi.json"];

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its name: that of its file without the ending, or that of its folder.
    pub name: String,
    /// The name of its crates; those of no other document have it.
    pub krate: String,
    /// The file that is read first.
    pub path: PathBuf,
    /// The folder that holds all of its files, where it has one.
    pub folder: Option<PathBuf>,
}

/// The content of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The bytes of all of its files.
    pub bytes: u64,
    /// A number that changes with them.
    pub hash: String,
}

/// Finds the documents of a folder, by name: files that end in `.json`, `.yaml` or `.yml`, and folders with
/// an `openapi.yaml`, `openapi.yml` or `openapi.json`.
///
/// # Errors
///
/// Why the folder can't be read, or that it holds no documents.
pub fn find(folder: &Path) -> Result<Vec<Document>, String> {
    let mut found: Vec<(String, String, PathBuf, Option<PathBuf>)> = Vec::new();
    for path in entries(folder)? {
        let text = |part: Option<&std::ffi::OsStr>| {
            part.map(|part| part.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let full = text(path.file_name());
        if path.is_dir() {
            if let Some(root) = ROOTS.iter().map(|root| path.join(root)).find(|root| root.is_file()) {
                found.push((full.clone(), full, root, Some(path)));
            }
        } else if path
            .extension()
            .is_some_and(|ending| ["json", "yaml", "yml"].iter().any(|known| ending == *known))
        {
            found.push((text(path.file_stem()), full, path, None));
        }
    }
    if found.is_empty() {
        return Err(format!("{}: there are no documents (*.json, *.yaml, *.yml)", folder.display()));
    }
    let names: Vec<String> = found.iter().map(|(name, ..)| name.clone()).collect();
    let mut documents: Vec<Document> = found
        .into_iter()
        .map(|(name, full, path, folder)| {
            let is_taken = names.iter().filter(|other| **other == name).count() > 1;
            Document { name: if is_taken { full } else { name }, krate: String::new(), path, folder }
        })
        .collect();
    documents.sort_by(|left, right| left.name.cmp(&right.name));
    let mut taken = BTreeSet::new();
    for document in &mut documents {
        let plain = crate_name(&document.name);
        let numbered = (2..).map(|number| format!("{plain}-{number}"));
        let free = std::iter::once(plain.clone()).chain(numbered).find(|name| !taken.contains(name));
        document.krate = free.unwrap_or(plain);
        taken.insert(document.krate.clone());
    }
    Ok(documents)
}

/// Lists what stands in a folder, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let at = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(at)? {
        paths.push(entry.map_err(at)?.path());
    }
    paths.sort();
    Ok(paths)
}

impl Document {
    /// Reads all files of the document.
    ///
    /// # Errors
    ///
    /// Why a file can't be read.
    pub fn content(&self) -> Result<Content, String> {
        let mut hasher = DefaultHasher::new();
        let mut bytes = 0;
        match &self.folder {
            Some(folder) => add_folder(folder, &mut hasher, &mut bytes)?,
            None => add_file(&self.path, &mut hasher, &mut bytes)?,
        }
        Ok(Content { bytes, hash: hex(&hasher) })
    }
}

/// Writes a hash as reports have it.
pub fn hex(hasher: &DefaultHasher) -> String {
    format!("{:016x}", hasher.finish())
}

/// Adds every file of a folder, and of the folders in it, to a hash and a size.
///
/// # Errors
///
/// Why one can't be read.
pub fn add_folder(folder: &Path, hasher: &mut DefaultHasher, bytes: &mut u64) -> Result<(), String> {
    for path in entries(folder)? {
        if path.is_dir() {
            add_folder(&path, hasher, bytes)?;
        } else {
            add_file(&path, hasher, bytes)?;
        }
    }
    Ok(())
}

fn add_file(path: &Path, hasher: &mut DefaultHasher, bytes: &mut u64) -> Result<(), String> {
    let text = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    *bytes += text.len() as u64;
    (path.file_name(), text).hash(hasher);
    Ok(())
}
