//! Results of tests and groups of tests.

use super::dto::VerdictDto;
use crate::response::Nullable;
use codesm_core::judging::{GroupResult, TestResult};
use codesm_core::submissions::SampleData;
use poem_openapi::Object;

/// What came of one test.
#[derive(Object)]
#[oai(rename = "TestResult", rename_all = "camelCase")]
pub(super) struct TestDto {
    /// Position, from 1.
    pub(super) index: u32,
    /// Whether it is a sample.
    pub(super) sample: bool,
    /// How it ended.
    pub(super) verdict: VerdictDto,
    /// Points.
    pub(super) score: f64,
    /// CPU time in milliseconds.
    pub(super) cpu_ms: u32,
    /// Wall time in milliseconds.
    pub(super) wall_ms: u32,
    /// Peak memory in KiB.
    pub(super) memory_kb: u64,
    /// Exit code, if the program exited.
    pub(super) exit_code: Nullable<i32>,
    /// Signal, if one ended it.
    pub(super) signal: Nullable<i32>,
    /// What the checker says to the solver.
    pub(super) message: Nullable<String>,
    /// Standard input; samples only.
    #[oai(skip_serializing_if_is_none)]
    pub(super) input: Option<String>,
    /// Expected output; samples only.
    #[oai(skip_serializing_if_is_none)]
    pub(super) answer: Option<String>,
    /// Excerpt of standard output; samples and runs only.
    #[oai(skip_serializing_if_is_none)]
    pub(super) stdout: Option<String>,
    /// Excerpt of standard error; samples and runs only.
    #[oai(skip_serializing_if_is_none)]
    pub(super) stderr: Option<String>,
    /// Name in the package; only for the problem's author.
    #[oai(skip_serializing_if_is_none)]
    pub(super) name: Option<String>,
    /// What the checker says to the problem's author, and only to them: it may quote the hidden answer.
    #[oai(skip_serializing_if_is_none)]
    pub(super) judge_message: Option<String>,
}

impl TestDto {
    /// The use case has taken out what the caller may not see; data of hidden tests is kept back here from everybody besides.
    pub(super) fn new(result: TestResult, data: Option<&SampleData>) -> Self {
        let TestResult {
            index,
            name,
            sample,
            verdict,
            score,
            cpu_ms,
            wall_ms,
            memory_kb,
            exit_code,
            signal,
            message,
            judge_message,
            stdout,
            stderr,
        } = result;
        let data = data.filter(|_| sample);
        Self {
            index,
            sample,
            verdict: verdict.into(),
            score,
            cpu_ms,
            wall_ms,
            memory_kb,
            exit_code: exit_code.into(),
            signal: signal.into(),
            message: message.into(),
            input: data.map(|data| data.input.clone()),
            answer: data.map(|data| data.answer.clone()),
            stdout: stdout.filter(|_| sample),
            stderr: stderr.filter(|_| sample),
            name: Some(name).filter(|name| !name.is_empty()),
            judge_message,
        }
    }
}

/// What came of a group of tests.
#[derive(Object)]
#[oai(rename = "GroupResult", rename_all = "camelCase")]
pub(super) struct GroupDto {
    /// Path below the test data, such as `secret/group1`.
    pub(super) name: String,
    /// How it ended; `skipped` if it was not reached.
    pub(super) verdict: VerdictDto,
    /// Points.
    pub(super) score: f64,
    /// Most points possible; null where they are unbounded.
    pub(super) max_score: Nullable<f64>,
    /// `index` of every test in it.
    pub(super) tests: Vec<u32>,
}

impl From<GroupResult> for GroupDto {
    fn from(result: GroupResult) -> Self {
        let GroupResult {
            name,
            verdict,
            score,
            max_score,
            tests,
        } = result;
        Self {
            name,
            verdict: verdict.into(),
            score,
            max_score: max_score.into(),
            tests,
        }
    }
}
