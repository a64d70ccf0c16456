//! What happens to a job that failed or was interrupted, and to its submission.

use super::{Judgement, LiveEvents, Progress, ProgressStep, SubmissionDeps, SubmissionState};
use crate::jobs::{Failure, FailureOutcome, Job, Remedy};
use crate::judging::{SandboxError, Verdict};
use crate::kernel::{AppError, AppResult, SubmissionId};
use std::str::FromStr;

impl From<SandboxError> for Failure {
    fn from(error: SandboxError) -> Self {
        let (code, remedy) = match &error {
            SandboxError::LanguageUnavailable { .. } => ("sandbox.language_unavailable", Remedy::Retry),
            SandboxError::Unavailable(_) => ("sandbox.unavailable", Remedy::Postpone),
            SandboxError::Fault { code, .. } if *code == DISK_FULL => (*code, Remedy::Postpone),
            // May be the program's doing: counted.
            SandboxError::Fault { code, .. } => (*code, Remedy::Retry),
        };
        Self {
            code: code.to_owned(),
            message: error.to_string(),
            remedy,
        }
    }
}

/// The sandbox's code for a worker without space.
const DISK_FULL: &str = "sandbox.disk_full";

/// Records failures and gives jobs back.
#[derive(Clone)]
pub struct GiveUp {
    deps: SubmissionDeps,
}

impl GiveUp {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: SubmissionDeps) -> Self {
        Self { deps }
    }

    /// Records that a job failed: another try later, or `internal_error` and a dead letter.
    ///
    /// # Errors
    /// `job.lease_lost` if another worker holds the job; `database.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "submissions.job_failed", skip_all)]
    pub async fn fail(&self, job: &Job, failure: &Failure) -> AppResult<FailureOutcome> {
        // A job that names no submission must end too, or it would come back for ever.
        let id = submission_id(job).ok();
        let now = self.deps.clock.now();
        let mut after = job.clone();
        let reason = format!("{}: {}", failure.code, failure.message);
        let outcome = after.fail(&reason, failure.remedy, self.deps.policies.of(job.queue).retry, job.jitter(), now);
        let tx = self.deps.uow.begin().await?;
        tx.jobs().save(&after, job.attempt).await?;
        if let Some(id) = id
            && let Some(mut submission) = tx.submissions().by_id(id).await?
        {
            let changed = match outcome {
                FailureOutcome::Retry => submission.requeue(),
                FailureOutcome::Dead => submission.finish(job.attempt, internal_error(&failure.code), now),
            };
            if changed {
                tx.submissions().save(&submission).await?;
            }
        }
        tx.commit().await?;
        if let Some(id) = id {
            self.tell(id, job.attempt, outcome);
        }
        Ok(outcome)
    }

    /// Buries a job over which too many workers went silent.
    ///
    /// # Errors
    /// As [`Self::fail`].
    #[tracing::instrument(target = "codesm_trace", name = "submissions.job_buried", skip_all)]
    pub async fn bury(&self, job: &Job) -> AppResult<()> {
        let message = format!("{} workers went silent while judging this", job.lost_leases);
        let failure = Failure {
            code: "job.lost_leases".to_owned(),
            message,
            remedy: Remedy::None,
        };
        self.fail(job, &failure).await.map(|_| ())
    }

    /// Gives a job back because the worker shuts down.
    ///
    /// # Errors
    /// As [`Self::fail`].
    #[tracing::instrument(target = "codesm_trace", name = "submissions.job_released", skip_all)]
    pub async fn release(&self, job: &Job) -> AppResult<()> {
        let id = submission_id(job).ok();
        let mut after = job.clone();
        after.release(self.deps.clock.now());
        let tx = self.deps.uow.begin().await?;
        tx.jobs().save(&after, job.attempt).await?;
        if let Some(id) = id
            && let Some(mut submission) = tx.submissions().by_id(id).await?
            && submission.requeue()
        {
            tx.submissions().save(&submission).await?;
        }
        tx.commit().await?;
        if let Some(id) = id {
            self.tell(id, job.attempt, FailureOutcome::Retry);
        }
        self.deps.signal.announce(&after);
        Ok(())
    }

    fn tell(&self, id: SubmissionId, attempt: u32, outcome: FailureOutcome) {
        let step = match outcome {
            FailureOutcome::Retry => ProgressStep::State(SubmissionState::Queued),
            FailureOutcome::Dead => ProgressStep::Finished,
        };
        let events: &dyn LiveEvents = &*self.deps.events;
        events.publish(id, Progress { attempt, step });
    }
}

fn internal_error(code: &str) -> Judgement {
    Judgement {
        verdict: Verdict::InternalError,
        score: 0.0,
        max_score: None,
        compile_output: None,
        tests: Vec::new(),
        measured_by: None,
        sandbox_tier: None,
        worker_speed: None,
        groups: Vec::new(),
        error_code: Some(code.to_owned()),
    }
}

/// The submission a judging job is about.
pub(super) fn submission_id(job: &Job) -> AppResult<SubmissionId> {
    let text = job
        .payload
        .get("submissionId")
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default();
    SubmissionId::from_str(text).map_err(|error| AppError::internal(format!("job {} has no submission: {error}", job.id)))
}
