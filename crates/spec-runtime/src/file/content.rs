//! The bytes of a file: in memory, on disk, or as they come.
//!
//! Must not know forms.

#[cfg(any(feature = "client", feature = "server"))]
use crate::stream::{ByteStream, StreamError};
#[cfg(any(feature = "client", feature = "server"))]
use bytes::Bytes;
use std::borrow::Cow;
use std::fmt;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

/// The bytes of a file: in memory; on disk, from where they are read whenever they are needed; or a stream,
/// which can be read once.
///
/// Two contents are equal if both are in memory and have the same bytes, or if they are copies of one
/// another: what is not in memory is not read for it.
#[derive(Clone, Default)]
pub struct FileContent(Inner);

#[derive(Clone)]
enum Inner {
    Memory(Arc<Vec<u8>>),
    /// A part of a file: where it begins, and how long it is.
    Disk(Arc<Mutex<fs::File>>, u64, u64),
    #[cfg(any(feature = "client", feature = "server"))]
    Stream(Arc<Mutex<Option<ByteStream>>>),
}

impl Default for Inner {
    fn default() -> Self {
        Inner::Memory(Arc::default())
    }
}

/// Number of bytes of a long content that are shown.
const SHOWN: usize = 64;

/// Number of bytes that are read from disk at a time.
#[cfg(any(feature = "client", feature = "server"))]
const PIECE: u64 = 256 * 1024;

impl FileContent {
    /// Returns the bytes, where they are in memory.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Inner::Memory(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Returns the number of bytes; none where only reading can tell.
    #[must_use]
    pub fn len(&self) -> Option<u64> {
        match &self.0 {
            Inner::Memory(bytes) => u64::try_from(bytes.len()).ok(),
            Inner::Disk(.., length) => Some(*length),
            #[cfg(any(feature = "client", feature = "server"))]
            Inner::Stream(_) => None,
        }
    }

    /// Returns true if there are no bytes, as far as that is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Takes a file on disk, to be read from its beginning. It should not change while it is in use.
    ///
    /// # Errors
    ///
    /// That it is no regular file (a pipe has no length and no beginning to come back to: make a stream of
    /// it), or that the system does not say how long it is.
    pub fn from_file(file: fs::File) -> io::Result<Self> {
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no regular file"));
        }
        Ok(FileContent(Inner::Disk(Arc::new(Mutex::new(file)), 0, about.len())))
    }

    /// Makes a part of a file on disk: where it begins, and how long it is.
    #[cfg(feature = "server")]
    pub(super) fn part(file: Arc<Mutex<fs::File>>, start: u64, length: u64) -> Self {
        FileContent(Inner::Disk(file, start, length))
    }

    /// Returns all bytes, at once and on this thread.
    pub(super) fn read(&self) -> io::Result<Cow<'_, [u8]>> {
        match &self.0 {
            Inner::Memory(bytes) => Ok(Cow::Borrowed(bytes)),
            Inner::Disk(file, start, length) => read_at(file, *start, *length).map(Cow::Owned),
            #[cfg(any(feature = "client", feature = "server"))]
            Inner::Stream(_) => Err(io::Error::other("a stream can't be written as a text")),
        }
    }
}

#[cfg(any(feature = "client", feature = "server"))]
impl FileContent {
    /// Returns the bytes, piece by piece. Of a stream they can be had once. What is on disk is read on
    /// tokio's threads for that, so a runtime of tokio must be there.
    #[must_use]
    pub fn stream(&self) -> ByteStream {
        match &self.0 {
            Inner::Memory(bytes) => ByteStream::from(Bytes::from_owner(Shared(Arc::clone(bytes)))),
            Inner::Disk(file, start, length) => {
                let (file, start, end) = (Arc::clone(file), *start, *start + *length);
                ByteStream::new(futures_util::stream::try_unfold(start, move |offset| {
                    let file = Arc::clone(&file);
                    async move {
                        let count = PIECE.min(end - offset);
                        if count == 0 {
                            return Ok::<_, io::Error>(None);
                        }
                        let piece =
                            tokio::task::spawn_blocking(move || read_at(&file, offset, count)).await??;
                        Ok(Some((piece, offset + count)))
                    }
                }))
            }
            Inner::Stream(stream) => {
                let taken = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
                taken.unwrap_or_else(|| {
                    let error = io::Error::other("the stream was read before");
                    ByteStream::new(futures_util::stream::once(async { Err::<Bytes, _>(error) }))
                })
            }
        }
    }

