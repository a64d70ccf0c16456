//! The schema goes up and down, under a lock, all or nothing.

use crate::databases::{Fixture, Place, postgres, sqlite};
use codesm_contract::{Given, StoreFixture};
use codesm_core::jobs::Queue;
use codesm_core::store::StoreError;
use codesm_persistence::DatabaseError;

/// Puts a row into every table that refers to another.
async fn fill(fixture: &Fixture) {
    let given = Given::new(fixture);
    let user = given.added_user().await;
    let session = given.added_session(&user).await;
    let problem = given.added_problem(&user).await;
    let mut submission = given.submission(&user);
    submission.problem_id = Some(problem.id);
    given.add_submissions(&[submission]).await;
    given.added_job(Queue::Run).await;
    let tx = given.tx().await;
    tx.sessions().add_token(&given.token(&session)).await.expect("add");
    tx.commit().await.expect("commit");
}

async fn goes_up_and_down_and_up(fixture: Fixture) {
    let database = &fixture.database;
    let steps = u32::try_from(database.migration_status().await.expect("status").len()).expect("few");
    fill(&fixture).await;
    database.migrate_down(steps).await.expect("down");
    assert!(database.is_fresh().await.expect("status"));
    database.migrate_up().await.expect("up");
    database.require_current().await.expect("current");
    assert!(!fixture.auth_queries().any_user().await.expect("read"), "the tables are new");
    fill(&fixture).await;
    // Up again changes nothing.
    database.migrate_up().await.expect("up");
    assert!(fixture.auth_queries().any_user().await.expect("read"));
}

#[tokio::test]
async fn the_sqlite_schema_goes_up_and_down_and_up() {
    goes_up_and_down_and_up(sqlite().await).await;
}

#[tokio::test]
async fn the_postgres_schema_goes_up_and_down_and_up() {
    goes_up_and_down_and_up(postgres().await).await;
}

async fn tells_its_state(place: Place) {
    let database = place.open().await;
    assert!(database.is_fresh().await.expect("status"));
    let steps = database.migration_status().await.expect("status").len();
    let missing = database.require_current().await;
    assert!(
        matches!(&missing, Err(DatabaseError::Outdated { pending, .. }) if pending.len() == steps),
        "{missing:?}"
    );
    database.migrate_up().await.expect("up");
    assert!(!database.is_fresh().await.expect("status"));
    database.require_current().await.expect("current");

    database.migrate_down(1).await.expect("down");
    let status = database.migration_status().await.expect("status");
    let applied: Vec<bool> = status.iter().map(|step| step.applied).collect();
    let (last, earlier) = applied.split_last().expect("steps");
    assert!(!last && earlier.iter().all(|applied| *applied), "{applied:?}");
    assert!(status.is_sorted_by(|a, b| a.name < b.name));
    let missing = database.require_current().await;
    assert!(
        matches!(&missing, Err(DatabaseError::Outdated { pending, .. }) if pending.as_slice() == [status[steps - 1].name.clone()]),
        "{missing:?}"
    );

    place
        .run("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_future', 0)")
        .await;
    let newer = database.require_current().await;
    assert!(
        matches!(&newer, Err(DatabaseError::Newer { unknown, .. }) if *unknown == ["m29990101_000001_future"]),
        "{newer:?}"
    );
    // An older program must not touch a newer schema.
    database.migrate_up().await.expect_err("the schema is newer");
}

#[tokio::test]
async fn a_sqlite_database_tells_which_steps_it_has() {
    tells_its_state(Place::sqlite()).await;
}

#[tokio::test]
async fn a_postgres_database_tells_which_steps_it_has() {
    tells_its_state(Place::postgres().await).await;
}

async fn is_migrated_by_many_at_once(place: Place) {
    let place = std::sync::Arc::new(place);
    let starting: Vec<_> = (0..6)
        .map(|_| {
            let place = std::sync::Arc::clone(&place);
            // Each opens its own connections, as a process of its own would.
            tokio::spawn(async move {
                let database = place.open().await;
                database.migrate_up().await.expect("up");
                database.require_current().await.expect("current");
            })
        })
        .collect();
    for start in starting {
        start.await.expect("no panic");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_together_migrate_sqlite_once() {
    for _ in 0..5 {
        is_migrated_by_many_at_once(Place::sqlite()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_together_migrate_postgres_once() {
    is_migrated_by_many_at_once(Place::postgres().await).await;
}

async fn fails_as_a_whole(place: Place) {
    let database = place.open().await;
    place.run("CREATE TABLE jobs (id INTEGER)").await;
    let failed = database.migrate_up().await;
    assert!(
        matches!(
            &failed,
            Err(DatabaseError::Migration {
                source: StoreError::Internal(_),
                ..
            })
        ),
        "{failed:?}"
    );
    assert!(database.is_fresh().await.expect("status"), "half of the schema stayed");
    place.run("DROP TABLE jobs").await;
    database.migrate_up().await.expect("up");
}

#[tokio::test]
async fn a_failed_migration_leaves_nothing_in_sqlite() {
    fails_as_a_whole(Place::sqlite()).await;
}

#[tokio::test]
async fn a_failed_migration_leaves_nothing_in_postgres() {
    fails_as_a_whole(Place::postgres().await).await;
}
