//! Where a program's output goes while it is written.

use bytes::Bytes;
use codesm_core::judging::comparator::Comparator;
use std::fs::File;
use std::io::{self, Read, Write};

/// A reader of the jury's answer.
pub(crate) type AnswerReader = Box<dyn Read + Send>;

/// The first bytes of a stream, and how many there were.
#[derive(Debug)]
pub(crate) struct Head {
    kept: Vec<u8>,
    most: usize,
    total: u64,
}

impl Head {
    /// Keeps at most `most` bytes.
    pub(crate) const fn new(most: usize) -> Self {
        Self {
            kept: Vec::new(),
            most,
            total: 0,
        }
    }

    pub(crate) fn write(&mut self, chunk: &[u8]) {
        let room = self.most - self.kept.len();
        self.kept.extend_from_slice(&chunk[..chunk.len().min(room)]);
        self.total += chunk.len() as u64;
    }

    pub(crate) const fn total(&self) -> u64 {
        self.total
    }

    pub(crate) fn kept(&self) -> &[u8] {
        &self.kept
    }

    /// The kept bytes, at most `most` of them.
    pub(crate) fn into_bytes(mut self, most: usize) -> Bytes {
        self.kept.truncate(most);
        self.kept.into()
    }
}

/// What else happens to standard output.
pub(crate) enum Follower {
    /// Nothing.
    Nothing,
    /// It is compared with the answer.
    Compare(Comparator<AnswerReader>),
    /// It is written to a file.
    Spool(File),
}

impl Follower {
    pub(crate) fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        match self {
            Self::Nothing => Ok(()),
            Self::Compare(comparator) => comparator.push(chunk),
            Self::Spool(file) => file.write_all(chunk),
        }
    }
}
