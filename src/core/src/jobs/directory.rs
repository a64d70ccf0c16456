//! Ports for operators and for what only one process may do.

use super::{Job, JobState, Queue};
use crate::kernel::{JobId, Page, PageRequest, Timestamp};
use crate::store::StoreError;
use async_trait::async_trait;

/// Name of the one sort of lists of jobs in cursors.
pub const JOBS_SORT: &str = "jobs";

/// Which jobs are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Only of this queue.
    pub queue: Option<Queue>,
    /// Only in this state.
    pub state: Option<JobState>,
}

/// How many jobs of a queue ended in a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobRate {
    /// The queue.
    pub queue: Queue,
    /// Done.
    pub done: u64,
    /// Given up.
    pub dead: u64,
}

/// Shows jobs to operators.
///
/// Contract: lists MUST be newest first (by id), their cursors' `sort` [`JOBS_SORT`] and `key` empty; `rates` MUST name every queue, in
/// the order of [`Queue::ALL`], and count what ended at or after the moment.
#[async_trait]
pub trait JobDirectory: Send + Sync {
    /// One job.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn by_id(&self, id: JobId) -> Result<Option<Job>, StoreError>;

    /// A page of jobs.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list(&self, filter: &JobFilter, page: &PageRequest) -> Result<Page<Job>, StoreError>;

    /// What ended lately.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn rates(&self, since: Timestamp) -> Result<Vec<JobRate>, StoreError>;
}

/// Lets one process at a time do something.
///
/// Contract: of two holders at most one MUST be told that it holds a name at the same moment of their clocks; a holder that asks again
/// MUST keep it; a name whose time is over MUST go to whoever asks first.
#[async_trait]
pub trait Leases: Send + Sync {
    /// Takes or keeps a name until then. False: somebody else holds it.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn hold(&self, name: &str, holder: &str, until: Timestamp, now: Timestamp) -> Result<bool, StoreError>;

    /// Gives a name up, if it is held.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn give_up(&self, name: &str, holder: &str) -> Result<(), StoreError>;
}
