//! Ports of background jobs.

use super::{Job, JobKind, Queue};
use crate::judging::Language;
use crate::kernel::{JobId, Timestamp};
use crate::store::StoreError;
use async_trait::async_trait;
use chrono::Duration;

/// Jobs inside a transaction.
///
/// Contract: `add` MUST be visible to [`JobQueue::reserve`] after commit and only then; `save` MUST fail with
/// [`StoreError::LeaseLost`], writing nothing, unless the stored row is running with the given attempt number.
#[async_trait]
pub trait JobRepository: Send + Sync {
    /// Inserts a job.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn add(&self, job: &Job) -> Result<(), StoreError>;

    /// The job, if it exists, locked for this transaction. Whoever also changes the submission locks the job first, so that
    /// nobody waits in a circle.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn get(&self, id: JobId) -> Result<Option<Job>, StoreError>;

    /// Writes a job held under the fencing number `attempt`.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] if somebody else holds it now, or it is finished.
    async fn save(&self, job: &Job, attempt: u32) -> Result<(), StoreError>;
}

/// What a worker asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReserveRequest {
    /// Name of the worker process.
    pub worker: String,
    /// Kinds it can do.
    pub kinds: Vec<JobKind>,
    /// What it offers; a job that requires anything else is left alone.
    pub capabilities: Vec<String>,
    /// Most jobs wanted.
    pub max: u32,
    /// For how long.
    pub lease: Duration,
    /// How long after they are due jobs whose last failure was on this worker are left to others.
    pub patience: Duration,
    /// The present moment.
    pub now: Timestamp,
}

/// How many jobs wait and run in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobDepth {
    /// The queue.
    pub queue: Queue,
    /// Jobs ready or waiting for their time.
    pub ready: u64,
    /// Jobs under a lease.
    pub running: u64,
    /// Jobs given up.
    pub dead: u64,
    /// When the oldest job that is due was made.
    pub oldest_ready_at: Option<Timestamp>,
}

/// Hands out jobs.
///
/// Contract: a job MUST be handed to one worker at a time; an expired lease MUST be handed out again, counted as lost;
/// order MUST be by priority, then `run_at`, then id; a job of which the worker lacks any requirement MUST be left alone; a job
/// whose last failure was on the worker MUST be left to others for `patience` after it is due, and not longer;
/// `extend` and `release` MUST do nothing and say false once the attempt number is not the job's any more.
#[async_trait]
pub trait JobQueue: Send + Sync {
    /// Takes up to `max` jobs that are due or whose lease expired.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn reserve(&self, request: &ReserveRequest) -> Result<Vec<Job>, StoreError>;

    /// Heartbeat: moves the end of the lease. False: the lease is lost, stop working.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn extend(&self, id: JobId, attempt: u32, until: Timestamp) -> Result<bool, StoreError>;

    /// Gives a job back untouched (shutdown): ready at once, no failure counted. False: the lease was lost.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn release(&self, id: JobId, attempt: u32, now: Timestamp) -> Result<bool, StoreError>;

    /// Depth of every queue, also of empty ones, in the order of [`Queue::ALL`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn depths(&self, now: Timestamp) -> Result<Vec<JobDepth>, StoreError>;
}

/// Wakes workers when there is work. Only a hint: workers also look by themselves.
///
/// Contract: a call of `announce` MUST wake at least one waiting worker of this process, or the next that waits.
#[async_trait]
pub trait JobSignal: Send + Sync {
    /// Says that a job may be ready.
    fn announce(&self);

    /// Waits for an announcement, at most `timeout`.
    async fn wait(&self, timeout: std::time::Duration);
}

/// What a worker offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerAdvert {
    /// Name of the worker process.
    pub worker: String,
    /// Languages it has (available ones only).
    pub languages: Vec<Language>,
    /// Programs it runs at once.
    pub slots: u32,
    /// Sandbox tier.
    pub tier: String,
    /// When it said so.
    pub seen_at: Timestamp,
}

/// Remembers which workers there are.
///
/// Contract: `advertise` MUST replace the worker's earlier advert; `seen_since` MUST list every worker seen at or after the moment.
#[async_trait]
pub trait WorkerRegistry: Send + Sync {
    /// Stores what a worker offers.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn advertise(&self, advert: &WorkerAdvert) -> Result<(), StoreError>;

    /// Workers seen at or after the moment, by name.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn seen_since(&self, moment: Timestamp) -> Result<Vec<WorkerAdvert>, StoreError>;
}
