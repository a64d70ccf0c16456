use super::*;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

async fn pragma(connection: &Observed, name: &str) -> String {
    // As a table-valued function: its column has one name whatever the pragma.
    let sql = format!("SELECT CAST({name} AS TEXT) AS value FROM pragma_{name}");
    let statement = Statement::from_string(DbBackend::Sqlite, sql);
    let row = connection.query_one_raw(statement).await.expect("an answer").expect("a row");
    row.try_get("", "value").expect("text")
}

#[tokio::test]
async fn receipts_survive_power_loss_and_references_are_checked() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let url = format!("sqlite://{}/codesm.db", folder.path().display());
    let database = Database::connect(&DatabaseSettings::new(url)).await.expect("a database");
    let write = database.write.connection();
    assert_eq!(pragma(write, "journal_mode").await, "wal");
    // 2 is FULL: https://www.sqlite.org/pragma.html#pragma_synchronous
    assert_eq!(pragma(write, "synchronous").await, "2");
    assert_eq!(pragma(write, "foreign_keys").await, "1");
}

#[tokio::test]
async fn readers_cannot_write() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let url = format!("sqlite://{}/codesm.db", folder.path().display());
    let database = Database::connect(&DatabaseSettings::new(url)).await.expect("a database");
    database.migrate_up().await.expect("up");
    database
        .read
        .execute_unprepared("DELETE FROM jobs")
        .await
        .expect_err("readers only read");
    database
        .write
        .connection()
        .execute_unprepared("DELETE FROM jobs")
        .await
        .expect("writers write");
}
