//! Verdicts, languages, limits and checkers.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// How a test or a submission ended. Closed: clients match on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All tests pass.
    Accepted,
    /// Scored problem, 0 < score < maximum.
    Partial,
    /// The checker says no.
    WrongAnswer,
    /// The compiler refused the program.
    CompileError,
    /// The compiler hit its time, memory or output cap.
    CompileLimit,
    /// CPU time over the limit.
    TimeLimit,
    /// Wall time over its limit with CPU time below.
    WallTimeLimit,
    /// Memory over the limit.
    MemoryLimit,
    /// Wrote more than allowed.
    OutputLimit,
    /// Process cap reached and the program failed.
    ProcessLimit,
    /// Signal or non-zero exit.
    RuntimeError,
    /// The problem's own checker failed: the author's fault.
    CheckerFailed,
    /// Our fault; never counted as an attempt.
    InternalError,
    /// Per test only: an earlier failure made it needless.
    Skipped,
    /// By the user or an admin.
    Cancelled,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 15] = [
        Self::Accepted,
        Self::Partial,
        Self::WrongAnswer,
        Self::CompileError,
        Self::CompileLimit,
        Self::TimeLimit,
        Self::WallTimeLimit,
        Self::MemoryLimit,
        Self::OutputLimit,
        Self::ProcessLimit,
        Self::RuntimeError,
        Self::CheckerFailed,
        Self::InternalError,
        Self::Skipped,
        Self::Cancelled,
    ];

    /// Stored and shown name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Partial => "partial",
            Self::WrongAnswer => "wrong_answer",
            Self::CompileError => "compile_error",
            Self::CompileLimit => "compile_limit",
            Self::TimeLimit => "time_limit",
            Self::WallTimeLimit => "wall_time_limit",
            Self::MemoryLimit => "memory_limit",
            Self::OutputLimit => "output_limit",
            Self::ProcessLimit => "process_limit",
            Self::RuntimeError => "runtime_error",
            Self::CheckerFailed => "checker_failed",
            Self::InternalError => "internal_error",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
        }
    }

    /// The verdict of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == text)
    }
}

/// What a submission is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Samples, or the caller's own standard input; never counts.
    Run,
    /// All tests; counts.
    Submit,
}

impl Mode {
    /// Stored and shown name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Submit => "submit",
        }
    }

    /// The mode of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Run, Self::Submit].into_iter().find(|mode| mode.as_str() == text)
    }
}

/// Id of the internal language of output validators with `build` and `run` scripts: no solver can name it.
pub const SCRIPT_LANGUAGE: &str = "script";

/// One programming language as this machine (or a worker) offers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language {
    /// Stable id, such as `cpp`.
    pub id: String,
    /// Name for people, such as `C++20 (GCC)`.
    pub name: String,
    /// Exact version of the compiler or interpreter; `None` if the toolchain is missing.
    pub version: Option<String>,
    /// Whether programs in it can be judged here.
    pub available: bool,
    /// Name of a single source file, such as `main.cpp`.
    pub file_name: String,
    /// File extensions without dot by which packages recognise the language, such as `cpp`, `cc`.
    pub extensions: Vec<String>,
    /// Whether there is a compile step that can fail for the solver.
    pub compiled: bool,
}

/// Lists the languages of this machine.
///
/// Contract: ids MUST be unique; a language whose toolchain is missing MUST be listed with `available: false`.
pub trait LanguageCatalogue: Send + Sync {
    /// All languages of the table, available or not, in the table's order.
    fn languages(&self) -> Vec<Language>;
}

/// A source file of a submission or checker. The name is a plain relative path without `..`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Relative path such as `main.cpp` or `geometry/point.h`.
    pub name: String,
    /// The text or bytes.
    pub content: Bytes,
}

/// A program as written: its language and files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramSource {
    /// Language id.
    pub language: String,
    /// At least one file.
    pub files: Vec<SourceFile>,
    /// The file it starts with, if its author says so; else the one with the language's usual name, or the first.
    pub entry: Option<String>,
}

impl ProgramSource {
    /// Sum of the sizes of all files, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.files.iter().map(|file| file.content.len()).sum()
    }
}

/// How the default checker compares tokens (see the package format, 5.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ComparatorOptions {
    /// Tokens must be equal byte for byte; otherwise ASCII case is ignored.
    pub case_sensitive: bool,
    /// White space must be equal byte for byte.
    pub space_change_sensitive: bool,
    /// Accept |output − answer| ≤ this.
    pub float_absolute_tolerance: Option<f64>,
    /// Accept |output − answer| ≤ this × |answer|.
    pub float_relative_tolerance: Option<f64>,
}

/// What a program may use on one test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceLimits {
    /// CPU time of all its processes, in milliseconds.
    pub time_ms: u32,
    /// Memory of all its processes, in MiB.
    pub memory_mb: u32,
    /// Bytes written to standard output, standard error and files, in KiB.
    pub output_kb: u32,
}

impl ResourceLimits {
    /// Wall time: 2 × the time limit + 1 s, so that waiting costs a solver little and a slot not much.
    #[must_use]
    pub const fn wall_ms(&self) -> u32 {
        self.time_ms.saturating_mul(2).saturating_add(1000)
    }
}

/// What came of one test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestResult {
    /// Position in the test set, from 1.
    pub index: u32,
    /// Name in the package, such as `secret/03-large`; shown to the author only.
    pub name: String,
    /// Whether solvers may see its input and answer.
    pub sample: bool,
    /// How it ended.
    pub verdict: Verdict,
    /// Points of this test; 1 or 0 for pass-fail.
    pub score: f64,
    /// CPU time in milliseconds.
    pub cpu_ms: u32,
    /// Wall time in milliseconds.
    pub wall_ms: u32,
    /// Peak memory in KiB.
    pub memory_kb: u64,
    /// Exit code, if the program exited.
    pub exit_code: Option<i32>,
    /// Signal, if one ended it.
    pub signal: Option<i32>,
    /// What the checker says to the solver (`teammessage.txt`), or where the output differs (samples only).
    pub message: Option<String>,
    /// What the checker says to the author (`judgemessage.txt`, or the validator's log).
    pub judge_message: Option<String>,
    /// Excerpt of standard output; samples and runs only.
    pub stdout: Option<String>,
    /// Excerpt of standard error; samples and runs only.
    pub stderr: Option<String>,
}
