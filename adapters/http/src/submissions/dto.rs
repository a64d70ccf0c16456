//! What goes back over the wire about submissions.

use super::results::{GroupDto, TestDto};
use crate::response::{Nullable, Time};
use codesm_core::judging::{Mode, ResourceLimits, Verdict};
use codesm_core::kernel::ProblemId;
use codesm_core::submissions::{Submission, SubmissionListItem, SubmissionState, SubmissionView, TextFile};
use poem_openapi::{Enum, Object};
use uuid::Uuid;

/// How a test or a submission ended.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "Verdict", remote = "Verdict", rename_all = "snake_case")]
pub(super) enum VerdictDto {
    /// All tests pass.
    Accepted,
    /// Scored problem, some points.
    Partial,
    /// The checker says no.
    WrongAnswer,
    /// The compiler refused the program.
    CompileError,
    /// The compiler hit its own limits.
    CompileLimit,
    /// CPU time over the limit.
    TimeLimit,
    /// Wall time over its limit with CPU time below.
    WallTimeLimit,
    /// Memory over the limit.
    MemoryLimit,
    /// Wrote more than allowed.
    OutputLimit,
    /// Too many processes.
    ProcessLimit,
    /// Signal or non-zero exit.
    RuntimeError,
    /// The problem's own checker failed.
    CheckerFailed,
    /// The judge's fault; never counted as an attempt.
    InternalError,
    /// Per test only: an earlier failure made it needless.
    Skipped,
    /// By the user or an admin.
    Cancelled,
}

/// Where a submission stands.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "SubmissionState", remote = "SubmissionState", rename_all = "snake_case")]
pub(super) enum StateDto {
    /// Waits for a worker.
    Queued,
    /// Being compiled.
    Compiling,
    /// Being run.
    Running,
    /// Judged.
    Done,
    /// Called off.
    Cancelled,
}

/// What a submission is for.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "Mode", remote = "Mode", rename_all = "snake_case")]
pub(super) enum ModeDto {
    /// Samples, or the caller's own standard input; never counts.
    Run,
    /// All tests; counts.
    Submit,
}

/// A source file.
#[derive(Clone, Debug, Object)]
#[oai(rename = "SourceFile", rename_all = "camelCase")]
pub(super) struct FileDto {
    /// Relative path, such as `main.cpp`.
    pub(super) name: String,
    /// The text.
    pub(super) content: String,
}

impl From<FileDto> for TextFile {
    fn from(file: FileDto) -> Self {
        let FileDto { name, content } = file;
        Self { name, content }
    }
}

impl From<TextFile> for FileDto {
    fn from(file: TextFile) -> Self {
        let TextFile { name, content } = file;
        Self { name, content }
    }
}

/// What a program may use on one test.
#[derive(Object)]
#[oai(rename = "Limits", rename_all = "camelCase")]
pub(super) struct LimitsDto {
    /// CPU time in milliseconds.
    pub(super) time_ms: u32,
    /// Memory in MiB.
    pub(super) memory_mb: u32,
    /// Output in KiB.
    pub(super) output_kb: u32,
}

/// A submission or run.
#[derive(Object)]
#[oai(rename = "Submission", rename_all = "camelCase", example)]
pub(super) struct SubmissionDto {
    /// Identifier.
    pub(super) id: Uuid,
    /// The problem; null for runs without one.
    pub(super) problem_id: Nullable<Uuid>,
    /// Who sent it.
    pub(super) user_id: Uuid,
    /// What it is for.
    pub(super) mode: ModeDto,
    /// Language id.
    pub(super) language: String,
    /// Where it stands.
    pub(super) state: StateDto,
    /// Null until done.
    pub(super) verdict: Nullable<VerdictDto>,
    /// Points; null until done.
    pub(super) score: Nullable<f64>,
    /// Most points possible; null until done, and where points are unbounded.
    pub(super) max_score: Nullable<f64>,
    /// Results so far, in judging order.
    pub(super) tests: Vec<TestDto>,
    /// Results of the groups of tests, the outer before the inner; empty until done, and where there are none.
    pub(super) groups: Vec<GroupDto>,
    /// What the compiler said.
    pub(super) compile_output: Nullable<String>,
    /// Largest CPU time of a test, in milliseconds.
    pub(super) cpu_ms: Nullable<u32>,
    /// Largest wall time of a test, in milliseconds.
    pub(super) wall_ms: Nullable<u32>,
    /// Largest peak memory of a test, in KiB.
    pub(super) memory_kb: Nullable<u64>,
    /// How it was measured, such as `cgroup-v2`.
    pub(super) measured_by: Nullable<String>,
    /// How the program was confined: `A` (cgroup v2), `B` (cgroup v1), `C` (no cgroups) or `D` (reduced isolation).
    pub(super) sandbox_tier: Nullable<String>,
    /// Speed of the cores it ran on, in units of the reference machine; null where it was not measured.
    pub(super) worker_speed: Nullable<f64>,
    /// Why the judge failed; only with `internal_error`.
    #[oai(skip_serializing_if_is_none)]
    pub(super) error_code: Option<String>,
    /// What to do about it; only with `internal_error` and `checker_failed`.
    #[oai(skip_serializing_if_is_none)]
    pub(super) error_hint: Option<String>,
    /// The program, if it is one file.
    #[oai(skip_serializing_if_is_none)]
    pub(super) source: Option<String>,
    /// The program.
    pub(super) files: Vec<FileDto>,
    /// Standard input of a run.
    #[oai(skip_serializing_if_is_none)]
    pub(super) stdin: Option<String>,
    /// Arguments of a run.
    pub(super) args: Vec<String>,
    /// What it may use on one test.
    pub(super) limits: LimitsDto,
    /// When the receipt was given.
    pub(super) created_at: Time,
    /// When it was done.
    pub(super) judged_at: Nullable<Time>,
}

