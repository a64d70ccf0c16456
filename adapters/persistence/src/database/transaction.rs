//! Where transactions begin, and what holds them together.

use super::observed::{Observed, Sight, Wanting};
use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};
use std::future::Future;
use tokio::sync::Mutex;

/// Where transactions begin.
#[derive(Clone, Debug)]
pub(crate) struct Writer(Observed);

impl Writer {
    pub(super) const fn new(connection: Observed) -> Self {
        Self(connection)
    }

    /// Begins a transaction. On SQLite it takes the write lock at once: a transaction that reads first and writes later
    /// could otherwise fail in the middle because somebody else wrote in between.
    pub(crate) async fn begin(&self) -> Result<Transaction, DbErr> {
        // How long it takes is how long one waits for a connection, and with SQLite for the lock.
        let sight = Sight::of(self.0.get_database_backend(), "BEGIN");
        let wanting = self.0.want();
        Ok(Transaction {
            inner: sight.watch(self.begin_unguarded()).await?,
            sound: Mutex::new(true),
            _wanting: wanting,
        })
    }

    /// For the migrations, which take nothing but the driver's own type.
    pub(super) async fn begin_unguarded(&self) -> Result<DatabaseTransaction, DbErr> {
        self.0
            .inner()
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            })
            .await
    }

    /// For single statements, which are transactions of their own.
    pub(crate) const fn connection(&self) -> &Observed {
        &self.0
    }
}

/// A transaction that is over once a statement of it failed or was cancelled; dropping it rolls back.
///
/// The databases are not that strict. SQLite rolls back by itself when the disk is full: a later statement would be a
/// transaction of its own, kept whatever becomes of the rest. PostgreSQL answers the COMMIT of a failed transaction by
/// rolling back, and calls that a success.
#[derive(Debug)]
pub(crate) struct Transaction {
    inner: DatabaseTransaction,
    sound: Mutex<bool>,
    _wanting: Wanting,
}

impl Transaction {
    /// Makes everything permanent, or nothing.
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        if !self.sound.into_inner() {
            return Err(over());
        }
        let sight = Sight::of(self.inner.get_database_backend(), "COMMIT");
        sight.watch(self.inner.commit()).await
    }

    fn sight(&self, sql: &str) -> Sight {
        Sight::of(self.inner.get_database_backend(), sql)
    }

    async fn run<T>(&self, sql: Sight, statement: impl Future<Output = Result<T, DbErr>> + Send) -> Result<T, DbErr> {
        let mut sound = self.sound.lock().await;
        // Sound again only when the statement is known to have succeeded, which one that is cancelled never is.
        if !std::mem::take(&mut *sound) {
            return Err(over());
        }
        let done = sql.watch(statement).await?;
        *sound = true;
        Ok(done)
    }
}

fn over() -> DbErr {
    DbErr::Custom("an earlier statement of this transaction failed or was cancelled: the transaction is over".to_owned())
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(self.sight(&statement.sql), self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(self.sight(sql), self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(self.sight(&statement.sql), self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.run(self.sight(&statement.sql), self.inner.query_all_raw(statement)).await
    }
}
