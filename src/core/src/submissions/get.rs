//! Shows one submission.

use super::policy::{may_read, not_found, sees_hidden};
use super::{Submission, SubmissionDeps, hint};
use crate::judging::{TestResult, Verdict};
use crate::kernel::{Actor, AppResult, BlobRef, SubmissionId};
use crate::problems::{ProblemRef, TestSet};

/// A test's data, shown for samples only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleData {
    /// Position of the test.
    pub index: u32,
    /// Standard input.
    pub input: String,
    /// Expected output.
    pub answer: String,
}

/// A submission as the actor may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct SubmissionView {
    /// The submission; for those who may not see hidden tests their names and judge messages are taken out.
    pub submission: Submission,
    /// Data of sample tests.
    pub samples: Vec<SampleData>,
    /// Whether names and judge messages of hidden tests are there.
    pub full: bool,
    /// What to do about `internal_error` and `checker_failed`.
    pub hint: Option<&'static str>,
}

/// Shows submissions.
#[derive(Clone)]
pub struct GetSubmission {
    deps: SubmissionDeps,
}

/// Samples larger than this are cut.
const SAMPLE_BYTES: usize = 16 * 1024;

impl GetSubmission {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: SubmissionDeps) -> Self {
        Self { deps }
    }

    /// The submission.
    ///
    /// # Errors
    /// `auth.required`, `submission.not_found` (also for what belongs to others).
    #[tracing::instrument(target = "codesm_trace", name = "submissions.get", skip_all)]
    pub async fn get(&self, actor: &Actor, id: SubmissionId) -> AppResult<SubmissionView> {
        let (submission, full) = self.readable(actor, id).await?;
        let samples = self.samples(&submission).await?;
        Ok(SubmissionView {
            hint: hint::of_submission(&submission, full),
            submission,
            samples,
            full,
        })
    }

    /// A receipt as its owner sees it: needs nothing but what was committed, so that a receipt that was given is never
    /// answered with an error.
    #[must_use]
    pub fn of_receipt(&self, mut submission: Submission) -> SubmissionView {
        submission.tests.iter_mut().for_each(hide);
        SubmissionView {
            hint: hint::of_submission(&submission, false),
            submission,
            samples: Vec::new(),
            full: false,
        }
    }

    /// The submission with hidden tests' names and messages taken out unless the actor may see them, and whether they may.
    pub(super) async fn readable(&self, actor: &Actor, id: SubmissionId) -> AppResult<(Submission, bool)> {
        if !matches!(actor, Actor::System) {
            actor.require_user()?;
        }
        let mut submission = self.deps.queries.by_id(id).await?.ok_or_else(not_found)?;
        let problem = match submission.problem_id {
            Some(problem_id) => self.deps.problems.view(&ProblemRef::Id(problem_id)).await?.map(|view| view.problem),
            None => None,
        };
        if !may_read(actor, &submission, problem.as_ref()) {
            return Err(not_found());
        }
        let full = sees_hidden(actor, problem.as_ref());
        if !full {
            submission.tests.iter_mut().for_each(hide);
        }
        Ok((submission, full))
    }

    async fn samples(&self, submission: &Submission) -> AppResult<Vec<SampleData>> {
        let Some(test_set_id) = submission.test_set_id.filter(|_| submission.tests.iter().any(|test| test.sample)) else {
            return Ok(Vec::new());
        };
        if submission.stdin.is_some() {
            return Ok(Vec::new());
        }
        let Some(TestSet { tests, .. }) = self.deps.problems.test_set(test_set_id).await? else {
            return Ok(Vec::new());
        };
        let mut samples = Vec::new();
        for test in tests.iter().filter(|test| test.sample) {
            samples.push(SampleData {
                index: test.index,
                input: self.text(&test.input).await?,
                answer: self.text(&test.answer).await?,
            });
        }
        Ok(samples)
    }

    async fn text(&self, blob: &BlobRef) -> AppResult<String> {
        Ok(String::from_utf8_lossy(&self.deps.blobs.get_prefix(blob, SAMPLE_BYTES).await?).into_owned())
    }
}

/// Takes out of a result what only the author may see.
pub(super) fn hide(test: &mut TestResult) {
    // Also of samples: a checker that does not compile puts its compiler's log, and so its source, there.
    test.judge_message = None;
    if test.verdict == Verdict::CheckerFailed {
        test.message = Some(hint::CHECKER_FAILED.to_owned());
    }
    if test.sample {
        return;
    }
    test.name = String::new();
    test.stdout = None;
    test.stderr = None;
}
