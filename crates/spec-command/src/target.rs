//! The place that an answer is written to: a file, or standard output.
//!
//! Knows what must not be lost: a file has what it had until there is something to write. Must not know
//! answers.

use crate::failure::Failure;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The place that an answer is written to.
pub(crate) struct Target {
    /// None for standard output.
    file: Option<(File, PathBuf)>,
    /// True if the file is there only because it was opened.
    is_new: bool,
    is_begun: bool,
}

impl Target {
    /// Opens a file, or else standard output. A file that is there stays as it is.
    pub(crate) fn open(path: Option<&Path>) -> Result<Target, Failure> {
        let Some(path) = path else {
            return Ok(Target { file: None, is_new: false, is_begun: false });
        };
        let (opened, is_new) = match OpenOptions::new().write(true).create_new(true).open(path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                (OpenOptions::new().write(true).create(true).truncate(false).open(path), false)
            }
            other => (other, true),
        };
        let file = opened.map_err(|error| {
            Failure::usage(format!("--output-file: {} can't be written: {error}", path.display()))
        })?;
        Ok(Target { file: Some((file, path.to_owned())), is_new, is_begun: false })
    }

    /// Writes bytes. Returns false where the reader has gone away, which is no failure.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<bool, Failure> {
        said(self.begin().and_then(|()| match &mut self.file {
            Some((file, _)) => file.write_all(bytes),
            None => {
                let mut out = io::stdout().lock();
                out.write_all(bytes).and_then(|()| out.flush())
            }
        }))
    }

    /// Ends the answer: a file has nothing but what was written, be it nothing.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        said(self.begin()).map(drop)
    }

    /// Empties the file, before anything is written.
    fn begin(&mut self) -> io::Result<()> {
        match &self.file {
            // A device or a pipe has no length.
            Some((file, _)) if !self.is_begun && file.metadata()?.is_file() => file.set_len(0)?,
            _ => {}
        }
        self.is_begun = true;
        Ok(())
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if let Some((_, path)) = self.file.take().filter(|_| self.is_new && !self.is_begun) {
            // Nobody asked for an empty file; if it stays, nothing is lost.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Says whether what was written has arrived: false where the reader has gone away, which is no failure.
pub(crate) fn said(written: io::Result<()>) -> Result<bool, Failure> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::usage(format!("the answer can't be written: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_stays_until_something_comes() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        std::fs::write(&old, "a long text").unwrap();
        for path in [&old, &new] {
            drop(Target::open(Some(path)).unwrap());
        }
        assert_eq!((std::fs::read_to_string(&old).unwrap().as_str(), new.exists()), ("a long text", false));
        for path in [&old, &new] {
            let mut target = Target::open(Some(path)).unwrap();
            assert!(target.write(b"a").unwrap() && target.write(b"b").unwrap());
            target.finish().unwrap();
            assert_eq!(std::fs::read_to_string(path).unwrap(), "ab");
            Target::open(Some(path)).unwrap().finish().unwrap();
            assert_eq!(std::fs::read_to_string(path).unwrap(), "");
        }
        assert!(Target::open(Some(&folder.path().join("no/folder"))).is_err());
        assert!(Target::open(Some(folder.path())).is_err());
    }
}
