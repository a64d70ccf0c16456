//! Whether the database works: reads and writes.

use super::Database;
use crate::error::store_error;
use codesm_core::store::StoreError;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Writes 64 KiB into SQLite's log, more than the cache may hold: the disk must have room for them, but they are never
/// synchronised, and after the rollback the next write takes their place.
const TRY_TO_WRITE: &str = "PRAGMA cache_size = 4; CREATE TABLE codesm_write_check AS SELECT zeroblob(65536) AS room";
/// SQLite's default, about 2 MB.
const RESTORE_CACHE: &str = "PRAGMA cache_size = -2000";
/// 256 KiB: room on the disk beside what the log has already claimed and SQLite writes again and again.
static ROOM: [u8; 256 * 1024] = [0; 256 * 1024];

impl Database {
    /// Asks the database for nothing, makes sure that it can be written, and says how long the answers took; for health
    /// checks. Leaves nothing behind and does not wear the disk.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], also if the disk is full, or the database is locked or can only be read.
    pub async fn ping(&self) -> Result<Duration, StoreError> {
        let begun = Instant::now();
        let nothing = Query::select().expr(Expr::val(1)).to_owned();
        self.read.query_one(&nothing).await.map_err(store_error)?;
        match self.read.get_database_backend() {
            DbBackend::Postgres => self.require_primary().await?,
            _ => self.try_to_write().await?,
        }
        Ok(begun.elapsed())
    }

    async fn try_to_write(&self) -> Result<(), StoreError> {
        let tx = self.write.begin().await.map_err(store_error)?;
        // Should this fail because the disk is full, SQLite has rolled back and the connection with its small cache is
        // closed.
        tx.execute_unprepared(TRY_TO_WRITE).await.map_err(store_error)?;
        tx.execute_unprepared(RESTORE_CACHE).await.map_err(store_error)?;
        if let Some(file) = self.file.clone() {
            // Within the transaction, whose lock keeps other processes from doing the same.
            let room = tokio::task::spawn_blocking(move || require_room_beside(&file)).await;
            let room = room.map_err(io::Error::other).and_then(|room| room);
            room.map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        }
        // Not committed.
        drop(tx);
        Ok(())
    }

    /// A server whose disk is full stops answering. What answers and refuses to write is a standby, or set to.
    async fn require_primary(&self) -> Result<(), StoreError> {
        let sql = "SELECT current_setting('transaction_read_only') AS value";
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        let row = self.write.connection().query_one_raw(statement).await.map_err(store_error)?;
        let value: Option<String> = row.map(|row| row.try_get("", "value")).transpose().map_err(store_error)?;
        if value.as_deref() == Some("off") {
            Ok(())
        } else {
            Err(StoreError::Unavailable("the database can only be read".into()))
        }
    }
}

/// Writes a file and removes it, mostly before the system has brought it to the disk.
fn require_room_beside(database: &Path) -> io::Result<()> {
    let mut probe = database.as_os_str().to_owned();
    probe.push("-room");
    let probe = PathBuf::from(probe);
    let written = std::fs::File::create(&probe).and_then(|mut file| file.write_all(&ROOM));
    // Also if there was no room for all of it; if there is no file, there is nothing to remove.
    let removed = std::fs::remove_file(&probe);
    written.and(removed)
}
