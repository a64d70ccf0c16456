//! A submission and its state machine.

use crate::judging::{GroupResult, Mode, ResourceLimits, TestResult, Verdict};
use crate::kernel::{ProblemId, SubmissionId, TestSetId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Where a submission stands. Closed: clients match on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmissionState {
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

impl SubmissionState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Compiling, Self::Running, Self::Done, Self::Cancelled];

    /// Stored and shown name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Compiling => "compiling",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether nothing more will happen.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }
}

/// Limits asked for by an ad hoc run, all optional.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunLimitsOverride {
    /// CPU time in milliseconds.
    pub time_ms: Option<u32>,
    /// Memory in MiB.
    pub memory_mb: Option<u32>,
    /// Output in KiB.
    pub output_kb: Option<u32>,
}

/// A file as submitted: UTF-8 text without NUL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextFile {
    /// Relative path.
    pub name: String,
    /// The text.
    pub content: String,
}

/// A submission to a problem, or a run of code without one.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// Identifier.
    pub id: SubmissionId,
    /// The problem; `None` for ad hoc runs.
    pub problem_id: Option<ProblemId>,
    /// The tests it is judged by: those the problem had when the receipt was given.
    pub test_set_id: Option<TestSetId>,
    /// Who sent it.
    pub user_id: UserId,
    /// What it is for.
    pub mode: Mode,
    /// Language id.
    pub language: String,
    /// Its files.
    pub files: Vec<TextFile>,
    /// Standard input of a run.
    pub stdin: Option<String>,
    /// Arguments of a run.
    pub args: Vec<String>,
    /// What it may use, as of the receipt.
    pub limits: ResourceLimits,
    /// Where it stands.
    pub state: SubmissionState,
    /// Null until done.
    pub verdict: Option<Verdict>,
    /// Points.
    pub score: Option<f64>,
    /// Most points possible.
    pub max_score: Option<f64>,
    /// What the compiler said.
    pub compile_output: Option<String>,
    /// Largest CPU time of a test, in milliseconds.
    pub cpu_ms: Option<u32>,
    /// Largest wall time of a test, in milliseconds.
    pub wall_ms: Option<u32>,
    /// Largest peak memory of a test, in KiB.
    pub memory_kb: Option<u64>,
    /// How it was measured, such as `cgroup-v1`.
    pub measured_by: Option<String>,
    /// Tier of the sandbox, `A` to `D`.
    pub sandbox_tier: Option<String>,
    /// Speed of the worker's cores, in units of the reference machine.
    pub worker_speed: Option<f64>,
    /// Results of the groups of tests.
    pub groups: Vec<GroupResult>,
    /// Why CodeSM failed, for `internal_error`.
    pub error_code: Option<String>,
    /// Which try at judging wrote this: the job's fencing number, 0 before any.
    pub attempt: u32,
    /// Results per test.
    pub tests: Vec<TestResult>,
    /// When the receipt was given.
    pub created_at: Timestamp,
    /// When it was done.
    pub judged_at: Option<Timestamp>,
}

/// What judging found, to be recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Overall verdict.
    pub verdict: Verdict,
    /// Points.
    pub score: f64,
    /// Most points possible; `None`: unbounded.
    pub max_score: Option<f64>,
    /// What the compiler said.
    pub compile_output: Option<String>,
    /// Results per test.
    pub tests: Vec<TestResult>,
    /// How it was measured.
    pub measured_by: Option<String>,
    /// Tier of the sandbox, `A` to `D`.
    pub sandbox_tier: Option<String>,
    /// Speed of the worker's cores, in units of the reference machine.
    pub worker_speed: Option<f64>,
    /// Results of the groups of tests.
    pub groups: Vec<GroupResult>,
    /// Why CodeSM failed.
    pub error_code: Option<String>,
}

impl Submission {
    /// A worker began: compiling, under this fencing number. False if it is final already.
    #[must_use]
    pub fn begin(&mut self, attempt: u32) -> bool {
        if self.state.is_final() {
            return false;
        }
        self.state = SubmissionState::Compiling;
        self.attempt = attempt;
        self.tests = Vec::new();
        true
    }

    /// The program runs. False if it is not being judged under this fencing number.
    #[must_use]
    pub fn running(&mut self, attempt: u32) -> bool {
        if self.state != SubmissionState::Compiling || self.attempt != attempt {
            return false;
        }
        self.state = SubmissionState::Running;
        true
    }

    /// Results so far. False if it is not being judged under this fencing number.
    #[must_use]
    pub fn progress(&mut self, attempt: u32, tests: &[TestResult]) -> bool {
        let being_judged = matches!(self.state, SubmissionState::Compiling | SubmissionState::Running);
        if !being_judged || self.attempt != attempt {
            return false;
        }
        self.tests = tests.to_vec();
        true
    }

    /// Goes back to waiting (a failure that will be tried again, or a worker that shuts down). False if it is final already.
    #[must_use]
    pub fn requeue(&mut self) -> bool {
        if self.state.is_final() {
            return false;
        }
        self.state = SubmissionState::Queued;
        self.tests = Vec::new();
        true
    }

    /// Calls it off. False, changing nothing, if it is final already.
    #[must_use]
    pub fn cancel(&mut self, now: Timestamp) -> bool {
        if self.state.is_final() {
            return false;
        }
        self.state = SubmissionState::Cancelled;
        self.verdict = Some(Verdict::Cancelled);
        self.tests = Vec::new();
        self.judged_at = Some(now);
        true
    }

    /// Waits for a worker once more, because judging failed through no fault of the program. False, changing nothing, if it did not.
    #[must_use]
    pub fn reopen(&mut self) -> bool {
        if self.state != SubmissionState::Done || self.verdict != Some(Verdict::InternalError) {
            return false;
        }
        self.state = SubmissionState::Queued;
        self.verdict = None;
        self.score = None;
        self.max_score = None;
        self.tests = Vec::new();
        self.error_code = None;
        self.judged_at = None;
        true
    }

    /// Records the judgement. False, changing nothing, if it is final already: a verdict is given once.
    #[must_use]
    pub fn finish(&mut self, attempt: u32, judgement: Judgement, now: Timestamp) -> bool {
        if self.state.is_final() {
            return false;
        }
        let Judgement {
            verdict,
            score,
            max_score,
            compile_output,
            tests,
            measured_by,
            sandbox_tier,
            worker_speed,
            groups,
            error_code,
        } = judgement;
        self.state = SubmissionState::Done;
        self.attempt = attempt;
        self.verdict = Some(verdict);
        self.score = Some(score);
        self.max_score = max_score;
        self.compile_output = compile_output;
        let ran = || tests.iter().filter(|test| test.verdict != Verdict::Skipped);
        self.cpu_ms = ran().map(|test| test.cpu_ms).max();
        self.wall_ms = ran().map(|test| test.wall_ms).max();
        self.memory_kb = ran().map(|test| test.memory_kb).max();
        self.tests = tests;
        self.measured_by = measured_by;
        self.sandbox_tier = sandbox_tier;
        self.worker_speed = worker_speed;
        self.groups = groups;
        self.error_code = error_code;
        self.judged_at = Some(now);
        true
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
