//! Looks at an archive's table of contents before and besides the zip library.

use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Signature of an entry in the table of contents.
const HEADER: [u8; 4] = *b"PK\x01\x02";
/// Signature of the record that ends an archive.
const END: [u8; 4] = *b"PK\x05\x06";
/// Signature of the zip64 locator.
const LOCATOR: [u8; 4] = *b"PK\x06\x07";
const LOCATOR_BYTES: usize = 20;
/// Bytes looked at in one go.
const SCAN_BYTES: u64 = 1 << 20;
/// Bytes of an entry of the table after the signature, before name, extra fields and comment.
const FIXED_BYTES: usize = 42;

/// Counts the entries of the table of contents that starts at `start`, up to `most` + 1.
///
/// The library keeps one entry per name, so that a name given twice shows only as a difference between the counts.
///
/// # Errors
/// Whatever reading fails with.
pub(crate) fn count_entries<R: BufRead + Seek>(reader: &mut R, start: u64, most: usize) -> io::Result<usize> {
    reader.seek(SeekFrom::Start(start))?;
    let mut count = 0;
    while count <= most {
        let mut signature = [0; 4];
        if !read_whole(reader, &mut signature)? || signature != HEADER {
            break;
        }
        let mut fixed = [0; FIXED_BYTES];
        if !read_whole(reader, &mut fixed)? {
            break;
        }
        let length = |at: usize| i64::from(u16::from_le_bytes([fixed[at], fixed[at + 1]]));
        // Name, extra fields, comment: bytes 28, 30 and 32 of the header, counted with the signature.
        reader.seek_relative(length(24) + length(26) + length(28))?;
        count += 1;
    }
    Ok(count)
}

/// Whether the archive holds what ends a zip64 archive: a locator (20 bytes) right before an end record.
///
/// The library reserves memory for as many entries as zip64 claims, so such archives must not get there. Nothing is lost:
/// only archives with 65 535 entries or 4 GiB need zip64.
///
/// # Errors
/// Whatever reading fails with.
pub(crate) fn ends_as_zip64(reader: &mut impl Read) -> io::Result<bool> {
    const PATTERN_BYTES: usize = LOCATOR_BYTES + 4;
    let mut buffer = Vec::new();
    loop {
        let read = reader.by_ref().take(SCAN_BYTES).read_to_end(&mut buffer)?;
        let found = buffer
            .windows(PATTERN_BYTES)
            .any(|window| window[LOCATOR_BYTES..] == END && window[..4] == LOCATOR);
        if found || read == 0 {
            return Ok(found);
        }
        // The pattern may straddle two reads.
        buffer.drain(..buffer.len().saturating_sub(PATTERN_BYTES - 1));
    }
}

/// Fills the buffer; `false` if the file ends before.
fn read_whole(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// Gives out bytes until a budget is spent: bounds what the zip library reads (and keeps) of a hostile table of contents.
pub(crate) struct BudgetReader<R> {
    inner: R,
    left: Arc<AtomicU64>,
}

impl<R> BudgetReader<R> {
    /// A reader with a budget, and the handle that changes it.
    pub(crate) fn new(inner: R, bytes: u64) -> (Self, Arc<AtomicU64>) {
        let left = Arc::new(AtomicU64::new(bytes));
        (
            Self {
                inner,
                left: Arc::clone(&left),
            },
            left,
        )
    }
}

impl<R: Read> Read for BudgetReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 && !buffer.is_empty() {
            return Err(io::Error::other("the table of contents is too large"));
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.inner.read(&mut buffer[..most])?;
        self.left.store(left - read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl<R: Seek> Seek for BudgetReader<R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.inner.seek(position)
    }
}
