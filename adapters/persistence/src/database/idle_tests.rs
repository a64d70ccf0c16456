use crate::database::{Database, DatabaseSettings};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

const LARGE: &str = "INSERT INTO things VALUES (zeroblob(1000000))";

async fn count(database: &Database) -> i64 {
    let statement = Statement::from_string(DbBackend::Sqlite, "SELECT count(*) AS things FROM things");
    let row = database.read.query_one_raw(statement).await.expect("an answer").expect("a row");
    row.try_get("", "things").expect("a number")
}

async fn commit(database: &Database, sql: &str) -> Result<(), DbErr> {
    let tx = database.write.begin().await?;
    tx.execute_unprepared(sql).await?;
    tx.commit().await
}

/// SQLite rolls back by itself when it runs out of room, of which it gets little here.
async fn survives_running_out_of_room(database: Database) {
    let write = database.write.connection();
    write.execute_unprepared("CREATE TABLE things (thing BLOB)").await.expect("a table");
    for round in 0..5 {
        write.execute_unprepared("PRAGMA max_page_count = 30").await.expect("a limit");
        commit(&database, LARGE).await.expect_err("there is no room");
        // Dropped, which in a savepoint would keep the outer transaction open for good.
        let tx = database.write.begin().await.expect("begin");
        tx.execute_unprepared("INSERT INTO things VALUES (0)").await.expect("a small thing");
        drop(tx);
        commit(&database, "INSERT INTO things VALUES (1)").await.expect("a small thing");
        assert_eq!(count(&database).await, round + 1);
        write.execute_unprepared("BEGIN; ROLLBACK").await.expect("no transaction is open");
    }
}

#[tokio::test]
async fn a_file_survives_running_out_of_room() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let url = format!("sqlite://{}/codesm.db", folder.path().display());
    survives_running_out_of_room(Database::connect(&DatabaseSettings::new(url)).await.expect("a database")).await;
}

#[tokio::test]
async fn a_database_in_memory_is_not_lost_when_it_runs_out_of_room() {
    survives_running_out_of_room(Database::connect(&DatabaseSettings::new("sqlite::memory:")).await.expect("memory")).await;
}
