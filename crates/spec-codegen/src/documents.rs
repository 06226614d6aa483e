//! A document on disk → a document with its overlays applied, and with all files that it refers to.
//!
//! Knows which file a URI means, and what a file is called. Must not know which references there are
//! (`spec_api::gather` finds them), nor what an overlay says (`spec_overlay` does). Nothing is ever fetched:
//! addresses of the network mean files only where the settings say which.

use crate::settings::{ApiSettings, Overlay};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use spec_api::Text;
use spec_document::{Code, Diagnostic, Diagnostics, Document, Location, Missing, Sources};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The start of the URIs of files. It is no `file:` URI: what a document says with those holds on one machine
/// only.
const LOCAL: &str = "document://";

/// Characters that the path of a URI can't have as they are (RFC 3986, 3.3).
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Reads documents, and remembers which files it has read.
pub(crate) struct Files<'a> {
    pub(crate) sources: &'a mut Sources,
    pub(crate) diagnostics: &'a mut Diagnostics,
    /// Every file that was read, in that order.
    pub(crate) read: &'a mut Vec<PathBuf>,
}

/// Where a document stands.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// Its path.
    pub(crate) path: &'a Path,
    /// The name of the document in diagnostics.
    pub(crate) name: &'a str,
    /// The folder that paths in its settings are relative to.
    pub(crate) beside: &'a Path,
    /// The name of that folder in diagnostics: empty, or with a slash at the end.
    pub(crate) beside_name: &'a str,
}

impl Files<'_> {
    /// Reads a document as its overlays want it, with every file that it then refers to; everything that is
    /// wrong with its own text and with overlays is pushed to the diagnostics.
    pub(crate) fn document(&mut self, place: Place<'_>, settings: &ApiSettings) -> Option<Document> {
        let text = self.text(place.path, place.name, settings.location.as_ref())?;
        let source = self.sources.add(place.name, text);
        let mut document = self.sources.parse(source, None, self.diagnostics)?;
        let path = absolute(place.path);
        let base = uri_of(&path);
        for overlay in &settings.overlays {
            document = self.overlay(document, overlay, place, &base, settings);
        }
        let read = &mut *self.read;
        let mut load = |uri: &str| {
            let (file, name) = locate(uri, &path, place, settings)?;
            let text = fs::read_to_string(&file).map_err(|error| unreadable(&name, &error))?;
            read.push(file);
            Ok(Text { name, text })
        };
        Some(spec_api::gather(&document, &base, self.sources, &mut load))
    }

    /// Applies an overlay; the document stays as it was where there is none.
    fn overlay(
        &mut self,
        document: Document,
        overlay: &Overlay,
        place: Place<'_>,
        base: &str,
        settings: &ApiSettings,
    ) -> Document {
        let (path, name) =
            (place.beside.join(&overlay.path), format!("{}{}", place.beside_name, overlay.path));
        let Some(text) = self.text(&path, &name, overlay.location.as_ref()) else { return document };
        let source = self.sources.add(name, text);
        let Some(parsed) = self.sources.parse(source, None, self.diagnostics) else { return document };
        let own = uri_of(&absolute(&path));
        let names_document = |text: &str| {
            let Some(uri) = spec_api::resolve_uri(text, &own) else { return false };
            let is_copy = || {
                locate(&uri, &absolute(place.path), place, settings)
                    .is_ok_and(|(path, _)| uri_of(&absolute(&path)) == base)
            };
            let is_called_so = || !uri.starts_with(LOCAL) && last_segment(&uri) == last_segment(base);
            uri == base || is_copy() || is_called_so()
        };
        spec_overlay::apply(&document, &parsed, &names_document, self.sources, self.diagnostics)
    }

    /// Reads the text of a file. One that can't be read is reported where it was asked for, or on its own.
    pub(crate) fn text(&mut self, path: &Path, name: &str, asked_by: Option<&Location>) -> Option<String> {
        match fs::read_to_string(path) {
            Ok(text) => {
                self.read.push(path.to_owned());
                Some(text)
            }
            Err(error) => {
                let location = match asked_by {
                    Some(location) => location.clone(),
                    None => Location::file(self.sources.add(name, "")),
                };
                let Missing { code, message, help, .. } = unreadable(name, &error);
                self.diagnostics.push(Diagnostic::error(code, location, message).help(help));
                None
            }
        }
    }
}

