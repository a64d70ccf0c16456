//! For tests: how a database answers a statement.

use crate::database::{Database, DatabaseSettings};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, QueryTrait, Select, Statement};

/// The plan SQLite makes for a statement: one line per step, with the indexes it uses.
pub(crate) async fn sqlite_plan<E: EntityTrait>(select: &Select<E>) -> String {
    let database = Database::connect(&DatabaseSettings::new("sqlite::memory:")).await.expect("memory");
    database.migrate_up().await.expect("up");
    let Statement {
        sql,
        values,
        db_backend: _,
    } = select.build(DbBackend::Sqlite);
    let explain = Statement {
        sql: format!("EXPLAIN QUERY PLAN {sql}"),
        values,
        db_backend: DbBackend::Sqlite,
    };
    let rows = database.writer().query_all_raw(explain).await.expect("a plan");
    let steps: Vec<String> = rows.iter().map(|row| row.try_get("", "detail").expect("a step")).collect();
    steps.join("\n")
}
