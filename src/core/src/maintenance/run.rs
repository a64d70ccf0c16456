//! Does one task.

use super::{MaintenanceDeps, Task};
use crate::jobs::{Failure, Job, JobState, Remedy};
use crate::kernel::{AppResult, Timestamp};
use crate::submissions::KEY_LIFETIME;

/// Does tasks.
#[derive(Clone)]
pub struct RunTask {
    deps: MaintenanceDeps,
}

/// Most rows that one transaction removes: nobody is to wait for it.
const BATCH: u32 = 1000;

impl RunTask {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: MaintenanceDeps) -> Self {
        Self { deps }
    }

    /// Does the task of a job, and completes the job. Says how many rows it removed.
    ///
    /// # Errors
    /// A [`Failure`]; code `job.lease_lost` means another process has the job: do nothing.
    #[tracing::instrument(target = "codesm_trace", name = "maintenance.run", skip_all)]
    pub async fn run(&self, job: &Job) -> Result<u64, Failure> {
        let name = job.payload.get("task").and_then(serde_json::Value::as_str).unwrap_or_default();
        let Some(task) = Task::parse(name) else {
            return Err(Failure {
                code: "maintenance.unknown_task".to_owned(),
                message: format!("there is no task `{name}`"),
                remedy: Remedy::None,
            });
        };
        let removed = self.perform(task, self.deps.clock.now()).await?;
        self.complete(job).await?;
        Ok(removed)
    }

    async fn perform(&self, task: Task, now: Timestamp) -> AppResult<u64> {
        let retention = self.deps.retention;
        match task {
            Task::ForgetJobs => {
                let done = self.forget_jobs(JobState::Done, now - retention.done_jobs).await?;
                Ok(done + self.forget_jobs(JobState::Dead, now - retention.dead_jobs).await?)
            }
            Task::ForgetSessions => self.forget_sessions(now - retention.sessions).await,
            Task::ForgetKeys => {
                let tx = self.deps.uow.begin().await?;
                let removed = tx.idempotency().forget_before(now - KEY_LIFETIME).await?;
                tx.commit().await?;
                Ok(removed)
            }
            Task::SweepUploads => self.deps.uploads.sweep_unconfirmed_uploads(now).await,
            Task::ForgetWorkers => Ok(self.deps.workers.forget_before(now - retention.workers).await?),
        }
    }

    async fn forget_jobs(&self, state: JobState, before: Timestamp) -> AppResult<u64> {
        let mut removed = 0;
        loop {
            let tx = self.deps.uow.begin().await?;
            let batch = tx.jobs().forget_ended(state, before, BATCH).await?;
            tx.commit().await?;
            removed += batch;
            if batch < u64::from(BATCH) {
                return Ok(removed);
            }
        }
    }

    async fn forget_sessions(&self, before: Timestamp) -> AppResult<u64> {
        let mut removed = 0;
        loop {
            let tx = self.deps.uow.begin().await?;
            let batch = tx.sessions().forget_expired(before, BATCH).await?;
            tx.commit().await?;
            removed += batch;
            if batch < u64::from(BATCH) {
                return Ok(removed);
            }
        }
    }

    async fn complete(&self, job: &Job) -> AppResult<()> {
        let mut after = job.clone();
        after.complete(self.deps.clock.now());
        let tx = self.deps.uow.begin().await?;
        tx.jobs().save(&after, job.attempt).await?;
        tx.commit().await?;
        Ok(())
    }
}
