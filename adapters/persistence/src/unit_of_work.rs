//! Transactions.

use crate::database::{Transaction, Writer};
use crate::error::store_error;
use async_trait::async_trait;
use codesm_core::audit::AuditRepository;
use codesm_core::auth::{SessionRepository, UserRepository};
use codesm_core::jobs::JobRepository;
use codesm_core::problems::ProblemRepository;
use codesm_core::store::{StoreError, Tx, UnitOfWork};
use codesm_core::submissions::{IdempotencyRepository, SubmissionRepository};
use codesm_core::uploads::UploadRepository;

/// Begins transactions.
#[derive(Debug)]
pub(crate) struct SeaUnitOfWork {
    write: Writer,
}

impl SeaUnitOfWork {
    pub(crate) const fn new(write: Writer) -> Self {
        Self { write }
    }
}

#[async_trait]
impl UnitOfWork for SeaUnitOfWork {
    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError> {
        let connection = self.write.begin().await.map_err(store_error)?;
        Ok(Box::new(SeaTx { connection }))
    }
}

/// A transaction and all repositories in it. Dropping it rolls back: `Transaction` sees to that.
#[derive(Debug)]
pub(crate) struct SeaTx {
    pub(crate) connection: Transaction,
}

#[async_trait]
impl Tx for SeaTx {
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
        self.connection.commit().await.map_err(store_error)
    }
}
