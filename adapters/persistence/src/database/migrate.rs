//! Migrations under a lock, all or nothing.

use super::{Database, DatabaseError};
use crate::error::store_error;
use codesm_migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};
use std::collections::BTreeSet;

/// The key of the lock in PostgreSQL that two starting processes share: `codesm` in ASCII.
const ADVISORY_LOCK: i64 = 0x0063_6f64_6573_6d00;

/// One step of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationStep {
    /// Name, such as `m20261120_000001_accounts`.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

impl Database {
    /// Whether there is no schema yet: the first start.
    ///
    /// # Errors
    /// [`DatabaseError::Unreachable`].
    pub async fn is_fresh(&self) -> Result<bool, DatabaseError> {
        let applied = self.applied().await.map_err(|error| self.unreachable(error))?;
        Ok(applied.is_empty())
    }

    /// Applies all missing steps, or none. Processes that start together wait for each other.
    ///
    /// # Errors
    /// [`DatabaseError::Migration`].
    pub async fn migrate_up(&self) -> Result<(), DatabaseError> {
        let migrate = async {
            let tx = self.begin_migration().await?;
            Migrator::up(&tx, None).await?;
            tx.commit().await
        };
        migrate.await.map_err(|error| self.migration_failed(error))
    }

    /// Takes back the last `steps` steps, with all data in their tables, or none.
    ///
    /// # Errors
    /// [`DatabaseError::Migration`].
    pub async fn migrate_down(&self, steps: u32) -> Result<(), DatabaseError> {
        let migrate = async {
            let tx = self.begin_migration().await?;
            Migrator::down(&tx, Some(steps)).await?;
            tx.commit().await
        };
        migrate.await.map_err(|error| self.migration_failed(error))
    }

    /// All steps this program knows, oldest first. Changes nothing.
    ///
    /// # Errors
    /// [`DatabaseError::Unreachable`].
    pub async fn migration_status(&self) -> Result<Vec<MigrationStep>, DatabaseError> {
        let applied = self.applied().await.map_err(|error| self.unreachable(error))?;
        let step = |name: String| MigrationStep {
            applied: applied.contains(&name),
            name,
        };
        Ok(known().map(step).collect())
    }

    /// Passes only if the schema is exactly what this program was written for.
    ///
    /// # Errors
    /// [`DatabaseError::Outdated`], [`DatabaseError::Newer`], [`DatabaseError::Unreachable`].
    pub async fn require_current(&self) -> Result<(), DatabaseError> {
        let applied = self.applied().await.map_err(|error| self.unreachable(error))?;
        let known: BTreeSet<String> = known().collect();
        let url = self.shown_url.clone();
        let unknown: Vec<String> = applied.difference(&known).cloned().collect();
        if !unknown.is_empty() {
            return Err(DatabaseError::Newer { url, unknown });
        }
        let pending: Vec<String> = known.difference(&applied).cloned().collect();
        if !pending.is_empty() {
            return Err(DatabaseError::Outdated { url, pending });
        }
        Ok(())
    }

    /// Begins the transaction in which all steps run. It is the lock, too: in SQLite as the only writer, in PostgreSQL
    /// through an advisory lock that ends with it, whatever becomes of this process.
    async fn begin_migration(&self) -> Result<DatabaseTransaction, DbErr> {
        let tx = self.write.begin_unguarded().await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            // Waiting for another process, or rewriting a large table, may take longer than any statement of a request.
            tx.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
            let lock = Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_advisory_xact_lock($1)", [ADVISORY_LOCK.into()]);
            tx.query_one_raw(lock).await?;
        }
        Ok(tx)
    }

    /// Names of the steps the database has, also of those this program does not know.
    async fn applied(&self) -> Result<BTreeSet<String>, DbErr> {
        let backend = self.read.get_database_backend();
        let table = match backend {
            DbBackend::Postgres => "SELECT to_regclass('seaql_migrations')::text AS name",
            _ => "SELECT max(name) AS name FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'",
        };
        let table = self.read.query_one_raw(Statement::from_string(backend, table)).await?;
        let table: Option<String> = table.map(|row| row.try_get("", "name")).transpose()?.flatten();
        if table.is_none() {
            return Ok(BTreeSet::new());
        }
        let names = Statement::from_string(backend, "SELECT version FROM seaql_migrations");
        let rows = self.read.query_all_raw(names).await?;
        rows.iter().map(|row| row.try_get("", "version")).collect()
    }

    fn unreachable(&self, error: DbErr) -> DatabaseError {
        DatabaseError::Unreachable {
            url: self.shown_url.clone(),
            source: store_error(error),
        }
    }

    fn migration_failed(&self, error: DbErr) -> DatabaseError {
        DatabaseError::Migration {
            url: self.shown_url.clone(),
            source: store_error(error),
        }
    }
}

fn known() -> impl Iterator<Item = String> {
    Migrator::migrations().into_iter().map(|step| step.name().to_owned())
}
