//! Empties a queue.

use super::{QueueDeps, named};
use crate::audit::AuditEntry;
use crate::jobs::{Job, JobState};
use crate::kernel::{AppResult, Permission, RequestContext, SubmissionId, Timestamp};
use crate::store::Tx;
use crate::submissions::{Progress, ProgressStep};
use serde_json::json;

/// Empties queues.
#[derive(Clone)]
pub struct DrainQueue {
    deps: QueueDeps,
}

/// Jobs of one transaction.
const BATCH: u32 = 100;
/// What the jobs' rows say.
const REASON: &str = "job.drained: an operator emptied the queue";

impl DrainQueue {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: QueueDeps) -> Self {
        Self { deps }
    }

    /// Gives up all waiting jobs of a queue, and says how many; what runs goes on. Nothing vanishes: submissions are cancelled, which
    /// whoever sent them sees, and the jobs stay as given up.
    ///
    /// # Errors
    /// `auth.required`, `auth.forbidden`, `queue.not_found`, `database.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "queues.drain", skip_all)]
    pub async fn drain(&self, context: &RequestContext, name: &str) -> AppResult<u64> {
        context.actor.require(Permission::JobManage)?;
        let queue = named(name)?;
        let now = self.deps.clock.now();
        let mut drained = 0;
        loop {
            let tx = self.deps.uow.begin().await?;
            let jobs = tx.jobs().some_of(queue, JobState::Ready, BATCH).await?;
            let mut cancelled = Vec::new();
            for job in &jobs {
                cancelled.extend(give_up(&*tx, job.clone(), now).await?);
            }
            drained += jobs.len() as u64;
            let is_last = jobs.len() < BATCH as usize;
            if is_last {
                let subject = ("queue", queue.as_str().to_owned());
                let details = json!({ "jobs": drained });
                let entry = AuditEntry::new(&*self.deps.ids, now, context, "queue.drained", subject, details);
                tx.audit().append(&entry).await?;
            }
            tx.commit().await?;
            for (id, attempt) in cancelled {
                let step = ProgressStep::Finished;
                self.deps.events.publish(id, Progress { attempt, step });
            }
            if is_last {
                return Ok(drained);
            }
        }
    }
}

/// The submission that was cancelled with it, and its attempt.
async fn give_up(tx: &dyn Tx, mut job: Job, now: Timestamp) -> AppResult<Option<(SubmissionId, u32)>> {
    job.bury(REASON, now);
    tx.jobs().overrule(&job).await?;
    let Some(subject) = job.subject else { return Ok(None) };
    let id = SubmissionId::from_uuid(subject);
    if let Some(mut submission) = tx.submissions().by_id(id).await?
        && submission.cancel(now)
    {
        tx.submissions().save(&submission).await?;
        return Ok(Some((id, submission.attempt)));
    }
    Ok(None)
}
