//! Documents on disk, in a revision of Git or at a URL → documents with all files that they refer to.
//!
//! What a document refers to is never fetched. Must not know what a document is read for.

use crate::fetched;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use spec_api::{Api, Text};
use spec_document::{Code, Diagnostics, Missing, Renderer, Severity, Sources};
use std::cell::RefCell;
use std::collections::HashMap;
use std::io::IsTerminal;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

/// The start of the URIs of files. What a document says with `file:` holds on one machine only.
const LOCAL: &str = "document://";

/// Characters that the path of a URI can't have as they are (RFC 3986, 3.3).
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Where a document is.
enum Place {
    /// A file.
    Disk(PathBuf),
    /// A path in a revision of Git, from the root of the repository or, as Git has it, from here with `./`.
    Git { revision: String, start: &'static str, path: String },
    /// A URL of HTTP.
    Url(String),
}

impl Place {
    /// Reads what a user wrote: a path, a URL, or `REVISION:PATH`. A file that exists is meant as it is.
    fn parse(text: &str) -> Place {
        let path = Path::new(text);
        if spec_cli::is_url(text) {
            return Place::Url(text.to_owned());
        }
        match text.split_once(':') {
            // A letter alone is a drive.
            Some((revision, inner)) if revision.len() > 1 && !path.exists() => {
                let path = inner.replace('\\', "/");
                let (start, path) = match path.strip_prefix("./") {
                    Some(path) => ("./", path.to_owned()),
                    None => ("", path),
                };
                Place::Git { revision: revision.to_owned(), start, path }
            }
            _ => Place::Disk(path.to_owned()),
        }
    }

    /// Returns the URI of the document, which its references are relative to.
    fn uri(&self) -> String {
        let path = match self {
            Place::Disk(path) => {
                let whole = std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
                whole.to_string_lossy().replace('\\', "/")
            }
            Place::Git { path, .. } => path.clone(),
            Place::Url(url) => return url.clone(),
        };
        format!("{LOCAL}/{}", utf8_percent_encode(path.trim_start_matches('/'), PATH))
    }

    /// Reads the text of the document, or of a file beside it by its path from the root.
    fn text(&self, other: Option<&str>) -> Result<(String, String), String> {
        match self {
            Place::Disk(path) => {
                let path = other.map_or_else(|| path.clone(), |other| PathBuf::from(format!("/{other}")));
                let name = path.display().to_string();
                let text = std::fs::read_to_string(&path).map_err(|error| match error.kind() {
                    std::io::ErrorKind::NotFound => format!("{name} can't be read: it does not exist"),
                    _ => format!("{name} can't be read: {error}"),
                })?;
                Ok((name, text))
            }
            Place::Git { revision, start, path } => show(revision, start, other.unwrap_or(path)),
            Place::Url(url) => Ok((url.clone(), fetched::text(url)?)),
        }
    }
}

/// Paths from the root of a repository, as reviews name files. Git is asked once for each name.
#[derive(Default)]
pub(crate) struct Paths(RefCell<HashMap<String, Option<String>>>);

impl Paths {
    /// Returns the path of a source by its name; none where it is no file of a work tree.
    pub(crate) fn of(&self, name: &str) -> Option<String> {
        let mut known = self.0.borrow_mut();
        known.entry(name.to_owned()).or_insert_with(|| path_in_repository(name)).clone()
    }
}

fn path_in_repository(name: &str) -> Option<String> {
    match Place::parse(name) {
        Place::Url(_) => None,
        Place::Git { start: "", path, .. } => Some(path),
        Place::Git { path, .. } => Some(format!("{}{path}", told(Path::new("."), "--show-prefix")?)),
        Place::Disk(path) => {
            let whole = std::fs::canonicalize(&path).ok()?;
            let root =
                told(whole.parent()?, "--show-toplevel").and_then(|root| std::fs::canonicalize(root).ok());
            let inner = root.and_then(|root| whole.strip_prefix(root).ok().map(Path::to_owned));
            // Outside of a repository, here is where it would begin.
            Some(inner.unwrap_or(path).to_string_lossy().replace('\\', "/"))
        }
    }
}

/// Asks Git for something that it knows of a folder.
fn told(folder: &Path, what: &str) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(["rev-parse", what]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim_end_matches(['\n', '\r']).to_owned())
}

/// Asks Git for a file of a revision.
fn show(revision: &str, start: &str, path: &str) -> Result<(String, String), String> {
    let name = format!("{revision}:{start}{path}");
    if revision.starts_with('-') || Path::new(path).components().any(|part| part == Component::ParentDir) {
        return Err(format!("{name} is no file of a revision: write REVISION:PATH"));
    }
    let mut command = Command::new("git");
    command.args(["show", "--end-of-options"]).arg(&name);
    let output = command.output().map_err(|error| format!("git can't be run: {error}"))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{name} can't be read: {}", words.trim()));
    }
    let text =
        String::from_utf8(output.stdout).map_err(|_| format!("{name} can't be read: it is not UTF-8"))?;
    Ok((name, text))
}

/// Reads a document as an API. Whatever is wrong with it is pushed to the diagnostics.
///
/// # Errors
///
/// Returns why there is no text.
pub(crate) fn read(
    written: &str,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Api>, String> {
    let place = Place::parse(written);
    let (_, text) = place.text(None)?;
    let source = sources.add(written, text);
    let Some(document) = sources.parse(source, None, diagnostics) else { return Ok(None) };
    let mut load = |uri: &str| {
        if matches!(place, Place::Url(_)) {
            return Err(missing(format!("{uri} is not asked for: only the document itself is")));
        }
        let path = uri.strip_prefix(LOCAL).and_then(|path| path.strip_prefix('/'));
        let path = path.map(|path| percent_decode_str(path).decode_utf8_lossy().into_owned());
        let path = path.ok_or_else(|| spec_api::not_a_file(uri))?;
        let (name, text) = place.text(Some(&path)).map_err(missing)?;
        Ok(Text { name, text })
    };
    let document = spec_api::gather(&document, &place.uri(), sources, &mut load);
    Ok(spec_api::read_as(&document, spec_api::Untyped::Any, diagnostics))
}

fn missing(message: String) -> Missing {
    Missing {
        code: Code::UnreadableFile,
        message,
        help: "correct the path, or put all files side by side on disk".to_owned(),
        found: Vec::new(),
    }
}

/// Reads a document that has to be right; warnings are for those who generate from it.
///
/// # Errors
///
/// Returns what is wrong with it, as it is shown.
pub(crate) fn api(written: &str) -> Result<(Api, Sources), String> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let api = read(written, &mut sources, &mut diagnostics).map_err(|own| format!("error: {own}"))?;
    match api.filter(|_| !diagnostics.has_errors()) {
        Some(api) => Ok((api, sources)),
        None => {
            let mut errors = Diagnostics::new();
            errors.extend(diagnostics.into_iter().filter(|own| own.severity == Severity::Error));
            let is_coloured = std::io::stderr().is_terminal();
            Err(Renderer::new(&sources).color(is_coloured).render_all(&errors))
        }
    }
}
