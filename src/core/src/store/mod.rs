//! Unit of work: what belongs together commits together.

use crate::audit::AuditRepository;
use crate::auth::{SessionRepository, UserRepository};
use crate::jobs::JobRepository;
use crate::kernel::AppError;
use crate::problems::ProblemRepository;
use crate::submissions::{IdempotencyRepository, SubmissionRepository};
use crate::uploads::UploadRepository;
use async_trait::async_trait;
use std::error::Error as StdError;
use thiserror::Error;

/// Begins transactions.
///
/// Contract: what one transaction wrote MUST become visible to others at commit, all of it or none;
/// two transactions that change the same row MUST NOT both succeed on the same `version`.
#[async_trait]
pub trait UnitOfWork: Send + Sync {
    /// Begins a transaction. Between begin and commit: no other I/O, no limiter, no sandbox, no long wait.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database cannot be reached.
    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError>;
}

/// A transaction. Dropping it rolls back.
#[async_trait]
#[must_use = "a transaction that is dropped rolls back"]
pub trait Tx: Send + Sync {
    /// Users.
    fn users(&self) -> &dyn UserRepository;
    /// Sessions and refresh tokens.
    fn sessions(&self) -> &dyn SessionRepository;
    /// Problems and test sets.
    fn problems(&self) -> &dyn ProblemRepository;
    /// Submissions.
    fn submissions(&self) -> &dyn SubmissionRepository;
    /// Idempotency keys.
    fn idempotency(&self) -> &dyn IdempotencyRepository;
    /// Jobs.
    fn jobs(&self) -> &dyn JobRepository;
    /// Uploads.
    fn uploads(&self) -> &dyn UploadRepository;
    /// Audit trail.
    fn audit(&self) -> &dyn AuditRepository;
    /// Makes everything written permanent.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was written.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// A failure of the database, as far as use cases care.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A unique rule is violated; names the columns, such as `users.email`.
    #[error("unique rule violated: {0}")]
    Conflict(String),
    /// The row was changed by somebody else since it was read.
    #[error("the row was changed by somebody else")]
    Stale,
    /// The worker's lease on the job is lost; nothing may be written in its name.
    #[error("the lease is lost")]
    LeaseLost,
    /// The database is away, locked or full; trying again may help.
    #[error("the database is unavailable: {0}")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// Anything else: a bug or broken data.
    #[error("the database failed: {0}")]
    Internal(#[source] Box<dyn StdError + Send + Sync>),
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => {
                Self::conflict("store.conflict", "This contradicts something that exists already.").with_source(error)
            }
            StoreError::Stale => Self::conflict(
                "store.stale",
                "Somebody else changed this at the same time; read it again and retry.",
            )
            .with_source(error),
            StoreError::LeaseLost => Self::conflict("job.lease_lost", "The lease on the job is lost.").with_source(error),
            StoreError::Unavailable(_) => Self::unavailable(
                "database.unavailable",
                "The database is not reachable right now; try again shortly.",
            )
            .with_source(error),
            StoreError::Internal(_) => Self::internal(error),
        }
    }
}
