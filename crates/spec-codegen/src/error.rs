//! Why nothing was generated or written.

use spec_document::{Diagnostics, Renderer, Sources};
use std::fmt::{self, Display, Formatter};
use std::io;
use std::path::{Path, PathBuf};

/// Why nothing was generated, or not all of it written.
///
/// It is shown as the command shows it: what is wrong with a document, with file, line and column. `Debug`
/// shows the same, so that the `main` of a build script can return it.
#[non_exhaustive]
pub enum Error {
    /// Something is wrong with the document, with a file that it refers to, an overlay, or a setting.
    Invalid(Report),
    /// A file can't be written or removed.
    Io {
        /// The file, or its folder.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// A file that is written once is there already, and is not ours to change.
    Exists {
        /// The file.
        path: PathBuf,
        /// The operations that it has no method for.
        missing: Vec<String>,
    },
    /// There is no folder to write to: `OUT_DIR` is not set, because cargo does not run this as a build
    /// script.
    NoOutDir,
}

/// The diagnostics of a document and its settings.
#[non_exhaustive]
pub struct Report {
    /// Every text that was read.
    pub sources: Sources,
    /// The diagnostics.
    pub diagnostics: Diagnostics,
}

impl Error {
    /// Says of a path that it can't be written.
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Error {
        move |source| Error::Io { path: path.to_owned(), source }
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&Renderer::new(&self.sources).render_all(&self.diagnostics))
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Error::Invalid(report) => report.fmt(f),
            Error::Io { path, source } => write!(f, "{}: {source}", path.display()),
            Error::Exists { path, missing } => {
                write!(f, "{} is there already: remove it, or name another file", path.display())?;
                match missing.as_slice() {
                    [] => Ok(()),
                    missing => write!(f, "\nit has no method for these operations: {}", missing.join(", ")),
                }
            }
            Error::NoOutDir => f.write_str(
                "OUT_DIR is not set: call this from a build script, or name a folder with `out_dir`",
            ),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // On a line of its own, below what `main` says before it.
        write!(f, "\n{self}")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            Error::Invalid(_) | Error::Exists { .. } | Error::NoOutDir => None,
        }
    }
}
