//! What comes over the wire about submissions.

use super::dto::{FileDto, ModeDto};
use crate::request::problem_ref;
use crate::response::{Maybe, Problem};
use codesm_core::judging::Mode;
use codesm_core::problems::ProblemRef;
use codesm_core::submissions::{IdempotencyKey, RunLimitsOverride, SubmitCommand, SubmitTarget, TextFile};
use poem_openapi::Object;

/// A program for a problem: `source` or `files`, not both.
#[derive(Object)]
#[oai(rename = "Submit", rename_all = "camelCase", example)]
pub(super) struct SubmitBody {
    /// Language id, such as `cpp`; see `/api/v1/languages`.
    pub(super) language: String,
    /// The program, if it is one file.
    pub(super) source: Maybe<String>,
    /// The program, if it is several files; 1 to 50.
    pub(super) files: Maybe<Vec<FileDto>>,
    /// What for; `submit` if absent.
    pub(super) mode: Maybe<ModeDto>,
    /// Standard input, only for mode `run`; the samples if absent.
    pub(super) stdin: Maybe<String>,
}

impl SubmitBody {
    pub(super) fn into_command(self, problem: ProblemRef, idempotency: Option<IdempotencyKey>) -> SubmitCommand {
        let Self {
            language,
            source,
            files,
            mode,
            stdin,
        } = self;
        SubmitCommand {
            target: SubmitTarget::Problem(problem),
            language,
            source: source.0,
            files: text_files(files),
            mode: mode.0.map_or(Mode::Submit, Into::into),
            stdin: stdin.0,
            idempotency,
        }
    }
}

fn text_files(files: Maybe<Vec<FileDto>>) -> Option<Vec<TextFile>> {
    files.0.map(|files| files.into_iter().map(Into::into).collect())
}

/// Programs for problems.
#[derive(Object)]
#[oai(rename = "SubmitBatch", rename_all = "camelCase", example)]
pub(super) struct BatchBody {
    /// 1 to 100.
    pub(super) submissions: Vec<BatchItemBody>,
}

/// One program of a batch.
#[derive(Object)]
#[oai(rename = "SubmitBatchItem", rename_all = "camelCase")]
pub(super) struct BatchItemBody {
    /// Identifier or slug.
    pub(super) problem: String,
    /// Language id, such as `cpp`; see `/api/v1/languages`.
    pub(super) language: String,
    /// The program, if it is one file.
    pub(super) source: Maybe<String>,
    /// The program, if it is several files; 1 to 50.
    pub(super) files: Maybe<Vec<FileDto>>,
    /// What for; `submit` if absent.
    pub(super) mode: Maybe<ModeDto>,
    /// Standard input, only for mode `run`; the samples if absent.
    pub(super) stdin: Maybe<String>,
}

impl BatchItemBody {
    pub(super) fn into_command(self) -> Result<SubmitCommand, Problem> {
        let Self {
            problem,
            language,
            source,
            files,
            mode,
            stdin,
        } = self;
        let body = SubmitBody {
            language,
            source,
            files,
            mode,
            stdin,
        };
        Ok(body.into_command(problem_ref(&problem)?, None))
    }
}

/// A program to run: `source` or `files`, not both.
#[derive(Object)]
#[oai(rename = "Run", rename_all = "camelCase", example)]
pub(super) struct RunBody {
    /// Language id, such as `python`; see `/api/v1/languages`.
    pub(super) language: String,
    /// The program, if it is one file.
    pub(super) source: Maybe<String>,
    /// The program, if it is several files; 1 to 50.
    pub(super) files: Maybe<Vec<FileDto>>,
    /// Standard input; empty if absent.
    pub(super) stdin: Maybe<String>,
    /// Arguments of the program; at most 64 of 16 KiB together.
    pub(super) args: Maybe<Vec<String>>,
    /// Limits.
    pub(super) limits: Maybe<RunLimitsBody>,
}

/// Limits of a run; absent ones are the usual ones.
#[derive(Object)]
#[oai(rename = "RunLimits", rename_all = "camelCase")]
pub(super) struct RunLimitsBody {
    /// CPU time in milliseconds.
    pub(super) time_ms: Maybe<u32>,
    /// Memory in MiB.
    pub(super) memory_mb: Maybe<u32>,
    /// Output in KiB.
    pub(super) output_kb: Maybe<u32>,
}

impl From<RunLimitsBody> for RunLimitsOverride {
    fn from(body: RunLimitsBody) -> Self {
        let RunLimitsBody {
            time_ms,
            memory_mb,
            output_kb,
        } = body;
        Self {
            time_ms: time_ms.0,
            memory_mb: memory_mb.0,
            output_kb: output_kb.0,
        }
    }
}

impl RunBody {
    pub(super) fn into_command(self, idempotency: Option<IdempotencyKey>) -> SubmitCommand {
        let Self {
            language,
            source,
            files,
            stdin,
            args,
            limits,
        } = self;
        SubmitCommand {
            target: SubmitTarget::AdHoc {
                args: args.0.unwrap_or_default(),
                limits: limits.0.map_or_else(RunLimitsOverride::default, Into::into),
            },
            language,
            source: source.0,
            files: text_files(files),
            mode: Mode::Run,
            stdin: stdin.0,
            idempotency,
        }
    }
}
