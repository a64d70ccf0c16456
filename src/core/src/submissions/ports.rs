//! Ports of submissions.

use super::{Submission, SubmissionState};
use crate::jobs::{JobQueue, JobSignal, QueuePolicies, WorkerRegistry};
use crate::judging::{LanguageCatalogue, Mode, ResourceLimits, TestResult, Verdict};
use crate::kernel::{BlobStore, Clock, IdGenerator, Page, PageRequest, ProblemId, SubmissionId, Timestamp, TraceContext, UserId};
use crate::problems::ProblemQueries;
use crate::store::{StoreError, UnitOfWork};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

/// Submissions inside a transaction.
///
/// Contract: a submission MUST come back exactly as added or saved; `by_id` inside a transaction that then saves MUST
/// be safe against another transaction doing the same (row lock, or the whole database).
#[async_trait]
pub trait SubmissionRepository: Send + Sync {
    /// Inserts a submission.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn add(&self, submission: &Submission) -> Result<(), StoreError>;
    /// Writes a changed submission (not its files, standard input or limits, which never change).
    ///
    /// # Errors
    /// [`StoreError`].
    async fn save(&self, submission: &Submission) -> Result<(), StoreError>;
    /// The submission, locked for this transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn by_id(&self, id: SubmissionId) -> Result<Option<Submission>, StoreError>;
}

/// What an idempotency key stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// Whose key.
    pub user_id: UserId,
    /// The key.
    pub key: String,
    /// Digest of everything the request asked for.
    pub fingerprint: String,
    /// The receipt it gave.
    pub submission_id: SubmissionId,
    /// When.
    pub created_at: Timestamp,
}

/// Idempotency keys inside a transaction.
///
/// Contract: `(user_id, key)` MUST be unique ([`StoreError::Conflict`] with `idempotency_keys`).
#[async_trait]
pub trait IdempotencyRepository: Send + Sync {
    /// The record of a key.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find(&self, user_id: UserId, key: &str) -> Result<Option<IdempotencyRecord>, StoreError>;
    /// Inserts a record.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the key is taken.
    async fn add(&self, record: &IdempotencyRecord) -> Result<(), StoreError>;
    /// Forgets the records made before the moment; says how many.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn forget_before(&self, moment: Timestamp) -> Result<u64, StoreError>;
}

/// Which submissions are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubmissionFilter {
    /// Only to this problem.
    pub problem_id: Option<ProblemId>,
    /// Only of this user.
    pub user_id: Option<UserId>,
    /// Only with this verdict.
    pub verdict: Option<Verdict>,
}

/// Name of the history's one sort in cursors: another list's cursors are none of it.
pub const HISTORY_SORT: &str = "submissions";

/// One line of the history.
#[derive(Clone, Debug, PartialEq)]
pub struct SubmissionListItem {
    /// Identifier.
    pub id: SubmissionId,
    /// The problem.
    pub problem_id: Option<ProblemId>,
    /// Who sent it.
    pub user_id: UserId,
    /// What it is for.
    pub mode: Mode,
    /// Language id.
    pub language: String,
    /// Where it stands.
    pub state: SubmissionState,
    /// Null until done.
    pub verdict: Option<Verdict>,
    /// Points.
    pub score: Option<f64>,
    /// Most points possible.
    pub max_score: Option<f64>,
    /// Largest CPU time of a test, in milliseconds.
    pub cpu_ms: Option<u32>,
    /// Largest wall time of a test, in milliseconds.
    pub wall_ms: Option<u32>,
    /// Largest peak memory of a test, in KiB.
    pub memory_kb: Option<u64>,
    /// When the receipt was given.
    pub created_at: Timestamp,
    /// When it was done.
    pub judged_at: Option<Timestamp>,
}

/// Reads outside transactions.
///
/// Contract: the history MUST be newest first (by id), its cursor's `sort` [`HISTORY_SORT`] and `key` empty; a committed write of this process MUST be
/// seen by the next read.
#[async_trait]
pub trait SubmissionQueries: Send + Sync {
    /// One submission.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn by_id(&self, id: SubmissionId) -> Result<Option<Submission>, StoreError>;
    /// How many submissions and runs of this user are not final yet.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn unfinished(&self, user_id: UserId) -> Result<u64, StoreError>;
    /// A page of the history.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list(&self, filter: &SubmissionFilter, page: &PageRequest) -> Result<Page<SubmissionListItem>, StoreError>;
}

/// What a worker says while it judges.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// The job's fencing number.
    pub attempt: u32,
    /// What happened.
    pub step: ProgressStep,
}

/// A step of judging.
#[derive(Clone, Debug, PartialEq)]
pub enum ProgressStep {
    /// A new state.
    State(SubmissionState),
    /// A test is judged.
    Test(Box<TestResult>),
    /// The row holds the final verdict: read it.
    Finished,
}

/// Carries progress from workers to watchers. Rows decide; this only wakes and shows progress.
///
/// Contract: a message MUST reach every subscription of its submission that exists in this process when it is published,
/// in order, unless the subscription is too slow, which it then MUST be told by waking without a message; publishing MUST NOT wait.
pub trait LiveEvents: Send + Sync {
    /// Tells the watchers of a submission.
    fn publish(&self, submission_id: SubmissionId, progress: Progress);
    /// Begins to watch.
    fn subscribe(&self, submission_id: SubmissionId) -> Box<dyn Subscription>;
}

/// A watcher.
#[async_trait]
pub trait Subscription: Send {
    /// The next message; `None` after `timeout`, or when messages were lost.
    async fn next(&mut self, timeout: Duration) -> Option<Progress>;
}

/// Bounds on what may be submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubmissionLimits {
    /// Bytes of all source files; 128 KiB by contract.
    pub source_bytes: usize,
    /// Bytes of a run's standard input.
    pub stdin_bytes: usize,
    /// Most submissions and runs of one user that wait or run at the same time: nobody may fill the queue alone.
    pub unfinished: u64,
    /// Limits of ad hoc runs that ask for none.
    pub run_defaults: ResourceLimits,
    /// Most an ad hoc run may ask for.
    pub run_maximum: ResourceLimits,
}

/// What the use cases of this feature need.
#[derive(Clone)]
pub struct SubmissionDeps {
    /// Transactions.
    pub uow: Arc<dyn UnitOfWork>,
    /// Reads of submissions.
    pub queries: Arc<dyn SubmissionQueries>,
    /// Reads of problems.
    pub problems: Arc<dyn ProblemQueries>,
    /// Test data.
    pub blobs: Arc<dyn BlobStore>,
    /// Progress.
    pub events: Arc<dyn LiveEvents>,
    /// Dispatch.
    pub queue: Arc<dyn JobQueue>,
    /// Wakes workers.
    pub signal: Arc<dyn JobSignal>,
    /// Workers there are.
    pub workers: Arc<dyn WorkerRegistry>,
    /// The table of languages, whatever this machine has of them.
    pub catalogue: Arc<dyn LanguageCatalogue>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Arc<dyn IdGenerator>,
    /// When jobs are tried again.
    pub policies: Arc<QueuePolicies>,
    /// The trace that a request belongs to, for its job.
    pub traces: Arc<dyn TraceContext>,
    /// Bounds.
    pub limits: SubmissionLimits,
}