impl From<SubmissionView> for SubmissionDto {
    fn from(view: SubmissionView) -> Self {
        let SubmissionView {
            submission,
            samples,
            full: _,
            hint,
        } = view;
        let Submission {
            id,
            problem_id,
            test_set_id: _,
            user_id,
            mode,
            language,
            files,
            stdin,
            args,
            limits: ResourceLimits {
                time_ms,
                memory_mb,
                output_kb,
            },
            state,
            verdict,
            score,
            max_score,
            compile_output,
            cpu_ms,
            wall_ms,
            memory_kb,
            measured_by,
            sandbox_tier,
            worker_speed,
            groups,
            error_code,
            attempt: _,
            tests,
            created_at,
            judged_at,
        } = submission;
        let tests = tests.into_iter().map(|test| {
            let data = samples.iter().find(|sample| sample.index == test.index);
            TestDto::new(test, data)
        });
        let source = match files.as_slice() {
            [only] => Some(only.content.clone()),
            _ => None,
        };
        Self {
            id: id.as_uuid(),
            problem_id: problem_id.map(ProblemId::as_uuid).into(),
            user_id: user_id.as_uuid(),
            mode: mode.into(),
            language,
            state: state.into(),
            verdict: verdict.map(Into::into).into(),
            score: score.into(),
            max_score: max_score.into(),
            tests: tests.collect(),
            groups: groups.into_iter().map(Into::into).collect(),
            compile_output: compile_output.into(),
            cpu_ms: cpu_ms.into(),
            wall_ms: wall_ms.into(),
            memory_kb: memory_kb.into(),
            measured_by: measured_by.into(),
            sandbox_tier: sandbox_tier.into(),
            worker_speed: worker_speed.into(),
            error_code,
            error_hint: hint.map(ToOwned::to_owned),
            source,
            files: files.into_iter().map(Into::into).collect(),
            stdin,
            args,
            limits: LimitsDto {
                time_ms,
                memory_mb,
                output_kb,
            },
            created_at: created_at.into(),
            judged_at: judged_at.map(Into::into).into(),
        }
    }
}

/// One line of the history.
#[derive(Object)]
#[oai(rename = "SubmissionItem", rename_all = "camelCase", example)]
pub(super) struct SubmissionItemDto {
    /// Identifier.
    pub(super) id: Uuid,
    /// The problem; null for runs without one.
    pub(super) problem_id: Nullable<Uuid>,
    /// Who sent it.
    pub(super) user_id: Uuid,
    /// What it is for.
    pub(super) mode: ModeDto,
    /// Language id.
    pub(super) language: String,
    /// Where it stands.
    pub(super) state: StateDto,
    /// Null until done.
    pub(super) verdict: Nullable<VerdictDto>,
    /// Points; null until done.
    pub(super) score: Nullable<f64>,
    /// Most points possible; null until done.
    pub(super) max_score: Nullable<f64>,
    /// Largest CPU time of a test, in milliseconds.
    pub(super) cpu_ms: Nullable<u32>,
    /// Largest wall time of a test, in milliseconds.
    pub(super) wall_ms: Nullable<u32>,
    /// Largest peak memory of a test, in KiB.
    pub(super) memory_kb: Nullable<u64>,
    /// When the receipt was given.
    pub(super) created_at: Time,
    /// When it was done.
    pub(super) judged_at: Nullable<Time>,
}

impl From<SubmissionListItem> for SubmissionItemDto {
    fn from(item: SubmissionListItem) -> Self {
        let SubmissionListItem {
            id,
            problem_id,
            user_id,
            mode,
            language,
            state,
            verdict,
            score,
            max_score,
            cpu_ms,
            wall_ms,
            memory_kb,
            created_at,
            judged_at,
        } = item;
        Self {
            id: id.as_uuid(),
            problem_id: problem_id.map(ProblemId::as_uuid).into(),
            user_id: user_id.as_uuid(),
            mode: mode.into(),
            language,
            state: state.into(),
            verdict: verdict.map(Into::into).into(),
            score: score.into(),
            max_score: max_score.into(),
            cpu_ms: cpu_ms.into(),
            wall_ms: wall_ms.into(),
            memory_kb: memory_kb.into(),
            created_at: created_at.into(),
            judged_at: judged_at.map(Into::into).into(),
        }
    }
}
