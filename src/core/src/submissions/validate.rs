//! What is wrong with a submission, field by field.

use super::{IdempotencyKey, SubmissionLimits, SubmitCommand, TextFile};
use crate::judging::{Language, Mode};
use crate::kernel::{AppError, AppResult, ErrorKind, FieldError};
use std::collections::BTreeSet;

const MAX_FILES: usize = 50;

/// The files as they will be compiled.
pub(super) fn files(
    limits: &SubmissionLimits,
    command: &SubmitCommand,
    language: Option<&Language>,
    offences: &mut Vec<FieldError>,
) -> Vec<TextFile> {
    let (files, is_single) = match (&command.source, &command.files) {
        (Some(source), None) => {
            let name = language.map_or_else(|| "main".to_owned(), |language| language.file_name.clone());
            (
                vec![TextFile {
                    name,
                    content: source.clone(),
                }],
                true,
            )
        }
        (None, Some(files)) => (files.clone(), false),
        (Some(_), Some(_)) => {
            offend(offences, "files", "source_ambiguous", "Give either `source` or `files`, not both.");
            return Vec::new();
        }
        (None, None) => {
            offend(offences, "source", "source_missing", "Give `source` or `files`.");
            return Vec::new();
        }
    };
    if !(1..=MAX_FILES).contains(&files.len()) {
        offend(offences, "files", "files_count", "Must be 1 to 50 files.");
        return Vec::new();
    }
    let whole = if is_single { "source" } else { "files" };
    let size: usize = files.iter().map(|file| file.content.len()).sum();
    if size > limits.source_bytes {
        let message = format!("The source has {size} bytes; at most {} are allowed.", limits.source_bytes);
        offend(offences, whole, "source_too_large", &message);
    }
    if files.iter().all(|file| file.content.trim().is_empty()) {
        offend(offences, whole, "source_empty", "The source is empty.");
    }
    let mut names = BTreeSet::new();
    for (at, file) in files.iter().enumerate() {
        let field = |part: &str| {
            if is_single {
                "source".to_owned()
            } else {
                format!("files[{at}].{part}")
            }
        };
        if file.content.contains('\0') {
            offend(offences, &field("content"), "source_not_text", "Must be text without NUL.");
        }
        if !is_single && !is_plain_path(&file.name) {
            offend(
                offences,
                &field("name"),
                "file_name_invalid",
                "Must be a relative path of letters, digits, `_`, `-`, `.` and `/`.",
            );
        }
        if !names.insert(&file.name) {
            offend(offences, &field("name"), "file_name_repeated", "This name occurs twice.");
        }
        let is_folder = |other: &TextFile| other.name.strip_prefix(&file.name).is_some_and(|rest| rest.starts_with('/'));
        if files.iter().any(is_folder) {
            offend(
                offences,
                &field("name"),
                "file_name_repeated",
                "This name is also a folder of another file.",
            );
        }
    }
    files
}

/// Standard input is for runs, and of a bounded size.
pub(super) fn check_stdin(limits: &SubmissionLimits, command: &SubmitCommand, offences: &mut Vec<FieldError>) {
    let Some(stdin) = &command.stdin else { return };
    if command.mode == Mode::Submit {
        offend(offences, "stdin", "stdin_not_allowed", "Standard input is only for mode `run`.");
    }
    if stdin.len() > limits.stdin_bytes {
        offend(
            offences,
            "stdin",
            "stdin_too_large",
            &format!("At most {} bytes.", limits.stdin_bytes),
        );
    }
    if stdin.contains('\0') {
        offend(offences, "stdin", "stdin_not_text", "Must not contain NUL.");
    }
}

/// A name that stays inside its folder on every system: no empty, hidden or dashed parts, at most 200 bytes.
fn is_plain_path(name: &str) -> bool {
    let part_ok = |part: &str| {
        !part.is_empty()
            && !part.starts_with(['.', '-'])
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    };
    name.len() <= 200 && name.split('/').count() <= 8 && name.split('/').all(part_ok)
}

pub(super) fn check_key(key: Option<&IdempotencyKey>, offences: &mut Vec<FieldError>) {
    let Some(IdempotencyKey { key, .. }) = key else { return };
    if !(1..=255).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        offend(
            offences,
            "Idempotency-Key",
            "invalid_idempotency_key",
            "Must be 1 to 255 visible ASCII characters.",
        );
    }
}

pub(super) fn offend(offences: &mut Vec<FieldError>, field: &str, code: &'static str, message: &str) {
    offences.push(FieldError {
        field: field.to_owned(),
        code,
        message: message.to_owned(),
    });
}

/// One error for all offences; its code is the first one's.
pub(super) fn refuse(offences: Vec<FieldError>) -> AppResult<()> {
    let Some(first) = offences.first() else { return Ok(()) };
    Err(AppError::new(ErrorKind::Invalid, format!("submission.{}", first.code), first.message.clone()).with_fields(offences))
}

#[cfg(test)]
mod tests {
    use super::is_plain_path;

    #[test]
    fn plain_paths_stay_inside_their_folder() {
        for name in ["main.cpp", "a/b/C_d-1.java"] {
            assert!(is_plain_path(name), "{name}");
        }
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            ".bashrc",
            "-o",
            "a b",
            "ü.c",
            "a\\b",
            &"x".repeat(201),
        ] {
            assert!(!is_plain_path(name), "{name}");
        }
    }
}
