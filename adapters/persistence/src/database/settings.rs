//! What an operator may set, and what may go wrong before there is a database.

use crate::error::driver_error;
use codesm_core::kernel::Secret;
use codesm_core::store::StoreError;
use sea_orm::DbErr;
use sea_orm::sqlx::Error as DriverError;
use std::time::Duration;
use thiserror::Error;

/// How to open the database.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// `sqlite:relative/path`, `sqlite:///absolute/path`, `sqlite::memory:` (one connection, gone when closed),
    /// `postgres://…` or `postgresql://…`. Secret: it may hold a password.
    pub url: Secret<String>,
    /// Most connections to PostgreSQL. SQLite always has one that writes and four that read.
    pub max_connections: u32,
    /// Longest wait for a free connection, a new one included.
    pub acquire_timeout: Duration,
    /// PostgreSQL ends statements that run longer. SQLite has no such limit.
    pub statement_timeout: Duration,
    /// Logs every statement (without its values) at debug level.
    pub log_statements: bool,
}

impl DatabaseSettings {
    /// The usual settings: 10 connections, 10 s for a connection, 30 s for a statement, no statements in the log.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: Secret::new(url.into()),
            max_connections: 10,
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(30),
            log_statements: false,
        }
    }
}

/// A failure to open or migrate the database. `url` is shown without password and parameters.
#[derive(Debug, Error)]
pub enum DatabaseError {
    /// The URL names no database CodeSM can use.
    #[error("the database URL `{url}` cannot be used: {reason}")]
    InvalidUrl {
        /// The URL.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The database does not answer or refuses.
    #[error("the database `{url}` cannot be opened: {}", cause(.r#source))]
    Unreachable {
        /// The URL.
        url: String,
        /// Why. In the message, and therefore not in the chain of sources, where it would be said again.
        r#source: StoreError,
    },
    /// A migration failed; nothing of it stayed.
    #[error("the database `{url}` cannot be migrated: {}", cause(.r#source))]
    Migration {
        /// The URL.
        url: String,
        /// Why, as in `Unreachable`.
        r#source: StoreError,
    },
    /// The schema is older than this program: migrate up.
    #[error("the database `{url}` lacks the migrations {}", pending.join(", "))]
    Outdated {
        /// The URL.
        url: String,
        /// Names of the missing steps.
        pending: Vec<String>,
    },
    /// The schema is newer than this program: run a newer program, or migrate down with it first.
    #[error("the database `{url}` has migrations this program does not know: {}", unknown.join(", "))]
    Newer {
        /// The URL.
        url: String,
        /// Names of the unknown steps.
        unknown: Vec<String>,
    },
}

/// What the database or the network said, without the layers it came through.
fn cause(error: &StoreError) -> String {
    let (StoreError::Unavailable(cause) | StoreError::Internal(cause)) = error else {
        return error.to_string();
    };
    match cause.downcast_ref::<DbErr>().and_then(driver_error) {
        Some(DriverError::Database(error)) => error.message().to_owned(),
        Some(DriverError::Io(error)) => error.to_string(),
        Some(error) => error.to_string(),
        None => cause.to_string(),
    }
}
