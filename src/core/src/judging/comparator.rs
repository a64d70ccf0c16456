//! The default checker: compares a program's output with the jury's answer while it is being written.
//!
//! Bounded memory whatever the sizes: output is pushed in chunks, the answer is pulled from a reader.

use super::ComparatorOptions;
use std::io::{self, Read};

/// What the comparison found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The output is right.
    Same,
    /// The output is wrong; the sentence says where, quoting both sides (for samples and authors only).
    Different(String),
}

/// Tokens are compared in pieces of at most this many bytes (and longer ones never as numbers):
/// bounds memory against a token of 2 GB.
const PIECE_BYTES: usize = 64 * 1024;
/// The answer is read in chunks of this many bytes.
const CHUNK_BYTES: usize = 64 * 1024;
/// Most bytes of either side quoted in a difference.
const QUOTE_BYTES: usize = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Token,
    Space,
}

/// A run of token or space bytes, or a piece of a long one. Both sides are cut at the same places.
#[derive(Clone, Copy, Debug)]
struct Piece {
    kind: Kind,
    /// First piece of its run.
    begins: bool,
    /// Last piece of its run.
    ends: bool,
}

/// White space of the package format: SP HT LF VT FF CR.
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Bytes looked at together where each of many is asked the same; so the compiler uses wide instructions.
const BLOCK_BYTES: usize = 64;

/// How many of the first bytes are of the same kind as the first.
fn run_length(bytes: &[u8], space: bool) -> usize {
    let mut length = 0;
    for block in bytes.chunks(BLOCK_BYTES) {
        if block.iter().fold(false, |other, byte| other | (is_space(*byte) != space)) {
            return length + block.iter().take_while(|byte| is_space(**byte) == space).count();
        }
        length += block.len();
    }
    length
}

/// How many of the first bytes are the same.
fn common_length(one: &[u8], other: &[u8]) -> usize {
    let mut length = 0;
    for (one, other) in one.chunks(BLOCK_BYTES).zip(other.chunks(BLOCK_BYTES)) {
        if one != other {
            return length + one.iter().zip(other).take_while(|(one, other)| one == other).count();
        }
        length += one.len();
    }
    length
}

/// Tokens that begin in these bytes, before which there is none open.
fn count_tokens(bytes: &[u8]) -> u64 {
    let first = bytes.first().is_some_and(|byte| !is_space(*byte));
    let after = bytes.get(1..).unwrap_or_default();
    let begins = |(before, byte): (&u8, &u8)| u8::from(is_space(*before) & !is_space(*byte));
    let blocks = bytes.chunks(BLOCK_BYTES).zip(after.chunks(BLOCK_BYTES));
    // A block has too few bytes for its number to overflow.
    let counts = blocks.map(|(before, bytes)| u64::from(before.iter().zip(bytes).map(begins).sum::<u8>()));
    u64::from(first) + counts.sum::<u64>()
}

/// Cuts bytes into pieces. The bytes of the piece returned last stay in `buffer` until the next call.
struct Scanner {
    keep_spaces: bool,
    buffer: Vec<u8>,
    run: Option<Kind>,
    begun: bool,
    returned: bool,
}

impl Scanner {
    const fn new(keep_spaces: bool) -> Self {
        Self {
            keep_spaces,
            buffer: Vec::new(),
            run: None,
            begun: false,
            returned: false,
        }
    }

    /// The next piece, or `None` when the chunk is used up.
    fn next(&mut self, chunk: &mut &[u8]) -> Option<Piece> {
        if self.returned {
            self.buffer.clear();
            self.returned = false;
        }
        loop {
            let first = *chunk.first()?;
            let kind = if is_space(first) { Kind::Space } else { Kind::Token };
            if let Some(run) = self.run
                && run != kind
            {
                return self.end();
            }
            let space = kind == Kind::Space;
            let length = run_length(chunk, space);
            if space && !self.keep_spaces {
                *chunk = &chunk[length..];
                continue;
            }
            self.run = Some(kind);
            let taken = length.min(PIECE_BYTES - self.buffer.len());
            self.buffer.extend_from_slice(&chunk[..taken]);
            *chunk = &chunk[taken..];
            if self.buffer.len() == PIECE_BYTES {
                let piece = Piece {
                    kind,
                    begins: !self.begun,
                    ends: false,
                };
                self.begun = true;
                self.returned = true;
                return Some(piece);
            }
        }
    }

