//! A database in memory: one writer at a time, everything visible at commit.

use crate::lock::locked;
use async_trait::async_trait;
use codesm_core::audit::{AuditEntry, AuditRepository};
use codesm_core::auth::{RefreshToken, Session, SessionRepository, User, UserRepository};
use codesm_core::jobs::{Job, JobRepository, Queue, WorkerAdvert};
use codesm_core::kernel::{AuditId, JobId, ProblemId, RefreshTokenId, SessionId, SubmissionId, TestSetId, Timestamp, UploadId, UserId};
use codesm_core::problems::{Problem, ProblemRepository, TestSet};
use codesm_core::store::{StoreError, Tx, UnitOfWork};
use codesm_core::submissions::{IdempotencyRecord, IdempotencyRepository, Submission, SubmissionRepository};
use codesm_core::uploads::{Upload, UploadRepository};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;

/// How long a writer waits for another before the database counts as locked, as with `SQLite`.
const WRITER_PATIENCE: Duration = Duration::from_secs(5);

/// All rows.
#[derive(Clone, Default)]
pub(super) struct State {
    pub(super) users: BTreeMap<UserId, User>,
    pub(super) sessions: BTreeMap<SessionId, Session>,
    pub(super) refresh_tokens: BTreeMap<RefreshTokenId, RefreshToken>,
    pub(super) problems: BTreeMap<ProblemId, Problem>,
    pub(super) test_sets: BTreeMap<TestSetId, TestSet>,
    pub(super) submissions: BTreeMap<SubmissionId, Submission>,
    pub(super) idempotency: BTreeMap<(UserId, String), IdempotencyRecord>,
    pub(super) jobs: BTreeMap<JobId, Job>,
    pub(super) paused_queues: BTreeMap<Queue, Timestamp>,
    pub(super) leases: BTreeMap<String, (String, Timestamp)>,
    pub(super) uploads: BTreeMap<UploadId, Upload>,
    pub(super) workers: BTreeMap<String, WorkerAdvert>,
    pub(super) audit: BTreeMap<AuditId, AuditEntry>,
}

#[derive(Default)]
struct Shared {
    committed: Mutex<State>,
    writer: Arc<tokio::sync::Mutex<()>>,
    is_down: AtomicBool,
}

impl Shared {
    fn require_up(&self) -> Result<(), StoreError> {
        if self.is_down.load(Ordering::Acquire) {
            return Err(StoreError::Unavailable("the fake database is down".into()));
        }
        Ok(())
    }

    async fn writer(&self) -> Result<OwnedMutexGuard<()>, StoreError> {
        self.require_up()?;
        tokio::time::timeout(WRITER_PATIENCE, Arc::clone(&self.writer).lock_owned())
            .await
            .map_err(|_| StoreError::Unavailable("the fake database is locked by another transaction".into()))
    }
}

/// The fake of [`UnitOfWork`], of every `…Queries` port, of `JobQueue` and of `WorkerRegistry`: they share the rows.
///
/// A transaction works on a copy, which replaces the rows at commit. One writer at a time: a second one waits, and after
/// five seconds the database is locked (`StoreError::Unavailable`). Unlike the databases it knows no foreign keys, so that a
/// test makes only the rows that matter to it.
#[derive(Clone, Default)]
pub struct FakeStore {
    shared: Arc<Shared>,
}

impl fmt::Debug for FakeStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeStore")
            .field("is_down", &self.shared.is_down)
            .finish_non_exhaustive()
    }
}

impl FakeStore {
    /// An empty database.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the database away (every call is then [`StoreError::Unavailable`], also commits), or gives it back.
    pub fn set_down(&self, is_down: bool) {
        self.shared.is_down.store(is_down, Ordering::Release);
    }

    /// Committed users, in the order of their ids.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        self.peek(|state| state.users.values().cloned().collect())
    }

    /// Committed sessions, in the order of their ids.
    #[must_use]
    pub fn sessions(&self) -> Vec<Session> {
        self.peek(|state| state.sessions.values().cloned().collect())
    }

    /// Committed problems, in the order of their ids.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        self.peek(|state| state.problems.values().cloned().collect())
    }

    /// Committed submissions, in the order of their ids.
    #[must_use]
    pub fn submissions(&self) -> Vec<Submission> {
        self.peek(|state| state.submissions.values().cloned().collect())
    }

    /// Committed jobs, in the order of their ids.
    #[must_use]
    pub fn jobs(&self) -> Vec<Job> {
        self.peek(|state| state.jobs.values().cloned().collect())
    }

    /// Committed uploads, in the order of their ids.
    #[must_use]
    pub fn uploads(&self) -> Vec<Upload> {
        self.peek(|state| state.uploads.values().cloned().collect())
    }

    /// Committed audit entries, oldest first.
    #[must_use]
    pub fn audit_entries(&self) -> Vec<AuditEntry> {
        self.peek(|state| state.audit.values().cloned().collect())
    }

    fn peek<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&locked(&self.shared.committed))
    }

    /// Reads committed rows.
    pub(super) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> Result<T, StoreError> {
        self.shared.require_up()?;
        Ok(self.peek(look))
    }

    /// Changes committed rows at once, waiting for an open transaction like any writer.
    pub(super) async fn write<T: Send>(&self, change: impl FnOnce(&mut State) -> T + Send) -> Result<T, StoreError> {
        let _writer = self.shared.writer().await?;
        Ok(change(&mut locked(&self.shared.committed)))
    }
}

#[async_trait]
impl UnitOfWork for FakeStore {
    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError> {
        let writer = self.shared.writer().await?;
        let rows = locked(&self.shared.committed).clone();
        Ok(Box::new(FakeTx {
            shared: Arc::clone(&self.shared),
            rows: Mutex::new(rows),
            _writer: writer,
        }))
    }
}

/// A transaction: a copy of the rows, and the only right to write.
pub(super) struct FakeTx {
    shared: Arc<Shared>,
    rows: Mutex<State>,
    _writer: OwnedMutexGuard<()>,
}

impl FakeTx {
    /// The transaction's own rows.
    pub(super) fn rows(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        self.shared.require_up()?;
        Ok(locked(&self.rows))
    }
}

#[async_trait]
impl Tx for FakeTx {
    fn users(&self) -> &dyn UserRepository {
        self
    }

    fn sessions(&self) -> &dyn SessionRepository {
        self
    }

    fn problems(&self) -> &dyn ProblemRepository {
        self
    }

    fn submissions(&self) -> &dyn SubmissionRepository {
        self
    }

    fn idempotency(&self) -> &dyn IdempotencyRepository {
        self
    }

    fn jobs(&self) -> &dyn JobRepository {
        self
    }

    fn uploads(&self) -> &dyn UploadRepository {
        self
    }

    fn audit(&self) -> &dyn AuditRepository {
        self
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let rows = self.rows()?.clone();
        *locked(&self.shared.committed) = rows;
        Ok(())
    }
}

/// Inserts a row. Identifiers are made once, so a taken one is a bug, as it is for the databases.
pub(super) fn insert<K: Ord, V>(table: &mut BTreeMap<K, V>, key: K, row: V, name: &str) -> Result<(), StoreError> {
    if table.contains_key(&key) {
        return Err(taken(name));
    }
    table.insert(key, row);
    Ok(())
}

/// What a violated unique rule leads to that no use case expects.
pub(super) fn taken(columns: &str) -> StoreError {
    StoreError::Internal(format!("unique rule violated: {columns}").into())
}

/// What a change to a row that does not exist leads to.
pub(super) fn no_such_row(table: &str) -> StoreError {
    StoreError::Internal(format!("no such row in {table}").into())
}
