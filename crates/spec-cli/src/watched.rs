//! A document on disk, read again whenever one of its files changes.
//!
//! Must not know what it is read for.

use crate::documents;
use spec_api::Api;
use spec_document::{Diagnostics, Renderer, Severity, Sources};
use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::time::{Duration, SystemTime};

/// The time between two looks at the files.
pub(crate) const PAUSE: Duration = Duration::from_millis(250);

/// The time and length that tell one state of a file from another.
type Stamp = Option<(SystemTime, u64)>;

/// A document, and the files that it was read from.
pub(crate) struct Watched {
    written: String,
    /// The files, each as it was when it was read.
    files: Vec<(String, Stamp)>,
    /// The files as they were when they were looked at last.
    seen: Vec<Stamp>,
}

/// A document as it was read.
pub(crate) struct Found {
    /// The API; none where there is none, or it has no operation.
    pub(crate) api: Option<Api>,
    /// All errors, with the lines that they are in.
    pub(crate) diagnostics: String,
    pub(crate) has_errors: bool,
}

impl Watched {
    pub(crate) fn new(written: &str) -> Watched {
        Watched { written: written.to_owned(), files: Vec::new(), seen: Vec::new() }
    }

    /// Reads the document.
    ///
    /// # Errors
    ///
    /// Returns why there is no text.
    pub(crate) fn read(&mut self) -> Result<Found, String> {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        // The next look sees all changes from here on.
        let known: Vec<String> = self.files.iter().map(|(name, _)| name.clone()).collect();
        let mut before: Vec<(String, Stamp)> =
            known.into_iter().map(|name| (name.clone(), stamp(&name))).collect();
        if before.is_empty() {
            before.push((self.written.clone(), stamp(&self.written)));
        }
        let read = documents::read(&self.written, &mut sources, &mut diagnostics);
        // One that is broken may no longer lead to all of them.
        let mut names: BTreeSet<String> = sources.names().map(str::to_owned).collect();
        names.insert(self.written.clone());
        names.extend(before.iter().map(|(name, _)| name.clone()));
        let of = |name: String| {
            let own = before.iter().find(|(own, _)| *own == name).map(|(_, stamp)| *stamp);
            (own.unwrap_or_else(|| stamp(&name)), name)
        };
        self.files = names.into_iter().map(of).map(|(stamp, name)| (name, stamp)).collect();
        self.seen = self.files.iter().map(|(_, stamp)| *stamp).collect();
        let api = read?.filter(|api| !api.operations.is_empty());
        let has_errors = diagnostics.has_errors();
        let mut errors = Diagnostics::new();
        errors.extend(diagnostics.into_iter().filter(|own| own.severity == Severity::Error));
        let renderer = Renderer::new(&sources).color(std::io::stderr().is_terminal());
        Ok(Found { api, diagnostics: renderer.render_all(&errors), has_errors })
    }

    /// Says whether a file has changed, and has stopped changing since the last look.
    pub(crate) fn has_changed(&mut self) -> bool {
        let now: Vec<Stamp> = self.files.iter().map(|(name, _)| stamp(name)).collect();
        let is_settled = now == self.seen;
        let is_other = self.files.iter().zip(&now).any(|((_, own), now)| own != now);
        self.seen = now;
        is_settled && is_other
    }
}

/// Returns the stamp of a file; none where there is none.
fn stamp(name: &str) -> Stamp {
    let metadata = std::fs::metadata(name).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
