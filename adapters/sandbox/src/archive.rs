//! A minimal archive of regular files: names, sizes and bytes, nothing else.
//!
//! Read by trusted code from what the init of a run wrote, and the other way round. There is no way to express links,
//! devices, owners or modes; names are checked on both sides.

use std::collections::HashSet;
use std::io::{self, Read, Write};

const MAGIC: &[u8; 4] = b"CSM1";
/// Longest name in bytes.
const MAX_NAME_BYTES: usize = 1024;
/// Longest part of a name: that of the usual file systems.
const MAX_PART_BYTES: usize = 255;
/// Longest names together; they are sent to the helper in one message.
const MAX_NAMES_BYTES: usize = 32 * 1024;
/// Most files in one archive.
pub(crate) const MAX_FILES: usize = 4096;

/// Whether `name` is a relative path of plain parts, safe to create below a folder.
pub(crate) fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME_BYTES
        && !name.contains(['\0', '\n'])
        && name.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

/// Whether all these files can be made in one folder: plain, different names of bearable length, none of them below
/// another, few enough to be named in one command.
pub(crate) fn can_live_together(names: &[String]) -> bool {
    let different: HashSet<&str> = names.iter().map(String::as_str).collect();
    let is_below_a_file = |name: &str| name.match_indices('/').any(|(at, _)| different.contains(&name[..at]));
    names.len() <= MAX_FILES
        && different.len() == names.len()
        && names.iter().map(String::len).sum::<usize>() <= MAX_NAMES_BYTES
        && names
            .iter()
            .all(|name| is_plain_name(name) && name.split('/').all(|part| part.len() <= MAX_PART_BYTES) && !is_below_a_file(name))
}

/// Writes files one after the other.
pub(crate) struct Packer<W: Write> {
    output: W,
}

impl<W: Write> Packer<W> {
    /// Begins an archive.
    pub(crate) fn new(mut output: W) -> io::Result<Self> {
        output.write_all(MAGIC)?;
        Ok(Self { output })
    }

    /// Adds a file of exactly `size` bytes.
    pub(crate) fn add(&mut self, name: &str, size: u64, content: impl Read) -> io::Result<()> {
        let length = u16::try_from(name.len()).map_err(io::Error::other)?;
        self.output.write_all(&length.to_le_bytes())?;
        self.output.write_all(&size.to_le_bytes())?;
        self.output.write_all(name.as_bytes())?;
        let copied = io::copy(&mut content.take(size), &mut self.output)?;
        if copied == size {
            Ok(())
        } else {
            Err(io::Error::from(io::ErrorKind::UnexpectedEof))
        }
    }

    /// Ends the archive; without this mark a reader takes it for cut.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.output.write_all(&0_u16.to_le_bytes())?;
        self.output.flush()?;
        Ok(self.output)
    }
}

/// Reads an archive, giving each name, size and content to `file`.
pub(crate) fn unpack<R: Read>(mut input: R, mut file: impl FnMut(&str, u64, &mut dyn Read) -> io::Result<()>) -> io::Result<()> {
    let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut magic = [0; 4];
    input.read_exact(&mut magic)?;
    if &magic != MAGIC {
        return Err(invalid("not an archive"));
    }
    for _ in 0..=MAX_FILES {
        let mut length = [0; 2];
        input.read_exact(&mut length)?;
        let length = usize::from(u16::from_le_bytes(length));
        if length == 0 {
            return Ok(());
        }
        let mut size = [0; 8];
        input.read_exact(&mut size)?;
        let size = u64::from_le_bytes(size);
        let mut name = vec![0; length];
        input.read_exact(&mut name)?;
        let name = String::from_utf8(name).map_err(|_| invalid("a name is not UTF-8"))?;
        if !is_plain_name(&name) {
            return Err(invalid("a name is not a plain relative path"));
        }
        let mut content = (&mut input).take(size);
        file(&name, size, &mut content)?;
        if content.limit() != 0 {
            return Err(invalid("a file was cut"));
        }
    }
    Err(invalid("too many files"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        let mut packer = Packer::new(Vec::new()).unwrap();
        packer.add("a.txt", 3, &b"abc"[..]).unwrap();
        packer.add("b/c", 0, &b""[..]).unwrap();
        let bytes = packer.finish().unwrap();
        let mut seen = Vec::new();
        unpack(bytes.as_slice(), |name, size, content| {
            let mut text = String::new();
            content.read_to_string(&mut text)?;
            seen.push((name.to_owned(), size, text));
            Ok(())
        })
        .unwrap();
        assert_eq!(
            seen,
            [("a.txt".to_owned(), 3, "abc".to_owned()), ("b/c".to_owned(), 0, String::new())]
        );
    }

    #[test]
    fn names_that_leave_the_folder_are_refused() {
        for name in ["../x", "/etc/passwd", "a/../b", "", "a//b", "a\nb", "."] {
            assert!(!is_plain_name(name), "{name:?}");
            let mut packer = Packer::new(Vec::new()).unwrap();
            packer.add(name, 1, &b"x"[..]).unwrap();
            let bytes = packer.finish().unwrap();
            let mut count = 0;
            let result = unpack(bytes.as_slice(), |_, _, content| {
                count += 1;
                io::copy(content, &mut io::sink()).map(drop)
            });
            assert!(count == 0 && (name.is_empty() || result.is_err()));
        }
    }

    #[test]
    fn files_that_cannot_live_in_one_folder_are_known_before() {
        let check = |names: &[&str]| can_live_together(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert!(check(&["a.cpp", "a.h", "b/a.cpp", "b/a.h"]));
        let long = "x".repeat(256);
        let many: Vec<String> = (0..100).map(|number| format!("{number}/{}", "y".repeat(250).repeat(2))).collect();
        for names in [&["a", "a"][..], &["a", "a/b"], &["a/b/c", "a/b"], &[&long], &["../a"]] {
            assert!(!check(names), "{names:?}");
        }
        let many: Vec<String> = many.iter().map(|name| format!("{}/{}", &name[..200], &name[200..400])).collect();
        assert!(!can_live_together(&many));
    }

    #[test]
    fn a_cut_archive_is_an_error() {
        let mut packer = Packer::new(Vec::new()).unwrap();
        packer.add("a", 3, &b"abc"[..]).unwrap();
        let bytes = packer.finish().unwrap();
        for end in 0..bytes.len() {
            let result = unpack(&bytes[..end], |_, _, content| io::copy(content, &mut io::sink()).map(drop));
            assert!(result.is_err(), "cut at {end}");
        }
    }
}
