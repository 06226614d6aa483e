//! Bytes that arrive: in memory as long as they are few, and then on disk.
//!
//! Must not know whose bytes they are.

use super::FileContent;
use std::fs;
use std::io::{self, Write};

/// How many bytes of one file are held in memory: 1 MiB.
const MOST: usize = 1024 * 1024;

/// A file that is arriving.
pub(crate) struct Spool {
    /// How many bytes stay in memory.
    most: usize,
    /// What is not on disk yet.
    memory: Vec<u8>,
    /// A file without a name, which is gone as soon as nothing needs it.
    file: Option<fs::File>,
}

impl Spool {
    /// A file of which so many bytes may stay in memory, and never more than 1 MiB.
    pub(crate) fn within(memory: usize) -> Self {
        Spool { most: memory.min(MOST), memory: Vec::new(), file: None }
    }

    /// The next bytes.
    ///
    /// # Errors
    ///
    /// That the disk does not take them.
    pub(crate) async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.memory.extend_from_slice(piece);
        if self.memory.len() > self.most { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> io::Result<()> {
        let (memory, file) = (std::mem::take(&mut self.memory), self.file.take());
        let written = tokio::task::spawn_blocking(move || {
            let mut file = file.map_or_else(tempfile::tempfile, Ok)?;
            file.write_all(&memory).map(|()| file)
        });
        self.file = Some(written.await??);
        Ok(())
    }

    /// The whole.
    ///
    /// # Errors
    ///
    /// The same.
    pub(crate) async fn finish(mut self) -> io::Result<FileContent> {
        if self.file.is_some() {
            self.flush().await?;
        }
        match self.file {
            Some(file) => FileContent::from_file(file),
            None => Ok(self.memory.into()),
        }
    }
}
