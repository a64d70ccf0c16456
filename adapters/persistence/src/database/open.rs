//! Opens the connections.

use super::idle::{close_unless_idle, repair_unless_idle};
use super::url::{Target, parse, without_secrets};
use super::{Database, DatabaseError, DatabaseSettings, Observed, Writer};
use crate::error::store_error;
use codesm_core::store::StoreError;
use sea_orm::sqlx::error::DatabaseError as DriverDatabaseError;
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection, PgPool};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous};
use sea_orm::sqlx::{ConnectOptions, Connection, Database as Driver, Error as DriverError};
use sea_orm::{DatabaseConnection, DbErr, RuntimeErr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// 5 s: how long a SQLite statement waits for another process (a second CodeSM, a backup) to release its lock.
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// 5 s: how much longer than a statement may run PostgreSQL may take to say that a connection is free again.
const POSTGRES_GRACE: Duration = Duration::from_secs(5);
/// Connections that read a SQLite file beside the one that writes: enough that a slow list does not hold up the rest.
const SQLITE_READERS: u32 = 4;

/// Connections that write, and those that only read if they are others.
type Opened = (DatabaseConnection, Option<DatabaseConnection>);

pub(super) async fn open(settings: &DatabaseSettings) -> Result<Database, DatabaseError> {
    let shown_url = without_secrets(settings.url.reveal());
    let target = parse(settings.url.reveal())?;
    let file = if let Target::File(path) = &target {
        Some(path.clone())
    } else {
        None
    };
    let (write, read) = match target {
        Target::Memory => open_memory(settings).await,
        Target::File(path) => open_file(settings, &path).await,
        Target::Postgres(options) => open_postgres(settings, *options).await,
    }
    .map_err(|source| DatabaseError::Unreachable {
        url: shown_url.clone(),
        source,
    })?;
    let write = Observed::new(write);
    // One pool for both, but for a SQLite file.
    let read = read.map_or_else(|| write.clone(), Observed::new);
    Ok(Database {
        write: Writer::new(write),
        read,
        file,
        shown_url,
    })
}

fn pool_options<DB: Driver>(settings: &DatabaseSettings, max_connections: u32) -> PoolOptions<DB> {
    PoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(settings.acquire_timeout)
}

fn sqlite_pool_options(settings: &DatabaseSettings, max_connections: u32) -> PoolOptions<sea_orm::sqlx::Sqlite> {
    // A file needs no reconnecting, and an in-memory database would be lost with its connection.
    close_unless_idle(pool_options(settings, max_connections), Duration::MAX)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

fn sqlite_options(settings: &DatabaseSettings) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new().foreign_keys(true).busy_timeout(SQLITE_BUSY_TIMEOUT);
    if settings.log_statements {
        options
    } else {
        options.disable_statement_logging()
    }
}

async fn open_memory(settings: &DatabaseSettings) -> Result<Opened, StoreError> {
    let options = sqlite_options(settings).in_memory(true);
    let pool = repair_unless_idle(sqlite_pool_options(settings, 1))
        .connect_with(options)
        .await
        .map_err(connect_error)?;
    Ok((pool.into(), None))
}

async fn open_file(settings: &DatabaseSettings, path: &Path) -> Result<Opened, StoreError> {
    create_private(path).map_err(|error| StoreError::Unavailable(Box::new(error)))?;
    let options = sqlite_options(settings)
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: with a write-ahead log, NORMAL may lose the last commits when power fails, and a receipt is a promise.
        .synchronous(SqliteSynchronous::Full);
    let write: SqlitePool = connect_sqlite(&sqlite_pool_options(settings, 1), &options).await?;
    let readers = options.pragma("query_only", "ON");
    let read = connect_sqlite(&sqlite_pool_options(settings, SQLITE_READERS), &readers).await?;
    Ok((write.into(), Some(read.into())))
}

/// Connects, again and again while another process is creating the same file: SQLite does not wait for its lock when
/// it switches to the write-ahead log.
async fn connect_sqlite(pool: &PoolOptions<sea_orm::sqlx::Sqlite>, options: &SqliteConnectOptions) -> Result<SqlitePool, StoreError> {
    /// 50 times 100 ms: as long as the busy timeout.
    const TRIES: u32 = 50;
    let mut tries = 0;
    loop {
        tries += 1;
        match pool.clone().connect_with(options.clone()).await {
            Ok(pool) => return Ok(pool),
            Err(error) if tries < TRIES && is_busy(&error) => {
                tokio::time::sleep(SQLITE_BUSY_TIMEOUT / TRIES).await;
            }
            Err(error) => return Err(connect_error(error)),
        }
    }
}

fn is_busy(error: &DriverError) -> bool {
    // SQLITE_BUSY (5) and its extended codes.
    let code = error.as_database_error().and_then(DriverDatabaseError::code);
    code.and_then(|code| code.parse::<i32>().ok()).is_some_and(|code| code & 0xff == 5)
}

async fn open_postgres(settings: &DatabaseSettings, options: PgConnectOptions) -> Result<Opened, StoreError> {
    let statement_timeout = settings.statement_timeout.as_millis().to_string();
    // Shown in `pg_stat_activity`; the URL may say something more exact.
    let options = match options.get_application_name() {
        Some(_) => options,
        None => options.application_name("codesm"),
    }
    .options([("statement_timeout", statement_timeout.as_str()), ("timezone", "UTC")]);
    let options = if settings.log_statements {
        options
    } else {
        options.disable_statement_logging()
    };
    // Once directly: the pool would try again and again, and then say that it had no time left instead of what is wrong.
    let first = tokio::time::timeout(settings.acquire_timeout, PgConnection::connect_with(&options));
    let first = first.await.unwrap_or_else(|_| Err(no_answer(settings.acquire_timeout)));
    first.map_err(connect_error)?.close().await.map_err(connect_error)?;
    // A statement whose caller went away runs on until its end.
    let patience = settings.statement_timeout.saturating_add(POSTGRES_GRACE);
    let pool: PgPool = close_unless_idle(pool_options(settings, settings.max_connections.max(1)), patience).connect_lazy_with(options);
    Ok((pool.into(), None))
}

fn no_answer(waited: Duration) -> DriverError {
    let text = format!("no answer within {} s", waited.as_secs_f32());
    DriverError::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, text))
}

fn connect_error(error: DriverError) -> StoreError {
    store_error(DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))
}

/// Creates the file, if it is missing, for its owner only; SQLite gives its log files the same mode.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
#[path = "open_tests.rs"]
mod tests;
