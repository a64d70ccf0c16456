//! Tries given-up jobs again.

use super::{QueueDeps, named, no_job};
use crate::audit::AuditEntry;
use crate::jobs::{Job, JobState};
use crate::kernel::{AppError, AppResult, JobId, Permission, RequestContext, SubmissionId, Timestamp};
use crate::store::Tx;
use serde_json::json;

/// Tries given-up jobs again.
#[derive(Clone)]
pub struct RetryJobs {
    deps: QueueDeps,
}

/// Jobs of one transaction.
const BATCH: u32 = 100;

impl RetryJobs {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: QueueDeps) -> Self {
        Self { deps }
    }

    /// Makes a given-up job ready again, with all its tries. Its submission, which had `internal_error`, waits again.
    ///
    /// # Errors
    /// `auth.required`, `auth.forbidden`, `job.not_found`, `job.not_dead` (409), `database.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "queues.retry", skip_all)]
    pub async fn one(&self, context: &RequestContext, id: JobId) -> AppResult<Job> {
        context.actor.require(Permission::JobManage)?;
        let now = self.deps.clock.now();
        let tx = self.deps.uow.begin().await?;
        let job = tx.jobs().get(id).await?.ok_or_else(no_job)?;
        if job.state != JobState::Dead {
            let message = format!("The job is `{}`; only given-up jobs are tried again.", job.state.as_str());
            return Err(AppError::conflict("job.not_dead", message));
        }
        let job = revive(&*tx, job, now).await?;
        let subject = ("job", id.to_string());
        let entry = AuditEntry::new(&*self.deps.ids, now, context, "job.retried", subject, json!({}));
        tx.audit().append(&entry).await?;
        tx.commit().await?;
        self.deps.signal.announce(&job);
        Ok(job)
    }

    /// The same for all given-up jobs of a queue; says how many.
    ///
    /// # Errors
    /// `auth.required`, `auth.forbidden`, `queue.not_found`, `database.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "queues.retry_all", skip_all)]
    pub async fn all(&self, context: &RequestContext, name: &str) -> AppResult<u64> {
        context.actor.require(Permission::JobManage)?;
        let queue = named(name)?;
        let now = self.deps.clock.now();
        let mut retried = 0;
        loop {
            let tx = self.deps.uow.begin().await?;
            let mut jobs = Vec::new();
            for job in tx.jobs().some_of(queue, JobState::Dead, BATCH).await? {
                jobs.push(revive(&*tx, job, now).await?);
            }
            retried += jobs.len() as u64;
            let is_last = jobs.len() < BATCH as usize;
            if is_last {
                let subject = ("queue", queue.as_str().to_owned());
                let details = json!({ "jobs": retried });
                let entry = AuditEntry::new(&*self.deps.ids, now, context, "queue.retried", subject, details);
                tx.audit().append(&entry).await?;
            }
            tx.commit().await?;
            for job in &jobs {
                self.deps.signal.announce(job);
            }
            if is_last {
                return Ok(retried);
            }
        }
    }
}

async fn revive(tx: &dyn Tx, mut job: Job, now: Timestamp) -> AppResult<Job> {
    job.revive(now);
    tx.jobs().overrule(&job).await?;
    if let Some(subject) = job.subject
        && let Some(mut submission) = tx.submissions().by_id(SubmissionId::from_uuid(subject)).await?
        && submission.reopen()
    {
        tx.submissions().save(&submission).await?;
    }
    Ok(job)
}