    /// Returns all bytes, however many.
    ///
    /// # Errors
    ///
    /// That the file can't be read, or what broke the stream off.
    pub async fn collect(&self) -> Result<Bytes, StreamError> {
        self.stream().collect().await
    }
}

/// Reads so many bytes at an offset; a file that has become shorter is an error.
fn read_at(file: &Mutex<fs::File>, offset: u64, count: u64) -> io::Result<Vec<u8>> {
    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
    file.seek(SeekFrom::Start(offset))?;
    let mut piece = Vec::new();
    let read = (&mut *file).take(count).read_to_end(&mut piece)?;
    if u64::try_from(read) == Ok(count) { Ok(piece) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(any(feature = "client", feature = "server"))]
struct Shared(Arc<Vec<u8>>);

#[cfg(any(feature = "client", feature = "server"))]
impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq for FileContent {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Inner::Memory(left), Inner::Memory(right)) => left == right,
            (Inner::Disk(left, from, _), Inner::Disk(right, own, _)) => {
                Arc::ptr_eq(left, right) && from == own
            }
            #[cfg(any(feature = "client", feature = "server"))]
            (Inner::Stream(left), Inner::Stream(right)) => Arc::ptr_eq(left, right),
            _ => false,
        }
    }
}

impl Eq for FileContent {}

impl Hash for FileContent {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Inner::Memory(bytes) => bytes.hash(state),
            Inner::Disk(file, start, _) => (Arc::as_ptr(file), start).hash(state),
            #[cfg(any(feature = "client", feature = "server"))]
            Inner::Stream(stream) => Arc::as_ptr(stream).hash(state),
        }
    }
}

impl fmt::Debug for FileContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Inner::Memory(bytes) => match bytes.get(..SHOWN) {
                Some(first) => {
                    write!(f, "FileContent(b\"{}…\", {} bytes)", first.escape_ascii(), bytes.len())
                }
                None => write!(f, "FileContent(b\"{}\")", bytes.escape_ascii()),
            },
            Inner::Disk(.., length) => write!(f, "FileContent({length} bytes on disk)"),
            #[cfg(any(feature = "client", feature = "server"))]
            Inner::Stream(_) => f.write_str("FileContent(…)"),
        }
    }
}

impl From<Vec<u8>> for FileContent {
    fn from(bytes: Vec<u8>) -> Self {
        FileContent(Inner::Memory(Arc::new(bytes)))
    }
}

impl From<&[u8]> for FileContent {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl<const N: usize> From<&[u8; N]> for FileContent {
    fn from(bytes: &[u8; N]) -> Self {
        bytes.to_vec().into()
    }
}

impl From<String> for FileContent {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl From<&str> for FileContent {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}

#[cfg(any(feature = "client", feature = "server"))]
impl From<ByteStream> for FileContent {
    /// Takes bytes as they come; they can be read once.
    fn from(stream: ByteStream) -> Self {
        FileContent(Inner::Stream(Arc::new(Mutex::new(Some(stream)))))
    }
}

#[cfg(test)]
mod tests {
    use super::FileContent;
    use std::io::Write;

    #[test]
    fn a_file_on_disk_is_read_from_its_beginning() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"all of it").unwrap();
        let content = FileContent::from_file(file).unwrap();
        assert_eq!(content.len(), Some(9));
        assert_eq!(content.bytes(), None);
        assert_eq!(&*content.read().unwrap(), b"all of it");
        assert_eq!(&*content.clone().read().unwrap(), b"all of it");
        assert_eq!(content, content.clone());
        assert_ne!(content, FileContent::from("all of it"));
        let folder = std::fs::File::open(env!("CARGO_MANIFEST_DIR"));
        assert!(folder.is_err() || folder.is_ok_and(|folder| FileContent::from_file(folder).is_err()));
    }
}
