//! Files on disk: all that has changed is written, or nothing is.
//!
//! Knows how to undo what was done. Must not know what is in the files.

use crate::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A file as it should be.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// The text that is on disk now.
    pub(crate) before: Option<String>,
}

impl Target {
    /// Says whether the file is as it should be.
    pub(crate) fn is_fresh(&self) -> bool {
        self.before.as_deref() == Some(self.text.as_str())
    }
}

/// The numbers of files that a run wrote, left alone and removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files whose bytes changed.
    pub written: usize,
    /// Files that were as they should be.
    pub unchanged: usize,
    /// Files that nothing generates any more.
    pub removed: usize,
}

/// The work done so far, so that it can be undone.
#[derive(Default)]
struct Work<'t> {
    /// Texts that stand beside their files.
    staged: Vec<(PathBuf, &'t Target)>,
    /// Files that have their new text.
    replaced: Vec<&'t Target>,
    /// Files that were removed, and what was in them.
    removed: Vec<(&'t Path, Vec<u8>)>,
}

/// Writes files that are not as they should be, and removes others. Where something can't be done, everything
/// is as it was before.
pub(crate) fn write_all<'t>(
    targets: impl Iterator<Item = &'t Target>,
    orphans: impl Iterator<Item = &'t Path>,
) -> Result<Written, Error> {
    let (mut work, mut unchanged) = (Work::default(), 0);
    let stale = targets.filter(|target| {
        unchanged += usize::from(target.is_fresh());
        !target.is_fresh()
    });
    if let Err(error) = work.perform(stale, orphans) {
        work.undo();
        return Err(error);
    }
    Ok(Written { written: work.replaced.len(), unchanged, removed: work.removed.len() })
}

impl<'t> Work<'t> {
    /// Writes all texts beside their files, removes what is to go, and only then puts the texts in place.
    fn perform(
        &mut self,
        stale: impl Iterator<Item = &'t Target>,
        orphans: impl Iterator<Item = &'t Path>,
    ) -> Result<(), Error> {
        for target in stale {
            let beside = stage(target).map_err(Error::io(&target.path))?;
            self.staged.push((beside, target));
        }
        for orphan in orphans {
            let before = fs::read(orphan).map_err(Error::io(orphan))?;
            fs::remove_file(orphan).map_err(Error::io(orphan))?;
            self.removed.push((orphan, before));
        }
        while let Some((beside, target)) = self.staged.pop() {
            if let Err(error) = fs::rename(&beside, &target.path) {
                self.staged.push((beside, target));
                return Err(Error::io(&target.path)(error));
            }
            self.replaced.push(target);
        }
        Ok(())
    }

    /// Undoes what was done, as far as that is possible.
    fn undo(self) {
        for target in self.replaced {
            let _ = match &target.before {
                Some(before) => fs::write(&target.path, before),
                None => fs::remove_file(&target.path),
            };
        }
        for (path, before) in self.removed {
            let _ = fs::write(path, before);
        }
        for (beside, _) in self.staged {
            let _ = fs::remove_file(beside);
        }
    }
}

/// Writes the text of a file beside it, and returns where.
fn stage(target: &Target) -> io::Result<PathBuf> {
    if let Some(folder) = target.path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut name = target.path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = target.path.with_file_name(name);
    match fs::write(&beside, &target.text) {
        Ok(()) => Ok(beside),
        Err(error) => {
            let _ = fs::remove_file(&beside);
            Err(error)
        }
    }
}
