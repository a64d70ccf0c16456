//! Connections and what is made of them.

mod migrate;
mod open;
mod settings;
mod url;

pub use migrate::MigrationStep;
pub use settings::{DatabaseError, DatabaseSettings};
pub use url::without_secrets;

use crate::error::store_error;
use crate::jobs::{SeaJobQueue, SeaWorkerRegistry};
use crate::unit_of_work::SeaUnitOfWork;
use codesm_core::auth::AuthQueries;
use codesm_core::jobs::{JobQueue, WorkerRegistry};
use codesm_core::problems::ProblemQueries;
use codesm_core::store::{StoreError, UnitOfWork};
use codesm_core::submissions::SubmissionQueries;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// An open database. Cloning it shares the connections.
#[derive(Clone)]
pub struct Database {
    write: Writer,
    read: DatabaseConnection,
    shown_url: String,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("url", &self.shown_url).finish_non_exhaustive()
    }
}

/// Where transactions begin.
#[derive(Clone, Debug)]
pub(crate) struct Writer(DatabaseConnection);

impl Writer {
    /// Begins a transaction. On SQLite it takes the write lock at once: a transaction that reads first and writes later
    /// could otherwise fail in the middle because somebody else wrote in between.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.0
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            })
            .await
    }

    /// For single statements, which are transactions of their own.
    pub(crate) const fn connection(&self) -> &DatabaseConnection {
        &self.0
    }
}

/// Reads outside transactions.
#[derive(Clone, Debug)]
pub(crate) struct SeaQueries {
    pub(crate) connection: DatabaseConnection,
}

impl Database {
    /// Opens the database; a SQLite file that does not exist is created, readable by its owner only. Does not migrate.
    ///
    /// # Errors
    /// [`DatabaseError::InvalidUrl`], or [`DatabaseError::Unreachable`] if it does not answer.
    pub async fn connect(settings: &DatabaseSettings) -> Result<Self, DatabaseError> {
        open::open(settings).await
    }

    /// Transactions.
    #[must_use]
    pub fn unit_of_work(&self) -> Arc<dyn UnitOfWork> {
        Arc::new(SeaUnitOfWork::new(self.write.clone()))
    }

    /// Reads of accounts.
    #[must_use]
    pub fn auth_queries(&self) -> Arc<dyn AuthQueries> {
        Arc::new(self.queries())
    }

    /// Reads of problems.
    #[must_use]
    pub fn problem_queries(&self) -> Arc<dyn ProblemQueries> {
        Arc::new(self.queries())
    }

    /// Reads of submissions.
    #[must_use]
    pub fn submission_queries(&self) -> Arc<dyn SubmissionQueries> {
        Arc::new(self.queries())
    }

    /// Hands out jobs.
    #[must_use]
    pub fn job_queue(&self) -> Arc<dyn JobQueue> {
        Arc::new(SeaJobQueue::new(self.write.clone(), self.read.clone()))
    }

    /// Workers there are.
    #[must_use]
    pub fn worker_registry(&self) -> Arc<dyn WorkerRegistry> {
        Arc::new(SeaWorkerRegistry::new(self.write.clone(), self.read.clone()))
    }

    /// Asks the database for nothing and says how long the answer took; for health checks.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn ping(&self) -> Result<Duration, StoreError> {
        let begun = Instant::now();
        let nothing = Query::select().expr(Expr::val(1)).to_owned();
        self.read.query_one(&nothing).await.map_err(store_error)?;
        Ok(begun.elapsed())
    }

    /// Closes all connections, after the running statements have ended. SQLite then folds its log into the file.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn close(self) -> Result<(), StoreError> {
        self.read.close().await.map_err(store_error)?;
        self.write.0.close().await.map_err(store_error)
    }

    /// For tests that look behind the ports.
    #[cfg(test)]
    pub(crate) const fn writer(&self) -> &DatabaseConnection {
        self.write.connection()
    }

    fn queries(&self) -> SeaQueries {
        SeaQueries {
            connection: self.read.clone(),
        }
    }
}
