//! What SQLite leaves on disk, and the database in memory.

use crate::databases::{Place, sqlite};
use codesm_contract::{Given, StoreFixture};
use codesm_persistence::{Database, DatabaseSettings};
use std::path::Path;

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_a_new_file() {
    let fixture = sqlite().await;
    let file = fixture.place.file();
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(&file.with_extension("db-wal")), 0o600);
    assert_eq!(mode(&file.with_extension("db-shm")), 0o600);
}

#[tokio::test]
async fn a_commit_is_on_disk_when_the_process_is_killed() {
    let fixture = sqlite().await;
    let given = Given::new(&fixture);
    let user = given.added_user().await;
    // What a killed process leaves: the files as they are now. The index of the log (`-shm`) may be missing.
    let left = Place::sqlite();
    for extension in ["db", "db-wal"] {
        std::fs::copy(
            fixture.place.file().with_extension(extension),
            left.file().with_extension(extension),
        )
        .expect("a copy");
    }
    let queries = left.open().await.auth_queries();
    assert_eq!(queries.user_by_id(user.id).await.expect("read"), Some(user));
}

#[tokio::test]
async fn closing_folds_the_log_into_the_file() {
    let fixture = sqlite().await;
    let given = Given::new(&fixture);
    let user = given.added_user().await;
    fixture.database.clone().close().await.expect("close");
    let file = fixture.place.file();
    assert!(!file.with_extension("db-wal").exists());
    let queries = fixture.place.open().await.auth_queries();
    assert_eq!(queries.user_by_id(user.id).await.expect("read"), Some(user));
}

#[tokio::test]
async fn a_database_in_memory_works_alike() {
    let database = Database::connect(&DatabaseSettings::new("sqlite::memory:")).await.expect("memory");
    assert!(database.is_fresh().await.expect("status"));
    database.migrate_up().await.expect("up");
    database.require_current().await.expect("current");
    let fixture = crate::databases::Fixture {
        database,
        place: Place::sqlite(),
    };
    let given = Given::new(&fixture);
    let user = given.added_user().await;
    assert_eq!(fixture.auth_queries().user_by_id(user.id).await.expect("read"), Some(user));
    given.added_job(codesm_core::jobs::Queue::Run).await;
    assert_eq!(fixture.job_queue().reserve(&given.request("w")).await.expect("reserve").len(), 1);
}
