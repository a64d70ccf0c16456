//! No connection goes back to its pool inside a transaction.
//!
//! The driver counts transactions on its own and may be wrong. SQLite rolls back by itself when the disk is full, and the
//! driver, whose own rollback then fails, goes on counting one: what it takes for the next transaction is a savepoint,
//! and once one of those is rolled back nothing is ever committed again. PostgreSQL's driver forgets a BEGIN whose caller
//! went away before the answer.

use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::{Connection, Database as Driver, Error as DriverError, Executor, SqlSafeStr, Sqlite, SqliteConnection};
use std::io;
use std::time::Duration;

/// Closes connections that come back inside a transaction, or do not say within `patience` that they are outside. The
/// pool opens others in their place.
pub(super) fn close_unless_idle<DB: Driver>(options: PoolOptions<DB>, patience: Duration) -> PoolOptions<DB> {
    options.after_release(move |connection, _| {
        Box::pin(async move {
            let idle = tokio::time::timeout(patience, is_idle::<DB>(connection)).await;
            let idle = idle.map_err(|_| DriverError::Io(io::Error::from(io::ErrorKind::TimedOut)))?;
            if !idle {
                tracing::debug!("a connection came back inside a transaction and is closed");
            }
            Ok(idle)
        })
    })
}

/// The same for a database in memory, which would be lost with its connection: ends the transaction.
pub(super) fn repair_unless_idle(options: PoolOptions<Sqlite>) -> PoolOptions<Sqlite> {
    options.after_release(|connection, _| Box::pin(async move { Ok(is_idle::<Sqlite>(connection).await || repair(connection).await) }))
}

/// Whether both the driver and the database say that no transaction is open. One that is open is rolled back.
async fn is_idle<DB: Driver>(connection: &mut DB::Connection) -> bool {
    // "Begins" with a statement that begins nothing. The driver refuses if it counts a transaction; otherwise it asks the
    // database whether there is one now. Only the answer that there is none proves that there was none before, and that
    // a rollback that was still to be sent has been carried out.
    let begun = connection.begin_with("SELECT 1".into_sql_str()).await;
    matches!(begun, Err(DriverError::BeginFailed))
}

async fn repair(connection: &mut SqliteConnection) -> bool {
    // A transaction for the driver to roll back, so that it counts down again.
    let _ = connection.execute("BEGIN".into_sql_str()).await;
    is_idle::<Sqlite>(connection).await || is_idle::<Sqlite>(connection).await
}

#[cfg(test)]
#[path = "idle_tests.rs"]
mod tests;
