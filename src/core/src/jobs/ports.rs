//! Ports of background jobs.

use super::{Job, JobKind, JobState, Queue};
use crate::judging::Language;
use crate::kernel::{JobId, Timestamp};
use crate::store::StoreError;
use async_trait::async_trait;
use chrono::Duration;
use uuid::Uuid;

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

    /// Inserts a job whose id says what it is for, unless it is there already; says whether it was not.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn add_once(&self, job: &Job) -> Result<bool, StoreError>;

    /// The job, if it exists, locked for this transaction. Whoever also changes the submission locks the job first, so that
    /// nobody waits in a circle.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn get(&self, id: JobId) -> Result<Option<Job>, StoreError>;

    /// The open job about this, if there is one, locked for this transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn open_about(&self, subject: Uuid) -> Result<Option<Job>, StoreError>;

    /// Up to `max` jobs of a queue in this state, oldest first, locked for this transaction; those that another transaction holds
    /// just now are passed over.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn some_of(&self, queue: Queue, state: JobState, max: u32) -> Result<Vec<Job>, StoreError>;

    /// Writes a job that this transaction has locked, whoever holds its lease. Whoever did loses it by a changed state or attempt.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn overrule(&self, job: &Job) -> Result<(), StoreError>;

    /// Removes a job; says whether it was there.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn remove(&self, id: JobId) -> Result<bool, StoreError>;

    /// Removes up to `max` jobs in this final state that ended before the moment; says how many.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn forget_ended(&self, state: JobState, before: Timestamp, max: u32) -> Result<u64, StoreError>;

    /// Pauses a queue at this moment, or lets it go on. Doing so again changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn pause(&self, queue: Queue, since: Option<Timestamp>) -> Result<(), StoreError>;

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
    /// Queues it has room for.
    pub queues: Vec<Queue>,
    /// Only this job, of which it has heard.
    pub only: Option<JobId>,
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
    /// Since when the queue is paused.
    pub paused_at: Option<Timestamp>,
}

/// Hands out jobs.
///
/// Contract: a job MUST be handed to one worker at a time; an expired lease MUST be handed out again, counted as lost;
/// order MUST be by priority, then `turn_at`, then id; a job in a paused queue MUST be left alone; a job of which the worker lacks any requirement MUST be left alone; a job
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

    /// Up to `max` jobs that have been due, or whose lease has been over, since the moment or longer, in the order they would be
    /// handed out: news of them was lost.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn overdue(&self, since: Timestamp, max: u32) -> Result<Vec<Job>, StoreError>;

    /// Depth of every queue, also of empty ones, in the order of [`Queue::ALL`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn depths(&self, now: Timestamp) -> Result<Vec<JobDepth>, StoreError>;
}

/// Who waits for work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Queues it has room for.
    pub queues: Vec<Queue>,
    /// What it offers.
    pub capabilities: Vec<String>,
}

/// What a listener hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// This job is ready, probably: claim it.
    Job(JobId),
    /// There may be work, or it was silent for long: look at the table.
    Look,
}

/// Carries the news that there is work. Only a hint, which may be lost, late, or told twice: workers also look by themselves.
///
/// Contract: a call of `announce` MUST NOT wait; it MUST wake at least one listener that waits for the job's queue, or the next
/// that does, as long as nothing is lost on the way; a listener MUST NOT be told of a job in a queue it does not wait for.
#[async_trait]
pub trait JobSignal: Send + Sync {
    /// Says that this job is ready.
    fn announce(&self, job: &Job);

    /// Waits for an announcement, at most `timeout`.
    async fn wait(&self, listener: &Listener, timeout: std::time::Duration) -> Wake;

    /// How often a listener should look at the table whatever it hears: often where other processes cannot wake it.
    fn look_every(&self) -> std::time::Duration;
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

    /// Forgets the workers last seen before the moment; says how many.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn forget_before(&self, moment: Timestamp) -> Result<u64, StoreError>;

    /// Workers seen at or after the moment, by name.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn seen_since(&self, moment: Timestamp) -> Result<Vec<WorkerAdvert>, StoreError>;
}
