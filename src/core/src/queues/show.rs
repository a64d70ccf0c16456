//! Shows queues and jobs.

use super::{QueueDeps, named, no_job};
use crate::jobs::{JOBS_SORT, Job, JobDepth, JobFilter, JobRate, JobState, QueuePolicy};
use crate::kernel::{Actor, AppError, AppResult, FieldError, JobId, Page, PageRequest, Permission, Timestamp};
use chrono::Duration;

/// A queue, as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueView {
    /// How many jobs wait, run, and were given up.
    pub depth: JobDepth,
    /// What ended within [`Self::rate_over`].
    pub rate: JobRate,
    /// Span of time of `rate`.
    pub rate_over: Duration,
    /// How its jobs are worked on.
    pub policy: QueuePolicy,
    /// When this was so.
    pub now: Timestamp,
}

/// Shows queues and jobs.
#[derive(Clone)]
pub struct ShowQueues {
    deps: QueueDeps,
}

/// Long enough that a rate is no accident, short enough that it is of now.
const RATE_OVER: Duration = Duration::minutes(5);

impl ShowQueues {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: QueueDeps) -> Self {
        Self { deps }
    }

    /// All queues, in their order.
    ///
    /// # Errors
    /// `auth.required`, `auth.forbidden`, `database.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "queues.list", skip_all)]
    pub async fn queues(&self, actor: &Actor) -> AppResult<Vec<QueueView>> {
        actor.require(Permission::JobManage)?;
        let now = self.deps.clock.now();
        let depths = self.deps.queue.depths(now).await?;
        let rates = self.deps.directory.rates(now - RATE_OVER).await?;
        let view = |(depth, rate): (JobDepth, JobRate)| QueueView {
            policy: self.deps.policies.of(depth.queue),
            depth,
            rate,
            rate_over: RATE_OVER,
            now,
        };
        Ok(depths.into_iter().zip(rates).map(view).collect())
    }

    /// Jobs, newest first, perhaps of one queue and in one state.
    ///
    /// # Errors
    /// `auth.required`, `auth.forbidden`, `queue.not_found`, `job.unknown_state` (422), `page.…`, `database.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "queues.jobs", skip_all)]
    pub async fn jobs(
        &self,
        actor: &Actor,
        queue: Option<&str>,
        state: Option<&str>,
        limit: Option<u32>,
        cursor: Option<&str>,
    ) -> AppResult<Page<Job>> {
        actor.require(Permission::JobManage)?;
        let page = PageRequest::parse(limit, cursor, JOBS_SORT)?;
        let state = state.map(|name| JobState::parse(name).ok_or_else(unknown_state)).transpose()?;
        let filter = JobFilter {
            queue: queue.map(named).transpose()?,
            state,
        };
        Ok(self.deps.directory.list(&filter, &page).await?)
    }

    /// One job.
    ///
    /// # Errors
    /// `auth.required`, `auth.forbidden`, `job.not_found`, `database.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "queues.job", skip_all)]
    pub async fn job(&self, actor: &Actor, id: JobId) -> AppResult<Job> {
        actor.require(Permission::JobManage)?;
        self.deps.directory.by_id(id).await?.ok_or_else(no_job)
    }
}

fn unknown_state() -> AppError {
    let names = JobState::ALL.map(JobState::as_str).join("`, `");
    let message = format!("`state` must be `{names}`.");
    let field = FieldError {
        field: "state".to_owned(),
        code: "unknown_state",
        message: message.clone(),
    };
    AppError::invalid("job.unknown_state", message).with_fields(vec![field])
}
