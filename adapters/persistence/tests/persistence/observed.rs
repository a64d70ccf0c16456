//! What the metrics say of the database.

use crate::databases::{Place, postgres, sqlite};
use codesm_contract::{Given, StoreFixture};
use codesm_core::jobs::Queue;
use codesm_persistence::{Database, DatabaseSettings, PoolState};
use metrics_exporter_prometheus::PrometheusBuilder;
use std::time::Duration;

async fn until(database: &Database, expected: PoolState) {
    for _ in 0..200 {
        if database.pools().contains(&expected) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{expected:?} never came: {:?}", database.pools());
}

#[tokio::test]
async fn who_waits_for_a_connection_is_counted() {
    let place = Place::postgres().await;
    let settings = DatabaseSettings {
        max_connections: 2,
        ..DatabaseSettings::new(place.url())
    };
    let database = Database::connect(&settings).await.expect("the database opens");
    let pool = |open, idle, wanted| PoolState {
        name: "read_write",
        open,
        idle,
        most: 2,
        wanted,
    };
    assert_eq!(database.pools(), [pool(0, 0, 0)]);
    let work = database.unit_of_work();
    let first = work.begin().await.expect("a transaction");
    let second = work.begin().await.expect("a transaction");
    assert_eq!(database.pools(), [pool(2, 0, 2)]);
    let third = tokio::spawn(async move { work.begin().await.map(drop) });
    until(&database, pool(2, 0, 3)).await;
    drop((first, second));
    third.await.expect("no panic").expect("a transaction");
    until(&database, pool(2, 2, 0)).await;
    database.close().await.expect("closed");
}

#[tokio::test]
async fn a_file_of_sqlite_has_a_pool_for_writing_and_one_for_reading() {
    let database = Place::sqlite().open().await;
    let names: Vec<&str> = database.pools().iter().map(|pool| pool.name).collect();
    assert_eq!(names, ["write", "read"]);
}

/// The recorder is that of the test's only thread.
async fn is_counted(fixture: impl StoreFixture) {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _here = metrics::set_default_local_recorder(&recorder);
    let given = Given::new(&fixture);
    given.added_job(Queue::Run).await;
    let queue = fixture.job_queue();
    let first = given.request("first");
    assert_eq!(queue.reserve(&first).await.expect("reserve").len(), 1);
    let text = recorder.handle().render();
    assert!(text.contains("codesm_job_leases_expired_total 0"), "{text}");
    let mut later = given.request("second");
    later.now = first.now + first.lease;
    assert_eq!(queue.reserve(&later).await.expect("reserve").len(), 1);
    let text = recorder.handle().render();
    assert!(text.contains("codesm_job_leases_expired_total 1"), "{text}");
    for operation in ["BEGIN", "INSERT", "COMMIT"] {
        let series = format!("codesm_database_statement_duration_seconds_count{{operation=\"{operation}\"}}");
        assert!(text.contains(&series), "{operation}: {text}");
    }
}

#[tokio::test]
async fn a_job_that_is_taken_over_is_counted_on_sqlite() {
    is_counted(sqlite().await).await;
}

#[tokio::test]
async fn a_job_that_is_taken_over_is_counted_on_postgres() {
    is_counted(postgres().await).await;
}
