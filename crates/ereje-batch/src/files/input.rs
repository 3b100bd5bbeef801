//! Where the rows come from: a file or stdin, compressed or not, from the beginning or from where an earlier run has
//! stopped.

use super::error::Error;
use super::packing::Packing;
use ereje::diagnostic::{NoText, begins_as_text, is_lfs_pointer, may_tell_more};
use ereje::digest::sha256;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Cursor, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

/// How many of the first bytes, and of those before a position, identify an input.
const MARK: usize = 1 << 12;

/// An open input of which no row has been read.
pub struct Input {
    path: PathBuf,
    source: Source,
    /// What was read to find the compression.
    start: Vec<u8>,
    packing: Packing,
    identity: Identity,
    taken: Arc<AtomicU64>,
}

enum Source {
    Stdin,
    File(File),
    /// A stream whose beginning was already read; it is unpacked and counted.
    Text(Box<dyn Read + Send>),
}

/// What identifies an input before it is read, to see whether it is still the same. Reading all of it again would take as
/// long as deciding it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The size of a file in bytes; `None` for a stream.
    pub size: Option<u64>,
    /// When a file was last written, in nanoseconds since 1970.
    pub modified: Option<u64>,
    /// A digest of the first bytes of a file.
    #[serde(default)]
    pub start: Option<String>,
}

/// A position in an input: the number of bytes of text before it, and a digest of the last of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputPosition {
    pub bytes: u64,
    marked: usize,
    sha256: String,
}

impl InputPosition {
    /// The position after so many bytes; `mark` is the last of them.
    pub fn new(bytes: u64, mark: &[u8]) -> Self {
        Self { bytes, marked: mark.len(), sha256: sha256(mark) }
    }
}

/// The last of these bytes, which identify the position after them.
pub fn mark(before: &[u8]) -> &[u8] {
    before.get(before.len().saturating_sub(MARK)..).unwrap_or_default()
}

impl Input {
    /// Opens a file; `-` is stdin.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let stdin = path == Path::new("-");
        let path = if stdin { Path::new("stdin") } else { path };
        let unread = |error| Error::read(path, error);
        let mut source = if stdin { Source::Stdin } else { Source::File(File::open(path).map_err(unread)?) };
        let mut identity = Identity { size: None, modified: None, start: None };
        if let Source::File(file) = &mut source {
            let found = file.metadata().map_err(unread)?;
            if found.is_dir() {
                return Err(unread(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
            }
            if found.is_file() {
                let since = found.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
                let modified = since.map(|since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX));
                let mut first = Vec::new();
                file.take(MARK as u64).read_to_end(&mut first).map_err(unread)?;
                file.rewind().map_err(unread)?;
                identity = Identity { size: Some(found.len()), modified, start: Some(sha256(&first)) };
            }
        }
        let start = beginning(&mut source).map_err(unread)?;
        // A file with the name of a compressed one is never read as plain text.
        let named = Packing::of_name(path);
        let packing = if named == Packing::Plain { Packing::of_start(&start) } else { named };
        // A pointer of git-lfs has the name of the file, also that of a compressed one.
        let wrong = match packing {
            Packing::Plain => begins_as_text(&start).err(),
            Packing::Gzip | Packing::Zstd => is_lfs_pointer(&start).then_some(NoText::LfsPointer),
        };
        if let Some(wrong) = wrong {
            // Each of its lines would be a bad row.
            return Err(Error::Usage(wrong.of_file(&path.display().to_string()), Some(wrong.help().into())));
        }
        Ok(Self { path: path.to_path_buf(), source, start, packing, identity, taken: Arc::default() })
    }

    /// What identifies it before it is read.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// True if reading may have to wait for whoever writes it: a pipe or a device, which is not read to its end at once.
    pub fn may_pause(&self) -> bool {
        self.identity.size.is_none()
    }

