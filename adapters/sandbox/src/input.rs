//! Brings inputs into the form a run needs.

use crate::faults::OrFault;
use crate::sinks::AnswerReader;
use crate::sys::memory_file;
use bytes::Bytes;
use codesm_core::judging::{Input, SandboxError};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempPath;

/// Files up to this size are copied into sealed memory: cheaper than two mounts, and `/dev/stdin` can be opened again.
const COPY_BYTES: u64 = 4 * 1024 * 1024;

/// Standard input of a run.
pub(crate) enum Stdin {
    /// This descriptor.
    Open(File),
    /// This file, opened inside through a read-only mount.
    Path(PathBuf),
}

/// Prepares standard input.
pub(crate) fn stdin(input: &Input) -> Result<Stdin, SandboxError> {
    let what = "prepare the standard input";
    match input {
        Input::Bytes(bytes) => bytes_in_memory(bytes).map(Stdin::Open).or_fault("sandbox.no_input", what),
        Input::File(file) if file.size <= COPY_BYTES => memory_file::sealed(|target| {
            let source = File::open(&file.path)?;
            io::copy(&mut io::Read::take(source, COPY_BYTES), target).map(drop)
        })
        .map(Stdin::Open)
        .or_fault("sandbox.no_input", what),
        Input::File(file) => absolute(&file.path).map(Stdin::Path).or_fault("sandbox.no_input", what),
    }
}

/// Bytes as a sealed file.
pub(crate) fn bytes_in_memory(bytes: &Bytes) -> io::Result<File> {
    memory_file::sealed(|target| target.write_all(bytes))
}

/// A reader of the jury's answer.
pub(crate) fn answer(input: Input) -> Result<AnswerReader, SandboxError> {
    Ok(match input {
        Input::Bytes(bytes) => Box::new(io::Cursor::new(bytes)),
        Input::File(file) => Box::new(File::open(&file.path).or_fault("sandbox.no_answer", "open the answer")?),
    })
}

/// An extra file as one that any user may read.
pub(crate) fn shown_file(input: &Input, scratch: &Path) -> Result<(PathBuf, Option<TempPath>), SandboxError> {
    let place = || -> io::Result<(File, TempPath)> {
        let file = tempfile::Builder::new().prefix("file-").tempfile_in(scratch)?;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
        Ok(file.into_parts())
    };
    let prepare = || -> io::Result<(PathBuf, Option<TempPath>)> {
        match input {
            Input::Bytes(bytes) => {
                let (mut file, path) = place()?;
                file.write_all(bytes)?;
                Ok((absolute(&path)?, Some(path)))
            }
            Input::File(source) => {
                let readable = fs::metadata(&source.path)?.permissions().mode() & 0o004 != 0;
                if readable {
                    return Ok((absolute(&source.path)?, None));
                }
                let (mut file, path) = place()?;
                io::copy(&mut File::open(&source.path)?, &mut file)?;
                Ok((absolute(&path)?, Some(path)))
            }
        }
    };
    prepare().or_fault("sandbox.no_input", "prepare an extra file")
}

/// The helper has another working folder, and links would be followed inside.
fn absolute(path: &Path) -> io::Result<PathBuf> {
    path.canonicalize()
}
