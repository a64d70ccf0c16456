//! Looks at an archive's table of contents before and besides the zip library.

use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Signature of an entry in the table of contents.
const HEADER: [u8; 4] = *b"PK\x01\x02";
/// Bytes of such an entry after the signature, before name, extra fields and comment.
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