    /// The piece that ends the present run, if one is open.
    fn end(&mut self) -> Option<Piece> {
        if self.returned {
            self.buffer.clear();
        }
        let kind = self.run.take()?;
        let piece = Piece {
            kind,
            begins: !self.begun,
            ends: true,
        };
        self.begun = false;
        self.returned = true;
        Some(piece)
    }
}

/// Pulls pieces out of a reader.
struct Answer<R> {
    reader: R,
    scanner: Scanner,
    chunk: Box<[u8]>,
    from: usize,
    to: usize,
}

impl<R: Read> Answer<R> {
    fn next(&mut self) -> io::Result<Option<Piece>> {
        loop {
            let mut rest = &self.chunk[self.from..self.to];
            let piece = self.scanner.next(&mut rest);
            self.from = self.to - rest.len();
            if piece.is_some() {
                return Ok(piece);
            }
            if self.unread()?.is_empty() {
                return Ok(self.scanner.end());
            }
        }
    }

    /// What was read and not yet looked at; at least a byte, unless all was.
    fn unread(&mut self) -> io::Result<&[u8]> {
        while self.from == self.to {
            self.to = match self.reader.read(&mut self.chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            self.from = 0;
            if self.to == 0 {
                break;
            }
        }
        Ok(&self.chunk[self.from..self.to])
    }
}

/// Compares output pushed into it with an answer it pulls.
pub struct Comparator<R> {
    options: ComparatorOptions,
    output: Scanner,
    answer: Answer<R>,
    token_number: u64,
    difference: Option<String>,
}

impl<R: Read> Comparator<R> {
    /// Begins a comparison.
    pub fn new(options: ComparatorOptions, answer: R) -> Self {
        let keep_spaces = options.space_change_sensitive;
        Self {
            options,
            output: Scanner::new(keep_spaces),
            answer: Answer {
                reader: answer,
                scanner: Scanner::new(keep_spaces),
                chunk: vec![0; CHUNK_BYTES].into_boxed_slice(),
                from: 0,
                to: 0,
            },
            token_number: 0,
            difference: None,
        }
    }

    /// Takes the next bytes of output. Cheap once a difference was found.
    ///
    /// # Errors
    /// If the answer cannot be read.
    pub fn push(&mut self, mut chunk: &[u8]) -> io::Result<()> {
        while self.difference.is_none() {
            self.skip_equal(&mut chunk)?;
            let Some(piece) = self.output.next(&mut chunk) else { break };
            self.compare(piece)?;
        }
        Ok(())
    }

    /// Passes over whole tokens that are the same to the byte, which is most of most outputs: many times faster than cutting
    /// them out one by one.
    fn skip_equal(&mut self, chunk: &mut &[u8]) -> io::Result<()> {
        if self.options.space_change_sensitive {
            return Ok(());
        }
        while !chunk.is_empty() && self.output.run.is_none() && self.answer.scanner.run.is_none() {
            let answer = self.answer.unread()?;
            let common = &chunk[..common_length(chunk, answer)];
            let Some(last_space) = common.iter().rposition(|byte| is_space(*byte)) else {
                break;
            };
            let same = &common[..=last_space];
            self.token_number += count_tokens(same);
            self.answer.from += same.len();
            *chunk = &chunk[same.len()..];
        }
        Ok(())
    }

    /// Whether a difference was already found: whatever else is pushed cannot change the result.
    #[must_use]
    pub const fn is_decided(&self) -> bool {
        self.difference.is_some()
    }

