//! What use cases are told when the database is away, busy or full.

use crate::databases::{Fixture, Place, postgres, sqlite};
use codesm_contract::{Given, StoreFixture};
use codesm_core::store::StoreError;
use codesm_persistence::{Database, DatabaseError, DatabaseSettings};
use sea_orm::sqlx::{Connection, Executor, SqliteConnection};
use std::time::{Duration, Instant};

fn assert_unavailable<T>(result: Result<T, StoreError>) {
    let error = result.err().expect("the call must fail");
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
}

/// The same database with little patience.
async fn impatient(place: &Place) -> Database {
    let mut settings = DatabaseSettings::new(place.url());
    settings.max_connections = 2;
    settings.acquire_timeout = Duration::from_millis(300);
    settings.statement_timeout = Duration::from_millis(300);
    Database::connect(&settings).await.expect("the database opens")
}

async fn lacks_connections(fixture: Fixture) {
    let database = impatient(&fixture.place).await;
    let unit_of_work = database.unit_of_work();
    let mut held = vec![unit_of_work.begin().await.expect("begin")];
    if matches!(fixture.place, Place::Postgres { .. }) {
        held.push(unit_of_work.begin().await.expect("begin"));
    }
    assert_unavailable(unit_of_work.begin().await);
    drop(held);
    let tx = unit_of_work.begin().await.expect("connections are free again");
    tx.commit().await.expect("commit");
}

#[tokio::test]
async fn without_a_free_connection_sqlite_is_unavailable() {
    lacks_connections(sqlite().await).await;
}

#[tokio::test]
async fn without_a_free_connection_postgres_is_unavailable() {
    lacks_connections(postgres().await).await;
}

#[tokio::test]
async fn a_sqlite_file_that_another_process_writes_is_unavailable_while_readers_go_on() {
    let fixture = sqlite().await;
    let given = Given::new(&fixture);
    let user = given.added_user().await;
    let mut other = SqliteConnection::connect(&fixture.place.url()).await.expect("a connection");
    other.execute("BEGIN IMMEDIATE").await.expect("a lock");
    assert_eq!(fixture.auth_queries().user_by_id(user.id).await.expect("read"), Some(user));
    assert_unavailable(fixture.unit_of_work().begin().await);
    other.execute("ROLLBACK").await.expect("an end");
    given.added_user().await;
}

#[tokio::test]
async fn a_postgres_statement_that_takes_too_long_is_unavailable() {
    let fixture = postgres().await;
    let given = Given::new(&fixture);
    let submission = given.added_submission(&given.added_user().await).await;
    let holding = given.tx().await;
    holding
        .submissions()
        .by_id(submission.id)
        .await
        .expect("read")
        .expect("a submission");
    let database = impatient(&fixture.place).await;
    let tx = database.unit_of_work().begin().await.expect("begin");
    assert_unavailable(tx.submissions().by_id(submission.id).await);
    drop(holding);
}

#[tokio::test]
async fn a_deadlock_in_postgres_is_unavailable_so_that_it_is_retried() {
    let fixture = postgres().await;
    let given = Given::new(&fixture);
    let user = given.added_user().await;
    let (a, b) = (given.added_submission(&user).await, given.added_submission(&user).await);
    let (first, second) = (given.tx().await, given.tx().await);
    first.submissions().by_id(a.id).await.expect("read");
    second.submissions().by_id(b.id).await.expect("read");
    let (one, two) = tokio::join!(first.submissions().by_id(b.id), async {
        let read = second.submissions().by_id(a.id).await;
        drop(second);
        read
    });
    // PostgreSQL ends whichever it finds first.
    let failed = [one, two].into_iter().find(Result::is_err);
    assert_unavailable(failed.expect("one of them is ended"));
}

#[tokio::test]
async fn a_server_that_is_away_is_named_without_its_password() {
    // Port 1 is reserved and nobody listens there.
    let mut settings = DatabaseSettings::new("postgres://ada:s3cret@127.0.0.1:1/codesm?application_name=s3cret");
    settings.acquire_timeout = Duration::from_secs(2);
    let begun = Instant::now();
    let error = Database::connect(&settings).await.expect_err("nobody is there");
    assert!(
        matches!(
            &error,
            DatabaseError::Unreachable {
                source: StoreError::Unavailable(_),
                ..
            }
        ),
        "{error:?}"
    );
    // The real cause, at once and once.
    let said = "the database `postgres://ada:***@127.0.0.1:1/codesm` cannot be opened: Connection refused (os error 111)";
    assert_eq!(error.to_string(), said);
    assert!(std::error::Error::source(&error).is_none());
    assert!(begun.elapsed() < settings.acquire_timeout);
    assert!(!format!("{error} {error:?} {settings:?}").contains("s3cret"));
}

#[tokio::test]
async fn a_folder_that_is_missing_is_unavailable() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let url = format!("sqlite://{}/missing/codesm.db", folder.path().display());
    let error = Database::connect(&DatabaseSettings::new(&url)).await.expect_err("no folder");
    assert!(
        matches!(
            &error,
            DatabaseError::Unreachable {
                source: StoreError::Unavailable(_),
                ..
            }
        ),
        "{error:?}"
    );
    assert!(error.to_string().contains(&url), "{error}");
}

#[tokio::test]
async fn a_database_that_answers_says_how_long_it_took() {
    for database in [Place::sqlite().open().await, Place::postgres().await.open().await] {
        let latency = database.ping().await.expect("an answer");
        assert!(latency > Duration::ZERO && latency < Duration::from_secs(5));
        database.clone().close().await.expect("close");
        assert_unavailable(database.ping().await);
    }
}

#[tokio::test]
async fn a_row_that_points_to_nothing_is_refused_at_commit_at_the_latest() {
    for fixture in [sqlite().await, postgres().await] {
        let given = Given::new(&fixture);
        let author = given.added_user().await;
        let mut problem = given.problem(&author);
        problem.test_set_id = Some(given.test_set_id());
        let tx = given.tx().await;
        tx.problems().add(&problem).await.expect("checked at commit");
        let commit = tx.commit().await;
        assert!(matches!(commit, Err(StoreError::Internal(_))), "{commit:?}");
        // The connection is good for the next.
        given.added_problem(&author).await;

        let tx = given.tx().await;
        let session = tx.sessions().add(&given.session(&given.user())).await;
        assert!(matches!(session, Err(StoreError::Internal(_))), "{session:?}");
    }
}
