//! Calls a submission off.

use super::policy::not_found;
use super::{GetSubmission, Progress, ProgressStep, Submission, SubmissionDeps, SubmissionState, SubmissionView};
use crate::audit::AuditEntry;
use crate::kernel::{AppError, AppResult, Permission, RequestContext, SubmissionId};
use serde_json::json;

/// Calls submissions off.
#[derive(Clone)]
pub struct CancelSubmission {
    get: GetSubmission,
    deps: SubmissionDeps,
}

impl CancelSubmission {
    /// With its ports.
    #[must_use]
    pub fn new(deps: SubmissionDeps) -> Self {
        Self {
            get: GetSubmission::new(deps.clone()),
            deps,
        }
    }

    /// Calls off a submission that has no verdict yet: the caller's own, or anybody's for admins. What runs of it is stopped with
    /// its worker's next heartbeat. Calling off what was called off before changes nothing.
    ///
    /// # Errors
    /// `auth.required`, `auth.forbidden`, `submission.not_found`, `submission.already_judged` (409), `database.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "submissions.cancel", skip_all)]
    pub async fn cancel(&self, context: &RequestContext, id: SubmissionId) -> AppResult<SubmissionView> {
        let caller = context.actor.require_user()?.user_id;
        // Whoever may not see it learns nothing of it; whoever only sees it may not call it off.
        let (seen, _) = self.get.readable(&context.actor, id).await?;
        if seen.user_id != caller {
            context.actor.require(Permission::SubmissionCancelAll)?;
        }
        let submission = self.commit(context, id).await?;
        let (attempt, step) = (submission.attempt, ProgressStep::Finished);
        self.deps.events.publish(id, Progress { attempt, step });
        Ok(self.get.of_receipt(submission))
    }

    /// The submission, called off.
    async fn commit(&self, context: &RequestContext, id: SubmissionId) -> AppResult<Submission> {
        let now = self.deps.clock.now();
        let tx = self.deps.uow.begin().await?;
        // The job first, as everybody does.
        let job = tx.jobs().open_about(id.as_uuid()).await?;
        let mut submission: Submission = tx.submissions().by_id(id).await?.ok_or_else(not_found)?;
        if !submission.cancel(now) {
            return match submission.state {
                SubmissionState::Cancelled => Ok(submission),
                _ => Err(AppError::conflict(
                    "submission.already_judged",
                    "The submission has its verdict already.",
                )),
            };
        }
        tx.submissions().save(&submission).await?;
        if let Some(mut job) = job {
            // Whoever works on it loses the lease with this.
            job.complete(now);
            tx.jobs().overrule(&job).await?;
        }
        let subject = ("submission", id.to_string());
        let entry = AuditEntry::new(&*self.deps.ids, now, context, "submission.cancelled", subject, json!({}));
        tx.audit().append(&entry).await?;
        tx.commit().await?;
        Ok(submission)
    }
}