    /// Ends the output.
    ///
    /// # Errors
    /// If the answer cannot be read.
    pub fn finish(mut self) -> io::Result<Comparison> {
        if self.difference.is_none()
            && let Some(piece) = self.output.end()
        {
            self.compare(piece)?;
        }
        if self.difference.is_none()
            && let Some(piece) = self.answer.next()?
        {
            self.token_number += 1;
            let missing = Self::quote(piece.kind, &self.answer.scanner.buffer);
            self.difference = Some(format!("the output ends too early: expected {missing} at its end"));
        }
        Ok(self.difference.map_or(Comparison::Same, Comparison::Different))
    }

    fn compare(&mut self, got: Piece) -> io::Result<()> {
        if got.kind == Kind::Token && got.begins {
            self.token_number += 1;
        }
        let expected = self.answer.next()?;
        let (mine, theirs) = (&self.output.buffer, &self.answer.scanner.buffer);
        let same = expected.is_some_and(|expected| {
            let alike = expected.kind == got.kind && expected.ends == got.ends;
            // A number is one piece: it begins and ends here, on both sides.
            let whole = got.begins && got.ends && expected.ends;
            match got.kind {
                Kind::Space => alike && mine == theirs,
                Kind::Token => alike && self.equal_text(mine, theirs) || expected.kind == Kind::Token && whole && self.close(mine, theirs),
            }
        });
        if !same {
            let got_quote = Self::quote(got.kind, mine);
            let place = self.token_number;
            self.difference = Some(match expected {
                Some(expected) => {
                    format!("token {place}: expected {}, got {got_quote}", Self::quote(expected.kind, theirs))
                }
                None => format!("token {place}: expected the end of the output, got {got_quote}"),
            });
        }
        Ok(())
    }

    fn equal_text(&self, output: &[u8], answer: &[u8]) -> bool {
        output == answer || !self.options.case_sensitive && output.eq_ignore_ascii_case(answer)
    }

    /// Whether both are numbers within one of the tolerances. An answer token that is no number compares as text.
    fn close(&self, output: &[u8], answer: &[u8]) -> bool {
        let (absolute, relative) = (self.options.float_absolute_tolerance, self.options.float_relative_tolerance);
        if absolute.is_none() && relative.is_none() {
            return false;
        }
        let (Some(answer), Some(output)) = (parse_number(answer), parse_number(output)) else {
            return false;
        };
        let error = (output - answer).abs();
        // Infinite numbers (1e400) give NaN or infinity here and are never close.
        error.is_finite()
            && (absolute.is_some_and(|tolerance| error <= tolerance) || relative.is_some_and(|tolerance| error <= tolerance * answer.abs()))
    }

    fn quote(kind: Kind, bytes: &[u8]) -> String {
        let cut = &bytes[..bytes.len().min(QUOTE_BYTES)];
        let text = String::from_utf8_lossy(cut);
        let dots = if cut.len() < bytes.len() { "…" } else { "" };
        match kind {
            Kind::Token => format!("`{text}{dots}`"),
            Kind::Space => format!("white space {text:?}{dots}"),
        }
    }
}

/// A number of the package format: `[+-]?(\d*\.\d+|\d+\.|\d+)([eE][+-]?\d+)?`; no hexadecimal, no `inf`, no `nan`.
fn parse_number(token: &[u8]) -> Option<f64> {
    let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let unsigned = token.strip_prefix(b"+").or_else(|| token.strip_prefix(b"-")).unwrap_or(token);
    let whole = digits(unsigned);
    let mut rest = &unsigned[whole..];
    let mut fraction = 0;
    if let Some(after) = rest.strip_prefix(b".") {
        fraction = digits(after);
        rest = &after[fraction..];
    }
    if whole + fraction == 0 {
        return None;
    }
    if let Some(exponent) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let exponent = exponent
            .strip_prefix(b"+")
            .or_else(|| exponent.strip_prefix(b"-"))
            .unwrap_or(exponent);
        let count = digits(exponent);
        if count == 0 || count != exponent.len() {
            return None;
        }
    } else if !rest.is_empty() {
        return None;
    }
    std::str::from_utf8(token).ok()?.parse().ok()
}

#[cfg(test)]
#[path = "comparator_tests.rs"]
mod tests;
