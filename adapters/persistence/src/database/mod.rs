//! Connections and what is made of them.

mod idle;
mod migrate;
mod observed;
mod open;
mod ping;
mod pool;
mod settings;
mod transaction;
mod url;

pub use migrate::MigrationStep;
pub(crate) use observed::Observed;
pub use pool::PoolState;
pub use settings::{DatabaseError, DatabaseSettings};
pub(crate) use transaction::{Transaction, Writer};
pub use url::without_secrets;

use crate::error::store_error;
use crate::jobs::{SeaJobQueue, SeaLeases, SeaWorkerRegistry};
use crate::unit_of_work::SeaUnitOfWork;
use codesm_core::auth::AuthQueries;
use codesm_core::jobs::{JobDirectory, JobQueue, Leases, WorkerRegistry};
use codesm_core::problems::ProblemQueries;
use codesm_core::store::{StoreError, UnitOfWork};
use codesm_core::submissions::SubmissionQueries;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// An open database. Cloning it shares the connections.
#[derive(Clone)]
pub struct Database {
    write: Writer,
    read: Observed,
    /// The SQLite file, if it is one.
    file: Option<PathBuf>,
    shown_url: String,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("url", &self.shown_url).finish_non_exhaustive()
    }
}

/// Reads outside transactions.
#[derive(Clone, Debug)]
pub(crate) struct SeaQueries {
    pub(crate) connection: Observed,
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

    /// Shows jobs to operators.
    #[must_use]
    pub fn job_directory(&self) -> Arc<dyn JobDirectory> {
        Arc::new(self.queries())
    }

    /// What only one process may do at a time.
    #[must_use]
    pub fn leases(&self) -> Arc<dyn Leases> {
        Arc::new(SeaLeases::new(self.write.clone()))
    }

    /// Workers there are.
    #[must_use]
    pub fn worker_registry(&self) -> Arc<dyn WorkerRegistry> {
        Arc::new(SeaWorkerRegistry::new(self.write.clone(), self.read.clone()))
    }

    /// Closes all connections, after the running statements have ended. SQLite then folds its log into the file.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn close(self) -> Result<(), StoreError> {
        self.read.inner().clone().close().await.map_err(store_error)?;
        self.write.connection().inner().clone().close().await.map_err(store_error)
    }

    /// For tests that look behind the ports.
    #[cfg(test)]
    pub(crate) const fn writer(&self) -> &sea_orm::DatabaseConnection {
        self.write.connection().inner()
    }

    fn queries(&self) -> SeaQueries {
        SeaQueries {
            connection: self.read.clone(),
        }
    }
}
