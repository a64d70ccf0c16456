//! Removes a job.

use super::{QueueDeps, no_job};
use crate::audit::AuditEntry;
use crate::jobs::JobState;
use crate::kernel::{AppError, AppResult, JobId, Permission, RequestContext};
use serde_json::json;

/// Removes jobs.
#[derive(Clone)]
pub struct RemoveJob {
    deps: QueueDeps,
}

impl RemoveJob {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: QueueDeps) -> Self {
        Self { deps }
    }

    /// Removes the row of a job that ended. Open jobs stay: somebody has a receipt for most of them; drain the queue or cancel the
    /// submission instead.
    ///
    /// # Errors
    /// `auth.required`, `auth.forbidden`, `job.not_found`, `job.still_open` (409), `database.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "queues.remove", skip_all)]
    pub async fn remove(&self, context: &RequestContext, id: JobId) -> AppResult<()> {
        context.actor.require(Permission::JobManage)?;
        let now = self.deps.clock.now();
        let tx = self.deps.uow.begin().await?;
        let job = tx.jobs().get(id).await?.ok_or_else(no_job)?;
        if matches!(job.state, JobState::Ready | JobState::Running) {
            let message = format!("The job is `{}`; only jobs that ended are removed.", job.state.as_str());
            return Err(AppError::conflict("job.still_open", message));
        }
        tx.jobs().remove(id).await?;
        let subject = ("job", id.to_string());
        let details = json!({ "kind": job.kind.as_str(), "state": job.state.as_str() });
        let entry = AuditEntry::new(&*self.deps.ids, now, context, "job.removed", subject, details);
        tx.audit().append(&entry).await?;
        tx.commit().await?;
        Ok(())
    }
}
