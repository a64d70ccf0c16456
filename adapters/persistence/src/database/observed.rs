//! Statements as spans of traces, and the times they take. Never their values, nor their text, which may hold some.

use async_trait::async_trait;
use codesm_core::kernel::TRACE_TARGET;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;
use tracing::{Instrument as _, Span};

/// Connections for single statements. Cloning shares them.
#[derive(Clone, Debug)]
pub(crate) struct Observed {
    inner: DatabaseConnection,
    /// How many statements and transactions have or want a connection.
    wanted: Arc<AtomicU32>,
}

/// Somebody who has or wants a connection.
#[derive(Debug)]
pub(super) struct Wanting(Arc<AtomicU32>);

impl Drop for Wanting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Observed {
    pub(super) fn new(inner: DatabaseConnection) -> Self {
        Self {
            inner,
            wanted: Arc::default(),
        }
    }

    /// For what wants the driver's own type.
    pub(super) const fn inner(&self) -> &DatabaseConnection {
        &self.inner
    }

    /// Counts somebody who wants a connection, until the answer is dropped.
    pub(super) fn want(&self) -> Wanting {
        self.wanted.fetch_add(1, Ordering::Relaxed);
        Wanting(Arc::clone(&self.wanted))
    }

    pub(super) fn wanted(&self) -> u32 {
        self.wanted.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl ConnectionTrait for Observed {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let sight = Sight::of(self.get_database_backend(), &statement.sql);
        let _wanting = self.want();
        sight.watch(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let sight = Sight::of(self.get_database_backend(), sql);
        let _wanting = self.want();
        sight.watch(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let sight = Sight::of(self.get_database_backend(), &statement.sql);
        let _wanting = self.want();
        sight.watch(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let sight = Sight::of(self.get_database_backend(), &statement.sql);
        let _wanting = self.want();
        sight.watch(self.inner.query_all_raw(statement)).await
    }
}

/// What of a statement may be seen.
pub(super) struct Sight {
    operation: &'static str,
    span: Span,
}

impl Sight {
    pub(super) fn of(backend: DbBackend, sql: &str) -> Self {
        let operation = operation(sql);
        // Without anything it is part of it is housekeeping, such as a worker that looks for jobs four times a second.
        let span = if Span::current().is_none() {
            Span::none()
        } else {
            let system = match backend {
                DbBackend::Postgres => "postgresql",
                DbBackend::Sqlite => "sqlite",
                _ => "other_sql",
            };
            let table = table(sql);
            tracing::info_span!(
                target: TRACE_TARGET,
                "sql",
                otel.name = %format!("{operation} {table}").trim_end(),
                otel.kind = "client",
                otel.status_code = tracing::field::Empty,
                db.system.name = system,
                db.operation.name = operation,
                db.collection.name = table,
            )
        };
        Self { operation, span }
    }

    pub(super) async fn watch<T>(self, statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let Self { operation, span } = self;
        let started = Instant::now();
        let done = statement.instrument(span.clone()).await;
        metrics::histogram!("codesm_database_statement_duration_seconds", "operation" => operation).record(started.elapsed().as_secs_f64());
        if done.is_err() {
            span.record("otel.status_code", "ERROR");
        }
        done
    }
}

fn operation(sql: &str) -> &'static str {
    const KNOWN: [&str; 6] = ["SELECT", "INSERT", "UPDATE", "DELETE", "BEGIN", "COMMIT"];
    let first = sql.split_whitespace().next().unwrap_or_default();
    KNOWN.into_iter().find(|known| first.eq_ignore_ascii_case(known)).unwrap_or("OTHER")
}

/// The first table of a statement, as the query builder writes it; empty if there is none.
fn table(sql: &str) -> &str {
    let places = ["FROM \"", "INTO \"", "UPDATE \""].into_iter();
    let begin = places.filter_map(|before| sql.find(before).map(|place| place + before.len())).min();
    begin.and_then(|begin| sql[begin..].split('"').next()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{operation, table};

    #[test]
    fn a_statement_shows_what_it_does_and_to_which_table_and_nothing_else() {
        for (sql, shown) in [
            (r#"SELECT "jobs"."id" FROM "jobs" WHERE "id" = $1"#, ("SELECT", "jobs")),
            (r#"INSERT INTO "users" ("email") VALUES ('a@b')"#, ("INSERT", "users")),
            (r#"UPDATE "jobs" SET "state" = 'dead'"#, ("UPDATE", "jobs")),
            (r#"DELETE FROM "sessions""#, ("DELETE", "sessions")),
            ("PRAGMA cache_size = 4", ("OTHER", "")),
            ("", ("OTHER", "")),
        ] {
            assert_eq!((operation(sql), table(sql)), shown, "{sql}");
        }
    }
}
