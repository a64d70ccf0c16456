//! Queues and jobs, for operators.

mod dto;
pub(crate) mod page;

use crate::HttpDeps;
use crate::openapi::ApiTags;
use crate::request::{LoggedIn, PageLimit, job_id};
use crate::response::{Data, List, NoContent, Problem};
use dto::{ChangedDto, JobDto, QueueDto};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use std::sync::Arc;

/// Failures by operation, besides those that every operation has.
pub(crate) const ERRORS: &[(&str, &[&str])] = &[
    ("listQueues", &["auth.forbidden"]),
    ("pauseQueue", &["auth.forbidden", "queue.not_found"]),
    ("resumeQueue", &["auth.forbidden", "queue.not_found"]),
    ("drainQueue", &["auth.forbidden", "queue.not_found"]),
    ("retryQueue", &["auth.forbidden", "queue.not_found"]),
    (
        "listJobs",
        &[
            "auth.forbidden",
            "queue.not_found",
            "job.unknown_state",
            "page.invalid_limit",
            "page.invalid_cursor",
        ],
    ),
    ("getJob", &["auth.forbidden", "job.not_found"]),
    ("retryJob", &["auth.forbidden", "job.not_found", "job.not_dead"]),
    ("removeJob", &["auth.forbidden", "job.not_found", "job.still_open"]),
];

/// The handlers.
#[derive(Clone)]
pub(crate) struct QueuesApi(pub(crate) Arc<HttpDeps>);

#[OpenApi(prefix_path = "/api/v1/admin", tag = "ApiTags::Operation")]
impl QueuesApi {
    /// List queues
    ///
    /// For admins: how many jobs wait, run and were given up, how old the oldest is, what ended in the last five minutes, and how the
    /// queue is worked on.
    #[oai(path = "/queues", method = "get", operation_id = "listQueues")]
    async fn queues(&self, caller: LoggedIn) -> Result<Data<Vec<QueueDto>>, Problem> {
        let queues = self.0.app.queues.show.queues(caller.0.actor()).await?;
        Ok(Data(queues.into_iter().map(Into::into).collect()))
    }

    /// Pause a queue
    ///
    /// For admins. Its jobs are handed out no more until it is resumed; what runs goes on, and new jobs are taken in.
    #[oai(path = "/queues/:queue/pause", method = "post", operation_id = "pauseQueue")]
    async fn pause(
        &self,
        caller: LoggedIn,
        /// Name.
        queue: Path<String>,
    ) -> Result<NoContent, Problem> {
        self.0.app.queues.change.pause(&caller.0.context, &queue.0).await?;
        Ok(NoContent)
    }

    /// Resume a queue
    ///
    /// For admins.
    #[oai(path = "/queues/:queue/resume", method = "post", operation_id = "resumeQueue")]
    async fn resume(
        &self,
        caller: LoggedIn,
        /// Name.
        queue: Path<String>,
    ) -> Result<NoContent, Problem> {
        self.0.app.queues.change.resume(&caller.0.context, &queue.0).await?;
        Ok(NoContent)
    }

    /// Empty a queue
    ///
    /// For admins. All waiting jobs are given up, and their submissions cancelled; what runs goes on.
    #[oai(path = "/queues/:queue/drain", method = "post", operation_id = "drainQueue")]
    async fn drain(
        &self,
        caller: LoggedIn,
        /// Name.
        queue: Path<String>,
    ) -> Result<Data<ChangedDto>, Problem> {
        let jobs = self.0.app.queues.drain.drain(&caller.0.context, &queue.0).await?;
        Ok(Data(ChangedDto { jobs }))
    }

    /// Retry all given-up jobs of a queue
    ///
    /// For admins. Their submissions, which had `internal_error`, wait for a worker again.
    #[oai(path = "/queues/:queue/retry", method = "post", operation_id = "retryQueue")]
    async fn retry_all(
        &self,
        caller: LoggedIn,
        /// Name.
        queue: Path<String>,
    ) -> Result<Data<ChangedDto>, Problem> {
        let jobs = self.0.app.queues.retry.all(&caller.0.context, &queue.0).await?;
        Ok(Data(ChangedDto { jobs }))
    }

    /// List jobs
    ///
    /// For admins, newest first.
    #[oai(path = "/jobs", method = "get", operation_id = "listJobs")]
    async fn jobs(
        &self,
        caller: LoggedIn,
        /// Only of this queue.
        queue: Query<Option<String>>,
        /// Only in this state: `ready`, `running`, `done` or `dead`.
        state: Query<Option<String>>,
        /// Items per page.
        limit: Query<Option<PageLimit>>,
        /// `nextCursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<List<JobDto>, Problem> {
        let (queue, state, cursor) = (queue.0.as_deref(), state.0.as_deref(), cursor.0.as_deref());
        let limit = limit.0.map(|limit| limit.0);
        let page = self.0.app.queues.show.jobs(caller.0.actor(), queue, state, limit, cursor).await?;
        Ok(List(page.map(Into::into)))
    }

    /// Show a job
    ///
    /// For admins.
    #[oai(path = "/jobs/:id", method = "get", operation_id = "getJob")]
    async fn job(
        &self,
        caller: LoggedIn,
        /// Identifier.
        id: Path<String>,
    ) -> Result<Data<JobDto>, Problem> {
        let job = self.0.app.queues.show.job(caller.0.actor(), job_id(&id.0)?).await?;
        Ok(Data(job.into()))
    }

    /// Retry a given-up job
    ///
    /// For admins. Its submission, which had `internal_error`, waits for a worker again.
    #[oai(path = "/jobs/:id/retry", method = "post", operation_id = "retryJob")]
    async fn retry(
        &self,
        caller: LoggedIn,
        /// Identifier.
        id: Path<String>,
    ) -> Result<Data<JobDto>, Problem> {
        let job = self.0.app.queues.retry.one(&caller.0.context, job_id(&id.0)?).await?;
        Ok(Data(job.into()))
    }

    /// Remove a job
    ///
    /// For admins, and only of jobs that ended.
    #[oai(path = "/jobs/:id", method = "delete", operation_id = "removeJob")]
    async fn remove(
        &self,
        caller: LoggedIn,
        /// Identifier.
        id: Path<String>,
    ) -> Result<NoContent, Problem> {
        self.0.app.queues.remove.remove(&caller.0.context, job_id(&id.0)?).await?;
        Ok(NoContent)
    }
}