/// Finds the file that a URI means, and what it is called; `document` is the absolute path of the document.
fn locate(
    uri: &str,
    document: &Path,
    place: Place<'_>,
    settings: &ApiSettings,
) -> Result<(PathBuf, String), Missing> {
    if let Some(path) = uri.strip_prefix(LOCAL).filter(|path| path.starts_with('/')) {
        let path = PathBuf::from(decoded(path).ok_or_else(|| spec_api::not_a_file(uri))?);
        let name = name_of(&path, document, place.name);
        return Ok((path, name));
    }
    let is_below = |prefix: &str| {
        uri.strip_prefix(prefix).is_some_and(|rest| prefix.ends_with('/') || rest.starts_with('/'))
    };
    let known = settings.remote.iter().filter(|remote| is_below(&remote.prefix));
    let Some(remote) = known.max_by_key(|remote| remote.prefix.len()) else { return Err(not_here(uri)) };
    let rest = decoded(&uri[remote.prefix.len()..]).ok_or_else(|| spec_api::not_a_file(uri))?;
    let rest = rest.trim_start_matches('/');
    if Path::new(rest).components().any(|part| !matches!(part, Component::Normal(_))) {
        return Err(spec_api::not_a_file(uri));
    }
    let folder = remote.folder.trim_end_matches('/');
    Ok((place.beside.join(folder).join(rest), format!("{}{folder}/{rest}", place.beside_name)))
}

/// Decodes the path of a URI: without a query, which no file has.
fn decoded(path: &str) -> Option<String> {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let text = percent_decode_str(path).decode_utf8().ok()?;
    (!text.contains('\0')).then(|| text.into_owned())
}

/// Says why an address means no file here, and how it could.
fn not_here(uri: &str) -> Missing {
    let is_remote = uri.starts_with("https://") || uri.starts_with("http://");
    if !is_remote {
        return spec_api::not_a_file(uri);
    }
    let folder = uri.rfind('/').map_or(uri, |slash| &uri[..=slash]);
    Missing {
        code: Code::ExternalReference,
        message: format!("{uri:?} is not here, and nothing is ever fetched"),
        help: format!(
            "put a copy into a folder, and say so in codegen.toml: `remote = {{ {folder:?} = \"remote\" }}`, \
             or on the command line: `--remote {folder}=remote`"
        ),
        found: Vec::new(),
    }
}

/// Says why a file can't be read.
fn unreadable(name: &str, error: &io::Error) -> Missing {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::InvalidData => "it is not UTF-8".to_owned(),
        _ => error.to_string(),
    };
    let name = if name.is_empty() { "." } else { name };
    let message = format!("{name} can't be read: {reason}");
    Missing { code: Code::UnreadableFile, message, help: "correct the path".to_owned(), found: Vec::new() }
}

/// Returns the path from the root; one that is not there is left as it is.
fn absolute(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (fs::canonicalize(folder), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

/// Returns the name of a file in its address: of a document that was copied, most often all that is left of
/// the address.
fn last_segment(uri: &str) -> Option<&str> {
    uri.split(['?', '#']).next()?.rsplit('/').next().filter(|name| !name.is_empty())
}

/// Returns the name of a file.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Returns the address of a file.
fn uri_of(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    format!("{LOCAL}/{}", utf8_percent_encode(path.trim_start_matches('/'), PATH))
}

/// Names a file by its path seen from the document, after what the document is called.
fn name_of(file: &Path, document: &Path, name: &str) -> String {
    let folder = document.parent().unwrap_or(document);
    let common = folder.components().zip(file.components()).take_while(|(left, right)| left == right).count();
    let mut parts: Vec<String> = name.split('/').map(str::to_owned).collect();
    parts.pop();
    for _ in 0..folder.components().count() - common {
        match parts.last().map(String::as_str) {
            Some("..") | None => parts.push("..".to_owned()),
            Some(_) => drop(parts.pop()),
        }
    }
    parts.extend(file.components().skip(common).map(|part| part.as_os_str().to_string_lossy().into_owned()));
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::{decoded, name_of, uri_of};
    use std::path::Path;

    #[test]
    fn files_are_called_by_their_way_from_the_document() {
        for (file, name) in [
            ("/w/openapi/pets.yaml", "openapi/pets.yaml"),
            ("/w/openapi/schemas/pet.yaml", "openapi/schemas/pet.yaml"),
            ("/w/common.yaml", "common.yaml"),
            ("/other/common.yaml", "../other/common.yaml"),
            ("/w/openapi2/pet.yaml", "openapi2/pet.yaml"),
        ] {
            assert_eq!(
                name_of(Path::new(file), Path::new("/w/openapi/pets.yaml"), "openapi/pets.yaml"),
                name
            );
        }
        assert_eq!(
            name_of(Path::new("/w/a/pet.yaml"), Path::new("/w/b/pets.yaml"), "pets.yaml"),
            "../a/pet.yaml"
        );
    }

    #[test]
    fn paths_become_uris_and_come_back() {
        for path in ["/a/b.yaml", "/with space/ünï#?%.yaml"] {
            let uri = uri_of(Path::new(path));
            assert_eq!(decoded(uri.strip_prefix("document://").unwrap()).as_deref(), Some(path));
        }
    }
}