    /// The number of bytes read so far, as they are in the file.
    pub fn taken(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.taken)
    }

    /// The first line, with its end. The text still begins with it.
    pub fn header(&mut self, most: usize) -> Result<Vec<u8>, Error> {
        let path = self.path.clone();
        let unread = |error| Error::read(&path, error);
        if self.identity.size.is_some() {
            // A file can be opened a second time.
            let mut text = Self::open(&path)?.text(&InputPosition::default())?;
            return first_line(&mut text, most).map_err(unread).map(|(header, _)| header);
        }
        self.taken.store(self.start.len() as u64, Ordering::Relaxed);
        let source = std::mem::replace(&mut self.source, Source::Text(Box::new(io::empty())));
        let input = Cursor::new(std::mem::take(&mut self.start));
        let mut text = match source {
            Source::Text(text) => Box::new(input.chain(text)),
            source @ (Source::Stdin | Source::File(_)) => {
                let taken = Arc::clone(&self.taken);
                self.packing.unpack(input.chain(CountingReader { input: source, taken })).map_err(unread)?
            }
        };
        let (header, more) = first_line(&mut text, most).map_err(unread)?;
        let read = [&header[..], &more].concat();
        (self.source, self.packing) = (Source::Text(Box::new(Cursor::new(read).chain(text))), Packing::Plain);
        Ok(header)
    }

    /// The text from a position on.
    pub fn text(self, position: &InputPosition) -> Result<Box<dyn Read + Send>, Error> {
        let path = self.path.clone();
        let unread = |error| Error::read(&path, error);
        let marked = position.marked as u64;
        let mut skip = position.bytes.saturating_sub(marked);
        let mut text: Box<dyn Read + Send> = match (self.source, self.packing) {
            (Source::File(mut file), Packing::Plain) if self.identity.size.is_some() => {
                file.seek(SeekFrom::Start(skip)).map_err(unread)?;
                self.taken.store(skip, Ordering::Relaxed);
                skip = 0;
                Box::new(CountingReader { input: file, taken: self.taken })
            }
            (Source::Text(text), _) => text,
            (source @ (Source::Stdin | Source::File(_)), packing) => {
                self.taken.store(self.start.len() as u64, Ordering::Relaxed);
                let input = Cursor::new(self.start).chain(CountingReader { input: source, taken: self.taken });
                packing.unpack(input).map_err(unread)?
            }
        };
        let skipped = io::copy(&mut text.by_ref().take(skip), &mut io::sink()).map_err(unread)?;
        let mut before = Vec::new();
        text.by_ref().take(marked).read_to_end(&mut before).map_err(unread)?;
        if skipped < skip || before.len() < position.marked || (marked > 0 && sha256(&before) != position.sha256) {
            let message = format!("`{}` is not what the interrupted run has read", path.display());
            let help = String::from("give the same input again, or start over without --resume");
            return Err(Error::Usage(message, Some(help)));
        }
        Ok(text)
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stdin => io::stdin().read(into),
            Self::File(file) => file.read(into),
            Self::Text(text) => text.read(into),
        }
    }
}

/// The first bytes of an input, as many as tell what it is. None of those is a line end but the last, and whoever writes a row may
/// wait for its answer before more comes; so a row that is shorter than all of them is not waited behind.
fn beginning(source: &mut Source) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    while may_tell_more(&start) && !start.contains(&b'\n') {
        let before = start.len();
        source.by_ref().take(1).read_to_end(&mut start)?;
        if start.len() == before {
            break;
        }
    }
    Ok(start)
}

/// The first line of a text with its end, and what was read after it. A line that is too long is an error.
fn first_line(text: &mut impl Read, most: usize) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let mut read = Vec::new();
    let mut piece = [0; 1 << 12];
    loop {
        let length = match text.read(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            length => length?,
        };
        let new = piece.get(..length).unwrap_or_default();
        if let Some(end) = memchr::memchr(b'\n', new) {
            let more = new.get(end + 1..).unwrap_or_default().to_vec();
            read.extend_from_slice(new.get(..=end).unwrap_or_default());
            return Ok((read, more));
        }
        if length == 0 {
            return Ok((read, Vec::new()));
        }
        read.extend_from_slice(new);
        if read.len() > most {
            let message = format!("its first line is longer than {most} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
    }
}

/// Counts the bytes that are read.
struct CountingReader<R> {
    input: R,
    taken: Arc<AtomicU64>,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(into)?;
        self.taken.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
