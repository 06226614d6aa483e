//! Files that arrive: in memory as long as they are few and small, and then on disk.
//!
//! Must not know whose bytes they are.

use super::FileContent;
use std::fs;
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Number of bytes of one file that are held in memory: 1 MiB.
const MOST: usize = 1024 * 1024;

/// Number of bytes that are written to disk at a time: 256 KiB.
const BATCH: usize = 256 * 1024;

/// Where files go that arrive one after another. However many they are, they share one file on disk, which
/// has no name and is gone as soon as nothing needs it.
pub(crate) struct Spool {
    /// Number of bytes that may yet stay in memory.
    room: usize,
    disk: Option<Arc<Mutex<fs::File>>>,
    /// Number of bytes of the file on disk that are in use.
    length: u64,
}

impl Spool {
    /// Makes a place for files of which so many bytes may stay in memory, and of one never more than 1 MiB.
    pub(crate) fn within(room: usize) -> Self {
        Spool { room, disk: None, length: 0 }
    }

    /// Returns the next file.
    pub(crate) fn file(&mut self) -> Arriving<'_> {
        let start = self.length;
        Arriving { spool: self, memory: Vec::new(), start, is_on_disk: false }
    }
}

/// A file that is arriving.
pub(crate) struct Arriving<'a> {
    spool: &'a mut Spool,
    /// The bytes that are not on disk yet.
    memory: Vec<u8>,
    /// Where it begins on disk.
    start: u64,
    is_on_disk: bool,
}

impl Arriving<'_> {
    /// Returns the next bytes.
    ///
    /// # Errors
    ///
    /// That the disk does not take them.
    pub(crate) async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.memory.extend_from_slice(piece);
        let most = if self.is_on_disk { BATCH } else { self.spool.room.min(MOST) };
        if self.memory.len() > most { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> io::Result<()> {
        let (memory, disk, end) =
            (std::mem::take(&mut self.memory), self.spool.disk.clone(), self.spool.length);
        let length = memory.len() as u64;
        let written = tokio::task::spawn_blocking(move || {
            let disk = match disk {
                Some(disk) => disk,
                None => Arc::new(Mutex::new(tempfile::tempfile()?)),
            };
            let mut file = disk.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(end))?;
            file.write_all(&memory)?;
            drop(file);
            Ok::<_, io::Error>(disk)
        });
        self.spool.disk = Some(written.await??);
        self.spool.length = end + length;
        self.is_on_disk = true;
        Ok(())
    }

    /// Forgets what came so far.
    pub(crate) fn clear(&mut self) {
        self.memory = Vec::new();
        self.spool.length = self.start;
        self.is_on_disk = false;
    }

    /// Returns the whole.
    ///
    /// # Errors
    ///
    /// The same.
    pub(crate) async fn finish(mut self) -> io::Result<FileContent> {
        if !self.is_on_disk {
            self.spool.room = self.spool.room.saturating_sub(self.memory.len());
            return Ok(self.memory.into());
        }
        self.flush().await?;
        let disk = self.spool.disk.clone().ok_or_else(|| io::Error::other("there is no file"))?;
        Ok(FileContent::part(disk, self.start, self.spool.length - self.start))
    }
}
